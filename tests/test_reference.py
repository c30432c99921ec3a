"""Reference layers: formal alliances in the store, apart from the news, through all that befalls a store."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kg.errors import InputError, StoreError, UnknownNameError
from kg.link import Catalogue
from kg.measures import Spell, read_spells
from kg.query import run_query
from kg.render.reference import OPEN_END, alliance_lines, spells_csv, spells_in
from kg.store import Store
from kg.store.doctor import examine
from kg.store.graphs import REFERENCE
from kg.store.reference import export_layers, keep_layer, layer_lines, layer_names, remove_layer
from kg.store.transfer import back_up, import_into, repair, restore
from tests.conftest import Run
from tests.small_store import KENYA, UGANDA, document, statement

SPELLS = [
    Spell(2, 20, "defence", 1949, 2012), Spell(2, 20, "nonaggression", 1949, OPEN_END), Spell(300, 325, "defence", 1882, 1914),
    Spell(500, 501, "consultation", 1999, 2012),
]  # fmt: skip
ACTORS = {2: "https://example.org/actor/USA", 20: "https://example.org/actor/CAN", 500: UGANDA.id, 501: KENYA.id}


def lines(spells: list[Spell] = SPELLS) -> list[str]:
    return list(alliance_lines("cow", spells, ACTORS, origin='a "quoted" file\n.csv'))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A store of one document and a layer."""
    news = document(1)
    with Store.open(tmp_path / "store") as store:
        store.add(news, [statement("01", news, KENYA, "AID", UGANDA)])
        assert keep_layer(store, "cow", lines())
    return tmp_path / "store"


def held(path: Path) -> list[Spell]:
    with Store.open(path, read_only=True) as store:
        assert layer_names(store) == ["cow"]
        assert list(examine(store)) == []
        return spells_in(layer_lines(store, "cow"))


def test_a_layer_gives_its_alliances_back(path: Path) -> None:
    assert held(path) == SPELLS
    with Store.open(path) as store:
        assert not keep_layer(store, "cow", lines()), "the same again is no change"
        assert keep_layer(store, "cow", lines(SPELLS[:1]))
        assert spells_in(layer_lines(store, "cow")) == SPELLS[:1]


def test_no_query_of_the_news_sees_a_layer(path: Path) -> None:
    with Store.open(path) as store:
        merged = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
        statements = "SELECT ?s { { ?s a kg:Statement } UNION { GRAPH ?g { ?s a kg:Statement } } }"
        before = str(next(iter(store.query(merged)))[0]), len(list(store.query(statements))), store.export(), len(store)
        remove_layer(store, "cow")
        assert before == (str(next(iter(store.query(merged)))[0]), len(list(store.query(statements))), store.export(), len(store))
        assert layer_names(store) == []
        assert not store.has_graph(f"{REFERENCE}cow")


def test_sparql_puts_treaty_and_talk_together(path: Path) -> None:
    sem = "PREFIX sem: <http://semanticweb.cs.vu.nl/2009/11/sem/>"
    asked = f"""{sem} SELECT ?one ?other {{ ?one kgr:AID ?other
        GRAPH <{REFERENCE}cow> {{ ?pact sem:hasActor ?one, ?other ; sem:hasBeginTimeStamp ?from ; sem:hasEndTimeStamp ?to
          FILTER(?from <= "2010"^^xsd:gYear && ?to >= "2010"^^xsd:gYear) }} }}"""
    with Store.open(path, read_only=True) as store:
        assert [tuple(map(str, row)) for row in run_query(store, asked).rows] == [(KENYA.id, UGANDA.id)]
        assert run_query(store, asked.replace("2010", "1990")).rows == ()


def test_a_layer_survives_a_new_build_a_backup_an_import_and_repair(path: Path, tmp_path: Path) -> None:
    news = document(1)
    with Store.open(path) as store:
        store.add(news, [statement("02", news, UGANDA, "ACCUSE", KENYA)])
        store.remove(news.id)
        back_up(store, tmp_path / "all.nq.gz")
        store.copy_to(tmp_path / "copy")
    Store.open(tmp_path / "copy").close()  # a copy gets its journal when it is opened to write
    restore(tmp_path / "all.nq.gz", tmp_path / "restored")
    repair(path)
    for place in (path, tmp_path / "restored", tmp_path / "copy"):
        assert held(place) == SPELLS
    with Store.open(tmp_path / "other") as other:
        import_into(other, tmp_path / "all.nq.gz", on_fault=pytest.fail)
        keep_layer(other, "cow", lines(SPELLS[:2]))
        import_into(other, path, on_fault=pytest.fail)
        assert spells_in(layer_lines(other, "cow")) == SPELLS[:2], "ours is kept"
        import_into(other, path, replace=True, on_fault=pytest.fail)
    assert held(tmp_path / "other") == SPELLS


