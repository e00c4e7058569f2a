"""Virtual environments with old releases of packages, each made once in a cache folder."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

#: Beside the interpreter when scripts/setup could get it: a fifth of pip's time.
UV = Path(sys.executable).with_name("uv")


def environment(name: str, packages: list[str], cache: Path) -> Path | None:
    """The Python of a virtual environment with these packages; None, said aloud, when they cannot be had."""
    folder = cache / name
    python = folder / "bin" / "python"
    if (folder / ".complete").exists():
        return python
    # Nothing is compiled ahead: most of what these packages bring is never imported.
    pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-compile", *packages]
    ways = [([], pip)]
    if UV.exists():
        ways.insert(0, (["--without-pip"], [str(UV), "pip", "install", "--quiet", "--python", str(python), *packages]))
    for flags, install in ways:
        subprocess.run([sys.executable, "-m", "venv", "--clear", *flags, str(folder)], check=True)
        result = subprocess.run(install, capture_output=True, text=True)
        if result.returncode == 0:
            (folder / ".complete").touch()
            return python
    print(f"SKIPPED {name}: {result.stderr.strip().splitlines()[-1]}")
    return None
