#!/usr/bin/env python3
"""Open reports in a real Chromium, and hold them to what they promise.

    report_in_browser.py --binary .build/release/mlflow-lens [--screenshots DIR]

Nothing of a hostile trace runs, nothing is asked of any network, nothing complains; 5,000 spans open in under two seconds and stay
quick; keys, search, zoom, looks and paper work. Skipped, loudly, where there is no Chromium.  Python 3.10 and its standard library.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
import tempfile
from pathlib import Path

from browser import Browser, find

START = 1_763_283_600_000_000_000
MS = 1_000_000

# What would run, or look like something else, if it were taken for markup, a link or a command to a terminal.
HOSTILE = [
    "<script>window.pwned = 1</script>", "</script><script>window.pwned = 2</script>", "<img src=x onerror='window.pwned = 3'>",
    "javascript:window.pwned=4", "<!-- <script>", "]]><svg onload='window.pwned=5'>", "<a href='http://127.0.0.1:9/x'>link</a>",
    "<iframe src='http://127.0.0.1:9/y'></iframe>", "<style>@import 'http://127.0.0.1:9/z'</style>", "\u001b[31mred\u001b[0m",
    "\u202eevil\u202c", "a\u2028b\u2029c", "\u200bhidden\U000e0041", "{{constructor.constructor('window.pwned=6')()}}", "__proto__",
    "</title><base href='http://127.0.0.1:9/'>", "<meta http-equiv=refresh content='0;url=http://127.0.0.1:9/'>", "\x00\x07", "\ud800",
]
SECRET = "sk-proj-abcdefghijklmnop1234567890"


class Faults:
    def __init__(self):
        self.count = self.checks = 0

    def check(self, holds, words):
        self.checks += 1
        if not holds:
            self.count += 1
            print(f"FAULT: {words}", file=sys.stderr)


def span(number, parent, name, kind, start_ms, end_ms, error="", **payloads):
    attributes = {"mlflow.spanType": json.dumps(kind)} | {key: json.dumps(value) for key, value in payloads.items()}
    return {
        "span_id": f"{number:016x}", "parent_span_id": None if parent is None else f"{parent:016x}", "name": name,
        "start_time_unix_nano": START + start_ms * MS, "end_time_unix_nano": START + end_ms * MS,
        "status": {"code": "STATUS_CODE_ERROR" if error else "STATUS_CODE_OK", "message": error},
        "attributes": attributes,
        "events": [{"name": "exception", "time_unix_nano": START + end_ms * MS,
                    "attributes": {"exception.type": "Bad", "exception.message": error, "exception.stacktrace": f"File x\n  {error}"}}]
        if error else [],
    }


def trace(identity, spans, seconds=0, **info):
    return {"info": {
        "trace_id": identity, "request_time": f"2026-11-16T09:00:{seconds:02}Z", "execution_duration": "5s", "state": "OK",
        "trace_location": {"type": "MLFLOW_EXPERIMENT", "mlflow_experiment": {"experiment_id": "1"}},
        "trace_metadata": {}, "tags": {}, "assessments": [],
    } | info, "data": {"spans": spans}}


def hostile():
    spans = []
    for place, words in enumerate(HOSTILE):
        spans.append(span(
            place + 1, None if place == 0 else 1, words, words, place, 5_000 - place, error=words if place % 3 == 1 else "",
            **{"mlflow.spanInputs": {words: words, "nested": json.dumps({words: [words]}), "key": SECRET},
               "mlflow.spanOutputs": words, words: words}))
    everything = " ".join(HOSTILE)
    assessments = [{
        "assessment_id": f"a-{place}", "assessment_name": words, "trace_id": "tr-hostile", "source": {"source_type": "HUMAN", "source_id": words},
        "create_time": "2026-11-16T09:00:00Z", "last_update_time": "2026-11-16T09:00:00Z", "feedback": {"value": words},
        "rationale": words, "metadata": {words: words}, "valid": True, "span_id": f"{place + 1:016x}",
    } for place, words in enumerate(HOSTILE)]
    return trace("tr-hostile", spans, tags={words: words for words in HOSTILE} | {"mlflow.traceName": everything},
                 trace_metadata={"mlflow.trace.session": everything, "mlflow.trace.user": everything}, assessments=assessments)


def many(count=5_000, size=1_520):
    """An agent of `count` spans and some 9.7 MB, no two payloads the same."""
    rng = random.Random(7)
    words = [f"word{number}" for number in range(3_000)]
    spans = [span(1, None, "batch_agent", "AGENT", 0, 50_000, **{"mlflow.spanInputs": "do them all", "mlflow.spanOutputs": "done"})]
    parent = 1
    for number in range(2, count + 1):
        isStep = number % 10 == 2
        text = " ".join(rng.choices(words, k=size // 8)) + (" needle" if number == 4_321 else "")
        begin = number * 9
        spans.append(span(
            number, 1 if isStep else parent, f"step_{number}" if isStep else ("llm_call", "tool_call", "retrieve")[number % 3],
            "CHAIN" if isStep else ("LLM", "TOOL", "RETRIEVER")[number % 3], begin, begin + (80 if isStep else 8),
            error="the one failing leaf" if number == 2_500 else "",
            **{"mlflow.spanInputs": {"n": number, "text": text}, "mlflow.spanOutputs": {"n": number}}))
        parent = number if isStep else parent
    return trace("tr-many", spans)


def chat():
    turns = []
    for turn in range(12):
        error = "upstream 529" if turn == 5 else ""
        turns.append(trace(
            f"tr-chat{turn:02}",
            [span(1, None, "agent", "AGENT", 0, 900, error, **{
                "mlflow.spanInputs": {"messages": [{"role": "user", "content": f"Question {turn}?"}]},
                "mlflow.spanOutputs": {"role": "assistant", "content": f"Answer {turn}."}}),
             span(2, 1, "chat", "LLM", 10, 800, error, **{"mlflow.spanInputs": {"prompt": f"turn {turn}\nwith lines"}})],
            seconds=turn * 4, state="ERROR" if error else "OK", trace_metadata={"mlflow.trace.session": "chat"}))
    return turns


def report(binary, folder, identity, *options):
    path = folder / f"{identity}.html"
    subprocess.run([binary, "report", "--tracking-uri", str(folder / "store"), identity, "-o", str(path), *options],
                   check=True, capture_output=True)
    return path


def quiet(browser, faults, what):
    faults.check(not browser.complaints(), f"{what}: the page complains: {browser.complaints()[:3]}")
    faults.check(not browser.requests(), f"{what}: the page asks the network for {browser.requests()[:3]}")


TEXT = "document.body.innerText"


def check_hostile(browser, path, faults):
    browser.open(path)
    count = browser.run("document.querySelectorAll('.row').length")
    faults.check(count == len(HOSTILE), f"hostile: {count} rows of {len(HOSTILE)}")
    for tab in ["io", "events", "attributes", "assessments"]:
        browser.run("document.querySelector('#tree').focus()")
        browser.press("Home")
        for _ in HOSTILE:
            browser.run(f"document.querySelector('[data-tab={tab}]')?.click(); document.querySelectorAll('details').forEach(one => one.open = true)")
            browser.run("document.querySelector('#tree').focus()")
            browser.press("ArrowDown")
    browser.press("r", "?", "Escape")
    browser.run("document.querySelector('#search').value = '<script>'; document.querySelector('#search').dispatchEvent(new Event('input'))")
    browser.run("new Promise(done => setTimeout(done, 400))")
    faults.check("found" in browser.run("document.querySelector('output').textContent"), "hostile: '<script>' is not found")
    marks = browser.run("[...document.querySelectorAll('mark')].map(one => one.textContent.toLowerCase())")
    faults.check(marks and set(marks) == {"<script>"}, f"hostile: marks {marks[:3]}")
    browser.run("window.dispatchEvent(new Event('beforeprint'))")
    faults.check(browser.run("window.pwned") is None, "hostile: something ran")
    faults.check(browser.run("Object.prototype.toString.call({}.pwned)") == "[object Undefined]", "hostile: a prototype was changed")
    # Elements that only markup from a trace could have made, and addresses.
    strange = browser.run("document.querySelectorAll('img, iframe, svg, base, a, object, embed, form, link:not([rel=icon])').length")
    faults.check(strange == 0, f"hostile: {strange} elements that are not the page's")
    faults.check(browser.run("document.scripts.length") == 2, "hostile: more scripts than the page's two")
    shown = browser.run("document.documentElement.textContent")
    code = browser.run("[...document.querySelectorAll('script, style')].map(one => one.textContent).join('')")
    visible = shown.replace(code, "")
    harmful = browser.run("""(() => {
      const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), found = [];
      while (walker.nextNode()) if (!walker.currentNode.parentElement.closest('script')
        && /[\\u0000-\\u0008\\u000b-\\u001f\\u007f-\\u009f\\u200b-\\u200f\\u2028-\\u202e\\u{e0000}-\\u{e0fff}]/u.test(walker.currentNode.data)) found.push(walker.currentNode.data.slice(0, 80));
      return found; })()""")
    faults.check(not harmful, f"hostile: characters that hide or reorder: {harmful[:2]}")
    faults.check("\\u202eevil" in visible and "\\u001b[31m" in visible, "hostile: escapes are not shown")
    faults.check(SECRET not in shown and "[masked: openai key" in shown, "hostile: a secret is shown")
    quiet(browser, faults, "hostile")


def check_policy(browser, path, folder, faults):
    """The policy holds even where a script stood in the page: one that is put into the file does not run."""
    changed = folder / "changed.html"
    changed.write_text(path.read_text().replace("<noscript>", "<script>window.pwned = 7</script><img src='http://127.0.0.1:9/'><noscript>", 1))
    browser.open(changed)
    faults.check(browser.run("window.pwned") is None, "policy: a foreign script ran")
    faults.check(any("Content Security Policy" in words for words in browser.complaints()), "policy: nothing was refused")


def check_many(browser, path, faults):
    """Judged by the time the page's thread works; the clock's is printed, which counts whatever else the machine does."""
    walls, works = [], []
    for _ in range(3):
        before = browser.work()
        walls.append(browser.open(path))
        after = browser.work()
        # A page may get a process of its own, whose count begins anew.
        works.append(after - before if after > before else after)
    seconds, opening = min(walls), min(works)
    size = path.stat().st_size
    faults.check(size > 9_000_000, f"many: the file has only {size} bytes")
    faults.check(0 < opening < 1.5, f"many: opening takes {opening:.2f} s of work")
    rows = browser.run("document.querySelectorAll('.row').length")
    faults.check(0 < rows < 120, f"many: {rows} rows are elements")
    # Two hundred steps through the whole tree, of which each shows rows that were not there.
    before = browser.work()
    browser.run("""new Promise(done => {
      const tree = document.querySelector('#tree'); let step = 0;
      const frame = () => { if (++step > 200) done(0);
        else { tree.scrollTop = step * (tree.scrollHeight / 200); requestAnimationFrame(frame); } };
      requestAnimationFrame(frame); })""")
    frame = (browser.work() - before) * 1_000 / 200
    faults.check(frame < 50, f"many: a frame of scrolling takes {frame:.0f} ms of work")
    before = browser.work()
    search = browser.run("""new Promise(done => {
      const field = document.querySelector('#search'), start = performance.now(); let worst = 0, last = start;
      const tick = () => { const now = performance.now(); worst = Math.max(worst, now - last); last = now;
        if (/found/.test(document.querySelector('output').textContent)) done([now - start, worst]); else setTimeout(tick, 1); };
      field.value = 'needle'; field.dispatchEvent(new Event('input')); tick(); })""")
    searching = (browser.work() - before) * 1_000
    faults.check(searching < 1_000, f"many: a search takes {searching:.0f} ms of work")
    faults.check(search[1] < max(150, search[0] / 2), f"many: the page stands still for {search[1]:.0f} of {search[0]:.0f} ms of searching")
    faults.check(browser.run("document.querySelector('output').textContent") == "1 found", "many: the needle is not found once")
    browser.run("document.querySelector('#search').focus()")
    browser.press("Enter")
    faults.check("s4321" in browser.run("document.querySelector('.detail h2').textContent"), "many: the hit is not shown")
    faults.check(browser.run("document.querySelector('mark')?.textContent") == "needle", "many: the hit is not marked")
    browser.press("Escape", "Escape")
    before = browser.work()
    browser.press(*["j"] * 30)
    each = (browser.work() - before) * 1_000 / 30
    faults.check(browser.run("document.querySelector('.row.selected .alias').textContent") != "s4321", "many: j does not move")
    faults.check(each < 60, f"many: a key takes {each:.0f} ms of work")
    quiet(browser, faults, "many")
    return (f"5,000 spans, {size / 1e6:.1f} MB: open in {seconds:.2f} s ({opening:.2f} s of work), search in {search[0]:.0f} ms "
            f"({searching:.0f} ms of work); a frame of scrolling takes {frame:.1f} ms of work, a key {each:.1f} ms")


def check_keys(browser, path, faults):
    browser.open(path)
    selected = "document.querySelector('.row.selected .alias')?.textContent"
    browser.press("Home")
    faults.check(browser.run(selected) == "s1", "keys: Home does not go to the first row")
    browser.press("j", "ArrowDown", "k")
    faults.check(browser.run(selected) == "s2", "keys: j, down, k do not move by rows")
    before = browser.run("document.querySelector('#tree').getAttribute('aria-activedescendant')")
    faults.check(before == "row-1" and browser.run("document.getElementById('row-1').getAttribute('aria-selected')") == "true",
                 "keys: what is chosen is not told to a screen reader")
    browser.press("h", "h")
    faults.check(browser.run("document.querySelectorAll('.row').length") < 40 and
                 browser.run("document.getElementById('row-0').getAttribute('aria-expanded')") in ("false", "true"), "keys: h does not close")
    browser.press("c")
    closed = browser.run("document.querySelectorAll('.row .folded').length")
    faults.check(closed > 5, "keys: c does not close the branches")
    browser.press("o", "e")
    faults.check(browser.run(selected) == "s2500", f"keys: e goes to {browser.run(selected)}")
    browser.press("z")
    faults.check(browser.run("document.querySelector('#fit').hidden") is False, "keys: z does not zoom")
    width = browser.run("document.querySelector('.row.selected .bar').getBoundingClientRect().width")
    browser.press("0")
    faults.check(browser.run("document.querySelector('#fit').hidden") is True and
                 browser.run("document.querySelector('.row.selected .bar').getBoundingClientRect().width") < width / 10, "keys: 0 does not show all")
    browser.press("Enter")
    faults.check(browser.run("document.activeElement.id") == "detail-body", "keys: Enter does not go to the payloads")
    browser.press("Escape")
    faults.check(browser.run("document.activeElement.id") == "tree", "keys: Escape does not go back")
    browser.press("/")
    faults.check(browser.run("document.activeElement.id") == "search", "keys: / does not go to the search")
    browser.press("Escape", "?")
    faults.check(browser.run("document.querySelector('dialog').open") is True, "keys: ? does not open the list")
    browser.press("Escape", "f")
    faults.check(browser.run("document.querySelector('dialog').open") is False, "keys: Escape does not close the list")
    faults.check(browser.run("location.hash").startswith("#s"), "keys: the address does not name the span")
    ground = "getComputedStyle(document.body).backgroundColor"
    browser.look("dark")
    dark = browser.run(ground)
    browser.look("light")
    light = browser.run(ground)
    faults.check(dark != light, "looks: dark and light are the same")
    browser.press("t", "t")
    faults.check(browser.run(ground) == dark, "looks: t does not choose dark")
    browser.press("t")
    quiet(browser, faults, "keys")


def contrast(browser, faults, what):
    """Words against what is behind them, by WCAG: 4.5 to 1 for text of this size."""
    worst = browser.run("""(() => {
      const canvas = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true });
      const rgb = (colour, behind) => { canvas.globalAlpha = 1; canvas.fillStyle = behind ?? '#fff'; canvas.fillRect(0, 0, 1, 1);
        canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1); return canvas.getImageData(0, 0, 1, 1).data; };
      const light = (pixel) => { const [r, g, b] = [...pixel].slice(0, 3).map(v => { v /= 255; return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; });
        return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
      const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT); const found = [];
      while (walker.nextNode()) { const element = walker.currentNode.parentElement;
        if (!walker.currentNode.data.trim() || element.closest('script, noscript, style') || !element.getClientRects().length) continue;
        const stack = []; for (let one = element; one; one = one.parentElement) stack.push(getComputedStyle(one).backgroundColor);
        let behind = '#fff'; for (const colour of stack.reverse()) { const pixel = rgb(colour, behind); behind = `rgb(${pixel[0]},${pixel[1]},${pixel[2]})`; }
        const [a, b] = [light(rgb(getComputedStyle(element).color, behind)), light(rgb(behind))].sort((x, y) => y - x);
        found.push([(a + 0.05) / (b + 0.05), element.className, walker.currentNode.data.slice(0, 30)]); }
      return found.sort((x, y) => x[0] - y[0])[0]; })()""")
    faults.check(worst[0] >= 4.5, f"{what}: contrast {worst[0]:.1f} of '{worst[2]}' ({worst[1]})")


def check_session(browser, path, faults):
    browser.open(path)
    faults.check(browser.run("document.querySelectorAll('.turns tbody tr').length") == 12, "session: not twelve turns")
    faults.check(browser.run("document.querySelectorAll('.turn-bar').length") == 12, "session: not twelve bars on the line of time")
    browser.press("j", "j", "Enter")
    faults.check("turn 3 of 12" in browser.run("document.querySelector('h1').textContent"), "session: Enter does not open the turn")
    faults.check("Answer 2." in browser.run(TEXT), "session: the turn's answer is not shown")
    browser.press("]")
    faults.check("turn 4 of 12" in browser.run("document.querySelector('h1').textContent"), "session: ] does not go on")
    browser.press("Escape", "Escape")
    faults.check(browser.run("document.body.classList.contains('is-table')") is True, "session: Escape does not lead back")
    find_words = "new Promise(done => setTimeout(() => done(document.querySelector('output').textContent), 400))"
    browser.press("/", *"question 7")
    faults.check(browser.run(find_words) == "1 found", "session: a search does not find one turn's question")
    browser.run("document.querySelector('#only').click()")
    faults.check(browser.run("[...document.querySelectorAll('.turns tbody tr')].filter(row => !row.hidden).length") == 1,
                 "session: 'only hits' shows other turns")
    browser.press("Escape")
    browser.run("document.querySelector('#search').focus()")
    browser.press("Enter", "Escape", "Escape")
    browser.run("document.querySelector('.turn-scroller').focus()")
    for look in ["light", "dark"]:
        browser.look(look)
        contrast(browser, faults, f"session, {look}")
    browser.press("f")
    for look in ["light", "dark"]:
        browser.look(look)
        contrast(browser, faults, f"turn, {look}")
    browser.look("light")
    browser.open(path, "#t6.s2")
    faults.check("s2" in browser.run("document.querySelector('.detail h2').textContent"), "session: an address does not lead to its span")
    nameless = browser.run("""[...document.querySelectorAll('button, input, [role=separator], [role=tree]')].filter(one =>
      !one.getAttribute('aria-label') && !one.textContent.trim() && !one.labels?.length).length""")
    faults.check(nameless == 0, f"session: {nameless} controls without a name")
    browser.resize(420, 860)
    browser.run("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    wide = browser.run("document.documentElement.scrollWidth")
    faults.check(wide <= 420, f"narrow: the page is {wide} pixels wide")
    browser.resize(1440, 900)
    pdf = browser.pdf()
    faults.check(pdf.startswith(b"%PDF") and len(pdf) > 20_000, "paper: nothing is printed")
    browser.run("window.dispatchEvent(new Event('beforeprint'))")
    printed = browser.run("document.querySelector('.paper').textContent")
    faults.check("Answer 5." in printed or "upstream 529" in printed, "paper: the turn is not on it")
    faults.check(browser.run("document.querySelectorAll('.paper .row').length") == 2, "paper: not all rows are on it")
    browser.run("window.dispatchEvent(new Event('afterprint'))")
    quiet(browser, faults, "session")


def check_cut(browser, path, faults):
    browser.open(path)
    browser.press("Home", "j", "j")
    text = browser.run("document.querySelector('.gap')?.innerText")
    faults.check(text and "mlflow-lens get-trace --trace-id tr-many --span-ids s3 --fields inputs --offset" in text, f"cut: says {text!r}")
    faults.check("head and tail" in browser.run("document.querySelector('.omission').textContent"), "cut: the page does not say so")
    quiet(browser, faults, "cut")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", required=True)
    parser.add_argument("--screenshots", type=Path, help="where to put pictures of what was seen")
    options = parser.parse_args()
    path = find()
    if path is None:
        print("SKIPPED: REPORTS WERE NOT OPENED IN A BROWSER. There is no Chromium here; on Debian: apt-get install chromium", file=sys.stderr)
        return
    faults = Faults()
    binary = str(Path(options.binary).resolve())
    with tempfile.TemporaryDirectory(prefix="mlflow-lens-report-") as name:
        folder = Path(name)
        (folder / "store").mkdir()
        large = many()
        for place, one in enumerate([hostile(), large, *chat()]):
            # A lone surrogate is no UTF-8: it stands in the file as an escape.
            (folder / "store" / f"{place}.json").write_text(json.dumps(one))
        print(f"the large trace has {len(json.dumps(large)) / 1e6:.1f} MB")
        pages = {identity: report(binary, folder, identity) for identity in ["tr-hostile", "tr-many", "chat"]}
        cut = folder / "cut.html"
        subprocess.run([binary, "report", "--tracking-uri", str(folder / "store"), "tr-many", "-o", str(cut), "--total-bytes", "2000000"],
                       check=True, capture_output=True)
        faults.check(cut.stat().st_size < 7_000_000, f"cut: the file still has {cut.stat().st_size} bytes")
        again = report(binary, folder, "tr-hostile")
        faults.check(again.read_bytes() == pages["tr-hostile"].read_bytes(), "the same trace gives other bytes")
        with Browser(path) as browser:
            browser.look("light")
            check_hostile(browser, pages["tr-hostile"], faults)
            check_policy(browser, pages["tr-hostile"], folder, faults)
            print(check_many(browser, pages["tr-many"], faults))
            check_keys(browser, pages["tr-many"], faults)
            check_session(browser, pages["chat"], faults)
            check_cut(browser, cut, faults)
            if options.screenshots:
                options.screenshots.mkdir(parents=True, exist_ok=True)
                for identity, page in pages.items():
                    for look in ["light", "dark"]:
                        browser.look(look)
                        browser.open(page)
                        browser.screenshot(options.screenshots / f"{identity}-{look}.png")
    print(f"{faults.checks} checks, {faults.count} faults")
    sys.exit(1 if faults.count else 0)


if __name__ == "__main__":
    main()
