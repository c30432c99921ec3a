"""Codebooks of others: what is read, what is refused and with which words, and which code a statement gets."""

from __future__ import annotations

import csv
import doctest
import io
import json
import re
from dataclasses import replace
from pathlib import Path

import pyoxigraph as ox
import pytest

import kg.codebooks.scheme
from kg import codebook
from kg.codebooks import Code, Recoder, Words, codebook_faults, read_codebook, shipped_codebooks
from kg.codebooks.to_skos import codebook_triples, codebook_turtle
from kg.errors import InputError, UnknownNameError
from kg.extract.lexicon import FLAGS, GRAMMATICAL_SLOTS, PARTS_OF_SPEECH, load_lexicon
from kg.model import Actor, ActorKind, Evidence, Participant, Span, Statement, Status
from kg.vocabulary import CODED_AS, VERSION
from tests import test_lexicon_data as lexicon_data
from tests.conftest import ROOT, Run
from tools import build_codebooks

FOLDER = ROOT / "tests" / "codebooks"
AIRLINES, AIR = FOLDER / "airlines.yaml", FOLDER / "airlines.ttl"
CAMEO, PLOVER = Recoder(read_codebook("cameo")), Recoder(read_codebook("plover"))


def statement(
    text: str,
    trigger: str,
    relation: str,
    *,
    status: Status = "asserted",
    kind: ActorKind = "state",
    predicate: str = "",
    content: str | None = None,
) -> Statement:
    """A statement with this sentence; the trigger is the first place of the word in it."""
    begin = text.index(trigger) + 100
    ends = [Participant(Actor(f"https://example.org/{name}", name, kind), Span(100, 101), name) for name in ("Fiji", "Tonga")]
    evidence = Evidence(Span(100, 100 + len(text)), text, Span(begin, begin + len(trigger)), predicate or trigger, f"hand/{VERSION}", 0.9)
    row = codebook.relation(relation)
    return Statement(
        f"https://example.org/{text}/{relation}", "https://example.org/d", ends[0], row, ends[1], status, evidence, content=content
    )


def code_of(recoder: Recoder, given: Statement, content: Statement | None = None) -> str | None:
    code = recoder.code(given, content)
    return code.code if code else None


def written(tmp_path: Path, text: str, name: str = "mine.yaml") -> Path:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


SOUND = """\
codebook: mine
codes:
  - {code: A, label: Any}
  - {code: B, broader: A, label: Better}
mapping:
  - {relation: AID, code: A}
uncoded: [%s]
""" % ", ".join(code for code in codebook.RELATIONS if code != "AID")  # noqa: UP031  # braces are YAML's


# -- what ships --------------------------------------------------------------------------------------------------------


def test_doctests() -> None:
    for module in (kg.codebooks, kg.codebooks.scheme):
        assert doctest.testmod(module).failed == 0


def test_what_ships_is_what_the_tool_writes(tmp_path: Path) -> None:
    build_codebooks.build(tmp_path)
    shipped = ROOT / "kg" / "data" / "codebooks"
    assert sorted(p.name for p in shipped.iterdir()) == sorted(p.name for p in tmp_path.iterdir())
    assert all((shipped / p.name).read_bytes() == p.read_bytes() for p in tmp_path.iterdir())


@pytest.mark.parametrize("name", shipped_codebooks())
def test_what_ships_is_sound_and_complete(name: str) -> None:
    assert codebook_faults(name) == []
    book = read_codebook(name)
    assert book.source
    assert book.licence
    for code in book.codes.values():
        assert code.quad in codebook.quad_classes()
        assert code.score is not None
        assert code.definition.endswith(".")
        assert code.iri == book.iri + code.code
    mapped = {rule.relation for rule in book.rules if rule.is_default}
    assert mapped | book.uncoded == set(codebook.RELATIONS)
    assert not mapped & book.uncoded


def test_plover_agrees_with_our_codebook() -> None:
    for code in PLOVER.codebook.codes.values():
        ours = codebook.relation(code.code)
        assert (code.quad, code.score) == (ours.quad, ours.score)


