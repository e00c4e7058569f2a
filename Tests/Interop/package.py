#!/usr/bin/env python3
"""Pack the plugin, unpack it elsewhere, and talk to it where there is no toolchain: in a root that holds the program, the
libraries that it asks for, and nothing else.

    package.py [--no-build]

The clean root takes root's rights, or user namespaces; without either that part is skipped, and said to be.  Python 3.10 and
its standard library.  Exit status 1 when anything is wrong; every fault is told, not the first alone.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path

sys.dont_write_bytecode = True

from check_manifests import converse  # noqa: E402
from checks import ROOT, Faults  # noqa: E402
from stdio_client import StdioClient  # noqa: E402

SAMPLE = ROOT / "Samples" / "mlflow.db"
EPOCH = "1700000000"
#: What may be asked of a system: its C library, and what comes with every compiler.
BASE = {"libc.so.6", "libm.so.6", "libgcc_s.so.1", "libdl.so.2", "libpthread.so.0", "librt.so.1"}
#: Static forms of these are in the development packages that setup installs.
INSIDE = ("libsqlite3", "libyaml", "libstdc++")


def pack(output: Path, *flags: str, epoch: str | None = EPOCH) -> str:
    environment = {name: value for name, value in os.environ.items() if name != "SOURCE_DATE_EPOCH"}
    environment |= {"SOURCE_DATE_EPOCH": epoch} if epoch else {}
    command = [sys.executable, ROOT / "scripts" / "package", "--output", output, *flags]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, cwd=output)
    if done.returncode:
        sys.exit(f"scripts/package failed: {done.stdout}{done.stderr}")
    return done.stdout


def checksums(folder: Path) -> dict[str, str]:
    return {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in sorted(folder.iterdir())}


def check_bundle(file: Path, into: Path, faults: Faults) -> Path:
    """The bundle's members, as a host unpacks them."""
    with zipfile.ZipFile(file) as archive:
        faults.check(archive.testzip() is None, f"{file.name} is damaged")
        names = archive.namelist()
        faults.check(names == sorted(names), f"{file.name} is not sorted")
        faults.check(
            set(names) == {"LICENSE", "README.md", "THIRD-PARTY.txt", "bin/mlflow-lens", "manifest.json"}, f"{file.name}: {names}"
        )
        for entry in archive.infolist():
            target = into / entry.filename
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(archive.read(entry))
            target.chmod(entry.external_attr >> 16 & 0o7777)
    manifest = json.loads((into / "manifest.json").read_bytes())
    committed = json.loads((ROOT / "manifest.json").read_bytes())
    platforms = manifest["compatibility"].pop("platforms")
    faults.check(platforms == [sys.platform], f"the bundle says it runs on {platforms}")
    faults.check(set(platforms) <= set(committed["compatibility"].pop("platforms")), "a platform that manifest.json has not")
    faults.check(manifest == committed, "the bundle's manifest is another than manifest.json")
    entry = into / manifest["server"]["entry_point"]
    faults.check(os.access(entry, os.X_OK), f"{file.name}: {manifest['server']['entry_point']} is no program")
    notices = (into / "THIRD-PARTY.txt").read_text()
    for name in ("swift-argument-parser", "swift-log"):
        faults.check(name in notices, f"THIRD-PARTY.txt does not name {name}")
    return entry


