#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// What is there to be read, waiting until there is something; empty at the end or on an error. (Foundation's
/// `read(upToCount:)` waits for the whole count.)
public func readSome(_ descriptor: Int32) -> [UInt8] {
  var room = [UInt8](repeating: 0, count: 64 * 1024)
  while true {
    let count = unsafe read(descriptor, &room, room.count)
    if count >= 0 { return Array(room.prefix(count)) }
    if errno != EINTR { return [] }
  }
}
