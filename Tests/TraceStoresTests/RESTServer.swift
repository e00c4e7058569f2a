import Foundation
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// An HTTP server on 127.0.0.1 that answers as it is told, and behaves as badly as it is told.
final class RESTServer: Sendable {
  struct Request: Sendable {
    var method: String
    /// With the query.
    var target: String
    /// By name in lower case.
    var headers: [String: String]
    var body: String

    var path: String { String(target.prefix { $0 != "?" }) }
  }

  enum Reply: Sendable {
    case answer(Int, String, headers: [String: String] = [:])
    /// Promises more than it sends.
    case cutOff(String)
    /// Says nothing until the client goes away.
    case hang

    static func html(_ status: Int) -> Reply {
      .answer(status, "<!doctype html><title>no</title>", headers: ["Content-Type": "text/html"])
    }

    static func redirect(_ url: String) -> Reply { .answer(302, "", headers: ["Location": url]) }

    static func error(_ status: Int, _ code: String, _ message: String) -> Reply {
      .answer(status, #"{"error_code": "\#(code)", "message": "\#(message)"}"#)
    }
  }

  let port: UInt16
  private let listener: Int32
  private let received = Mutex<[Request]>([])
  private let reply: @Sendable (Request) -> Reply

  var address: String { "http://127.0.0.1:\(port)" }

  /// What has been asked.
  var requests: [Request] { received.withLock { $0 } }

  init(_ reply: @escaping @Sendable (Request) -> Reply) throws {
    #if canImport(Glibc)
      let kind = Int32(SOCK_STREAM.rawValue)
    #else
      let kind = SOCK_STREAM
    #endif
    listener = socket(AF_INET, kind, 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let listener = listener
    let isBound = unsafe withUnsafeMutablePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
        unsafe bind(listener, generic, length) == 0 && listen(listener, 64) == 0
          && getsockname(listener, generic, &length) == 0
      }
    }
    guard isBound else { throw POSIXError(.EADDRNOTAVAIL) }
    port = UInt16(bigEndian: address.sin_port)
    self.reply = reply
    // The thread keeps the server until it is stopped, or the tests have ended.
    Thread.detachNewThread {
      while case let connection = accept(listener, nil, nil), connection >= 0 {
        Thread.detachNewThread { self.serve(connection) }
      }
      // Closed by whoever accepts on it: the next server's listener may get the same number.
      close(listener)
    }
  }

  /// Ends the accepting; the kernel refuses connections from then on.
  func stop() { shutdown(listener, Int32(SHUT_RDWR)) }

  private func serve(_ connection: Int32) {
    defer { close(connection) }
    #if canImport(Darwin)
      // Linux has a flag for each send in its place.
      var isOn: Int32 = 1
      unsafe setsockopt(connection, SOL_SOCKET, SO_NOSIGPIPE, &isOn, socklen_t(MemoryLayout<Int32>.size))
    #endif
    guard let request = Self.read(connection) else { return }
    received.withLock { $0.append(request) }
    switch reply(request) {
    case .answer(let status, let body, let headers):
      var head = "HTTP/1.1 \(status) Some\r\nContent-Length: \(body.utf8.count)\r\nConnection: close\r\n"
      for header in headers { head += "\(header.key): \(header.value)\r\n" }
      if headers["Content-Type"] == nil { head += "Content-Type: application/json\r\n" }
      Self.write(head + "\r\n" + body, connection)
    case .cutOff(let body):
      Self.write("HTTP/1.1 200 OK\r\nContent-Length: \(body.utf8.count * 2)\r\n\r\n" + body, connection)
    case .hang:
      var byte: UInt8 = 0
      while unsafe recv(connection, &byte, 1, 0) > 0 {}
    }
  }

  private static func read(_ connection: Int32) -> Request? {
    var bytes: [UInt8] = []
    func more() -> Bool {
      var buffer = [UInt8](repeating: 0, count: 65_536)
      let count = unsafe recv(connection, &buffer, buffer.count, 0)
      guard count > 0 else { return false }
      bytes += buffer[..<count]
      return true
    }
    var text: String { String(decoding: bytes, as: UTF8.self) }
    while !text.contains("\r\n\r\n") { guard more() else { return nil } }
    let lines = text.components(separatedBy: "\r\n\r\n")[0].components(separatedBy: "\r\n")
    let words = lines[0].split(separator: " ").map(String.init)
    var headers: [String: String] = [:]
    for line in lines.dropFirst() {
      let parts = line.split(separator: ":", maxSplits: 1).map { $0.trimmingCharacters(in: .whitespaces) }
      if parts.count == 2 { headers[parts[0].lowercased()] = parts[1] }
    }
    let wanted = headers["content-length"].flatMap { Int($0) } ?? 0
    func body() -> String { String(text.components(separatedBy: "\r\n\r\n").dropFirst().joined(separator: "\r\n\r\n")) }
    while body().utf8.count < wanted { guard more() else { return nil } }
    return words.count == 3 ? Request(method: words[0], target: words[1], headers: headers, body: body()) : nil
  }

  private static func write(_ text: String, _ connection: Int32) {
    var bytes = Array(text.utf8)[...]
    #if canImport(Glibc)
      let flags = Int32(MSG_NOSIGNAL)
    #else
      let flags: Int32 = 0
    #endif
    while !bytes.isEmpty {
      let count = unsafe bytes.withUnsafeBytes { unsafe send(connection, $0.baseAddress, $0.count, flags) }
      guard count > 0 else { return }
      bytes = bytes.dropFirst(count)
    }
  }
}