def check_plugin(file: Path, into: Path, faults: Faults) -> Path:
    """The whole plugin: each manifest, every skill, and a launcher that starts what is packed."""
    with gzip.open(file) as plain, tarfile.open(fileobj=plain) as archive:
        names = archive.getnames()
        faults.check(names == sorted(names), f"{file.name} is not sorted")
        for entry in archive.getmembers():
            faults.check(entry.isfile() and entry.uid == entry.gid == 0 and not entry.uname, f"{entry.name}: of somebody's")
            faults.check(entry.mtime == int(EPOCH), f"{entry.name}: time {entry.mtime}")
        archive.extractall(into, filter="data")
    tops = {name.split("/")[0] for name in names}
    top = into / tops.pop()
    faults.check(not tops, f"{file.name} holds several folders")
    for path in ("LICENSE", "README.md", "THIRD-PARTY.txt", "scripts/launch", "bin/mlflow-lens"):
        faults.check((top / path).is_file(), f"{file.name}: no {path}")
    listed = subprocess.run([top / "bin" / "mlflow-lens", "manifest"], capture_output=True, text=True, check=True).stdout.split()
    for path in listed:
        same = (top / path).is_file() and (top / path).read_bytes() == (ROOT / path).read_bytes()
        faults.check(same, f"{file.name}: {path} is missing or another")
    skills = {str(path.relative_to(ROOT)) for path in (ROOT / "skills").rglob("*") if path.is_file() and path.suffix != ".pyc"}
    for path in skills:
        faults.check((top / path).is_file(), f"{file.name}: no {path}")
        faults.check(os.access(top / path, os.X_OK) == os.access(ROOT / path, os.X_OK), f"{file.name}: rights of {path}")
    private = [name for name in names if re.search(r"/(Sources|Tests|Samples|\.build|\.git|\.ci|dist)(/|$)", name)]
    faults.check(not private, f"{file.name} holds {private[:5]}")

    environment = {"PATH": os.defpath, "MLFLOW_LENS_TRACKING_URI": f"sqlite:///{SAMPLE}"}
    with tempfile.TemporaryDirectory() as elsewhere:
        answer = converse([str(top / "scripts" / "launch"), "serve"], environment, elsewhere)
    faults.check("10 traces" in answer, f"{file.name}: its launcher starts {answer[:200]!r}")
    script = top / "skills" / "analyzing-mlflow-session" / "scripts" / "inspect_turn.sh"
    store = {"PATH": os.defpath, "MLFLOW_TRACKING_URI": f"sqlite:///{SAMPLE}"}
    done = subprocess.run([script, "tr-47229389"], capture_output=True, text=True, env=store)
    faults.check(done.returncode == 0, f"{file.name}: inspect_turn.sh ends with {done.returncode}: {done.stderr[:200]}")
    return top / "bin" / "mlflow-lens"


def libraries(program: Path) -> dict[str, str]:
    """What the program asks the system for, by name, and where this one has it."""
    text = subprocess.run(["ldd", program], capture_output=True, text=True, check=True).stdout
    found = dict(re.findall(r"^\s+(\S+) => (/\S+)", text, re.M))
    return found | {Path(path).name: path for path in re.findall(r"^\s+(/\S*ld-\S+)", text, re.M)}


def entering(folder: Path) -> list[str] | None:
    """The words that run a program with that folder as its root; None when this user may not."""
    # Swift reads a program's words from /proc, as every system and container has it; the mount is gone with the process.
    script = 'mount --rbind /proc "$0/proc" && exec chroot "$0" "$@"'
    for flags in (["--mount"], ["--mount", "--map-root-user"]):
        command = ["unshare", *flags, "sh", "-c", script, str(folder)]
        try:
            done = subprocess.run([*command, "/bin/mlflow-lens", "--version"], capture_output=True, text=True)
        except FileNotFoundError:
            return None
        if done.returncode == 0 and re.fullmatch(r"[\d.]+\n", done.stdout):
            return command
    return None


def make_root(program: Path, folder: Path, needed: dict[str, str]) -> None:
    """A root without a shell, a toolchain, a home: the program, its libraries where it looks for them, and stores."""
    for place in needed.values():
        target = folder / place.lstrip("/")
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(place, target)
        target.chmod(0o755)
    for name in ("bin", "proc"):
        (folder / name).mkdir(exist_ok=True)
    shutil.copy(program, folder / "bin" / "mlflow-lens")
    shutil.copy(SAMPLE, folder / "mlflow.db")
    (folder / "traces.json.gz").write_bytes(gzip.compress(b'{"info": {}, "data": {"spans": []}}', mtime=0))


