#!/usr/bin/env python3
"""Check manifest.json against the executable it speaks of.

    check_plugin.py --binary .build/release/mlflow-lens [--schema mcpb-manifest.schema.json]

Python 3.10 and its standard library; with the jsonschema package, --schema also holds the manifest against MCPB's own
schema.  Exit status 1 when anything is wrong; every fault is told, not the first alone.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from pathlib import Path

sys.dont_write_bytecode = True

from checks import ROOT, STORE, Faults, Lens  # noqa: E402
from stdio_client import StdioClient  # noqa: E402

MANIFEST_REQUIRED = {"manifest_version", "name", "version", "description", "author", "server"}
MANIFEST_KEYS = MANIFEST_REQUIRED | {
    *("$schema", "dxt_version", "display_name", "long_description", "repository", "homepage", "documentation", "support"),
    *("icon", "icons", "screenshots", "localization", "tools", "tools_generated", "prompts", "prompts_generated"),
    *("keywords", "license", "privacy_policies", "compatibility", "user_config", "_meta"),
}
SUBSTITUTIONS = {"__dirname", "HOME", "DESKTOP", "DOCUMENTS", "DOWNLOADS", "pathSeparator", "/"}
PLATFORMS = {"darwin", "win32", "linux"}


# ------------------------------------------------------------------ the manifest


def check_manifest(lens: Lens, schema: Path | None, faults: Faults) -> None:
    manifest = json.loads((ROOT / "manifest.json").read_bytes())

    def check(holds: object, fault: str) -> bool:
        return faults.check(holds, f"manifest.json: {fault}")

    if not check(not (missing := MANIFEST_REQUIRED - manifest.keys()), f"no {', '.join(sorted(missing))}"):
        return
    check(not (unknown := manifest.keys() - MANIFEST_KEYS), f"unknown {', '.join(sorted(unknown))}")
    check(manifest["manifest_version"] == "0.3", "manifest_version is not 0.3")
    version = lens.run("--version").strip()
    check(manifest["version"] == version, f"version {manifest['version']}, the executable says {version}")
    check(manifest["author"].get("name"), "author has no name")

    server = manifest["server"]
    command = server["mcp_config"]["command"]
    check(server["type"] == "binary", "server.type is not binary")
    check(command == "${__dirname}/" + server["entry_point"], f"command {command} is not the entry_point")
    check(not Path(server["entry_point"]).is_absolute(), "entry_point is absolute")
    options = manifest.get("user_config", {})
    for name, option in options.items():
        lacking = {"type", "title", "description"} - option.keys()
        check(not lacking, f"user_config.{name} has no {', '.join(sorted(lacking))}")
    used = set(re.findall(r"\$\{([^}]*)\}", json.dumps(server)))
    known = SUBSTITUTIONS | {f"user_config.{name}" for name in options}
    check(used <= known, f"unknown substitutions: {', '.join(sorted(used - known))}")
    check(used >= {f"user_config.{name}" for name in options}, "an option of user_config is never used")
    check(set(manifest["compatibility"]["platforms"]) <= PLATFORMS, "an unknown platform")

    tools = [tool["name"] for tool in manifest["tools"]]
    check(sorted(tools) == sorted(lens.tools), f"tools are {tools}, the server's {sorted(lens.tools)}")
    for tool in manifest["tools"]:
        check(tool.keys() == {"name", "description"}, f"{tool['name']}: only name and description are allowed")

    if schema:
        try:
            import jsonschema
        except ImportError:
            print("jsonschema is not installed: the manifest was not held against the schema")
            return
        of_schema = json.loads(schema.read_bytes())
        for error in jsonschema.validators.validator_for(of_schema)(of_schema).iter_errors(manifest):
            check(False, f"{error.json_path}: {error.message}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", required=True, type=Path, help="the mlflow-lens executable")
    parser.add_argument("--schema", type=Path, help="MCPB's JSON schema of the manifest, version 0.3")
    options = parser.parse_args()
    binary = options.binary.resolve()
    faults = Faults()
    with StdioClient([str(binary), "--tracking-uri", STORE, "serve"]) as server:
        server.initialize()
        lens = Lens(binary, server)
        check_manifest(lens, options.schema, faults)
    faults.end()


if __name__ == "__main__":
    main()
