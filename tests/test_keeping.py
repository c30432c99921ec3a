"""What looks after a store: copies, builds, import, diff, doctor, backup and restore; and what it refuses."""

from __future__ import annotations

import gzip
import shutil
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pyoxigraph as ox
import pytest

from kg.errors import KgError, StoreError
from kg.store import FORMATS, Build, Correction, Store
from kg.store.compare import changed_parts, compare_statements
from kg.store.copies import find_copies, signature
from kg.store.corrections import revised
from kg.store.doctor import examine
from kg.store.transfer import back_up, import_into, repair, restore, statements_in
from tests.conftest import Run
from tests.small_store import KENYA, PERU, UGANDA, corpus, document, statement

AT = "2025-03-20T10:00:00Z"
WIRE = (
    "The two governments of the lake said on Monday that they would open the northern road again next spring, after a year in which "
    "lorries had to go round by the hills, and that a joint company would pay for the bridges."
)


def fill(path: Path, size: int = 6) -> Path:
    with Store.open(path) as store:
        for news, statements in corpus(size):
            store.add(news, statements, build=Build((("kg", "1"),)))
    return path


def content_of(path: Path) -> bytes:
    with Store.open(path, read_only=True) as store:
        return store.export(format="nquads")


def nobody(fault: str) -> None:
    raise AssertionError(fault)


# --- near-duplicates


def test_wire_copies_are_found_without_their_texts(tmp_path: Path) -> None:
    texts = {
        1: WIRE,
        2: f"LAKESIDE - {WIRE}",
        3: "Peru and Chile quarrelled about copper, fish and a border of stones, at length.",
        4: "Short.",
    }
    with Store.open(tmp_path / "s") as store:
        for number, text in texts.items():
            store.add(document(number, text=text), [])
        first, copy = document(1).id, document(2).id
        assert store.group_copies() == store.copies() == {copy: first}
        assert f"prov:alternateOf <{first}>".encode() in store.export()
    with Store.open(tmp_path / "s") as store:
        assert store.copies() == {copy: first}
        store.add(document(2, text="Quite another story about the weather in the hills, where it rains and rains and rains."), [])
        assert store.group_copies() == {}
        assert b"prov" not in store.export()


def test_similarity_is_that_of_shingles() -> None:
    words = [f"word{number}" for number in range(400)]
    near, far = words[:320] + [f"x{number}" for number in range(80)], words[:100] + [f"y{number}" for number in range(300)]
    signed = {name: signature(" ".join(text)) for name, text in (("a", words), ("b", near), ("c", far), ("d", words))}
    assert find_copies(signed) == {"b": "a", "d": "a"}
    assert signature("too short") == ""


# --- builds


def test_is_current_asks_for_text_and_build(tmp_path: Path) -> None:
    (news, statements), *_ = corpus(1)
    one, other = Build((("kg", "1"), ("model", "a"))), Build((("kg", "1"), ("model", "b")))
    with Store.open(tmp_path / "s") as store:
        store.add(news, statements, build=one)
        assert store.is_current(news, one)
        assert not store.is_current(news, other)
        assert not store.is_current(replace(news, text="Changed"), one)
        assert not store.is_current(replace(news, title="Changed"), one)
        assert store.built_by(news) == one.id
        assert store.built_by(replace(news, text="Changed")) is None
        assert store.add(news, statements, build=other) == "unchanged"
        assert store.is_current(news, other)
        assert store.builds() == {one.id: one, other.id: other}
        assert one.differences(other) == ["model"]
        assert store.built() == {other.id: 1}
        assert b"builtBy" not in store.export(format="nquads")


def test_package_parts_name_what_statements_depend_on() -> None:
    parts = dict(Build.of({"actors": "all"}).parts)
    assert {"kg", "code", "model", "relations", "catalogue", "lexicon", "codebook", "actors"} == parts.keys()
    assert all(parts.values())