def test_cameo_codes_agree_with_our_codebook() -> None:
    """A code that is given to a relation by default is the one that the relation's own row names, or above it."""
    for rule in CAMEO.codebook.rules:
        if rule.is_default and rule.code is not None:
            assert any(own.startswith(rule.code) for own in codebook.relation(rule.relation).cameo), rule


def test_cameo_codes_stand_below_their_prefix() -> None:
    for code in CAMEO.codebook.codes.values():
        assert code.root == code.code[:2]
        assert code.broader is None or (code.code.startswith(code.broader) and len(code.code) == len(code.broader) + 1)


@pytest.mark.parametrize(
    ("text", "trigger", "relation", "predicate", "expected"),
    [
        ("Fiji imposed new sanctions on Tonga.", "imposed", "SANCTION", "imposed new sanctions", "163"),
        ("Fiji left the pact with Tonga.", "left", "SANCTION", "left the pact", "160"),
        ("Fiji vexed Tonga.", "vexed", "SANCTION", "vexed", "16"),
        ("Fiji expelled the envoy of Tonga.", "expelled", "SANCTION", "expelled the envoy", "161"),
        ("Fiji's arrest of Tonga's sailors was noted.", "arrest", "COERCE", "arrest", "173"),
        ("Fiji was arresting sailors of Tonga.", "arresting", "COERCE", "arresting", "173"),
        ("Fiji invaded Tonga.", "invaded", "ASSAULT", "invaded", "190"),
        ("Fiji bombed Tonga.", "bombed", "ASSAULT", "bombed", "195"),
        ("Fiji will host the king of Tonga.", "host", "AGREE", "host", "036"),
        ("Fiji will send food to Tonga.", "send", "AGREE", "send food", "033"),
        ("Fiji apologised to Tonga.", "apologised", "CONCEDE", "apologised", "055"),
        ("Fiji opened an inquiry into Tonga.", "opened", "ACCUSE", "opened an inquiry", "090"),
        ("Fiji frobnicated Tonga.", "frobnicated", "ACCUSE", "frobnicated", "11"),
        ("Fiji is an ally of Tonga.", "ally", "ALLY", "ally", None),
    ],
)
def test_cameo_by_words(text: str, trigger: str, relation: str, predicate: str, expected: str | None) -> None:
    assert code_of(CAMEO, statement(text, trigger, relation, predicate=predicate)) == expected


def test_cameo_by_what_is_asked_for() -> None:
    asked = statement("Tonga to talk", "talk", "CONSULT", status="requested")
    urged = statement("Fiji urged Tonga to talk to Samoa.", "urged", "APPEAL", content=asked.id)
    assert code_of(CAMEO, urged) == "020"
    assert {key: code.code for key, code in CAMEO.codes([urged, asked]).items()} == {urged.id: "026"}


@pytest.mark.parametrize(("kind", "expected"), [("state", "19"), ("armed_group", "19"), ("people", "18"), ("person", "18")])
def test_cameo_by_who_acts(kind: ActorKind, expected: str) -> None:
    assert code_of(CAMEO, statement("Fiji vexed Tonga.", "vexed", "ASSAULT", kind=kind)) == expected


def test_a_person_counts_as_the_side_that_is_acted_for() -> None:
    given = statement("Fiji vexed Tonga.", "vexed", "ASSAULT", kind="person")
    state = Actor("https://example.org/state", "Fiji", "state")
    assert code_of(CAMEO, replace(given, source=replace(given.source, affiliation=state))) == "19"


@pytest.mark.parametrize(("status", "cameo", "plover"), [("asserted", "07", "AID"), ("planned", None, "AID"), ("negated", None, None)])
def test_statuses(status: Status, cameo: str | None, plover: str | None) -> None:
    given = statement("Fiji vexed Tonga.", "vexed", "AID", status=status)
    assert (code_of(CAMEO, given), code_of(PLOVER, given)) == (cameo, plover)


