"""The act lexicon and the operators as data: well-formed, unambiguous, sorted, every row with a source and an example.

Conventions of ontology/lexicon/acts_*.csv beside the column names:

- `object` holds head lemmas of the direct object, or of the word that completes the verb ("held Peru responsible",
  "was elected president"); where `particle` is a preposition, the objects stand under it ("agree on a truce"). "*" is any
  direct object ("returned the drum to Mali"). In a NOUN row it holds what stands before the noun ("trade war", "phone call").
- `particle` is a word that must accompany the head: a verb particle, or the preposition of a complement.
- `target` lists slots, best first; `flags` are explained in FLAGS below.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from pathlib import Path

import pytest

from kg.codebook import RELATIONS

FOLDER = Path(__file__).resolve().parent.parent / "ontology" / "lexicon"
STANDING = {"MEMBER", "CANDIDATE", "ALLY", "RIVAL", "OFFICE"}
VERBAL = {"AGREE", "CONSULT", "SUPPORT", "CONCEDE", "APPEAL", "REQUEST", "ACCUSE", "REJECT", "THREATEN"}
ACT_FILES = {
    "acts_verbal.csv": VERBAL,
    "acts_material.csv": {code for code in RELATIONS if code not in VERBAL | STANDING},
    "acts_standing.csv": STANDING,
}
ACT_COLUMNS = ["lemma", "pos", "particle", "object", "target", "relation", "flags", "source", "example"]
OPERATOR_COLUMNS = ["lemma", "pos", "particle", "kind", "effect", "target", "source", "example"]
PARTS_OF_SPEECH = {"VERB", "NOUN", "ADJ"}
GRAMMATICAL_SLOTS = {"obj", "iobj", "poss", "obj-mod", "ccomp-subj", "xcomp-obj"}
ALL_PREPOSITIONS = """
across about after against along alongside around as aside at away back before behind beside between by down during for forward from in
inside into near of off on out outside over past round through to toward towards under up upon with
"""
PREPOSITIONS = {"out of", *ALL_PREPOSITIONS.split()}
FLAGS = {
    "reciprocal": "a joint subject acts both ways",
    "swap": "the grammatical subject is the codebook's target, the slot its source",
    "speech": "introduces reported content",
    "inner-requested": "its complement is what is requested",
    "inner-planned": "its complement is what is planned",
    "weak": "counts only where both ends are clear actors",
    "person": "the source must be a person or a delegation, not a state as such",
    "patient": "the source is who suffers the verb: the subject of its passive",
    "final": "where the row fits, no other row of its word is tried, and its preposition is the verb's",
    "modal": "counts only where the complement has must, should, need to or have to",
}
EFFECTS = {
    "refuse": "outer-reject|inner-swallowed",
    "threaten": "outer-threaten|inner-swallowed",
    "promise": "outer-agree|inner-swallowed",
    "plan": "inner-planned",
    "want": "inner-planned|inner-requested",
    "deny": "inner-negated|speaker",
    "fail": "inner-negated",
    "transparent": "inner-kept",
    "consider": "inner-possible",
    "prevent": "inner-negated",
    "ask": "outer-appeal|inner-requested",
    "demand": "outer-request|inner-requested",
    "claim": "speaker|inner-kept",
    "cause": "inner-asserted",
    "stop": "inner-negated",
    "allow": "inner-possible",
}
SOURCE = re.compile(r"own|CAMEO \d{2,4}|PLOVER [A-Z]+")
PAST = """
be is was been; become became; begin began; bend bent; bid bade; bind bound; bite bit; blow blew; break broke; bring brought; build built;
buy bought; choose chose chosen; cling clung; come came; do did; draw drew; drive drove; eat ate; fall fell; feed fed;
fight fought; find found; flee fled; fling flung; fly flew; forbid forbade; forget forgot; forgive forgave; freeze froze; get got;
give gave; go went; hang hung; have had has; hold held; keep kept; lay laid; lead led; leave left; lend lent; make made; meet met;
overrun overran; overthrow overthrew; pay paid; rebuild rebuilt; retake retook; ride rode; ring rang; rise rose; see saw seen;
seek sought; sell sold; send sent; shake shook; shoot shot; shy shied; sink sank; sit sat; slay slew; sling slung; speak spoke; spy spied;
stand stood; steal stole; stick stuck; strike struck; swear swore sworn; sweep swept; swing swung; take took; tear tore;
tell told; throw threw; try tried; undertake undertook; unfreeze unfroze; uphold upheld; weave wove; win won; wind wound;
withdraw withdrew; withhold withheld; wring wrung; write wrote
"""
IRREGULAR = {entry.split()[0]: set(entry.split()[1:]) for entry in PAST.split(";")}
"""Past forms that do not begin with the lemma's stem."""


