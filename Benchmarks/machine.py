"""On what was measured, and with which versions."""

from __future__ import annotations

import os
import platform
import re
import shutil
import sqlite3
import subprocess
from pathlib import Path


def said(*command: str | Path) -> str:
    """The first line that a command says, or that it is not there."""
    try:
        done = subprocess.run([str(word) for word in command], capture_output=True, text=True, timeout=120)
    except (OSError, subprocess.TimeoutExpired):
        return "not there"
    lines = (done.stdout or done.stderr).strip().splitlines()
    return lines[0] if lines else "not there"


def model() -> str:
    cpuinfo = Path("/proc/cpuinfo")
    found = re.search(r"model name\s*:\s*(.+)", cpuinfo.read_text()) if cpuinfo.exists() else None
    return found[1] if found else said("sysctl", "-n", "machdep.cpu.brand_string")


def is_busy() -> bool:
    return os.getloadavg()[0] > 0.5 * (os.cpu_count() or 1)


def facts(binary: Path, mlflow: Path | None) -> list[tuple[str, str]]:
    load = ", ".join(f"{value:.2f}" for value in os.getloadavg())
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    warning = " — WARNING: others were at work, times are too long" if is_busy() else ""
    return [
        ("machine", f"{os.cpu_count()} cores of {model()}, {memory:.0f} GiB, {platform.system()} {platform.release()}"),
        ("load at the start", load + warning),
        ("mlflow-lens", f"{said(binary, '--version')}, {binary.stat().st_size / 1e6:.1f} MB as built, {said('swift', '--version')}"),
        ("MLflow", f"{said(mlflow, '--version')}, {said(mlflow.with_name('python'), '--version')}" if mlflow else "not there: not measured"),
        ("floors", f"SQLite {sqlite3.sqlite_version} in Python {platform.python_version()}, {said('curl', '--version').split(' (')[0]}"),
        ("tokens", "bytes of UTF-8 / 4"),
        ("strip", said("strip", "--version") if shutil.which("strip") else said("llvm-strip", "--version")),
    ]
