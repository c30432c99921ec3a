"""Readers of the open corpora that the English model is trained and scored on.

Every reader yields `Example`s: the words of one sentence with whatever layers the corpus annotates; a layer
that a corpus lacks is None and adds nothing to the loss. Sources and licences: docs/model-card.md.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

NER_TYPES = ("PER", "ORG", "LOC", "MISC")
NER_TAGS = ("O", *(f"{prefix}-{kind}" for kind in NER_TYPES for prefix in "BI"))
CROSSNER_TYPES = {
    "country": "LOC", "location": "LOC", "politicalparty": "ORG", "organisation": "ORG", "politician": "PER",
    "person": "PER", "election": "MISC", "event": "MISC", "misc": "MISC",
}  # fmt: skip
GMB_TYPES = {"geo": "LOC", "org": "ORG", "per": "PER", "gpe": "MISC", "art": "MISC", "eve": "MISC", "nat": "MISC"}
TITLES = frozenset((
    "mr", "mrs", "ms", "dr", "president", "prime", "minister", "premier", "chancellor", "king", "queen", "prince", "princess",
    "sheikh", "pope", "general", "senator", "secretary", "ambassador", "sir", "lord", "colonel", "captain", "lieutenant", "rev",
    "judge", "justice",
))  # fmt: skip


@dataclass(frozen=True, slots=True)
class Example:
    """One sentence. `heads` are 1-based, 0 is the root; `document` groups sentences that follow one another."""

    corpus: str
    document: str
    words: tuple[str, ...]
    upos: tuple[str, ...] | None = None
    xpos: tuple[str, ...] | None = None
    feats: tuple[str, ...] | None = None
    heads: tuple[int, ...] | None = None
    labels: tuple[str, ...] | None = None
    ner: tuple[str, ...] | None = None
    lemmas: tuple[str, ...] | None = None


def read_conllu(path: Path, corpus: str, ner: dict[str, tuple[str, ...]] | None = None) -> Iterator[Example]:
    """Sentences of a CoNLL-U file; `ner` maps a sent_id to its tags."""
    document, sent_id, rows = "", "", []
    for line in [*path.read_text(encoding="utf-8").splitlines(), ""]:
        if line.startswith("# newdoc"):
            document = line
        elif line.startswith("# sent_id"):
            sent_id = line.split("=", 1)[1].strip()
        elif line and not line.startswith("#"):
            cells = line.split("\t")
            if cells[0].isdigit():
                rows.append(cells)
        elif not line and rows:
            tags = (ner or {}).get(sent_id)
            columns = list(zip(*rows, strict=True))
            yield Example(
                corpus, document, columns[1], columns[3], columns[4], columns[5], tuple(map(int, columns[6])), columns[7],
                tags if tags and len(tags) == len(rows) else None, columns[2],
            )  # fmt: skip
            rows = []


def read_uner(path: Path) -> dict[str, tuple[str, ...]]:
    """sent_id to tags of a UNER file; OTH (nationalities and the like, in the older train file) becomes MISC."""
    found: dict[str, tuple[str, ...]] = {}
    sent_id, tags = "", []
    for line in [*path.read_text(encoding="utf-8").splitlines(), ""]:
        if line.startswith("# sent_id"):
            sent_id = line.split("=", 1)[1].strip()
        elif line and not line.startswith("#"):
            tag = line.split("\t")[2].replace("OTH", "MISC")
            tags.append(tag if tag in NER_TAGS else "O")
        elif not line and tags:
            found[sent_id] = tuple(tags)
            tags = []
    return found


def read_columns(path: Path, corpus: str, separator: str, types: dict[str, str] | None = None) -> Iterator[Example]:
    """Sentences of a word-and-tag file with empty lines between sentences."""
    rows: list[tuple[str, str]] = []
    for line in [*path.read_text(encoding="utf-8").splitlines(), ""]:
        cells = line.split(separator)
        if len(cells) >= 2:
            rows.append((cells[-2] if separator == " " else cells[0], _renamed(cells[-1].strip(), types)))
        elif rows:
            words, tags = zip(*rows, strict=True)
            yield Example(corpus, "", words, ner=_begun(tags))
            rows = []


def _renamed(tag: str, types: dict[str, str] | None) -> str:
    if tag == "O" or types is None:
        return tag
    return f"{tag[:2]}{types[tag[2:]]}" if tag[2:] in types else "O"


def _begun(tags: tuple[str, ...]) -> tuple[str, ...]:
    """BIO whatever the file's variant: an I that continues nothing becomes a B."""
    fixed, previous = [], "O"
    for tag in tags:
        fixed.append("B" + tag[1:] if tag[0] == "I" and previous[1:] != tag[1:] else tag)
        previous = tag
    return tuple(fixed)