def rows_of(name: str) -> list[dict[str, str]]:
    lines = (FOLDER / name).read_text(encoding="utf-8", errors="strict").splitlines()
    return list(csv.DictReader(line for line in lines if not line.startswith("#")))


def columns_of(name: str) -> list[str]:
    lines = (FOLDER / name).read_text(encoding="utf-8").splitlines()
    return next(csv.reader([next(line for line in lines if not line.startswith("#"))]))


ACTS = [row for name in ACT_FILES for row in rows_of(name)]
OPERATORS = rows_of("operators.csv")


def cells(cell: str) -> list[str]:
    return cell.split("|") if cell else []


def label(row: dict[str, str]) -> str:
    return "-".join(row[k] for k in ("lemma", "pos", "particle") if row[k]) + (f"+{row['object'][:20]}" if row.get("object") else "")


def shows(lemma: str, example: str) -> bool:
    """Whether an example contains an inflected form of a lemma, by its stem."""
    stem = lemma.lower()
    for ending in ("ies", "y", "e", "is", "us"):
        if len(stem) > 3 and stem.endswith(ending):
            stem = stem[: -len(ending)]
            break
    words = [*re.findall(r"[\w-]+", example.lower()), *re.findall(r"\w+", example.lower())]  # "rattling" in "sabre-rattling"
    return any(w.startswith(stem) for w in words) or bool(IRREGULAR.get(lemma, set()).intersection(words))


@pytest.mark.parametrize("name", ACT_FILES)
def test_act_files_have_the_columns_and_only_their_relations(name: str) -> None:
    assert columns_of(name) == ACT_COLUMNS
    assert {row["relation"] for row in rows_of(name)} == ACT_FILES[name]


@pytest.mark.parametrize("name", [*ACT_FILES, "operators.csv"])
def test_files_are_sorted_utf8_with_unix_line_ends(name: str) -> None:
    data = (FOLDER / name).read_bytes()
    assert data.endswith(b"\n")
    assert b"\r" not in data
    assert not data.startswith(b"\xef\xbb\xbf")
    keys = [(r["lemma"], r["pos"], r["particle"], r.get("object", "")) for r in rows_of(name)]
    assert keys == sorted(keys)
    assert [k for k, n in Counter(keys).items() if n > 1] == []


def test_cells_hold_only_allowed_values() -> None:
    bad = [
        label(row)
        for row in ACTS
        if row["pos"] not in PARTS_OF_SPEECH
        or not set(cells(row["flags"])) <= set(FLAGS)
        or not set(cells(row["target"])) <= GRAMMATICAL_SLOTS | PREPOSITIONS
        or len(set(cells(row["target"]))) != len(cells(row["target"]))
        or not row["target"]
        or row["relation"] not in RELATIONS
        or None in row
        or any(value != value.strip() for value in row.values())
    ]
    assert bad == []


def test_nouns_and_adjectives_have_no_grammatical_slots() -> None:
    assert [label(r) for r in ACTS if r["pos"] != "VERB" and set(cells(r["target"])) & (GRAMMATICAL_SLOTS - {"poss"})] == []


