"""Copy the lexicon from ontology/lexicon, its source of truth, into the package: `python -m tools.build_lexicon`."""

from __future__ import annotations

import shutil
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SOURCE, TARGET = ROOT / "ontology" / "lexicon", ROOT / "kg" / "data" / "lexicon"


def main() -> None:
    TARGET.mkdir(parents=True, exist_ok=True)
    for path in sorted(SOURCE.glob("*.csv")):
        shutil.copyfile(path, TARGET / path.name)


if __name__ == "__main__":
    main()