def test_most_rows_of_the_lexicon_with_a_cameo_source_give_it() -> None:
    """The rules that the tool makes give the code of the row back for the words of the row's own example."""
    right = total = 0
    for row in lexicon_data.ACTS:
        source, _, code = row["source"].partition(" ")
        trigger = next((w for w in re.findall(r"[\w-]+", row["example"]) if lexicon_data.shows(row["lemma"], w)), None)
        if source != "CAMEO" or trigger is None or row["relation"] in CAMEO.codebook.uncoded:
            continue
        total += 1
        given = statement(row["example"], trigger, row["relation"], predicate=row["example"])
        right += code_of(CAMEO, given) == code
    assert total > 1400
    assert right / total > 0.95, (right, total)


# -- a third one -------------------------------------------------------------------------------------------------------


def test_a_small_codebook_in_yaml() -> None:
    book = read_codebook(AIRLINES)
    assert (book.name, book.title, book.iri) == ("airlines", "Air traffic between states", "https://example.org/airlines/")
    below = Code(
        "02", "https://example.org/airlines/02", "Aircraft held", "0", "0", "Keeps an aircraft on the ground.", "material conflict", -4.0
    )
    assert book.codes["02"] == below
    assert book.codes["NO"].quad == "verbal conflict"
    assert [act.lemma for act in book.acts] == ["clamp", "slam"]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (statement("Fiji closed its airspace to Tonga.", "closed", "SANCTION", predicate="closed its airspace"), "01"),
        (statement("Fiji closed its embassy in Tonga.", "closed", "SANCTION", predicate="closed its embassy"), "0"),
        (statement("Fiji closed its airspace to Tonga.", "closed", "SANCTION", status="possible"), None),
        (statement("Fiji held Tonga.", "held", "COERCE"), "0"),
        (statement("Fiji held Tonga.", "held", "COERCE", kind="company"), None),
        (statement("Fiji did not reject it.", "reject", "REJECT", status="negated"), "NO"),
        (statement("Fiji may reject it.", "reject", "REJECT", status="planned"), None),
        (statement("Fiji praised Tonga.", "praised", "SUPPORT"), None),
        (statement("Fiji lifted its ban on Tonga.", "lifted", "CONCEDE"), None),
    ],
)
def test_codes_of_the_small_codebook(given: Statement, expected: str | None) -> None:
    assert code_of(Recoder(read_codebook(AIRLINES)), given) == expected


def test_a_small_codebook_in_skos() -> None:
    book = read_codebook(AIR)
    assert (book.name, book.title, list(book.codes)) == ("air", "Air traffic", ["0", "01", "refused"])
    assert (book.codes["01"].quad, book.codes["01"].score, book.codes["01"].iri) == (
        "material conflict",
        -4.0,
        "https://example.org/air/closed",
    )
    assert {"SANCTION", "COERCE", "REJECT"} == set(codebook.RELATIONS) - book.uncoded
    recoder = Recoder(book)
    assert code_of(recoder, statement("Fiji shut its airspace to Tonga.", "shut", "SANCTION")) == "01"
    assert code_of(recoder, statement("Fiji shut its port to Tonga.", "shut", "SANCTION")) == "0"
    assert code_of(recoder, statement("Fiji refused.", "refused", "REJECT", status="possible")) == "refused"


@pytest.mark.parametrize("which", ["cameo", "plover", AIR], ids=str)
def test_skos_that_is_written_is_read_again(tmp_path: Path, which: str | Path) -> None:
    book = read_codebook(which)
    turtle = codebook_turtle(book)
    assert turtle == codebook_turtle(read_codebook(which))
    again = read_codebook(written(tmp_path, turtle, "again.ttl"))
    assert (again.name, again.iri, again.uncoded) == (book.name, book.iri, book.uncoded)
    assert dict(again.codes) == {key: book.codes[key] for key in sorted(book.codes)}
    assert {(r.relation, r.code) for r in again.rules if r.is_default} == {(r.relation, r.code) for r in book.rules if r.is_default}


