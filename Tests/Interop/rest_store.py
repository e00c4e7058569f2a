#!/usr/bin/env python3
"""Compare what mlflow-lens reads through a real tracking server with what it reads from the database behind it.

    rest_store.py --binary .build/release/mlflow-lens

Starts ``mlflow server`` from the Python environment that runs this script, on a copy of the sample store: as it is, behind
TLS with a private authority, with PostgreSQL in the database's place, and with its basic-auth app.  Exit status 1 when anything differs.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import shutil
import subprocess
import sys
import tempfile
import urllib.parse
from collections.abc import Iterator
from pathlib import Path

os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")

from compare_with_mlflow import comparable, differences, read_by_us, trace_ids
from mlflow import MlflowClient
from postgres import postgres_with
from searches import compare_searches
from stdio_client import StdioClient
from tracking_server import behind_tls, private_authority, tracking_server

ROOT = Path(__file__).resolve().parents[2]
USER, PASSWORD, WRONG = "admin", "a-right-pass:phrase 1", "a-wr0ng-passphrase"
#: Calls that are answered differently on purpose, and why.  None is known.
KNOWN_DIFFERENCES: dict[str, str] = {}


# ------------------------------------------------------------------ comparing


def questions(ids: list[str], infos: list[dict]) -> Iterator[tuple[str, dict]]:
    """Calls that have to be answered alike."""
    sessions = sorted({info["session_id"] for info in infos if "session_id" in info})
    for arguments in (
        {},
        {"max_results": 3},
        {"max_results": 3, "page_token": "eyJvZmZzZXQiOiAzfQ=="},
        {"page_token": "eyJvZmZzZXQiOiA1MDAwMH0="},
        {"status": "ERROR"},
        {"status": "OK", "order_by": "execution_time_ms DESC"},
        {"order_by": "name, timestamp_ms"},
        {"order_by": "end_time DESC, tag.release"},
        {"has_error_spans": True},
        {"group_by": "error"},
        {"span_attribute": "mlflow.spanType=TOOL"},
        {"has_error_spans": False},
        {"min_duration_ms": 500},
        {"since": infos[len(infos) // 2]["request_time"]},
        {"until": infos[len(infos) // 2]["request_time"]},
        {"session_id": "no such session"},
        {"session_id": "it's \"quoted\" \\ both"},
        {"user_id": "O'Brien"},
        {"experiment_id": "no such experiment"},
        {"text": "4712"},
        *({"group_by": by} for by in ("session", "experiment", "name", "status", "user", "hour", "day", "tag.release", "metadata.x", "wrong")),
        {"text": "100%_\"x\""},
        {"failed_assessment": "any"},
        {"failed_assessment": "correctness", "status": "OK"},
        {"filter": "span.type = 'TOOL' AND span.status = 'ERROR'"},
        {"filter": "trace.text LIKE '%refund%' AND status = 'ERROR'"},
        {"filter": "feedback.correctness = 'no' AND tag.release IS NULL", "text": "4712"},
        {"filter": "state = 'OK'"},
        *({"session_id": session} for session in sessions),
        *({"experiment_id": one} for one in sorted({info["experiment_id"] for info in infos})),
    ):
        yield "search_traces", arguments
    for session in [*sessions, "no such session"]:
        yield "analyze_session", {"session_id": session}
    for trace_id in [*ids, ids[0][:9], "tr-", "tr_", "get", "no' \"such", "tr-" + "0" * 32]:
        yield "inspect_turn", {"trace_id": trace_id}
    yield "get_trace", {"trace_id": ids[0]}
    yield "discover_schema", {}


def text(result: dict, store: str) -> str:
    return result["content"][0]["text"].replace(store, "STORE")


def compare(binary: str, database: str, address: str, environment: dict[str, str], own_tags: tuple[str, ...] = ()) -> int:
    """Compare everything but the tags in which each store says where it is; returns how many places differ."""
    wrong = 0
    with (
        StdioClient([binary, "--tracking-uri", database, "--reveal-secrets", "serve"]) as direct,
        StdioClient([binary, "--tracking-uri", address, "--reveal-secrets", "serve"], environment) as remote,
    ):
        direct.initialize()
        remote.initialize()
        ids = trace_ids(database, None)
        for trace_id in ids:
            theirs, ours = comparable(read_by_us(direct, trace_id)), comparable(read_by_us(remote, trace_id))
            for tags, name in itertools.product((theirs["info"]["tags"], ours["info"]["tags"]), own_tags):
                tags.pop(name, None)
            for line in differences(theirs, ours):
                print(f"{trace_id} {line} (MLflow: the database, mlflow-lens: the other store)")
                wrong += 1
        infos = direct.call_tool("search_traces", {"max_results": 500, "format": "json"})["structuredContent"]["traces"]
        if not environment:
            wrong += compare_searches(MlflowClient(address), remote)
        asked = 0
        for tool, arguments in questions(ids, infos):
            asked += 1
            theirs = text(direct.call_tool(tool, arguments), database)
            ours = text(remote.call_tool(tool, arguments), address)
            name = f"{tool} {json.dumps(arguments, ensure_ascii=False)}"
            if theirs != ours and name not in KNOWN_DIFFERENCES:
                wrong += 1
                print(f"{name}: the database answers\n{theirs}\nthe other store answers\n{ours}")
    print(f"{len(ids)} traces and {asked} answers compared, {wrong} differences")
    return wrong


def doctor(binary: str, address: str, environment: dict[str, str]) -> subprocess.CompletedProcess:
    return subprocess.run(
        [binary, "doctor", "--tracking-uri", address],
        capture_output=True,
        text=True,
        timeout=60,
        env={**os.environ, **environment},
    )


def check_passwords(binary: str, address: str) -> int:
    """The right password works, a wrong one and none are refused in words that do not hold it."""
    wrong = 0
    for user, password, status, words in (
        (USER, PASSWORD, 0, "MLflow tracking server"),
        (USER, WRONG, 2, "user and password were not accepted"),
        ("", "", 2, "no credentials were given"),
    ):
        variables = {"MLFLOW_TRACKING_USERNAME": user, "MLFLOW_TRACKING_PASSWORD": password}
        host = address.removeprefix("http://")
        calls = [doctor(binary, address, variables)]
        if user:
            calls.append(doctor(binary, f"http://{user}:{urllib.parse.quote(password)}@{host}", {}))
        for result in calls:
            output = result.stdout + result.stderr
            if result.returncode != status or words not in output or (password and password in output):
                wrong += 1
                print(f"doctor as '{user}' ended with {result.returncode}:\n{output}")
    print(f"basic-auth: {'as expected' if wrong == 0 else f'{wrong} calls went wrong'}")
    return wrong


def check_tls(binary: str, address: str, certificate: Path) -> int:
    """A private authority is believed when it is named, and only then; faults found."""
    trusted = {"MLFLOW_TRACKING_SERVER_CERT_PATH": str(certificate)}
    cases = [("named authority", trusted, 0), ("unknown authority", {}, 2), ("no check", {"MLFLOW_TRACKING_INSECURE_TLS": "true"}, 0)]
    cases.append(("both", {**trusted, "MLFLOW_TRACKING_INSECURE_TLS": "true"}, 2))
    wrong = 0
    for name, environment, status in cases:
        result = doctor(binary, address, environment)
        is_right = result.returncode == status and (status == 0) == ("ready" in result.stdout)
        print(f"TLS, {name}: " + ("as expected" if is_right else f"WRONG: exit {result.returncode}: {result.stdout}"))
        wrong += not is_right
    return wrong


def auth_settings(folder: Path) -> dict[str, str]:
    """A configuration of the basic-auth app that keeps its users in ``folder``."""
    file = folder / "basic_auth.ini"
    file.write_text(
        "[mlflow]\ndefault_permission = READ\n"
        f"database_uri = sqlite:///{folder / 'basic_auth.db'}\n"
        f"admin_username = {USER}\nadmin_password = {PASSWORD}\n"
        "authorization_function = mlflow.server.auth:authenticate_request_basic_auth\n"
    )
    return {"MLFLOW_AUTH_CONFIG_PATH": str(file), "MLFLOW_FLASK_SERVER_SECRET_KEY": "for a test only"}


def has_auth_app() -> bool:
    probe = "import mlflow.server.auth.config, flask_wtf"
    return subprocess.run([sys.executable, "-c", probe], capture_output=True).returncode == 0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", required=True, type=Path, help="the mlflow-lens executable")
    parser.add_argument("--store", type=Path, default=ROOT / "Samples/mlflow.db", help="the database to copy")
    options = parser.parse_args()
    binary = str(options.binary.resolve())
    # No variable of the caller's may choose another server, user or proxy.
    for name in [name for name in os.environ if name.startswith("MLFLOW_TRACKING_")]:
        del os.environ[name]
    os.environ["NO_PROXY"] = os.environ["no_proxy"] = "127.0.0.1"
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name).resolve()
        os.environ["HOME"] = str(folder)
        shutil.copy(options.store, folder / "mlflow.db")
        with tracking_server(folder) as address:
            wrong = compare(binary, f"sqlite:///{folder / 'mlflow.db'}", address, {})
            if shutil.which("openssl"):
                certificate, key = private_authority(folder)
                with behind_tls(address, certificate, key) as secure:
                    wrong += check_tls(binary, secure, certificate)
            else:
                print("TLS: not checked, there is no openssl to make a certificate with")
        with postgres_with(folder / "mlflow.db") as uri:
            if uri:
                print("PostgreSQL behind the server:")
                with tracking_server(folder, store=uri) as address:
                    wrong += compare(binary, f"sqlite:///{folder / 'mlflow.db'}", address, {})
            else:
                print("SKIPPED PostgreSQL: its server or psycopg2 is not installed")
        if has_auth_app():
            with tracking_server(folder, "--app-name", "basic-auth", environment=auth_settings(folder)) as address:
                login = {"MLFLOW_TRACKING_USERNAME": USER, "MLFLOW_TRACKING_PASSWORD": PASSWORD}
                wrong += check_passwords(binary, address)
                wrong += compare(binary, f"sqlite:///{folder / 'mlflow.db'}", address, login)
        else:
            print("basic-auth: not checked, its packages are not installed (pip install 'mlflow[auth]')")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
