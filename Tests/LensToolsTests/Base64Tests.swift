import Testing

@testable import LensTools

@Suite("Pictures in excerpts are named, not shown") struct Base64Tests {
  private static let picture = (0..<60).map { "aB\($0)xY9+/Q" }.joined()

  private func line(_ text: String) -> String { Excerpter(masksSecrets: true).line(text, limit: 4_000) }

  @Test func aPictureIsNamed() {
    let shown = line(#"{"url": "data:image/png;base64,\#(Self.picture)==", "detail": "low"}"#)
    #expect(shown == #"{"url": "[base64 of image/png, 441B]", "detail": "low"}"#)
    #expect(line("before \(Self.picture) after") == "before [base64, 441B] after")
  }

  @Test(arguments: [
    String(repeating: "x", count: 500), String(repeating: "0123456789abcdef", count: 40),
    String(repeating: "word/", count: 100), String(repeating: "A", count: 300) + String(repeating: "b", count: 300),
  ])
  func whatIsNoneStays(_ text: String) {
    #expect(line(text) == text)
  }

  @Test func pagesKeepEveryByte() {
    let text = "data:image/png;base64,\(Self.picture)"
    #expect(Excerpter(masksSecrets: true).whole(Array(text.utf8)) == Array(text.utf8))
  }
}
