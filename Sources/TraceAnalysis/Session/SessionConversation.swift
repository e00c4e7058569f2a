/// Who said what in a session, and what models were sent of it.
struct SessionConversation: Sendable {
  /// What was said.
  let talk: SessionTalk
  /// What models were sent of it.
  let history: SessionHistory
  /// What stands in it in place of earlier turns.
  let summaries: HistorySummaries

  /// - Parameter turns: What is known of the turns' traces, in order.
  init(_ turns: [TraceFacts]) {
    talk = SessionTalk(turns)
    history = SessionHistory(talk)
    summaries = HistorySummaries(talk, history)
  }
}
