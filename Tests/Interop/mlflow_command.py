"""MLflow's own command line without its start-up: a `mlflow` for a shell's PATH that is answered by this process.

Importing MLflow takes seconds, once for each command.  Here it is imported once, and what is put on PATH is a small
program that hands its arguments to this process over a socket and passes on what MLflow's command line says to them.
"""

from __future__ import annotations

import json
import os
import socket
import sys
import threading
from pathlib import Path

COMMAND = """#!{python} -IS
import json, os, socket, sys
server = socket.socket(socket.AF_UNIX)
server.connect({address!r})
request = {{"arguments": sys.argv[1:], "environment": dict(os.environ)}}
server.sendall(json.dumps(request).encode() + b"\\n")
answer = json.loads(server.makefile("rb").read())
sys.stderr.write(answer["stderr"])
sys.stdout.write(answer["stdout"])
sys.exit(answer["status"])
"""


def offer_mlflow(folder: Path) -> None:
    """Put `mlflow` into a folder and answer it until this process ends."""
    import mlflow.cli
    from click.testing import CliRunner

    address = str(folder / "mlflow.socket")
    server = socket.socket(socket.AF_UNIX)
    server.bind(address)
    server.listen()
    command = folder / "mlflow"
    command.write_text(COMMAND.format(python=sys.executable, address=address))
    command.chmod(0o755)

    def answer(connection: socket.socket) -> None:
        request = json.loads(connection.makefile("rb").readline())
        environment = {name: value for name, value in request["environment"].items() if name.startswith("MLFLOW_")}
        result = CliRunner().invoke(mlflow.cli.cli, request["arguments"], env=environment, prog_name="mlflow")
        said = result.stderr
        if result.exception and not isinstance(result.exception, SystemExit):
            said += f"{type(result.exception).__name__}: {result.exception}\n"
        reply = {"status": result.exit_code, "stdout": result.stdout, "stderr": said}
        connection.sendall(json.dumps(reply).encode())
        connection.close()

    def serve() -> None:
        while True:
            answer(server.accept()[0])

    os.environ.pop("MLFLOW_TRACKING_URI", None)
    threading.Thread(target=serve, daemon=True).start()
