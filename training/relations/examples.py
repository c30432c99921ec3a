"""Own training pairs from the lexicon and from patterns: `python -m training.relations.examples --out FILE`, with `--plv` for PLV too.

A pair is a text with a marked source and target, its relation and status, and the rules' own answer for it. The
lexicon's example sentences are used where the rules find the pair with the row's relation; each is varied by other
actors, contexts and forms (passive, future, refused, threatened, negated, turned round). Deterministic for a seed.
"""

from __future__ import annotations

import argparse
import csv
import json
import random
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from kg.codebook import RELATIONS
from kg.extract.pairs import judge_pair
from kg.extract.tree import trees
from kg.model import Document, Span, Statement
from kg.pipeline import Extractor
from kg.read import document_id
from training.relations import templates as T

SHEETS = ("acts_verbal.csv", "acts_material.csv", "acts_standing.csv")
OPERATOR_RELATIONS = {"refuse": "REJECT", "threaten": "THREATEN", "promise": "AGREE", "ask": "APPEAL", "demand": "REQUEST"}
RECIPROCAL = frozenset(("CONSULT", "COOPERATE", "ALLY", "RIVAL", "AGREE", "SUPPORT"))


@dataclass(frozen=True, slots=True)
class Pair:
    """`source` and `target` are half-open code points of `text`; `group` names what must stay in one fold."""

    text: str
    source: tuple[int, int]
    target: tuple[int, int]
    relation: str
    status: str
    origin: str
    group: str = ""
    rule: str = "NONE"
    rule_status: str = "asserted"
    rule_confidence: float = 0.0


def framed(frame: str, relation: str, status: str, origin: str, ends: dict[str, str]) -> Pair | None:
    """A pair from a frame with {s}, {t} and perhaps {x}; None where a marked end does not occur once."""
    if frame.count("{s}") != 1 or frame.count("{t}") != 1:
        return None
    text, spans = "", {}
    for piece in re.split(r"(\{[stx]\})", frame):
        if re.fullmatch(r"\{[stx]\}", piece):
            said = ends[piece[1]].rstrip(",") if piece[1] != "s" else ends["s"]
            said = said[:1].upper() + said[1:] if not text or text.endswith(("- ", ". ")) else said
            spans[piece[1]] = (len(text), len(text) + len(said.rstrip(",")))
            text += said
        else:
            text += piece
    text = text[:1].upper() + text[1:]
    return Pair(text, spans["s"], spans["t"], relation, status, origin)


