"""Documents and statements a second into a store on disk and behind two servers, each the same, and how long reading them takes.

`python -m benchmarks.endpoint` needs the `oxigraph` server and Virtuoso 7, which it starts for itself; one that is missing is left out.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from kg.query import named_query, run_query
from kg.store import AnyStore, open_store
from tests.servers import OXIGRAPH, VIRTUOSO, oxigraph, virtuoso
from tests.small_store import corpus


def main() -> None:
    """Print a table, a row for each kind of store."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=200, help="with eight statements each")
    size = parser.parse_args().documents
    print("| store | added, documents/s | loaded, documents/s | statements/s loaded | all read, s | exported, s | a named query, s |")
    print("|---|---|---|---|---|---|---|")
    kinds = {"on disk": _on_disk, **({"Oxigraph": _oxigraph} if OXIGRAPH else {}), **({"Virtuoso": _virtuoso} if VIRTUOSO else {})}
    for name, place in kinds.items():
        with TemporaryDirectory() as folder, place(Path(folder)) as where, open_store(where) as store:
            print(f"| {name} | " + " | ".join(_measured(store, size)) + " |")
            sys.stdout.flush()


def _measured(store: AnyStore, size: int) -> Iterator[str]:
    everything = corpus(2 * size)
    yield f"{size / _seconds(lambda: [store.add(news, held) for news, held in everything[:size]]):.0f}"
    loaded = _seconds(lambda: store.load(everything[size:]))
    yield f"{size / loaded:.0f}"
    yield f"{8 * size / loaded:.0f}"
    yield f"{_seconds(store.statements):.1f}"
    yield f"{_seconds(store.export):.1f}"
    text = named_query("actors").bind(store)
    yield f"{_seconds(lambda: run_query(store, text)):.2f}"


def _seconds(work: Callable[[], object]) -> float:
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


@contextmanager
def _on_disk(folder: Path) -> Iterator[str]:
    yield str(folder / "store")


@contextmanager
def _oxigraph(folder: Path) -> Iterator[str]:
    server = oxigraph(folder)
    server.start()
    yield server.address
    server.kill()


@contextmanager
def _virtuoso(folder: Path) -> Iterator[str]:
    server = virtuoso(folder)
    server.start()
    os.environ.update(server.environment())
    yield server.address
    server.kill()


if __name__ == "__main__":
    main()
