extension Page {
  /// A session: its turns in time, and in a table.
  static let sessionScript = #"""
    const turns = {
      at: 0,

      build() {
        this.line = el("div", "turn-line", [], { "aria-hidden": "true" });
        this.list = el("tbody");
        this.table = el("div", "turn-scroller", [
          el("table", "turns", [
            el("thead", "", [el("tr", "", ["Turn", "Start", "Time", "Tokens", "Asked and answered"].map((title) => el("th", "", title, { scope: "col" })))]),
            this.list,
          ]),
        ], { tabIndex: 0, role: "region", "aria-label": "Turns. Arrow keys move, Enter opens a turn." });
        this.element = el("section", "session-view", [this.line, this.table], { "aria-label": "Session" });
        this.line.addEventListener("click", (event) => {
          const turn = event.target.closest("[data-turn]");
          if (turn) openTrace(data.traces[Number(turn.dataset.turn)]);
        });
        this.list.addEventListener("click", (event) => {
          const row = event.target.closest("tr");
          if (row) openTrace(data.traces[Number(row.dataset.turn)]);
        });
        return this.element;
      },

      length(trace) { return trace.ms === undefined ? trace.length : trace.ms * 1e6; },

      worst(place) {
        const own = session.findings.filter((one) => one.turn === place + 1);
        return own.length ? severityOf(own) : "";
      },

      draw() {
        const whole = Math.max(1, ...session.turns.map((turn, place) => turn.at + this.length(data.traces[place])));
        const percent = (value) => `${(value / whole) * 100}%`;
        const marks = ticks(0, whole, 8).filter((at) => at / whole < 0.95);
        this.line.replaceChildren(
          ...marks.map((at) => {
            const mark = el("span", "tick", at === 0 ? "0" : "+" + moment(at, marks[1] - marks[0] || whole));
            mark.style.left = percent(at);
            return mark;
          }),
          ...session.turns.map((turn, place) => {
            const trace = data.traces[place];
            const hits = app.hitSpans?.get(trace)?.size;
            const block = el("span", `turn-bar ${trace.state === "ERROR" ? "failed" : ""} ${this.worst(place) && "f-" + this.worst(place)} ${query && hits ? "hit" : ""}`, [], {
              title: `turn ${turn.number}, +${duration(turn.at)}, ${duration(this.length(trace))}`, "data-turn": place,
            });
            block.style.left = percent(turn.at);
            block.style.minWidth = Math.max(2, Math.min(6, 600 / session.turns.length)) + "px";
            block.style.width = percent(this.length(trace));
            return block;
          }));
        const longest = Math.max(1, ...data.traces.map((trace) => this.length(trace)));
        this.list.replaceChildren(...session.turns.map((turn, place) => this.row(turn, place, longest)));
      },

      row(turn, place, longest) {
        const trace = data.traces[place];
        const hits = query ? app.hitSpans?.get(trace)?.size ?? 0 : 0;
        const found = session.findings.filter((one) => one.turn === turn.number);
        const meter = el("i", trace.state === "ERROR" ? "failed" : "");
        meter.style.width = Math.max(1, (this.length(trace) / longest) * 100) + "%";
        const row = el("tr", `${place === this.at ? "selected" : ""} ${trace.state === "ERROR" ? "failed" : ""}`, [
          el("th", "", [
            button("turn-number", String(turn.number), () => {}, { tabIndex: -1, "aria-label": `Open turn ${turn.number}` }), ...found.map(badge),
            trace.state !== "OK" && el("span", "pill s-" + (trace.state === "ERROR" ? "error" : "unset"), trace.state.replace("_", " ").toLowerCase()),
          ], { scope: "row" }),
          el("td", "number", ["+" + duration(turn.at)]),
          el("td", "number", [duration(trace.ms === undefined ? undefined : trace.ms * 1e6), el("div", "meter", [meter])]),
          el("td", "number", [trace.tokens ?? ""]),
          el("td", "talk", [
            el("p", "asked", [turn.asked === undefined ? el("span", "dim", "(no input)") : marked(turn.asked)]),
            el("p", "answered", [turn.answered === undefined ? el("span", "dim", "(no answer)") : marked(turn.answered)]),
            el("p", "marks", [
              hits > 0 && el("span", "chip hit", plural(hits, "hit")),
              turn.change && el("span", "chip", `new ${turn.change}`),
              ...(turn.marks ?? []).map(([text, isBad]) => el("span", "chip" + (isBad ? " bad" : ""), text)),
              trace.failed.length > 0 && el("span", "chip bad", plural(trace.failed.length, "failed span")),
            ].filter(Boolean)),
          ]),
        ], { id: "turn-" + place });
        row.dataset.turn = place;
        row.hidden = app.onlyHits && query !== "" && !hits;
        return row;
      },

      move(by) {
        const rows = [...this.list.children];
        const shown = rows.filter((row) => !row.hidden).map((row) => rows.indexOf(row));
        if (!shown.length) return;
        const here = shown.indexOf(this.at);
        const next = shown[Math.min(shown.length - 1, Math.max(0, (here < 0 ? 0 : here) + by))];
        this.list.children[this.at]?.classList.remove("selected");
        this.at = next;
        const row = rows[next];
        row.classList.add("selected");
        row.scrollIntoView({ block: "nearest" });
      },
    };

    """#
}
