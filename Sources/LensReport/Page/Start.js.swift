extension Page {
  /// The last part: paper, and the start.
  static let startScript = #"""
    const mostPrinted = 1500;

    /** For paper, where nothing scrolls: everything in sight once, the tree row by row. */
    function paper() {
      const { trace } = app;
      const parts = [el("div", "paper-head", [...head.cloneNode(true).childNodes])];
      if (app.isTable) {
        parts.push(...overview.ofSession());
        const copyOf = turns.element.cloneNode(true);
        copyOf.querySelectorAll("[id]").forEach((one) => one.removeAttribute("id"));
        parts.push(copyOf);
      } else {
        parts.push(...overview.ofTrace(trace));
        const rows = rowsOf(trace, null);
        const list = el("div", "paper-rows", rows.slice(0, mostPrinted).map((index) => {
          const row = treeRow(trace, index, 0);
          row.removeAttribute("id");
          row.style.transform = "";
          return row;
        }));
        parts.push(section("Spans", [list, rows.length > mostPrinted
          ? el("p", "note-line", `${plural(rows.length - mostPrinted, "more row")} not printed; close branches to print the others.`) : null]));
        if (trace.selected >= 0) {
          const copyOf = detail.element.cloneNode(true);
          copyOf.removeAttribute("id");
          copyOf.querySelectorAll("[id]").forEach((one) => one.removeAttribute("id"));
          copyOf.querySelectorAll(".evidence, .failure details").forEach((one) => { one.open = true; });
          parts.push(copyOf);
        }
      }
      parts.push(el("p", "dim small", `mlflow-lens ${data.version}`));
      return el("div", "paper", parts);
    }

    let sheet = null;
    const printing = () => { sheet?.remove(); sheet = paper(); document.body.append(sheet); };
    window.addEventListener("beforeprint", printing);
    window.addEventListener("afterprint", () => { sheet?.remove(); sheet = null; });

    function omission() {
      if (!data.omitted) return null;
      const [count, missing] = data.omitted;
      return el("p", "omission", `${plural(count, "long value")} stand${count === 1 ? "s" : ""} here with head and tail only; ${bytes(missing)} were left out. Each says the command that reads it whole.`, { role: "note" });
    }

    function start() {
      document.title = (isSession ? `session ${visible(session.id)}` : visible(data.traces[0].name)) + " · mlflow-lens";
      const timeHead = time.build();
      const rows = tree.build();
      const panes = el("main", "panes", [
        el("section", "tree-view", [timeHead, rows], { "aria-label": "Waterfall" }),
        splitter("across", "Height of the payloads", "y", (by) => {
          const height = detail.element.getBoundingClientRect().height - by;
          document.documentElement.style.setProperty("--detail", Math.min(innerHeight * 0.75, Math.max(80, height)) + "px");
        }),
        detail.build(),
      ]);
      if (isSession) panes.prepend(turns.build());
      const nameSplitter = splitter("names", "Width of the names", "x", (by) => {
        const width = timeHead.querySelector(".corner").getBoundingClientRect().width + by;
        document.documentElement.style.setProperty("--names", Math.max(120, width) + "px");
        time.drawMap();
      });
      timeHead.append(nameSplitter);
      document.querySelector("noscript")?.remove();
      document.body.prepend(
        el("header", "top", [
          head, search.build(),
          el("nav", "tools", [lookButton, button("quiet", "?", () => help.showModal(), { "aria-label": "Keys", title: "Keys (?)" })], { "aria-label": "Look and help" }),
        ]),
        omission() ?? "",
        el("div", "columns", [
          overview.build(),
          splitter("down", "Width of the overview", "x", (by) => {
            const width = overview.element.getBoundingClientRect().width + by;
            document.documentElement.style.setProperty("--overview", Math.min(innerWidth * 0.6, Math.max(180, width)) + "px");
          }),
          panes,
        ]),
        help,
      );
      let saved = "auto";
      try { saved = localStorage.getItem("mlflow-lens-look") ?? "auto"; } catch { /* none here */ }
      setLook(looks.includes(saved) ? saved : "auto");
      document.addEventListener("keydown", pressed);
      rows.addEventListener("wheel", (event) => {
        if (!event.ctrlKey && !(Math.abs(event.deltaX) > Math.abs(event.deltaY))) return;
        event.preventDefault();
        const lane = time.ruler.getBoundingClientRect();
        if (event.ctrlKey) time.zoom(1.0015 ** event.deltaY, Math.min(1, Math.max(0, (event.clientX - lane.left) / lane.width)));
        else time.pan(event.deltaX / lane.width);
      }, { passive: false });
      window.addEventListener("hashchange", goToAddress);
      if (!goToAddress()) {
        if (isSession) openTable();
        else {
          arrange();
          const first = data.traces[0];
          select(placeOf(first.findings.find((one) => one.span)?.span) ?? first.answered?.span ?? first.roots[0] ?? -1);
          tree.scroller.focus({ preventScroll: true });
        }
      }
    }

    /** `#t3.s14`, `#s14`: a turn, a span. */
    function goToAddress() {
      const found = /^#(?:t([0-9]{1,9}))?\.?(?:s([0-9]{1,9}))?$/.exec(location.hash);
      if (!found || (!found[1] && !found[2])) return false;
      const trace = data.traces[found[1] ? Number(found[1]) - 1 : 0];
      const index = found[2] ? Number(found[2]) - 1 : undefined;
      if (!trace || (index !== undefined && !trace.spans[index]) || (isSession && !found[1])) return false;
      app.isTable = true;
      openTrace(trace, index);
      return true;
    }

    start();
    document.documentElement.dataset.ready = String(Math.round(performance.now()));
    """#
}
