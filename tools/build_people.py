"""Write the nouns that name persons and groups of them: `python -m tools.build_people --wordnet DICT`.

`DICT` is the folder of a WordNet 3.x database (`index.noun`, `data.noun`). A noun is kept if its commonest sense is a person, or a
group that acts: a social group, an organisation, a gathering, people. `kg extract --actors all` takes such nouns for actors.
"""

from __future__ import annotations

import argparse
import re
from pathlib import Path

OUT = Path(__file__).resolve().parent.parent / "kg" / "data" / "lexicon" / "people.txt"
PERSON, GROUP = "18", "14"
ACTING_GROUPS = frozenset("social_group organization organisation gathering people ethnic_group world social_class".split())
NOT_ACTORS = frozenset(
    """
    law arms system world earth globe kingdom field domain class race school head figure image subject number body case character match
    model self star individual second third double mother lead pilot host plant
    """.split()
)
"""Commonest senses that WordNet gives as persons or groups, while news seldom does."""


def read_senses(folder: Path) -> tuple[dict[str, str], dict[str, str], dict[str, list[str]], dict[str, list[str]]]:
    """Offset of the commonest sense by noun; file number, words and hypernym offsets by offset."""
    first: dict[str, str] = {}
    for line in (folder / "index.noun").read_text(encoding="utf-8").splitlines():
        fields = line.split()
        if not line.startswith(" "):
            pointers = int(fields[3])
            first[fields[0]] = fields[6 + pointers]
    number, words, above = {}, {}, {}
    for line in (folder / "data.noun").read_text(encoding="utf-8").splitlines():
        if line.startswith(" "):
            continue
        fields = line.split("|")[0].split()
        offset, count = fields[0], int(fields[3], 16)
        number[offset] = fields[1]
        words[offset] = [w.lower() for w in fields[4 : 4 + 2 * count : 2]]
        rest = fields[5 + 2 * count :]
        above[offset] = [rest[i + 1] for i in range(0, len(rest) - 3, 4) if rest[i] in ("@", "@i")]
    return first, number, words, above


def people(folder: Path) -> list[str]:
    """The nouns, sorted."""
    first, number, words, above = read_senses(folder)

    def acts(offset: str, depth: int = 0) -> bool:
        if ACTING_GROUPS & set(words[offset]):
            return True
        return depth < 12 and any(acts(up, depth + 1) for up in above[offset] if number[up] == GROUP)

    found = []
    for noun, offset in first.items():
        if not re.fullmatch(r"[a-z][a-z-]{2,}", noun) or noun in NOT_ACTORS:
            continue
        if number[offset] == PERSON or (number[offset] == GROUP and acts(offset)):
            found.append(noun)
    return sorted(found)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--wordnet", type=Path, required=True)
    args = parser.parse_args()
    nouns = people(args.wordnet)
    notice = (
        "# Nouns for persons and groups, from WordNet 3.1 (Copyright Princeton University; licence in NOTICE), by tools/build_people.py\n"
    )
    OUT.write_text(notice + "\n".join(nouns) + "\n", encoding="utf-8")
    print(f"{OUT}: {len(nouns)} nouns")


if __name__ == "__main__":
    main()
