public import Foundation
import JSONText

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Plays transcripts against a server and tells what was not as expected.
public struct TranscriptPlayer: Sendable {
  /// How the messages reach the server.
  public enum Delivery: String, CaseIterable, Sendable {
    /// Line by line through a pipe, waiting for each expected answer.
    case pipe
    /// All at once, from a file.
    case file
    /// Through a pipe, cut at odd byte borders.
    case fragments
  }

  private let target: TranscriptTarget
  private let substitutions: [String: String]
  /// Seconds an answer may take.
  private let patience = 300.0
  /// Seconds the server may take to end once its input has.
  private let exitPatience = 300.0

  /// A player.
  public init(_ target: TranscriptTarget, substitutions: [String: String] = [:]) {
    self.target = target
    self.substitutions = substitutions
  }

  /// Plays a file and returns what was wrong, in words for people; empty when all was well. With `RECORD=1` in the
  /// environment the expectations of the file are rewritten instead.
  public func play(_ file: URL, _ delivery: Delivery = .pipe) async throws -> [String] {
    try await onOwnThread {
      let transcript = try Transcript(contentsOf: file, substitutions: substitutions)
      let isRecording = ProcessInfo.processInfo.environment["RECORD"] == "1"
      let outcome = try run(transcript, isRecording ? .pipe : delivery)
      guard isRecording else { return outcome.problems }
      if delivery == .pipe {
        try transcript.text(recording: outcome.recorded).write(to: file, atomically: true, encoding: .utf8)
      }
      return outcome.failures
    }
  }

  /// Plays a transcript and returns what was wrong.
  public func play(_ transcript: Transcript, _ delivery: Delivery = .pipe) async throws -> [String] {
    try await onOwnThread { try run(transcript, delivery).problems }
  }

  /// Plays a transcript and returns its file with the answers as they came.
  public func record(_ transcript: Transcript) async throws -> String {
    try await onOwnThread { transcript.text(recording: try run(transcript, .pipe).recorded) }
  }

  private struct Outcome {
    /// Answers that were not as expected.
    var differences: [String] = []
    /// What recording cannot mend.
    var failures: [String] = []
    var recorded: [Pattern] = []

    var problems: [String] { differences + failures }
  }

  private func run(_ transcript: Transcript, _ delivery: Delivery) throws -> Outcome {
    // A server that ends early must not take the tests with it.
    _ = signal(SIGPIPE, SIG_IGN)
    let fromServer = Pipe()
    let output = duplicate(fromServer.fileHandleForWriting)
    try fromServer.fileHandleForWriting.close()
    let sender = try Sender(delivery, transcript)
    let running = try target.start(sender.serverInput, output)
    let answers = LineCollector(fromServer.fileHandleForReading)

    var outcome = Outcome()
    for (line, step) in transcript.lines {
      switch step {
      case .note: break
      case .send(let bytes): sender.send(bytes)
      case .end: sender.end()
      case .expect(let pattern):
        guard let answer = answers.take(within: patience, where: { Self.belongs($0, to: pattern) }) else {
          outcome.failures.append("no answer to \(line)")
          outcome.recorded.append(pattern)
          continue
        }
        check(answer, pattern, line, &outcome)
      }
    }
    sender.end()
    let status = running.exitStatus(exitPatience)
    if status == nil {
      outcome.failures.append("the server did not end within \(exitPatience) s of the end of its input")
    } else if let status, status != 0 {
      outcome.failures.append("the server ended with status \(status)")
    }
    if !answers.waitForEnd(within: exitPatience) { outcome.failures.append("the output was not closed") }
    for line in answers.rest {
      outcome.differences.append("unexpected: \(Self.excerpt(line))")
      if let json = Self.json(line) { outcome.recorded.append(Pattern(json)) }
    }
    let log = running.log()
    if !outcome.problems.isEmpty, !log.isEmpty { outcome.failures.append("standard error:\n\(log)") }
    return outcome
  }

  private func check(_ answer: [UInt8], _ pattern: Pattern, _ line: String, _ outcome: inout Outcome) {
    guard let json = Self.json(answer) else {
      outcome.failures.append("not JSON: \(Self.excerpt(answer))")
      outcome.recorded.append(pattern)
      return
    }
    outcome.recorded.append(pattern.recorded(json))
    let mismatches = pattern.mismatches(with: json)
    if !mismatches.isEmpty {
      let list = mismatches.map { "  \($0)" }.joined(separator: "\n")
      outcome.differences.append("\(list)\n  expected \(line)\n  received \(Self.excerpt(answer))")
    }
  }

  private static func belongs(_ line: [UInt8], to pattern: Pattern) -> Bool {
    let id = json(line)?["id"]
    return pattern.json["id"].map { Pattern($0).mismatches(with: id).isEmpty } ?? (id == nil)
  }

  private static func json(_ line: [UInt8]) -> JSON? {
    (try? JSONDocument(line, dialect: .strict)).map { JSON($0.root) }
  }

  private static func excerpt(_ line: [UInt8]) -> String {
    let text = String(decoding: line.prefix(4000), as: UTF8.self)
    return line.count > 4000 ? text + "…" : text
  }
}

/// A descriptor for the server, which no other child process inherits: it would keep the pipe open.
private func duplicate(_ handle: FileHandle) -> Int32 { fcntl(handle.fileDescriptor, F_DUPFD_CLOEXEC, 3) }

/// Brings the messages to the server.
private struct Sender {
  /// What the server reads from; it closes this itself.
  let serverInput: Int32
  private let delivery: TranscriptPlayer.Delivery
  private let pipe: Pipe?

  init(_ delivery: TranscriptPlayer.Delivery, _ transcript: Transcript) throws {
    self.delivery = delivery
    guard delivery == .file else {
      let pipe = Pipe()
      serverInput = duplicate(pipe.fileHandleForReading)
      try pipe.fileHandleForReading.close()
      self.pipe = pipe
      return
    }
    pipe = nil
    let bytes = transcript.lines.flatMap { line -> [UInt8] in
      if case .send(let bytes) = line.step { bytes } else { [] }
    }
    let file = TestFolder.root.appendingPathComponent("transcript-\(UUID().uuidString)")
    try Data(bytes).write(to: file)
    let handle = try FileHandle(forReadingFrom: file)
    serverInput = duplicate(handle)
    try handle.close()
    try FileManager.default.removeItem(at: file)
  }

  func send(_ bytes: [UInt8]) {
    guard let handle = pipe?.fileHandleForWriting else { return }
    guard delivery == .fragments else {
      try? handle.write(contentsOf: Data(bytes))
      return
    }
    var rest = bytes[...]
    var size = 1
    while !rest.isEmpty {
      // A failing write means that the server has gone; that shows in its answers.
      try? handle.write(contentsOf: Data(rest.prefix(size)))
      rest = rest.dropFirst(size)
      // Odd sizes, and time for the server to read each piece; long messages get longer pieces.
      size = size % 13 + 2 + bytes.count / 500
      usleep(100)
    }
  }

  func end() { try? pipe?.fileHandleForWriting.close() }
}
