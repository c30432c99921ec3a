"""Copy the lexicon from ontology/lexicon, its source of truth, into the package: `python -m tools.build_lexicon`.

The codebooks that ship are written anew besides: CAMEO's rules follow from the lexicon.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from tools import build_codebooks

ROOT = Path(__file__).resolve().parent.parent
SOURCE, TARGET = ROOT / "ontology" / "lexicon", ROOT / "kg" / "data" / "lexicon"


def main() -> None:
    TARGET.mkdir(parents=True, exist_ok=True)
    for path in sorted(SOURCE.glob("*.csv")):
        shutil.copyfile(path, TARGET / path.name)
    build_codebooks.build(build_codebooks.TARGET)


if __name__ == "__main__":
    main()