class Cast:
    """Draws noun phrases for the ends of a pair."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng

    def phrase(self, kind: str) -> str:
        """A phrase of a kind: state, office, body, group, force, public, victim, place or person."""
        rng = self.rng
        pools = {
            "state": T.STATES + T.CAPITALS,
            "office": T.OFFICES,
            "body": T.BODIES,
            "group": T.GROUPS,
            "force": T.FORCES,
            "public": T.PUBLIC,
            "victim": T.VICTIMS,
            "person": ("{n}", "President {n}"),
            "place": ("the {d} border region", "the capital {c}", "a town in {S}", "northern {S}"),
        }
        return self.filled(rng.choice(pools[kind]))

    def filled(self, text: str) -> str:
        rng = self.rng
        state = rng.choice(T.STATES)
        for key, value in (("{n}", rng.choice(T.NAMES)), ("{d}", rng.choice(T.DEMONYMS)), ("{c}", rng.choice(T.CAPITALS))):
            text = text.replace(key, value)
        text = text.replace("{C}", rng.choice(T.CAPITALS)).replace("{S}", state)
        return re.sub(r"\ba (?=[AEIO])", "an ", text)

    def ends(self, relation: str) -> dict[str, str]:
        rng = self.rng
        while True:
            found = {
                "s": self.phrase(rng.choice(T.DOERS.get(relation, T.ANY_DOER))),
                "t": self.phrase(rng.choice(T.UNDERGOERS.get(relation, T.ANY_UNDERGOER))),
                "x": self.phrase(rng.choice(("state", "office", "body", "group"))),
            }
            if len({v.lower().rstrip(",") for v in found.values()}) == 3:
                return found

    def context(self, frame: str) -> str:
        """A frame between a neutral opening and end."""
        return self.filled(self.rng.choice(T.BEFORE)) + frame + self.filled(self.rng.choice(T.AFTER))


def from_patterns(rng: random.Random, each: int) -> Iterator[Pair]:
    """`each` pairs a pattern."""
    cast = Cast(rng)
    for relation, frames in T.PATTERNS.items():
        for frame in frames:
            for _ in range(each):
                pair = framed(cast.context(frame), relation, "asserted", "pattern", cast.ends(relation))
                if pair is not None:
                    yield pair


def lexicon_rows(folder: Path) -> Iterator[tuple[str, str, str, str]]:
    """Lemma, part of speech, relation ("" where any) and example of each row."""
    for sheet in (*SHEETS, "operators.csv"):
        lines = [line for line in (folder / sheet).read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
        for row in csv.DictReader(lines):
            yield row["lemma"], row["pos"], row.get("relation") or OPERATOR_RELATIONS.get(row.get("kind", ""), ""), row["example"]


def statements(extractor: Extractor, text: str) -> list[Statement]:
    return extractor.extract(Document(document_id("example", text), text, published="2020-01-01"))


def pair_of(text: str, s: Statement, origin: str) -> Pair | None:
    if s.target is None or s.source.span.end > len(text):
        return None
    return Pair(text, (s.source.span.begin, s.source.span.end), (s.target.span.begin, s.target.span.end), s.relation.code, s.status, origin)


def frame_of(pair: Pair) -> str | None:
    """The sentence with its ends as slots, without the final stop; None where the ends overlap or are part of a longer phrase."""
    (a, b), (c, d) = sorted((pair.source, pair.target))
    if b > c or "{" in pair.text:
        return None
    if not all(re.fullmatch(r"(?:the )?[A-Z][\w'-]*(?: [A-Z][\w'-]*)*", pair.text[x:y]) for x, y in (pair.source, pair.target)):
        return None
    if any(pair.text[y : y + 2] == "'s" for y in (b, d)):
        return None
    first, second = ("{s}", "{t}") if pair.source < pair.target else ("{t}", "{s}")
    return (pair.text[:a] + first + pair.text[b:c] + second + pair.text[d:]).rstrip(". ")


def forms(frame: str, relation: str, lemma: str) -> Iterator[tuple[str, str, str]]:
    """Other forms of an active frame "{s} VERBed ... {t} ...": (frame, relation, status)."""
    found = re.fullmatch(r"\{s\} (\w+)( .*\{t\}.*)", frame)
    if not found or found[1][:2].lower() != lemma[:2].lower():
        return
    word, rest = found[1], found[2]
    quad = RELATIONS[relation].quad
    if quad.endswith("cooperation"):
        for start in ("will", "plans to", "promised to", "agreed to", "offered to", "is set to", "has pledged to", "is ready to"):
            yield f"{{s}} {start} {lemma}{rest}", "AGREE", "asserted"
        for start in ("refused to", "refuses to", "declined to", "will not", "ruled out a plan to", "rejected calls to"):
            yield f"{{s}} {start} {lemma}{rest}", "REJECT", "asserted"
    elif quad.endswith("conflict"):
        for start in ("threatened to", "vowed to", "warned that it would", "said it was prepared to"):
            if quad.startswith("material"):
                yield f"{{s}} {start} {lemma}{rest}", "THREATEN", "asserted"
        yield f"{{s}} plans to {lemma}{rest}", relation, "planned"
        yield f"{{x}} urged {{s}} to {lemma}{rest}", relation, "requested"
    if relation != "REJECT":
        yield f"{{s}} did not {lemma}{rest}", relation, "negated"
        yield f"{{s}} has never sought to {lemma}{rest}", relation, "negated"
    yield f"{{s}} may {lemma}{rest}", relation, "possible"
    yield f"{{s}} has {word}{rest}" if word.endswith("ed") else f"{{s}} began to {lemma}{rest}", relation, "asserted"
    if word.endswith("ed") and rest.startswith(" {t}"):
        yield f"{{t}} was {word} by {{s}}{rest[4:]}", relation, "asserted"
        yield f"{{t}}, {word} by {{s}} last year{rest[4:]}, is back in the news", relation, "asserted"


def none_forms(frame: str, relation: str) -> Iterator[str]:
    """Frames whose marked pair holds nothing in the direction marked."""
    if relation not in RECIPROCAL and RELATIONS[relation].quad != "standing":
        yield frame.replace("{s}", "{y}").replace("{t}", "{s}").replace("{y}", "{t}")
    if frame.startswith("{s} "):
        yield frame.replace("{t}", "{x}").replace("{s} ", "{s} and {t} ", 1)
        yield frame.replace("{s} ", "{x} ", 1) + ", while {s} kept silent"
        yield frame.replace("{s} ", "{x} ", 1) + ", and {s} lost the vote"


def from_lexicon(extractor: Extractor, folder: Path, names: frozenset[str], rng: random.Random, copies: int) -> Iterator[Pair]:
    """Examples where the rules agree with the row, and their variations."""
    cast = Cast(rng)
    counts: Counter[str] = Counter()
    for lemma, _, relation, example in lexicon_rows(folder):
        for s in statements(extractor, example):
            pair = pair_of(example, s, "lexicon")
            if pair is None or (relation and pair.relation != relation and pair.status == "asserted"):
                counts["disagree"] += 1
                continue
            counts["kept"] += 1
            yield pair
            ends = [pair.text[a:b] for a, b in (pair.source, pair.target)]
            frame = frame_of(pair) if all(e in names for e in ends) else None
            if frame is None:
                continue
            for _ in range(copies):
                yield from made(cast, frame, pair.relation, pair.status, "varied")
            if pair.status != "asserted":
                continue
            choices = list(forms(frame, pair.relation, lemma))
            for new, code, status in rng.sample(choices, min(2, len(choices))):
                yield from made(cast, new, code, status, "form")
            nothing = list(none_forms(frame, pair.relation))
            for new in rng.sample(nothing, min(1, len(nothing))):
                yield from made(cast, new, "NONE", "asserted", "nothing")
    print(dict(counts), flush=True)


def made(cast: Cast, frame: str, relation: str, status: str, origin: str) -> Iterator[Pair]:
    pair = framed(cast.context(frame), relation, status, origin, cast.ends(relation if relation in RELATIONS else ""))
    if pair is not None:
        yield pair


def from_plv(path: Path) -> Iterator[Pair]:
    """The pairs of PLV; an end without marks is (0, 0)."""
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            text, spans = unmarked(row["marked_sentence"])
            yield Pair(text, spans["s"], spans["t"], row["gold_root"], "asserted", "plv", row["sentence"].strip())


def unmarked(marked: str) -> tuple[str, dict[str, tuple[int, int]]]:
    """Text without marks, and the first span of each end."""
    spans: dict[str, list[int]] = {"s": [], "t": []}
    plain = ""
    for piece in re.split(r"(</?[st]>)", marked):
        mark = re.fullmatch(r"</?([st])>", piece)
        if mark is None:
            plain += piece
        elif len(spans[mark[1]]) < 2:
            spans[mark[1]].append(len(plain))
    return plain, {k: (v[0], v[1]) if len(v) == 2 else (0, 0) for k, v in spans.items()}


def judged(extractor: Extractor, pair: Pair, allowed: tuple[str, ...] | None) -> Pair:
    """The pair with the rules' answer."""
    given = judge_pair(trees(extractor.nlp(pair.text)), extractor.lexicon, Span(*pair.source), Span(*pair.target), allowed)
    return replace(pair, rule=given.relation, rule_status=given.status, rule_confidence=given.confidence)


