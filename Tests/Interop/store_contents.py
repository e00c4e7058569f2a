"""Faults inside a database that is whole, and of the machine around it; run by store_faults.py."""

from __future__ import annotations

import json
import shutil
import time

from store_faults import SAMPLE, SESSION, TRACE, Subject, fault

HUGE = 50_000_000


# MARK: A schema that changes under us


@fault
def schema_changes(it: Subject) -> None:
    it.serve()
    it.answers("5 traces", session_id=SESSION)
    with it.changing() as change:
        # A column less, and back: neither may leave a trace in what is answered next.
        change.execute("ALTER TABLE trace_info RENAME COLUMN session_id TO moved")
        it.answers("0 traces", session_id=SESSION)
        change.execute("ALTER TABLE trace_info RENAME COLUMN moved TO session_id")
        it.answers("5 traces", session_id=SESSION)
        change.execute("ALTER TABLE trace_info RENAME COLUMN timestamp_ms TO moved")
        it.fails(str(it.store), "not as MLflow makes them", "timestamp_ms", "db upgrade")
        change.execute("ALTER TABLE trace_info RENAME COLUMN moved TO timestamp_ms")
        change.execute("ALTER TABLE spans RENAME TO moved")
        it.answers("0 spans", tool="get_trace", trace_id=TRACE)
        change.execute("ALTER TABLE moved RENAME TO spans")
        it.answers("9 spans", tool="get_trace", trace_id=TRACE)
        change.execute("DROP TABLE trace_info")
        it.fails("no table trace_info")
    it.recovers()


@fault
def schema_is_upgraded(it: Subject) -> None:
    """From the tables before 3.17 to those since: sessions become a column while we serve."""
    with it.changing() as change:
        rows = change.execute("SELECT request_id, session_id FROM trace_info WHERE session_id IS NOT NULL").fetchall()
        change.execute("ALTER TABLE trace_info RENAME COLUMN session_id TO later")
        for trace, session in rows:
            change.execute(
                "INSERT INTO trace_request_metadata (key, value, request_id) VALUES ('mlflow.trace.session', ?, ?)", (session, trace)
            )
        revision = change.execute("SELECT version_num FROM alembic_version").fetchone()[0]
        change.execute("UPDATE alembic_version SET version_num = 'before'")
        it.serve()
        it.answers("5 traces", session_id=SESSION)
        change.execute("BEGIN")
        change.execute("ALTER TABLE trace_info RENAME COLUMN later TO session_id")
        change.execute("DELETE FROM trace_request_metadata WHERE key = 'mlflow.trace.session'")
        change.execute("UPDATE alembic_version SET version_num = ?", (revision,))
        change.execute("COMMIT")
        it.answers("5 traces", session_id=SESSION)
        it.answers(SESSION, tool="analyze_session", session_id=SESSION)


# MARK: Rows


@fault
def rows_of_nonsense(it: Subject) -> None:
    it.serve()
    with it.changing() as change:
        span = change.execute("SELECT span_id FROM spans WHERE trace_id = ?", (TRACE,)).fetchone()[0]
        for content in ("{", "null", "[]", "7", b"\xff\xfe", b"\0" * 100, '{"a":' * 100_000, 1.5):
            change.execute("UPDATE spans SET content = ? WHERE trace_id = ? AND span_id = ?", (content, TRACE, span))
            it.answers("8 spans", "unreadable", tool="get_trace", trace_id=TRACE)
            it.answers("8 spans", tool="inspect_turn", trace_id=TRACE)
        for column, value in (
            ("timestamp_ms", "abc"), ("timestamp_ms", b"\1"), ("timestamp_ms", 1e300), ("timestamp_ms", -(2**63)),
            ("execution_time_ms", "x"), ("execution_time_ms", -1e300), ("execution_time_ms", 2**63 - 1), ("status", 7),
            ("status", b"\xff\0"), ("trace_name", b"\0\xff"), ("session_id", 5), ("total_tokens", "many"),
            ("total_tokens", 2**63 - 1), ("input_tokens", -(2**63)), ("total_cost", "inf"), ("total_cost", float("inf")),
            ("request_preview", b"\xff"), ("experiment_id", "x"), ("experiment_id", 2**62),
        ):  # fmt: skip
            change.execute(f"UPDATE trace_info SET {column} = ? WHERE request_id = ?", (value, TRACE))
            it.answers("10 traces")
            it.answers("10 traces", group_by="day")
            it.answers(TRACE, tool="get_trace", trace_id=TRACE)
            it.answers(tool="inspect_turn", trace_id=TRACE)
        for table, column in (
            ("trace_tags", "value"),
            ("trace_request_metadata", "value"),
            ("assessments", "value"),
            ("assessments", "error"),
        ):
            change.execute(f"UPDATE {table} SET {column} = '{{\"a\": ['")
            it.answers("10 traces")
            it.answers(tool="get_trace", trace_id=TRACE)
    it.recovers()