def test_triples_of_some_codes_have_those_above_them() -> None:
    subjects = {str(s) for s, _, _ in codebook_triples(CAMEO.codebook, ["0871"])}
    assert subjects == {CAMEO.codebook.iri + code for code in ("", "0871", "087", "08")}


# -- its own words -----------------------------------------------------------------------------------------------------


def test_own_rows_go_before_ours() -> None:
    book = read_codebook(AIRLINES)
    ours = load_lexicon()
    lexicon = ours.with_acts(book.acts)
    assert [act.relation for act in lexicon.acts_of("clamp", "VERB", objects=["jet"])][:1] == ["COERCE"]
    assert ours.acts_of("slam", "VERB")
    assert lexicon.acts_of("slam", "VERB") == []
    assert lexicon.acts_of("thank", "VERB") == ours.acts_of("thank", "VERB")


def test_allowed_cells_are_those_of_our_lexicon() -> None:
    assert set(lexicon_data.FLAGS) == FLAGS
    assert lexicon_data.GRAMMATICAL_SLOTS == GRAMMATICAL_SLOTS
    assert lexicon_data.PARTS_OF_SPEECH == PARTS_OF_SPEECH


def test_own_words_are_extracted_and_coded_by_any_number_of_processes(run: Run, tmp_path: Path) -> None:
    text = written(tmp_path, "Chad clamped Niger's airliner.\n\nGhana slammed Togo.", "news.txt")
    assert run("extract", text, "--rules-only").out.count('"relation"') == 1
    outputs = [run("extract", text, "--rules-only", "--codebook", AIRLINES, "--processes", n) for n in ("1", "2")]
    found = [json.loads(line) for line in outputs[0].out.splitlines()]
    assert [(r["relation"], r["trigger"], r["code"]["code"], r["code"]["root"]) for r in found] == [
        ("COERCE", "clamped Niger's airliner", "02", "0")
    ]
    assert outputs[0] == outputs[1]


# -- faults ------------------------------------------------------------------------------------------------------------


def test_a_sound_one_is_sound(tmp_path: Path) -> None:
    assert codebook_faults(written(tmp_path, SOUND)) == []


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("relation: AID", "relation: AIDS", 6, "unknown relation 'AIDS'; did you mean AID"),
        ("relation: AID, code: A", "relation: AID, code: Z", 6, "unknown code 'Z'; known are A, B"),
        ("code: B, broader: A", "code: A", 4, "code 'A' is there already (*:3); take one of the two out"),
        ("{code: A, label", "{code: A, broader: B, label", 3, "code 'A' is broader than itself, over B"),
        ("broader: A", "broader: C", 4, "unknown broader code of 'B' 'C'"),
        ("broader: A", "quad: material", 4, "unknown quad class 'material'; did you mean"),
        ("broader: A", "score: high", 4, "score 'high' of code 'B' is no number; write it as -5.0"),
        ("broader: A", "score: nan", 4, "score 'nan' of code 'B' is no number"),
        ("{code: B, ", "{", 4, "a code lacks 'code'; it needs code, label"),
        ("label: Better", "lable: Better", 4, "unknown field 'lable'; did you mean label?"),
        ("code: A}", "code: A, status: done}", 6, "unknown status 'done'"),
        ("code: A}", "code: A, words: [give + aid]}", 6, "'+' is no lemma; write a pattern as 'impose sanction|embargo'"),
        ("code: A}", "code: A, source: [land]}", 6, "unknown kind of actor 'land'"),
        ("code: A}", "code: A, content: TALK}", 6, "unknown relation 'TALK'"),
        ("code: A}", "code: A}\n  - {relation: AID, code: B}", 7, "AID has code 'A' already (*:6); take one rule out"),
        ("code: A}", "code: A}\n  - AID", 7, "a rule of 'mapping' is written as fields, such as 'relation: ...'"),
        ("uncoded: [", "uncoded: [AID, ", 7, "AID is uncoded here, but mapped to 'A' (*:6)"),
        ("uncoded: [", "uncoded: [HUG, ", 7, "unknown relation 'HUG'"),
        ("ALLY, ", "", 0, "says nothing of ALLY; map each to a code, or name it under 'uncoded'"),
        ("codebook: mine", "codebook: My codes", 0, "'My codes' is no name for a codebook"),
        ("codebook: mine", "codebook: skos", 0, "the name 'skos' is taken by a prefix of the ontology"),
        ("codebook: mine", "codebook: mine\niri: codes", 0, "iri 'codes' is no absolute IRI"),
        ("codebook: mine", "codebook: mine\ncodebook: ours", 2, "'codebook' stands twice"),
        ("codebook: mine", "codebook: mine\nstatuses: [certain]", 2, "unknown status 'certain'"),
        ("codebook: mine", "codebook: mine\nlexicon: {a: b}", 2, "'lexicon' is a list of rows, or the name of a CSV file"),
        ("codebook: mine", "codebook: mine\ntitle: [a, b]", 2, "'title' holds one value, not a list"),
        ("codes:", "codes: [", 3, "not YAML: "),
        ("codebook: mine", "name: mine", 1, "unknown field 'name'"),
    ],
)
def test_a_fault_is_told_with_its_place_and_the_way_out(tmp_path: Path, old: str, new: str, line: int, words: str) -> None:
    path = written(tmp_path, SOUND.replace(old, new, 1))
    assert path.read_text(encoding="utf-8") != SOUND
    place = f"{path}:{line}: " if line else f"{path}: "
    faults = codebook_faults(path)
    assert any(fault.startswith(place + words.replace("*", str(path))) for fault in faults), faults
    with pytest.raises(InputError, match=re.escape(str(path))):
        read_codebook(path)


