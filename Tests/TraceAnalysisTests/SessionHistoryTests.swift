import JSONText
import LensTestSupport
import Testing
import TraceModel

@testable import TraceAnalysis

@Suite("What becomes of earlier messages in what models are sent is told") struct SessionHistoryTests {
  /// Five turns about different things, each with values of its own.
  private func chat() throws -> MadeChat {
    var chat = MadeChat()
    try chat.turn("Where is my order ORD-4711?", "It left the warehouse and arrives on Thursday.")
    try chat.turn("What is the warranty on the headphones?", "The warranty on headphones lasts 24 months.")
    try chat.turn("Which discount do students get?", "Students get a discount of 15 percent with code CAMPUS-15.")
    try chat.turn("Do you ship to Portugal?", "Yes, shipping to Portugal costs 8.90 euros.")
    try chat.turn("Is there a shop in Lisbon?", "Yes, near the cathedral, open until seven.")
    return chat
  }

  private func message(_ place: Int, _ chat: MadeChat) -> JSON { chat.said[place] }

  @Test func inOrder() async throws {
    var chat = try chat()
    try chat.turn("Thanks, when does it open?", "At nine.")
    let course = await chat.course()
    #expect(course["history_reordered"] == nil)
    #expect(course["history_summarised"] == nil)
  }

  @Test func reordered() async throws {
    var chat = try chat()
    // The first turn is sent behind the others.
    chat.sends = Array(chat.said[2...]) + chat.said[..<2]
    try chat.turn("Thanks, when does it open?", "At nine.")
    let words = try #require(await chat.course()["history_reordered"])
    #expect(words.contains("turn 6"))
    #expect(words.contains("turn 1 behind turn 5"))
    #expect(words.contains("tokens moved"))
  }

  @Test func newestFirst() async throws {
    var chat = try chat()
    chat.sends = chat.said.reversed()
    try chat.turn("Thanks, when does it open?", "At nine.")
    #expect(await chat.course()["history_reordered"]?.contains("turn 6") == true)
  }

  @Test func theFirstTurnAndTheLastOnesAreInOrder() async throws {
    var chat = try chat()
    chat.sends = Array(chat.said[..<2]) + chat.said[8...]
    try chat.turn("Thanks, when does it open?", "At nine.")
    let course = await chat.course()
    #expect(course["history_reordered"] == nil)
    #expect(course["history_lost"]?.contains("turn 6") == true)
  }

  private static let summary =
    "Summary so far: order ORD-4711 left the warehouse and arrives Thursday; warranty on headphones is 24 months; students "
    + "get a discount of 15 percent (CAMPUS-15); shipping to Portugal costs 8.90 euros."

  @Test(arguments: ["system", "user", "assistant"]) func summarised(_ role: String) async throws {
    var chat = try chat()
    chat.sends = [MadeChat.message(role, Self.summary)] + chat.said[8...]
    try chat.turn("And the code for ORD-4711, was it CAMPUS-15?", "Yes.")
    let course = await chat.course()
    let words = try #require(course["history_summarised"])
    #expect(words.contains("turn 6"))
    #expect(words.contains("of role \(role)"))
    #expect(words.contains("turns 1–4"))
    #expect(course["missing_turns"] == nil)
    // What the summary holds was not dropped.
    #expect(await chat.findings().filter { $0.kind == "context_dropped" }.isEmpty)
  }

  @Test func whatIsNeededAndInNoSummaryIsDropped() async throws {
    var chat = try chat()
    chat.sends = Array(chat.said[8...])
    try chat.turn("And the code for ORD-4711, was it CAMPUS-15?", "Which code?")
    #expect(await chat.course()["history_summarised"] == nil)
    #expect(await chat.findings().map(\.kind).contains("context_dropped"))
  }

  @Test func documentsInThePromptAreNoSummary() async throws {
    var chat = try chat()
    chat.prompt = "Use these: " + Self.summary
    chat.sends = Array(chat.said[8...])
    try chat.turn(
      "And what did I ask before?", tool: ("search", .string(Self.summary)), "I do not know.")
    #expect(await chat.course()["history_summarised"] == nil)
  }

