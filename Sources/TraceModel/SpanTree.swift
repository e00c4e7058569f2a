/// The spans of a trace as a forest. Whatever the data says, it is one: a span whose parent is missing becomes a root, and
/// a ring of parents is cut at its earliest span.
public struct SpanTree: Sendable {
  /// The roots, in order of start.
  public private(set) var roots: [Int] = []
  /// Children of each span, in order of start. Indices are those of ``Trace/spans``.
  public private(set) var children: [[Int]]
  /// The parent of each span in this forest; nil for a root.
  public private(set) var parents: [Int?]
  /// Levels below a root: 0 for a root.
  public private(set) var depths: [Int]
  /// Spans in each subtree, the span itself included.
  public private(set) var subtreeSizes: [Int]
  /// Roots whose parent is named but not among the spans: lost, or not yet written.
  public private(set) var orphans: [Int] = []
  /// Roots that were part of a ring of parents.
  public private(set) var cycleCuts: [Int] = []

  /// Whether two spans have the same id.
  public private(set) var hasSharedIDs: Bool

  /// Builds the forest in time linear in the number of spans.
  public init(_ spans: [Span]) {
    children = Array(repeating: [], count: spans.count)
    parents = Array(repeating: nil, count: spans.count)
    depths = Array(repeating: 0, count: spans.count)
    subtreeSizes = Array(repeating: 1, count: spans.count)

    let places = Places(spans)
    hasSharedIDs = places.hasSharedIDs
    for index in spans.indices {
      guard let parentID = spans[index].parentID else { continue }
      if let parent = places.last(parentID) { parents[index] = parent } else { orphans.append(index) }
    }
    cutCycles()
    for index in spans.indices {
      if let parent = parents[index] { children[parent].append(index) } else { roots.append(index) }
    }
    let order = depthFirst()
    for index in order { if let parent = parents[index] { depths[index] = depths[parent] + 1 } }
    for index in order.reversed() { if let parent = parents[index] { subtreeSizes[parent] += subtreeSizes[index] } }
  }

  /// All spans, each before its children, siblings in order of start.
  public func depthFirst() -> [Int] {
    var order: [Int] = []
    order.reserveCapacity(children.count)
    var pending = Array(roots.reversed())
    while let index = pending.popLast() {
      order.append(index)
      pending.append(contentsOf: children[index].reversed())
    }
    return order
  }

  /// The span and what called it, innermost first.
  public func ancestry(of index: Int) -> [Int] {
    var path = [index]
    var next = parents[index]
    while let parent = next {
      path.append(parent)
      next = parents[parent]
    }
    return path
  }

  /// Finds spans by their ids; of several with one id the last.
  private struct Places {
    /// Fewer ids are compared one by one, which takes no table: most turns of chats have a few spans.
    private static let fewest = 12

    private var ids: [SpanID] = []
    private var places: [SpanID: Int] = [:]

    init(_ spans: [Span]) {
      // By index: iterating would copy each span.
      guard spans.count >= Self.fewest else {
        let all = spans.indices.map { spans[$0].id }
        ids = all
        hasSharedIDs = all.indices.contains { all[..<$0].contains(all[$0]) }
        return
      }
      places.reserveCapacity(spans.count)
      for index in spans.indices { places[spans[index].id] = index }
      hasSharedIDs = places.count < spans.count
    }

    let hasSharedIDs: Bool

    func last(_ id: SpanID) -> Int? { ids.isEmpty ? places[id] : ids.lastIndex(of: id) }
  }

  private mutating func cutCycles() {
    /// 0: not seen, 1: on the path being followed, 2: known to lead to a root.
    var marks = Array(repeating: UInt8(0), count: parents.count)
    var path: [Int] = []
    for start in parents.indices where marks[start] == 0 {
      path.removeAll(keepingCapacity: true)
      var next: Int? = start
      while let index = next, marks[index] == 0 {
        marks[index] = 1
        path.append(index)
        next = parents[index]
      }
      if let index = next, marks[index] == 1, let entry = path.firstIndex(of: index),
        let cut = path[entry...].min()
      {
        parents[cut] = nil
        cycleCuts.append(cut)
      }
      for index in path { marks[index] = 2 }
    }
  }
}
