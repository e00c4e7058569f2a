extension Page {
  /// Puts the page together: head, keys, printing.
  static let mainScript = #"""
    /** Shows a span and what is known of it. */
    function select(index, { reveals = true } = {}) {
      const { trace } = app;
      const before = tree.places?.get(trace.selected);
      trace.selected = index;
      if (reveals && index >= 0) tree.reveal(index);
      for (const place of [before, tree.places.get(index)]) {
        if (place === undefined) continue;
        tree.elements.get(place)?.remove();
        tree.elements.delete(place);
      }
      tree.draw();
      detail.show(trace, index);
      remember();
    }

    /** The place in the address, so that a reload and the back button find it again. */
    function remember() {
      const turn = isSession && !app.isTable ? `t${app.trace.place + 1}` : "";
      const span = !app.isTable && app.trace.selected >= 0 ? alias(app.trace.selected) : "";
      const place = "#" + [turn, span].filter(Boolean).join(".");
      if (place !== (location.hash || "#")) {
        try { history.replaceState(null, "", place); } catch { /* some viewers allow no address */ }
      }
    }

    function openTrace(trace, index = trace.selected >= 0 ? trace.selected : trace.failed[0] ?? trace.roots[0] ?? -1) {
      const isOther = trace !== app.trace || app.isTable;
      app.trace = trace;
      app.isTable = false;
      if (isOther) arrange();
      select(index);
      if (isSession) turns.at = trace.place;
    }

    function openTable() {
      app.isTable = true;
      arrange();
      turns.draw();
      turns.move(0);
      turns.table.focus();
      remember();
    }

    /** Shows the parts that belong to what is looked at. */
    function arrange() {
      document.body.classList.toggle("is-table", app.isTable);
      overview.at = undefined;
      overview.show();
      drawHead();
      if (app.isTable) return;
      tree.refresh();
      tree.scroller.scrollTop = 0;
      time.drawMap();
    }

    const fact = (label, value, name = "") => value ? el("span", "fact " + name, [el("span", "dim", label), " ", el("span", "", [value])]) : null;

    const head = el("div", "head-text");

    function drawHead() {
      const { trace } = app;
      if (app.isTable) {
        const failed = data.traces.filter((one) => one.state === "ERROR").length;
        head.replaceChildren(
          el("h1", "", [el("span", "dim", "session"), " ", el("span", "", [session.id])]),
          el("div", "facts", [
            fact("", plural(session.turns.length, "turn")), failed ? el("span", "pill s-error", `${failed} failed`) : null,
            fact("began", session.start && session.start + " UTC"), fact("", session.tokens),
            fact("experiment", session.experiment), fact("user", session.users.join(", ")),
          ]));
        return;
      }
      const ok = trace.state === "OK";
      head.replaceChildren(
        el("h1", "", [
          isSession && button("link back", "‹ all turns", openTable),
          isSession && el("span", "dim", ` turn ${trace.place + 1} of ${data.traces.length} `),
          el("span", "", [trace.name]),
          el("span", "pill " + (ok ? "s-ok" : trace.state === "ERROR" ? "s-error" : "s-unset"), trace.state.replace(/_/g, " ")),
        ]),
        el("div", "facts", [
          el("code", "id", trace.id), fact("", duration(trace.ms === undefined ? undefined : trace.ms * 1e6)),
          fact("", plural(trace.spans.length, "span")), trace.failed.length ? el("span", "fact bad", plural(trace.failed.length, "error")) : null,
          fact("", trace.tokens), fact("", trace.cost), fact("began", trace.start + " UTC"), fact("experiment", trace.experiment),
          isSession ? null : fact("session", trace.session), fact("user", trace.user),
        ]));
    }

    // The look: what the system says, until somebody chooses.
    const looks = ["auto", "light", "dark"];
    const lookButton = button("quiet", "", () => setLook(looks[(looks.indexOf(look) + 1) % 3]), { id: "look", title: "Light or dark (t)" });
    let look = "auto";
    function setLook(next) {
      look = next;
      document.documentElement.dataset.look = next;
      lookButton.textContent = { auto: "◐ auto", light: "○ light", dark: "● dark" }[next];
      try { localStorage.setItem("mlflow-lens-look", next); } catch { /* no storage for files here */ }
      if (time.map) time.drawMap();
    }
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => time.drawMap());

    const keys = [
      ["↑ ↓  j k", "one row up or down"], ["← →  h l", "close or open a branch, or go to its caller"], ["Home End PgUp PgDn", "far moves"],
      ["Enter", "to the payloads (in the table: open the turn)"], ["Esc", "back to the tree, then to the table of turns"],
      ["/", "search; Enter and n go to the next hit, N to the one before"], ["f  F", "next finding, the one before"],
      ["e  E", "next failed span, the one before"], ["+ −  0  z", "zoom in, out, whole trace, to the selected span"],
      ["[  ]", "turn before, next turn"], ["c  o", "close all branches, open all"], ["r", "payloads as chats, as JSON, raw"], ["t", "light or dark"], ["?", "this list"],
    ];
    const help = el("dialog", "help", [
      el("h2", "", "Keys"),
      el("dl", "", keys.map(([key, words]) => [el("dt", "", key), el("dd", "", words)]).flat()),
      el("p", "dim", `Made by mlflow-lens ${data.version}. ${data.masked ? "Credentials are masked. " : "Credentials are shown as recorded. "}This file asks nothing of any network.`),
      button("quiet", "close", () => help.close()),
    ], { "aria-label": "Keys" });

    const stepThrough = (list, by) => {
      if (!list.length) return;
      const order = tree.places;
      const here = app.trace.order.indexOf(app.trace.selected);
      const sorted = by > 0 ? list : list.slice().reverse();
      const next = sorted.find((index) => (app.trace.order.indexOf(index) - here) * by > 0) ?? sorted[0];
      select(next);
    };

    function turnBy(by) {
      if (!isSession) return;
      const next = data.traces[(app.isTable ? turns.at : app.trace.place + by)];
      if (next) openTrace(next);
    }

    function inTree(key) {
      const { trace } = app, index = trace.selected;
      switch (key) {
        case "ArrowDown": case "j": tree.move(1); return true;
        case "ArrowUp": case "k": tree.move(-1); return true;
        case "Home": case "g": tree.move(-Infinity); return true;
        case "End": case "G": tree.move(Infinity); return true;
        case "PageDown": tree.page(1); return true;
        case "PageUp": tree.page(-1); return true;
        case "ArrowLeft": case "h":
          if (index < 0) return true;
          if (trace.children[index].length && !trace.closed.has(index)) tree.toggle(index, true);
          else if (trace.spans[index].parent !== undefined) select(trace.spans[index].parent);
          return true;
        case "ArrowRight": case "l":
          if (index < 0) return true;
          if (trace.closed.has(index)) tree.toggle(index, false);
          else if (trace.children[index].length) select(trace.children[index][0]);
          return true;
        case "Enter": case " ":
          if (index < 0) tree.move(1);
          detail.focus();
          return true;
        case "c":
          trace.order.forEach((one) => { if (trace.children[one].length && trace.spans[one].depth > 0) trace.closed.add(one); });
          tree.refresh();
          return true;
        case "o": trace.closed.clear(); tree.refresh(); return true;
        case "e": stepThrough(trace.failed, 1); return true;
        case "E": stepThrough(trace.failed, -1); return true;
        case "z": if (index >= 0) time.zoomTo(index); return true;
        case "+": case "=": time.zoom(1 / 1.6); return true;
        case "-": time.zoom(1.6); return true;
        case "0": time.show(0, trace.length); return true;
      }
      return false;
    }

    function inTable(key) {
      switch (key) {
        case "ArrowDown": case "j": turns.move(1); return true;
        case "ArrowUp": case "k": turns.move(-1); return true;
        case "Home": turns.move(-Infinity); return true;
        case "End": turns.move(Infinity); return true;
        case "PageDown": turns.move(10); return true;
        case "PageUp": turns.move(-10); return true;
        case "Enter": case "ArrowRight": case "l": openTrace(data.traces[turns.at]); tree.scroller.focus(); return true;
      }
      return false;
    }

    function pressed(event) {
      if (event.ctrlKey || event.metaKey || event.altKey || help.open) return;
      const { target, key } = event;
      if (target.closest("input, textarea, select")) return;
      // What has the focus may need these for itself.
      const isControl = target.closest("button, summary, a") && (key === "Enter" || key === " ");
      const scrolls = target.closest(".detail, .overview") && /^(Arrow|Page|Home|End)/.test(key);
      if (isControl || scrolls) return;
      const done = (() => {
        switch (key) {
          case "/": search.field.focus(); search.field.select(); return true;
          case "?": help.showModal(); return true;
          case "t": setLook(looks[(looks.indexOf(look) + 1) % 3]); return true;
          case "n": search.go(1); return true;
          case "N": search.go(-1); return true;
          case "f": overview.step(1); return true;
          case "F": overview.step(-1); return true;
          case "[": turnBy(-1); return true;
          case "]": turnBy(1); return true;
          case "r": manner = nextManner(); detail.show(app.trace, app.trace.selected); return true;
          case "Escape":
            if (query && document.activeElement === tree.scroller) search.clear();
            else if (isSession && !app.isTable && document.activeElement === tree.scroller) openTable();
            else (app.isTable ? turns.table : tree.scroller).focus();
            return true;
        }
        return app.isTable ? inTable(key) : inTree(key);
      })();
      if (done) event.preventDefault();
    }

    """#
}