def test_build_leaves_alone_what_is_as_it_was_and_says_what_an_upgrade_would_change(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, path = tmp_path / "news", tmp_path / "store"
    folder.mkdir()
    for name, text in (("a", "Ghana thanked Togo."), ("b", "Togo thanked Ghana."), ("c", "Ghana thanked Benin.")):
        (folder / f"{name}.txt").write_text(text)
    assert "3 documents (3 added), 3 statements" in run("build", folder, "--store", path).err
    before = content_of(path)

    def refuse(*_: object) -> None:
        raise AssertionError("read again")

    with monkeypatch.context() as patch:
        patch.setattr("kg.pipeline.Extractor.extract", refuse)
        assert "3 documents (3 unchanged), 3 statements" in run("build", folder, "--store", path).err
    (folder / "a.txt").write_text("Ghana thanked Mali.")
    (folder / "b.txt").unlink()
    done = run("build", folder, "--store", path, "--sync", "--dry-run")
    assert "statements: 1 added, 2 removed, 0 changed" in done.out
    assert content_of(path) == before
    assert "2 documents (1 added, 1 unchanged, 2 removed), 2 statements" in run("build", folder, "--store", path, "--sync").err
    (folder / "broken.json").write_text("{")
    (folder / "c.txt").unlink()
    assert "nothing was removed" in run("build", folder, "--store", path, "--sync").err

    monkeypatch.setattr("kg.store.builds.package_parts", lambda: {"kg": "9.9", "model": "new"})
    (folder / "broken.json").unlink()
    done = run("build", folder, "--store", path)
    assert "1 document (1 unchanged)" in done.err
    assert "made by another build (differs in catalogue, code, codebook, kg, lexicon, model, relations)" in done.err
    assert "statements: 0 added, 0 removed, 0 changed" in run("rebuild", folder, "--store", path, "--dry-run").out
    assert "another build" not in run("rebuild", folder, "--store", path).err
    assert "another build" not in run("build", folder, "--store", path).err


# --- differences


def test_a_statement_that_says_something_else_is_one_that_changed(tmp_path: Path) -> None:
    news = document(1)
    aid, gone = statement("a", news, KENYA, "AID", UGANDA), statement("g", news, PERU, "ACCUSE", UGANDA, begin=30)
    supports = replace(statement("b", news, KENYA, "SUPPORT", UGANDA), evidence=replace(aid.evidence, predicate="SUPPORT"))
    other_actor = replace(statement("c", news, KENYA, "ACCUSE", UGANDA, begin=30), evidence=gone.evidence)
    new = statement("n", news, PERU, "AID", KENYA, begin=60)
    found = compare_statements([aid, gone], [supports, other_actor, new])
    assert (found.added, found.removed) == ([new], [])
    assert found.changed == [(aid, supports), (gone, other_actor)]
    assert [changed_parts(*pair) for pair in found.changed] == [["relation", "words"], ["source", "relation"][:1]]
    assert not compare_statements([aid], [aid])


def test_diff_compares_stores_files_and_backups(run: Run, tmp_path: Path) -> None:
    one, other = fill(tmp_path / "one", 3), fill(tmp_path / "other", 4)
    with Store.open(other) as store:
        store.correct(Correction(store.statements()[0], "reject", "Ada", AT))
        store.export(tmp_path / "other.ttl", "turtle")
        back_up(store, tmp_path / "other.nq.gz")
    for place in (other, tmp_path / "other.ttl", tmp_path / "other.nq.gz"):
        done = run("diff", one, place)
        assert "statements: 8 added, 1 removed, 0 changed" in done.out
    assert run("diff", one, one).out == "statements: 0 added, 0 removed, 0 changed\n"
    assert run("diff", one, tmp_path / "none").code == 2


# --- import


@pytest.mark.parametrize("name", FORMATS)
def test_every_serialisation_comes_back(tmp_path: Path, name: str) -> None:
    path = fill(tmp_path / "s")
    ending = {"turtle": "ttl", "trig": "trig", "nquads": "nq", "ntriples": "nt", "jsonld": "jsonld", "rdfxml": "rdf"}[
        name.removesuffix("12")
    ]
    with Store.open(path, read_only=True) as store:
        store.export(tmp_path / f"out.{ending}", name)
    (tmp_path / f"packed.{ending}.gz").write_bytes(gzip.compress((tmp_path / f"out.{ending}").read_bytes()))
    for file in (f"out.{ending}", f"packed.{ending}.gz"):
        with Store.open(tmp_path / f"new-{file}") as new:
            assert import_into(new, tmp_path / file, on_fault=nobody) == {"added": 6, "replaced": 0, "unchanged": 0, "kept": 0}
            assert import_into(new, tmp_path / file, on_fault=nobody)["unchanged"] == 6
        assert content_of(tmp_path / f"new-{file}") == content_of(path)


def test_stores_merge_with_what_people_judged(run: Run, tmp_path: Path) -> None:
    ours, theirs = fill(tmp_path / "ours", 2), fill(tmp_path / "theirs", 4)
    with Store.open(theirs) as store:
        first = store.statements(corpus(1)[0][0].id)[0]
        store.correct(Correction(first, "change", "Ada", AT, "", revised(first, swap=True)))
        later = store.statements(corpus(4)[3][0].id)[0]
        store.correct(Correction(later, "reject", "Ada", AT))
        news, statements = corpus(2)[1]
        store.add(news, statements[1:])
        corrections = store.corrections()
    done = run("import", theirs, "--store", ours)
    assert "2 added, 2 kept" in done.err, done.err
    with Store.open(ours) as store:
        assert store.corrections() == corrections
        assert len(store.statements(news.id)) == 8
        assert list(examine(store)) == []
    assert "1 replaced" in run("import", theirs, "--store", ours, "--replace").err
    assert content_of(ours) == content_of(theirs)


def test_what_the_shapes_forbid_is_left_out_and_named(run: Run, tmp_path: Path) -> None:
    path = fill(tmp_path / "s", 3)
    text = content_of(path).decode()
    broken = "".join(line for line in text.splitlines(keepends=True) if not ("ont#confidence" in line and "news/1> ." in line))
    (tmp_path / "x.nq").write_text(broken)
    done = run("import", tmp_path / "x.nq", "--store", tmp_path / "new")
    assert done.code == 3
    assert "news/1: " in done.err
    assert "left out" in done.err
    assert "2 added" in done.err


@pytest.mark.parametrize("check", ["--check", "--no-check"])
def test_a_file_that_breaks_off_leaves_nothing_behind(run: Run, tmp_path: Path, check: str) -> None:
    text = content_of(fill(tmp_path / "s", 4))
    (tmp_path / "x.nq").write_bytes(text + b'<https://example.org/news/3> <urn:p> "open <https://example.org/news/3> .\n')
    done = run("import", tmp_path / "x.nq", "--store", tmp_path / "new", check)
    assert done.code == 1
    assert done.err.startswith("error: ")
    assert run("doctor", "--store", tmp_path / "new").out.splitlines()[-1] == "sound"
    assert content_of(tmp_path / "new") == b""


# --- hostile files

RDF = '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="urn:e:">'
LAUGHS = (
    '<!DOCTYPE r [<!ENTITY a0 "ha">'
    + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))
    + f']>{RDF}<rdf:Description rdf:about="urn:x"><e:p>&a11;</e:p></rdf:Description></rdf:RDF>'
)
EXTERNAL = (
    '<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    f'{RDF}<rdf:Description rdf:about="urn:x"><e:p>&x;</e:p></rdf:Description></rdf:RDF>'
)
REMOTE = '{"@context": "http://127.0.0.1:9/context.jsonld", "@id": "urn:a", "b": "c"}'