  @Test func instructionsThatWereThereBeforeAreNoSummary() async throws {
    var chat = MadeChat()
    chat.prompt = "You sell headphones. " + Self.summary
    for turn in try self.chat().talk { try chat.turn(turn.0, turn.1) }
    chat.sends = Array(chat.said[8...])
    try chat.turn("Thanks, when does it open?", "At nine.")
    #expect(await chat.course()["history_summarised"] == nil)
  }

  @Test func aWishThatTheSummaryKeepsIsNotLost() async throws {
    func kinds(_ note: String) async throws -> [String] {
      var chat = MadeChat()
      try chat.turn("I am allergic to peanuts, and my order is ORD-4711.", "Noted.")
      try chat.turn("What is the warranty on the headphones?", "It lasts 24 months.")
      try chat.turn("Is there a shop in Lisbon?", "Yes, near the cathedral.")
      chat.sends = [MadeChat.message("system", note)] + chat.said[4...]
      try chat.turn("What can I eat there?", "The peanut curry.")
      return await chat.findings().map(\.kind)
    }
    #expect(try await kinds("The user asked about shops and about the warranty.").contains("constraint_lost"))
    #expect(
      try await !kinds("The user is allergic to peanuts, has order ORD-4711; warranty 24 months.").contains(
        "constraint_lost"))
  }

  @Test func aLongSessionIsReadInAMoment() async throws {
    var chat = MadeChat()
    for number in 0..<120 { try chat.turn("Question number \(number) about tea?", "Answer \(number): it is green.") }
    let reading = await chat.reading()
    #expect(reading.history.turns.last??.earlier.count == 119)
    #expect(reading.history.losing.isEmpty)
    #expect(reading.history.carries(7, at: 100))
    #expect(!reading.history.carries(100, at: 7))
  }
}

@Suite("Chats in other languages are read, too") struct SessionLanguageTests {
  private func findings(_ turns: [(String, String)]) async throws -> [(turn: Int, kind: String, why: String)] {
    var chat = MadeChat()
    for (asked, answered) in turns { try chat.turn(asked, answered) }
    return await chat.findings()
  }

  @Test(arguments: [
    [
      "Wie lange kann ich das Gerät zurückgeben?", "Bitte melden Sie sich an.",
      "Wie lange kann ich das Gerät denn zurückgeben?",
    ],
    [
      "¿Cuánto tiempo tengo para devolver el producto?", "Inicie sesión.",
      "¿Cuánto tiempo tengo para devolver el producto?",
    ],
    ["この商品は何日以内に返品できますか？", "ログインしてください。", "この商品は何日以内に返品できますか"],
    ["这个商品几天之内可以退货？", "请先登录。", "这个商品几天之内可以退货"],
    ["สินค้านี้คืนได้ภายในกี่วัน", "กรุณาเข้าสู่ระบบ", "สินค้านี้คืนได้ภายในกี่วันคะ"],
  ]) func theSameQuestionAgain(_ words: [String]) async throws {
    let found = try await findings([(words[0], words[1]), (words[2], "…")])
    #expect(found.map(\.kind) == ["repeated_question"])
    #expect(found.first?.turn == 1)
  }

