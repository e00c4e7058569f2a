import Foundation
import JSONText

/// What the sample store holds, for transcripts.
public enum SampleManifest {
  /// The scalars of `Samples/manifest.json` by their dotted path (`cases.healthy_agent.trace_id`, places in arrays as
  /// numbers), and the trace of each case as `TRACE:healthy_agent`. Empty when there is no manifest.
  public static func substitutions() throws -> [String: String] {
    let file = PackageRoot.url.appendingPathComponent("Samples/manifest.json")
    guard let bytes = try? Data(contentsOf: file) else { return [:] }
    var found: [String: String] = [:]
    let manifest = JSON(try JSONDocument(Array(bytes)).root)
    flatten(manifest, at: "", into: &found)
    if case .object(let cases) = manifest["cases"] {
      for entry in cases {
        if case .string(let trace) = entry.value["trace_id"] { found["TRACE:\(entry.key)"] = trace }
      }
    }
    return found
  }

  private static func flatten(_ json: JSON, at path: String, into found: inout [String: String]) {
    let prefix = path.isEmpty ? "" : path + "."
    switch json {
    case .object(let members): for member in members { flatten(member.value, at: prefix + member.key, into: &found) }
    case .array(let elements):
      for (place, element) in elements.enumerated() { flatten(element, at: "\(prefix)\(place)", into: &found) }
    case .string(let text): found[path] = text
    case .null: break
    default: found[path] = json.text
    }
  }
}
