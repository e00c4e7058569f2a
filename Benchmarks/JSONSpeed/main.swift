// Prints how many gigabytes of a JSON text are scanned in a second of the processor, once a run: json-speed FILE RUNS.
import Foundation
import JSONText

guard CommandLine.arguments.count == 3, let runs = Int(CommandLine.arguments[2]),
  let data = FileManager.default.contents(atPath: CommandLine.arguments[1])
else {
  FileHandle.standardError.write(Data("Usage: json-speed FILE RUNS\n".utf8))
  exit(64)
}

let bytes = [UInt8](data)
// Time of the processor, not of the clock on the wall: others may be at work. The first run touches the memory and counts for nothing.
for run in 0...max(1, runs) {
  let began = clock()
  let children = try JSONDocument(bytes).root.count
  let seconds = Double(clock() - began) / Double(CLOCKS_PER_SEC)
  if run > 0, children > 0 { print(Double(bytes.count) / seconds / 1e9) }
}
