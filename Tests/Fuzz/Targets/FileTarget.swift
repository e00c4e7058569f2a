import TraceStores

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

extension FuzzTarget {
  static let files = FuzzTarget(
    "files", "files of credentials, and files that may be compressed",
    words: [
      "[", "]", "[mlflow]", "[default]", "=", ":", "#", ";", "%%", "%", "\n", "\r", "\u{1f}\u{8b}\u{8}", "username",
      "password",
    ],
    maximumLength: 6_000,
    seeds: { _ in
      [
        Array("[mlflow]\nmlflow_tracking_username = a\nmlflow_tracking_password: b%%c\n# no\n[other]\nx=1".utf8),
        FileChecks.gzip,
        Array("[default]\naws_access_key_id=A\naws_secret_access_key = b=c\n".utf8),
      ]
    },
    prepare: { _ in
      let file = try FileChecks.ScratchFile()
      return { bytes in
        let text = String(decoding: bytes, as: UTF8.self)
        for name in ["mlflow", "default"] {
          let entries = INIFile.section(name, of: text, interpolates: name == "mlflow")
          try hold(entries.allSatisfy { !$0.value.isEmpty && !$0.key.contains("\n") }, "an empty entry")
          if !text.contains("[\(name)]") { try hold(entries.isEmpty, "entries of a section that is not there") }
        }
        try file.write(bytes)
        guard let contents = try? CompressedFile.contents(file.path, maximumSize: 1 << 20) else { return }
        try hold(contents.count <= 1 << 20, "larger than allowed")
        if !bytes.starts(with: [0x1F, 0x8B]) { try hold(contents == bytes, "a plain file reads as something else") }
      }
    })
}

enum FileChecks {
  /// `hello hello hello hello\n`, compressed.
  static let gzip: [UInt8] = [
    0x1F, 0x8B, 0x08, 0, 0, 0, 0, 0, 0x02, 0xFF, 0xCB, 0x48, 0xCD, 0xC9, 0xC9, 0x57, 0xC8, 0x40, 0x27, 0xB9, 0, 0, 0x88,
    0x59,
    0x0B, 0x18, 0, 0, 0,
  ]

  /// A file in memory where there is such a place, written anew for each input and removed at the end.
  final class ScratchFile: Sendable {
    let path: String
    private let descriptor: Int32

    init() throws(Violation) {
      let folder = unsafe access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp"
      path = "\(folder)/lens-fuzz-\(getpid())"
      descriptor = unsafe open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
      guard descriptor >= 0 else { throw Violation("no file at \(path)") }
    }

    deinit {
      close(descriptor)
      _ = unsafe unlink(path)
    }

    func write(_ bytes: [UInt8]) throws(Violation) {
      let count = unsafe bytes.withUnsafeBytes { unsafe pwrite(descriptor, $0.baseAddress, $0.count, 0) }
      guard count == bytes.count, ftruncate(descriptor, off_t(bytes.count)) == 0 else { throw Violation("not written") }
    }
  }
}
