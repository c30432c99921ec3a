"""Names policies: contested names and territories, each row with its text, switched for a whole build and kept with it."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from kg.errors import InputError, UnknownNameError
from kg.link import ACTOR, Catalogue, Linker
from tests.conftest import ROOT, Run

ROWS = list(csv.DictReader((ROOT / "ontology" / "actors" / "policies.csv").open(encoding="utf-8", newline="")))


def test_every_row_says_by_which_text() -> None:
    assert len(ROWS) >= 40
    assert {"un", "china", "serbia", "morocco", "russia"} <= {row["profile"] for row in ROWS}
    for row in ROWS:
        assert len(row["source"]) > 10, row


@pytest.mark.parametrize("profile", sorted({row["profile"] for row in ROWS}))
def test_every_profile_loads_and_names_still_resolve(profile: str) -> None:
    linker = Linker(Catalogue.load(names=profile))
    for text, actor in (("Turkey", "state/TUR"), ("Taiwan", "state/TWN"), ("Kosovo", "state/XKX"), ("Western Sahara", "state/ESH")):
        link = linker.resolve(text, date="2025-03-01")
        assert link.actor is not None
        assert link.actor.id == ACTOR + actor


def test_a_profile_changes_label_kind_and_place() -> None:
    press, un = Catalogue.load(), Catalogue.load(names="un")
    assert (press.actor("state/TUR").label, un.actor("state/TUR").label) == ("Turkey", "Türkiye")
    assert (press.actor("state/XKX").kind, un.actor("state/XKX").kind) == ("state", "territory")
    assert (press.parent("state/TWN"), un.parent("state/TWN")) == (None, f"{ACTOR}state/CHN")
    assert Catalogue.load(names="russia").parent("place/crimea") == f"{ACTOR}state/RUS"
    assert Catalogue.load(names="un,russia").parent("place/crimea") == f"{ACTOR}state/RUS"
    assert Catalogue.load(names="press").parent("place/crimea") == f"{ACTOR}state/UKR"


def test_a_file_of_ones_own(tmp_path: Path) -> None:
    path = tmp_path / "names.csv"
    path.write_text("profile,actor,field,value,source\nours,state/MMR,label,Burma,our style book\n", encoding="utf-8")
    catalogue = Catalogue.load(names=str(path))
    assert catalogue.actor("state/MMR").label == "Burma"
    assert {c.actor for c in catalogue.find("Myanmar")} == {f"{ACTOR}state/MMR"}


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("x,state/MMR,label,Burma,", "source is empty"),
        ("x,state/MMR,colour,red,book", "'colour' is none of label, kind, parent"),
        ("x,state/MMR,kind,realm,book", "'realm' is none of"),
        ("x,state/ATLANTIS,label,Atlantis,book", "'state/ATLANTIS', which is no actor"),
    ],
)
def test_a_wrong_row_is_named(tmp_path: Path, row: str, message: str) -> None:
    path = tmp_path / "names.csv"
    path.write_text(f"profile,actor,field,value,source\n{row}\n", encoding="utf-8")
    with pytest.raises(InputError, match=message):
        Catalogue.load(names=str(path))


def test_an_unknown_profile_is_named() -> None:
    with pytest.raises(UnknownNameError, match="choose of press, argentina"):
        Catalogue.load(names="atlantis")


def test_the_choice_is_kept_with_the_graph(run: Run, tmp_path: Path) -> None:
    (tmp_path / "one.txt").write_text("Turkey thanked Ghana.", encoding="utf-8")
    done = run("extract", tmp_path / "one.txt", "--names", "un")
    assert done.code == 0
    assert "Türkiye" in done.out
    store = tmp_path / "store"
    assert run("build", tmp_path / "one.txt", "--store", store, "--names", "un").code == 0
    assert "names=un" in run("export", "-", "--format", "turtle", "--store", store).out


def test_questions_take_a_policy(run: Run) -> None:
    shown = run("show", "Turkey", "--names", "un")
    assert shown.code == 0
    assert shown.out.startswith("Türkiye")
    answered = run("resolve", "-", "--names", "un", stdin=b'{"id": 1, "text": "Turkey"}\n')
    assert '"label": "Türkiye"' in answered.out
    assert run("resolve", "-", "--names", "atlantis", stdin=b'{"id": 1, "text": "Turkey"}\n').code == 1
