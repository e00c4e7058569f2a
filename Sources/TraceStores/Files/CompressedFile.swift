import CZlib

/// A file that may be compressed with gzip; any other is read as it is.
package enum CompressedFile {
  /// Why a file was not read, in words that follow its name.
  package struct Failure: Error {
    var words: String
  }

  /// Longer contents are refused: a few megabytes of zeros can stand for as many gigabytes.
  package static let maximumSize = 1 << 30

  /// The contents, decompressed.
  package static func contents(_ path: String, maximumSize: Int = maximumSize) throws(Failure) -> [UInt8] {
    var failure: UnsafePointer<CChar>?
    guard let file = unsafe lens_gzip_open(path, &failure) else {
      throw Failure(words: unsafe failure.map { unsafe String(cString: $0) } ?? "it cannot be read")
    }
    var isWhole = true
    let contents = unsafe try read(file, maximumSize: maximumSize) { isWhole = unsafe lens_gzip_close(file) }
    guard isWhole else { throw Failure(words: "it is damaged: it ends too early") }
    return contents
  }

  private static func read(
    _ file: OpaquePointer, maximumSize: Int, close: () -> Void
  ) throws(Failure) -> [UInt8] {
    defer { close() }
    var contents: [UInt8] = []
    while true {
      var count = 0
      let piece = unsafe [UInt8](unsafeUninitializedCapacity: 1 << 18) { buffer, initializedCount in
        count = unsafe lens_gzip_read(file, buffer.baseAddress, buffer.count)
        initializedCount = max(0, count)
      }
      guard count >= 0 else { throw Failure(words: "it is damaged: it cannot be decompressed") }
      guard count > 0 else { return contents }
      guard contents.count + count <= maximumSize else {
        throw Failure(words: "it is longer than \(maximumSize >> 20) MiB when decompressed")
      }
      contents += piece
    }
  }
}
