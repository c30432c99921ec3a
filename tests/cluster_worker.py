"""What the workers of tests/test_cluster.py preload: documents that say so raise, end their worker, or wait. Dask calls `dask_setup`.

Marks in a text: RAISES; DIES-ONCE:PATH (kills the worker while there is no such file, which is made first); DIES (fails as what
killed every worker does); WAITS.
"""

from __future__ import annotations

import os
import re
import signal
import time
from pathlib import Path
from types import SimpleNamespace

from distributed import KilledWorker

from kg.model import Document, Statement
from kg.pipeline import Extractor

READ: list[str] = []
"""Ids of the documents that this worker read."""

_extract = Extractor.extract


def _marked(self: Extractor, document: Document) -> list[Statement]:
    READ.append(document.id)
    once = re.search(r"DIES-ONCE:(\S+)", document.text)
    if once and not Path(once[1]).exists():
        Path(once[1]).touch()
        os.kill(os.getpid(), signal.SIGKILL)
    if "RAISES." in document.text:
        raise IndexError("a fault of ours")
    if "DIES." in document.text:  # as the scheduler says after four dead workers, which would be the end of these
        raise KilledWorker("extract_batch", SimpleNamespace(address="tcp://gone"), 3)  # type: ignore[arg-type]  # only printed
    if "WAITS." in document.text:
        time.sleep(0.08)
    return _extract(self, document)


def dask_setup(worker: object) -> None:
    Extractor.extract = _marked  # type: ignore[method-assign]  # in the processes of test workers alone
