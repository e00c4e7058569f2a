import JSONText
import Testing

@testable import TraceSemantics

@Suite("A chat that is sent again is read as if for the first time") struct MessageMemoTests {
  /// Chats of one conversation: whole, its end only, in another order, with messages that differ from known ones in one byte at
  /// any place, and with what is no message.
  private static let chats: [[String]] = {
    let words = "The parcel with the number 4711 will be there on Thursday, we promise."
    let said = (0..<12).map { #"{"role": "\#($0 % 2 == 0 ? "user" : "assistant")", "content": "\#($0) \#(words)"}"# }
    let changed = said[3].indices.filter { said[3][$0].isLetter && $0 > said[3].firstIndex(of: "T") ?? $0 }.map {
      place in
      said[2...2] + [said[3].replacingCharacters(at: place, with: "#"), said[4]]
    }
    return [said, Array(said.prefix(4)), said, Array(said.suffix(5)), said.reversed(), ["3", said[1], "[1]", said[2]]]
      + changed.map { Array($0) } + [[], said]
  }()

  @Test func everyMessage() throws {
    let memo = MessageMemo()
    let reader = ChatReader(isOutput: false)
    var numbers: [String: Int] = [:]
    for chat in Self.chats {
      let value = try JSONDocument("{\"messages\": [\(chat.joined(separator: ", "))]}").root
      let (known, fresh) = (reader.messages(value, memo: memo), reader.messages(value))
      #expect(short(known) == short(fresh))
      for (message, text) in zip(known, short(fresh)) {
        let number = try #require(message.number)
        #expect(numbers[text, default: number] == number)
        numbers[text] = number
      }
    }
    #expect(memo.count == numbers.count)
    #expect(Set(numbers.values) == Set(0..<memo.count))
  }
}

extension String {
  fileprivate func replacingCharacters(at place: Index, with character: Character) -> String {
    String(self[..<place]) + String(character) + String(self[index(after: place)...])
  }
}
