import JSONText
import LensTestSupport
import Testing
import TraceModel

@testable import TraceSemantics

@Suite("A span means the same under every convention")
struct SpanMeaningTests {
  private static let mlflow: KeyValuePairs = [
    "mlflow.spanType": "\"CHAT_MODEL\"", "mlflow.spanInputs": "\"hello\"", "mlflow.spanOutputs": "\"hi\"",
    "mlflow.llm.model": "\"m\"", "mlflow.chat.tokenUsage": #"{"input_tokens": 3, "output_tokens": 4}"#,
  ]
  private static let openInference: KeyValuePairs = [
    "openinference.span.kind": "\"LLM\"", "input.value": "\"hello\"", "output.value": "\"hi\"",
    "llm.model_name": "\"m\"",
    "llm.token_count.prompt": "3", "llm.token_count.completion": "4",
  ]
  private static let genAI: KeyValuePairs = [
    "gen_ai.operation.name": "\"chat\"", "gen_ai.input.messages": "\"hello\"", "gen_ai.output.messages": "\"hi\"",
    "gen_ai.request.model": "\"asked\"", "gen_ai.response.model": "\"m\"", "gen_ai.usage.input_tokens": "3",
    "gen_ai.usage.output_tokens": "4",
  ]
  private static let traceloop: KeyValuePairs = [
    "traceloop.span.kind": "\"task\"", "traceloop.entity.input": "\"hello\"", "traceloop.entity.output": "\"hi\"",
    "gen_ai.request.model": "\"m\"", "gen_ai.usage.prompt_tokens": "3", "gen_ai.usage.completion_tokens": "4",
  ]
  private static let vercel: KeyValuePairs = [
    "ai.operationId": "\"ai.generateText\"", "ai.prompt": "\"hello\"", "ai.response.text": "hi", "ai.model.id": "\"m\"",
    "ai.usage.promptTokens": "3", "ai.usage.completionTokens": "4",
  ]

  @Test(arguments: [
    ("MLflow", "CHAT_MODEL", mlflow), ("OpenInference", "LLM", openInference),
    ("OpenTelemetry GenAI", "CHAT_MODEL", genAI),
    ("Traceloop", "TASK", traceloop), ("Vercel AI SDK", "LLM", vercel),
  ])
  func reads(_ convention: String, _ type: String, _ attributes: KeyValuePairs<String, String>) throws {
    let meaning = SpanMeaning(try TraceFixture.span(1, attributes: attributes))
    #expect(meaning.conventions.map(\.name).contains(convention))
    #expect(meaning.type == type)
    #expect(meaning.inputs?.value.string == "hello")
    #expect(meaning.outputs?.value.string == "hi")
    #expect(meaning.model == "m")
    #expect(meaning.tokenUsage == TokenUsage(input: 3, output: 4, total: 7))
  }

  @Test func mlflowsOwnAttributesComeFirstWhereConventionsMeet() throws {
    let meaning = SpanMeaning(
      try TraceFixture.span(
        1,
        attributes: [
          "input.value": "\"theirs\"", "openinference.span.kind": "\"TOOL\"", "mlflow.spanInputs": "\"ours\"",
        ]))
    #expect(meaning.inputs?.value.string == "ours")
    #expect(meaning.inputs?.key == "mlflow.spanInputs")
    #expect(meaning.type == "TOOL")
    #expect(meaning.typeSource?.key == "openinference.span.kind")
  }

  @Test(arguments: ["{}", "[]", "null", "\"\""])
  func emptyIsAbsent(_ value: String) throws {
    let span = try TraceFixture.span(
      1, attributes: ["mlflow.spanInputs": value, "input.value": "\"x\"", "openinference.a": "1"])
    #expect(SpanMeaning(span).inputs?.value.string == "x")
  }

