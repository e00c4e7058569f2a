import MCP

/// MLflow's filter language on one page, for whoever writes a `filter`.
enum FilterSyntax {
  static let resource = Resource(
    uri: "mlflow-lens://filter-syntax", name: "filter-syntax", title: "Filter syntax",
    description: "The language of search_traces' filter: keys, comparators, values, examples, what does not work.",
    mimeType: "text/markdown", text: text)

  static let text = """
    # The filter of search_traces

    Clauses `key comparator value`, joined by `AND`. There is no `OR`, no `NOT`, no parentheses: make two searches, or use
    `IN`, `!=`, `NOT IN`. Texts stand in quotes, numbers do not. Keys with a dash or a blank stand in backticks:
    ``tag.`my-key` ``. Keys and values are case-sensitive.

    | Key | Comparators | Value |
    |---|---|---|
    | `status` | `=` `!=` `IN` `NOT IN` `LIKE` `ILIKE` `RLIKE` | `'OK'`, `'ERROR'`, `'IN_PROGRESS'` |
    | `timestamp_ms`, `end_time_ms` | `=` `!=` `>` `>=` `<` `<=` | epoch milliseconds |
    | `execution_time_ms` | `=` `!=` `>` `>=` `<` `<=` | milliseconds |
    | `name`, `tag.<key>`, `metadata.<key>` | `=` `!=` `LIKE` `ILIKE` `RLIKE` `IS NULL` `IS NOT NULL` | a text |
    | `request_id`, `client_request_id` | `=` `!=` `IN` `NOT IN` `LIKE` `ILIKE` `RLIKE` | an id |
    | `run_id`, `prompt`, `issue.id` | `=` | an id; a prompt is `'name/version'` |
    | `trace.text`, `span.content` | `LIKE` `ILIKE` | anywhere in a span's record |
    | `span.name`, `span.type`, `span.status` | `=` `!=` `IN` `NOT IN` `LIKE` `ILIKE` `RLIKE` | `'TOOL'`, `'ERROR'`, … |
    | `span.attributes.<key>` | `LIKE` `ILIKE` `RLIKE` | the text of the record |
    | `feedback.<name>`, `expectation.<name>` | `=` `!=` `LIKE` `ILIKE` `RLIKE` `IS NULL` `IS NOT NULL` | `'false'`, `'no'` |
    | `feedback.<name>`, `expectation.<name>` | `>` `>=` `<` `<=` | a number |

    The session is ``metadata.`mlflow.trace.session` ``, the user ``metadata.`mlflow.trace.user` ``.

    - `LIKE`: `%` is any text, `_` one character. `ILIKE` does not mind case. `RLIKE` is a regular expression, found anywhere.
    - All conditions on `span.*` hold for one and the same span: `span.type = 'TOOL' AND span.status = 'ERROR'` is a tool call
      that failed.
    - `span.attributes.model = 'gpt-4o'` matches nothing: MLflow compares the whole record. Use the argument `span_attribute`
      (`model=gpt-4o`), which compares the value, or `LIKE '%gpt-4o%'`.
    - A feedback counts when it is valid; superseded ones do not. `IS NULL` is: has none of that name.
    - A judgement of a whole session counts for each of its traces.

    Plain arguments stand beside the filter and are joined to it by AND: `status`, `session_id`, `user_id`, `since`, `until`
    (`-2h`), `min_duration_ms`, `has_error_spans`, `text`, `span_attribute`, `failed_assessment`. Of MLflow's language they
    need nothing.

    ## Examples

    ```sql
    status = 'ERROR' AND timestamp_ms >= 1763280000000
    name LIKE 'checkout%' AND tag.env = 'prod' AND execution_time_ms > 5000
    span.type = 'RETRIEVER' AND span.name IN ('search_docs', 'search_faq')
    feedback.correctness = 'no' AND metadata.`mlflow.trace.session` = 'chat-42'
    feedback.score < 0.5 AND expectation.answer IS NOT NULL
    trace.text ILIKE '%refund%' AND tag.release != '2026.10'
    ```
    """
}
