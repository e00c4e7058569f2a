extension Page {
  /// Looks for words in names, ids and payloads, a little at a time so that typing stays smooth.
  static let searchScript = #"""
    const search = {
      run: 0,
      timer: 0,
      lower: [],

      build() {
        this.field = el("input", "", [], {
          type: "search", id: "search", placeholder: "Search names and payloads", "aria-label": "Search names and payloads",
          autocomplete: "off", spellcheck: "false",
        });
        this.count = el("output", "count", [], { for: "search", "aria-live": "polite" });
        this.only = el("input", "", [], { type: "checkbox", id: "only" });
        this.controls = el("span", "hits", [
          button("quiet step", "‹", () => this.go(-1), { "aria-label": "Previous hit", title: "Previous hit (N)" }),
          button("quiet step", "›", () => this.go(1), { "aria-label": "Next hit", title: "Next hit (n)" }),
          el("label", "", [this.only, "only hits"], { title: "Show only what was found: turns, spans and what called them" }),
        ], { hidden: true });
        this.field.addEventListener("input", () => {
          clearTimeout(this.timer);
          this.timer = setTimeout(() => this.start(), 120);
        });
        this.field.addEventListener("keydown", (event) => {
          if (event.key === "Enter") {
            event.preventDefault();
            this.go(event.shiftKey ? -1 : 1);
          } else if (event.key === "Escape") {
            event.preventDefault();
            event.stopPropagation();
            if (this.field.value) this.clear(); else tree.scroller.focus();
          } else if (event.key === "ArrowDown") {
            event.preventDefault();
            (app.isTable ? turns.table : tree.scroller).focus();
          }
        });
        this.only.addEventListener("change", () => {
          app.onlyHits = this.only.checked;
          if (app.isTable) turns.draw();
          tree.refresh();
          if (app.trace.selected >= 0) tree.reveal(app.trace.selected);
        });
        return el("div", "search", [this.field, this.count, this.controls], { role: "search" });
      },

      clear() {
        this.field.value = "";
        this.start();
      },

      /** Payloads in lower case, made when first searched. */
      lowered(place) {
        return (this.lower[place] ??= (([head, tail]) => (tail === undefined ? head : head + "\u0000" + tail).toLowerCase())(
          typeof data.payloads[place] === "string" ? [data.payloads[place]] : data.payloads[place]));
      },

      async start() {
        const own = ++this.run;
        const text = this.field.value.trim().toLowerCase();
        const wasSearching = query !== "";
        query = text;
        app.hits = [];
        app.hit = -1;
        app.hitSpans = new Map();
        this.controls.hidden = !text;
        if (!text) {
          this.count.textContent = "";
          app.onlyHits = this.only.checked = false;
          if (wasSearching) this.show();
          return;
        }
        // In a payload quotes, line breaks and letters may stand as escapes, in JSON held in strings twice over.
        const escape = (words) => JSON.stringify(words).slice(1, -1);
        const ascii = (words) => words.replace(/[\u0080-\uffff]/g, (unit) => "\\u" + unit.charCodeAt(0).toString(16).padStart(4, "0"));
        const spellings = [...new Set([text, escape(text), escape(escape(text)), ascii(escape(text)), escape(ascii(escape(text)))])];
        const found = new Set();
        let pause = performance.now() + 12;
        const breathe = async () => {
          if (performance.now() < pause) return true;
          await new Promise((resume) => setTimeout(resume));
          pause = performance.now() + 12;
          return own === this.run;
        };
        for (let place = 0; place < data.payloads.length; place++) {
          const words = this.lowered(place);
          if (spellings.some((one) => words.includes(one))) found.add(place);
          if (!(await breathe())) return;
        }
        const hits = [];
        for (const trace of data.traces) {
          const own = new Set();
          for (const index of trace.order) {
            const span = trace.spans[index];
            const isNamed = [span.name, span.id, span.type, span.model, span.tool, span.agent, alias(index)]
              .some((words, place) => words && (place < 6 ? words.toLowerCase().includes(text) : words === text));
            const holds = isNamed || [span.inputs, span.outputs, span.message, span.events?.[0], span.links?.[0]].some((place) => found.has(place))
              || (span.attributes ?? []).some(([key, place]) => found.has(place) || key.toLowerCase().includes(text));
            if (holds) {
              own.add(index);
              hits.push({ trace, index });
            }
          }
          app.hitSpans.set(trace, own);
          if (!(await breathe())) return;
        }
        app.hits = hits;
        this.show();
      },

      show() {
        if (query) this.count.textContent = app.hits.length ? `${app.hits.length.toLocaleString("en")} found` : "nothing found";
        tree.refresh();
        if (app.isTable) turns.draw(); else detail.show(app.trace, app.trace.selected);
      },

      /** To the next hit after the selected span, or before it. */
      go(by) {
        const { hits } = app;
        if (!hits.length) return;
        if (app.hit < 0 && !app.isTable && app.trace.selected >= 0) {
          const here = hits.findIndex((one) => one.trace === app.trace && one.index === app.trace.selected);
          app.hit = here;
        }
        app.hit = app.hit < 0 ? (by > 0 ? 0 : hits.length - 1) : (app.hit + by + hits.length) % hits.length;
        const { trace, index } = hits[app.hit];
        openTrace(trace, index);
        this.count.textContent = `${app.hit + 1} of ${hits.length.toLocaleString("en")}`;
      },
    };

    """#
}
