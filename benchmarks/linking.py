"""How well mentions are linked: `python -m benchmarks.linking --gum FILE... [--genres news interview speech] [--errors] [--speed]`.

Gold is the column Entity= of UD_English-GUM, which names the Wikipedia article of a mention. A document is parsed from its
plain text; its date is that of its header. Counted are the mentions whose article is of an actor or place of the catalogue,
and every link of ours to the catalogue that stands on a mention of the gold. Without --gum the own mentions of
tests/cases/mentions.txt are counted by kind. `--re3d FOLDER` counts the persons whom re3d's Wikipedia documents say to be
in charge of an organisation or to belong to one, and for whom we say that they speak.
"""

from __future__ import annotations

import argparse
import json
import re
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from kg.extract.cast import LOCATED
from kg.extract.phrases import Phrase, find_phrases
from kg.extract.tree import Tree
from kg.link import ACTOR, Catalogue, Linker
from kg.model import Link, Span
from kg.pipeline import Extractor, Settings
from tests.mentions import answers, at, read_cases

_PART = re.compile(r"\((?P<id>\d+)-(?P<rest>[^()]*)(?P<one>\))?|(?P<close>\d+)\)")
_ARTICLES = {
    "Washington, D.C.": "city/Q61", "New York City": "city/Q60", "New York (state)": "place/newyorkstate", "White House": "state/USA",
    "Rohingya people": "people/rohingya", "Facebook, Inc.": "company/facebook", "Western world": "collective/west",
    "Arab states of the Persian Gulf": "collective/gulf-states", "Democratic Party (United States)": "org/dem-USA",
    "United States Department of State": "org/statedepartment-USA", "117th United States Congress": "org/congress-USA",
    "Georgia (U.S. state)": "place/georgiaus",
}  # fmt: skip
"""Articles whose title is no name of the catalogue, or the name of several."""
_WITHIN = ("compound", "flat", "nmod", "nmod:unmarked", "appos")
"""How a name hangs on the longer one that holds it: "Google" in "Google Science Fair", "Texas" in "Irving, Texas"."""
_NAMING = frozenset(
    "alias seat capital capital-as-place place alias-in-document person-name person-variant surname title-and-surname surname-alone".split()
)


_SPEAKS_FOR = {
    ("Brandbergen Mosque", "the Swedish citizen Mohamed Moumou"): ("Mohamed Moumou", "extremist group"),
    ("Brandbergen Mosque", "Mohamed Moumou"): ("Mohamed Moumou", "extremist group"),
    ("Syrian Computer Society", "Bashar al-Assad"): ("Bashar al-Assad", "Syrian Computer Society", "Syria"),
    ("Abboud Qanbar", "the Iraqi commander"): ("Iraq", "Iraq"),
    ("Abboud Qanbar", "Qanbar"): ("Abboud Qanbar", "Iraq"),
    ("Abboud Qanbar", "He"): ("Abboud Qanbar", "Iraq"),
    ("Abu Ghadiya", "Abu Ghadiya"): ("Abu Ghadiya", "al-Qaeda in Iraq"),
    ("Ziad Khalaf Raja al-Karbouly", "an Iraqi tribal sheikh"): ("tribal sheikh", "al-karabla clan"),
    ("Ziad Khalaf Raja al-Karbouly", "lieutenant Muath al-Kasasbeh"): ("Muath al-Kasasbeh", "Jordan"),
    ("Jaish al-Ta'ifa al-Mansurah", "Sheikh Abu Omar al-Ansari"): ("Abu Omar al-Ansari", "Army of the Victorious Sect"),
    ("Operation Steel Curtain", "al-Zarqawi"): ("Abu Musab al-Zarqawi", "al-Qaeda in Iraq"),
}
"""Labels, judged by us, of a person of re3d by document and words: who it is, and the sides that are right."""


@dataclass(frozen=True, slots=True)
class Gold:
    """A mention of the gold: code points of its smallest span, of its head, how it is headed, its article ("" if none)."""

    begin: int
    end: int
    head: int
    sort: str
    article: str


@dataclass(frozen=True, slots=True)
class Text:
    """A document of the gold."""

    id: str
    date: str | None
    text: str
    mentions: tuple[Gold, ...]


