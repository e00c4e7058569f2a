import Foundation
import JSONText
import LensTestSupport
import Synchronization

@testable import MCP

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Speaks to a server in this process through pipes.
final class TestClient: Sendable {
  private let toServer: FileHandle
  private let fromServer: FileHandle
  private let buffer = Mutex<[UInt8]>([])
  let interrupt = Interrupt()
  private let server: Task<Void, Never>

  init(_ server: Server = DemoServer.make(), limits: Session.Limits = Session.Limits()) {
    _ = signal(SIGPIPE, SIG_IGN)
    let (input, output) = (Pipe(), Pipe())
    toServer = input.fileHandleForWriting
    fromServer = output.fileHandleForReading
    self.server = Task { [interrupt] in
      await server.run(
        reading: input.fileHandleForReading.fileDescriptor, writing: output.fileHandleForWriting.fileDescriptor,
        limits: limits, interrupt: interrupt)
      try? input.fileHandleForReading.close()
      try? output.fileHandleForWriting.close()
    }
  }

  func send(_ line: String) async throws { try await send(Array(line.utf8) + [UInt8(ascii: "\n")]) }

  func send(_ bytes: [UInt8]) async throws {
    try await onOwnThread { [toServer] in try toServer.write(contentsOf: Data(bytes)) }
  }

  func request(_ id: Int, _ method: String, _ params: JSON = [:]) async throws {
    let message: JSON = ["jsonrpc": "2.0", "id": .int(Int64(id)), "method": .string(method), "params": params]
    try await send(message.text)
  }

  func call(_ id: Int, _ tool: String, _ arguments: JSON = [:]) async throws {
    try await request(id, "tools/call", ["name": .string(tool), "arguments": arguments])
  }

  /// Opens the session and returns the answer.
  @discardableResult
  func open(_ revision: String = "2025-11-25") async throws -> JSON? {
    try await request(0, "initialize", ["protocolVersion": .string(revision)])
    return try await next()
  }

  /// The next line, or nil when the output has ended.
  func next() async throws -> JSON? {
    let line = try await onOwnThread { [self] () -> [UInt8]? in
      while true {
        let line = buffer.withLock { bytes -> [UInt8]? in
          guard let feed = bytes.firstIndex(of: UInt8(ascii: "\n")) else { return nil }
          defer { bytes.removeSubrange(...feed) }
          return Array(bytes[..<feed])
        }
        if let line { return line }
        let bytes = readSome(fromServer.fileDescriptor)
        if bytes.isEmpty { return nil }
        buffer.withLock { $0 += bytes }
      }
    }
    return try line.map { JSON(try JSONDocument($0, dialect: .strict).root) }
  }

  func closeInput() throws { try toServer.close() }
  func closeOutput() throws { try fromServer.close() }

  /// Waits for the server to return.
  func ended() async { await server.value }
}

/// Waits until something holds; a minute, which only what never happens takes.
func eventually(_ holds: () -> Bool) async -> Bool {
  for _ in 0..<6000 where !holds() { try? await Task.sleep(for: .milliseconds(10)) }
  return holds()
}

extension JSON {
  /// The code of an error answer.
  var errorCode: Int64? {
    if case .int(let code) = self["error"]?["code"] { code } else { nil }
  }

  /// The text of a tool's answer.
  var resultText: String? {
    if case .array(let blocks) = self["result"]?["content"], case .string(let text) = blocks.first?["text"] {
      text
    } else {
      nil
    }
  }
}
