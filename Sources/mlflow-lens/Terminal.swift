import ArgumentParser
import LensReport

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Whether output is coloured.
enum ColorChoice: String, CaseIterable, ExpressibleByArgument {
  case auto, always, never
}

/// What the terminal of standard output can show, by the environment's usual words.
enum Terminal {
  static var isTerminal: Bool { isatty(1) == 1 }

  /// - Parameter environment: Environment variables.
  static func style(_ color: ColorChoice, environment: [String: String]) -> TerminalStyle {
    TerminalStyle(
      width: width(environment), usesColor: usesColor(color, environment, isTerminal: isTerminal),
      usesUnicode: usesUnicode(environment))
  }

  /// An option beats `NO_COLOR`, that beats `CLICOLOR_FORCE`; else a terminal that can has colours.
  static func usesColor(_ choice: ColorChoice, _ environment: [String: String], isTerminal: Bool) -> Bool {
    switch choice {
    case .always: return true
    case .never: return false
    case .auto: break
    }
    func isSet(_ name: String) -> Bool { environment[name].map { !$0.isEmpty } ?? false }
    if isSet("NO_COLOR") { return false }
    if isSet("CLICOLOR_FORCE"), environment["CLICOLOR_FORCE"] != "0" { return true }
    if environment["CLICOLOR"] == "0" { return false }
    return isTerminal && environment["TERM"] != "dumb"
  }

  /// The locale says so, by the first of its variables that is set; C and POSIX know ASCII only.
  static func usesUnicode(_ environment: [String: String]) -> Bool {
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].lazy.compactMap { environment[$0] }.first { !$0.isEmpty }
    // Nothing set is what a host or a job starts programs with; their readers know UTF-8.
    guard let name = locale?.lowercased() else { return true }
    return name.contains("utf-8") || name.contains("utf8")
  }

  private static func width(_ environment: [String: String]) -> Int {
    if let columns = environment["COLUMNS"].flatMap({ Int($0) }), columns > 0 { return min(columns, 1_000) }
    var size = winsize()
    if isTerminal, unsafe ioctl(1, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 { return Int(size.ws_col) }
    return 80
  }
}
