extension Page {
  /// How it looks, light and dark and on paper.
  static let style = layoutStyle + contentStyle + paperStyle

  private static let layoutStyle = #"""
    :root {
      color-scheme: light dark;
      --ground: light-dark(#f4f5f8, #0e1015);
      --panel: light-dark(#ffffff, #15181f);
      --raised: light-dark(#f8f9fb, #1b1f28);
      --line: light-dark(#e1e4ea, #282d38);
      --ink: light-dark(#1a1e27, #e6e9f0);
      --dim: light-dark(#5b6372, #9aa3b4);
      --accent: light-dark(#4338ca, #a5b4fc);
      --chosen: light-dark(#eef0ff, #23284a);
      --hover: light-dark(#f5f6f9, #1a1e27);
      --mark: light-dark(#ffe58a, #6b5300);
      --error: light-dark(#c01f2e, #ff8a8a);
      --error-ground: light-dark(#fdf0f0, #2c171b);
      --warn: light-dark(#a15c00, #f0b95a);
      --good: light-dark(#137a4a, #5fd39b);
      --model: light-dark(#7c4ddb, #a88bf5);
      --tool: light-dark(#0f8f83, #3cc9ba);
      --retriever: light-dark(#c27710, #eeb04e);
      --agent: light-dark(#2f6fe0, #6ba4ff);
      --chain: light-dark(#7b869a, #8792a6);
      --embedding: light-dark(#c03a86, #f07fbd);
      --other: light-dark(#8b8f98, #80858f);
      --names: 44%;
      --detail: 46%;
      --rows: 0px;
      --overview: 340px;
      --mono: ui-monospace, "SF Mono", "Cascadia Mono", "JetBrains Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace;
    }
    :root[data-look="light"] { color-scheme: light; }
    :root[data-look="dark"] { color-scheme: dark; }
    * { box-sizing: border-box; }
    [hidden] { display: none !important; }
    html, body { height: 100%; }
    body {
      margin: 0; display: flex; flex-direction: column; background: var(--ground); color: var(--ink);
      font: 13.5px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", sans-serif;
      -webkit-text-size-adjust: 100%;
    }
    h1, h2, h3, p, dl, dd, ul, blockquote { margin: 0; }
    code, .mono, .id { font-family: var(--mono); font-size: 12px; }
    button { font: inherit; color: inherit; background: none; border: 0; padding: 0; text-align: inherit; cursor: pointer; }
    :focus-visible { outline: 2px solid var(--accent); outline-offset: -2px; border-radius: 4px; }
    ::selection { background: light-dark(#cdd3ff, #3d468a); }
    mark { background: var(--mark); color: inherit; border-radius: 2px; }
    .grow { flex: 1; }
    .dim { color: var(--dim); }
    .small { font-size: 12px; }
    .off-screen { position: fixed; left: -99px; width: 1px; height: 1px; opacity: 0; }
    .alias { font-family: var(--mono); font-size: 11.5px; color: var(--dim); margin-right: 7px; font-weight: 400; }
    .quiet {
      padding: 2px 9px; border: 1px solid var(--line); border-radius: 6px; color: var(--dim); font-size: 12px;
      background: var(--panel); white-space: nowrap; line-height: 1.55;
    }
    .quiet:hover { color: var(--ink); border-color: var(--dim); }
    .quiet.step { min-width: 25px; text-align: center; padding: 2px 6px; }
    .link { color: var(--accent); }
    .link:hover { text-decoration: underline; text-underline-offset: 2px; }
    .link .alias { color: inherit; margin-right: 5px; }

    .top {
      display: flex; align-items: center; gap: 16px; padding: 9px 18px 10px; background: var(--panel);
      border-bottom: 1px solid var(--line); flex: none;
    }
    .head-text { min-width: 0; flex: 1; }
    h1 { font-size: 17px; font-weight: 620; line-height: 1.35; letter-spacing: -0.01em; overflow-wrap: anywhere; max-height: 4.1em; overflow: hidden; }
    h1 .pill { margin-left: 9px; vertical-align: 2px; }
    h1 .dim { font-weight: 400; }
    h1 .back { font-size: 13.5px; font-weight: 500; margin-right: 6px; }
    .facts { display: flex; flex-wrap: wrap; align-items: baseline; gap: 1px 16px; font-size: 12.5px; margin-top: 2px; overflow-wrap: anywhere; }
    .fact > span:last-child { display: inline-block; max-width: 44ch; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; vertical-align: bottom; }
    .fact.bad { color: var(--error); font-weight: 600; }
    .id { color: var(--dim); }
    .search { display: flex; align-items: center; gap: 8px; position: relative; }
    .search input[type="search"] {
      width: 250px; padding: 5px 11px; border-radius: 8px; border: 1px solid var(--line); background: var(--raised);
      color: var(--ink); font: inherit; font-size: 13px;
    }
    .search .count { color: var(--dim); font-size: 12px; min-width: 0; white-space: nowrap; }
    .hits { display: inline-flex; align-items: center; gap: 4px; font-size: 12px; color: var(--dim); white-space: nowrap; }
    .hits label { display: inline-flex; align-items: center; gap: 4px; margin-left: 4px; }
    .tools { display: flex; gap: 6px; }
    .omission { padding: 6px 18px; font-size: 12.5px; color: var(--warn); background: var(--panel); border-bottom: 1px solid var(--line); }

    .columns { flex: 1; min-height: 0; display: flex; }
    .overview { width: var(--overview); flex: none; overflow: auto; padding: 14px 14px 26px 18px; outline-offset: -3px; }
    .panes { flex: 1; min-width: 0; display: flex; flex-direction: column; background: var(--panel); border-left: 1px solid var(--line); }
    .splitter { flex: none; position: relative; z-index: 3; touch-action: none; }
    .splitter.down { width: 7px; margin: 0 -4px 0 -3px; cursor: col-resize; }
    .splitter.across { height: 7px; margin: -3px 0 -4px; cursor: row-resize; }
    .splitter:hover, .splitter:focus-visible { background: color-mix(in srgb, var(--accent) 28%, transparent); }
    .splitter.names { position: absolute; top: 0; bottom: 0; left: calc(var(--names) - 4px); width: 8px; cursor: col-resize; }
    .is-table .tree-view, .is-table .splitter.across, .is-table .detail { display: none; }
    body:not(.is-table) .session-view { display: none; }

    .tree-view { flex: 0 1 auto; min-height: 150px; display: flex; flex-direction: column; }
    .axis { position: relative; flex: none; display: flex; border-bottom: 1px solid var(--line); background: var(--raised); padding-right: var(--bar-room, 0); }
    .corner { width: var(--names); flex: none; display: flex; align-items: flex-end; gap: 8px; padding: 0 10px 4px 18px; font-size: 12px; }
    .zoom { display: flex; gap: 4px; }
    .took { width: 66px; flex: none; text-align: right; padding-right: 10px; font-variant-numeric: tabular-nums; font-size: 12px; }
    .axis .took { align-self: flex-end; padding-bottom: 5px; }
    .lane { flex: 1; min-width: 0; position: relative; }
    .axis .lane { padding: 5px 12px 0 0; }
    .map { display: block; width: 100%; height: 30px; border-radius: 4px; background: var(--panel); cursor: crosshair; touch-action: none; }
    .ruler { position: relative; height: 22px; cursor: ew-resize; touch-action: none; }
    .tick { position: absolute; bottom: 3px; font-size: 11px; color: var(--dim); white-space: nowrap; padding-left: 4px; pointer-events: none; font-variant-numeric: tabular-nums; }
    .ruler .tick::before { content: ""; position: absolute; left: 0; bottom: -3px; height: 8px; border-left: 1px solid var(--line); }
    .scroll-frame { flex: 0 1 var(--rows); min-height: 0; position: relative; display: flex; flex-direction: column; }
    .scroller { flex: 1; min-height: 0; overflow-y: auto; overflow-x: hidden; position: relative; }
    .scroller:focus-visible { outline: none; }
    .scroller:focus-visible .row.selected { outline: 2px solid var(--accent); outline-offset: -2px; }
    .grid { position: absolute; inset: 0 var(--bar-room, 0) 0 0; padding-right: 12px; pointer-events: none; overflow: hidden; display: flex; }
    .grid::before { content: ""; flex: none; width: calc(var(--names) + 66px); }
    .grid div { flex: 1; position: relative; }
    .grid i { position: absolute; top: 0; bottom: 0; border-left: 1px solid var(--line); opacity: 0.75; }
    .rows { position: relative; }
    .row { position: absolute; left: 0; right: 0; height: 27px; display: flex; align-items: center; cursor: default; }
    .row:hover { background: color-mix(in srgb, var(--dim) 8%, transparent); }
    .row.selected { background: var(--chosen); box-shadow: inset 3px 0 var(--accent); }
    .row.hit .label { font-weight: 600; }
    .row .name { width: var(--names); flex: none; display: flex; align-items: center; overflow: hidden; white-space: nowrap; height: 100%; padding-right: 8px; gap: 0; }
    .row .lane { height: 100%; margin-right: 12px; overflow: hidden; }
    .twist { width: 18px; height: 100%; flex: none; display: grid; place-items: center; cursor: pointer; }
    .twist::before { content: ""; border: 4px solid transparent; border-left: 5px solid var(--dim); transform: translateX(2px); }
    .twist.open::before { transform: rotate(90deg) translateX(1px); }
    .twist.none { cursor: default; }
    .twist.none::before { display: none; }
    .dot { width: 9px; height: 9px; flex: none; border-radius: 3px; background: currentColor; margin-right: 8px; display: inline-block; }
    .row .label { overflow: hidden; text-overflow: ellipsis; }
    .row.failed .label { color: var(--error); }
    .faint { color: var(--dim); font-size: 11.5px; margin-left: 10px; overflow: hidden; text-overflow: ellipsis; flex: 0 10 auto; min-width: 0; }
    .fail { color: var(--panel); background: var(--error); font-size: 10.5px; font-weight: 600; line-height: 15px; padding: 0 5px; border-radius: 3px; margin-left: 8px; flex: none; }
    .folded { font-size: 11px; color: var(--dim); margin-left: 8px; border: 1px solid var(--line); border-radius: 8px; padding: 0 6px; line-height: 15px; flex: none; }
    .folded.fails { color: var(--error); border-color: currentColor; }
    .bar { position: absolute; top: 8px; height: 11px; min-width: 3px; border-radius: 3px; background: currentColor; opacity: 0.88; }
    .row.selected .bar { opacity: 1; }
    .bar.waited { box-shadow: 0 4px 0 -2px color-mix(in srgb, var(--ink) 55%, transparent); }
    .bar.failed {
      color: var(--error);
      background: repeating-linear-gradient(135deg, currentColor 0 4px, color-mix(in srgb, currentColor 55%, transparent) 4px 7px);
    }
    .bar.open { background: linear-gradient(90deg, currentColor, transparent); }
    .outside { position: absolute; left: 2px; color: var(--dim); line-height: 26px; }
    .outside.after { left: auto; right: 2px; }
    .k-model { color: var(--model); } .k-tool { color: var(--tool); } .k-retriever { color: var(--retriever); }
    .k-agent { color: var(--agent); } .k-chain { color: var(--chain); } .k-embedding { color: var(--embedding); }
    .k-other { color: var(--other); } .k-error { color: var(--error); } .k-veil { color: var(--raised); } .k-accent { color: var(--accent); }
    .probe { display: none; }

    """#
}