@fault
def huge_values(it: Subject) -> None:
    it.serve()
    with it.changing() as change:
        span, content = change.execute("SELECT span_id, content FROM spans WHERE trace_id = ?", (TRACE,)).fetchone()
        change.execute("UPDATE spans SET content = ? WHERE span_id = ?", (b"x" * HUGE, span))
        it.answers("8 spans", "unreadable", tool="get_trace", trace_id=TRACE)
        record = json.loads(content)
        record["attributes"]["mlflow.spanOutputs"] = json.dumps("y" * HUGE)
        change.execute("UPDATE spans SET content = ? WHERE span_id = ?", (json.dumps(record), span))
        change.execute("INSERT INTO trace_tags (key, value, request_id) VALUES ('huge', ?, ?)", ("z" * HUGE, TRACE))
        for tool in ("get_trace", "inspect_turn"):
            text = it.answers("9 spans", tool=tool, trace_id=TRACE)
            it.check(len(text.encode()) <= 8_000, f"{tool}: {len(text)} characters")
    it.recovers()


# MARK: The machine


@fault
def full_disk(it: Subject) -> None:
    """Nothing may be written anywhere, and everything is answered: what is sorted is sorted in memory."""
    with it.changing() as change:
        columns = [row[1] for row in change.execute("PRAGMA table_info(trace_info)")]
        names = ", ".join(columns)
        copied = ", ".join("'tr-' || printf('%032x', n)" if name == "request_id" else name for name in columns)
        change.execute(
            f"WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 60000)"
            f" INSERT INTO trace_info ({names}) SELECT {copied} FROM c, (SELECT * FROM trace_info WHERE request_id = ?)",
            (TRACE,),
        )
    prefix = ["prlimit", "--fsize=0"]
    if not shutil.which(prefix[0]):
        print("SKIPPED: no prlimit")
        return
    it.serve(prefix=prefix)
    it.answers("60010 traces", order_by="name DESC, status")
    it.answers("60010 traces", group_by="session")
    it.answers("traces", filter="span.name LIKE '%o%'", max_results=5)


@fault
def few_open_files(it: Subject) -> None:
    """More calls at once than files may be open: some are told so, and afterwards all is well."""
    if not shutil.which("prlimit"):
        print("SKIPPED: no prlimit")
        return
    calls = [
        {"jsonrpc": "2.0", "id": f"c{n}", "method": "tools/call", "params": {"name": "search_traces", "arguments": {"filter": f"name {how} '.'"}}}
        for n, how in enumerate(("RLIKE", "LIKE") * 30)
    ]  # fmt: skip
    it.serve(prefix=["prlimit", "--nofile=16"])
    it.client.process.stdin.write(b"".join(json.dumps(call).encode() + b"\n" for call in calls))
    texts = []
    while len(texts) < len(calls):
        message = json.loads(it.client._read_line(time.monotonic() + 120))
        texts.append(message["result"]["content"][0]["text"] if message["result"].get("isError") else "")
    for text in {text for text in texts if text}:
        it.check("files open" in text or "PCRE2" in text, f"with few files: {text[:200]}")
    it.answers("10 traces")
    # A call that fails for want of an open file gives its own back.
    it.ask(filter="name RLIKE '.'")
    it.answers("traces in all experiments", filter="name RLIKE '.'")


@fault
def killed(it: Subject) -> None:
    """In the middle of a call, again and again: the store is as it was."""
    it.serve()
    before = SAMPLE.read_bytes()
    for _ in range(5):
        it.client.process.stdin.write(
            b'{"jsonrpc":"2.0","id":"x","method":"tools/call","params":{"name":"discover_schema","arguments":{}}}\n'
        )
        it.client.process.kill()
        it.client.process.wait()
        it.client = None
        it.serve()
        it.answers("10 traces")
    it.check(it.store.read_bytes() == before, "the store has changed")
    it.check([path.name for path in it.folder.iterdir()] == ["mlflow.db"], f"{list(it.folder.iterdir())}")
