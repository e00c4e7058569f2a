/// Tells whoever asked how far a store has come with a question that takes several steps.
public enum StoreProgress {
  /// Gets what is done and how much there is; nil when nobody wants to know. Called on any thread, and often.
  @TaskLocal public static var report: (@Sendable (_ done: Int, _ total: Int) -> Void)?
}
