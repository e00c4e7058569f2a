#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The input that is being tried, in memory that outlives the process which tries it: a mapped file of which the first words
/// say how many inputs came before, how long this one is, and how many there are to come.
///
/// Safe to use because the map is made in `init` for as long as the process lives, and every access is inside its length.
@safe
struct SharedInput {
  static let maximumLength = 1 << 20
  private static let header = 64
  private let bytes: UnsafeMutableRawPointer

  /// Maps the file, which is made where there is none.
  init(_ path: String) throws(Mistake) {
    let descriptor = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    let length = Self.header + Self.maximumLength
    guard descriptor >= 0, ftruncate(descriptor, off_t(length)) == 0,
      let map = unsafe mmap(nil, length, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0), unsafe map != MAP_FAILED
    else { throw Mistake(words: "'\(path)' cannot be mapped") }
    close(descriptor)
    unsafe bytes = map
  }

  private subscript(word: Int) -> Int {
    get { unsafe bytes.load(fromByteOffset: word * 8, as: Int.self) }
    nonmutating set { unsafe bytes.storeBytes(of: newValue, toByteOffset: word * 8, as: Int.self) }
  }

  /// Executions begun.
  var count: Int { self[0] }

  /// The input of the last one begun.
  var input: [UInt8] {
    let length = min(max(0, self[1]), Self.maximumLength)
    return unsafe Array(UnsafeRawBufferPointer(start: bytes + Self.header, count: length))
  }

  /// Notes an input that is about to be tried.
  func begin(_ input: [UInt8]) {
    let length = min(input.count, Self.maximumLength)
    self[1] = length
    unsafe input.withUnsafeBytes { source in
      guard let start = source.baseAddress else { return }
      unsafe (bytes + Self.header).copyMemory(from: start, byteCount: length)
    }
    self[0] += 1
  }

  /// Nanoseconds that the executions took, without what was made ready before.
  var nanoseconds: Int {
    get { self[2] }
    nonmutating set { self[2] = newValue }
  }

  /// Whether the end was reached, so that an exit from within is told from the end.
  var isFinished: Bool {
    get { self[3] == 1 }
    nonmutating set { self[3] = newValue ? 1 : 0 }
  }
}
