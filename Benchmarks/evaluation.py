"""The rows of an evaluation that is kept elsewhere: a folder with load_cases.py, score.py and a configuration."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from contestants import OURS, QUIET, Setting
from data import Data
from race import Series
from table import Line, Target

#: What is read of the result: its part, the path in it, and what it has to come to.
ROWS = (
    ("evaluation, deep@2k", ("all", "deep", "2000"), 0.90),
    ("evaluation, deep@4k", ("all", "deep", "4000"), 0.96),
    ("evaluation, whowhen, hit@1", ("whowhen", "rank:hit@1"), 0.38),
    ("evaluation, whowhen, hit@3", ("whowhen", "rank:hit@3"), 0.77),
    ("evaluation, whowhen, hit@5", ("whowhen", "rank:hit@5"), 0.90),
)


def rows(setting: Setting, data: Data, folder: Path | None) -> list[Line]:
    summary, note = scored(setting, data, folder) if folder else (None, "no --evaluation FOLDER was given")
    lines = []
    for what, path, least in ROWS:
        value = summary
        for key in path:
            value = value[key] if value else None
        series = Series(OURS, [] if value is None else [value], note="" if summary or lines else note)
        lines.append(Line(what, series, Target(least, f"≥ {least:.2f}", at_least=True), style="{:.3f}"))
    return lines


def scored(setting: Setting, data: Data, folder: Path) -> tuple[dict | None, str]:
    """The summary, or None and why there is none."""
    store, manifest, result = (data.folder / name for name in ("evaluation.db", "evaluation.json", "evaluation-result.json"))
    if not manifest.exists():
        if not setting.mlflow:
            return None, "there is no MLflow to load the cases with"
        store.unlink(missing_ok=True)
        python = setting.mlflow.with_name("python")
        command = [python, "-B", folder / "load_cases.py", "--store", f"sqlite:///{store}", "--manifest", manifest]
        done = subprocess.run(command, env={**QUIET, "PATH": "/usr/bin:/bin"}, cwd=data.folder, capture_output=True, text=True)
        if done.returncode:
            manifest.unlink(missing_ok=True)
            return None, f"the cases were not loaded: {' '.join(done.stderr.split())[-200:]}"
    command = [sys.executable, "-B", folder / "score.py", "--cmd", f"{setting.binary} serve", "--store", f"sqlite:///{store}"]
    command += ["--manifest", manifest, "--config", folder / "configs/ours.json", "--out", result]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        return None, f"score.py failed: {' '.join(done.stderr.split())[-200:]}"
    return json.loads(result.read_text(encoding="utf-8"))["summary"], ""
