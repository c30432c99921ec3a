"""Answers on disk by what was asked, so that an interrupted run goes on and the same run costs nothing twice."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from pathlib import Path

from kg.errors import ModelError


def default_folder() -> Path:
    """Where answers are kept unless told: below XDG_CACHE_HOME, else ~/.cache."""
    base = os.environ.get("XDG_CACHE_HOME", "")
    return (Path(base) if os.path.isabs(base) else Path.home() / ".cache") / "kg" / "llm"


class Cache:
    """One JSON file an answer. Holds what models answered, never a key; the folder is for its owner alone."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def key(self, *asked: str) -> str:
        """The name of an answer, by endpoint, model, instructions and question."""
        return hashlib.sha256("\x1f".join(asked).encode("utf-8", "surrogatepass")).hexdigest()

    def get(self, key: str) -> str | None:
        """The answer's content; None where there is none, or a file that was damaged."""
        try:
            kept = json.loads(self._path(key).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None
        content = kept.get("content") if isinstance(kept, dict) else None
        return content if isinstance(content, str) else None

    def put(self, key: str, model: str, content: str) -> None:
        """Keep an answer, whole or not at all. Raises ModelError where the folder cannot be written."""
        path = self._path(key)
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            path.parent.mkdir(exist_ok=True)
            with tempfile.NamedTemporaryFile("w", encoding="utf-8", dir=path.parent, suffix=".part", delete=False) as file:
                json.dump({"model": model, "content": content}, file)
            os.replace(file.name, path)
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            raise ModelError(f"{self.folder}: answers cannot be kept there ({reason}); name another folder with --llm-cache") from error

    def _path(self, key: str) -> Path:
        return self.folder / key[:2] / f"{key}.json"
