import LensTestSupport
import Testing

@testable import HostSetup

private let entry = ServerEntry(name: "mlflow-lens", command: "/bin/le \"ns\"", arguments: ["serve"])

private func change(_ text: String) throws -> Change { try entry.change(in: Array(text.utf8), for: .codex) }

@Suite("A server's table is appended to a TOML file")
struct TOMLMergeTests {
  private static let table = """
    [mcp_servers.mlflow-lens]
    command = "/bin/le \\"ns\\""
    args = ["serve"]
    env_vars = ["MLFLOW_TRACKING_URI", "MLFLOW_TRACKING_TOKEN", "MLFLOW_TRACKING_USERNAME", \
    "MLFLOW_TRACKING_PASSWORD", "MLFLOW_EXPERIMENT_NAME"]

    """

  @Test func aMissingFileHoldsOnlyIt() throws {
    #expect(String(decoding: try entry.change(in: nil, for: .codex).text, as: UTF8.self) == Self.table)
  }

  @Test(arguments: [
    "model = \"o\"", "model = \"o\"\n", "# only words\n", "a = 1\n\n", "[a]\nb = '''\n[mcp_servers.mlflow-lens]\n'''\n",
    "[a]\nb = \"\"\"\n[mcp_servers.mlflow-lens]\\\"\"\"\"\n",
    "[mcp_servers.other]\ncommand = \"x\" # why\nargs = [\n \"]\", # ]\n]\n",
    "[[a.b]]\nc = { d = [1, 2], \"e f\" = 'g' }\n", "a.\"b.c\".d = 1979-05-27T07:32:00Z\n",
    "\"mcp_servers.mlflow-lens\" = 1\n",
    "[mcp_servers]\nother = { command = \"x\" }\n", "a = \"\"\"x\"\"\"\"\"\nb = 2\n",
  ])
  func everythingStaysAndATimeAfterThereIsNothingToDo(_ before: String) throws {
    let change = try change(before)
    let text = String(decoding: change.text, as: UTF8.self)
    #expect(text.hasPrefix(before) && text.hasSuffix("\n\n" + Self.table))
    #expect(change.edits.count == 1)
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    #expect(lines[change.edits[0].line - 1] == "[mcp_servers.mlflow-lens]")
    let again = try entry.change(in: change.text, for: .codex)
    #expect(again.edits.isEmpty && again.text == change.text)
  }

  @Test func windowsLineEndsStay() throws {
    let change = try change("a = 1\r\nb = 2\r\n")
    let text = String(decoding: change.text, as: UTF8.self)
    #expect(text.utf8.count { $0 == 0x0A } == text.utf8.count { $0 == 0x0D })
    #expect(try entry.change(in: change.text, for: .codex).edits.isEmpty)
  }

  @Test func blanksAndCommentsInTheTableDoNotMatter() throws {
    let text = Self.table.replacing("command", with: "# ours\n\n  command") + "\n[other]\nx = 1\n"
    #expect(try change(text).edits.isEmpty)
  }

  @Test(arguments: [
    ("[mcp_servers.mlflow-lens]\ncommand = \"/other\"\n", "[mcp_servers.mlflow-lens] at line 1"),
    ("x = 1\n[ mcp_servers . \"mlflow-lens\" ]\n", "at line 2"),
    ("mcp_servers = { other = { command = \"x\" } }\n", "line 1 gives mcp_servers without a table"),
    ("mcp_servers.mlflow-lens.command = \"x\"\n", "line 1 gives mcp_servers.mlflow-lens.command"),
    ("[mcp_servers]\n\nmlflow-lens = {}\n", "line 3 gives mcp_servers.mlflow-lens"),
    ("[mcp_servers.mlflow-lens.env]\nA = \"b\"\n", "[mcp_servers.mlflow-lens.env] at line 1"),
    ("a = 1\nb = \"open\nc = 2\n", "line 2, column 5: expected the end of this string"),
    ("a = [1, 2\n", "expected ']' before the end of the file"), ("a = 1 2]\n", "line 1"), ("a\n", "expected '='"),
    ("[a\n", "expected ']'"), ("= 1\n", "expected a key"), ("a =\n", "expected a value"),
    ("a = '''x\n", "line 1, column 5"),
  ])
  func whatIsThereOtherwiseIsChangedByHand(_ text: String, _ words: String) throws {
    let refusal = #expect(throws: Refusal.self) { try change(text) }
    #expect(refusal?.description.contains(words) == true, "\(refusal?.description ?? "nothing")")
  }
}
