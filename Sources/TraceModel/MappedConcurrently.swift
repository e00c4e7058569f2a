extension Range<Int> {
  /// The results in order, worked out several at a time.
  ///
  /// - Parameters:
  ///   - fewest: With fewer there is nothing to gain.
  ///   - atOnce: At least so many are worked out by one task, where each takes so little that starting tasks would tell.
  public func mappedConcurrently<Result: Sendable>(
    fewest: Int = 8, atOnce: Int = 1, _ transform: @escaping @Sendable (Int) -> Result
  ) async -> [Result] {
    guard count >= fewest else { return map(transform) }
    let size = Swift.max(atOnce, count / 16)
    return await withTaskGroup(of: (Int, [Result]).self) { group in
      for start in stride(from: lowerBound, to: upperBound, by: size) {
        group.addTask { (start, (start..<Swift.min(start + size, upperBound)).map(transform)) }
      }
      var parts: [(Int, [Result])] = []
      for await part in group { parts.append(part) }
      return parts.sorted { $0.0 < $1.0 }.flatMap(\.1)
    }
  }
}
