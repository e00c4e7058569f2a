extension Page {
  /// The axis of time: what part of the trace is shown, and the whole of it in small.
  static let timeScript = #"""
    /** Round steps for ticks. */
    function ticks(from, to, most) {
      const raw = (to - from) / most;
      const unit = 10 ** Math.floor(Math.log10(Math.max(1, raw)));
      const nice = [1, 2, 5, 10].map((factor) => factor * unit).find((step) => step >= raw) ?? unit * 10;
      const minutes = [60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 43200, 86400].map((seconds) => seconds * 1e9);
      const step = raw > 3e10 ? minutes.find((one) => one >= raw) ?? nice : nice;
      const marks = [];
      for (let at = Math.ceil(from / step) * step; at <= to && marks.length < 60; at += step) marks.push(at);
      return marks;
    }

    /** A moment with as many digits as tell it from the next tick. */
    function moment(at, step) {
      if (at === 0) return "0";
      const digits = (unit) => Math.min(9, Math.max(0, -Math.floor(Math.log10(step / unit) + 1e-9)));
      if (at >= 6e10) {
        const left = at % 6e10;
        return step >= 6e10 ? duration(at) : `${Math.floor(at / 6e10)}m${(left / 1e9).toFixed(digits(1e9)).padStart(2, "0")}s`;
      }
      const [unit, name] = at >= 1e9 || step >= 1e9 ? [1e9, "s"] : at >= 1e6 ? [1e6, "ms"] : [1e3, "µs"];
      return (at / unit).toFixed(digits(unit)) + name;
    }

    const time = {
      build() {
        this.map = el("canvas", "map", [], { title: "The whole trace. Drag to show a part of it.", "aria-hidden": "true" });
        this.ruler = el("div", "ruler", [], { title: "Drag to show a part." });
        this.reset = button("quiet", "whole trace", () => this.show(0, app.trace.length), { id: "fit", title: "Show the whole trace (0)" });
        this.head = el("div", "axis", [
          el("div", "corner", [
            el("span", "grow dim", "Span"),
            el("span", "zoom", [
              this.reset,
              button("quiet step", "−", () => this.zoom(1.6), { title: "Show more time (-)", "aria-label": "Zoom out" }),
              button("quiet step", "+", () => this.zoom(1 / 1.6), { title: "Show less time (+)", "aria-label": "Zoom in" }),
            ]),
          ]),
          el("div", "took dim", "Time"),
          el("div", "lane", [this.map, this.ruler]),
        ]);
        for (const [element, whole] of [[this.map, true], [this.ruler, false]]) this.selectable(element, whole);
        new ResizeObserver(() => { this.drawMap(); this.drawAxis(); }).observe(this.ruler);
        return this.head;
      },

      /** Lets a stretch be dragged out; `whole` when the element shows the whole trace and not the part in sight. */
      selectable(element, whole) {
        element.addEventListener("pointerdown", (event) => {
          const box = element.getBoundingClientRect();
          const moment = (at) => {
            const share = Math.min(1, Math.max(0, (at - box.left) / box.width));
            const [from, to] = whole ? [0, app.trace.length] : view;
            return from + share * (to - from);
          };
          const view = app.trace.view.slice();
          const start = event.clientX;
          element.setPointerCapture(event.pointerId);
          const drag = (next) => {
            if (!whole || Math.abs(next.clientX - start) < 4) return;
            this.show(moment(Math.min(start, next.clientX)), moment(Math.max(start, next.clientX)));
          };
          element.addEventListener("pointermove", drag);
          element.addEventListener("pointerup", (next) => {
            element.removeEventListener("pointermove", drag);
            if (Math.abs(next.clientX - start) >= 4) {
              this.show(moment(Math.min(start, next.clientX)), moment(Math.max(start, next.clientX)));
            } else if (whole) {
              const half = (view[1] - view[0]) / 2;
              this.show(moment(next.clientX) - half, moment(next.clientX) + half);
            }
          }, { once: true });
        });
      },

      show(from, to) {
        const { length } = app.trace;
        const shortest = Math.min(length, 1000);
        let width = Math.min(length, Math.max(shortest, to - from));
        let start = Math.min(length - width, Math.max(0, from));
        app.trace.view = [start, start + width];
        tree.invalidate();
        this.drawMap();
      },

      zoom(factor, around = 0.5) {
        const [from, to] = app.trace.view;
        const middle = from + (to - from) * around;
        this.show(middle - (middle - from) * factor, middle + (to - middle) * factor);
      },

      pan(share) {
        const [from, to] = app.trace.view;
        this.show(from + (to - from) * share, to + (to - from) * share);
      },

      zoomTo(index) {
        const span = app.trace.spans[index];
        const length = Math.max(span.took ?? app.trace.length - span.at, app.trace.length / 1e6);
        this.show(span.at - length * 0.08, span.at + length * 1.08);
      },

      get isWhole() { return app.trace.view[1] - app.trace.view[0] >= app.trace.length; },

      drawAxis() {
        const [from, to] = app.trace.view;
        const width = this.ruler.clientWidth;
        this.reset.hidden = this.isWhole;
        if (!width) return;
        const marks = ticks(from, to, Math.max(2, Math.floor(width / 90)));
        const step = marks.length > 1 ? marks[1] - marks[0] : to - from;
        const place = (element, at) => {
          element.style.left = ((at - from) / (to - from)) * 100 + "%";
          return element;
        };
        this.ruler.replaceChildren(...marks
          .filter((at) => (at - from) / (to - from) < 0.94)
          .map((at) => place(el("span", "tick", moment(at, step)), at)));
        tree.cursorLine.replaceChildren(el("div", "", marks.map((at) => place(el("i", "", []), at))));
      },

      /** Every span as a line of a pixel or more, in the order of the tree. */
      drawMap() {
        const canvas = this.map, ratio = window.devicePixelRatio || 1;
        const width = canvas.clientWidth, height = canvas.clientHeight;
        if (!width || !height) return;
        canvas.width = width * ratio;
        canvas.height = height * ratio;
        const context = canvas.getContext("2d");
        context.scale(ratio, ratio);
        const style = getComputedStyle(document.documentElement);
        const colours = new Map();
        const colour = (name) => {
          if (!colours.has(name)) {
            const probe = el("span", "probe " + name);
            document.body.append(probe);
            colours.set(name, getComputedStyle(probe).color);
            probe.remove();
          }
          return colours.get(name);
        };
        const { spans, order, length } = app.trace;
        const step = Math.max(0.5, Math.min(4, (height - 2) / Math.max(1, order.length)));
        order.forEach((index, place) => {
          const span = spans[index];
          const took = span.took === undefined ? length - span.at : Math.max(0, span.took);
          context.fillStyle = colour(span.status === "ERROR" ? "k-error" : kindOf(span.type));
          context.globalAlpha = span.status === "ERROR" ? 1 : 0.75;
          const top = 1 + Math.min(height - 2, (place / Math.max(1, order.length)) * (order.length * step > height ? height - 2 : order.length * step));
          context.fillRect((span.at / length) * width, top, Math.max(1, (took / length) * width), Math.max(1, step - (step > 2 ? 1 : 0)));
        });
        if (this.isWhole) return;
        const [from, to] = app.trace.view;
        context.globalAlpha = 0.72;
        context.fillStyle = colour("k-veil");
        context.fillRect(0, 0, (from / length) * width, height);
        context.fillRect((to / length) * width, 0, width - (to / length) * width, height);
        context.globalAlpha = 1;
        context.strokeStyle = colour("k-accent");
        context.strokeRect((from / length) * width + 0.5, 0.5, Math.max(2, ((to - from) / length) * width - 1), height - 1);
      },
    };

    """#
}
