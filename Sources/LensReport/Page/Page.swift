import TraceModel

/// The page around the data: markup, style and script that are all ours, and a policy that allows nothing else.
enum Page {
  /// The script, in the order in which its parts need each other.
  static let script =
    "(() => {\n\"use strict\";\n"
    + [
      textScript, jsonScript, viewerScript, chatScript, modelScript, treeScript, timeScript, detailScript, searchScript,
      overviewScript, sessionScript, mainScript, startScript,
    ].joined(separator: "\n") + "\n})();\n"

  /// What may run and look like something on the page: the style and the script of this file, by their digests. No request of
  /// any kind is possible.
  static var policy: String {
    "default-src 'none'; style-src 'sha256-\(digest(style))'; script-src 'sha256-\(digest(script))'; "
      + "img-src data:; form-action 'none'; base-uri 'none'"
  }

  /// - Parameters:
  ///   - title: Recorded words, for the window.
  ///   - data: JSON text.
  static func html(title: String, data: [UInt8]) -> [UInt8] {
    var output = Array(
      """
      <!doctype html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta http-equiv="Content-Security-Policy" content="\(policy)">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta name="referrer" content="no-referrer">
      <meta name="color-scheme" content="light dark">
      <title>\(escaped(title))</title>
      <link rel="icon" href="data:image/svg+xml,\(icon)">
      <style>\(style)</style>
      </head>
      <body>
      <noscript>This report shows its data with a script of its own. Please allow JavaScript for this file.</noscript>
      <script type="application/json" id="data">
      """.utf8)
    output += inert(data)
    output += "</script>\n<script>\(script)</script>\n</body>\n</html>\n".utf8
    return output
  }

  /// JSON text in which no end of a script and no comment can stand. (The writer has escaped what splits lines.)
  static func inert(_ json: [UInt8]) -> [UInt8] {
    var output: [UInt8] = []
    output.reserveCapacity(json.count + json.count / 8)
    for byte in json {
      switch byte {
      case UInt8(ascii: "<"): output += #"\u003c"#.utf8
      case UInt8(ascii: ">"): output += #"\u003e"#.utf8
      case UInt8(ascii: "&"): output += #"\u0026"#.utf8
      default: output.append(byte)
      }
    }
    return output
  }

  /// Words as text of an element.
  static func escaped(_ text: String) -> String {
    text.reduce(into: "") { output, character in
      switch character {
      case "<": output += "&lt;"
      case ">": output += "&gt;"
      case "&": output += "&amp;"
      case "\"": output += "&quot;"
      case "'": output += "&#39;"
      default: output.append(character)
      }
    }
  }

  static func digest(_ text: String) -> String { Base64.encode(SHA256.digest(Array(text.utf8))) }

  /// Three bars of a waterfall.
  private static let icon =
    "%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E%3Crect width='16' height='16' rx='4' fill='%234f46e5'/%3E"
    + "%3Cpath d='M3 5h8M6 8h6M8 11h3' stroke='white' stroke-width='2' stroke-linecap='round'/%3E%3C/svg%3E"
}
