import JSONText
import TraceModel
import TraceStores

extension FuzzTarget {
  static let yaml = FuzzTarget(
    "yaml", "infos and assessments of file stores: what is read can be written as JSON",
    words: [
      "- ", ": ", "? ", "| \n", ">-\n", "&a ", "*a", "<<: *a", "!!str ", "!!int ", "!!float ", "!!binary ", "!foo ",
      "---\n",
      "...\n", "%YAML 1.1\n", "{", "}", "[", "]", ",", "#", "~", "yes", "off", ".nan", "-.inf", "0b1_0", "0x_F", "017",
      "190:20:30",
      "190:20:30.15", "1_000", "+12", "1.5e+3", "2026-11-16T09:00:00Z", "\"\\x41\\u00e9\"", "  ", "\n  ", "\n- ",
      "trace_id: ",
      "request_time: ", "state: OK\n",
    ], maximumLength: 3_000,
    seeds: { corpus in
      let infos = corpus.samples.prefix(40).map { trace in
        """
        trace_id: \(trace.info.id)
        request_time: \(trace.info.requestTime.rfc3339)
        execution_duration_ms: \(trace.info.executionDurationMs ?? 0)
        state: OK
        trace_location:
          type: MLFLOW_EXPERIMENT
          mlflow_experiment:
            experiment_id: '1'
        request_preview: "line\\none"
        tags: {mlflow.traceName: \(JSON.string(trace.info.displayName ?? "").text)}
        assessments: []
        """
      }
      let odd = [
        "a: &x {b: 1}\nc: *x\nd: [*x, *x]\n", "<<: {a: 1}\nb: 2", "? [a]\n: b",
        "- |\n  text\n  more\n- >\n  fold\n  ed\n",
        "a: &a [1]\nb: &b [*a,*a,*a]\nc: &c [*b,*b,*b]\nd: [*c,*c,*c]\n", "feedback: {value: 0.5}\nvalid: true\n",
        "'it''s': 1",
      ]
      return (infos + odd).map { Array($0.utf8) }
    },
    check: { bytes in
      let json: JSON
      do throws(YAMLError) {
        json = try YAMLReader.json(bytes)
      } catch {
        let lines = bytes.count { $0 == 0x0A || $0 == 0x0D } + 2
        // Also NEL, LS and PS end lines in YAML.
        let others = bytes.count { $0 == 0xC2 || $0 == 0xE2 }
        return try hold((1...lines + others).contains(error.line), "a mistake in line \(error.line): \(error.message)")
      }
      let root = try JSONDocument(json.bytes).root
      try hold(JSON(root).bytes == json.bytes, "what was read is written as something else")
      try hold((try? YAMLReader.json(bytes)).map { $0.bytes } == json.bytes, "read twice, it is something else")
      if let info = try? TraceInfo(record: root) { try SpanChecks.holds(info) }
      _ = Assessment(record: root, traceID: TraceID("tr-1"))
    })
}
