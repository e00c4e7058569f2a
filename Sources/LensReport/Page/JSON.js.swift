extension Page {
  /// Reads JSON as it was recorded: numbers keep their text, so integers of any size are exact, and Python's NaN is read.
  static let jsonScript = #"""
    const deepest = 400;

    /** The value of a JSON text as nodes that know where they begin and end; null where it is none. */
    function parse(text) {
      const number = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
      const string = /"[^"\\]*(?:\\[^][^"\\]*)*"/y;
      const word = /true|false|null|NaN|-?Infinity/y;
      let at = 0;
      const stop = () => { throw new SyntaxError("no JSON"); };
      const blank = () => { while (at < text.length && " \n\r\t".includes(text[at])) at++; };
      const take = (expression) => {
        expression.lastIndex = at;
        const found = expression.exec(text);
        if (found) at = expression.lastIndex;
        return found && found[0];
      };
      const words = () => {
        const found = take(string) ?? stop();
        return found.includes("\\") ? JSON.parse(found) : found.slice(1, -1);
      };
      function value(depth) {
        if (depth > deepest) stop();
        blank();
        const from = at;
        const first = text[at];
        if (first === "{" || first === "[") {
          const isObject = first === "{", close = isObject ? "}" : "]";
          const members = [];
          at++;
          blank();
          if (text[at] === close) at++;
          else for (;;) {
            let key = members.length;
            if (isObject) {
              blank();
              key = words();
              blank();
              if (text[at++] !== ":") stop();
            }
            members.push([key, value(depth + 1)]);
            blank();
            const next = text[at++];
            if (next === close) break;
            if (next !== ",") stop();
          }
          return { kind: isObject ? "object" : "array", members, from, to: at };
        }
        if (first === '"') return { kind: "string", value: words(), from, to: at };
        const plain = take(word);
        if (plain) return { kind: "word", value: plain, from, to: at };
        return { kind: "number", value: take(number) ?? stop(), from, to: at };
      }
      try {
        const root = value(0);
        blank();
        return at === text.length ? root : null;
      } catch {
        return null;
      }
    }

    const isContainer = (node) => node.kind === "object" || node.kind === "array";

    /** The JSON that a string holds, when it is an object or an array. */
    function nested(text) {
      const first = text.trimStart()[0];
      if (first !== "{" && first !== "[") return null;
      const node = parse(text);
      return node && isContainer(node) ? node : null;
    }

    const member = (node, key) => node?.kind === "object" ? node.members.find((entry) => entry[0] === key)?.[1] : undefined;

    /** A few words that tell what is in a value. */
    function gist(node, room = 90) {
      let text = "";
      if (node.kind === "string") text = node.value;
      else if (!isContainer(node)) text = node.value;
      else {
        const role = member(node, "role") ?? member(node, "type");
        const content = member(node, "content") ?? member(node, "text") ?? member(node, "name");
        if (role?.kind === "string" && content) return `${role.value}: ${gist(content, room)}`;
        const parts = [];
        for (const [key, value] of node.members.slice(0, 6)) {
          const inner = isContainer(value) ? (value.kind === "array" ? `[${value.members.length}]` : "{…}") : gist(value, 40);
          parts.push(node.kind === "object" ? `${key}: ${inner}` : inner);
        }
        text = parts.join(", ") + (node.members.length > 6 ? ", …" : "");
      }
      const flat = text.slice(0, room * 4).replace(/\s+/g, " ");
      return flat.length > room ? flat.slice(0, room) + "…" : flat;
    }

    """#
}