def test_all_faults_are_counted(tmp_path: Path) -> None:
    path = written(tmp_path, SOUND.replace("code: A}\nuncoded: [", "code: Z, status: done}\nuncoded: [HUG, "))
    with pytest.raises(InputError, match=r"unknown status 'done'.* \(2 more faults; 'kg codebook .*mine\.yaml' lists all\)|2 more faults"):
        read_codebook(path)


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("{lemma: clamp, pos: VERB, target: obj}", "lacks relation; a row needs lemma, pos, target, relation"),
        ("{lemma: clamp, pos: verb, target: obj, relation: COERCE}", "unknown part of speech 'verb'; did you mean VERB?"),
        ("{lemma: clamp, pos: VERB, target: obj, relation: SIT}", "unknown relation 'SIT'"),
        ("{lemma: Clamp, pos: VERB, target: obj, relation: COERCE}", "'Clamp' is no lemma; write one word in small letters"),
        ("{lemma: clamp, pos: VERB, target: Obj, relation: COERCE}", "'Obj' is no place of a target; use ccomp-subj"),
        ("{lemma: clamp, pos: VERB, target: obj, relation: COERCE, flags: [quick]}", "unknown flag 'quick'"),
        ("{lemma: clamp, pos: VERB, target: obj, relation: COERCE, code: Z}", "unknown code 'Z'"),
        ("{lemma: clamp, pos: VERB, target: obj, relation: COERCE, kode: A}", "unknown column 'kode'; did you mean code?"),
    ],
)
def test_a_fault_of_a_row_of_words(tmp_path: Path, row: str, words: str) -> None:
    path = written(tmp_path, f"{SOUND}lexicon:\n  - {row}\n")
    assert codebook_faults(path)[0].startswith(f"{path}:9: {words}")


