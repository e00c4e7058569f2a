import TraceModel

/// Who speaks in each step: the agent around a model call, whose own name says only which client was called.
struct Speakers {
  private let names: [Int: String]
  /// Those that tell a reader something.
  private let telling: [Int: String]

  /// - Parameter spans: Those that are steps, by their places in ``Trace/spans``.
  init(of spans: some Sequence<Int>, _ facts: TraceFacts) {
    // What is around all steps tells none from another: the root, and what wraps the whole run.
    var shared: [Int]?
    for index in spans where facts.tree.parents[index] != nil {
      let around = facts.tree.ancestry(of: index).dropFirst().reversed()
      shared = shared.map { old in zip(old, around).prefix { $0 == $1 }.map(\.0) } ?? Array(around)
      if shared?.isEmpty == true { break }
    }
    let common = Set(shared ?? [])
    var (names, agents, parts) = ([Int: String](), [Int: String](), [Int: String]())
    for index in spans {
      // From the step up; a root speaks in no step but its own.
      let own = facts.tree.ancestry(of: index).prefix {
        $0 == index || !common.contains($0) && facts.tree.parents[$0] != nil
      }
      let speaker = own.first { facts.type($0) == "AGENT" } ?? own.last ?? index
      names[index] = facts.trace.spans[speaker].name
      guard speaker != index, facts.isModelCall(index) else { continue }
      if facts.type(speaker) == "AGENT" { agents[index] = names[index] } else { parts[index] = names[index] }
    }
    self.names = names
    // Parts of a graph are agents where they speak more than once and are several; else a loop's turn or its only node.
    let several = Set(parts.values).count
    telling = several > 1 && several < parts.count ? agents.merging(parts) { agent, _ in agent } : agents
  }

  /// The name of who speaks in a span that is a step.
  subscript(index: Int) -> String { names[index] ?? "" }

  /// The agent around a model call, where it has a name of its own.
  func agent(around index: Int) -> String? { telling[index] }
}
