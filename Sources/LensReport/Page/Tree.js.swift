extension Page {
  /// The tree beside its waterfall. Only the rows in sight are elements.
  static let treeScript = #"""
    const rowHeight = 27;

    const tree = {
      rows: [],
      elements: new Map(),
      scroller: null,
      /** What was laid out last, so that scrolling alone costs little. */
      isStale: true,
      frame: 0,

      build() {
        this.canvas = el("div", "rows");
        this.cursorLine = el("div", "grid", [], { "aria-hidden": "true" });
        this.scroller = el("div", "scroller", [this.canvas], {
          id: "tree", role: "tree", tabIndex: 0, "aria-label": "Spans. Arrow keys move, Enter shows the payloads.",
        });
        this.scroller.addEventListener("scroll", () => this.draw(), { passive: true });
        new ResizeObserver(() => this.invalidate()).observe(this.scroller);
        this.scroller.addEventListener("click", (event) => this.clicked(event));
        this.scroller.addEventListener("dblclick", (event) => {
          const row = event.target.closest(".row");
          if (row && event.target.closest(".lane")) time.zoomTo(Number(row.dataset.index));
        });
        this.element = el("div", "scroll-frame", [this.cursorLine, this.scroller]);
        return this.element;
      },

      clicked(event) {
        const row = event.target.closest(".row");
        if (!row) return;
        const index = Number(row.dataset.index);
        if (event.target.closest(".twist")) this.toggle(index);
        else select(index, { reveals: false });
      },

      toggle(index, closes = !app.trace.closed.has(index)) {
        if (!app.trace.children[index].length) return;
        if (closes) app.trace.closed.add(index); else app.trace.closed.delete(index);
        this.refresh();
      },

      /** Opens what hides a span. */
      open(index) {
        let isHidden = false;
        for (let above = app.trace.spans[index].parent; above !== undefined; above = app.trace.spans[above].parent) {
          isHidden = app.trace.closed.delete(above) || isHidden;
        }
        if (isHidden) this.refresh();
      },

      /** Works the rows out anew. */
      refresh() {
        const only = app.onlyHits && query ? app.hits.filter((hit) => hit.trace === app.trace).map((hit) => hit.index) : null;
        this.rows = rowsOf(app.trace, only);
        this.places = new Map(this.rows.map((index, place) => [index, place]));
        this.canvas.style.height = this.rows.length * rowHeight + "px";
        document.documentElement.style.setProperty("--rows", this.rows.length * rowHeight + 1 + "px");
        this.invalidate();
      },

      invalidate() {
        this.isStale = true;
        this.draw();
      },

      draw() {
        if (this.frame) return;
        this.frame = requestAnimationFrame(() => {
          this.frame = 0;
          this.layOut();
        });
      },

      layOut() {
        const { scrollTop, clientHeight } = this.scroller;
        const first = Math.max(0, Math.floor(scrollTop / rowHeight) - 6);
        const last = Math.min(this.rows.length, Math.ceil((scrollTop + clientHeight) / rowHeight) + 6);
        if (this.isStale) {
          this.elements.clear();
          this.canvas.replaceChildren();
          this.isStale = false;
          // Beside a scroll bar the rows are narrower than what stands above them.
          document.documentElement.style.setProperty("--bar-room", this.scroller.offsetWidth - this.scroller.clientWidth + "px");
          time.drawAxis();
        }
        for (const [place, element] of this.elements) {
          if (place < first || place >= last) {
            element.remove();
            this.elements.delete(place);
          }
        }
        for (let place = first; place < last; place++) {
          if (this.elements.has(place)) continue;
          const element = treeRow(app.trace, this.rows[place], place);
          this.elements.set(place, element);
          this.canvas.append(element);
        }
        const current = this.places?.get(app.trace.selected);
        if (current !== undefined && this.elements.has(current)) this.scroller.setAttribute("aria-activedescendant", "row-" + app.trace.selected);
        else this.scroller.removeAttribute("aria-activedescendant");
      },

      reveal(index) {
        this.open(index);
        const place = this.places.get(index);
        if (place === undefined) return;
        const top = place * rowHeight, { scrollTop, clientHeight } = this.scroller;
        if (top < scrollTop + rowHeight) this.scroller.scrollTop = top - rowHeight * 2;
        else if (top > scrollTop + clientHeight - rowHeight * 2) this.scroller.scrollTop = top - clientHeight + rowHeight * 3;
      },

      /** Moves the selection by rows. */
      move(by) {
        const here = this.places?.get(app.trace.selected) ?? (by > 0 ? -1 : this.rows.length);
        const next = Math.min(this.rows.length - 1, Math.max(0, here + by));
        if (this.rows[next] !== undefined) select(this.rows[next]);
      },

      page: (direction) => tree.move(direction * Math.max(1, Math.floor(tree.scroller.clientHeight / rowHeight) - 2)),
    };

    const badge = (finding) => el("span", "badge s-" + finding.severity, String(finding.rank), {
      title: `finding ${finding.rank}, ${finding.severity}`, "aria-label": `finding ${finding.rank}`,
    });

    /** One row; `place` is where it stands in the list. */
    function treeRow(trace, index, place) {
      const span = trace.spans[index];
      const kind = kindOf(span.type);
      const kids = trace.children[index].length;
      const isClosed = trace.closed.has(index);
      const isHit = query && app.hitSpans?.get(trace)?.has(index);
      const failed = span.status === "ERROR";
      const siblings = span.parent === undefined ? trace.roots : trace.children[span.parent];
      const name = el("div", "name", [
        kids
          ? el("span", "twist" + (isClosed ? "" : " open"), "", { "aria-hidden": "true" })
          : el("span", "twist none", "", { "aria-hidden": "true" }),
        el("span", "dot " + kind, "", { title: visible(span.type) }),
        el("span", "alias", alias(index)),
        el("span", "label", [marked(span.name)]),
        failed && el("span", "fail", "error"),
        isClosed && el("span", "folded" + (span.failsBelow ? " fails" : ""), `+${span.below}${span.failsBelow ? " with errors" : ""}`),
        ...(trace.numbers.get(index) ?? []).map(badge),
        span.model && el("span", "faint", span.model),
      ]);
      name.style.paddingLeft = 8 + Math.min(span.depth, 24) * 15 + "px";
      const row = el("div",
        "row" + (index === trace.selected ? " selected" : "") + (failed ? " failed" : "") + (isHit ? " hit" : ""),
        [name, el("div", "took", [span.took === undefined ? "open" : duration(span.took)]), el("div", "lane", [bar(trace, span)])],
        {
          id: "row-" + index, role: "treeitem", "aria-level": span.depth + 1, "aria-selected": index === trace.selected,
          "aria-setsize": siblings.length, "aria-posinset": siblings.indexOf(index) + 1,
          "aria-expanded": kids ? !isClosed : undefined,
          "aria-label": visible(`${alias(index)} ${span.name}, ${span.type}, ${duration(span.took)}${failed ? ", error" : ""}`),
        });
      row.dataset.index = index;
      row.style.transform = `translateY(${place * rowHeight}px)`;
      return row;
    }

    /** A span's time on the axis. */
    function bar(trace, span) {
      const [from, to] = trace.view;
      const scale = 100 / (to - from);
      const end = span.took === undefined ? trace.length : span.at + Math.max(0, span.took);
      const left = (span.at - from) * scale, right = (end - from) * scale;
      if (right < -0.5 || left > 100.5) return el("span", "outside" + (left > 100 ? " after" : ""), left > 100 ? "›" : "‹");
      const element = el("div", `bar ${kindOf(span.type)}${span.status === "ERROR" ? " failed" : ""}${span.took === undefined ? " open" : ""}`, [], {
        title: `${duration(span.took)} from +${duration(span.at)}`,
      });
      element.style.left = Math.max(-1, left) + "%";
      element.style.width = Math.min(101, right) - Math.max(-1, left) + "%";
      if (span.waited) element.classList.add("waited");
      return element;
    }

    """#
}
