"""A PostgreSQL server of our own for the interop tests, filled with what an SQLite store of MLflow holds."""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tracking_server import free_port

# The tables of MLflow's own model, row by row: both databases then hold the same, whatever their types are called.
COPY = """
import sys
import sqlalchemy
import mlflow.store.db.utils as utils
from mlflow.store.tracking.dbmodels.models import Base
old, new = (sqlalchemy.create_engine(uri) for uri in sys.argv[1:3])
utils._initialize_tables(new)
with old.connect() as source, new.begin() as sink:
    for table in Base.metadata.sorted_tables:
        columns = [column for column in table.columns if column.computed is None]
        rows = [dict(row._mapping) for row in source.execute(sqlalchemy.select(*columns))]
        sink.execute(table.delete())
        if rows:
            sink.execute(table.insert(), rows)
"""


def tools() -> Path | None:
    """The folder of PostgreSQL's programs; None when it is not installed."""
    found = shutil.which("initdb")
    if found:
        return Path(found).resolve().parent
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: int(folder.parent.name))
    return folders[-1] if folders else None


@contextlib.contextmanager
def postgres_with(database: Path) -> Iterator[str | None]:
    """The URI of a PostgreSQL database that holds what ``database`` does; None when there is no PostgreSQL."""
    programs = tools()
    if programs is None or subprocess.run([sys.executable, "-c", "import psycopg2"], capture_output=True).returncode:
        yield None
        return
    # PostgreSQL refuses to run as root; Debian's package brings a user for it.
    is_root = os.geteuid() == 0
    owner = pwd.getpwnam("postgres") if is_root else pwd.getpwuid(os.geteuid())
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        os.chmod(folder, 0o755)
        cluster = folder / "cluster"
        cluster.mkdir(mode=0o700)
        if is_root:
            os.chown(cluster, owner.pw_uid, owner.pw_gid)

        def run(program: str, *arguments: str) -> subprocess.Popen:
            return subprocess.Popen(
                [str(programs / program), *arguments],
                cwd=folder,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                text=True,
                user=owner.pw_uid if is_root else None,
                group=owner.pw_gid if is_root else None,
                extra_groups=[] if is_root else None,
            )

        made = run("initdb", "--pgdata", str(cluster), "--username", "lens", "--auth", "trust", "--encoding", "UTF8", "--no-sync")
        trouble = made.communicate()[1]
        if made.returncode:
            raise SystemExit(f"initdb failed:\n{trouble}")
        port = free_port()
        server = run(
            "postgres", "-D", str(cluster), "-p", str(port), "-c", "listen_addresses=127.0.0.1",
            "-c", "unix_socket_directories=", "-c", "fsync=off", "-c", "log_min_messages=fatal",
        )
        try:
            wait_for(programs, port, server)
            uri = f"postgresql+psycopg2://lens@127.0.0.1:{port}/postgres"
            copied = subprocess.run([sys.executable, "-c", COPY, f"sqlite:///{database}", uri], capture_output=True, text=True)
            if copied.returncode:
                raise SystemExit(f"the store was not copied to PostgreSQL:\n{copied.stderr[-2000:]}")
            yield uri
        finally:
            server.terminate()
            server.communicate(timeout=30)


def wait_for(programs: Path, port: int, server: subprocess.Popen) -> None:
    """Until the server takes connections."""
    for _ in range(300):
        ready = subprocess.run([str(programs / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(port), "-t", "1"])
        if ready.returncode == 0:
            return
        if server.poll() is not None:
            break
        with contextlib.suppress(subprocess.TimeoutExpired):
            server.wait(0.1)
    server.kill()
    raise SystemExit(f"PostgreSQL did not start:\n{server.communicate()[1]}")
