#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif
import FuzzTargets

/// Tries inputs made at random, and the same ones in every run of a seed, on what takes bytes of others.
///
/// The work is done by a child process, so that a crash or a hang can be told from here, with the input that it came of.
@main
enum LensFuzz {
  static let usage = """
    Usage: lens-fuzz [--target NAME,…|all|parsers|rest] [--seconds N] [--executions N] [--seed N] [--hang SECONDS]
                     [--root DIR] [--failures DIR] [--input FILE] [--list]

    Tries inputs on each target until N seconds or N executions are over (60 s without either). What breaks a target is
    written to a file beneath --failures (.build/fuzz), shown with the command to repeat it, and makes the exit status 1.
    --input: only that file's bytes. --root: the folder of Package.swift (here). --hang: the longest that one input may take.

    """

  static func main() {
    do throws(Mistake) {
      let options = try Options(Array(CommandLine.arguments.dropFirst()))
      if options.isList {
        for target in FuzzTarget.all { print("\(target.name)\t\(target.summary)") }
      } else if let place = options.shared {
        exit(Child(options, place).run())
      } else {
        exit(Parent(options).run())
      }
    } catch {
      complain("lens-fuzz: \(error.words)\n\(usage)")
      exit(64)
    }
  }

  /// On stderr, at once.
  static func complain(_ text: String) {
    var text = text
    text.withUTF8 { bytes in
      _ = unsafe write(2, bytes.baseAddress, bytes.count)
    }
  }
}

/// A command line that was not understood.
struct Mistake: Error {
  var words: String
}

/// What the command line says.
struct Options: Sendable {
  var targets = FuzzTarget.all
  var seconds: Double?
  var executions: Int?
  var seed: UInt64 = 1
  var hang = 60.0
  var root = "."
  var failures = ".build/fuzz"
  var input: String?
  var isList = false
  /// Set by the parent for its child: the file in which the current input stands.
  var shared: String?
  /// What the child is asked to do again: the arguments but the targets.
  private(set) var handedOn: [String] = []

  /// Targets of which one execution is a whole question; the others are parsers.
  private static let slow: Set<String> = ["store-filter", "server", "answers"]

  init(_ arguments: [String]) throws(Mistake) {
    var rest = arguments[...]
    while let option = rest.popFirst() {
      if option == "--list" {
        isList = true
        continue
      }
      guard let value = rest.popFirst() else { throw Mistake(words: "'\(option)' is unknown or lacks its value") }
      switch option {
      case "--target": targets = try Self.targets(value)
      case "--seconds": seconds = try Self.number(option, value)
      case "--executions": executions = Int(try Self.number(option, value))
      case "--seed": seed = UInt64(try Self.number(option, value))
      case "--hang": hang = try Self.number(option, value)
      case "--root": root = value
      case "--failures": failures = value
      case "--input": input = value
      case "--shared": shared = value
      default: throw Mistake(words: "'\(option)' is unknown")
      }
      if option != "--target" { handedOn += [option, value] }
    }
    if seconds == nil, executions == nil { seconds = 60 }
  }

  private static func targets(_ names: String) throws(Mistake) -> [FuzzTarget] {
    var found: [FuzzTarget] = []
    for name in names.split(separator: ",") {
      switch name {
      case "all": found += FuzzTarget.all
      case "parsers": found += FuzzTarget.all.filter { !slow.contains($0.name) }
      case "rest": found += FuzzTarget.all.filter { slow.contains($0.name) }
      default:
        guard let target = FuzzTarget.all.first(where: { $0.name == name }) else {
          throw Mistake(words: "there is no target '\(name)'; see --list")
        }
        found.append(target)
      }
    }
    return found
  }

  private static func number(_ option: String, _ text: String) throws(Mistake) -> Double {
    guard let number = Double(text), number >= 0, number < 1e15 else {
      throw Mistake(words: "\(option) wants a number")
    }
    return number
  }
}
