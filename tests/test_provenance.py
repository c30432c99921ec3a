"""Judgements as PROV in Turtle: written, read, merged without doubles, refused with their place."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from rdflib import Graph

from kg.errors import InputError
from kg.store import Correction, Store
from kg.store.corrections import revised
from kg.store.provenance import apply_correction, read_corrections, to_turtle
from kg.vocabulary import PREFIXES
from tests.conftest import Run
from tests.small_store import corpus

AT = "2025-03-20T10:00:00Z"


def fill(path: Path) -> Path:
    with Store.open(path) as store:
        for news, statements in corpus(2):
            store.add(news, statements)
    return path


@pytest.fixture
def judged(tmp_path: Path) -> Path:
    path = fill(tmp_path / "judged")
    with Store.open(path) as store:
        one, two, three, *_ = store.statements()
        store.correct(Correction(one, "accept", "https://orcid.org/0000-0002-1825-0097", AT))
        store.correct(Correction(two, "reject", "Ada Otieno", AT, 'a "why"\nof two lines'))
        store.correct(Correction(three, "change", "Ada Otieno", AT, "", revised(three, swap=True)))
        store.correct(Correction(two, "accept", "Ada Otieno", "2025-03-21T10:00:00Z"))
    return path


def corrections(path: Path) -> list[Correction]:
    with Store.open(path, read_only=True) as store:
        return store.corrections()


def test_judgements_travel_as_turtle_and_merge_without_doubles(run: Run, judged: Path, tmp_path: Path) -> None:
    file, other = tmp_path / "judged.ttl", fill(tmp_path / "other")
    assert "2 of 3 judged statements were right (67%, 95 % interval 21% to 94%)" in run("correct", "--export", file, "--store", judged).out
    assert "4 judgements kept, 0 known already" in run("correct", file, "--store", other).err
    assert corrections(other) == corrections(judged)
    assert run("diff", judged, other).code == 0
    assert "0 judgements kept, 4 known already" in run("correct", file, "--store", other).err
    run("correct", "--export", tmp_path / "again.ttl", "--store", other)
    assert (tmp_path / "again.ttl").read_bytes() == file.read_bytes() == to_turtle(reversed(corrections(judged)))


def test_other_tools_read_prov_and_nothing_is_asserted(judged: Path) -> None:
    graph = Graph().parse(data=to_turtle(corrections(judged)), format="turtle")
    acts = "SELECT ?act { ?act a prov:Activity ; prov:used ?old ; prov:wasAssociatedWith/rdfs:label ?who ; prov:endedAtTime ?at }"
    assert len(list(graph.query(acts, initNs={"prov": "http://www.w3.org/ns/prov#"}))) == 4
    assert not any(str(predicate).startswith(PREFIXES["kgr"]) for _, predicate, _ in graph)


def test_a_statement_that_was_found_anew_under_another_id_is_meant(judged: Path, tmp_path: Path) -> None:
    with Store.open(tmp_path / "anew") as store:
        for news, statements in corpus(2):
            store.add(news, [replace(one, id=f"{one.id}-anew") for one in statements])
        for one in corrections(judged):
            assert apply_correction(store, one, "x")
        assert len(store.statements()) == 16


BREAKS: dict[str, tuple[str, str, str]] = {
    "object lost": ("prov:used kgs:00000-0 ;", "prov:used ;", "cannot be parsed"),
    "no verdict": ('dcterms:type "reject" ;', "", "lacks"),
    "no confidence": ("kg:confidence 0.5 ;", "", "confidence"),
    "no time": ("2025-03-20T10:00:00Z", "yesterday", "no time"),
    "nothing": ("prov:Activity", "prov:Entity", "lacks|holds no judgements"),
}
"""What is taken out of a file, what is put there, and what the error says."""


@pytest.mark.parametrize("name", BREAKS)
def test_broken_files_are_refused_with_their_line(judged: Path, tmp_path: Path, name: str) -> None:
    old, new, said = BREAKS[name]
    text = to_turtle(corrections(judged)).decode()
    assert old in text
    (tmp_path / "bad.ttl").write_text(text.replace(old, new) if name != "nothing" else text.partition("\n\n")[0])
    with pytest.raises(InputError, match=said) as refused:
        read_corrections(tmp_path / "bad.ttl")
    assert str(refused.value).startswith(f"{tmp_path / 'bad.ttl'}:")


def test_what_is_not_there_is_named_by_line_and_the_rest_is_kept(run: Run, judged: Path, tmp_path: Path) -> None:
    text = to_turtle(corrections(judged)).decode()
    (tmp_path / "judged.ttl").write_text(text)
    other = tmp_path / "other"
    with Store.open(other) as store:
        (news, statements), *_ = corpus(2)
        store.add(news, statements[1:])
    done = run("correct", tmp_path / "judged.ttl", "--store", other)
    assert done.code == 3
    accepted = next(one for one in corrections(judged) if one.by.startswith("https"))
    line = next(number for number, line in enumerate(text.splitlines(), 1) if accepted.id in line)
    assert f"judged.ttl:{line}: the statement {accepted.original.id} is not in this store" in done.err
    assert "3 judgements kept" in done.err
    assert "not .doc" in run("correct", "--export", tmp_path / "x.doc", "--store", other).err
