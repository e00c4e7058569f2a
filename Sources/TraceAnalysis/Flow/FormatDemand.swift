import JSONText
import TraceModel
import TraceSemantics

/// That a model was told to answer in JSON.
struct FormatDemand {
  /// The schema, where one was given.
  let schema: JSONValue?
  /// Whether it is a setting of the call; else it was asked for in words, which leave room for words around the JSON.
  let isBinding: Bool
  /// How it was said.
  let words: String

  /// What a call was told; nil where no form was asked for.
  init?(_ meaning: SpanMeaning) {
    if let (schema, words) = Self.setting(meaning) {
      (self.schema, self.words, isBinding) = (schema, words, true)
    } else if let words = FormatWords.instruction(in: meaning) {
      (schema, isBinding) = (nil, false)
      self.words = "\"\(words)\""
    } else {
      return nil
    }
  }

  /// What is wrong with an answer, in words, and whether nothing but it can be meant; nil when nothing is wrong.
  func mistake(in answer: String) -> (words: String, isCertain: Bool)? {
    if let document = try? JSONDocument(Array(answer.utf8)) {
      guard let schema else {
        // A plain word or number may be JSON by chance.
        return document.root.isContainer || !isBinding ? nil : ("what it said is no JSON object", true)
      }
      return ArgumentCheck.mistake(inValue: document.root, schema).map {
        ("what it said does not fit the schema: \($0)", true)
      }
    }
    // What a recorder has cut can no longer be judged.
    let end = answer.suffix(40)
    guard !["…", "...", "truncated"].contains(where: { end.contains($0) }) else { return nil }
    guard JSONInText.first(in: answer) != nil else {
      return isBinding ? ("what it said is no JSON", true) : ("there is no JSON in what it said", false)
    }
    // Some apps look for the JSON in what was said.
    return isBinding ? ("what it said is JSON with words or marks around it", false) : nil
  }

  // MARK: Settings

  /// Settings whose members are settings.
  private static let groups: Set<String> = [
    "config", "generation_config", "generationConfig", "kwargs", "model_kwargs", "invocation_params", "extra_body",
    "options", "output_config", "text", "parameters",
  ]
  private static let schemaNames: Set<String> = [
    "response_schema", "responseSchema", "response_json_schema", "responseJsonSchema", "ai.schema",
  ]
  private static let attributes = ["ai.schema", "gen_ai.output.type", "invocation_params", "options"]

  private static func setting(_ meaning: SpanMeaning) -> (schema: JSONValue?, words: String)? {
    for (name, value) in meaning.parameters {
      if let found = read(name, value, 0) { return found }
    }
    for key in attributes {
      if let value = meaning.span.attribute(key)?.decoded, let found = read(key, value, 0) { return found }
    }
    guard let inputs = meaning.inputs?.value, inputs.kind == .object else { return nil }
    for member in inputs.members {
      if let found = read(member.key, member.value, 0) { return found }
    }
    return nil
  }

  private static func read(_ name: String, _ recorded: JSONValue, _ depth: Int) -> (schema: JSONValue?, words: String)?
  {
    guard depth < 4 else { return nil }
    let document = recorded.nestedDocument()
    let value = document?.root ?? recorded
    if schemaNames.contains(name) {
      return value.kind == .object && value.count > 0 ? (value, name) : nil
    }
    switch name {
    case "response_format", "responseFormat", "output_format", "format":
      // A class of the app's own says that it is JSON, not in which schema.
      if let word = value.string {
        return word == "json" || word == "json_object" || word.hasPrefix("<class ") ? (nil, name) : nil
      }
      switch value["type"]?.string {
      case "json_object", "json": return (nil, "\(name) json_object")
      case "json_schema":
        let schema = value["json_schema"]?["schema"] ?? value["schema"] ?? value["json_schema"]
        return (schema.flatMap { $0.kind == .object ? $0 : nil }, "\(name) json_schema")
      case "object" where value["properties"] != nil: return (value, name)
      default: return nil
      }
    case "ls_structured_output_format":
      guard let method = value["kwargs"]?["method"]?.string, method != "function_calling" else { return nil }
      let schema = value["schema"]
      return ((schema?["parameters"] ?? schema).flatMap { $0["properties"] != nil ? $0 : nil }, "structured output")
    case "response_mime_type", "responseMimeType": return value.string == "application/json" ? (nil, name) : nil
    case "gen_ai.output.type": return value.string == "json" ? (nil, name) : nil
    default:
      guard groups.contains(name), value.kind == .object else { return nil }
      // A schema says more than a type beside it.
      let found = value.members.compactMap { read($0.key, $0.value, depth + 1) }
      return found.first { $0.schema != nil } ?? found.first
    }
  }
}

/// An instruction to answer in JSON, in plain words.
enum FormatWords {
  /// Where none of these stands, there is none.
  static let signs = [
    "only json", "valid json", "json object", "json only", "json format", "in json", "as json", "only with json",
  ]

  private static let verbs = [
    "respond", "reply", "answer", "return", "output", "response", "provide", "produce", "emit", "generate",
  ]
  private static let bonds = ["only", "nothing else", "nothing but", "strictly", "exclusively", "must"]
  /// What speaks of some answers, or of something else that is JSON.
  private static let conditions = [
    "if ", "when ", "unless", "whenever", "tool", "function", "argument", "action", "parameter", "not ", "n't ",
    "either",
    " or ", "blob", "example", "code", "script", "program", "endpoint", "api", "server", "write a", "convert", "input",
    "file", "for each", "each ", "last line", "end of",
  ]
  /// Longer prompts hold more than instructions about the answer.
  private static let (longest, longestSentence) = (16_000, 200)

  /// The sentence that says so in the instructions, or in what was asked last.
  static func instruction(in meaning: SpanMeaning) -> String? {
    guard let messages = meaning.inputChat?.messages else { return nil }
    let asked = messages.last { $0.role == .user }
    let told = messages.filter { $0.role == .system } + (asked.map { [$0] } ?? [])
    for case let text? in told.map(\.text) where text.utf8.count <= longest {
      for sentence in Sentences.of(text) where sentence.utf8.count <= longestSentence {
        let lowered = sentence.lowercased()
        if lowered.contains("json"), verbs.contains(where: { lowered.contains($0) }),
          bonds.contains(where: { lowered.contains($0) }), !conditions.contains(where: { lowered.contains($0) })
        {
          return String(sentence.drop(while: \.isWhitespace).prefix(120))
        }
      }
    }
    return nil
  }
}

/// JSON that stands in a text.
enum JSONInText {
  /// The object or array that a text holds: all of it, in a fence, or between words.
  static func first(in text: String) -> JSONDocument? {
    let bytes = Array(text.utf8)
    for (opening, closing) in [(UInt8(ascii: "{"), UInt8(ascii: "}")), (UInt8(ascii: "["), UInt8(ascii: "]"))] {
      guard let start = bytes.firstIndex(of: opening), let end = bytes.lastIndex(of: closing), start < end else {
        continue
      }
      if let document = try? JSONDocument(Array(bytes[start...end])) { return document }
    }
    // Several in one text, each in a fence.
    let fenced = text.split(separator: "```", maxSplits: 20, omittingEmptySubsequences: false).enumerated()
    return fenced.lazy.filter { $0.offset % 2 == 1 }.compactMap { _, part in
      let body = part.drop { $0 != "{" && $0 != "[" }
      return body.isEmpty ? nil : try? JSONDocument(Array(body.utf8))
    }.first
  }
}
