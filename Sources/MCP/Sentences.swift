/// Joins parts of an explanation into one line, each part closed by a full stop unless it ends in a mark of its own.
func sentences(_ parts: [String]) -> String {
  parts.lazy.filter { !$0.isEmpty }.map { part in
    part.last.map { ".!?:".contains($0) } == true ? part : part + "."
  }.joined(separator: " ")
}
