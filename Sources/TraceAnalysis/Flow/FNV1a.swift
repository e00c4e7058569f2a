/// FNV-1a of 64 bits (Fowler, Noll, Vo): the same in every process, which Swift's own hashes are not.
struct FNV1a {
  private(set) var value: UInt64

  /// - Parameter basis: What it begins with.
  @inline(__always)
  init(basis: UInt64 = 0xCBF2_9CE4_8422_2325) { value = basis }

  @inline(__always)
  mutating func add(_ byte: UInt8) { value = (value ^ UInt64(byte)) &* 0x100_0000_01B3 }

  @inline(__always)
  mutating func add(_ bytes: some Sequence<UInt8>) { for byte in bytes { add(byte) } }
}
