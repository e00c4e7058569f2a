// Prints how many gigabytes of a JSON text are scanned in a second, once a run: json-speed FILE RUNS.
import Foundation
import JSONText

guard CommandLine.arguments.count == 3, let runs = Int(CommandLine.arguments[2]),
  let data = FileManager.default.contents(atPath: CommandLine.arguments[1])
else {
  FileHandle.standardError.write(Data("Usage: json-speed FILE RUNS\n".utf8))
  exit(64)
}

let bytes = [UInt8](data)
// The first one touches the memory and counts for nothing.
for run in 0...max(1, runs) {
  let clock = ContinuousClock()
  var children = 0
  let took = try clock.measure { children = try JSONDocument(bytes).root.count }
  let seconds = Double(took.components.attoseconds) / 1e18 + Double(took.components.seconds)
  if run > 0, children > 0 { print(Double(bytes.count) / seconds / 1e9) }
}