def test_faults_of_a_file_of_words(tmp_path: Path) -> None:
    path = written(tmp_path, f"{SOUND}lexicon: words.csv\n")
    assert "no such file or directory; 'lexicon' of" in codebook_faults(path)[0]
    words = written(tmp_path, "lemma,pos,target,relation\n# a comment\nclamp,VERB,obj\n", "words.csv")
    assert codebook_faults(path) == [f"{words}:3: has 3 cells where the first line has 4; quote a cell that holds a comma"]
    written(tmp_path, "# nothing\n", "words.csv")
    assert "is empty; write the columns lemma,pos" in codebook_faults(path)[0]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("@prefix : <http://x/> .\n:a :b :c .\n:a z:b :c .\n", ":3: not Turtle: The prefix"),
        ("@prefix : <http://x/> . :a :b :c .", ": holds no skos:ConceptScheme; a codebook is one"),
    ],
)
def test_faults_of_skos(tmp_path: Path, text: str, words: str) -> None:
    path = written(tmp_path, text, "mine.ttl")
    assert codebook_faults(path)[0].startswith(f"{path}{words}")


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('skos:prefLabel "Right refused"@en ; ', "", "has no skos:prefLabel; give it one"),
        (' ; skos:hiddenLabel "close|shut airspace"@en', "", "skos:broadMatch kgr:SANCTION needs words that tell it apart"),
        ("skos:broader :cut", "skos:broader :cut, :refused", "has 2 broader concepts; a code has one at most"),
        ("kgr:REJECT", "kgr:REFUSE", "unknown relation 'REFUSE'"),
        ("kg:materialConflict", "kg:standoff", "unknown quad class"),
        ('"close|shut airspace"', '"close + airspace"', "skos:hiddenLabel '+' is no lemma"),
    ],
)
def test_a_fault_of_a_concept(tmp_path: Path, old: str, new: str, words: str) -> None:
    sound = AIR.read_text(encoding="utf-8")
    path = written(tmp_path, sound.replace(old, new, 1), "mine.ttl")
    assert path.read_text(encoding="utf-8") != sound
    assert re.match(rf"{re.escape(str(path))}: (:\w+|<\S+>|\w+:\w*): {re.escape(words)}", codebook_faults(path)[0]), codebook_faults(path)


def test_what_is_no_codebook_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnknownNameError, match=r"no codebook 'plovr'; did you mean plover\? Or name a file"):
        read_codebook("plovr")
    with pytest.raises(InputError, match="no such file or directory; 'kg codebook' lists"):
        read_codebook(tmp_path / "none.yaml")
    with pytest.raises(InputError, match="is neither YAML"):
        read_codebook(written(tmp_path, "a", "mine.txt"))
    with pytest.raises(InputError, match="is empty; 'kg codebook cameo --format yaml' shows"):
        read_codebook(written(tmp_path, "# nothing\n"))
    with pytest.raises(InputError, match="is written as fields"):
        read_codebook(written(tmp_path, "- a\n"))
    (tmp_path / "latin.yaml").write_bytes("codebook: é".encode("latin-1"))
    with pytest.raises(InputError, match="not UTF-8"):
        read_codebook(tmp_path / "latin.yaml")


def test_an_alias_that_refers_to_itself_ends(tmp_path: Path) -> None:
    assert codebook_faults(written(tmp_path, "codebook: &a [*a]\ncodes: *a\nmapping: *a\n"))


def test_words() -> None:
    words = Words.parse("Impose sanction|embargo")
    assert str(words) == "impose embargo|sanction"
    assert words.fits({"impose"}, {"embargo"})
    assert not words.fits({"impose"}, {"tax"})
    with pytest.raises(ValueError, match="is no lemma"):
        Words.parse(" ")


# -- the command line --------------------------------------------------------------------------------------------------


def test_the_command_lists_shows_and_checks(run: Run, tmp_path: Path) -> None:
    assert [line.split()[0] for line in run("codebook").out.splitlines()] == ["name", "cameo", "plover"]
    shown = run("codebook", AIRLINES).out
    assert "codebook   airlines 1" in shown
    assert re.search(r"^02 +Aircraft held +material conflict +-4\.0 +COERCE by its words$", shown, re.MULTILINE)
    record = json.loads(run("codebook", AIRLINES, "--format", "json").out)
    assert record["mapping"][-1] == {"relation": "APPEAL", "code": "1", "status": ["asserted", "planned"], "content": ["CONCEDE"]}
    broken = run("codebook", written(tmp_path, SOUND.replace("AID, code: A", "AIDS, code: Z")))
    assert broken.code == 1
    assert len(broken.out.splitlines()) == 3, "both faults, and that AID is not mapped"