def long_line() -> Iterable[bytes]:
    yield b'<urn:a> <urn:b> "'
    for _ in range(20):
        yield b"x" * (1 << 20)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("laughs.rdf", LAUGHS.encode()),
        ("external.rdf", EXTERNAL.encode()),
        ("utf16.rdf", LAUGHS.encode("utf-16")),
        ("remote.jsonld", REMOTE.encode()),
        ("long.nt", b"".join(long_line())),
        ("bomb.nt.gz", gzip.compress(b"#" + b"\n" * (40 << 20), 1)),
        ("no.nt.gz", b"not gzip"),
        ("bad.ttl", b"<urn:a> <urn:b"),
        ("iri.nq", b"<urn:a b> <urn:p> <urn:o> <urn:g> .\n"),
        ("latin.ttl", b"<urn:a> <urn:b> '\xe9' ."),
        ("unknown.doc", b"x"),
        ("deep.jsonld", b'{"a":' * 200_000),
        ("deep.ttl", b"<urn:a> <urn:b> " + b"[ <urn:b> " * 200_000),
        ("deep.rdf", b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">' + b"<rdf:Description>" * 200_000),
    ],
)
def test_hostile_files_are_refused_in_words(run: Run, tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    done = run("import", tmp_path / name, "--store", tmp_path / "store")
    assert done.code == 1
    assert done.err.startswith("error: ")
    assert done.err.count("\n") == 1
    assert len(done.err) < 1000
    assert "root:" not in done.err
    with Store.open(tmp_path / "store", read_only=True) as store:
        assert len(store) == 0


def test_blank_nodes_are_refused(run: Run, tmp_path: Path) -> None:
    news = "<https://example.org/news/1>"
    (tmp_path / "x.nq").write_text(
        f"{news} <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <https://w3id.org/geopolitical-kg/ont#Document> {news} .\n"
        f"{news} <urn:p> _:b {news} .\n"
    )
    assert "blank nodes" in run("import", tmp_path / "x.nq", "--store", tmp_path / "s").err


# --- backup


def test_backup_of_an_open_store_restores_everything(tmp_path: Path) -> None:
    path = fill(tmp_path / "s")
    with Store.open(path) as store:
        store.correct(Correction(store.statements()[0], "reject", "Ada", AT))
        back_up(store, tmp_path / "one.nq.gz")
        expected, corrections, built = store.export(format="trig"), store.corrections(), store.built()
        store.add(document(99), [])
        back_up(store, tmp_path / "later.nq.gz")
    assert restore(tmp_path / "one.nq.gz", tmp_path / "again") == 6
    with Store.open(tmp_path / "again") as again:
        assert (again.export(format="trig"), again.corrections(), again.built()) == (expected, corrections, built)
        assert list(examine(again)) == []
        back_up(again, tmp_path / "two.nq.gz")
    assert (tmp_path / "one.nq.gz").read_bytes() == (tmp_path / "two.nq.gz").read_bytes()
    with pytest.raises(StoreError, match="there already"):
        restore(tmp_path / "one.nq.gz", path)


def test_damaged_and_forged_backups_are_refused(tmp_path: Path) -> None:
    path = fill(tmp_path / "s")
    with Store.open(path, read_only=True) as store:
        back_up(store, tmp_path / "x.nq.gz")
    whole = (tmp_path / "x.nq.gz").read_bytes()
    text = gzip.decompress(whole)
    forged = b"# kg put <urn:a> bytes=26 crc=82e27ca8\n<urn:x> <urn:p> <urn:o> .\n"
    for bad in (
        whole[:-20],
        whole[:3000] + b"\0" + whole[3001:],
        gzip.compress(text[:-5]),
        gzip.compress(b"hello"),
        b"",
        gzip.compress(forged),
    ):
        (tmp_path / "bad.nq.gz").write_bytes(bad)
        if not bad:
            continue
        with pytest.raises(StoreError, match=r"damaged|no backup"):
            restore(tmp_path / "bad.nq.gz", tmp_path / "new")
        assert not (tmp_path / "new").exists()


# --- doctor


def test_doctor_finds_and_mends(run: Run, tmp_path: Path) -> None:
    path = fill(tmp_path / "s")
    before = content_of(path)
    assert run("doctor", "--store", path).out.endswith("sound\n")
    with Store.open(path) as store:
        inner, graph = store.dataset.store._inner, ox.NamedNode(document(1).id)
        (quad,) = [q for q in inner.quads_for_pattern(None, None, None, graph) if "sha256" in str(q.predicate)]
        inner.remove(quad)
        inner.add(ox.Quad(ox.NamedNode("urn:lost"), ox.NamedNode("https://w3id.org/geopolitical-kg/ont#nonsense"), ox.Literal("x"), graph))
        inner.remove_graph(ox.NamedNode(document(2).id))
        del inner  # a database is open as long as anybody has it
    done = run("doctor", "--store", path)
    assert done.code == 1
    for part in (
        "news/1: is not in the database",
        "news/2: is not in the database",
        "ont#nonsense: is no term",
        "has triples that the merge",
    ):
        assert part in done.out
    assert "mends" in done.out
    done = run("doctor", "--repair", "--store", path)
    assert (done.code, done.out.splitlines()[-1]) == (0, "sound")
    assert content_of(path) == before
    assert len(list(path.glob("quads.damaged-*"))) == 1


def test_doctor_mends_a_database_that_does_not_open(run: Run, tmp_path: Path) -> None:
    path = fill(tmp_path / "s")
    before = content_of(path)
    (path / "quads" / "CURRENT").write_text("MANIFEST-999999\n")
    assert "kg doctor --repair" in run("build", "-", "--store", path).err
    assert run("doctor", "--repair", "--store", path).code == 0
    assert content_of(path) == before


def test_repair_leaves_a_store_with_a_damaged_journal_alone(tmp_path: Path) -> None:
    path = fill(tmp_path / "s")
    segment = path / "journal" / "00000001.nq"
    (path / "journal" / "00000002.nq").write_bytes(b"")
    segment.write_bytes(segment.read_bytes()[:5000])
    before = content_of(path)
    with pytest.raises(StoreError, match="damaged"):
        repair(path)
    assert content_of(path) == before
    with Store.open(path, read_only=True) as store:
        assert any("damaged" in str(fault) for fault in examine(store))
    shutil.rmtree(path / "journal")
    Store.open(path).close()


def test_errors_are_ours(tmp_path: Path) -> None:
    for wrong in (tmp_path / "none.ttl", tmp_path):
        with pytest.raises(KgError):
            statements_in(wrong)
