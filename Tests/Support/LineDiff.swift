/// Compares texts for people.
public enum LineDiff {
  /// The lines of both, those that differ marked with - (expected) and + (actual), with three lines around each change.
  public static func describe(expected: String, actual: String) -> String {
    let old = expected.split(separator: "\n", omittingEmptySubsequences: false)
    let new = actual.split(separator: "\n", omittingEmptySubsequences: false)
    var removed: Set<Int> = []
    var inserted: Set<Int> = []
    for change in new.difference(from: old) {
      switch change {
      case .remove(let offset, _, _): removed.insert(offset)
      case .insert(let offset, _, _): inserted.insert(offset)
      }
    }
    var lines: [(mark: Character, text: Substring)] = []
    var (left, right) = (0, 0)
    while left < old.count || right < new.count {
      if removed.contains(left) {
        lines.append(("-", old[left]))
        left += 1
      } else if inserted.contains(right) {
        lines.append(("+", new[right]))
        right += 1
      } else {
        lines.append((" ", new[right]))
        left += 1
        right += 1
      }
    }
    let changed = lines.indices.filter { lines[$0].mark != " " }
    let shown = Set(changed.flatMap { max(0, $0 - 3)...min(lines.count - 1, $0 + 3) }).sorted()
    var output: [String] = []
    for (place, index) in shown.enumerated() {
      if place > 0, shown[place - 1] != index - 1 { output.append("  …") }
      output.append("\(lines[index].mark) \(lines[index].text)")
    }
    return output.joined(separator: "\n")
  }
}
