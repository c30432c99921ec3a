"""SPARQL servers that tests start for themselves, on a free port, with their files in a folder of the test's."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

from kg.errors import StoreError
from kg.store.connection import Credentials
from kg.store.protocol import Endpoint

OXIGRAPH = shutil.which("oxigraph", path=os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")]))
VIRTUOSO = shutil.which("virtuoso-t")

_VIRTUOSO_INI = """
[Database]
DatabaseFile = {folder}/virtuoso.db
ErrorLogFile = {folder}/virtuoso.log
LockFile = {folder}/virtuoso.lck
TransactionFile = {folder}/virtuoso.trx
xa_persistent_file = {folder}/virtuoso.pxa
[TempDatabase]
DatabaseFile = {folder}/temp.db
TransactionFile = {folder}/temp.trx
[Parameters]
ServerPort = 127.0.0.1:{other_port}
DisableUnixSocket = 1
DefaultIsolation = 4
NumberOfBuffers = 4000
MaxDirtyBuffers = 3000
ServerThreads = 10
[HTTPServer]
ServerPort = 127.0.0.1:{port}
ServerThreads = 10
[SPARQL]
ResultSetMaxRows = {most_rows}
"""


@dataclass
class Server:
    """A server that answers at `address`; `credentials` are what it wants for updates."""

    folder: Path
    command: list[str]
    address: str
    credentials: Credentials = field(default_factory=Credentials)
    locks: tuple[str, ...] = ()
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, and wait until it answers."""
        for lock in self.locks:  # what a killed server leaves behind
            (self.folder / lock).unlink(missing_ok=True)
        log = open(self.folder / "said.txt", "ab")  # noqa: SIM115  # the process holds it open
        self.process = subprocess.Popen(self.command, stdout=log, stderr=log, cwd=self.folder)
        end = time.monotonic() + 60
        while not self._answers():
            assert self.process.poll() is None, (self.folder / "said.txt").read_text(errors="replace")[-2000:]
            assert time.monotonic() < end, "the server does not answer"
            time.sleep(0.05)

    def kill(self) -> None:
        """End it as loss of power to its process would."""
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def _answers(self) -> bool:
        try:
            return Endpoint(self.address, credentials=self.credentials).ask("ASK { }", pauses=())
        except StoreError:
            return False

    def environment(self) -> dict[str, str]:
        """What a process needs to know to write there."""
        return {"KG_SPARQL_USER": self.credentials.user, "KG_SPARQL_PASSWORD": self.credentials.password}


def oxigraph(folder: Path, *options: str) -> Server:
    """Oxigraph's server, on disk."""
    assert OXIGRAPH is not None
    port = free_port()
    command = [OXIGRAPH, "serve", "--location", str(folder / "quads"), "--bind", f"127.0.0.1:{port}", *options]
    return Server(folder, command, f"http://127.0.0.1:{port}/query")


def virtuoso(folder: Path, *, most_rows: int = 1_000_000) -> Server:
    """Virtuoso 7 with the password that it is delivered with."""
    assert VIRTUOSO is not None
    port = free_port()
    written = _VIRTUOSO_INI.format(folder=folder, port=port, other_port=free_port(), most_rows=most_rows)
    (folder / "virtuoso.ini").write_text(written, encoding="ascii")
    command = [VIRTUOSO, "+foreground", "+configfile", str(folder / "virtuoso.ini")]
    return Server(folder, command, f"http://127.0.0.1:{port}/sparql", Credentials("dba", "dba"), ("virtuoso.lck",))


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def clear(server: Server) -> None:
    """Empty all graphs that tests make."""
    endpoint = Endpoint(server.address, credentials=server.credentials)
    names = [row["g"].value for row in endpoint.rows("SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } }")]
    ours = [name for name in names if name.startswith(("https://w3id.org/geopolitical-kg/", "https://example.org/"))]
    for name in ours:
        endpoint.update(f"CLEAR GRAPH <{name}>")
    if server.command[0] == OXIGRAPH:
        endpoint.update("CLEAR DEFAULT")
    endpoint.close()
