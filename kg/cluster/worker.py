"""What runs on a worker. Models are loaded once a process, for the job that it was given last."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock

from distributed import get_worker

from kg.cluster.jobs import Job
from kg.cluster.shards import ShardFolder
from kg.errors import ClusterError
from kg.model import Document
from kg.pipeline import Extractor
from kg.store import Build, extracted_record
from kg.store.builds import package_parts

_TURN = Lock()
_LOADED: dict[str, Extractor] = {}


def hold(job: Job) -> Job:
    """A job as a task of its own: each worker fetches it once from another, and it is made again where a worker is lost."""
    return job


def extract_batch(job: Job, documents: Sequence[Document]) -> bytes | None:
    """The shard of some documents; None where it was written to the job's folder. One batch at a time in each process.

    Raises ClusterError where this worker cannot do it for any document.
    """
    with _TURN:
        extractor = _extractor(job)
        shard = b"".join(extracted_record(one, extractor.extract(one), job.build).text() for one in documents)
    if job.shards is None:
        return shard
    try:
        ShardFolder(Path(job.shards)).write(job.shard_name(documents), shard)
    except OSError as error:
        raise ClusterError(
            f"{job.shards}: {_name()} cannot write shards there ({error.strerror or error}); make room, or name a folder that all "
            f"workers may write to"
        ) from error
    return None


def _extractor(job: Job) -> Extractor:
    if job.id not in _LOADED:
        _check_package(job.build)
        _LOADED.clear()
        _LOADED[job.id] = _load(job)
    return _LOADED[job.id]


def _check_package(build: Build) -> None:
    """Raise ClusterError where the kg of this worker is not the one that the build was begun with."""
    wanted, own = dict(build.parts), package_parts()
    differing = [name for name in own if own[name] != wanted.get(name)]
    if differing:
        theirs, ours = (", ".join(f"{name} {parts.get(name)}" for name in differing) for parts in (wanted, own))
        raise ClusterError(f"{_name()} has another kg ({ours}) than the process that builds ({theirs}); install the same one on both")


def _load(job: Job) -> Extractor:
    """The job's extractor, made from the files as the client has them."""
    with TemporaryDirectory() as folder:
        settings = job.settings_with(Path(folder))
        try:
            extractor = Extractor(settings)
        except (ImportError, OSError, RuntimeError) as error:
            raise ClusterError(f"{_name()} cannot load its models ({error}); install kg there anew") from error
    extractor.settings = job.settings  # statements name the policy of names as it was given
    return extractor


def _name() -> str:
    return f"the worker {get_worker().address}"