  @Test func anotherQuestionIsNoRepetition() async throws {
    #expect(try await findings([("この商品は返品できますか？", "はい。"), ("この商品の保証期間は何年ですか？", "二年です。")]).isEmpty)
    #expect(
      try await findings([
        ("この商品は何日以内に返品できますか？注文4711", "はい。"), ("この商品は何日以内に返品できますか？注文4712", "はい。"),
      ]).isEmpty)
  }

  @Test(arguments: [
    [
      "Wie lange kann ich zurückgeben?", "Sie haben 30 Tage Zeit.", "Danke! Und das Porto?", "Das ist frei.",
      "Auf der Webseite stehen 14 Tage, hier waren es 30 Tage.",
    ],
    [
      "¿Cuánto tiempo tengo para devolver?", "Tiene 30 días.", "Gracias. ¿Y el envío?", "Es gratis.",
      "En la web pone 14 días y aquí 30 días.",
    ],
    ["返品は何日以内ですか？", "30日以内です。", "送料は？", "無料です。", "サイトには14日とありますが、30日とのことでした。"],
  ]) func aValueSetAgainstTheAnswers(_ words: [String]) async throws {
    let found = try await findings([(words[0], words[1]), (words[2], words[3]), (words[4], "…")])
    #expect(found.map(\.kind) == ["user_repair"])
    #expect(found.first?.turn == 1)
    #expect(found.first?.why.contains("'14' against '30'") == true)
  }

  @Test func valuesThatGoTogetherAreNoObjection() async throws {
    #expect(
      try await findings([
        ("Was kostet die Lampe?", "Sie kostet 30 Euro."), ("Dann nehme ich 14 Stück zu 30 Euro.", "Gern."),
      ]).isEmpty)
    #expect(try await findings([("ランプはいくらですか？", "30ユーロです。"), ("30ユーロで14個お願いします。", "はい。")]).isEmpty)
  }

  @Test(arguments: [
    ("Wie lange?", "30 Tage.", "Das stimmt nicht."), ("¿Cuánto?", "30 días.", "Eso no es correcto, está mal."),
    ("何日ですか？", "30日です。", "それは間違っています。"), ("几天？", "30天。", "不对，请再看看。"), ("Сколько?", "30 дней.", "ЭТО НЕВЕРНО."),
    ("Combien de jours ?", "30 jours.", "C’est faux."), ("Quantos dias?", "30 dias.", "Não, está errado."),
    ("Quanti giorni?", "30 giorni.", "Non è corretto."), ("며칠인가요?", "30일입니다.", "틀렸어요, 다시 봐 주세요."),
  ]) func objections(_ asked: String, _ answered: String, _ objection: String) async throws {
    #expect(try await findings([(asked, answered), (objection, "…")]).map(\.kind) == ["user_repair"])
  }

  @Test func anAnswerToSomethingElse() async throws {
    let answer = "返品は商品到着後30日以内であれば無料で承っております。"
    let found = try await findings([("返品の期限を教えてください", answer), ("ポルトガルへの送料はいくらですか", answer)])
    #expect(found.map(\.kind) == ["repeated_answer"])
    #expect(
      try await findings([("返品の期限を教えてください", answer), ("返品の期限を教えて", answer)]).filter { $0.kind == "repeated_answer" }
        .isEmpty)
  }

  @Test func aWishInGermanThatIsDropped() async throws {
    var chat = MadeChat()
    try chat.turn("Ich bin allergisch gegen Nüsse.", "Verstanden.")
    try chat.turn("Gibt es ein Café in Lissabon?", "Ja, am Dom.")
    chat.window = 2
    try chat.turn("Was kann ich dort essen?", "Nusskuchen.")
    let found = await chat.findings()
    #expect(found.map(\.kind) == ["constraint_lost"])
    #expect(found.first?.why.contains("Ich bin allergisch gegen Nüsse") == true)
  }

  @Test func units() {
    #expect(TextUnits.of("Größe M, bitte: 4711!") == ["größe", "m", "bitte", "4711"])
    #expect(TextUnits.of("返品は4711") == ["返品", "品は", "4711"])
    #expect(TextUnits.of("４７１１ ÜBER") == ["4711", "über"])
    #expect(TextUnits.of("…!?").isEmpty)
  }

  @Test func sentences() {
    #expect(
      Sentences.of("Ein Satz. 3.5 ist eine Zahl! Und?").map { String($0) } == [
        "Ein Satz", " 3.5 ist eine Zahl", " Und",
      ])
    #expect(Sentences.of("返品できます。送料は無料です！はい").map { String($0) } == ["返品できます", "送料は無料です", "はい"])
    #expect(Sentences.of("a\r\nb\u{2028}c; d").map { String($0) } == ["a", "b", "c", " d"])
    #expect(Sentences.of("").isEmpty)
  }

  @Test func valuesBesideOtherScripts() {
    func values(_ text: String) -> [String] { NotedValue.all(in: text).map(\.words) }
    #expect(values("注文ORD-4711は30日以内") == ["ORD-4711", "30"])
    #expect(values("3–5 Tage, €30 oder 25°") == ["3", "5", "30", "25"])
    #expect(values("Straße-12") == ["Straße-12"])
  }
}
