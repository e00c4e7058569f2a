extension Page {
  /// Payloads for people: objects that open, text with its lines, JSON in strings entered.
  static let viewerScript = #"""
    /** Text longer than this begins short. */
    const longText = 1600;
    const pageOfMembers = 100;

    /** Words with their lines; long ones open on demand. */
    function words(text, name = "words") {
      const block = el("div", name);
      const clipped = text.length > longText && !(query && text.toLowerCase().includes(query));
      block.append(marked(clipped ? text.slice(0, longText * 0.75) + "…" : text, true));
      if (!clipped) return block;
      const more = button("more", `show all ${text.length.toLocaleString("en")} characters`, () => {
        block.replaceChildren(marked(text, true));
        more.remove();
      });
      return el("div", "", [block, more]);
    }

    function scalar(node) {
      if (node.kind !== "string") return el("span", "v-" + node.kind, [marked(node.value)]);
      const isLong = node.value.length > 120 || node.value.includes("\n");
      if (!isLong) return el("span", "v-string", ['"', marked(node.value), '"']);
      return words(node.value, "words v-string");
    }

    /** One member: its key, and its value beside or below it. */
    function entry(key, node, text, depth, isInArray) {
      const label = key === null ? null : el("span", isInArray ? "index" : "key", [marked(String(key))]);
      let [inner, source, note] = [node, text, ""];
      if (node.kind === "string") {
        const found = nested(node.value);
        if (found) [inner, source, note] = [found, node.value, "JSON in a string"];
      }
      if (!isContainer(inner)) return el("div", "entry", [label, scalar(inner)]);
      const count = inner.members.length;
      const size = inner.kind === "array" ? `[${count}]` : `{${count}}`;
      if (!count) return el("div", "entry", [label, el("span", "size", inner.kind === "array" ? "[ ]" : "{ }")]);
      const details = el("details", "entry");
      const summary = el("summary", "", [
        label, el("span", "size", size), note && el("span", "note", note), el("span", "gist", gist(inner)),
      ]);
      details.append(summary);
      let isFilled = false;
      const fill = () => {
        if (isFilled) return;
        isFilled = true;
        details.append(members(inner, source, depth + 1));
      };
      const holds = query && source.slice(inner.from, inner.to).toLowerCase().includes(query);
      const length = inner.to - inner.from;
      if (depth === 0 || holds || length < 1200 || (depth < 3 && length < 12000)) {
        details.open = true;
        fill();
      }
      details.addEventListener("toggle", () => { if (details.open) fill(); });
      return details;
    }

    function members(node, text, depth) {
      const list = el("div", "members");
      let shown = 0;
      const more = () => {
        const part = node.members.slice(shown, shown + pageOfMembers);
        shown += part.length;
        for (const [key, value] of part) list.append(entry(key, value, text, depth, node.kind === "array"));
        const left = node.members.length - shown;
        if (left > 0) {
          const control = button("more", `show ${Math.min(left, pageOfMembers)} more of ${left}`, () => {
            control.remove();
            more();
          });
          list.append(control);
        }
      };
      more();
      return list;
    }

    /** The text of a payload, and what is missing of it. */
    function payload(place) {
      const value = data.payloads[place];
      if (typeof value === "string") return { text: value };
      const [head, tail, size] = value;
      const kept = new TextEncoder().encode(head).length;
      return { text: head, tail, size, offset: kept, missing: size - kept - new TextEncoder().encode(tail).length };
    }

    /** The words of a payload that is a JSON string, or its JSON text. */
    function plain(place) {
      const { text, tail } = payload(place);
      const node = tail === undefined ? parse(text) : null;
      if (node?.kind === "string") return node.value;
      return tail === undefined ? text : `${text.replace(/^"/, "")} … ${tail.replace(/"$/, "")}`;
    }

    /** How payloads are shown: chats as chats, as JSON, as they were recorded. */
    const manners = ["chat", "JSON", "raw"];
    let manner = "chat";
    const nextManner = () => manners[(manners.indexOf(manner) + 1) % manners.length];

    /** A payload in a card: title, size, ways to look at it. */
    function payloadCard(title, source, place, command) {
      const { text, tail, size, offset, missing } = payload(place);
      const length = size ?? new TextEncoder().encode(text).length;
      const body = el("div", "body");
      const view = () => {
        const node = tail === undefined && manner !== "raw" ? parse(text) : null;
        if (node) {
          const found = node.kind === "string" ? nested(node.value) : null;
          const chat = manner === "chat" ? chatOf(found ?? node) : null;
          body.replaceChildren(
            chat ? chatView(chat, found ? node.value : text)
              : isContainer(node) || found ? el("div", "json", [entry(null, node, text, 0, false)])
                : node.kind === "string" ? words(node.value, "words prose") : el("div", "json", [scalar(node)]));
        } else if (tail === undefined) {
          body.replaceChildren(words(text, "words raw"));
        } else {
          const read = `${command} --offset ${offset}`;
          body.replaceChildren(
            el("div", "words raw", [marked(text, true)]),
            el("div", "gap", [
              el("p", "", `${bytes(missing)} of ${bytes(size)} are not in this file. They are read with`), commandLine(read),
            ]),
            el("div", "words raw", [marked(tail, true)]));
        }
      };
      view();
      const copyButton = button("quiet", "copy", () => copy(tail === undefined ? text : text + " … " + tail, copyButton));
      return el("section", "payload", [
        el("header", "", [
          el("h3", "", title), source && el("code", "source", source), el("span", "grow"),
          el("span", "dim", bytes(length)), copyButton,
        ]),
        body,
      ], { "aria-label": title });
    }

    /** A line for a shell, to be copied. */
    function commandLine(text) {
      const control = button("quiet", "copy", () => copy(text, control));
      return el("div", "command", [el("code", "", text), control]);
    }

    """#
}
