public import TraceModel

/// A failure at the span where it began, and how far up it was felt.
public struct ErrorOrigin: Sendable {
  /// The innermost span with status ERROR.
  public var spanIndex: Int
  /// The spans above it that failed too, innermost first.
  public var propagatedTo: [Int]
  /// The first span above that did not fail: it caught the error, or overlooked it. Nil when the root failed.
  public var caughtBy: Int?
  /// The exception's type, as far as one was recorded.
  public var exceptionType: String?
  /// The exception's message, or the status message.
  public var message: String?
  /// The exception that this one was raised from, the first of the chain, as it was printed.
  public var cause: String?
  /// The innermost frame of the stack that is the app's own code, as the trace has it.
  public var frame: StackFrame?

  /// The failures of a trace, in order of start.
  public static func all(in trace: Trace, tree: SpanTree) -> [ErrorOrigin] {
    trace.spans.indices.compactMap { index in
      let span = trace.spans[index]
      guard span.status == .error, !tree.children[index].contains(where: { trace.spans[$0].status == .error })
      else { return nil }
      let above = tree.ancestry(of: index).dropFirst()
      let propagated = Array(above.prefix { trace.spans[$0].status == .error })
      let exception = span.events.lazy.reversed().compactMap(\.exception).first
      return ErrorOrigin(
        spanIndex: index, propagatedTo: propagated, caughtBy: above.dropFirst(propagated.count).first,
        exceptionType: exception?.type, message: exception?.message ?? span.statusMessage,
        cause: exception?.stackTrace.flatMap(Self.firstOfChain),
        frame: exception?.stackTrace.flatMap { StackFrame.innermostOfApp(in: $0) })
    }
  }

  /// The last line before the words with which Python goes on to the exception that followed.
  private static func firstOfChain(_ stackTrace: String) -> String? {
    let links = [
      "The above exception was the direct cause of the following exception:",
      "During handling of the above exception, another exception occurred:",
    ]
    guard let link = links.compactMap({ stackTrace.utf8.firstRange(of: $0.utf8)?.lowerBound }).min() else { return nil }
    let line = stackTrace[..<link].split(separator: "\n").last { !$0.allSatisfy(\.isWhitespace) }
    return line.map { String($0.drop(while: \.isWhitespace)) }
  }

  /// `OrderNotFound: no order '9999'`, as far as it is known.
  public var sentence: String {
    switch (exceptionType, message) {
    case (let type?, let message?) where !type.isEmpty && !message.isEmpty: "\(type): \(message)"
    case (let type?, _) where !type.isEmpty: type
    case (_, let message?) where !message.isEmpty: message
    default: "no message recorded"
    }
  }
}

extension ErrorOrigin {
  /// Which of a trace's failures is the one to tell it by: the last that reached the top, else the first.
  public static func decisive(in trace: Trace, tree: SpanTree) -> ErrorOrigin? {
    let all = all(in: trace, tree: tree)
    return all.last { origin in
      trace.spans[origin.propagatedTo.last ?? origin.spanIndex].parentID == nil
    } ?? all.first
  }

  /// The first line of the sentence without what differs from run to run, so that equal failures have equal words: numbers
  /// and ids stand as `#`.
  public var signature: String {
    let line = String(sentence.prefix { !$0.isNewline })
    // `1.5` and `2026-11-21` are one number each; ids are hexadecimal digits in number, with one of ten among them.
    let varying = #/\b(?:0x[0-9a-fA-F]+|(?=[a-fA-F]*\d)[0-9a-fA-F]{8,}(?:-[0-9a-fA-F]{4,})*|\d+(?:[.,:\-]\d+)*)\b/#
    return line.replacing(varying, with: "#")
  }
}

/// One frame of a Python stack trace.
public struct StackFrame: Sendable, Hashable, CustomStringConvertible {
  /// The file, as the trace has it.
  public var file: String
  /// The line.
  public var line: Int
  /// The function.
  public var function: String
  /// Whether it is of the app, as far as its path tells, and not of an installed package.
  public var isOfApp = true

  /// `orders.py:41 in lookup`.
  public var description: String { "\(file):\(line) in \(function)" + (isOfApp ? "" : " (library code)") }

  /// The innermost frame that is neither of an installed package nor of the standard library; the innermost of all where
  /// there is no such frame. Of chained exceptions the last one printed counts, which is the one that was raised.
  public static func innermostOfApp(in stackTrace: String) -> StackFrame? {
    let last = stackTrace.utf8.ranges(of: "Traceback (most recent call last):".utf8).last.map {
      stackTrace[$0.upperBound...]
    }
    let frames = (last ?? stackTrace[...]).split(separator: "\n").compactMap { Self(pythonLine: $0) }
    let own = frames.last { frame in
      !["site-packages/", "dist-packages/", "/lib/python", "<frozen "].contains { frame.file.contains($0) }
    }
    guard own == nil, var library = frames.last else { return own }
    library.isOfApp = false
    return library
  }

  /// Reads `  File "orders.py", line 41, in lookup`.
  private init?(pythonLine text: Substring) {
    let line = text.drop { $0 == " " }
    guard line.hasPrefix("File \""), let close = line.dropFirst(6).firstIndex(of: "\"") else { return nil }
    let rest = line[close...].split(separator: ",")
    guard rest.count >= 2, let number = Int(rest[1].drop { !$0.isNumber }) else { return nil }
    file = String(line.dropFirst(6)[..<close])
    self.line = number
    function = rest.count > 2 ? String(rest[2].drop { $0 == " " }.dropFirst(3)) : "?"
  }
}
