import JSONText
import TraceModel
import TraceSemantics

/// A document of which another turn of the session was given a newer version.
struct NewerDocument: SessionDetector {
  let name = "newer_document"

  private struct Version {
    var place: Int
    var spanIndex: Int
    var document: RetrievedDocument
    /// What it is called with its version, and how new it is.
    var name: String
    var number: Double
  }

  func examine(_ reading: SessionReading) -> DetectorOutcome {
    let turns = reading.talk.turns
    var versions: [String: [Version]] = [:]
    var isChecked = false
    for (place, turn) in turns.enumerated() {
      let facts = turn.facts
      for index in facts.trace.spans.indices where ["RETRIEVER", "TOOL", "RERANKER"].contains(facts.type(index)) {
        guard let documents = facts.meaning(index).documents else { continue }
        isChecked = true
        for document in documents {
          guard let named = document.id ?? document.source, let (base, number) = Self.version(of: named) else {
            continue
          }
          versions[base, default: []].append(
            Version(place: place, spanIndex: index, document: document, name: named, number: number))
        }
      }
    }
    guard isChecked else { return .notChecked("no retrieval has recorded documents") }
    var findings: [Finding] = []
    for (_, all) in versions.sorted(by: { $0.key < $1.key }) {
      guard let newest = all.max(by: { $0.number < $1.number }),
        let old = all.first(where: { $0.number < newest.number }),
        // Where the same retrieval gave both, the model could choose.
        !all.contains(where: { $0.place == old.place && $0.number == newest.number })
      else { continue }
      let facts = turns[old.place].facts
      let others = Set(all.filter { $0.number == newest.number }.map { turns[$0.place].number }).sorted()
      findings.append(
        Finding(
          kind: "older_document", severity: .medium, confidence: .medium,
          title: "another turn was given a newer document",
          traceID: facts.trace.info.id, spanIndex: old.spanIndex,
          why:
            "\(facts.trace.spans[old.spanIndex].name) gave back \(old.name), and in \(TurnRanges.words(others)) \(newest.name)",
          evidence: Evidence(.outputs, of: old.spanIndex, at: old.document.path, around: old.name, in: facts).map {
            [$0]
          }
            ?? [], standing: .hint))
    }
    return .findings(findings)
  }

  /// `refund-policy-v4.md` is version 4 of `refund-policy.md`; `terms 2026-03` of March 2026 of `terms`. Nil for a name
  /// without a version.
  private static func version(of name: String) -> (base: String, number: Double)? {
    let bytes = Array(name.lowercased().utf8)
    func isDigit(_ place: Int) -> Bool { bytes.indices.contains(place) && (0x30...0x39).contains(bytes[place]) }
    var place = 0
    while place < bytes.count {
      let isMark = bytes[place] == UInt8(ascii: "v") && isDigit(place + 1)
      let isBoundary = place == 0 || !isWord(bytes[place - 1])
      if isMark, isBoundary {
        var end = place + 1
        while isDigit(end) || (end < bytes.count && bytes[end] == UInt8(ascii: ".") && isDigit(end + 1)) { end += 1 }
        guard let number = Double(String(decoding: bytes[(place + 1)..<end], as: UTF8.self)) else { return nil }
        return (base(bytes, place..<end), number)
      }
      // A year, with a month and a day behind it or not.
      if isBoundary, (0..<4).allSatisfy({ isDigit(place + $0) }), !isDigit(place + 4), bytes[place] == UInt8(ascii: "2")
      {
        var end = place + 4
        var digits = String(decoding: bytes[place..<end], as: UTF8.self)
        while digits.count < 8, end + 2 < bytes.count, bytes[end] == UInt8(ascii: "-"), isDigit(end + 1),
          isDigit(end + 2)
        {
          digits += String(decoding: bytes[(end + 1)..<(end + 3)], as: UTF8.self)
          end += 3
        }
        while digits.count < 8 { digits += "0" }
        return Double(digits).map { (base(bytes, place..<end), $0) }
      }
      place += 1
    }
    return nil
  }

  private static func isWord(_ byte: UInt8) -> Bool {
    (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte) || byte >= 0x80
  }

  private static func base(_ bytes: [UInt8], _ version: Range<Int>) -> String {
    String(decoding: bytes[..<version.lowerBound] + [0] + bytes[version.upperBound...], as: UTF8.self)
  }
}