def check_clean_root(program: Path, folder: Path, faults: Faults) -> None:
    needed = libraries(program)
    outside = {name for name in needed if not name.startswith("ld-")} - BASE
    inside = [name for name in INSIDE if any(name in library for library in outside)]
    if inside:
        print(f"NOTE: {', '.join(inside)} has no static form here, so the system has to have it")
    faults.check(not {name for name in outside if not name.startswith(INSIDE)}, f"it asks for {sorted(outside)}")
    make_root(program, folder, needed)
    files = sorted(str(file.relative_to(folder)) for file in folder.rglob("*") if file.is_file())
    enter = entering(folder)
    if enter is None:
        print("SKIPPED the clean root: neither root's rights nor user namespaces here, or no unshare")
        return
    with StdioClient([*enter, "/bin/mlflow-lens", "--tracking-uri", "sqlite:////mlflow.db", "serve"], {"LANG": "C"}) as server:
        info = server.initialize()["serverInfo"]
        faults.check(info["name"] == "mlflow-lens", f"clean root: {info}")
        faults.check(len(server.list_tools()) == 5, "clean root: not all tools")
        turn = server.call_tool("inspect_turn", {"trace_id": "tr-8fadc1a6"})
        faults.check("[high]" in turn["content"][0]["text"] and not turn.get("isError"), f"clean root: {turn}")
        # What is opened only when it is needed is not there: the rest goes on, and each absence is told.
        lacking = server.call_tool("search_traces", {"filter": "name RLIKE 'a'"})
        text = lacking["content"][0]["text"]
        faults.check(lacking.get("isError") and "PCRE2" in text, f"clean root, RLIKE: {text[:300]}")
        after = server.call_tool("search_traces", {"status": "ERROR"})
        faults.check(not after.get("isError"), f"clean root, after an error: {after}")
    for store, words in (("http://127.0.0.1:9", "libcurl"), ("/traces.json.gz", "zlib")):
        command = [*enter, "/bin/mlflow-lens", "--tracking-uri", store, "search-traces"]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, env={"PATH": os.environ["PATH"]})
        told = done.returncode == 2 and words in done.stderr
        faults.check(told, f"clean root, {store}: status {done.returncode}, {done.stdout[:200]}{done.stderr[:300]}")
    print(f"clean root: {', '.join(files)}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--no-build", action="store_true", help="pack what was built last")
    options = parser.parse_args()
    faults = Faults()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name).resolve()
        for part in ("first", "second", "bundle", "plugin", "root"):
            (folder / part).mkdir()
        said = pack(folder / "first", *(["--no-build"] if options.no_build else []))
        print(said, end="")
        faults.check(re.search(r"\d MB stripped", said) and "libc.so" in said, "size or libraries are not told")
        pack(folder / "second", "--no-build")
        first = checksums(folder / "first")
        faults.check(first == checksums(folder / "second"), "the same program makes other archives the second time")
        bundle = next((folder / "first").glob("*.mcpb"))
        tarball = next((folder / "first").glob("*.tar.gz"))
        faults.check(len(first) == 2, f"archives: {sorted(first)}")
        version = json.loads((ROOT / "manifest.json").read_bytes())["version"]
        faults.check(bundle.name == f"mlflow-lens-{version}.mcpb", f"the bundle is called {bundle.name}")
        program = check_bundle(bundle, folder / "bundle", faults)
        packed = check_plugin(tarball, folder / "plugin", faults)
        faults.check(packed.read_bytes() == program.read_bytes(), "the two archives hold two programs")
        if shutil.which("ldd"):
            check_clean_root(program, folder / "root", faults)
        else:
            print("SKIPPED the clean root: no ldd here")
    faults.end()


if __name__ == "__main__":
    main()