def test_lemmas_are_single_lower_case_words() -> None:
    words = [w for row in ACTS for w in (row["lemma"], *row["particle"].split(), *cells(row["object"]))]
    words += [w for row in OPERATORS for w in (row["lemma"], *row["particle"].split())]
    assert [w for w in words if w != w.lower() or not re.fullmatch(r"[^\W_][\w-]*|[*]", w)] == []


def test_a_word_with_its_object_has_one_relation() -> None:
    """Across the files: no row twice, and no object in two rows of the same word."""
    rows = Counter((r["lemma"], r["pos"], r["particle"], r["object"]) for r in ACTS)
    assert [k for k, n in rows.items() if n > 1] == []
    objects = Counter((r["lemma"], r["pos"], r["particle"], o) for r in ACTS for o in cells(r["object"]))
    assert [k for k, n in objects.items() if n > 1] == []
    assert [label(r) for r in ACTS if cells(r["object"]) != sorted(set(cells(r["object"])))] == []


def test_every_relation_is_covered_by_verbs_and_nouns() -> None:
    count = Counter((row["relation"], row["pos"]) for row in ACTS)
    assert [code for code in RELATIONS if count[code, "VERB"] < 7 or count[code, "NOUN"] < 5] == []
    assert len(ACTS) >= 900


@pytest.mark.parametrize("rows", [ACTS, OPERATORS], ids=["acts", "operators"])
def test_every_row_has_a_source_and_an_example_that_shows_the_word(rows: list[dict[str, str]]) -> None:
    assert [label(r) for r in rows if not SOURCE.fullmatch(r["source"])] == []
    assert [label(r) for r in rows if not re.fullmatch(r"[A-Z\"].{8,110}[.]", r["example"])] == []
    assert [(label(r), r["example"]) for r in rows if not shows(r["lemma"], r["example"])] == []
    assert [e for e, n in Counter(r["example"] for r in rows).items() if n > 1] == []


def test_examples_show_particle_and_object() -> None:
    missing = []
    for row in ACTS:
        particle, objects = row["particle"], cells(row["object"])
        if particle and not re.search(rf"\b{particle}\b", row["example"].lower()):
            missing.append((label(row), row["example"]))
        if objects and "*" not in objects and not any(shows(o, row["example"]) for o in objects):
            missing.append((label(row), row["example"]))
    assert missing == []


def test_cameo_sources_agree_with_the_quad_class() -> None:
    """A source code of CAMEO's cooperative half (02 to 08) never stands behind a conflictual relation, or the reverse."""
    bad = [
        (label(r), r["source"], r["relation"])
        for r in ACTS
        if r["source"].startswith("CAMEO ")
        and r["relation"] not in STANDING
        and (int(r["source"][6:8]) < 9) != ((RELATIONS[r["relation"]].score or 0) > 0)
    ]
    assert bad == []


def test_operators_are_well_formed() -> None:
    assert columns_of("operators.csv") == OPERATOR_COLUMNS
    assert {row["kind"] for row in OPERATORS} == set(EFFECTS)
    for row in OPERATORS:
        allowed = EFFECTS[row["kind"]].split("|")
        assert set(cells(row["effect"])) <= set(allowed), label(row)
        assert row["effect"], label(row)
        assert row["pos"] in PARTS_OF_SPEECH, label(row)
        assert not row["target"] or row["target"] in GRAMMATICAL_SLOTS | PREPOSITIONS, label(row)


def test_operator_header_explains_every_kind() -> None:
    header = [line for line in (FOLDER / "operators.csv").read_text(encoding="utf-8").splitlines() if line.startswith("#")]
    explained = {m.group(1): m.group(2) for m in (re.match(r"#   (\w+) +(\S+)  ", line) for line in header) if m}
    assert explained == EFFECTS
