"""Judgements about unknown actors: read, replayed and taken back; suggestions; the commands that write them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from kg.errors import InputError
from kg.link import ACTOR, Catalogue, Judgement, Judgements, Linker
from kg.link.keys import local_id, own_id, shared_id
from kg.link.suggestions import Suggester, Unknown, by_frequency, by_name
from kg.model import Actor, Mention, Span
from tests.conftest import Run

QUILL = Actor(f"{ACTOR}local/ada-quill", "Ada Quill", "person")
QUIL = Actor(f"{ACTOR}local/ada-quil", "Ada Quil", "person")


def quill_of(document: str) -> Actor:
    """Ada Quill as a document has her."""
    return Actor(ACTOR + local_id("Ada Quill", document), "Ada Quill", "person")


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return Catalogue.load()


def test_a_merge_gives_the_name_that_was_kept(catalogue: Catalogue) -> None:
    judged = Judgements([Judgement("merge", "local/ada-quil", "local/ada-quill", "Ada Quill", "person")])
    assert judged.answer(QUIL, "doc", catalogue) == QUILL
    assert judged.answer(QUILL, "doc", catalogue) is None


def test_judgements_lead_on_to_the_last(catalogue: Catalogue) -> None:
    judged = Judgements(
        [Judgement("merge", "local/ada-quil", "local/ada-quill", "Ada Quill", "person"), Judgement("link", "local/ada-quill", "state/TUR")]
    )
    answer = judged.answer(QUIL, "doc", catalogue)
    assert answer is not None
    assert answer.label == "Turkey"


def test_a_later_judgement_replaces_an_earlier_one(catalogue: Catalogue) -> None:
    judged = Judgements([Judgement("link", "local/ada-quill", "state/TUR"), Judgement("link", "local/ada-quill", "state/GRC")])
    answer = judged.answer(QUILL, "doc", catalogue)
    assert answer is not None
    assert answer.label == "Greece"


def test_a_split_counts_in_its_document_only(catalogue: Catalogue) -> None:
    judged = Judgements([Judgement("split", "local/ada-quill", document="doc-1")])
    other = judged.answer(QUILL, "doc-1", catalogue)
    assert other == quill_of("doc-1")
    assert judged.answer(QUILL, "doc-2", catalogue) is None


def test_a_name_is_somebody_else_in_every_document() -> None:
    ids = [local_id("Ada Quill", document) for document in ("doc-1", "doc-2", "doc-1")]
    assert ids[0] == ids[2] != ids[1]
    assert {shared_id(one) for one in (*ids, local_id("Ada Quill"))} == {"local/ada-quill"}
    assert own_id("local/ada-quill", "doc-1") == own_id(ids[0], "doc-2") == ids[0]


def test_a_judgement_on_a_name_counts_in_all_documents(catalogue: Catalogue) -> None:
    merged = Judgements([Judgement("merge", "local/ada-quil", "local/ada-quill", "Ada Quill", "person")])
    quil = Actor(ACTOR + local_id("Ada Quil", "doc-1"), "Ada Quil", "person")
    assert merged.answer(quil, "doc-1", catalogue) == merged.answer(quill_of("doc-2"), "doc-2", catalogue) == QUILL
    one = Judgements([Judgement("merge", "local/ada-quill", "local/ada-quill", "Ada Quill", "person")])
    assert one.answer(quill_of("doc-1"), "doc-1", catalogue) == one.answer(quill_of("doc-2"), "doc-2", catalogue) == QUILL
    assert one.answer(quil, "doc-1", catalogue) is None
    linked = Judgements([Judgement("link", "local/ada-quill", "state/TUR")])
    answer = linked.answer(quill_of("doc-7"), "doc-7", catalogue)
    assert answer is not None
    assert answer.label == "Turkey"


def test_a_judgement_on_one_documents_actor_goes_before_its_name(catalogue: Catalogue) -> None:
    first, second = (quill_of(document).id.removeprefix(ACTOR) for document in ("doc-1", "doc-2"))
    judged = Judgements([Judgement("link", first, "state/GRC"), Judgement("link", "local/ada-quill", "state/TUR")])
    labels = [answer.label for d in ("doc-1", "doc-2") if (answer := judged.answer(quill_of(d), d, catalogue))]
    assert labels == ["Greece", "Turkey"]
    two = Judgements([Judgement("merge", first, second, "Ada Quill", "person")])
    assert two.answer(quill_of("doc-1"), "doc-1", catalogue) == quill_of("doc-2")
    assert two.answer(quill_of("doc-2"), "doc-2", catalogue) is None
    assert two.answer(quill_of("doc-3"), "doc-3", catalogue) is None


def test_a_split_goes_before_the_name(catalogue: Catalogue) -> None:
    judged = Judgements([Judgement("link", "local/ada-quill", "state/TUR"), Judgement("split", "local/ada-quill", document="doc-1")])
    assert judged.answer(quill_of("doc-1"), "doc-1", catalogue) is None
    assert judged.answer(quill_of("doc-2"), "doc-2", catalogue) == catalogue.actor("state/TUR")


def test_a_circle_is_refused() -> None:
    there = Judgements([Judgement("merge", "local/a", "local/b")])
    with pytest.raises(InputError, match="back to itself"):
        there.with_one(Judgement("merge", "local/b", "local/a"))
    with pytest.raises(InputError, match="back to itself"):
        Judgements([Judgement("merge", "local/0123456789/a", "local/0123456789/a")])
    with pytest.raises(InputError, match="back to itself"):
        there.with_one(Judgement("merge", "local/b", "local/0123456789/a"))


def test_a_file_reads_back_as_it_was_written(tmp_path: Path) -> None:
    rows = [
        Judgement("merge", "local/a", "local/b", "B, the second", "person", note="same post"),
        Judgement("split", "local/c", document="d"),
    ]
    path = tmp_path / "judgements.csv"
    path.write_text(Judgements(rows).text(), encoding="utf-8", newline="")
    assert Judgements.read(path).rows == tuple(rows)
    assert Judgements.read(tmp_path / "none.csv").rows == ()


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("join,local/a,local/b", "'join' is no judgement"),
        ("merge,local/a,", "merge needs an actor and into"),
        ("split,local/a,", "split needs an actor and document"),
        ("merge,local/a,local/b,B,pirate", "'pirate' is no kind"),
    ],
)
def test_a_wrong_line_is_named(tmp_path: Path, line: str, message: str) -> None:
    path = tmp_path / "judgements.csv"
    path.write_text(f"action,actor,into,label,kind\n{line}\n", encoding="utf-8")
    with pytest.raises(InputError, match=f"line 2: .*{message}"):
        Judgements.read(path)


def test_a_link_to_nobody_is_named(catalogue: Catalogue) -> None:
    with pytest.raises(InputError, match="state/ATLANTIS"):
        Judgements([Judgement("link", "local/ada-quill", "state/ATLANTIS")]).answer(QUILL, "doc", catalogue)


def test_a_judged_link_says_so(catalogue: Catalogue) -> None:
    linker = Linker(catalogue)
    name = "Rhodri Vantongeren"
    (link,) = linker.link([Mention(Span(0, len(name)), name, "Vantongeren", Span(0, len(name)), "PER", "nsubj")], date="2025-03-01")
    assert link.local
    judged = linker.judged(link, Judgements([Judgement("link", "local/rhodri-vantongeren", "person/Q57792")]), "doc", "2025-03-01")
    assert judged.actor is not None
    assert (judged.actor.label, judged.rule, judged.local) == ("Mark Rutte", "judgement", False)
    assert judged.affiliation is not None
    assert judged.affiliation.label == "NATO"
    assert linker.judged(link, Judgements(), "doc", "2025-03-01") == link


def test_suggestions_are_of_one_kind_and_side(catalogue: Catalogue) -> None:
    unknown = [
        Unknown(QUIL, f"{ACTOR}state/CAN"),
        Unknown(QUILL, f"{ACTOR}state/CAN"),
        Unknown(Actor(f"{ACTOR}local/ada-quills", "Ada Quills", "person"), f"{ACTOR}state/FJI"),
        Unknown(Actor(f"{ACTOR}local/hakan-fidann", "Hakan Fidann", "person"), f"{ACTOR}state/TUR"),
        Unknown(Actor(f"{ACTOR}local/hakan-fidan-gr", "Hakan Fidann", "person"), f"{ACTOR}state/GRC"),
        Unknown(Actor(f"{ACTOR}local/hezbolah", "Hezbolah", "organisation")),
        Unknown(Actor(f"{ACTOR}local/turkey", "Turkey", "person")),
    ]
    suggester = Suggester(catalogue, unknown)
    near = [[s.name for s in suggester.suggest(one)] for one in unknown]
    assert near[0] == ["Ada Quill"]
    assert near[3][0] == "Hakan Fidan"
    assert "Hakan Fidan" not in near[4]
    assert "Hezbollah" in near[5]
    assert near[6] == []


def test_equal_names_of_other_documents_are_suggested_first(catalogue: Catalogue) -> None:
    canada, nobody, fiji = (f"{ACTOR}state/CAN", "", f"{ACTOR}state/FJI")
    unknown = [Unknown(quill_of(document), side) for document, side in (("doc-1", canada), ("doc-2", nobody), ("doc-3", fiji))]
    suggester = Suggester(catalogue, [*unknown, Unknown(QUIL)])
    near = [[(s.actor, s.likeness) for s in suggester.suggest(one)] for one in unknown]
    assert near[0] == [(unknown[1].actor.id, 100.0), (QUIL.id, near[0][1][1])]
    assert near[1][0] == (QUILL.id, 100.0)
    assert near[2][0] == (unknown[1].actor.id, 100.0)
    hezbollah = [Unknown(Actor(ACTOR + local_id("Hezbollah", document), "Hezbollah", "organisation")) for document in ("doc-1", "doc-2")]
    first, second = Suggester(catalogue, hezbollah).suggest(hezbollah[0])[:2]
    assert first.actor == hezbollah[1].actor.id
    assert second.actor in catalogue


def test_equal_names_are_one_row() -> None:
    rows = by_name([(Unknown(quill_of("doc-1")), 2), (Unknown(quill_of("doc-2")), 3), (Unknown(quill_of("doc-3"), "somewhere"), 1)])
    assert [(unknown.actor.id, count) for unknown, count in rows] == [(QUILL.id, 5), (quill_of("doc-3").id, 1)]


def test_the_commonest_come_first() -> None:
    ranked = by_frequency([(Unknown(QUILL), 1), (Unknown(QUIL), 3)])
    assert [unknown.actor for unknown, _ in ranked] == [QUIL, QUILL]


# -- the commands ----------------------------------------------------------------------------------------------------

TEXT = "Canadian envoy Orla Brimblecombe thanked Ghana. Togolese envoy Kofi Ansahene thanked Peru."
OTHER = "Canadian envoy Orla Brimblecomb accused Ghana of theft."


@pytest.fixture
def store(run: Run, tmp_path: Path) -> Path:
    folder = tmp_path / "texts"
    folder.mkdir()
    (folder / "one.txt").write_text(TEXT, encoding="utf-8")
    (folder / "two.txt").write_text(OTHER, encoding="utf-8")
    assert run("build", folder, "--store", tmp_path / "store", "--actors", "all", "--date", "2025-05-12").code == 0
    return tmp_path / "store"


def test_unknown_actors_are_listed_judged_and_replayed(run: Run, store: Path, tmp_path: Path) -> None:
    listed = run("actors", "list", "--store", store)
    assert listed.code == 0
    assert "/orla-brimblecombe)" in listed.out
    assert re.search(r"Orla Brimblecomb \(local/\w{10}/orla-brimblecomb, 97\)", listed.out)
    file = tmp_path / "judgements.csv"
    merged = run("actors", "merge", "Orla Brimblecomb", "Orla Brimblecombe", "--store", store, "--judgements", file, "--note", "a slip")
    assert merged.code == 0, merged.err
    built = run("build", tmp_path / "texts", "--store", tmp_path / "new", "--actors", "all", "--date", "2025-05-12", "--judgements", file)
    assert built.code == 0
    again = run("actors", "list", "--store", tmp_path / "new").out
    assert "orla-brimblecomb)" not in again
    assert "Orla Brimblecombe (local/orla-brimblecombe)" in again
    shown = run("show", "Orla Brimblecombe", "--store", tmp_path / "new")
    assert "judgement: “Orla Brimblecomb” was judged to be Orla Brimblecombe" in " ".join(shown.out.split())
    assert run("actors", "undo", "--judgements", file).code == 0
    assert Judgements.read(file).rows == ()
    assert run("actors", "undo", "--judgements", file).code == 1


SAME = (
    "Canadian envoy Tancred Oyelowo thanked Ghana.",
    "Canadian envoy Tancred Oyelowo accused Peru of theft.",
)


def test_equal_names_of_two_documents_are_two_actors_until_judged(run: Run, tmp_path: Path) -> None:
    texts = tmp_path / "texts"
    texts.mkdir()
    for name, text in zip(("one", "two"), SAME, strict=True):
        (texts / f"{name}.txt").write_text(text, encoding="utf-8")
    file = tmp_path / "judgements.csv"

    def built(store: str, *options: str | Path) -> Path:
        assert run("build", texts, "--store", tmp_path / store, "--actors", "all", "--date", "2025-05-12", *options).code == 0
        return tmp_path / store

    apart = built("apart")
    each = run("actors", "list", "--each", "--store", apart).out
    ids = sorted(set(re.findall(r"Oyelowo \((local/\w{10}/tancred-oyelowo)\)", each)))
    assert len(ids) == 2
    assert "(local/tancred-oyelowo)" in run("actors", "list", "--store", apart).out
    assert run("actors", "merge", "Tancred Oyelowo", "--store", apart, "--judgements", file).code == 0
    one = run("actors", "list", "--each", "--store", built("one", "--judgements", file)).out
    assert ids[0] not in one
    assert "(local/tancred-oyelowo)" in one
    assert run("actors", "undo", "--judgements", file).code == 0
    assert run("actors", "link", ids[0], "NATO", "--store", apart, "--judgements", file).code == 0
    linked = run("actors", "list", "--each", "--store", built("linked", "--judgements", file, "--processes", "2")).out
    assert ids[0] not in linked
    assert ids[1] in linked


def test_an_unknown_actor_is_linked_or_split(run: Run, store: Path, tmp_path: Path) -> None:
    file = tmp_path / "judgements.csv"
    assert run("actors", "link", "Kofi Ansahene", "NATO", "--store", store, "--judgements", file).code == 0
    assert run("actors", "split", "orla brimblecomb", "two", "--store", store, "--judgements", file).code in (0, 1)
    assert Judgements.read(file).rows[0].into == "igo/NATO"
    for command in (["link", "Nobody At All", "NATO"], ["link", "Kofi Ansahene", "Atlantis of Old"], ["split", "Kofi Ansahene", "no-doc"]):
        failed = run("actors", *command, "--store", store, "--judgements", file)
        assert failed.code == 1
        assert failed.err.startswith("error: ")


def test_show_says_why_a_mention_was_linked(run: Run, store: Path) -> None:
    shown = run("show", "Ghana", "--store", store)
    assert "alias: “Ghana” is a name of Ghana" in " ".join(shown.out.split())
