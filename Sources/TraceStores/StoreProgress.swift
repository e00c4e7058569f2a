/// Tells whoever asked how far a store has come with a question that takes several steps.
public final class StoreProgress: Sendable {
  /// That of the question being answered; nil when nobody wants to know.
  ///
  /// An object and not the closure itself: bound to a function, an optimised build of Swift 6.3 has no metadata of the
  /// value's type and ends in `swift_task_localValuePush`.
  @TaskLocal public static var current: StoreProgress?

  private let told: @Sendable (_ done: Int, _ total: Int) -> Void

  /// - Parameter told: Gets what is done and how much there is. Called on any thread, and often.
  public init(_ told: @escaping @Sendable (_ done: Int, _ total: Int) -> Void) { self.told = told }

  /// Says how much is done, if anybody wants to know.
  static func report(_ done: Int, _ total: Int) { current?.told(done, total) }
}
