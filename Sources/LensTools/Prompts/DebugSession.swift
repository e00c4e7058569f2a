import JSONText
import MCP

/// "Where did this chat go wrong?"
enum DebugSession {
  static func prompt(_ context: LensContext) -> Prompt {
    Prompt(
      name: "debug_session", title: "Debug a session",
      description: "Finds the turn in which a conversation with an LLM app went wrong, and why.",
      arguments: [
        Prompt.Argument(
          "session_id", title: "Session", description: "The chat: its session id", isRequired: true,
          completer: Completions.sessionIDs(context)),
        DebugPrompt.symptom,
        Prompt.Argument(
          "experiment", title: "Experiment", description: "Name of the experiment, where ids are used in several",
          completer: Completions.experiments(context)),
      ]
    ) { (arguments) async throws(ToolError) in
      var call = [JSON.Member("session_id", .string(context.excerpter.line(arguments["session_id"] ?? "", limit: 250)))]
      if let experiment = arguments["experiment"], !experiment.isEmpty {
        call.append(JSON.Member("experiment_id", .string(context.excerpter.line(experiment, limit: 250))))
      }
      let text = """
        Find out where a conversation with an LLM app went wrong.\(DebugPrompt.complaint(arguments, context))

        1. analyze_session \(JSON.object(call).text): the turns, what was asked and answered, what was judged.
        2. Read back from the turn of the complaint: which turn has the wrong value first? inspect_turn with session_id and \
        that turn; get_trace with span_ids for its suspected steps.
        3. Say which turn and which step went wrong first, with the words that show it, what in the app's code caused it, \
        and how to mend it. If the traces do not show it, say what is missing.
        """
      return DebugPrompt.message(text)
    }
  }
}
