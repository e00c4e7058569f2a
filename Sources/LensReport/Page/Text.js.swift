extension Page {
  /// Text and elements. Whatever was recorded becomes a text node here, and nothing else.
  static let textScript = #"""
    const harmful = /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufe00-\ufe0e\ufeff\ufff9-\ufffb\u{e0000}-\u{e0fff}\p{Noncharacter_Code_Point}\p{Cs}]/gu;

    /** What would move, hide or reorder letters, as escapes. Line breaks stay where lines are shown. */
    function visible(text, keepsLines = false) {
      return String(text).replace(harmful, (mark) => {
        if (keepsLines && (mark === "\n" || mark === "\t")) return mark;
        const short = { "\n": "\\n", "\r": "\\r", "\t": "\\t" }[mark];
        if (short) return short;
        return Array.from({ length: mark.length }, (_, place) =>
          "\\u" + mark.charCodeAt(place).toString(16).padStart(4, "0")).join("");
      });
    }

    /** An element with a class, children (strings become text) and properties. */
    function el(tag, name, children = [], properties = {}) {
      const element = document.createElement(tag);
      if (name) element.className = name;
      for (const [key, value] of Object.entries(properties)) {
        if (value === undefined || value === null) continue;
        if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
        else if (key === "text" || key === "title" || key === "id" || key === "tabIndex" || key === "hidden") {
          if (key === "text") element.textContent = value; else element[key] = value;
        } else element.setAttribute(key, value);
      }
      for (const child of [].concat(children)) {
        if (child === undefined || child === null || child === false) continue;
        element.append(child instanceof Node ? child : visible(child));
      }
      return element;
    }

    /** A push button. */
    const button = (name, label, action, properties = {}) =>
      el("button", name, label, { type: "button", onclick: action, ...properties });

    /** The words of the search, in lower case; empty for none. */
    let query = "";

    /** Text with the words that are searched for marked. */
    function marked(text, keepsLines = false) {
      const shown = visible(text, keepsLines);
      const fragment = document.createDocumentFragment();
      const lower = query ? shown.toLowerCase() : "";
      let from = 0;
      // Lower case may be longer than the text in some scripts; then places would not fit.
      if (query && lower.length === shown.length) {
        for (let at = lower.indexOf(query); at >= 0 && fragment.childNodes.length < 400; at = lower.indexOf(query, from)) {
          if (at > from) fragment.append(shown.slice(from, at));
          fragment.append(el("mark", "", shown.slice(at, at + query.length)));
          from = at + query.length;
        }
      }
      fragment.append(document.createTextNode(shown.slice(from)));
      return fragment;
    }

    // Numbers as the rest of the program writes them.
    function duration(ns) {
      if (ns === undefined || ns === null) return "open";
      const sign = ns < 0 ? "-" : "", value = Math.abs(ns);
      const cut = (number, digits) => (Math.floor(number * 10 ** digits) / 10 ** digits).toFixed(digits);
      const two = (number) => String(Math.floor(number)).padStart(2, "0");
      if (value === 0) return "0ms";
      if (value < 1e6) return sign + Math.floor(value / 1e3) + "µs";
      if (value < 1e7) return sign + cut(value / 1e6, 1) + "ms";
      if (value < 1e9) return sign + Math.floor(value / 1e6) + "ms";
      if (value < 1e10) return sign + cut(value / 1e9, 2) + "s";
      if (value < 6e10) return sign + cut(value / 1e9, 1) + "s";
      const seconds = value / 1e9;
      if (value < 3.6e12) return sign + Math.floor(seconds / 60) + "m" + two(seconds % 60) + "s";
      return sign + Math.floor(seconds / 3600) + "h" + two((seconds / 60) % 60) + "m";
    }

    function bytes(count) {
      if (count < 1000) return count + "B";
      if (count < 1e6) return (Math.floor(count / 100) / 10).toFixed(1) + "kB";
      return (Math.floor(count / 1e5) / 10).toFixed(1) + "MB";
    }

    const plural = (count, noun) => `${count.toLocaleString("en")} ${noun}${count === 1 ? "" : "s"}`;

    const alias = (index) => "s" + (index + 1);
    /** The place of a span that is called `s12`. */
    const placeOf = (name) => (name ? Number(name.slice(1)) - 1 : undefined);

    /** The class that gives a span type its colour. */
    function kindOf(type) {
      switch (type) {
        case "LLM": case "CHAT_MODEL": return "k-model";
        case "TOOL": return "k-tool";
        case "RETRIEVER": case "RERANKER": case "MEMORY": return "k-retriever";
        case "AGENT": return "k-agent";
        case "EMBEDDING": return "k-embedding";
        case "CHAIN": case "WORKFLOW": case "TASK": return "k-chain";
        default: return "k-other";
      }
    }

    /** Puts text on the clipboard, and says so on the button. */
    async function copy(text, control) {
      const before = control.textContent;
      let done = true;
      try {
        await navigator.clipboard.writeText(text);
      } catch {
        const area = el("textarea", "off-screen", [], { "aria-hidden": "true" });
        area.value = text;
        document.body.append(area);
        area.select();
        done = document.execCommand("copy");
        area.remove();
        control.focus();
      }
      control.textContent = done ? "copied" : "not copied";
      setTimeout(() => { control.textContent = before; }, 1200);
    }

    /** A line between two panes that can be dragged, or moved with the arrow keys. */
    function splitter(name, label, axis, move) {
      const line = el("div", "splitter " + name, [], {
        role: "separator", tabIndex: 0, "aria-label": label, "aria-orientation": axis === "x" ? "vertical" : "horizontal",
      });
      line.addEventListener("pointerdown", (event) => {
        event.preventDefault();
        line.setPointerCapture(event.pointerId);
        let last = axis === "x" ? event.clientX : event.clientY;
        const drag = (next) => {
          const now = axis === "x" ? next.clientX : next.clientY;
          move(now - last);
          last = now;
        };
        line.addEventListener("pointermove", drag);
        line.addEventListener("lostpointercapture", () => line.removeEventListener("pointermove", drag), { once: true });
      });
      line.addEventListener("keydown", (event) => {
        const step = { ArrowLeft: -16, ArrowUp: -16, ArrowRight: 16, ArrowDown: 16 }[event.key];
        if (!step) return;
        event.preventDefault();
        event.stopPropagation();
        move(step);
      });
      return line;
    }

    """#
}