def write(path: Path, pairs: list[Pair]) -> None:
    path.write_text("".join(json.dumps(asdict(p), ensure_ascii=False) + "\n" for p in pairs), encoding="utf-8")


def read(path: Path) -> list[Pair]:
    """Pairs as `write` left them."""
    return [
        Pair(**{**row, "source": tuple(row["source"]), "target": tuple(row["target"])})
        for row in map(json.loads, path.read_text(encoding="utf-8").splitlines())
    ]


def known_names(path: Path) -> frozenset[str]:
    """Names, capitals and seats that stand for a state, an organisation of states or a person."""
    rows = json.loads(path.read_text(encoding="utf-8"))
    kinds, actors = ("name", "capital", "acronym", "seat"), ("state", "igo", "person")
    return frozenset((*T.STATES, *T.CAPITALS, *(n for n, actor, kind in rows if kind in kinds and actor.split("/")[0] in actors)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--lexicon", type=Path, default=Path("ontology/lexicon"))
    parser.add_argument("--copies", type=int, default=2, help="variations by actors of each lexicon example")
    parser.add_argument("--each", type=int, default=8, help="sentences of each pattern")
    parser.add_argument("--seed", type=int, default=3)
    parser.add_argument("--plv", type=Path)
    parser.add_argument("--plv-out", type=Path)
    args = parser.parse_args()
    extractor = Extractor()
    if args.plv:
        events = tuple(code for code, r in RELATIONS.items() if r.quad != "standing" and code != "APPEAL")  # what PLV knows
        write(args.plv_out, [judged(extractor, p, events) for p in from_plv(args.plv)])
    rng = random.Random(args.seed)
    names = known_names(Path("kg/data/catalogue/names.json"))
    pairs = [
        *from_lexicon(extractor, args.lexicon, names, rng, args.copies),
        *from_patterns(rng, args.each),
    ]
    write(args.out, pairs)
    print(len(pairs), Counter(p.origin for p in pairs), Counter(p.relation for p in pairs), Counter(p.status for p in pairs))


if __name__ == "__main__":
    main()