def test_layers_are_exported_apart(path: Path, tmp_path: Path) -> None:
    with Store.open(path) as store:
        assert b"sem/" not in store.export(format="trig")
        written = export_layers(store, ["cow"], "nquads", {})
        assert written == export_layers(store, ["cow", "cow"], "nquads", {})
        assert {line.rsplit(" ", 2)[1] for line in written.decode().splitlines()} == {f"<{REFERENCE}cow>"}
        with pytest.raises(UnknownNameError, match="it has cow"):
            export_layers(store, ["atop"], "trig", {})
    (tmp_path / "again.csv").write_bytes(spells_csv(SPELLS))
    assert read_spells(tmp_path / "again.csv") == SPELLS


def test_names_and_content_are_checked(path: Path) -> None:
    with Store.open(path) as store:
        for name in ("", "Cow", "a/b", "a--b", "a> <b"):
            with pytest.raises(InputError, match="cannot name a reference layer"):
                keep_layer(store, name, lines())
    with pytest.raises(StoreError, match="no pact of two states"):
        spells_in(line for line in lines() if "hasBeginTimeStamp" not in line)
    with pytest.raises(StoreError, match="no pact of two states"):
        spells_in(line.replace("pledge/defence", "pledge/love") for line in lines())


def test_a_cow_number_means_the_state_that_still_exists() -> None:
    by_cow = Catalogue.load().by_cow()
    assert [by_cow[number].rsplit("/", 2)[1:] for number in (2, 345, 365)] == [["state", "USA"], ["state", "SRB"], ["state", "RUS"]]


def test_commands(run: Run, path: Path, tmp_path: Path) -> None:
    store = ("--store", path)
    file = tmp_path / "Pacts of 1999 (v4).csv"
    file.write_bytes(spells_csv(SPELLS))
    done = run("reference", "keep", file, *store)
    assert (done.code, done.err) == (0, f"{path}: pacts-of-1999-v4: 4 pacts from 1882 to 2012\n")
    assert "choose with --layer" in run("treaties", *store).err
    assert run("reference", "remove", "cow", *store).out == "removed cow\n"
    row = next(line.split() for line in run("reference", "list", *store).out.splitlines() if line.startswith("pacts"))
    assert row[2:5] == ["4", "1882", "2012"]
    stats = json.loads(run("stats", "--format", "json", *store).out)
    assert [row["pacts"] for row in stats["reference"] if row["pacts"]] == [4]
    assert stats["store"][0]["statements"] == 1
    assert "apart from the news" in run("stats", *store).out
    found = run("reference", "export", "pacts-of-1999-v4", tmp_path / "out.csv", *store)
    assert found.code == 0, found.err
    assert (tmp_path / "out.csv").read_bytes() == file.read_bytes()
    assert run("reference", "export", "pacts-of-1999-v4", "-", "--format", "ttl", *store).out.startswith("@prefix ")
    assert "reference keep" in run("treaties", "--store", _emptied(run, path)).err


def test_layers_of_something_else_are_left_alone(run: Run, path: Path, tmp_path: Path) -> None:
    with Store.open(path) as store:
        keep_layer(store, "offices", ["<https://example.org/a> <https://example.org/b> <https://example.org/c>"])
    pacts = tmp_path / "offices.csv"
    pacts.write_bytes(spells_csv(SPELLS))
    assert "something else than alliances" in run("reference", "keep", pacts, "--store", path).err
    assert "no alliances" in run("reference", "export", "offices", "-", "--store", path).err
    assert "in cow" in run("treaties", "--store", path).out, "the only layer of alliances needs no name"
    assert "offices: 2 triples" in run("stats", "--store", path).out


def _emptied(run: Run, path: Path) -> Path:
    assert run("reference", "remove", "pacts-of-1999-v4", "--store", path).code == 0
    return path
