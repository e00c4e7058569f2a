import JSONText
import LensTools
import TraceAnalysis
import TraceModel

extension FindingList {
  /// A finding as the page's script reads it: it knows the trace already, whose id is recorded text like any other.
  func pageJSON(_ finding: Finding, number: Int, in trace: Trace, turn: Int?) -> JSON {
    var json = json(finding, number: number, in: trace, turn: turn)
    json["trace_id"] = nil
    json["next"] = nil
    return json
  }
}
