import JSONText
import LensTestSupport
import Testing
import TraceModel

@testable import TraceSemantics

/// Messages in short: `user: words`, `assistant: -> name(arguments) #id`, `tool: <- result #id`.
func short(_ messages: [ChatMessage]) -> [String] {
  messages.map { message in
    var parts = [message.text].compactMap { $0 }
    parts += message.attachments.map { "[\($0)]" }
    parts += message.toolCalls.map { call in
      let arguments = call.arguments.map { JSON($0).text } ?? ""
      return "-> \(call.name)(\(arguments))\(call.hasBrokenArguments ? "!" : "")" + (call.id.map { " #\($0)" } ?? "")
    }
    parts += message.toolResults.map { result in
      let content = result.content.map { $0.string ?? JSON($0).text } ?? ""
      return "<- \(content)\(result.isError ? "!" : "")" + (result.callID.map { " #\($0)" } ?? "")
    }
    return "\(message.role.rawValue): \(parts.joined(separator: " "))" + (message.finishReason.map { " (\($0))" } ?? "")
  }
}

@Suite("A chat is read from the shape of every provider") struct ChatReaderTests {
  private static let inputs: [(name: String, json: String, messages: [String])] = [
    (
      "OpenAI chat",
      #"{"model":"m","messages":[{"role":"developer","content":"S"},{"role":"user","content":[{"type":"text","text":"Q"},{"type":"image_url","image_url":{"url":"x"}}]},{"role":"assistant","content":null,"tool_calls":[{"id":"c1","type":"function","function":{"name":"f","arguments":"{\"a\": 1}"}}]},{"role":"tool","tool_call_id":"c1","content":"R"}]}"#,
      ["system: S", "user: Q [image_url]", #"assistant: -> f({"a":1}) #c1"#, "tool: R <- R #c1"]
    ),
    (
      "OpenAI responses",
      #"{"instructions":"S","input":[{"role":"user","content":[{"type":"input_text","text":"Q"}]},{"type":"reasoning","summary":[]},{"type":"function_call","call_id":"c1","name":"f","arguments":"{}"},{"type":"function_call_output","call_id":"c1","output":"R"}]}"#,
      ["system: S", "user: Q", "assistant: -> f({}) #c1", "tool: <- R #c1"]
    ),
    ("OpenAI responses, plain", #"{"instructions":"S","input":"Q"}"#, ["system: S", "user: Q"]),
    (
      "Anthropic",
      #"{"system":[{"type":"text","text":"S"}],"messages":[{"role":"user","content":"Q"},{"role":"assistant","content":[{"type":"thinking","thinking":"…"},{"type":"text","text":"T"},{"type":"tool_use","id":"c1","name":"f","input":{"a":1}}]},{"role":"user","content":[{"type":"tool_result","tool_use_id":"c1","content":"R","is_error":true}]}]}"#,
      ["system: S", "user: Q", #"assistant: T -> f({"a":1}) #c1"#, "user: <- R! #c1"]
    ),
    (
      "Gemini",
      #"{"systemInstruction":{"parts":[{"text":"S"}]},"contents":[{"role":"user","parts":[{"text":"Q"}]},{"role":"model","parts":[{"functionCall":{"name":"f","args":{"a":1}}}]},{"role":"user","parts":[{"functionResponse":{"name":"f","response":{"r":2}}}]}]}"#,
      ["system: S", "user: Q", #"assistant: -> f({"a":1})"#, #"user: <- {"r":2}"#]
    ),
    (
      "OpenTelemetry GenAI",
      #"[{"role":"system","parts":[{"type":"text","content":"S"}]},{"role":"user","parts":[{"type":"text","content":"Q"}]},{"role":"assistant","parts":[{"type":"tool_call","id":"c1","name":"f","arguments":{"a":1}}]},{"role":"tool","parts":[{"type":"tool_call_response","id":"c1","response":"R"}]}]"#,
      ["system: S", "user: Q", #"assistant: -> f({"a":1}) #c1"#, "tool: <- R #c1"]
    ),
    (
      "LangChain",
      #"[[{"type":"system","content":"S"},{"type":"human","content":"Q"},{"type":"ai","content":"","tool_calls":[{"name":"f","args":{"a":1},"id":"c1"}]},{"type":"tool","content":"R","tool_call_id":"c1","status":"error"}]]"#,
      ["system: S", "user: Q", #"assistant: -> f({"a":1}) #c1"#, "tool: R <- R! #c1"]
    ),
    (
      "LangChain, serialised",
      #"{"messages":[[{"lc":1,"type":"constructor","id":["langchain","schema","messages","SystemMessage"],"kwargs":{"content":"S","type":"system"}},{"lc":1,"type":"constructor","id":["langchain","schema","messages","HumanMessage"],"kwargs":{"content":"Q"}}]]}"#,
      ["system: S", "user: Q"]
    ),
    (
      "LangChain, dictionaries",
      #"{"messages":[{"type":"human","data":{"content":"Q"}},{"type":"ai","data":{"content":"","tool_calls":[{"name":"f","args":{},"id":"c1"}]}},{"type":"tool","data":{"content":"R","tool_call_id":"c1"}}]}"#,
      ["user: Q", "assistant: -> f({}) #c1", "tool: R <- R #c1"]
    ),
    ("LangChain, pairs", #"{"messages":[["system","S"],["user","Q"]]}"#, ["system: S", "user: Q"]),
    (
      "Vercel AI SDK",
      #"{"messages":"[{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"Q\"}]},{\"role\":\"assistant\",\"content\":[{\"type\":\"tool-call\",\"toolCallId\":\"c1\",\"toolName\":\"f\",\"input\":{\"a\":1}}]},{\"role\":\"tool\",\"content\":[{\"type\":\"tool-result\",\"toolCallId\":\"c1\",\"toolName\":\"f\",\"output\":{\"type\":\"json\",\"value\":2}}]}]"}"#,
      ["user: Q", #"assistant: -> f({"a":1}) #c1"#, #"tool: <- {"type":"json","value":2} #c1"#]
    ),
    (
      "broken arguments", #"[{"role":"assistant","tool_calls":[{"function":{"name":"f","arguments":"{\"a\":"}}]}]"#,
      [#"assistant: -> f("{\"a\":")!"#]
    ),
    ("another speaker", #"[{"role":"Orchestrator","content":"plan"}]"#, ["Orchestrator: plan"]),
    ("data", #"{"order":{"id":1},"items":[{"name":"x"}]}"#, []),
    ("words", #""just words""#, []),
    ("numbers", "[1,2,3]", []),
  ]

  @Test(arguments: inputs.indices) func input(_ place: Int) throws {
    let (name, json, messages) = Self.inputs[place]
    let read = ChatReader(isOutput: false).messages(try JSONDocument(json).root)
    #expect(short(read) == messages, "\(name)")
  }

  private static let outputs: [(name: String, json: String, messages: [String])] = [
    (
      "OpenAI chat",
      #"{"choices":[{"index":0,"finish_reason":"length","message":{"role":"assistant","content":"A"}}]}"#,
      ["assistant: A (length)"]
    ),
    (
      "OpenAI responses",
      #"{"output":[{"type":"message","role":"assistant","content":[{"type":"output_text","text":"A"}]},{"type":"function_call","call_id":"c1","name":"f","arguments":"{}"}]}"#,
      ["assistant: A", "assistant: -> f({}) #c1"]
    ),
    (
      "Anthropic",
      #"{"role":"assistant","stop_reason":"tool_use","content":[{"type":"text","text":"A"},{"type":"tool_use","id":"c1","name":"f","input":{}}]}"#,
      ["assistant: A -> f({}) #c1 (tool_use)"]
    ),
    (
      "Gemini",
      #"{"candidates":[{"content":{"role":"model","parts":[{"text":"A"}]},"finishReason":"MAX_TOKENS"}]}"#,
      ["assistant: A (MAX_TOKENS)"]
    ),
    (
      "GenAI", #"[{"role":"assistant","finish_reason":"stop","parts":[{"type":"text","content":"A"}]}]"#,
      ["assistant: A (stop)"]
    ),
    (
      "LangChain",
      #"{"generations":[[{"text":"A","generation_info":{"finish_reason":"stop"},"message":{"type":"ai","content":"A","tool_calls":[]}}]]}"#,
      ["assistant: A (stop)"]
    ),
    (
      "LangChain message", #"{"type":"ai","content":"A","response_metadata":{"finish_reason":"stop"}}"#,
      ["assistant: A (stop)"]
    ),
    ("data", #"{"total": 3}"#, []),
  ]

  @Test(arguments: outputs.indices) func output(_ place: Int) throws {
    let (name, json, messages) = Self.outputs[place]
    let read = ChatReader(isOutput: true).messages(try JSONDocument(json).root)
    #expect(short(read) == messages, "\(name)")
  }

  @Test func aMessageSaysWhereItStands() throws {
    let json = #"{"request":{"messages":[{"role":"user","content":"Q"}]}}"#
    let root = try JSONDocument(json).root
    let message = try #require(ChatReader(isOutput: false).messages(root).first)
    guard case .found(let value) = message.path.resolve(in: root) else {
      Issue.record("\(message.path)")
      return
    }
    #expect(value["content"]?.string == "Q")
  }

  @Test func depthIsBounded() throws {
    let json = String(repeating: "[", count: 400) + String(repeating: "]", count: 400)
    #expect(ChatReader(isOutput: false).messages(try JSONDocument(json).root).isEmpty)
  }
}

@Suite("What is spread over attributes and events is put together") struct SpreadTests {
  @Test func openInference() throws {
    let meaning = SpanMeaning(
      try TraceFixture.span(
        1,
        attributes: [
          "openinference.span.kind": "\"LLM\"", "llm.input_messages.0.message.role": "\"system\"",
          "llm.input_messages.0.message.content": "\"S\"", "llm.input_messages.1.message.role": "\"user\"",
          "llm.input_messages.1.message.contents.0.message_content.type": "\"text\"",
          "llm.input_messages.1.message.contents.0.message_content.text": "\"Q\"",
          "llm.input_messages.10.message.role": "\"tool\"", "llm.input_messages.10.message.content": "\"R\"",
          "llm.input_messages.10.message.tool_call_id": "\"c1\"",
          "llm.output_messages.0.message.role": "\"assistant\"",
          "llm.output_messages.0.message.tool_calls.0.tool_call.function.name": "\"f\"",
          "llm.output_messages.0.message.tool_calls.0.tool_call.function.arguments": #"{"a": 1}"#,
          "llm.output_messages.0.message.tool_calls.0.tool_call.id": "\"c2\"",
        ]))
    #expect(meaning.inputChat.map { short($0.messages) } == ["system: S", "user: Q", "tool: R <- R #c1"])
    #expect(meaning.inputChat?.key == "llm.input_messages.*")
    #expect(meaning.outputChat.map { short($0.messages) } == [#"assistant: -> f({"a":1}) #c2"#])
  }

  @Test func traceloop() throws {
    let meaning = SpanMeaning(
      try TraceFixture.span(
        1,
        attributes: [
          "llm.request.type": "\"chat\"", "gen_ai.prompt.0.role": "\"user\"", "gen_ai.prompt.0.content": "\"Q\"",
          "gen_ai.completion.0.role": "\"assistant\"", "gen_ai.completion.0.content": "\"A\"",
          "gen_ai.completion.0.finish_reason": "\"length\"",
          "gen_ai.completion.0.tool_calls.0.name": "\"f\"", "gen_ai.completion.0.tool_calls.0.arguments": "{}",
          "gen_ai.completion.0.tool_calls.0.id": "\"c1\"",
        ]))
    #expect(meaning.inputChat.map { short($0.messages) } == ["user: Q"])
    #expect(meaning.outputChat.map { short($0.messages) } == ["assistant: A -> f({}) #c1 (length)"])
    #expect(meaning.finishReason == "length" && meaning.isCutOff)
    #expect(meaning.type == "LLM")
  }

  @Test func eventsOfOpenTelemetry() throws {
    let events = """
      [{"name":"gen_ai.system.message","attributes":{"content":"S"}},{"name":"gen_ai.user.message","attributes":{"content":"Q"}},\
      {"name":"gen_ai.choice","attributes":{"index":0,"finish_reason":"stop","message":"{\\"role\\": \\"assistant\\", \\"content\\": \\"A\\"}"}}]
      """
    let meaning = SpanMeaning(
      try TraceFixture.span(1, attributes: ["gen_ai.operation.name": "\"chat\""], events: events))
    #expect(meaning.inputChat.map { short($0.messages) } == ["system: S", "user: Q"])
    #expect(meaning.outputChat.map { short($0.messages) } == ["assistant: A"])
    #expect(meaning.inputs?.key == "events gen_ai.system.message, gen_ai.user.message")
  }

  @Test func eventsOfSpringAI() throws {
    let events = """
      [{"name":"gen_ai.content.prompt","attributes":{"gen_ai.prompt":"Q"}},\
      {"name":"gen_ai.content.completion","attributes":{"gen_ai.completion":"A"}}]
      """
    let meaning = SpanMeaning(
      try TraceFixture.span(
        1, attributes: ["gen_ai.operation.name": "\"chat\"", "spring.ai.kind": "\"chat_client\""], events: events))
    #expect(meaning.inputs?.value.string == "Q")
    #expect(meaning.outputs?.value.string == "A")
    #expect(meaning.outputChat.map { short($0.messages) } == ["assistant: A"])
    #expect(meaning.conventions.map(\.name).contains("Spring AI"))
  }

  @Test(
    arguments: [
      (
        "Google ADK",
        [
          "gen_ai.operation.name": "\"execute_tool\"", "gcp.vertex.agent.tool_call_args": #"{"a": 1}"#,
          "gcp.vertex.agent.tool_response": "\"R\"", "gen_ai.tool.name": "\"f\"", "gen_ai.tool.call.id": "\"c1\"",
        ], "TOOL"
      ),
      (
        "Langfuse",
        [
          "langfuse.observation.type": "\"tool\"", "langfuse.observation.input": #"{"a": 1}"#,
          "langfuse.observation.output": "\"R\"",
        ], "TOOL"
      ),
      (
        "Laminar", ["lmnr.span.type": "\"TOOL\"", "lmnr.span.input": #"{"a": 1}"#, "lmnr.span.output": "\"R\""], "TOOL"
      ),
      (
        "VoltAgent", ["entity.type": "\"agent\"", "span.type": "\"tool\"", "input": #"{"a": 1}"#, "output": "\"R\""],
        "TOOL"
      ),
      (
        "LiveKit",
        [
          "lk.function_tool.name": "\"f\"", "lk.function_tool.arguments": #"{"a": 1}"#,
          "lk.function_tool.output": "\"R\"",
        ], "TOOL"
      ),
      (
        "Claude Code",
        [
          "span.type": "\"claude_code.tool\"", "tool_input": #"{"a": 1}"#, "new_context": "\"R\"", "tool_name": "\"f\"",
        ], "TOOL"
      ),
    ] as [(String, KeyValuePairs<String, String>, String)])
  func aToolCallIsOneUnderEveryConvention(
    _ name: String, _ attributes: KeyValuePairs<String, String>, _ type: String
  ) throws {
    let meaning = SpanMeaning(try TraceFixture.span(1, attributes: attributes))
    #expect(meaning.conventions.map(\.name).contains(name))
    #expect(meaning.type == type)
    #expect(meaning.inputs?.value["a"]?.int64 == 1)
    #expect(meaning.outputs?.value.string == "R")
    #expect(meaning.toolName == nil || meaning.toolName == "f")
  }

  @Test func whatWasRedactedWasNotRecorded() throws {
    let meaning = SpanMeaning(
      try TraceFixture.span(
        1,
        attributes: [
          "span.type": "\"interaction\"", "user_prompt": "\"<REDACTED>\"", "user_prompt_length": "5",
          "new_context": "\"C\"",
        ]))
    #expect(meaning.inputs?.value.string == "C")
    #expect(meaning.type == "AGENT")
  }
}

@Suite("Documents, tools and particulars") struct ParticularsTests {
  private func documents(_ output: String, type: String = "RETRIEVER") throws -> [String]? {
    let meaning = SpanMeaning(
      try TraceFixture.span(1, attributes: ["mlflow.spanType": "\"\(type)\"", "mlflow.spanOutputs": output]))
    return meaning.documents?.map {
      "\($0.id ?? "-") \($0.source ?? "-") \($0.score.map { "\($0)" } ?? "-") \($0.text ?? "-")"
    }
  }

  @Test func retrievals() throws {
    #expect(
      try documents(#"[{"page_content":"T","metadata":{"doc_uri":"a.md","score":0.5},"id":"d1"}]"#)
        == ["d1 a.md 0.5 T"])
    #expect(
      try documents(#"{"results":[{"id":7,"score":0.25,"content":"T"}],"took":3}"#) == ["7 - 0.25 T"])
    #expect(try documents(#"["one","two"]"#) == ["- - - one", "- - - two"])
    #expect(
      try documents(#"[{"node":{"id_":"n","text":"T","metadata":{"file_name":"f"}},"score":0.125}]"#)
        == ["n f 0.125 T"])
    #expect(try documents("[]") == [])
    #expect(try documents(#""words""#) == nil)
    #expect(try documents(#"{"total":3}"#, type: "TOOL") == nil)
    #expect(try documents(#"["a","b"]"#, type: "TOOL") == nil)
  }

  @Test(arguments: [
    ("mlflow.chat.tools", #"[{"type":"function","function":{"name":"f","parameters":{"type":"object"}}}]"#),
    ("mlflow.spanInputs", #"{"tools":[{"name":"f","input_schema":{"type":"object"}}]}"#),
    ("mlflow.spanInputs", #"{"tools":[{"functionDeclarations":[{"name":"f","parameters":{"type":"object"}}]}]}"#),
    ("gen_ai.tool.definitions", #"[{"type":"function","name":"f","parameters":{"type":"object"}}]"#),
  ])
  func offeredTools(_ key: String, _ value: String) throws {
    let meaning = SpanMeaning(
      try TraceFixture.span(1, attributes: [key: value, "mlflow.a": "1", "gen_ai.a": "1"]))
    #expect(meaning.offeredTools.map(\.name) == ["f"])
    #expect(meaning.offeredTools.first?.schema?["type"]?.string == "object")
  }

  @Test func particulars() throws {
    let meaning = SpanMeaning(
      try TraceFixture.span(
        1,
        attributes: [
          "gen_ai.operation.name": "\"chat\"", "gen_ai.agent.name": "\"helper\"", "gen_ai.conversation.id": "\"c\"",
          "gen_ai.response.finish_reasons": #"["stop"]"#, "gen_ai.usage.cache_read.input_tokens": "7",
          "gen_ai.usage.reasoning.output_tokens": "5", "gen_ai.response.time_to_first_chunk": "0.25",
          "gen_ai.request.temperature": "0.5", "gen_ai.request.model": "\"m\"",
          "user.id": "\"u\"", "mlflow.x": "1", "gen_ai.system_instructions": #"[{"type":"text","content":"S"}]"#,
          "gen_ai.input.messages": #"[{"role":"user","parts":[{"type":"text","content":"Q"}]}]"#,
        ]))
    #expect(meaning.agentName == "helper")
    #expect(meaning.session?.key == "gen_ai.conversation.id")
    #expect(meaning.user?.value.string == "u")
    #expect(meaning.finishReason == "stop" && !meaning.isCutOff)
    #expect(meaning.cachedTokens == 7 && meaning.reasoningTokens == 5)
    #expect(meaning.timeToFirstTokenMs == 250)
    #expect(meaning.parameters.map { "\($0.name) \(JSON($0.value).text)" } == ["temperature 0.5"])
    #expect(meaning.inputChat.map { short($0.messages) } == ["system: S", "user: Q"])
  }
}