  @Test func nothingRecordedIsNothingSaid() throws {
    let meaning = SpanMeaning(try TraceFixture.span(1, attributes: ["app.key": "1"]))
    #expect(meaning.type == "UNKNOWN")
    #expect(meaning.inputs == nil)
    #expect(meaning.tokenUsage == nil)
    #expect(meaning.conventions.isEmpty)
  }
}

@Suite("The words of a turn are found in every usual shape")
struct GistTests {
  /// LangChain's generation that only calls a tool: its words are empty, the call is inside of `kwargs`.
  @Test func aCallInASerialisedMessageIsItsGist() throws {
    let json = """
      {"generations": [[{"text": "", "message": {"lc": 1, "type": "constructor", "id": ["langchain", "AIMessage"], \
      "kwargs": {"content": "", "tool_calls": [{"name": "get_weather", "args": {"city": "Oslo"}, "id": "c1"}]}}}]]}
      """
    let gist = Gist(of: try JSONDocument(json).root, side: .output)
    #expect(gist?.text == #"call get_weather({"city": "Oslo"})"#)
  }

  @Test(arguments: [
    (#""plain""#, "plain", ""), (#"{"question": "q"}"#, "q", "/question"),
    (
      #"{"messages": [{"role": "system", "content": "s"}, {"role": "user", "content": "u1"}, {"role": "assistant", "content": "a"}, {"role": "user", "content": "u2"}]}"#,
      "u2", "/messages/3/content"
    ),
    (
      #"[{"role": "user", "content": [{"type": "text", "text": "look"}, {"type": "image_url", "image_url": {}}]}]"#,
      "look\n[image_url]", "/0/content"
    ),
    (#"[{"role": "user", "parts": [{"type": "text", "content": "parts"}]}]"#, "parts", "/0/parts"),
    (#"{"messages": [["user", "short form"]]}"#, "short form", "/messages/0/1"),
    (#"{"messages": [{"type": "human", "content": "langchain"}]}"#, "langchain", "/messages/0/content"),
    (#"{"messages": [[{"role": "user", "content": "batch"}]]}"#, "batch", "/messages/0/0/content"),
    (#""{\"query\": \"nested\"}""#, "nested", "/query"), (#"{"only_key": "single"}"#, "single", "/only_key"),
  ])
  func inputs(_ text: String, _ words: String, _ path: String) throws {
    let gist = try #require(Gist(of: try JSONDocument(text).root, side: .input))
    #expect(gist.text == words)
    #expect(gist.path.description == path)
  }

  @Test(arguments: [
    (#"{"choices": [{"message": {"role": "assistant", "content": "answer"}}]}"#, "answer"),
    (
      #"{"choices": [{"message": {"role": "assistant", "content": null, "tool_calls": [{"function": {"name": "f", "arguments": "{\"a\": 1}"}}]}}]}"#,
      #"call f({"a": 1})"#
    ),
    (
      #"{"content": [{"type": "text", "text": "anthropic"}, {"type": "tool_use", "name": "g", "input": {"x": 2}}]}"#,
      "anthropic\ncall g({\"x\": 2})"
    ),
    (#"{"role": "assistant", "content": "message"}"#, "message"),
    (#"{"messages": [{"type": "human", "content": "q"}, {"type": "ai", "content": "a"}]}"#, "a"),
    (#"{"summary": "done", "citations": 3}"#, "done"),
  ])
  func outputs(_ text: String, _ words: String) throws {
    #expect(Gist(of: try JSONDocument(text).root, side: .output)?.text == words)
  }

  @Test(arguments: ["5", "true", "null", "[1, 2]", #"{"a": 1, "b": 2}"#, "{}", "[]", #""""#])
  func structureWithoutWords(_ text: String) throws {
    #expect(Gist(of: try JSONDocument(text).root, side: .output) == nil)
  }
}

@Suite("The turn is found where it stands")
struct TurnReadingTests {
  private func reading(_ spans: [Span]) -> TurnReading {
    let trace = TraceFixture.trace(spans)
    return TurnReading(trace, tree: SpanTree(trace.spans))
  }

  @Test func onTheRoot() throws {
    let turn = reading([
      try TraceFixture.span(1, attributes: ["mlflow.spanInputs": "\"q\"", "mlflow.spanOutputs": "\"a\""]),
      try TraceFixture.span(
        2, parent: 1, start: 1, attributes: ["mlflow.spanInputs": "\"x\"", "mlflow.spanOutputs": "\"y\""]),
    ])
    #expect(turn.input?.gist?.text == "q")
    #expect(turn.output?.gist?.text == "a")
    #expect(!turn.hasWrapperRoot)
  }

  @Test func belowWrappers() throws {
    let turn = reading([
      try TraceFixture.span(1, attributes: ["http.method": "\"POST\""]),
      try TraceFixture.span(2, parent: 1, start: 1, attributes: ["mlflow.spanInputs": "{}"]),
      try TraceFixture.span(
        3, parent: 2, start: 2, attributes: ["mlflow.spanInputs": "\"q\"", "mlflow.spanOutputs": "\"a\""]),
    ])
    #expect(turn.input?.spanIndex == 2)
    #expect(turn.hasWrapperRoot)
  }

  @Test func theRootsAnswerStandsWhereOnlyTheQuestionIsBelow() throws {
    let turn = reading([
      try TraceFixture.span(1, attributes: ["mlflow.spanInputs": "{}", "mlflow.spanOutputs": "\"answer\""]),
      try TraceFixture.span(
        2, parent: 1, start: 1, attributes: ["mlflow.spanInputs": "\"question\"", "mlflow.spanOutputs": "\"rows\""]),
    ])
    #expect(turn.input?.gist?.text == "question")
    #expect(turn.output?.gist?.text == "answer")
  }

  @Test func aRunCutShortHasNoAnswer() throws {
    let turn = reading([
      try TraceFixture.span(1, attributes: ["mlflow.spanInputs": "\"q\""]),
      try TraceFixture.span(
        2, parent: 1, start: 1, attributes: ["mlflow.spanInputs": "\"x\"", "mlflow.spanOutputs": "\"y\""]),
    ])
    #expect(turn.output == nil)
    #expect(!turn.hasWrapperRoot)
  }

  @Test func anEmptyTraceHasNeither() {
    #expect(reading([]).input == nil)
  }
}

@Suite("Each particular is told with its attribute") struct SourceTests {
  @Test func ofGenAI() throws {
    let span = try TraceFixture.span(
      1,
      attributes: [
        "gen_ai.operation.name": "\"chat\"", "gen_ai.response.model": "\"m\"", "gen_ai.usage.output_tokens": "4",
        "gen_ai.usage.cost": "0.5", "gen_ai.response.finish_reasons": "[\"stop\"]",
      ])
    #expect(
      SpanMeaning(span).sources.map { "\($0.particular.rawValue) \($0.key)" } == [
        "type gen_ai.operation.name", "model gen_ai.response.model", "tokens gen_ai.usage.output_tokens",
        "cost gen_ai.usage.cost", "finish_reason gen_ai.response.finish_reasons",
      ])
  }

  @Test func ofNothing() throws {
    #expect(SpanMeaning(try TraceFixture.span(1)).sources.isEmpty)
  }
}

@Suite("What conventions promise each other") struct ConventionTests {
  /// Spans without such a key are not searched for tokens and cost.
  @Test(arguments: Convention.all)
  func figuresAreRecognisedByTheirKeys(_ convention: Convention) {
    let keys =
      convention.inputTokens + convention.outputTokens + convention.totalTokens + convention.costs
      + [ReservedKey.chatTokenUsage]
    for key in keys {
      #expect(SpanMeaning.figureMarks.contains { key.contains($0.description) }, "\(key)")
    }
  }
}
