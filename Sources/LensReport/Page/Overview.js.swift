extension Page {
  /// The column that says what it is all about: question, answer, findings, judgements.
  static let overviewScript = #"""
    /** A finding; choosing it shows its step. */
    function findingCard(finding, { isPlain = false } = {}) {
      const trace = finding.turn ? data.traces[finding.turn - 1] : app.trace;
      const index = placeOf(finding.span);
      const where = [finding.turn && `turn ${finding.turn}`, finding.span, finding.span_name].filter(Boolean).join(" · ");
      const body = [
        el("div", "finding-head", [
          el("span", "badge s-" + finding.severity, String(finding.rank)),
          el("span", "where", [marked(where || "the whole run")]), el("span", "grow"),
          el("span", "gravity", finding.severity),
        ]),
        // The reason says what the title says where it begins with the same step.
        !(finding.span_name && finding.why.startsWith(finding.span_name)) && el("p", "finding-title", [marked(finding.title)]),
        el("p", "why", [marked(finding.why)]),
        ...evidence(finding, isPlain),
      ];
      const name = "finding s-" + finding.severity;
      if (isPlain) return el("article", name, body);
      return el("button", name, body, {
        type: "button", "data-finding": finding.rank,
        onclick: () => (index === undefined ? finding.turn && openTrace(trace) : openTrace(trace, index)),
      });
    }

    /** What a finding rests on: in the overview only what its reason does not say already; beside its step all of it, to be opened. */
    function evidence(finding, isPlain) {
      const told = (finding.title + " " + finding.why).replace(/\s+/g, " ");
      const quote = (one) => el("blockquote", "", [
        el("span", "words", [one.bytes[0] > 0 && "…", marked(one.excerpt)]),
        isPlain && el("cite", "", `${one.span ?? "trace"} ${one.field} ${one.path ?? ""}`),
      ]);
      if (!isPlain) return finding.evidence.filter((one) => !told.includes(one.excerpt.replace(/\s+/g, " ").trim())).slice(0, 1).map(quote);
      if (!finding.evidence.length) return [];
      return [el("details", "evidence", [el("summary", "dim", `evidence (${finding.evidence.length})`), ...finding.evidence.map(quote)])];
    }

    /** A judgement: value and reason together. */
    function assessmentCard(one) {
      if (one.replaced) return el("p", "dim small", `${plural(one.replaced, "assessment")} replaced by later ones, not shown`);
      const value = one.value === undefined ? null : plain(one.value);
      const state = one.error ? "failed" : one.bad ? "bad" : value === "true" || value === "yes" ? "good" : "";
      return el("article", "assessment " + state, [
        el("div", "finding-head", [
          el("strong", "", [marked((one.kind === "expectation" ? "expected " : one.kind === "issue" ? "issue " : "") + one.name)]),
          value !== null && el("span", "value", [marked(value.length > 120 ? value.slice(0, 120) + "…" : value)]),
          el("span", "grow"),
          one.span !== undefined && button("link", alias(one.span), () => select(one.span)),
        ]),
        value !== null && value.length > 120 && words(value),
        one.error && el("p", "why", [`The scorer itself failed; that says nothing of the run. ${one.error}`]),
        one.rationale !== undefined && words(plain(one.rationale), "words why"),
        el("p", "by dim", [one.by + (one.session ? " · about the whole session" : "")]),
      ]);
    }

    const section = (title, children, count) => el("section", "block", [
      el("h2", "", [title, count ? el("span", "count", String(count)) : null]), ...children,
    ]);

    function said(title, trace, side) {
      const found = trace[side];
      if (!found) return section(title, [el("p", "empty", "nothing recorded")]);
      return section(title, [
        words(plain(found.value), "words said " + side),
        el("p", "by", [button("link", [el("span", "alias", alias(found.span)), trace.spans[found.span]?.name ?? ""], () => select(found.span))]),
      ]);
    }

    function verdict(findings) {
      if (!findings.length) {
        return [el("p", "empty", "None. Nothing failed, repeated itself or was judged to be wrong; that says nothing of the words.")];
      }
      return findings.map((one) => findingCard(one));
    }

    const unchecked = (list) => list.length ? [el("details", "block quiet-block", [
      el("summary", "", `Not checked (${list.length})`), el("ul", "", list.map((one) => el("li", "", one))),
    ])] : [];

    const pairs = (title, list) => list ? [el("details", "block quiet-block", [
      el("summary", "", `${title} (${list.length})`),
      el("dl", "pairs", list.map(([key, value]) => [el("dt", "", [marked(key)]), el("dd", "", [marked(value)])]).flat()),
    ])] : [];

    const overview = {
      build() {
        this.element = el("aside", "overview", [], { "aria-label": "Overview", tabIndex: -1 });
        return this.element;
      },

      show() {
        this.element.replaceChildren(...(app.isTable ? this.ofSession() : this.ofTrace(app.trace)));
        this.element.scrollTop = 0;
      },

      ofTrace(trace) {
        return [
          section("Findings", verdict(trace.findings), trace.findings.length),
          said("Asked", trace, "asked"),
          said("Answered", trace, "answered"),
          trace.assessments.length && section("Assessments", trace.assessments.map(assessmentCard), trace.assessments.length),
          trace.notes.length && section("About the data", trace.notes.map((one) => el("p", "note-line", [one]))),
          ...unchecked(trace.unchecked), ...pairs("Tags", trace.tags), ...pairs("Metadata", trace.metadata),
        ].filter(Boolean);
      },

      ofSession() {
        return [
          section("Findings", verdict(session.findings), session.findings.length),
          session.course.length && section("On the way", session.course.map((one) => el("p", "note-line", [one]))),
          session.assessments.length && section("Of the whole session", session.assessments.map(assessmentCard)),
          ...unchecked(session.unchecked),
        ].filter(Boolean);
      },

      /** The next finding, or the one before. */
      step(by) {
        const list = [...this.element.querySelectorAll("button.finding")];
        if (!list.length) return;
        this.at = ((this.at ?? (by > 0 ? -1 : 0)) + by + list.length) % list.length;
        list[this.at].scrollIntoView({ block: "nearest" });
        list[this.at].click();
      },
    };

    """#
}
