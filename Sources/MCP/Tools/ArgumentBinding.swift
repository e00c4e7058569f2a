import JSONText

/// The parameters of one tool or set, found by reflection, and the way to fill them from the arguments of a call.
struct ArgumentBinding: Sendable {
  private let found: [(descriptor: ParameterDescriptor, parameter: any DeclaredParameter)]

  var descriptors: [ParameterDescriptor] { found.map(\.descriptor) }

  init(of subject: Any) {
    found = Self.parameters(of: subject)
    let names = found.map(\.descriptor.name)
    precondition(Set(names).count == names.count, "two parameters of \(type(of: subject)) have one name: \(names)")
  }

  /// The same for a further value of a type whose descriptors are known: describing takes longer than finding.
  init(of subject: Any, describedBy descriptors: [ParameterDescriptor]) {
    found = Array(zip(descriptors, Self.properties(of: subject).map(\.parameter)))
  }

  private static func parameters(of subject: Any) -> [(ParameterDescriptor, any DeclaredParameter)] {
    properties(of: subject).map { ($1.descriptor(name: wireName(ofProperty: $0)), $1) }
  }

  private static func properties(of subject: Any) -> [(label: String, parameter: any DeclaredParameter)] {
    Mirror(reflecting: subject).children.flatMap { child -> [(label: String, parameter: any DeclaredParameter)] in
      switch child.value {
      case let parameter as any DeclaredParameter: [(child.label ?? "", parameter)]
      case let group as any DeclaredGroup: properties(of: group.members)
      default: []
      }
    }
  }

  /// Fills the parameters. All mistakes are told at once, so that one more call is enough.
  func bind(_ arguments: JSONValue?) throws(ToolError) {
    var mistakes: [String] = []
    var namesHelp = false
    let names = found.map(\.descriptor.name)
    for key in arguments?.members.map(\.key) ?? [] where !names.contains(key) {
      namesHelp = true
      let suggestion = nearest(key, among: names).map { "; did you mean '\($0)'?" } ?? ""
      mistakes.append("unknown argument '\(excerpt(key))'\(suggestion)")
    }
    for (descriptor, parameter) in found {
      // Some clients write null for what they leave out.
      guard let argument = arguments?[descriptor.name], !argument.isNull else {
        if descriptor.isRequired {
          namesHelp = true
          mistakes.append("missing required argument '\(descriptor.name)'")
        }
        continue
      }
      if !parameter.take(argument) { mistakes.append(mismatch(descriptor, argument)) }
    }
    guard mistakes.isEmpty else {
      throw ToolError(.invalidArguments, sentences(mistakes), allowed: namesHelp ? argumentList : nil)
    }
  }

  private var argumentList: String {
    let list = descriptors.map { $0.isRequired ? "\($0.name) (required)" : $0.name }.joined(separator: ", ")
    return "Arguments: \(list.isEmpty ? "none" : list)"
  }

  private func mismatch(_ descriptor: ParameterDescriptor, _ argument: JSONValue) -> String {
    let given = excerpt(String(decoding: argument.rawBytes.prefix(4 * excerptLength), as: UTF8.self))
    let suggestion = argument.string.flatMap { nearest($0, among: descriptor.allowedValues ?? []) }
    return "argument '\(descriptor.name)' must be \(descriptor.expectation), not \(given)"
      + (suggestion.map { "; did you mean '\($0)'?" } ?? "")
  }
}

private let excerptLength = 60

/// The beginning of what a client wrote, which it may have from anywhere: without characters that nobody sees or that reorder
/// the others.
private func excerpt(_ text: String) -> String {
  let scalars = text.unicodeScalars
  let shown = scalars.prefix(excerptLength).reduce(into: "") { output, scalar in
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .unassigned: output += escape(scalar)
    case _ where scalar.properties.isVariationSelector && scalar != "\u{FE0F}": output += escape(scalar)
    default: output.unicodeScalars.append(scalar)
    }
  }
  return scalars.count > excerptLength ? shown + "…" : shown
}

private func escape(_ scalar: Unicode.Scalar) -> String { "\\u{\(String(scalar.value, radix: 16))}" }

/// Snake case of a property's name: `traceID` is `trace_id`, `spanIDs` is `span_ids`, `minDurationMs` is
/// `min_duration_ms`. The underscore that the compiler puts before a wrapper's storage is left out.
func wireName(ofProperty property: String) -> String {
  let letters = Array(property.first == "_" ? property.dropFirst() : property[...])
  var name = ""
  for (place, letter) in letters.enumerated() {
    guard letter.isUppercase, place > 0 else {
      name += letter.lowercased()
      continue
    }
    let rest = letters[(place + 1)...]
    // An acronym ends before a capital that a small letter follows, unless that letter is its plural's s.
    let isPlural = rest.first == "s" && rest.dropFirst().first?.isLowercase != true
    let beginsWord = rest.first?.isLowercase == true && !isPlural
    if !letters[place - 1].isUppercase || beginsWord { name += "_" }
    name += letter.lowercased()
  }
  return name
}