def read_gum(path: Path, genres: Sequence[str]) -> Iterator[Text]:
    """The documents of the genres in a file of GUM."""
    for block in re.split(r"(?=^# newdoc id = )", path.read_text(encoding="utf-8"), flags=re.M):
        found = re.search(r"^# newdoc id = (GUM_(\w+?)_\w+)", block, re.M)
        if found and found[2] in genres:
            date = re.search(r"^# meta::dateCreated = (\S+)", block, re.M)
            text, mentions = _read_block(block)
            yield Text(found[1], date[1] if date else None, text, tuple(mentions))


def _read_block(block: str) -> tuple[str, list[Gold]]:
    text, mentions = "", []
    for sentence in block.split("\n\n"):
        rows = [line.split("\t") for line in sentence.splitlines() if line and not line.startswith("#")]
        line = re.search(r"^# text = (.*)$", sentence, re.M)
        if not line:
            continue
        words = [row for row in rows if row[0].isdigit()]
        offsets = _offsets(line[1], rows, len(text))
        mentions += _mentions(words, offsets)
        text += line[1] + ("\n\n" if "\n# newpar" in "\n" + sentence else " ")
    return text, mentions


def _offsets(line: str, rows: Sequence[Sequence[str]], base: int) -> dict[str, tuple[int, int]]:
    """Where each word stands; the words of a contraction share its place."""
    found: dict[str, tuple[int, int]] = {}
    at = 0
    inside = 0
    for row in rows:
        if "." in row[0]:
            continue
        if "-" in row[0]:
            first, last = row[0].split("-")
            begin = line.index(row[1], at)
            at = begin + len(row[1])
            for number in range(int(first), int(last) + 1):
                found[str(number)] = (base + begin, base + at)
            inside = int(last)
        elif int(row[0]) > inside:
            begin = line.index(row[1], at)
            at = begin + len(row[1])
            found[row[0]] = (base + begin, base + at)
    return found


def _mentions(words: Sequence[Sequence[str]], offsets: dict[str, tuple[int, int]]) -> list[Gold]:
    opened: dict[str, list[tuple[int, str]]] = {}
    found: list[Gold] = []
    for i, row in enumerate(words):
        cell = next((part[7:] for part in row[9].split("|") if part.startswith("Entity=")), "")
        for part in _PART.finditer(cell):
            if part["close"]:
                begin, rest = opened[part["close"]].pop()
                found.append(_gold(words, offsets, begin, i, rest))
            elif part["one"]:
                found.append(_gold(words, offsets, i, i, part["rest"]))
            else:
                opened.setdefault(part["id"], []).append((i, part["rest"]))
    return found


def _gold(words: Sequence[Sequence[str]], offsets: dict[str, tuple[int, int]], begin: int, end: int, rest: str) -> Gold:
    """`rest` is "etype-infstat-salience-centering-minspan-link[-identity]"."""
    fields = rest.split("-", 6)
    span = [int(number) for number in fields[4].split(",")]
    inner = [words[begin + number - 1] for number in span]
    numbers = {word[0] for word in inner}
    head = next((word for word in inner if word[6] not in numbers), inner[0])
    sort = "pronoun" if head[3] in ("PRON", "DET") else "name" if any(word[3] == "PROPN" for word in inner) else "nominal"
    governor = words[int(head[6]) - 1] if head[6] != "0" else head
    if sort == "name" and governor[3] == "PROPN" and head[7] in _WITHIN and governor[0] not in numbers:
        sort = "part of a name"
    places = [offsets[word[0]] for word in inner]
    article = unquote(fields[6]).replace("_", " ") if len(fields) > 6 else ""
    return Gold(min(b for b, _ in places), max(e for _, e in places), offsets[head[0]][0], sort, article)


def actor_of(article: str, catalogue: Catalogue) -> str | None:
    """The catalogue's actor or place that an article of Wikipedia is about, None where there is none or it is not sure."""
    if article in _ARTICLES:
        actor = ACTOR + _ARTICLES[article]
        return actor if actor in catalogue else None
    title, _, told = article.partition(" (")
    found = [c for c in catalogue.find(title) if c.kind in ("name", "acronym", "people", "place")]
    if told:
        found = [c for c in found if told.startswith(("country", "state")) == ("/state/" in c.actor)]
    best = min((c.kind for c in found), key=("name", "acronym", "people", "place").index, default="")
    chosen = {c.actor for c in found if c.kind == best}
    return chosen.pop() if len(chosen) == 1 else None


def place_of(link: Link) -> str | None:
    """The id that a link answers: the place itself where it stands for its state."""
    if link.actor is None:
        return None
    return link.candidates[0] if link.rule == LOCATED and link.candidates else link.actor.id


