import JSONText
import Testing

@testable import MCP

@Suite struct MessageTests {
  /// What a line comes to, in short.
  private func reading(_ line: String) -> String {
    switch IncomingMessage(line: Array(line.utf8)) {
    case .request(let id, let method, let params):
      "request \(id.description) \(method) \(params.map { JSON($0).text } ?? "-")"
    case .notification(let method, _): "notification \(method)"
    case .batch(let messages): "batch of \(messages.count)"
    case .ignored: "ignored"
    case .refused(let error, let id): "\(error.code.rawValue) \(id?.description ?? "-")"
    }
  }

  @Test(arguments: [
    (#"{"jsonrpc":"2.0","id":1,"method":"ping"}"#, "request 1 ping -"),
    (#"{"method":"m","params":{"a":[1]},"id":"x","jsonrpc":"2.0","more":0}"#, #"request "x" m {"a":[1]}"#),
    (#"{"jsonrpc":"2.0","id":1,"method":"m","params":null}"#, "request 1 m -"),
    (#"{"jsonrpc":"2.0","method":"m"}"#, "notification m"),
    (#"{"jsonrpc":"1.0","method":"m"}"#, "ignored"),
    (#"{"jsonrpc":"2.0","method":7}"#, "ignored"),
    (#"{"jsonrpc":"2.0","method":"m","params":[]}"#, "ignored"),
    (#"{"jsonrpc":"2.0","id":1,"result":{}}"#, "ignored"),
    (#"{"jsonrpc":"2.0","id":null,"error":{"code":1,"message":"m"}}"#, "ignored"),
    (#"{"jsonrpc":"2.0","id":1}"#, "-32600 1"),
    (#"{"jsonrpc":"2.0"}"#, "-32600 -"),
    (#"{"jsonrpc":2.0,"id":1,"method":"m"}"#, "-32600 1"),
    (#"{"id":1,"method":"m"}"#, "-32600 1"),
    (#"{"jsonrpc":"2.0","id":1,"method":null}"#, "-32600 1"),
    (#"{"jsonrpc":"2.0","id":1,"method":"m","params":"p"}"#, "-32600 1"),
    (#"{"jsonrpc":"2.0","id":null,"method":"m"}"#, "-32600 -"),
    (#"{"jsonrpc":"2.0","id":1.0,"method":"m"}"#, "-32600 -"),
    (#"{"jsonrpc":"2.0","id":true,"method":"m"}"#, "-32600 -"),
    (#"{"jsonrpc":"2.0","id":[],"method":"m"}"#, "-32600 -"),
    ("[]", "batch of 0"),
    (#"[{"jsonrpc":"2.0","id":1,"method":"ping"},[]]"#, "batch of 2"),
    ("null", "-32600 -"),
    (#""text""#, "-32600 -"),
    ("{", "-32700 -"),
    ("{}x", "-32700 -"),
    ("nul", "-32700 -"),
    (#"{"jsonrpc":"2.0","id":Infinity,"method":"m"}"#, "-32700 -"),
  ])
  func ladder(line: String, expected: String) {
    #expect(reading(line) == expected)
  }

  @Test func deepNestingIsRefused() {
    #expect(reading(String(repeating: "[", count: 100_000)).hasPrefix("-32700"))
  }

  @Test func illFormedUTF8IsNoJSON() {
    let message = IncomingMessage(
      line: Array(#"{"jsonrpc":"2.0","id":""#.utf8) + [0xC3] + Array(#"","method":"m"}"#.utf8))
    guard case .refused(let error, nil) = message else {
      Issue.record("\(message)")
      return
    }
    #expect(error.code == .parseError)
  }

  @Test(arguments: ["1", "-5", "0", "123456789012345678901234567890", #""""#, #""\u00fc\/\ud83d\ude00""#, #""\ud800""#])
  func idsGoBackAsTheyCame(id: String) {
    guard
      case .request(let read, _, _) = IncomingMessage(line: Array(#"{"jsonrpc":"2.0","id":\#(id),"method":"m"}"#.utf8))
    else {
      Issue.record("no request")
      return
    }
    #expect(
      String(decoding: OutgoingMessage.result([:], id: read), as: UTF8.self)
        == #"{"jsonrpc":"2.0","id":\#(id),"result":{}}"# + "\n")
  }

  @Test func idsAreEqualByValueAndType() throws {
    func id(_ text: String) throws -> RequestID { try #require(RequestID(try JSONDocument(text).root)) }
    #expect(try id(#""a\u0062""#) == id(#""ab""#))
    #expect(try id("1") != id(#""1""#))
    #expect(try id("9007199254740993") != id("9007199254740992"))
  }

  @Test func errorsWithoutIDOmitIt() {
    let line = OutgoingMessage.error(ProtocolError(.parseError, "no"), id: nil)
    #expect(
      String(decoding: line, as: UTF8.self) == #"{"jsonrpc":"2.0","error":{"code":-32700,"message":"no"}}"# + "\n")
  }
}
