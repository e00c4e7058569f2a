"""A headless Chromium, driven by the DevTools protocol over two pipes: no port, no package."""
import base64
import json
import os
import select
import shutil
import subprocess
import tempfile
import time

NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"]


def find():
    """The browser's path; None where there is none."""
    named = os.environ.get("MLFLOW_LENS_BROWSER")
    return shutil.which(named) if named else next((found for name in NAMES if (found := shutil.which(name))), None)


class Browser:
    """One browser with one page at a time. Everything that the page asks the network for, says or throws is kept."""

    def __init__(self, path, width=1440, height=900):
        self.size = (width, height)
        self.folder = tempfile.mkdtemp(prefix="mlflow-lens-browser-")
        ours, theirs = os.pipe(), os.pipe()
        flags = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
                 "--disable-extensions", "--disable-background-networking", "--disable-component-update", "--disable-sync",
                 "--force-color-profile=srgb", "--remote-debugging-pipe",
                 f"--user-data-dir={self.folder}", f"--window-size={width},{height}", "about:blank"]
        self.log = open(os.path.join(self.folder, "log"), "wb")
        # The protocol's pipes are descriptors 3 (to the browser) and 4 (from it).
        self.process = subprocess.Popen(
            ["sh", "-c", f'exec "$0" "$@" 3<&{ours[0]} 4>&{theirs[1]}', path, *flags], pass_fds=(ours[0], theirs[1]),
            stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log)
        os.close(ours[0])
        os.close(theirs[1])
        self.output, self.input = ours[1], theirs[0]
        self.rest = b""
        self.number = 0
        self.session = None
        self.events = []
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ["Page", "Runtime", "Log", "Network"]:
            self.call(f"{domain}.enable")
        # The processor's time, not the clock's: other work on the machine does not count.
        self.call("Performance.enable", timeDomain="threadTicks")
        self.resize(width, height)

    def resize(self, width, height, scale=1):
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=scale, mobile=False)

    def call(self, method, timeout=60, **params):
        self.number += 1
        message = {"id": self.number, "method": method, "params": params}
        if self.session:
            message["sessionId"] = self.session
        self._send(message)
        end = time.monotonic() + timeout
        while True:
            answer = self._receive(end)
            if answer is None:
                raise TimeoutError(f"{method}: no answer in {timeout} s")
            if answer.get("id") == self.number:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']}")
                return answer["result"]
            self.events.append(answer)

    def _send(self, message):
        data = json.dumps(message).encode() + b"\0"
        while data:
            data = data[os.write(self.output, data):]

    def _receive(self, end):
        while b"\0" not in self.rest:
            left = end - time.monotonic()
            if left <= 0 or not select.select([self.input], [], [], left)[0]:
                return None
            part = os.read(self.input, 1 << 20)
            if not part:
                raise RuntimeError("the browser is gone")
            self.rest += part
        line, self.rest = self.rest.split(b"\0", 1)
        return json.loads(line)

    def wait(self, event, timeout=30):
        """Waits for an event that has not been seen yet."""
        end = time.monotonic() + timeout
        for place, known in enumerate(self.events):
            if known.get("method") == event:
                return self.events.pop(place)
        while (message := self._receive(end)) is not None:
            self.events.append(message)
            if message.get("method") == event:
                return message
        raise TimeoutError(f"no {event} in {timeout} s")

    def open(self, path, fragment=""):
        """Opens a file; returns the seconds until it was there."""
        self.events.clear()
        start = time.monotonic()
        # A page that differs by its fragment alone would not be loaded anew.
        self.call("Page.navigate", url="about:blank")
        self.wait("Page.loadEventFired")
        self.events.clear()
        start = time.monotonic()
        self.call("Page.navigate", url="file://" + os.path.abspath(path) + fragment)
        self.wait("Page.loadEventFired")
        self.run("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
        return time.monotonic() - start

    def run(self, expression, timeout=60):
        """The value of a script's expression in the page."""
        answer = self.call("Runtime.evaluate", timeout=timeout, expression=expression, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in answer:
            raise RuntimeError(json.dumps(answer["exceptionDetails"])[:600])
        return answer["result"].get("value")

    def work(self):
        """Seconds of the processor that the page's thread has worked."""
        return next(one["value"] for one in self.call("Performance.getMetrics")["metrics"] if one["name"] == "TaskDuration")

    def press(self, *keys):
        """Presses keys as a person does, with the events of a real keyboard."""
        codes = {"Enter": 13, "Escape": 27, "ArrowDown": 40, "ArrowUp": 38, "ArrowLeft": 37, "ArrowRight": 39, "Tab": 9,
                 "Home": 36, "End": 35, "PageDown": 34, "PageUp": 33, " ": 32}
        for key in keys:
            isText = len(key) == 1
            common = {"key": key, "windowsVirtualKeyCode": codes.get(key, ord(key.upper()) if isText else 0)}
            text = {"text": key} if isText else {"text": "\r"} if key == "Enter" else {}
            self.call("Input.dispatchKeyEvent", type="keyDown" if text else "rawKeyDown", **common, **text)
            self.call("Input.dispatchKeyEvent", type="keyUp", **common)
        self.run("new Promise(done => requestAnimationFrame(() => setTimeout(done)))")

    def look(self, scheme):
        self.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])

    def screenshot(self, path):
        with open(path, "wb") as file:
            file.write(base64.b64decode(self.call("Page.captureScreenshot", format="png")["data"]))

    def pdf(self):
        return base64.b64decode(self.call("Page.printToPDF", printBackground=True, preferCSSPageSize=True)["data"])

    def requests(self):
        """Addresses that the page asked for, but for itself."""
        self.run("0")
        return [event["params"]["request"]["url"] for event in self.events
                if event.get("method") == "Network.requestWillBeSent"
                and event["params"].get("type") != "Document" and not event["params"]["request"]["url"].startswith("data:")]

    def complaints(self):
        """What was written to the console, thrown or reported."""
        self.run("0")
        found = []
        for event in self.events:
            params = event.get("params", {})
            if event.get("method") == "Runtime.exceptionThrown":
                details = params["exceptionDetails"]
                found.append((details.get("exception", {}).get("description") or details["text"])[:400])
            elif event.get("method") == "Log.entryAdded":
                found.append(params["entry"]["text"][:400])
            elif event.get("method") == "Runtime.consoleAPICalled":
                found.append(str(params["args"])[:400])
            elif event.get("method") == "Page.javascriptDialogOpening":
                found.append("dialog: " + params["message"])
        return found

    def close(self):
        try:
            self.session = None
            self.call("Browser.close", timeout=5)
            self.process.wait(10)
        except Exception:
            self.process.kill()
            self.process.wait()
        self.log.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
