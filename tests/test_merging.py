"""What an import makes of documents that are there already, that people judged, or that no store can hold; for every format."""

from __future__ import annotations

import gzip
from dataclasses import replace
from pathlib import Path

import pytest
from pyoxigraph import Dataset, RdfFormat, parse

from kg.store import FORMATS, Correction, Store
from kg.store.corrections import revised
from kg.store.doctor import examine
from kg.store.transfer import back_up, import_into
from tests.conftest import Run
from tests.small_store import corpus

AT = "2025-03-20T10:00:00Z"
ENDINGS = {"turtle": "ttl", "trig": "trig", "nquads": "nq", "ntriples": "nt", "jsonld": "jsonld", "rdfxml": "rdf"}
SOURCES = ("store", "backup", *FORMATS)


def nobody(fault: str) -> None:
    raise AssertionError(fault)


def fill(path: Path, size: int = 3, *, without: int = 0) -> Path:
    """A store of documents; the second of them lacks so many of its statements."""
    with Store.open(path) as store:
        for number, (news, statements) in enumerate(corpus(size)):
            store.add(news, statements[without if number == 1 else 0 :])
    return path


def content_of(path: Path) -> bytes:
    with Store.open(path, read_only=True) as store:
        return store.export(format="nquads")


def handed_on(path: Path, form: str, folder: Path) -> Path:
    """The store in this form: itself, a backup, or an export."""
    if form == "store":
        return path
    with Store.open(path, read_only=True) as store:
        if form == "backup":
            back_up(store, folder / "backup.nq.gz")
            return folder / "backup.nq.gz"
        file = folder / f"{form}.{ENDINGS[form.removesuffix('12')]}.gz"
        file.write_bytes(gzip.compress(store.export(format=form)))
        return file


@pytest.mark.parametrize("form", SOURCES)
def test_same_new_and_changed_documents(tmp_path: Path, form: str) -> None:
    ours, theirs = fill(tmp_path / "ours", 2), fill(tmp_path / "theirs", 3, without=2)
    source = handed_on(theirs, form, tmp_path)
    with Store.open(ours) as store:
        assert import_into(store, source, on_fault=nobody) == {"added": 1, "replaced": 0, "unchanged": 1, "kept": 1}
        assert len(store.statements()) == 24
        assert import_into(store, source, replace=True, on_fault=nobody) == {"added": 0, "replaced": 1, "unchanged": 2, "kept": 0}
        assert list(examine(store)) == []
    assert content_of(ours) == content_of(theirs)


@pytest.mark.parametrize("form", ["backup", "trig", "turtle12"])
def test_what_people_judged_here_is_applied_to_what_comes(tmp_path: Path, form: str) -> None:
    ours, theirs = fill(tmp_path / "ours", 2), fill(tmp_path / "theirs", 2)
    source = handed_on(theirs, form, tmp_path)
    with Store.open(ours) as store:
        first, second, *_ = store.statements(corpus(1)[0][0].id)
        store.correct(Correction(first, "reject", "Ada", AT))
        changed = revised(second, swap=True)
        store.correct(Correction(second, "change", "Ada", AT, "", changed))
        before = store.export(format="nquads")
        for replace_ in (False, True):
            assert import_into(store, source, replace=replace_, on_fault=nobody) == {"added": 0, "replaced": 0, "unchanged": 2, "kept": 0}
            assert store.export(format="nquads") == before
    other = fill(tmp_path / "other", 2)
    with Store.open(other) as store:
        for news, statements in corpus(1):
            store.add(news, [replace(one, when="2024") for one in statements])
    with Store.open(ours) as store:
        assert import_into(store, handed_on(other, form, tmp_path), replace=True, on_fault=nobody)["replaced"] == 1
        held = store.statements(corpus(1)[0][0].id)
        assert first.id not in {one.id for one in held}
        assert changed.id in {one.id for one in held}
        assert {one.when for one in held} == {"2024", None}
        assert list(examine(store)) == []


GRAPH = "<https://example.org/news/1>"
TYPED = f"{GRAPH} <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <https://w3id.org/geopolitical-kg/ont#Document> {GRAPH} ."
NEVER = {
    "blank node": (f"{GRAPH} <urn:p> _:b {GRAPH} .", "blank nodes"),
    "blank subject": (f"_:b <urn:p> <urn:o> {GRAPH} .", "blank nodes"),
    "triple term": (f"<urn:s> <urn:p> <<( <urn:a> <urn:b> <urn:c> )>> {GRAPH} .", "triple terms"),
    "direction": (f'<urn:s> <urn:p> "x"@en--ltr {GRAPH} .', "texts with a direction"),
}


@pytest.mark.parametrize(("order", "check"), [("sorted", "--check"), ("mixed", "--no-check")])
@pytest.mark.parametrize("name", NEVER)
def test_a_document_that_no_store_can_hold_is_left_out_and_the_others_come(
    run: Run, tmp_path: Path, name: str, order: str, check: str
) -> None:
    line, said = NEVER[name]
    lines = content_of(fill(tmp_path / "s", 3)).decode().splitlines()
    place = next(at for at, one in enumerate(lines) if one.endswith(f" {GRAPH} ."))
    lines.insert(place if order == "sorted" else 0, line)
    (tmp_path / "x.nq").write_text("\n".join(lines) + "\n")
    done = run("import", tmp_path / "x.nq", "--store", tmp_path / "new", check)
    assert done.code == 3
    assert f"https://example.org/news/1: has {said}" in done.err
    assert "2 added" in done.err


