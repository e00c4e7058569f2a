extension Page {
  /// What is known of one span: figures, findings, payloads.
  static let detailScript = #"""
    const detail = {
      tab: "io",

      build() {
        this.body = el("div", "detail-body", [], { tabIndex: -1, id: "detail-body", role: "tabpanel", "aria-label": "Payloads" });
        this.head = el("div", "detail-head");
        this.element = el("section", "detail", [this.head, this.body], { id: "detail", "aria-label": "The selected span" });
        return this.element;
      },

      focus() { this.body.focus(); },

      /** The tabs that have something in them. */
      tabs(trace, index) {
        const span = trace.spans[index];
        const judged = trace.assessments.filter((one) => one.span === index);
        return [
          ["io", "Input and output"],
          span.events && ["events", `Events ${span.events[1]}`],
          span.attributes && ["attributes", `Attributes ${span.attributes.length}`],
          span.links && ["links", `Links ${span.links[1]}`],
          judged.length && ["assessments", `Assessments ${judged.length}`],
        ].filter(Boolean);
      },

      show(trace, index) {
        if (index < 0 || !trace.spans[index]) {
          this.head.replaceChildren();
          this.body.replaceChildren(el("p", "empty", trace.spans.length
            ? "Choose a span to see what went in and what came out." : "No spans were recorded for this trace."));
          return;
        }
        const span = trace.spans[index];
        const tabs = this.tabs(trace, index);
        const tab = tabs.some(([name]) => name === this.tab) ? this.tab : "io";
        this.head.replaceChildren(
          el("div", "path", this.path(trace, span)),
          el("div", "title-line", [
            el("span", "dot " + kindOf(span.type)), el("h2", "", [el("span", "alias", alias(index)), marked(span.name)]),
            el("span", "pill " + kindOf(span.type), span.type),
            span.status && el("span", "pill s-" + span.status.toLowerCase(), span.status),
          ]),
          el("dl", "figures", this.figures(trace, span)),
          el("div", "tabs", [
            el("div", "tab-list", tabs.map(([name, label]) => button("tab", label, () => this.choose(trace, index, name), {
              role: "tab", "aria-selected": name === tab, "aria-controls": "detail-body", "data-tab": name, tabIndex: name === tab ? 0 : -1,
            })), {
              role: "tablist", onkeydown: (event) => {
                const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
                if (!by) return;
                event.preventDefault();
                const here = tabs.findIndex(([name]) => name === tab);
                this.choose(trace, index, tabs[(here + by + tabs.length) % tabs.length][0]);
              },
            }),
            el("span", "grow"),
            button("quiet", `as ${nextManner()}`, () => {
              manner = nextManner();
              this.show(trace, index);
            }, { title: "Payloads as chats, as JSON, or raw as they were recorded (r)", id: "raw" }),
          ]),
        );
        this.body.replaceChildren(...this.content(trace, span, tab));
        this.body.scrollTop = 0;
      },

      choose(trace, index, tab) {
        this.tab = tab;
        this.show(trace, index);
        this.head.querySelector(`[data-tab="${tab}"]`).focus();
      },

      path(trace, span) {
        const steps = [];
        for (let above = span.parent; above !== undefined; above = trace.spans[above].parent) steps.unshift(above);
        const shown = steps.length > 5 ? [...steps.slice(0, 2), null, ...steps.slice(-2)] : steps;
        return shown.map((above) => above === null ? el("span", "dim", "…")
          : button("link", [el("span", "alias", alias(above)), trace.spans[above].name], () => select(above)));
      },

      figures(trace, span) {
        const share = span.took > 0 ? ` · ${span.took * 100 < trace.length ? "under 1" : Math.round((span.took / trace.length) * 100)}% of the run` : "";
        const facts = [
          ["Start", "+" + duration(span.at)],
          ["Time", duration(span.took) + share],
          span.own !== undefined && ["Own time", duration(span.own)],
          span.waited && ["On critical path", duration(span.waited)],
          span.tokens && ["Tokens", span.tokens],
          span.cost && ["Cost", span.cost],
          span.firstToken && ["First token", span.firstToken],
          span.model && ["Model", span.model],
          span.tool && ["Tool", span.tool],
          span.agent && ["Agent", span.agent],
          ["Span id", span.id],
        ].filter(Boolean);
        return facts.map(([label, value]) => el("div", "", [
          el("dt", "", label), el("dd", label === "Span id" ? "mono" : "", [marked(value)]),
        ]));
      },

      content(trace, span, tab) {
        const command = (field, rest = "") => `${trace.read} --span-ids ${alias(span.index)} --fields ${field}${rest}`;
        switch (tab) {
          case "events": return this.events(span, command);
          case "attributes": return [this.attributes(span, command)];
          case "links": return [payloadCard("Links", "", span.links[0], command("links"))];
          case "assessments":
            return trace.assessments.filter((one) => one.span === span.index).map(assessmentCard);
        }
        const found = trace.numbers.get(span.index) ?? [];
        const cards = [
          span.inputs !== undefined && payloadCard("Input", span.inputsKey, span.inputs, command("inputs")),
          span.outputs !== undefined && payloadCard("Output", span.outputsKey, span.outputs, command("outputs")),
        ].filter(Boolean);
        return [
          ...found.map((finding) => findingCard(finding, { isPlain: true })),
          span.status === "ERROR" && this.failure(span),
          cards.length ? el("div", "pair" + (cards.length === 2 ? " two" : ""), cards)
            : el("p", "empty", "Neither an input nor an output was recorded for this span."),
        ].filter(Boolean);
      },

      /** How a span failed: its message, and the trace of the exception. */
      failure(span) {
        const exceptions = this.eventList(span).filter((event) => member(event, "name")?.value === "exception");
        const blocks = exceptions.map((event) => {
          const attributes = member(event, "attributes");
          const text = (key) => {
            const node = member(attributes, key);
            return node?.kind === "string" ? node.value : undefined;
          };
          const stack = text("exception.stacktrace");
          return [
            el("p", "fail-title", [marked([text("exception.type"), text("exception.message")].filter(Boolean).join(": "), true)]),
            stack && el("details", "", [el("summary", "", "stack trace"), words(stack, "words raw")]),
          ];
        }).flat();
        if (!blocks.length && span.message !== undefined) blocks.push(el("p", "fail-title", [marked(plain(span.message), true)]));
        return el("section", "failure", blocks.length ? blocks : [el("p", "fail-title", "This step failed; no message was recorded.")], {
          "aria-label": "Error",
        });
      },

      eventList(span) {
        if (!span.events) return [];
        const { text, tail } = payload(span.events[0]);
        return (tail === undefined && parse(text)?.members?.map((entry) => entry[1])) || [];
      },

      events(span, command) {
        const list = this.eventList(span);
        const start = member(list[0], "time_unix_nano");
        if (!list.length) return [payloadCard("Events", "", span.events[0], command("events"))];
        // Moments since 1970 in nanoseconds do not fit a number; their differences do.
        const offset = (node) => {
          const at = member(node, "time_unix_nano");
          try {
            return at && start ? Number(BigInt(at.value) - BigInt(start.value)) : undefined;
          } catch {
            return undefined;
          }
        };
        const { text } = payload(span.events[0]);
        return list.map((event, place) => el("section", "payload", [
          el("header", "", [
            el("h3", "", [marked(member(event, "name")?.value ?? `event ${place + 1}`)]), el("span", "grow"),
            offset(event) !== undefined && el("span", "dim", place === 0 ? "first" : "+" + duration(offset(event))),
          ]),
          el("div", "body", [el("div", "json", [entry(null, member(event, "attributes") ?? event, text, 0, false)])]),
        ]));
      },

      attributes(span, command) {
        return el("div", "attributes", span.attributes.map(([key, place]) => {
          const { text, tail } = payload(place);
          const node = tail === undefined ? parse(text) : null;
          const same = key === span.inputsKey && place === span.inputs ? "the input" : key === span.outputsKey && place === span.outputs ? "the output" : "";
          if (same && text.length > 200) return el("div", "entry", [el("span", "key", [marked(key)]), el("span", "dim", same)]);
          if (node) return entry(key, node, text, 1, false);
          const path = " --path '/" + key.replace(/~/g, "~0").replace(/\//g, "~1").replace(/'/g, "'\\''") + "'";
          return el("details", "entry", [
            el("summary", "", [el("span", "key", [marked(key)]), el("span", "gist", text.slice(0, 120))]),
            payloadCard(key, "", place, command("attributes", path)),
          ]);
        }));
      },
    };

    """#
}
