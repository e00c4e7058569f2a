import JSONText
import LensTestSupport
import Testing
import TraceModel

@testable import TraceAnalysis

@Suite("Answers in another form than asked for, and refusals") struct FormatTests {
  private static let schema: JSON = [
    "type": "object",
    "properties": [
      "city": ["type": "string"], "days": ["type": "array", "items": ["$ref": "#/$defs/Day"]],
      "unit": ["enum": ["C", "F"]], "note": ["anyOf": [["type": "string"], ["type": "null"]]],
    ],
    "required": ["city", "days"], "additionalProperties": false,
    "$defs": ["Day": ["type": "object", "properties": ["high": ["type": "integer"]], "required": ["high"]]],
  ]

  private static func format(_ schema: JSON) -> [JSON.Member] {
    [
      JSON.Member(
        "response_format", ["type": "json_schema", "json_schema": ["name": "forecast", "schema": schema]])
    ]
  }

  private static let json = [JSON.Member("response_format", ["type": "json_object"])]

  @Test(arguments: [
    (#"{"days": []}"#, "does not fit the schema: 'city' is missing"),
    (#"{"city": 5, "days": []}"#, "'city' should be of type string"),
    (#"{"city": "Bonn", "days": [{"high": 3}, {"low": 2}]}"#, "'days.1.high' is missing"),
    (#"{"city": "Bonn", "days": [], "unit": "K"}"#, "'unit' is 'K', not one of C, F"),
    (#"{"city": "Bonn", "days": [], "note": 4}"#, "'note' fits none of the forms that are allowed"),
    (#"{"city": "Bonn", "days": [], "wind": 4}"#, "there is no 'wind'"),
    ("It will be warm in Bonn.", "what it said is no JSON"),
    ("```json\n{\"city\": \"Bonn\", \"days\": []}\n```", "JSON with words or marks around it"),
  ])
  func anAnswerThatBreaksItsSchema(_ said: String, _ why: String) throws {
    var run = MadeRun("the weather in Bonn", answered: said)
    try run.model(said, settings: Self.format(Self.schema))
    let found = try run.findings(BrokenFormat())
    #expect(found.map(\.kind) == ["broken_format"])
    #expect(found.first?.why.contains(why) == true, "\(found.first?.why ?? "")")
    #expect(found.first?.standing == (said.hasPrefix("`") ? .hint : .decisive) && found.first?.severity == .medium)
    #expect(found.first?.spanIndex == 1)
  }

  @Test(arguments: [
    #"{"city": "Bonn", "days": [{"high": 21}], "unit": "C", "note": null}"#, #" {"city": "Bonn", "days": []} "#,
  ])
  func anAnswerThatKeepsItsSchema(_ said: String) throws {
    var run = MadeRun("the weather in Bonn", answered: said)
    try run.model(said, settings: Self.format(Self.schema))
    #expect(try run.findings(BrokenFormat()).isEmpty)
    #expect(try run.reason(BrokenFormat()) == nil)
  }

  /// Where the form is asked for: each provider and convention has its own place.
  @Test(arguments: [
    #"{"text": {"format": {"type": "json_schema", "name": "a", "schema": SCHEMA}}}"#,
    #"{"output_config": {"format": {"type": "json_schema", "schema": SCHEMA}}}"#,
    #"{"config": {"response_mime_type": "application/json", "response_schema": SCHEMA}}"#,
    #"{"generation_config": {"response_mime_type": "application/json", "responseSchema": SCHEMA}}"#,
    #"{"format": SCHEMA}"#,
    #"{"invocation_params": {"response_format": {"type": "json_schema", "json_schema": {"schema": SCHEMA}}}}"#,
  ])
  func wheresoeverTheSchemaStands(_ settings: String) throws {
    let text = settings.replacing("SCHEMA", with: Self.schema.text)
    let members = try JSONDocument(text).root.members.map { JSON.Member($0.key, JSON($0.value)) }
    var run = MadeRun("the weather in Bonn", answered: "{}")
    try run.model("{}", settings: members)
    #expect(try run.findings(BrokenFormat()).first?.why.contains("'city' is missing") == true)
  }

  @Test(arguments: [
    ("llm.invocation_parameters", #"{"response_format": {"type": "json_schema", "json_schema": {"schema": SCHEMA}}}"#),
    ("ai.schema", "SCHEMA"),
    ("options", #"{"ls_structured_output_format": {"kwargs": {"method": "json_schema"}, "schema": SCHEMA}}"#),
    ("gen_ai.output.type", #""json""#),
  ])
  func wheresoeverItStandsAsAnAttribute(_ key: String, _ value: String) throws {
    var run = MadeRun("the weather in Bonn", answered: "warm")
    try run.model(
      "warm",
      more: [key: value.replacing("SCHEMA", with: Self.schema.text), "openinference.span.kind": "\"LLM\""])
    #expect(try run.findings(BrokenFormat()).count == 1)
  }

  /// A call of a tool is no answer; what was cut off is told by another detector; what a recorder cut cannot be judged.
  @Test func whatIsNoAnswer() throws {
    var run = MadeRun("the weather in Bonn", answered: nil)
    let function: JSON = ["name": "weather", "arguments": "{}"]
    try run.model(
      [
        "choices": [
          ["message": ["role": "assistant", "content": .null, "tool_calls": [["id": "1", "function": function]]]]
        ]
      ],
      nil, Self.json)
    try run.model("{\"city\": \"Bo", settings: Self.json, finish: "length")
    try run.model("{\"city\": \"Bonn\", \"days\": …", settings: Self.json)
    #expect(try run.findings(BrokenFormat()).isEmpty)
  }

  @Test(arguments: [
    ("Respond only with a valid JSON object.", "It is sunny.", true),
    ("You are a weather bot. Your answer must be valid JSON.", "It is sunny.", true),
    ("Respond only with a valid JSON object.", "Sure:\n```json\n{\"sky\": \"sunny\"}\n```", false),
    ("Respond only with a valid JSON object.", "{\"sky\": \"sunny\"}", false),
    ("If you call a tool, respond only with valid JSON.", "It is sunny.", false),
    ("You may answer in JSON format.", "It is sunny.", false),
    ("The tool returns only JSON.", "It is sunny.", false),
  ])
  func jsonAskedForInWords(_ told: String, _ said: String, _ isBroken: Bool) throws {
    var run = MadeRun("the weather in Bonn", answered: said)
    try run.model(said, told: told)
    let found = try run.findings(BrokenFormat())
    #expect(found.count == (isBroken ? 1 : 0))
    if isBroken { #expect(found.first?.standing == .hint && found.first?.why.contains("there is no JSON") == true) }
  }

  @Test func anAnswerThatTheAppCouldNotRead() throws {
    var run = MadeRun("the weather in Bonn", answered: "Sorry")
    try run.model("Thought: warm.")
    try run.failure("parse", "json.JSONDecodeError", "Expecting value: line 1 column 1 (char 0)")
    let found = try run.findings(BrokenFormat())
    #expect(found.map(\.kind) == ["unreadable_answer"])
    #expect(found.first?.spanIndex == 1)
    #expect(
      found.first?.why.contains("could not be read by s3 parse: json.JSONDecodeError") == true,
      "\(found.first?.why ?? "")")

    var other = MadeRun("the weather in Bonn", answered: "Sorry")
    try other.model("Thought: warm.")
    try other.failure("load", "OSError", "no route to host")
    #expect(try other.findings(BrokenFormat()).isEmpty)
    #expect(try other.reason(BrokenFormat()) == nil)
    #expect(
      try MadeRun("the weather", answered: "").reason(BrokenFormat()) == "no model span has recorded what it was told")
  }

  // MARK: Refusals

  @Test func aRefusalInAFieldOfItsOwn() throws {
    var run = MadeRun("how do I …", answered: nil)
    try run.model([
      "choices": [
        [
          "finish_reason": "stop",
          "message": ["role": "assistant", "content": .null, "refusal": "I can't help with that request."],
        ]
      ]
    ])
    try run.model(["prompt_feedback": ["block_reason": "SAFETY"]])
    try run.model([
      "choices": [["finish_reason": "stop", "message": ["role": "assistant", "content": "Yes.", "refusal": .null]]]
    ])
    let found = try run.findings(Refusal())
    #expect(found.map(\.spanIndex) == [1, 2])
    #expect(found.allSatisfy { $0.severity == .medium && $0.confidence == .high })
    #expect(found.first?.evidence.first?.excerpt == "I can't help with that request.")
  }

  @Test(arguments: [
    "I'm sorry, but I can't assist with that.", "I’m sorry, but I can’t help with that request.",
    "As an AI language model, I cannot open links.", "Lo siento, pero no puedo ayudar con eso.",
    "Es tut mir leid, dabei kann ich nicht helfen.", "抱歉，我无法协助处理这个请求。",
  ])
  func aRefusalInWords(_ said: String) throws {
    var run = MadeRun("please", answered: said)
    try run.model(
      said, tools: [["type": "function", "function": ["name": "open_page", "parameters": ["type": "object"]]]])
    let found = try run.findings(Refusal())
    #expect(found.count == 1)
    #expect(found.first?.severity == .low)
    #expect(found.first?.why.contains("It was offered a tool and called none.") == true)
  }

  @Test(arguments: [
    "I'm sorry, but I can't find order 4711. Could you check the number?",
    "Sorry for the delay! Your order left today.",
    "If you can't do that, call us.", "They cannot help with that, but we can.", "Prices decline to 40 EUR.",
    "I cannot refund it: the 30 days are over.",
    "The parcel is here. " + String(repeating: "It weighs two kilograms. ", count: 10) + "I can't assist with that.",
  ])
  func noRefusal(_ said: String) throws {
    var run = MadeRun("please", answered: said)
    try run.model(said)
    #expect(try run.findings(Refusal()).isEmpty)
  }
}