def read_redocred(path: Path) -> Iterator[Example]:
    """Sentences of Re-DocRED with their entity mentions (TIME and NUM are left out)."""
    for document in json.loads(path.read_text(encoding="utf-8")):
        tags = [["O"] * len(words) for words in document["sents"]]
        for entity in document["vertexSet"]:
            for mention in entity:
                begin, end = mention["pos"]
                row = tags[mention["sent_id"]]
                if mention["type"] in NER_TYPES and all(t == "O" for t in row[begin:end]):
                    row[begin:end] = [f"B-{mention['type']}", *[f"I-{mention['type']}"] * (end - begin - 1)]
        for words, row in zip(document["sents"], tags, strict=True):
            if words:
                yield Example("redocred", document["title"], tuple(words), ner=tuple(row))


def read_gmb(path: Path) -> Iterator[Example]:
    """Sentences of the GMB extract, titles taken off person names; for testing and, without tags, as open text."""
    with zipfile.ZipFile(path) as archive:
        text = archive.read(archive.namelist()[0]).decode("cp1252")
    rows: list[tuple[str, str]] = []
    for line in [*text.splitlines()[1:], "Sentence: end,,,"]:
        sentence, rest = line.split(",", 1)
        if sentence and rows:
            words, tags = zip(*rows, strict=True)
            yield Example("gmb", "", words, ner=_without_titles(words, tags))
            rows = []
        head, _, tag = rest.rpartition(",")
        word = head.rpartition(",")[0].strip('"') or ","
        rows.append((word, _renamed(tag, GMB_TYPES)))


def _without_titles(words: tuple[str, ...], tags: tuple[str, ...]) -> tuple[str, ...]:
    fixed = list(tags)
    for i, word in enumerate(words):
        is_title = word.lower().rstrip(".") in TITLES and fixed[i] == "B-PER"
        if is_title and i + 1 < len(words) and fixed[i + 1] == "I-PER":
            fixed[i], fixed[i + 1] = "O", "B-PER"
    return _begun(tuple(fixed))


def read_training(data: Path) -> list[Example]:
    """All training sentences. CrossNER-politics is small and in the domain: it counts three times."""
    ewt, gum = data / "UD_English-EWT", data / "UD_English-GUM-free"
    uner = read_uner(data / "UNER_English-EWT/en_ewt-ud-train.iob2")
    politics = [
        e for part in ("train", "dev") for e in read_columns(data / f"CrossNER-politics/{part}.txt", "crossner", "\t", CROSSNER_TYPES)
    ]
    return [
        *read_conllu(ewt / "ewt-train.conllu", "ewt", uner),
        *read_conllu(gum / "gumfree-train.conllu", "gum"),
        *politics[:-100], *politics[:-100], *politics[:-100],
        *read_redocred(data / "Re-DocRED/dev_revised.json"),
        *read_redocred(data / "Re-DocRED/test_revised.json"),
        *read_columns(data / "wikigold/wikigold.conll", "wikigold", "\t"),
    ]  # fmt: skip


def read_development(data: Path) -> dict[str, list[Example]]:
    """What choices are made on; never a test set."""
    uner = read_uner(data / "UNER_English-EWT/en_ewt-ud-dev.iob2")
    return {
        "ewt": list(read_conllu(data / "UD_English-EWT/ewt-dev.conllu", "ewt", uner)),
        "gum": list(read_conllu(data / "UD_English-GUM-free/gumfree-dev.conllu", "gum")),
        "crossner": list(read_columns(data / "CrossNER-politics/dev.txt", "crossner", "\t", CROSSNER_TYPES))[-100:],
    }


def read_tests(data: Path) -> dict[str, list[Example]]:
    """Test sets: scored once a model is final."""
    return {
        "EWT test": list(read_conllu(data / "UD_English-EWT/ewt-test.conllu", "ewt")),
        "GUM test": list(read_conllu(data / "UD_English-GUM-free/gumfree-test.conllu", "gum")),
        "PUD": list(read_conllu(data / "UD_English-PUD/en_pud-ud-test.conllu", "pud")),
        "GMB last 1,200": list(read_gmb(data / "GMB-ner/ner_dataset.csv.zip"))[-1200:],
        "CrossNER-politics test": list(read_columns(data / "CrossNER-politics/test.txt", "crossner", "\t", CROSSNER_TYPES)),
    }