def test_a_codebook_that_ships_is_a_beginning_of_ones_own(run: Run, tmp_path: Path) -> None:
    mine = tmp_path / "mine.yaml"
    assert run("codebook", "plover", "--format", "yaml", "--output", mine).code == 0
    assert codebook_faults(mine) == []
    assert "is SKOS, which is not written as YAML" in run("codebook", AIR, "--format", "yaml").err


def test_codes_in_every_output(run: Run, tmp_path: Path, examples_store: Path) -> None:
    statements = {row["id"]: row for row in csv.DictReader(io.StringIO(run("export", "-", "-f", "csv", "--store", examples_store).out))}
    coded = list(csv.DictReader(io.StringIO(run("export", "-", "-f", "csv", "--codebook", "cameo", "--store", examples_store).out)))
    assert {row["id"] for row in coded} == set(statements)
    assert all({k: row[k] for k in statements[row["id"]]} == statements[row["id"]] for row in coded), "our relation stays"
    given = {row["id"]: row["code"] for row in coded if row["code"]}
    assert all((row["status"] == "asserted" and row["quad"] != "standing") == bool(row["code"]) for row in coded)
    assert any(len(code) > 2 for code in given.values())

    trig = run("export", "-", "-f", "trig", "--codebook", "cameo", "--store", examples_store).out
    quads = [quad for quad in ox.parse(trig, format=ox.RdfFormat.TRIG) if quad.predicate.value == CODED_AS]
    found = {quad.subject.value: quad.object.value.rpartition("/")[2] for quad in quads}
    assert found == given
    graphml = run("export", "-", "-f", "graphml", "--codebook", "cameo", "--store", examples_store).out
    assert 'attr.name="code_label"' in graphml
    assert "<edge" in run("export", "-", "-f", "gexf", "--codebook", "cameo", "--store", examples_store).out
    assert 'attr.name="code' not in run("export", "-", "-f", "graphml", "--store", examples_store).out
    stats = run("stats", "--codebook", "plover", "--store", examples_store).out
    assert re.search(r"^plover +all +asserted", stats, re.MULTILINE)


def test_extract_gives_codes_in_every_format(run: Run, tmp_path: Path) -> None:
    text = written(tmp_path, "Canada imposed sanctions on Myanmar. Croatia is a member of NATO.", "news.txt")
    records = [json.loads(line) for line in run("extract", text, "--codebook", "cameo").out.splitlines()]
    code = {"codebook": "cameo", "code": "163", "label": "Impose embargo, boycott or sanctions", "root": "16"}
    assert [r["code"] for r in records] == [{**code, "quad": "material conflict", "score": -8.0}, None]
    assert "163 Impose embargo" in run("extract", text, "--codebook", "cameo", "--format", "table").out
    assert ",cameo,163," in run("extract", text, "--codebook", "cameo", "--format", "csv").out
    assert "kg:codedAs cameo:163" in run("extract", text, "--codebook", "cameo", "--format", "ttl").out


def test_a_bad_codebook_ends_a_command_before_it_reads(run: Run, tmp_path: Path) -> None:
    output = tmp_path / "out.jsonl"
    done = run("extract", "no-such-file.txt", "--codebook", "camoe", "--output", output)
    assert (done.code, output.exists()) == (1, False)
    assert done.err == "error: no codebook 'camoe'; did you mean cameo? Or name a file that ends in .yaml or .ttl\n"


def test_the_documented_codebook_is_sound(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "codebooks.md").read_text(encoding="utf-8")
    example = re.search(r"^```yaml\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    assert example is not None
    path = written(tmp_path, example[1])
    assert codebook_faults(path) == []
    recoder = Recoder(read_codebook(path))
    assert code_of(recoder, statement("Fiji sealed its border with Tonga.", "sealed", "SANCTION")) == "C1"
    assert code_of(recoder, statement("Fiji taxed Tonga.", "taxed", "SANCTION")) is None
