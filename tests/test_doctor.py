"""What can be wrong with a store is planted, one thing at a time, and the doctor names it; journals with gaps; upgrades cut short."""

from __future__ import annotations

import gc
import shutil
import tarfile
from pathlib import Path

import pyoxigraph as ox
import pytest

from kg.errors import StoreError
from kg.store import FORMAT_VERSION, Correction, Store
from kg.store.doctor import examine
from kg.store.graphs import CORRECTIONS, graph_of
from kg.store.journal import Journal, read_journal
from kg.store.transfer import repair
from kg.vocabulary import PREFIXES
from tests.conftest import Run
from tests.small_store import KENYA, MINISTER, PERU, UGANDA, document, statement

ROOT = Path(__file__).resolve().parent.parent
NEWS = document(1)
INNER = statement("inner", NEWS, UGANDA, "AID", PERU, status="requested", begin=60)
OUTER = statement("outer", NEWS, MINISTER, "APPEAL", UGANDA, affiliation=KENYA, speaker=PERU, content=INNER.id)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    place = tmp_path / "s"
    with Store.open(place) as store:
        store.add(NEWS, [OUTER, INNER])
        store.add(document(2), [statement("other", document(2), KENYA, "AID", UGANDA)])
        store.correct(Correction(store.statements(document(2).id)[0], "accept", "Ada", "2025-03-20T10:00:00Z"))
    return place


def found(path: Path) -> list[str]:
    with Store.open(path, read_only=True) as store:
        return [str(fault) for fault in examine(store)]


def plant(path: Path, update: str) -> None:
    """Change the database behind the store's back, as no crash can."""
    quads = ox.Store(path / "quads")
    quads.update("\n".join(f"PREFIX {prefix}: <{iri}>" for prefix, iri in PREFIXES.items()) + update)
    quads.flush()


def both(pattern: str) -> str:
    """Delete a triple of the first document from its graph and the merge."""
    return f" DELETE DATA {{ GRAPH <{NEWS.id}> {{ {pattern} }} {pattern} }}"


