import JSONText
import MCP

/// "Why did this run go wrong?"
enum DebugTrace {
  static func prompt(_ context: LensContext) -> Prompt {
    Prompt(
      name: "debug_trace", title: "Debug a trace",
      description: "Finds the step in which a recorded run of an LLM app went wrong, and why.",
      arguments: [
        Prompt.Argument(
          "trace_id", title: "Trace", description: "The run: a trace id, or the beginning of one", isRequired: true,
          completer: Completions.traceIDs(context)),
        DebugPrompt.symptom,
      ]
    ) { (arguments) async throws(ToolError) in
      let id = JSON.string(context.excerpter.line(arguments["trace_id"] ?? "", limit: 200)).text
      let text = """
        Find out why a recorded run of an LLM app went wrong: trace \(id).\(DebugPrompt.complaint(arguments, context))

        1. inspect_turn {"trace_id": \(id)}: the findings and the steps s1, s2, …
        2. get_trace with span_ids for the steps that are suspected: what they were given and what they gave back. Compare \
        the answer with what the tools and documents said; state OK does not mean that it is right.
        3. Say which step went wrong first, with the words in the trace that show it, what in the app's code caused it, and \
        how to mend it. If the trace does not show it, say what is missing.
        """
      return DebugPrompt.message(text)
    }
  }
}
