"""What is sent to workers: the job, told once, and batches of documents."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import astuple, dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Final

from kg.link import Catalogue, Judgements
from kg.model import Document
from kg.pipeline import Settings
from kg.store import Build

BATCH_CHARACTERS: Final = 100_000
"""A batch with more text ends."""
BATCH_DOCUMENTS: Final = 32
"""The most documents of a batch. One in `_BATCH_END` ends it earlier, so that the mean is below eight."""
_BATCH_END = 8


@dataclass(frozen=True, slots=True)
class Job:
    """What a worker must know to extract: the settings, the content of the files that they name, by the name given, and the build
    that its kg must agree with. `shards` is the folder of this job's shards, None where they go through the scheduler."""

    settings: Settings
    files: tuple[tuple[str, bytes], ...]
    build: Build
    shards: str | None = None

    @property
    def id(self) -> str:
        """By all that the statements depend on."""
        digests = (part for name, content in self.files for part in (name, sha256(content).hexdigest()))
        return _digest(self.build.id, *digests)

    def shard_name(self, documents: Sequence[Document]) -> str:
        """Name of the file of a shard, by what it is made from."""
        return _digest(self.id, *(repr(astuple(one)) for one in documents)) + ".nq"

    def settings_with(self, folder: Path) -> Settings:
        """The settings with the files written into a folder, for a machine that does not have them."""
        places: dict[str, Path] = {}
        for number, (name, content) in enumerate(self.files):
            places[name] = folder / str(number) / Path(name).name
            places[name].parent.mkdir()
            places[name].write_bytes(content)

        def local(path: Path | None) -> Path | None:
            return None if path is None else places.get(str(path), folder / "absent")

        given = self.settings
        names = given.names and ",".join(str(places.get(name, name)) for name in _policies(given.names))
        return replace(given, actors_file=local(given.actors_file), judgements=local(given.judgements), names=names)


def job_of(settings: Settings, build: Build, shards: Path | None) -> Job:
    """The job, its files read and checked here, where they have the names that the user gave them.

    Raises InputError or UnknownNameError where a file or a name is wrong.
    """
    Catalogue.load(settings.actors_file, settings.names)
    if settings.judgements is not None:
        Judgements.read(settings.judgements)
    named = [str(path) for path in (settings.actors_file, settings.judgements) if path is not None]
    named += _policies(settings.names or "")
    job = Job(settings, tuple((name, Path(name).read_bytes()) for name in named if Path(name).is_file()), build)
    return job if shards is None else replace(job, shards=str(shards.absolute() / job.id))


def batches(documents: Iterable[Document]) -> Iterator[tuple[Document, ...]]:
    """Documents in batches, none of which has a document twice.

    Where a batch ends depends on the ids alone as far as can be. So the batches of a run that goes on in the middle are those of
    the one before, and its shards are found again.
    """
    batch: dict[str, Document] = {}
    size = 0
    for document in documents:
        if document.id in batch or (batch and size + len(document.text) > BATCH_CHARACTERS):
            yield tuple(batch.values())
            batch, size = {}, 0
        batch[document.id] = document
        size += len(document.text)
        if len(batch) == BATCH_DOCUMENTS or zlib.crc32(document.id.encode()) % _BATCH_END == 0:
            yield tuple(batch.values())
            batch, size = {}, 0
    if batch:
        yield tuple(batch.values())


def _policies(names: str) -> list[str]:
    return [part.strip() for part in names.split(",")] if names else []


def _digest(*parts: str) -> str:
    return sha256("\x1f".join(parts).encode()).hexdigest()[:32]
