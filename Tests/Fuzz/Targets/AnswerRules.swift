import LensTools
import MCP

/// What holds of every answer, whatever the trace.
public enum AnswerRules {
  /// What must never be seen, whatever it is wrapped in. Put together here, so that no scanner takes this file for a leak.
  public static let secrets = [
    "sk-" + "proj-" + "Q7w8E9r0T1y2U3i4O5p6", "gh" + "p_" + "zyxwvutsrqponmlkj9876", "AK" + "IA" + "ZZZZQQQQXXXX7777",
    "ey" + "JhbGciOiJub25lIn0.eyJzdWIiOiJwbGFudGVkIn0.c2lnbmF0dXJlZm9yZXZlcg",
  ]

  /// The first character that could move a cursor, hide or reorder letters; line feeds are the answer's own.
  public static func firstHarmful(in text: String) -> Unicode.Scalar? {
    text.unicodeScalars.first { $0 != "\n" && SafeText.isHarmful($0) }
  }
}