def test_words_that_look_like_blank_nodes_are_words(tmp_path: Path) -> None:
    path = tmp_path / "s"
    with Store.open(path) as store:
        for news, statements in corpus(1):
            store.add(replace(news, title="An _:b and a <<( and a --ltr"), statements)
    for form in ("backup", "nquads", "turtle12"):
        with Store.open(tmp_path / f"new-{form}") as store:
            assert import_into(store, handed_on(path, form, tmp_path), on_fault=nobody)["added"] == 1


@pytest.mark.parametrize("form", [form for form in FORMATS if form not in {"jsonld", "rdfxml"}])
def test_what_belongs_to_no_document_is_counted_and_left_out(run: Run, tmp_path: Path, form: str) -> None:
    path = fill(tmp_path / "s", 2)
    with Store.open(path) as store:
        store.correct(Correction(store.statements()[0], "accept", "Ada", AT))
        text = store.export(format=form).decode()
    foreign = "<urn:a> <urn:p> <urn:o> <urn:g> .\n" if form.startswith("nq") else "<urn:a> <urn:p> <urn:o> .\n"
    (tmp_path / f"x.{ENDINGS[form.removesuffix('12')]}").write_text(text + foreign)
    done = run("import", tmp_path / f"x.{ENDINGS[form.removesuffix('12')]}", "--store", tmp_path / "new")
    assert (done.code, "2 added" in done.err) == (0, True)
    assert "belong to no document of the file: 1\n" in done.err
    assert "triples of judgements that were left out" in done.err


def test_a_file_without_documents_is_said_to_have_none(run: Run, tmp_path: Path) -> None:
    (tmp_path / "x.ttl").write_text("<urn:a> <urn:p> <urn:o> .")
    done = run("import", tmp_path / "x.ttl", "--store", tmp_path / "new")
    assert (done.code, "describes no document" in done.err) == (3, True)


def test_one_statement_that_lacks_something_costs_its_document_alone(run: Run, tmp_path: Path) -> None:
    with Store.open(fill(tmp_path / "s", 3), read_only=True) as store:
        lines = store.export(format="ntriples").decode().splitlines()
    kept = [one for one in lines if not ("00001-2-evidence" in one and "confidence" in one)]
    (tmp_path / "x.nt").write_text("\n".join(kept) + "\n")
    done = run("import", tmp_path / "x.nt", "--store", tmp_path / "new")
    assert done.code == 3
    assert "news/1: " in done.err
    assert "2 added" in done.err
    assert run("diff", tmp_path / "x.nt", tmp_path / "s").code == 2


def test_a_document_cannot_bear_an_iri_that_stores_keep_for_themselves(run: Run, tmp_path: Path) -> None:
    reserved = "https://w3id.org/geopolitical-kg/judged/0123456789abcdef0123"
    text = content_of(fill(tmp_path / "s", 1)).decode().replace("https://example.org/news/0", reserved)
    (tmp_path / "x.nq").write_text(text)
    assert "keep for themselves" in run("import", tmp_path / "x.nq", "--store", tmp_path / "new", "--no-check").err


def test_triple_terms_are_never_stored(tmp_path: Path) -> None:
    path = fill(tmp_path / "s", 2)
    for form in ("trig12", "nquads12"):
        with Store.open(tmp_path / form) as store:
            import_into(store, handed_on(path, form, tmp_path), check=False, on_fault=nobody)
            assert not store.query("SELECT * { ?s rdf:reifies ?t }")
            assert Dataset(parse(store.export(format="nquads"), format=RdfFormat.N_QUADS)) == Dataset(
                parse(content_of(path), format=RdfFormat.N_QUADS)
            )


# --- diff


def test_diff_has_the_exit_codes_of_diff_and_other_forms(run: Run, tmp_path: Path) -> None:
    one, other = fill(tmp_path / "one", 2), fill(tmp_path / "other", 2, without=1)
    with Store.open(other) as store:
        first = store.statements()[0]
        store.add(corpus(1)[0][0], [replace(first, status="negated"), *store.statements(first.document)[1:]])
    assert run("diff", one, one).code == 0
    done = run("diff", one, other, "--format", "csv")
    assert done.code == 1
    head, *rows = done.out.splitlines()
    assert head.startswith("change,changed,document,source,relation,target,status")
    assert [row.split(",")[:2] for row in rows] == [["after", "status"], ["before", "status"], ["removed", ""]]
    assert run("diff", other, one, "--format", "json", "--output", tmp_path / "x.json").code == 1
    assert '"change": "added"' in (tmp_path / "x.json").read_text()
    for wrong in (tmp_path / "none", tmp_path / "x.json"):
        done = run("diff", one, wrong)
        assert (done.code, done.err.count("\n")) == (2, 1)
