"""What built a document's statements, so that an upgrade can say which documents it would read otherwise."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib import metadata, resources
from importlib.resources.abc import Traversable
from typing import Final

from kg.store.graphs import RECORD

_CODE: Final = ("codebook.py", "extract", "link", "nlp", "pipeline.py", "rdf.py", "read")
_DATA: Final = {
    "model": "english", "relations": "relations", "catalogue": "catalogue", "lexicon": "lexicon", "codebook": "ontology",
}  # fmt: skip
"""Folders of kg/data by the name that the manifest gives them."""


@dataclass(frozen=True, slots=True)
class Build:
    """Versions and options that statements depend on besides the text, by name, sorted."""

    parts: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, options: Mapping[str, str]) -> Build:
        """This package's versions with these options."""
        return cls(tuple(sorted({**package_parts(), **options}.items())))

    @property
    def id(self) -> str:
        """IRI, by content: equal builds are one."""
        return f"{RECORD}build/{sha256(self.text().encode()).hexdigest()[:20]}"

    def text(self) -> str:
        """The manifest as JSON."""
        return json.dumps(dict(self.parts), ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def from_text(cls, text: str) -> Build:
        """The inverse of `text`."""
        return cls(tuple(sorted((str(name), str(value)) for name, value in json.loads(text).items())))

    def differences(self, other: Build) -> list[str]:
        """Names of the parts in which the two differ."""
        return sorted({name for name, _ in set(self.parts) ^ set(other.parts)})


@cache
def package_parts() -> dict[str, str]:
    """Version of the package, and a digest of its code and of each kind of data that statements depend on."""
    package = resources.files("kg")
    parts = {name: _digest(package / "data" / folder) for name, folder in _DATA.items()}
    code = "".join(_digest(package / name) for name in _CODE)
    return {"kg": kg_version(), "code": sha256(code.encode()).hexdigest()[:12], **parts}


def kg_version() -> str:
    """The installed version; "0" in a source tree that is not installed."""
    try:
        return metadata.version("kg")
    except metadata.PackageNotFoundError:
        return "0"


def _digest(place: Traversable) -> str:
    whole = sha256()
    for name, file in _files(place, ""):
        whole.update(f"{name}\0".encode())
        whole.update(sha256(file.read_bytes()).digest())
    return whole.hexdigest()[:12]


def _files(place: Traversable, name: str) -> Iterator[tuple[str, Traversable]]:
    if place.is_file():
        yield name, place
        return
    for child in sorted(place.iterdir(), key=lambda one: one.name):
        if not child.name.startswith((".", "__pycache__")):
            yield from _files(child, f"{name}/{child.name}")
