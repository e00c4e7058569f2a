"""Who is measured: our server, MLflow's own, and how each is asked."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "Tests" / "Interop"))

from environments import environment  # noqa: E402
from race import Runner, Series, timed  # noqa: E402
from stdio_client import StdioClient  # noqa: E402

OURS, SERVER, COMMAND = "mlflow-lens", "mlflow mcp run", "mlflow traces"
QUIET = {"MLFLOW_DISABLE_TELEMETRY": "true", "DO_NOT_TRACK": "true", "NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1"}
BYTES_PER_TOKEN = 4
START_LIMIT = 600


@dataclass
class Setting:
    """What the measurements share."""

    binary: Path
    mlflow: Path | None
    quick: bool
    limit: float
    #: Servers by command and store, kept for all rows that ask them.
    servers: dict[tuple[str, str], StdioClient] = field(default_factory=dict)

    def ours(self, store: str | Path) -> StdioClient:
        return self._server(OURS, [str(self.binary), "--tracking-uri", uri(store), "serve"], uri(store), {})

    def theirs(self, store: str | Path) -> StdioClient:
        return self._server(SERVER, [str(self.mlflow), "mcp", "run"], uri(store), {"MLFLOW_TRACKING_URI": uri(store)})

    def _server(self, name: str, command: list[str], store: str, variables: dict[str, str]) -> StdioClient:
        if (name, store) not in self.servers:
            self.servers[name, store] = server = StdioClient(command, {**QUIET, **variables}, timeout=START_LIMIT)
            server.initialize()
            server.timeout = self.limit
        return self.servers[name, store]

    def end(self, name: str, store: str | Path, at_once: bool = False) -> None:
        if server := self.servers.pop((name, uri(store)), None):
            if at_once:
                server.process.kill()
            server.close()

    def close(self) -> None:
        for name, store in list(self.servers):
            self.end(name, store)

    def call(self, name: str, store: str | Path, tool: str, arguments: dict, runs: int) -> Asked | None:
        """A tool of a server as a contestant; None for MLflow's where there is none."""
        if name == SERVER and not self.mlflow or runs < 1:
            return None
        return Asked(self, name, store, tool, arguments, runs)


class Asked(Runner):
    """A call of a server's tool; keeps the bytes that the answer's text has."""

    def __init__(self, setting: Setting, name: str, store: str | Path, tool: str, arguments: dict, runs: int):
        super().__init__(name, self.once, runs, warms_up=name == OURS or runs > 1)
        self.setting, self.who, self.store, self.tool, self.arguments = setting, name, store, tool, arguments
        self.text = ""

    def once(self) -> float:
        server = self.setting.ours(self.store) if self.who == OURS else self.setting.theirs(self.store)
        started = time.perf_counter()
        try:
            result = server.call_tool(self.tool, self.arguments)
        except TimeoutError:
            # It is still at work and would be in the way of what is measured next.
            self.setting.end(self.who, self.store, at_once=True)
            raise TimeoutError(f"stopped after {self.setting.limit:.0f} s", self.setting.limit * 1e3) from None
        took = (time.perf_counter() - started) * 1e3
        text = "".join(part.get("text", "") for part in result["content"])
        if result.get("isError"):
            raise RuntimeError(text)
        self.text = text
        return took

    @property
    def tokens(self) -> float:
        return len(self.text.encode()) / BYTES_PER_TOKEN


def uri(store: str | Path) -> str:
    return f"sqlite:///{store}" if isinstance(store, Path) else store


def command(name: str, arguments: list[str], store: Path, runs: int) -> Runner:
    """A command from its start to its end."""
    variables = {**os.environ, **QUIET, "MLFLOW_TRACKING_URI": uri(store)}

    def once() -> None:
        done = subprocess.run(arguments, env=variables, stdin=subprocess.DEVNULL, capture_output=True)
        if done.returncode not in (0, 3):
            raise RuntimeError(done.stderr.decode(errors="replace")[-300:])

    return Runner(name, timed(once), runs)


def tokens(name: str, asked: Asked | None) -> Series:
    """Tokens of an answer, as far as there was one."""
    return Series(name, [asked.tokens] if asked and asked.text else [])


def resident_mib(pid: int) -> float:
    """Resident memory of a process and all below it."""
    listing = subprocess.run(["ps", "-A", "-o", "pid=,ppid=,rss="], capture_output=True, text=True, check=True)
    rows = [tuple(map(int, line.split())) for line in listing.stdout.splitlines()]
    family, kibibytes = {pid}, 0
    for process, parent, resident in sorted(rows):
        if process in family or parent in family:
            family.add(process)
            kibibytes += resident
    return kibibytes / 1024


def peak_mib(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text()
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")) / 1024


def mlflow_command(named: str | None, cache: Path) -> Path | None:
    """The command ``mlflow`` of an environment that can run its MCP server: the one named, or one made for it."""
    if named:
        path = Path(named).absolute()
        if not os.access(path, os.X_OK):
            raise SystemExit(f"{path} cannot be run")
        return path
    pinned = (ROOT / "Samples" / "requirements.txt").read_text().splitlines()
    release = next(line.split("==")[1] for line in pinned if line.startswith("mlflow=="))
    python = environment(f"mlflow-mcp-{release}", [f"mlflow[mcp]=={release}"], cache)
    if python and not (stamp := cache / f"{python.parent.parent.name}.compiled").exists():
        # Installed without compiling: it is not to be measured while it does that.
        subprocess.run([python, "-m", "compileall", "-q", "-j", "0", python.parent.parent / "lib"], stdout=subprocess.DEVNULL)
        stamp.touch()
    return python.with_name("mlflow") if python else None


