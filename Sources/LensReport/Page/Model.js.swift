extension Page {
  /// The data, with what the views need worked out once.
  static let modelScript = #"""
    const data = JSON.parse(document.getElementById("data").textContent);
    const session = data.session;
    const isSession = Boolean(session);

    for (const [place, trace] of data.traces.entries()) {
      trace.place = place;
      trace.length = Math.max(1, trace.length);
      trace.children = trace.spans.map(() => []);
      trace.roots = [];
      trace.closed = new Set();
      trace.numbers = new Map();
      trace.view = [0, trace.length];
      trace.selected = -1;
      trace.spans.forEach((span, index) => {
        span.index = index;
        if (span.parent === undefined) trace.roots.push(index);
        else trace.children[span.parent].push(index);
      });
      // Whether something below failed, so that a closed branch can say so.
      trace.order = [];
      const pending = trace.roots.slice().reverse();
      while (pending.length) {
        const index = pending.pop();
        const span = trace.spans[index];
        span.depth = span.parent === undefined ? 0 : trace.spans[span.parent].depth + 1;
        trace.order.push(index);
        for (const child of trace.children[index].slice().reverse()) pending.push(child);
      }
      for (const index of trace.order.slice().reverse()) {
        const span = trace.spans[index];
        span.below = (span.below ?? 0);
        if (span.parent !== undefined) {
          const parent = trace.spans[span.parent];
          parent.below = (parent.below ?? 0) + span.below + 1;
          if (span.status === "ERROR" || span.failsBelow) parent.failsBelow = true;
        }
      }
      trace.failed = trace.order.filter((index) => trace.spans[index].status === "ERROR");
      for (const finding of trace.findings) {
        const index = placeOf(finding.span);
        if (index === undefined) continue;
        trace.numbers.set(index, [...(trace.numbers.get(index) ?? []), finding]);
      }
    }

    /** The rows of a tree: what is not closed, or only what was found and what called it. */
    function rowsOf(trace, only) {
      const keep = only && new Set();
      if (keep) {
        for (let index of only) {
          for (; index !== undefined && !keep.has(index); index = trace.spans[index].parent) keep.add(index);
        }
      }
      const rows = [];
      let skipBelow = Infinity;
      for (const index of trace.order) {
        const { depth } = trace.spans[index];
        if (depth > skipBelow) continue;
        skipBelow = Infinity;
        if (keep && !keep.has(index)) continue;
        rows.push(index);
        if (!keep && trace.closed.has(index)) skipBelow = depth;
      }
      return rows;
    }

    const severityOf = (findings) =>
      findings?.some((one) => one.severity === "high") ? "high" : findings?.some((one) => one.severity === "medium") ? "medium" : "low";

    /** What is looked at: a turn's trace, and in a session the table of turns. */
    const app = { trace: data.traces[0], isTable: isSession, hits: [], hit: -1, onlyHits: false };

    """#
}
