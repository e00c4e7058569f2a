import Foundation
public import Testing

/// Whole answers kept in files and compared byte for byte. `RECORD=1` rewrites them; the change is read before it is
/// committed.
public enum Golden {
  /// Holds `text` against the file of that name in a folder of the package.
  public static func check(
    _ text: String, _ name: String, in folder: String, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let file = PackageRoot.url.appendingPathComponent(folder).appendingPathComponent(name)
    let text = text + "\n"
    if ProcessInfo.processInfo.environment["RECORD"] != nil {
      try Data(text.utf8).write(to: file)
      return
    }
    let expected = try? String(contentsOf: file, encoding: .utf8)
    guard let expected else {
      Issue.record("there is no golden \(folder)/\(name); RECORD=1 makes it", sourceLocation: sourceLocation)
      return
    }
    if expected != text {
      Issue.record(
        "\(name) differs:\n\(LineDiff.describe(expected: expected, actual: text))", sourceLocation: sourceLocation)
    }
  }
}
