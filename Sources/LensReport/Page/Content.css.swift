extension Page {
  /// What stands in the panes.
  static let contentStyle = #"""
    .block { margin-bottom: 22px; }
    .block > h2 { font-size: 11px; font-weight: 640; letter-spacing: 0.06em; text-transform: uppercase; color: var(--dim); margin-bottom: 8px; display: flex; gap: 8px; }
    .block > h2 .count { font-weight: 500; letter-spacing: 0; }
    .empty { color: var(--dim); font-style: normal; }
    .words { white-space: pre-wrap; overflow-wrap: anywhere; tab-size: 4; }
    .said { padding: 9px 12px; background: var(--panel); border: 1px solid var(--line); border-radius: 8px; max-height: 15em; overflow: auto; }
    .said.answered { border-left: 3px solid var(--accent); }
    .by { font-size: 12px; margin-top: 5px; }
    .more { color: var(--accent); font-size: 12px; margin-top: 4px; }
    .note-line { padding: 4px 0 4px 12px; border-left: 2px solid var(--line); margin-bottom: 5px; font-size: 12.5px; overflow-wrap: anywhere; }

    .finding, .assessment {
      display: block; width: 100%; padding: 9px 12px 10px; margin-bottom: 8px; background: var(--panel); border: 1px solid var(--line);
      border-left: 3px solid var(--chain); border-radius: 8px; overflow-wrap: anywhere;
    }
    .finding.s-high { border-left-color: var(--error); }
    .finding.s-medium { border-left-color: var(--warn); }
    button.finding:hover { border-color: var(--dim); border-left-color: var(--accent); }
    .finding-head { display: flex; align-items: center; gap: 8px; font-size: 12px; }
    .where { color: var(--dim); overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
    .gravity { color: var(--dim); flex: none; }
    .finding-title { font-weight: 600; margin-top: 4px; }
    .why { font-size: 12.5px; color: light-dark(#3b4250, #c3c9d6); margin-top: 2px; }
    blockquote { margin-top: 7px; padding: 5px 9px; background: var(--raised); border-radius: 5px; font-family: var(--mono); font-size: 11.5px; line-height: 1.5; }
    .overview blockquote .words { display: -webkit-box; -webkit-line-clamp: 3; -webkit-box-orient: vertical; overflow: hidden; }
    .evidence { font-size: 12px; margin-top: 4px; }
    .evidence summary { cursor: pointer; }
    cite { display: block; font-style: normal; color: var(--dim); margin-top: 3px; }
    .badge {
      display: inline-grid; place-items: center; min-width: 17px; height: 17px; padding: 0 4px; border-radius: 9px; font-size: 11px; font-weight: 650;
      color: var(--panel); background: var(--chain); flex: none; font-variant-numeric: tabular-nums;
    }
    .row .badge, .turns .badge { margin-left: 7px; }
    .badge.s-high { background: var(--error); }
    .badge.s-medium { background: var(--warn); }
    .assessment.bad { border-left-color: var(--error); }
    .assessment.good { border-left-color: var(--good); }
    .assessment.failed { border-left-style: dashed; }
    .assessment .value { font-family: var(--mono); font-size: 12px; padding: 0 6px; border-radius: 4px; background: var(--raised); }
    .assessment.bad .value { color: var(--error); background: var(--error-ground); }
    .assessment.good .value { color: var(--good); }
    .assessment strong { font-weight: 600; }
    .quiet-block { font-size: 12.5px; }
    .quiet-block summary, details.entry summary { cursor: pointer; }
    .quiet-block > summary { color: var(--dim); }
    .quiet-block ul { padding-left: 18px; margin-top: 6px; color: var(--dim); }
    .pairs { margin-top: 6px; overflow-wrap: anywhere; }
    .pairs dt { font-family: var(--mono); font-size: 11.5px; color: var(--dim); margin-top: 5px; }
    .pairs dd { font-size: 12.5px; max-height: 8em; overflow: auto; }
    .pill { font-size: 10.5px; font-weight: 640; letter-spacing: 0.03em; padding: 1px 7px; border-radius: 9px; border: 1px solid currentColor; white-space: nowrap; display: inline-block; line-height: 15px; }
    .pill.s-ok { color: var(--good); }
    .pill.s-error { color: var(--panel); background: var(--error); border-color: var(--error); }
    .pill.s-unset { color: var(--dim); }

    .detail { flex: 1 0 var(--detail); display: flex; flex-direction: column; border-top: 1px solid var(--line); min-height: 80px; }
    .detail-head { flex: none; padding: 9px 18px 0; border-bottom: 1px solid var(--line); background: var(--raised); }
    .path { display: flex; flex-wrap: wrap; gap: 0 4px; font-size: 12px; min-height: 2px; }
    .path > * + *::before { content: "› "; color: var(--dim); }
    .title-line { display: flex; align-items: center; gap: 8px; flex-wrap: wrap; }
    .title-line h2 { font-size: 15px; font-weight: 620; overflow-wrap: anywhere; }
    .title-line .dot { margin: 0; }
    .figures { display: flex; flex-wrap: wrap; gap: 1px 20px; margin-top: 5px; font-size: 12.5px; }
    .figures > div { display: flex; gap: 6px; }
    .figures dt { color: var(--dim); }
    .figures dd { font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
    .tabs, .tab-list { display: flex; gap: 4px; align-items: center; flex-wrap: wrap; }
    .tabs { margin-top: 7px; }
    .tab { padding: 5px 11px 6px; font-size: 12.5px; color: var(--dim); border-bottom: 2px solid transparent; }
    .tab:hover { color: var(--ink); }
    .tab[aria-selected="true"] { color: var(--ink); border-bottom-color: var(--accent); font-weight: 560; }
    .detail-body { flex: 1; overflow: auto; padding: 12px 18px 22px; min-height: 0; }
    .pair { display: grid; gap: 12px; grid-template-columns: minmax(0, 1fr); }
    .payload { border: 1px solid var(--line); border-radius: 8px; margin-bottom: 10px; background: var(--panel); min-width: 0; }
    .pair .payload { margin: 0; align-self: start; }
    .payload > header { display: flex; align-items: center; gap: 9px; padding: 5px 10px; border-bottom: 1px solid var(--line); font-size: 12px; background: var(--raised); border-radius: 8px 8px 0 0; min-width: 0; }
    .payload h3 { font-size: 12.5px; font-weight: 620; overflow-wrap: anywhere; }
    .payload .source { color: var(--dim); font-size: 11px; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
    .payload > .body { padding: 8px 12px 10px; }
    .prose { font-size: 13.5px; max-width: 82ch; }
    .raw { font-family: var(--mono); font-size: 12px; }
    .gap { margin: 8px 0; padding: 9px 12px; border: 1px dashed var(--dim); border-radius: 7px; font-size: 12.5px; color: var(--warn); }
    .command { display: flex; gap: 8px; align-items: flex-start; margin-top: 4px; color: var(--ink); }
    .command code { overflow-wrap: anywhere; flex: 1; background: var(--raised); padding: 3px 8px; border-radius: 5px; }
    .failure { border: 1px solid color-mix(in srgb, var(--error) 45%, transparent); background: var(--error-ground); border-radius: 8px; padding: 9px 12px; margin-bottom: 10px; }
    .fail-title { color: var(--error); font-weight: 560; white-space: pre-wrap; overflow-wrap: anywhere; }
    .failure summary { font-size: 12px; color: var(--dim); cursor: pointer; margin-top: 4px; }
    .failure .raw { margin-top: 6px; font-size: 11.5px; line-height: 1.5; }

    .chat { display: grid; gap: 8px; }
    .message { border-left: 3px solid var(--chain); padding: 1px 0 2px 11px; min-width: 0; }
    .message h4 { margin: 0; font-size: 11px; font-weight: 640; letter-spacing: 0.04em; color: var(--dim); }
    .message.m-user { border-left-color: var(--agent); }
    .message.m-assistant { border-left-color: var(--model); }
    .message.m-tool { border-left-color: var(--tool); }
    .message > .words { font-size: 13.5px; max-width: 88ch; }
    .message.m-system > .words, .message.m-system > div > .words { color: var(--dim); max-height: 14em; overflow: auto; }
    .call { margin-top: 3px; }
    .call-name { font-family: var(--mono); font-size: 12px; }
    .chat-rest { font-size: 12px; margin-top: 3px; overflow-wrap: anywhere; }
    .chat-rest summary { cursor: pointer; }
    .json, .attributes { font-family: var(--mono); font-size: 12px; line-height: 1.6; }
    .members { padding-left: 14px; border-left: 1px solid var(--line); margin-left: 5px; }
    .entry { overflow-wrap: anywhere; padding-left: 15px; text-indent: -15px; }
    .entry > * { text-indent: 0; }
    details.entry { padding-left: 0; text-indent: 0; }
    details.entry > summary { list-style: none; display: flex; align-items: baseline; min-width: 0; border-radius: 4px; }
    details.entry > summary::-webkit-details-marker { display: none; }
    details.entry > summary::before { content: ""; flex: none; border: 3.5px solid transparent; border-left: 5px solid var(--dim); margin-right: 6px; transform: translateX(2px); }
    details.entry[open] > summary::before { transform: rotate(90deg) translateX(1px); }
    details.entry > summary:hover { background: var(--hover); }
    .key { color: light-dark(#4b3f9e, #b6a8ff); margin-right: 8px; }
    .key::after, .index::after { content: ":"; color: var(--dim); }
    .index { color: var(--dim); margin-right: 8px; }
    .size { color: var(--dim); font-size: 11px; margin-right: 8px; flex: none; }
    .note { color: var(--warn); font: 10.5px system-ui, sans-serif; border: 1px solid currentColor; border-radius: 7px; padding: 0 6px; margin-right: 8px; flex: none; opacity: 0.85; }
    .gist { color: var(--dim); overflow: hidden; white-space: nowrap; text-overflow: ellipsis; min-width: 0; }
    details[open] > summary > .gist { display: none; }
    .v-string { color: light-dark(#1c5e3f, #a5dcbb); }
    .v-number { color: light-dark(#9a4a00, #f2b678); }
    .v-word { color: light-dark(#a3255f, #f092bf); }
    .entry > .words, .entry > div > .words { display: block; font-family: system-ui, sans-serif; font-size: 13px; line-height: 1.5; margin: 2px 0 4px 14px; padding: 5px 10px; background: var(--raised); border-radius: 6px; color: var(--ink); text-indent: 0; max-width: 96ch; }

    .session-view { flex: 1; min-height: 0; display: flex; flex-direction: column; }
    .turn-line { position: relative; height: 62px; flex: none; margin: 10px 22px 4px; border-bottom: 1px solid var(--line); }
    .turn-bar { position: absolute; bottom: 22px; height: 26px; border-radius: 3px; background: var(--agent); opacity: 0.8; cursor: pointer; }
    .turn-bar:hover { opacity: 1; outline: 2px solid var(--ink); }
    .turn-bar.f-medium { background: var(--warn); }
    .turn-bar.f-high, .turn-bar.failed { background: var(--error); }
    .turn-bar.f-medium, .turn-bar.f-high, .turn-bar.failed, .turn-bar.hit { z-index: 1; opacity: 1; }
    .turn-bar.hit { outline: 2px solid var(--accent); }
    .turn-line .tick::before { content: ""; position: absolute; left: 0; bottom: -3px; height: 58px; border-left: 1px solid var(--line); z-index: -1; }
    .turn-line { z-index: 0; }
    .turn-scroller { flex: 1; overflow: auto; min-height: 0; }
    .turn-scroller:focus-visible { outline: none; }
    .turn-scroller:focus-visible tr.selected { outline: 2px solid var(--accent); outline-offset: -2px; }
    .turns { border-collapse: collapse; width: 100%; }
    .turns thead th { position: sticky; top: 0; background: var(--raised); text-align: left; font-size: 11.5px; font-weight: 500; color: var(--dim); padding: 5px 12px; z-index: 1; box-shadow: inset 0 -1px var(--line); }
    .turns tbody tr { cursor: pointer; border-bottom: 1px solid var(--line); }
    .turns tbody tr:hover { background: var(--hover); }
    .turns tbody tr.selected { background: var(--chosen); box-shadow: inset 3px 0 var(--accent); }
    .turns td, .turns tbody th { padding: 8px 12px; vertical-align: top; text-align: left; font-weight: 400; }
    .turns tbody th { white-space: nowrap; padding-left: 22px; }
    .turns thead th:first-child { padding-left: 22px; }
    .turn-number { font-weight: 640; font-variant-numeric: tabular-nums; }
    .turns .pill { margin-left: 7px; }
    .number { font-variant-numeric: tabular-nums; white-space: nowrap; font-size: 12.5px; }
    .meter { width: 74px; height: 4px; border-radius: 2px; background: var(--line); margin-top: 5px; overflow: hidden; }
    .meter i { display: block; height: 100%; background: var(--agent); }
    .meter i.failed { background: var(--error); }
    .talk { width: 100%; }
    .talk p { display: -webkit-box; -webkit-line-clamp: 2; -webkit-box-orient: vertical; overflow: hidden; overflow-wrap: anywhere; max-width: 110ch; }
    .talk .asked { font-weight: 560; }
    .talk .answered { color: light-dark(#3b4250, #c3c9d6); }
    .talk .marks { display: flex; flex-wrap: wrap; gap: 5px; margin-top: 4px; }
    .talk .marks:empty { display: none; }
    .chip { font-size: 11px; padding: 0 7px; border-radius: 8px; background: var(--raised); border: 1px solid var(--line); color: var(--dim); }
    .chip.bad { color: var(--error); border-color: color-mix(in srgb, var(--error) 45%, transparent); background: none; }
    .chip.hit { color: var(--accent); border-color: currentColor; background: none; }

    .help { border: 1px solid var(--line); border-radius: 12px; background: var(--panel); color: var(--ink); padding: 18px 22px; max-width: 560px; box-shadow: 0 18px 60px rgb(0 0 0 / 0.3); }
    .help::backdrop { background: rgb(10 12 20 / 0.45); }
    .help h2 { font-size: 15px; margin-bottom: 10px; }
    .help dl { display: grid; grid-template-columns: auto 1fr; gap: 4px 18px; font-size: 13px; margin-bottom: 12px; }
    .help dt { font-family: var(--mono); font-size: 12px; white-space: nowrap; }
    .help .dim { font-size: 12px; margin-bottom: 12px; }

    @container panes (min-width: 980px) { .pair.two { grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); } }
    .panes { container: panes / inline-size; }
    @container panes (max-width: 620px) {
      .row .took, .axis .took { display: none; }
      .grid::before { width: var(--names); }
      .turns tbody th { white-space: normal; padding-left: 14px; }
      .turns td:nth-of-type(1), .turns thead th:nth-of-type(2), .turns td:nth-of-type(3), .turns thead th:nth-of-type(4) { display: none; }
    }

    """#

  static let paperStyle = #"""
    .paper { display: none; }
    @media (max-width: 880px) {
      html, body { height: auto; }
      .columns { display: block; }
      .splitter { display: none; }
      .overview { width: auto; padding: 14px 16px 4px; }
      .panes { border-left: 0; border-top: 1px solid var(--line); }
      .tree-view { height: 62vh; flex: none; }
      .detail { flex: none; }
      .top { flex-wrap: wrap; gap: 8px 12px; padding: 9px 14px 10px; }
      .search { flex: 1; flex-wrap: wrap; }
      .search input[type="search"] { flex: 1; min-width: 150px; width: auto; }
      .head-text { flex-basis: 100%; }
      .session-view { display: block; }
      :root { --names: 58%; }
    }
    @media (prefers-reduced-motion: no-preference) {
      .quiet, .finding { transition: border-color 0.12s; }
    }
    @media (forced-colors: active) { .bar, .dot, .badge, .turn-bar { forced-color-adjust: none; } }
    @media print {
      :root, :root[data-look] { color-scheme: light; --ground: #fff; --names: 52%; }
      @page { margin: 14mm 12mm; }
      html, body { height: auto; }
      body { display: block; background: #fff; font-size: 10.5pt; -webkit-print-color-adjust: exact; print-color-adjust: exact; }
      body > :not(.paper) { display: none !important; }
      .paper { display: block; }
      .paper button { pointer-events: none; }
      .paper .quiet, .paper .more, .paper .back, .paper .tabs, .paper .twist { display: none; }
      .paper-head { border-bottom: 2px solid #222; padding-bottom: 8px; margin-bottom: 14px; }
      .paper .block { margin-bottom: 14px; }
      .finding, .assessment, .payload { break-inside: avoid-page; }
      .said, .pairs dd { max-height: none; }
      .paper .overview blockquote .words { display: block; }
      .paper-rows { border: 1px solid var(--line); border-radius: 6px; }
      .paper-rows .row { position: relative; height: 17pt; break-inside: avoid; border-bottom: 1px solid #eee; font-size: 9pt; }
      .paper-rows .row.selected { background: none; box-shadow: none; }
      .paper .detail { display: block; height: auto; border: 0; margin-top: 14px; }
      .paper .detail-head { background: none; padding: 0 0 6px; }
      .paper .detail-body { overflow: visible; padding: 10px 0; }
      .paper .pair.two { grid-template-columns: minmax(0, 1fr); }
      .paper .session-view { display: block; }
      .paper .turn-scroller { overflow: visible; }
      .paper .turns thead th { position: static; }
      .paper .turns tr { break-inside: avoid; }
      .paper .turns tr.selected { background: none; box-shadow: none; }
      .talk p { -webkit-line-clamp: 6; }
    }
    """#
}
