extension Range<Int> {
  /// The results in order, worked out several at a time.
  ///
  /// - Parameter fewest: With fewer there is nothing to gain.
  public func mappedConcurrently<Result: Sendable>(
    fewest: Int = 8, _ transform: @escaping @Sendable (Int) -> Result
  ) async -> [Result] {
    guard count >= fewest else { return map(transform) }
    let size = Swift.max(1, count / 16)
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
