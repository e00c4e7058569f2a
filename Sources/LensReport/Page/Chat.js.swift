extension Page {
  /// Chats as chats: who said what, and which tools were called.
  static let chatScript = #"""
    const roleOf = (node) => {
      const role = member(node, "role") ?? member(node, "type");
      const says = ["content", "parts", "tool_calls", "text", "tool_call_id"].some((key) => member(node, key));
      const known = /^(system|developer|user|human|assistant|ai|model|tool|function)$/i;
      // The short form of some frameworks: ["user", "words"].
      const [first, second] = node?.kind === "array" && node.members.length === 2 ? node.members.map(([, item]) => item) : [];
      if (first?.kind === "string" && second?.kind === "string" && known.test(first.value)) return first.value.toLowerCase();
      return role?.kind === "string" && says && known.test(role.value) ? role.value.toLowerCase() : null;
    };

    /** The messages of a payload, and what stands beside them; null where it is no chat. */
    function chatOf(node) {
      if (!node || !isContainer(node)) return null;
      const isList = (one) => one?.kind === "array" && one.members.length > 0 && one.members.every(([, item]) => roleOf(item));
      if (isList(node) && !roleOf(node)) return { list: node.members.map(([, item]) => item), rest: [] };
      if (node.kind !== "object") return null;
      if (roleOf(node)) return { list: [node], rest: [] };
      for (const key of ["messages", "input", "output", "contents"]) {
        const found = member(node, key);
        if (isList(found)) return { list: found.members.map(([, item]) => item), rest: node.members.filter(([name]) => name !== key) };
      }
      const choices = member(node, "choices");
      const said = choices?.kind === "array" ? choices.members.map(([, item]) => member(item, "message")) : [];
      if (said.length && said.every((one) => roleOf(one))) {
        return { list: said, rest: node.members.filter(([name]) => name !== "choices") };
      }
      return null;
    }

    function chatView(chat, text) {
      return el("div", "chat", [
        ...chat.list.map((node) => messageView(node, text)),
        chat.rest.length > 0 && el("details", "chat-rest", [
          el("summary", "dim", `${chat.rest.map(([key]) => key).slice(0, 6).join(", ")}${chat.rest.length > 6 ? ", …" : ""}`),
          el("div", "json", chat.rest.map(([key, value]) => entry(key, value, text, 1, false))),
        ]),
      ]);
    }

    /** A text, or parts of a message: texts, and whatever else there is. */
    function contentView(node, text) {
      if (node.kind === "word") return [];
      if (node.kind === "string") {
        if (!node.value) return [];
        return [nested(node.value) ? el("div", "json", [entry(null, node, text, 1, false)]) : words(node.value, "words")];
      }
      if (node.kind !== "array") return [el("div", "json", [entry(null, node, text, 1, false)])];
      return node.members.flatMap(([, part]) => {
        const said = part.kind === "string" ? part : member(part, "text") ?? member(part, "content");
        return said?.kind === "string" ? [words(said.value, "words")] : [el("div", "json", [entry(null, part, text, 1, false)])];
      });
    }

    function messageView(node, text) {
      const role = roleOf(node);
      const shown = new Set(["role", "type", "content", "parts", "text", "tool_calls"]);
      const content = (node.kind === "array" ? node.members[1][1] : member(node, "content")) ?? member(node, "parts") ?? member(node, "text");
      const calls = member(node, "tool_calls");
      const empty = (value) => value.kind === "word" || ((isContainer(value)) && !value.members.length) || value.value === "";
      const others = (node.kind === "array" ? [] : node.members).filter(([key, value]) => !shown.has(key) && !empty(value));
      return el("section", "message m-" + ({ human: "user", ai: "assistant", model: "assistant", developer: "system", function: "tool" }[role] ?? role), [
        el("h4", "", [role]),
        ...(content ? contentView(content, text) : []),
        ...(calls?.kind === "array" ? calls.members.map(([, call]) => {
          const made = member(call, "function") ?? call;
          const name = member(made, "name"), given = member(made, "arguments") ?? member(made, "args") ?? member(made, "input");
          return el("div", "call", [
            el("span", "call-name", ["call ", el("strong", "", [marked(name?.value ?? "?")])]),
            given && el("div", "json", [entry(null, given, text, 1, false)]),
          ]);
        }) : []),
        others.length > 0 && el("details", "chat-rest", [
          el("summary", "dim", others.map(([key]) => key).slice(0, 5).join(", ")),
          el("div", "json", others.map(([key, value]) => entry(key, value, text, 1, false))),
        ]),
      ]);
    }

    """#
}