EXTRA = f"GRAPH <{NEWS.id}> {{ %s }} %s"
PLANTED = {
    "half document": (f" DELETE WHERE {{ GRAPH <{NEWS.id}> {{ <{NEWS.id}> a kg:Document }} }}", "does not say which document it is"),
    "graph dropped": (f" DROP GRAPH <{NEWS.id}>", "news/1: is not in the database"),
    "statement without document": (both(f"kgs:outer kg:inDocument <{NEWS.id}>"), "statement/outer: lacks its"),
    "statement without source": (both(f"kgs:outer kg:source <{MINISTER.id}>"), "statement/outer: lacks its"),
    "evidence without statement": (both("kgs:outer kg:evidence kgs:outer-evidence"), "outer-evidence: belongs to no statement"),
    "mention without statement": (both("kgs:outer kg:targetMention kgs:outer-target"), "outer-target: belongs to no statement"),
    "actor without label": (both(f'<{PERU.id}> rdfs:label "Peru"'), "statement/"),
    "content nowhere": (both("kgs:inner a kg:Statement"), "statement/inner: is referred to and nowhere described"),
    "mention nowhere": (both("kgs:outer-source a kg:Mention"), "outer-source: is referred to and nowhere described"),
    "unknown property": (f" INSERT DATA {{ {EXTRA % (('kgs:outer kg:mood 1',) * 2)} }}", "ont#mood: is no term"),
    "unknown class": (f" INSERT DATA {{ {EXTRA % (('<urn:x> a kg:Planet',) * 2)} }}", "ont#Planet: is no term"),
    "unknown relation": (f" INSERT DATA {{ {EXTRA % (('<urn:x> kgr:HUG <urn:y>',) * 2)} }}", "relation/HUG: is no term"),
    "merge lacks": (" DELETE DATA { kgs:outer kg:status kg:asserted }", "has triples that the merge of all documents lacks"),
    "merge holds more": (" INSERT DATA { <urn:x> kg:status kg:asserted }", "that no document holds"),
    "document behind the journal's back": (
        ' INSERT DATA { GRAPH <urn:d> { <urn:d> a kg:Document ; kg:language "en" } <urn:d> a kg:Document ; kg:language "en" }',
        "urn:d: is in the database and not in the journal",
    ),
    "corrections of nothing": (f" INSERT DATA {{ GRAPH <{CORRECTIONS}0> {{ <urn:x> <urn:p> 1 }} }}", "a document that is not there"),
    "correction cut": (
        f" DELETE WHERE {{ GRAPH <{graph_of(document(2).id, CORRECTIONS)}> {{ ?c <http://www.w3.org/ns/prov#used> ?o }} }}",
        "its corrections cannot be read",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", PLANTED)
def test_planted_faults_are_named(path: Path, name: str) -> None:
    update, said = PLANTED[name]
    plant(path, update)
    faults = found(path)
    assert any(said in fault for fault in faults), faults


def test_a_sound_store_has_no_fault(path: Path) -> None:
    assert found(path) == []


def test_a_database_that_does_not_open_is_said_to_be_mended(run: Run, path: Path) -> None:
    (path / "quads" / "CURRENT").write_text("MANIFEST-999999\n")
    done = run("doctor", "--store", path)
    assert (done.code, "kg doctor --repair" in done.err) == (1, True)
    assert run("doctor", "--repair", "--store", path).code == 0


# --- the journal


def test_gaps_of_the_journal_are_found_and_nothing_is_made_from_them(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kg.store.journal.SEGMENT_BYTES", 100)
    for number in range(3, 6):
        with Store.open(path) as store:
            store.add(document(number), [])
    assert found(path) == []
    files = sorted((path / "journal").glob("*.nq*"))
    assert len(files) > 2
    held = files[1].read_bytes()
    files[1].unlink()
    assert any("is missing, so that changes" in fault for fault in found(path))
    with pytest.raises(StoreError, match="is missing"):
        repair(path)
    files[1].write_bytes(held)
    assert found(path) == []


def test_a_journal_cut_before_its_checkpoint_is_found(path: Path) -> None:
    (file,) = (path / "journal").glob("*.nq")
    records = [record.text() for record in read_journal(path / "journal")]
    file.write_bytes(b"".join(records[:-1]))
    assert any("bytes, and had" in fault for fault in found(path))


def test_a_journal_that_was_moved_away_is_made_anew(path: Path) -> None:
    shutil.rmtree(path / "journal")
    assert any("made anew" in fault for fault in found(path))
    with pytest.raises(StoreError, match="no journal to make the database from"):
        repair(path)
    Store.open(path).close()
    assert found(path) == []
    before = len(list(read_journal(path / "journal")))
    Store.open(path).close()
    assert len(list(read_journal(path / "journal"))) == before == 2
    repair(path)
    assert found(path) == []


# --- upgrade


@pytest.mark.parametrize("when", ["records", "manifest"])
def test_an_upgrade_that_was_cut_short_is_done_at_the_next_opening(tmp_path: Path, when: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with tarfile.open(ROOT / "tests/stores/format-1.tar.xz") as archive:
        archive.extractall(tmp_path, filter="data")
    path = tmp_path / "store-1"

    def cut(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(*((Journal, "replace", cut) if when == "records" else ("kg.store.write_synced", cut)))
        try:
            Store.open(path)
        except KeyboardInterrupt:
            pass
        else:
            raise AssertionError("not cut short")
    gc.collect()  # the store that did not come to be holds the database's lock
    assert '"format": 1' in (path / "store.json").read_text()
    with Store.open(path) as store:
        assert len(store) == 2
    assert f'"format": {FORMAT_VERSION}' in (path / "store.json").read_text()
    assert len(list(read_journal(path / "journal"))) == 2
    assert found(path) == []


# --- shapes


def test_validate_names_the_statement_and_its_sentence(run: Run, path: Path) -> None:
    sure = "kgs:other-evidence kg:confidence 0.5"
    wrong = sure.replace("0.5", "7.5")
    graph = f"GRAPH <{document(2).id}>"
    plant(path, f" DELETE DATA {{ {graph} {{ {sure} }} {sure} }} ; INSERT DATA {{ {graph} {{ {wrong} }} {wrong} }}")
    done = run("validate", "--store", path)
    assert done.code == 1
    lines = done.out.splitlines()
    at = lines.index(f"{document(2).id}: kgs:other-evidence: evidence has one confidence: a decimal in [0, 1]")
    assert lines[at + 1] == "  kgs:other  Kenya AID Uganda."
    assert lines[-1].endswith("in 2 documents")
