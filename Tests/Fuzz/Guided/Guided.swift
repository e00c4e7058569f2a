import FuzzTargets

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The same targets for libFuzzer, which brings `main` and is told by LENS_FUZZ_TARGET which of them it drives.
private let target: FuzzTarget = {
  let name = variable("LENS_FUZZ_TARGET")
  guard let target = FuzzTarget.all.first(where: { $0.name == name }) else { fatalError("LENS_FUZZ_TARGET=\(name)") }
  return target
}()

private let corpus: Corpus = {
  do {
    return try Corpus(root: ".")
  } catch {
    fatalError("\(error)")
  }
}()

private let check: FuzzTarget.Check = {
  do {
    return try target.prepare(corpus)
  } catch {
    fatalError("\(error)")
  }
}()

private func variable(_ name: String) -> String { unsafe getenv(name).map { unsafe String(cString: $0) } ?? "" }

/// Called once, before libFuzzer reads its folder of inputs: the seeds are put there, and the words beside it.
@_cdecl("LLVMFuzzerInitialize")
public func initialize(
  _ count: UnsafeMutablePointer<CInt>?, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
) -> CInt {
  let folder = variable("LENS_FUZZ_SEEDS")
  guard !folder.isEmpty else { return 0 }
  let mutator = Mutator(target, corpus: corpus, seed: 1)
  for number in 0..<mutator.seedCount { write(mutator.input(number), to: "\(folder)/seed-\(number)") }
  let words = target.words.map { word in
    "\"" + word.utf8.map { "\\x" + ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() + "\"\n"
  }
  // libFuzzer takes an empty file for a missing one, and some targets have no words.
  let dictionary = "# \(target.name)\n" + words.filter { $0 != "\"\"\n" }.joined()
  write(Array(dictionary.utf8), to: "\(folder).dict")
  return 0
}

private func write(_ bytes: [UInt8], to path: String) {
  guard let file = unsafe fopen(path, "wb") else { fatalError("\(path) cannot be written") }
  _ = unsafe bytes.withUnsafeBytes { unsafe fwrite($0.baseAddress, 1, $0.count, file) }
  unsafe fclose(file)
}

/// Called for every input.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  do {
    try check(unsafe Array(UnsafeBufferPointer(start: start, count: count)))
  } catch {
    fatalError("\(error)")
  }
  return 0
}