def measure(texts: Sequence[Text], extractor: Extractor, *, errors: bool = False) -> tuple[Counter[tuple[str, str]], Counter[str]]:
    """Answers to the gold's mentions by (sort, verdict), and verdicts over our links."""
    mentions: Counter[tuple[str, str]] = Counter()
    links: Counter[str] = Counter()
    for text in texts:
        trees = extractor.parse(text.text)
        found = _aligned(text.mentions, list(zip(*extractor.link(trees, text.date), strict=True)), trees)
        for gold, link in found:
            actor = actor_of(gold.article, extractor.catalogue) if gold.article else None
            answer = _verdict(gold, actor, link, extractor.catalogue)
            links[answer] += 1
            if actor is not None:
                mentions[gold.sort, answer] += 1
            if errors and (answer == "wrong" or (actor is not None and answer != "right" and gold.sort != "pronoun")):
                around = " ".join(text.text[max(0, gold.begin - 30) : gold.end + 30].split())
                print(f"{text.id} {answer} {gold.sort} …{around}… is {gold.article or 'nobody'}, got {_shown(link)}")
    return mentions, links


def _aligned(mentions: Sequence[Gold], pairs: Sequence[tuple[Phrase, Link]], trees: Sequence[Tree]) -> Iterator[tuple[Gold, Link | None]]:
    """Each mention of the gold with the phrase that shares its head and covers it best; a phrase answers one mention."""
    scored = []
    for g, gold in enumerate(mentions):
        for p, (phrase, _) in enumerate(pairs):
            span, head = phrase.mention.span, trees[phrase.tree].begins[phrase.token]
            if span.begin <= gold.head < span.end and gold.begin <= head < gold.end:
                shared = min(span.end, gold.end) - max(span.begin, gold.begin)
                scored.append((shared / (max(span.end, gold.end) - min(span.begin, gold.begin)), -g, -p))
    given: dict[int, int] = {}
    taken: set[int] = set()
    for _, g, p in sorted(scored, reverse=True):
        if -g not in given and -p not in taken:
            given[-g] = -p
            taken.add(-p)
    for g, gold in enumerate(mentions):
        yield gold, pairs[given[g]][1] if g in given else None


def _verdict(gold: Gold, actor: str | None, link: Link | None, catalogue: Catalogue) -> str:
    """Of one link of ours: right, wrong, or unjudged where the gold does not say who is meant; none without a link."""
    if link is None or link.actor is None or link.local:
        return "none"
    if actor is not None and (place_of(link) == actor or (link.role and link.agent and catalogue.parent(actor) == link.actor.id)):
        return "right"  # "the Senate of the United States" is an organ that acts for it
    if actor is None and (not link.agent or link.role) and link.rule not in _NAMING:
        return "unjudged"  # "Google's headquarters" is a thing of Google, "Afghan officials" act for Afghanistan
    if actor is not None or gold.article:
        return "wrong"
    kind = link.actor.kind  # an article is not given to every "Americans" and "Democrats"
    return "wrong" if gold.sort == "name" and link.rule in _NAMING and kind not in ("state", "party", "people") else "unjudged"


def _shown(link: Link | None) -> str:
    if link is None:
        return "no mention"
    m = link.mention
    return f"{link.actor.label if link.actor else None} ({m.text!r} {m.label} {m.role} {m.preposition} {m.governor}; {link.rule})"


def own_lines() -> list[str]:
    """Table rows over the own mentions, one a kind."""
    total: Counter[str] = Counter()
    right: Counter[str] = Counter()
    wrong: Counter[str] = Counter()
    for case, _, verdict in answers(read_cases()):
        for kind in (case.kind, "all"):
            total[kind] += 1
            right[kind] += verdict == "right"
            wrong[kind] += verdict == "wrong"
    rows = [*(kind for kind in total if kind != "all"), "all"]
    return [f"| {kind} | {total[kind]} | {right[kind] / total[kind]:.3f} | {wrong[kind] / total[kind]:.3f} |" for kind in rows]


