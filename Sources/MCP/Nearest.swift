/// The candidate most like a mistyped word, or nil when none is near enough to be suggested.
///
/// Near means an edit distance (insertions, deletions, replacements, swapped neighbours) of at most a third of the
/// word's length, or one word beginning with the other. Case does not count. Of equally near ones the first is taken.
public func nearest(_ word: String, among candidates: some Sequence<String>) -> String? {
  let wanted = Array(word.lowercased().unicodeScalars)
  guard !wanted.isEmpty, wanted.count <= longestSuggestible else { return nil }
  let limit = max(1, wanted.count / 3)
  var best: (candidate: String, distance: Int)?
  var beginsAlike: String?
  for candidate in candidates {
    let letters = Array(candidate.lowercased().unicodeScalars)
    guard letters.count <= longestSuggestible else { continue }
    if beginsAlike == nil, min(letters.count, wanted.count) >= 3,
      letters.starts(with: wanted) || wanted.starts(with: letters)
    {
      beginsAlike = candidate
    }
    guard abs(letters.count - wanted.count) <= limit else { continue }
    let distance = editDistance(wanted, letters)
    if distance <= limit, distance < best?.distance ?? .max { best = (candidate, distance) }
  }
  return best?.candidate ?? beginsAlike
}

/// The work grows with the square of this, and words come from outside.
private let longestSuggestible = 100

/// Optimal string alignment: Levenshtein's distance with a swap of neighbours as one edit.
private func editDistance(_ left: [Unicode.Scalar], _ right: [Unicode.Scalar]) -> Int {
  var beforeLast: [Int] = []
  var last = Array(0...right.count)
  for row in 1...max(left.count, 1) where row <= left.count {
    var current = [row]
    for column in 1...max(right.count, 1) where column <= right.count {
      let isSame = left[row - 1] == right[column - 1]
      var cost = min(last[column] + 1, current[column - 1] + 1, last[column - 1] + (isSame ? 0 : 1))
      if row > 1, column > 1, left[row - 1] == right[column - 2], left[row - 2] == right[column - 1] {
        cost = min(cost, beforeLast[column - 2] + 1)
      }
      current.append(cost)
    }
    (beforeLast, last) = (last, current)
  }
  return last[right.count]
}
