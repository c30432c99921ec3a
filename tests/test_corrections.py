"""What people judge of statements supersedes, overwrites nothing, and outlives every rebuild."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from kg.errors import InputError, KgError, StoreError
from kg.model import Actor, Span, Statement
from kg.rdf import validate_triples
from kg.store import Correction, Store
from kg.store.corrections import accuracy, in_force, key, revised, wrong_parts
from kg.store.doctor import examine
from kg.store.judgements import apply_judgement, read_judgements, to_csv, to_fill_in
from kg.vocabulary import PREFIXES
from tests.conftest import Run
from tests.small_store import KENYA, PERU, RWANDA, UGANDA, document, statement

AT, LATER = "2025-03-20T10:00:00Z", "2025-03-21T10:00:00Z"
TEXT = "Kenya AID Uganda. Peru ACCUSE Kenya."
NEWS = document(1, text=TEXT)
AID = statement("aid", NEWS, KENYA, "AID", UGANDA)
ACCUSE = statement("accuse", NEWS, PERU, "ACCUSE", KENYA, begin=18)


@pytest.fixture
def store(tmp_path: Path):
    with Store.open(tmp_path / "store") as opened:
        opened.add(NEWS, [AID, ACCUSE])
        yield opened


def named(known: dict[str, Actor]):
    return lambda what: known[what]


def says(store: Store) -> set[tuple[str, str, str, str]]:
    return {
        (one.source.actor.label, one.relation.code, one.target.actor.label if one.target else "", one.status) for one in store.statements()
    }


# --- what each does


def test_rejected_statement_is_out_of_every_answer_and_still_kept(store: Store) -> None:
    correction = Correction(AID, "reject", "Ada", AT, "a sports report")
    assert store.correct(correction) is True
    assert store.correct(correction) is False
    assert store.statements() == [ACCUSE]
    assert not store.query("ASK { ?s kgr:AID ?o }").askAnswer
    assert not store.query('ASK { ?x rdfs:label "Uganda" }').askAnswer
    assert store.corrections() == [correction]
    assert b"sports" in store.export(format="turtle")
    assert list(examine(store)) == []


def test_change_is_a_revision_with_provenance(store: Store) -> None:
    changed = revised(AID, relation="SUPPORT", status="negated")
    store.correct(Correction(AID, "change", "https://orcid.org/0000-0001", AT, "", changed))
    assert says(store) == {("Kenya", "SUPPORT", "Uganda", "negated"), ("Peru", "ACCUSE", "Kenya", "asserted")}
    (row,) = store.query(
        """PREFIX prov: <http://www.w3.org/ns/prov#> SELECT ?old ?who ?at {
          ?new a kg:Statement ; prov:wasRevisionOf ?old . ?old prov:wasInvalidatedBy ?act .
          ?act prov:wasAssociatedWith ?who ; prov:endedAtTime ?at ; prov:used ?old ; prov:generated ?new }"""
    )
    assert [str(cell) for cell in row] == [AID.id, "https://orcid.org/0000-0001", AT.replace("Z", "+00:00")], "as rdflib writes it"
    assert changed.evidence.confidence == 1.0
    assert changed.evidence.extractor.startswith("kg-correction/")
    assert validate_triples(store.triples(NEWS.id)) == []


def test_direction_goes_with_its_mentions(store: Store) -> None:
    turned = revised(AID, swap=True)
    assert (turned.source, turned.target) == (AID.target, AID.source)
    assert revised(AID, source=RWANDA).source.actor == RWANDA
    with pytest.raises(InputError, match="changes nothing"):
        revised(AID, relation="AID")
    with pytest.raises(InputError, match="no target"):
        revised(statement("p", NEWS, PERU, "PROTEST", None), swap=True)


def test_the_last_word_on_a_statement_counts(store: Store) -> None:
    changed = revised(AID, relation="SUPPORT")
    store.correct(Correction(AID, "change", "Ada", AT, "", changed))
    store.correct(Correction(AID, "accept", "Ben", LATER, "it was aid after all"))
    assert says(store) == {("Kenya", "AID", "Uganda", "asserted"), ("Peru", "ACCUSE", "Kenya", "asserted")}
    assert [one.by for one in store.corrections()] == ["Ada", "Ben"]


def test_a_correction_of_nothing_is_refused(store: Store) -> None:
    with pytest.raises(StoreError, match="stands in"):
        store.correct(Correction(statement("none", NEWS, PERU, "AID", UGANDA), "reject", "Ada", AT))
    for wrong in ({"by": " "}, {"at": "yesterday"}, {"verdict": "change"}):
        with pytest.raises(InputError):
            replace(Correction(AID, "reject", "Ada", AT), **wrong)


# --- rebuilds


def test_judgements_outlive_a_rebuild_and_a_reopened_store(tmp_path: Path) -> None:
    path = tmp_path / "s"
    with Store.open(path) as store:
        store.add(NEWS, [AID, ACCUSE])
        store.correct(Correction(AID, "reject", "Ada", AT))
        store.correct(Correction(ACCUSE, "change", "Ada", LATER, "", revised(ACCUSE, relation="THREATEN")))
        expected = store.export(format="trig")
    with Store.open(path) as store:
        assert store.add(NEWS, [AID, ACCUSE]) == "unchanged"
        assert store.add(NEWS, [statement("other-id", NEWS, KENYA, "AID", UGANDA), ACCUSE]) == "unchanged"
        assert store.export(format="trig") == expected
        assert store.add(NEWS, [AID]) == "unchanged", "what people said holds though the extraction lost the statement"
        new = statement("new", NEWS, RWANDA, "AID", UGANDA, begin=60)
        store.add(NEWS, [AID, ACCUSE, new])
        assert says(store) == {("Peru", "THREATEN", "Kenya", "asserted"), ("Rwanda", "AID", "Uganda", "asserted")}


def test_offsets_follow_a_sentence_that_moved() -> None:
    longer = replace(NEWS, text="News at last. " + TEXT)
    accepted = Correction(ACCUSE, "accept", "Ada", AT)
    (moved,) = in_force(longer, [], [accepted])
    begin = moved.evidence.sentence.begin
    assert longer.text[begin : moved.evidence.sentence.end] == ACCUSE.evidence.text
    assert moved.source.span == Span(ACCUSE.source.span.begin + 14, ACCUSE.source.span.end + 14)
    assert in_force(replace(NEWS, text="Other news."), [], [accepted]) == []


def test_a_revised_statement_that_the_extraction_learns_is_there_once() -> None:
    right = revised(AID, relation="SUPPORT")
    learnt = statement("learnt", NEWS, KENYA, "SUPPORT", UGANDA)
    learnt = replace(learnt, evidence=replace(learnt.evidence, text=AID.evidence.text))
    assert [key(one) for one in in_force(NEWS, [learnt], [Correction(AID, "change", "Ada", AT, "", right)])] == [key(right)]


# --- accuracy


def test_accuracy_counts_last_verdicts_on_what_was_extracted() -> None:
    right = revised(AID, relation="SUPPORT", target=RWANDA)
    known = [
        Correction(AID, "reject", "Ada", AT),
        Correction(AID, "change", "Ada", LATER, "", right),
        Correction(right, "accept", "Ben", LATER),
        Correction(ACCUSE, "accept", "Ada", AT),
    ]
    found = accuracy(known)
    assert (found.judged, found.right) == (2, 1)
    assert found.low == pytest.approx(0.0945, abs=1e-3)
    assert wrong_parts(known[1:]) == {"relation": 1, "target": 1}
    assert accuracy([]).judged == 0


# --- the file


def test_file_goes_from_store_to_store(store: Store, tmp_path: Path) -> None:
    actors = {one.id: one for one in (KENYA, UGANDA, PERU, RWANDA)}
    store.correct(Correction(AID, "reject", "Ada", AT, 'not "news", he said'))
    store.correct(Correction(ACCUSE, "change", "Ada", LATER, "", revised(ACCUSE, swap=True)))
    file = tmp_path / "judged.csv"
    file.write_text(to_csv(store.corrections()))
    with Store.open(tmp_path / "other") as other:
        other.add(NEWS, [AID, ACCUSE])
        for one in read_judgements(file):
            assert apply_judgement(other, one, by="nobody", at=AT, actor_named=named(actors))
            assert not apply_judgement(other, one, by="nobody", at=AT, actor_named=named(actors))
        assert other.corrections() == store.corrections()
        assert other.export(format="nquads") == store.export(format="nquads")


def test_rows_find_their_statement_by_what_it_says(store: Store, tmp_path: Path) -> None:
    file = tmp_path / "judged.csv"
    rows = to_fill_in(store.statements()).splitlines()
    assert rows[0].startswith("statement,document,sentence,source,relation")
    file.write_text("\n".join([rows[0], rows[1].replace("kgs:aid", "kgs:unknown").replace(",,,,,,,,", ",reject,,,,,Ada,,")]) + "\n")
    (one,) = read_judgements(file)
    assert apply_judgement(store, one, by="", at=AT, actor_named=named({}))
    assert store.statements() == [ACCUSE]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("statement\nx\n", "no column 'verdict'"),
        ("statement,verdict\nkgs:aid,maybe\n", r"judged\.csv:2: the verdict 'maybe' is none"),
        ("statement,verdict,new_status\nkgs:aid,change,perhaps\n", "is no status"),
        ('statement,verdict\n"kgs:aid,reject\n', "cannot be read as CSV"),
        ("statement,verdict\nkgs:none,reject\n", r"judged\.csv:2: no such statement"),
        ("statement,verdict\nkgs:aid,change\n", "changes nothing"),
        ("statement,verdict,new_relation\nkgs:aid,change,LOVE\n", r"judged\.csv:2: .*LOVE"),
    ],
)
def test_what_no_row_can_say_is_named_with_its_line(store: Store, tmp_path: Path, text: str, message: str) -> None:
    file = tmp_path / "judged.csv"
    file.write_text(text)
    with pytest.raises(KgError, match=message):
        [apply_judgement(store, one, by="Ada", at=AT, actor_named=named({})) for one in read_judgements(file)]
    assert store.corrections() == []


# --- the command line


@pytest.fixture
def path(store: Store) -> Path:
    store.close()
    return store.path


def test_review_keeps_each_judgement_at_once(run: Run, path: Path) -> None:
    keys = b"l\nSUPPORT\nwording\nd\nwrong way round\n"
    done = run("review", "--store", path, "--by", "Ada Otieno", stdin=keys)
    assert done.code == 0, done.err
    assert "0 of 2 judged statements were right" in done.out
    with Store.open(path) as store:
        assert says(store) == {("Kenya", "SUPPORT", "Uganda", "asserted"), ("Kenya", "ACCUSE", "Peru", "asserted")}
        assert {one.why for one in store.corrections()} == {"wording", "wrong way round"}
    assert "no statement" not in run("review", "--store", path, "--by", "Ada Otieno").out


def test_review_says_what_it_cannot_do_and_asks_again(run: Run, path: Path) -> None:
    done = run("review", "--store", path, "--by", "Ada", stdin=b"l\nLOVE\n\nx\ns\nasserted\n\na\n\nq\n")
    assert done.code == 0
    assert "LOVE" in done.err
    assert "changes nothing" in done.err
    assert "1 of 1 judged statements were right" in done.out
    assert "--by NAME" in run("review", "--store", path).err


def test_correct_takes_lists_and_writes(run: Run, path: Path, tmp_path: Path) -> None:
    to_fill, out = tmp_path / "fill.csv", tmp_path / "out.csv"
    assert run("correct", "--to-fill-in", to_fill, "--store", path).code == 0
    lines = to_fill.read_text().splitlines()
    judged = [lines[0], lines[1].replace(",,,,,,,,", ",change,Peru,,,,,,who gave"), lines[2].replace(",,,,,,,,", ",accept,,,,,,,")]
    to_fill.write_text("\n".join(judged) + "\n")
    assert "does not say who judged" in run("correct", to_fill, "--store", path).err
    done = run("correct", to_fill, "--by", "Ada", "--store", path)
    assert (done.code, "2 judgements kept, 0 known already" in done.err) == (0, True), done.err
    assert "1 of 2 judged statements were right (50%" in done.out
    assert "wrong: source 1" in done.out
    listed = run("correct", "--store", path)
    assert "source Peru" in listed.out
    assert run("correct", "--export", out, "--store", path).code == 0
    again = run("correct", out, "--store", path)
    assert "0 judgements kept, 2 known already" in again.err
    bad = out.read_text().splitlines()
    aid = next(line for line in bad if "kgs:aid" in line)
    out.write_text("\n".join([bad[0], aid.replace("kgs:aid", "kgs:no").replace("Kenya", "Chad")]) + "\n")
    assert run("correct", out, "--store", path).code == 3


def test_export_binds_prov_where_there_is_any(store: Store) -> None:
    assert b"prov:" not in store.export()
    store.correct(Correction(AID, "accept", "Ada", AT))
    assert b"@prefix prov:" in store.export()
    assert "prov" not in PREFIXES, "then it need not be added"


def test_statement_without_target_can_be_given_one(store: Store) -> None:
    protest = statement("p", NEWS, PERU, "PROTEST", None)
    store.add(NEWS, [protest])
    changed: Statement = revised(protest, target=UGANDA)
    store.correct(Correction(protest, "change", "Ada", AT, "", changed))
    assert says(store) == {("Peru", "PROTEST", "Uganda", "asserted")}
    assert validate_triples(store.triples(NEWS.id)) == []