def re3d_lines(folder: Path, extractor: Extractor, *, errors: bool = False) -> list[str]:
    """Table rows over the persons of re3d that are in charge of an organisation or belong to one."""
    documents = {row["_id"]: row for row in _rows_of(folder / "documents.json")}
    sorts = {(row["documentId"], row["begin"], row["end"]): row["type"] for row in _rows_of(folder / "entities.json")}
    linked: dict[str, Sequence[Link]] = {}
    counted: Counter[tuple[str, str]] = Counter()
    for row in _rows_of(folder / "relations.json"):
        document, span = row["documentId"], Span(row["sourceBegin"], row["sourceEnd"])
        ends = sorts.get((document, span.begin, span.end)), sorts.get((document, row["targetBegin"], row["targetEnd"]))
        expected = _SPEAKS_FOR.get((documents[document]["title"], row["source"]))
        if row["type"] not in ("InChargeOf", "BelongsTo") or ends != ("Person", "Organisation") or expected is None:
            continue
        text = documents[document]["text"]
        if document not in linked:
            linked[document] = extractor.link(extractor.parse(text), None, document)[1]
        link = at(span, text, linked[document])
        for what, verdict in zip(("person", "side"), _spoken_for(link, expected), strict=True):
            counted[what, verdict] += 1
            if errors and verdict != "right":
                print(f"{what} {verdict}: {row['source']} {row['type']} {row['target']}, got {_shown(link)}")
    verdicts = ("right", "wrong", "none")
    return [f"| {what} | {sum(counted[what, v] for v in verdicts)} | {' | '.join(str(counted[what, v]) for v in verdicts)} |"
            for what in ("person", "side")]  # fmt: skip


def _spoken_for(link: Link | None, expected: Sequence[str]) -> tuple[str, str]:
    """Whether a link is the person, and whether its side is one of those expected."""
    if link is None or link.actor is None:
        return "none", "none"
    person, *sides = expected
    side = link.affiliation or (link.actor if link.actor.kind != "person" and not link.local else None)
    return (
        "right" if link.actor.label == person else "wrong",
        "none" if side is None else "right" if side.label in sides else "wrong",
    )


def _rows_of(path: Path) -> Iterator[dict[str, Any]]:
    """The objects of a file of JSON lines."""
    for line in path.read_text(encoding="utf-8-sig").splitlines():
        if line.strip():
            yield json.loads(line)


def words_per_second(text: str, extractor: Extractor, *, rounds: int = 5) -> float:
    """Words a second of finding phrases and linking them, on one core, the parse given."""
    trees = extractor.parse(text)
    words = sum(len(tree.words) for tree in trees)
    best = float("inf")
    for _ in range(rounds):
        start = time.process_time()
        linker = Linker(extractor.catalogue)
        linker.link([p.mention for tree in trees for p in find_phrases(tree, linker)], date="2024-05-20")
        best = min(best, time.process_time() - start)
    return words / best


def main() -> None:
    """Print tables of what is measured."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--gum", nargs="*", type=Path, default=[])
    parser.add_argument("--re3d", type=Path)
    parser.add_argument("--genres", nargs="*", default=["news", "interview", "speech"])
    parser.add_argument("--errors", action="store_true")
    parser.add_argument("--speed", action="store_true", help="also measure words a second over the texts")
    options = parser.parse_args()
    if options.re3d:
        rows = re3d_lines(options.re3d, Extractor(Settings(actors="all")), errors=options.errors)
        print("\n".join(("| re3d | number | right | wrong | none |", "|---|---|---|---|---|", *rows)))
        return
    if not options.gum:
        print("| kind | mentions | right | wrong |\n|---|---|---|---|")
        print("\n".join(own_lines()))
        return
    extractor = Extractor(Settings(actors="all"))
    texts = [text for path in options.gum for text in read_gum(path, options.genres)]
    mentions, links = measure(texts, extractor, errors=options.errors)
    print("| mentions | number | right | wrong | not linked |\n|---|---|---|---|---|")
    for sort in ("name", "part of a name", "nominal", "pronoun"):
        number = sum(mentions[sort, verdict] for verdict in ("right", "wrong", "none"))
        shares = " | ".join(f"{mentions[sort, verdict] / number:.3f}" for verdict in ("right", "wrong", "none")) if number else "- | - | -"
        print(f"| {sort} | {number} | {shares} |")
    judged = links["right"] + links["wrong"]
    print(f"{len(texts)} documents; {judged} links that the gold judges, {links['wrong'] / max(judged, 1):.3f} of them wrong")
    if options.speed:
        print(f"{words_per_second(chr(10).join(text.text for text in texts), extractor):,.0f} words a second")


if __name__ == "__main__":
    main()
