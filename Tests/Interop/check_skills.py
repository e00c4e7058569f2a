#!/usr/bin/env python3
"""Check the skills: their format, with the reference validator and by hosts' stricter rules; what they link to; what they name.

    check_skills.py --binary .build/release/mlflow-lens

What they show of outputs is the matter of check_docs.py.  Exit status 1 when anything is wrong; every fault is told.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from pathlib import Path

sys.dont_write_bytecode = True

from checks import ROOT, SKILLS, STORE, Faults, Lens  # noqa: E402
from documents import Document  # noqa: E402
from stdio_client import StdioClient  # noqa: E402

try:
    import skills_ref
except ImportError:  # requirements.txt names it; its rules are checked here, too
    skills_ref = None

SKILL_KEYS = {"name", "description", "license", "compatibility", "metadata", "allowed-tools"}
SKILL_LINES = 200
KEPT_BYTES = 20_000  # about 5,000 tokens: what a host keeps of a skill when it compacts a conversation
OPTIONS_OF_MLFLOW = {"--filter-string", "--output", "--max-results"}  # named by themselves, not in a command


def check_frontmatter(file: Path, text: str, faults: Faults) -> None:
    where = file.relative_to(ROOT)

    def check(holds: object, fault: str) -> bool:
        return faults.check(holds, f"{where}: {fault}")

    for error in skills_ref.validate(file.parent) if skills_ref else []:
        check(False, f"the reference validator says: {error}")
    check(text.count("\n") < SKILL_LINES, f"{text.count(chr(10))} lines, not under {SKILL_LINES}")
    check(len(text.encode()) < KEPT_BYTES, f"longer than {KEPT_BYTES} bytes")
    match = re.match(r"---\n(.*?)\n---\n", text, re.S)
    if not check(match, "does not begin with frontmatter"):
        return
    check(match[1].count("---") == 0, "--- inside the frontmatter")
    fields: dict[str, str] = {}
    for line in match[1].split("\n"):
        key, separator, value = line.partition(": ")
        if not check(separator and re.fullmatch(r"[a-z-]+", key), f"frontmatter line is not 'key: value': {line}"):
            continue
        check(key not in fields, f"{key} occurs twice")
        check(": " not in value and " #" not in value, f"{key} needs quotes in YAML")
        check(value.strip() and value[0] not in "[]{}&*!|>'\"%@`#,?-", f"{key} is no plain YAML text")
        fields[key] = value
    check(not (unknown := fields.keys() - SKILL_KEYS), f"unknown {', '.join(sorted(unknown))}")
    name, description = fields.get("name", ""), fields.get("description", "")
    check(re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name) and len(name) <= 64, f"name '{name}' is not allowed")
    check(name == file.parent.name, f"name '{name}' is not the folder's")
    check(1 <= len(description) <= 1024, f"description has {len(description)} characters")
    check(not re.search(r"<[a-zA-Z/]", description), "description holds a tag")
    check("Use when" in description, "description does not say 'Use when …'")
    check(fields.get("license") == "Apache-2.0", "license is not Apache-2.0")
    check(1 <= len(fields.get("compatibility", " ")) <= 500, "compatibility is too long")


def check_mentions(document: Document, lens: Lens, faults: Faults) -> None:
    """Tools, their arguments, verbs and options that a page names exist."""
    where = document.path.relative_to(ROOT)
    text = document.text
    for tool, arguments in re.findall(r"\b([a-z]+_[a-z]+) (\{\"[^`\n]*\})", text):
        if tool in lens.tools or faults.check(tool not in lens.tools and tool.split("_")[0] == "call", f"{where}: there is no tool {tool}"):
            unknown = json.loads(arguments).keys() - lens.tools.get(tool, {}).keys()
            faults.check(not unknown, f"{where}: {tool} has no argument {', '.join(sorted(unknown))}")
    blocks = document.blocks()
    shell = [line for block in blocks if block.language in ("sh", "console") for line in block.lines]
    for code in [*document.inline(), *shell]:
        for command in re.split(r"[|;]", code):
            found = re.search(r"(?:^|[ /(])mlflow-lens ((?:--[a-z-]+ \S+ )*)([a-z]+(?:-[a-z]+)?)(?= |$)(.*)", command)
            if not found:
                continue
            verb, rest = found[2], found[3]
            if not faults.check(verb in lens.verbs, f"{where}: there is no verb {verb}"):
                continue
            for option in re.findall(r"(?<![\w-])--[a-z][a-z-]*", rest):
                known = re.search(rf"(?<![\w-]){option}(?![\w-])", lens.verbs[verb])
                faults.check(known, f"{where}: {verb} has no option {option}")
    for option in document.inline():
        if re.fullmatch(r"--[a-z][a-z-]*", option):
            known = any(re.search(rf"(?<![\w-]){option}(?![\w-])", usage) for usage in lens.verbs.values())
            faults.check(known or option in OPTIONS_OF_MLFLOW or option in text_of_scripts(), f"{where}: neither a verb nor a script has the option {option}")


def text_of_scripts() -> str:
    return "".join(file.read_text() for file in SKILLS.glob("*/scripts/*.sh"))


def check_links(folder: Path, document: Document, faults: Faults) -> None:
    """Files that a skill's page names are there, and every reference is named by the skill itself, one level deep."""
    where = document.path.relative_to(ROOT)
    for link in re.findall(r"(?<![\w/.-])(?:scripts|references)/[\w.-]+\w", document.text):
        elsewhere = list(SKILLS.glob(f"*/{link}"))
        named = any(f"{other.parents[1].name}" in document.text for other in elsewhere)
        faults.check((folder / link).is_file() or (elsewhere and named), f"{where}: there is no {link}, and no skill is named that has it")
    check_targets(document, faults)


def check_targets(document: Document, faults: Faults) -> None:
    for link in re.findall(r"\]\(([^)#:]+)\)", document.text):
        there = (document.path.parent / link).exists()
        faults.check(there, f"{document.path.relative_to(ROOT)}: there is no {link}")


def check_skills(lens: Lens, faults: Faults) -> None:
    files = sorted(SKILLS.glob("*/SKILL.md"))
    folders = sorted(folder for folder in SKILLS.iterdir() if folder.is_dir())
    faults.check(files and [file.parent for file in files] == folders, "skills: a folder without a SKILL.md")
    for file in files:
        document = Document(file)
        check_frontmatter(file, document.text, faults)
        faults.check(document.calls(), f"{file.relative_to(ROOT)}: no worked example")
        pages = sorted((file.parent / "references").glob("*"))
        for page in pages:
            named = f"references/{page.name}" in document.text
            faults.check(named, f"{file.relative_to(ROOT)} does not say when to read references/{page.name}")
            faults.check(page.is_file(), f"{page.relative_to(ROOT)}: references are one level deep")
        for other in [document, *map(Document, pages)]:
            check_mentions(other, lens, faults)
            check_links(file.parent, other, faults)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", required=True, type=Path, help="the mlflow-lens executable")
    binary = parser.parse_args().binary.resolve()
    faults = Faults()
    if skills_ref is None:
        print("!! SKIPPED: skills-ref is not installed: the reference validator was not asked", file=sys.stderr)
    with StdioClient([str(binary), "--tracking-uri", STORE, "serve"]) as server:
        server.initialize()
        lens = Lens(binary, server)
        check_skills(lens, faults)
        for page in [ROOT / "README.md", *sorted((ROOT / "docs").glob("**/*.md"))]:
            check_mentions(Document(page), lens, faults)
            check_targets(Document(page), faults)
    faults.end()


if __name__ == "__main__":
    main()
