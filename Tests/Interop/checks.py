"""What the checks of the plugin's parts share: faults that are collected, and the executable they are held against."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from stdio_client import StdioClient

ROOT = Path(__file__).resolve().parents[2]
SKILLS = ROOT / "skills"
STORE = f"sqlite:///{ROOT / 'Samples' / 'mlflow.db'}"


class Faults(list[str]):
    """What is wrong, one line each."""

    def __init__(self) -> None:
        super().__init__()
        self.checked = 0

    def check(self, holds: object, fault: str) -> bool:
        self.checked += 1
        if not holds:
            self.append(fault)
        return bool(holds)

    def end(self) -> None:
        """Tell every fault, not the first alone; exit status 1 when there is one."""
        for fault in self:
            print(fault)
        print(f"{self.checked} checks, {len(self)} faults")
        sys.exit(1 if self else 0)


class Lens:
    """The executable: its help, its version, its server over the sample store."""

    def __init__(self, binary: Path, server: StdioClient):
        self.binary = binary
        self.server = server
        self.tools = {tool["name"]: tool["inputSchema"]["properties"] for tool in server.list_tools()}
        self.verbs = {verb: self.run(verb, "--help") for verb in re.findall(r"^  ([a-z-]+) {2,}", self.run("--help"), re.M)}

    def run(self, *arguments: str) -> str:
        return subprocess.run([self.binary, *arguments], capture_output=True, text=True, check=True).stdout
