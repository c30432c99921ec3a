"""The catalogue of actors: names, case, offices and memberships by date, the user's own actors, drift from ontology/."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from pathlib import Path
from typing import get_args

import pytest

from kg.errors import InputError, UnknownNameError
from kg.link import ACTOR, Catalogue
from kg.model import ActorKind

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return Catalogue.load()


def found(catalogue: Catalogue, surface: str) -> set[str]:
    return {candidate.actor.removeprefix(ACTOR) for candidate in catalogue.find(surface) if candidate.kind != "surname"}


@pytest.mark.parametrize(
    ("actor", "label", "kind", "iso3"),
    [
        ("state/TUR", "Turkey", "state", "TUR"),
        ("state/GBR", "United Kingdom", "state", "GBR"),
        ("state/CZE", "Czech Republic", "state", "CZE"),
        ("state/KOR", "South Korea", "state", "KOR"),
        ("state/TWN", "Taiwan", "state", "TWN"),
        ("state/COD", "Democratic Republic of the Congo", "state", "COD"),
        ("state/NAM", "Namibia", "state", "NAM"),
        ("territory/HKG", "Hong Kong", "territory", "HKG"),
        ("igo/NATO", "NATO", "igo", None),
        ("igo/G7", "G7", "igo", None),
        ("igo/ICC", "International Criminal Court", "igo", None),
        ("armedgroup/houthi", "Houthis", "armed_group", None),
        ("org/knesset-ISR", "Knesset", "organ", None),
        ("person/Q39259", "Recep Tayyip Erdoğan", "person", None),
        ("person/Q3874799", "Volodymyr Zelenskyy", "person", None),
    ],
)
def test_actors_have_everyday_names(catalogue: Catalogue, actor: str, label: str, kind: str, iso3: str | None) -> None:
    known = catalogue.actor(actor)
    assert (known.id, known.label, known.kind, known.iso3) == (ACTOR + actor, label, kind, iso3)
    assert catalogue.actor(known.id) is known


def test_an_unknown_id_is_named(catalogue: Catalogue) -> None:
    with pytest.raises(UnknownNameError, match="state/XYZ"):
        catalogue.actor("state/XYZ")
    assert "state/XYZ" not in catalogue
    assert "state/TUR" in catalogue


@pytest.mark.parametrize("surface", ["Turkey", "Türkiye", "the Republic of Turkey", "TURKEY", "Turkish", "Ankara", "Turks"])
def test_a_state_is_found_by_each_of_its_names(catalogue: Catalogue, surface: str) -> None:
    assert "state/TUR" in found(catalogue, surface)


@pytest.mark.parametrize("surface", ["us", "who", "it", "turkey", "chad", "reading", "nice", "polish", "is", "un", "china"])
def test_words_in_lower_case_name_nobody(catalogue: Catalogue, surface: str) -> None:
    assert not catalogue.is_name(surface)


@pytest.mark.parametrize(
    "surface", ["U.S.", "US", "U.N.", "UN", "al-Qaeda", "al Qaeda", "Cote d'Ivoire", "Côte d’Ivoire", "Kim Jong-un", "OPEC+"]
)
def test_spellings_meet(catalogue: Catalogue, surface: str) -> None:
    assert catalogue.is_name(surface)


def test_opec_and_opec_plus_stay_apart(catalogue: Catalogue) -> None:
    assert found(catalogue, "OPEC") == {"igo/OPEC"}
    assert found(catalogue, "OPEC+") == {"igo/OPECPLUS"}


@pytest.mark.parametrize(
    ("text", "start", "length"),
    [
        ("the United Nations Security Council met", 1, 4),
        ("the United States and China", 1, 2),
        ("Guinea - Bissau and Guinea", 0, 3),
        ("al - Qaeda fighters", 0, 3),
        ("Greek 's", 0, 1),
        ("Papua New Guinea signed", 0, 3),
        ("New ideas came", 0, 0),
        ("TURKEY WARNS", 0, 1),
        ("turkey was eaten", 0, 0),
        ("People 's Liberation Army units", 0, 4),
        ("Mark Rutte spoke", 0, 2),
        ("Rutte spoke", 0, 0),
        ("U.S. troops", 0, 1),
        ("Turkey .", 0, 1),
    ],
)
def test_longest_name_counts_tokens(catalogue: Catalogue, text: str, start: int, length: int) -> None:
    assert catalogue.longest_name(text.split(), start) == length


@pytest.mark.parametrize(
    ("owner", "role", "date", "holder"),
    [
        ("igo/NATO", "secretary_general", "2024-09-30", "Jens Stoltenberg"),
        ("igo/NATO", "secretary_general", "2024-10-01", "Mark Rutte"),
        ("state/NLD", "head_of_government", "2024-07-01", "Mark Rutte"),
        ("state/NLD", "head_of_government", "2024-07-02", "Dick Schoof"),
        ("state/USA", "head_of_state", "2021-01-19", "Donald Trump"),
        ("state/USA", "head_of_state", "2021-01-20", "Joe Biden"),
        ("state/USA", "head_of_state", "2025-01-20", "Donald Trump"),
        ("state/EST", "head_of_government", "2024-07-22", "Kaja Kallas"),
        ("igo/EU", "high_representative", "2024-12-01", "Kaja Kallas"),
        ("state/TUR", "foreign_minister", "2023-06-04", "Hakan Fidan"),
        ("state/RUS", "defence_minister", "2024-06-01", "Andrey Belousov"),
        ("state/DEU", "head_of_government", "2025-05-07", "Friedrich Merz"),
        ("state/USA", "head_of_state", "2024", "Joe Biden"),
    ],
)
def test_offices_change_hands_on_the_day(catalogue: Catalogue, owner: str, role: str, date: str, holder: str) -> None:
    assert catalogue.actor(catalogue.office_holders(owner, role, date)[0].person).label == holder


def test_without_a_date_the_latest_holder_counts(catalogue: Catalogue) -> None:
    assert [catalogue.actor(term.person).label for term in catalogue.office_holders("igo/NATO", "secretary_general", None)] == [
        "Mark Rutte"
    ]


def test_every_term_starts_before_it_ends(catalogue: Catalogue) -> None:
    terms = [term for person in catalogue.find("Donald Trump") for term in catalogue.offices(person.actor, None)]
    assert [(term.start, term.end) for term in terms] == [("2025-01-20", ""), ("2017-01-20", "2021-01-20")]


def test_every_person_held_an_office(catalogue: Catalogue) -> None:
    """The linker ranks persons by their terms: a person without one could never be chosen."""
    persons = [short for short in catalogue._rows if short.startswith("person/")]
    assert [catalogue.actor(short).label for short in persons if not catalogue.offices(short, None)] == []


@pytest.mark.parametrize(
    ("state", "igo", "date", "member"),
    [
        ("state/FIN", "igo/NATO", "2023-04-03", False),
        ("state/FIN", "igo/NATO", "2023-04-04", True),
        ("state/SWE", "igo/NATO", "2024-03-07", True),
        ("state/GBR", "igo/EU", "2019-12-31", True),
        ("state/GBR", "igo/EU", "2020-02-01", False),
        ("state/TUR", "igo/NATO", "2024-01-01", True),
        ("state/TUR", "igo/EU", "2024-01-01", False),
    ],
)
def test_memberships_by_date(catalogue: Catalogue, state: str, igo: str, date: str, member: bool) -> None:
    assert any(row.igo == igo for row in catalogue.memberships(state, date)) is member
    assert any(row.actor == state for row in catalogue.memberships(igo, date)) is member


def test_nato_and_eu_have_all_their_members(catalogue: Catalogue) -> None:
    assert len({row.actor for row in catalogue.memberships("igo/NATO", "2025-01-01")}) == 32
    assert len({row.actor for row in catalogue.memberships("igo/EU", "2025-01-01")}) == 27


def test_organs_know_whom_they_act_for(catalogue: Catalogue) -> None:
    assert catalogue.parent("org/knesset-ISR") == ACTOR + "state/ISR"
    assert catalogue.parent("igo/EP") == ACTOR + "igo/EU"
    assert catalogue.parent("state/TUR") is None


def test_labels_and_aliases(catalogue: Catalogue) -> None:
    assert catalogue.labels("state/TUR")[0] == "Turkey"
    assert "Türkiye" in catalogue.labels("state/TUR")
    assert "Ankara" not in catalogue.labels("state/TUR")
    assert {"Ankara", "Turkish", "Turks"} <= set(catalogue.aliases("state/TUR"))
    assert catalogue.adjectives("state/GBR") == ["British", "U.K.", "UK"]


def test_every_row_is_sound(catalogue: Catalogue) -> None:
    kinds = set(get_args(ActorKind))
    for short in catalogue._rows:
        actor = catalogue.actor(short)
        assert actor.kind in kinds, short
        assert actor.label.strip() == actor.label
        assert actor.label, short
        assert actor.qid is None or re.fullmatch(r"Q\d+", actor.qid), short
        assert actor.iso3 is None or re.fullmatch(r"[A-Z]{3}", actor.iso3), short
    states = [short for short in catalogue._rows if short.startswith("state/")]
    assert len(states) == 200
    for short in states:
        assert catalogue.adjectives(short), f"{short} has no adjective"


# -- the user's actors -------------------------------------------------------------------------------------------


def write(path: Path, *rows: str) -> Path:
    path.write_text("\n".join(("id,label,kind,iso3,qid,aliases,side", *rows)) + "\n", encoding="utf-8")
    return path


def test_a_user_adds_an_actor(tmp_path: Path) -> None:
    own = write(tmp_path / "actors.csv", "group/riverguard,River Guard,armed_group,,,RG Front|Guard of the River,state/TCD")
    catalogue = Catalogue.load(own)
    assert found(catalogue, "the River Guard") == {"group/riverguard"}
    assert found(catalogue, "RG Front") == {"group/riverguard"}
    assert catalogue.side("group/riverguard") == ACTOR + "state/TCD"
    assert catalogue.longest_name(["Guard", "of", "the", "River"], 0) == 4


def test_a_user_overrides_an_actor(tmp_path: Path) -> None:
    catalogue = Catalogue.load(write(tmp_path / "actors.csv", "state/TUR,Türkiye,,,,,", "group/x,Ankara,organisation,,,,"))
    assert catalogue.actor("state/TUR").label == "Türkiye"
    assert catalogue.actor("state/TUR").kind == "state"
    assert found(catalogue, "Turkey") == {"state/TUR"}
    assert found(catalogue, "Ankara") == {"group/x"}


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("group/x,,armed_group,,,,", "line 2: a row needs an id and a label"),
        (",Some Name,,,,,", "line 2: a row needs an id and a label"),
        ("group/x,Some Name,pirates,,,,", "'pirates' is no kind of actor"),
        ("group/x,Some Name,,,,,state/ATLANTIS", "side 'state/ATLANTIS' is no actor"),
    ],
)
def test_a_wrong_row_is_named(tmp_path: Path, row: str, message: str) -> None:
    with pytest.raises(InputError, match=re.escape(message)):
        Catalogue.load(write(tmp_path / "actors.csv", row))


def test_an_unreadable_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"nowhere\.csv"):
        Catalogue.load(tmp_path / "nowhere.csv")
    (tmp_path / "latin.csv").write_bytes("id,label\nx,Malmö\n".encode("latin-1"))
    with pytest.raises(InputError, match="UTF-8"):
        Catalogue.load(tmp_path / "latin.csv")


# -- the shipped files -------------------------------------------------------------------------------------------


def test_the_shipped_files_match_their_sources() -> None:
    result = subprocess.run(
        [sys.executable, str(ROOT / "tools" / "build_catalogue.py"), "--check"], capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stdout + result.stderr


def test_the_catalogue_works_without_the_wikidata_rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for path in (ROOT / "kg" / "data" / "catalogue").glob("*.json"):
        if not path.stem.endswith("-wikidata"):
            (tmp_path / path.name).write_bytes(path.read_bytes())
    monkeypatch.setattr("kg.link.catalogue._DATA", tmp_path)
    catalogue = Catalogue.load()
    assert catalogue.actor(catalogue.office_holders("state/TUR", "head_of_state", "2024-01-01")[0].person).label == "Recep Tayyip Erdoğan"


def test_the_shipped_files_are_small() -> None:
    assert sum(path.stat().st_size for path in (ROOT / "kg" / "data" / "catalogue").iterdir()) < 5_000_000


def test_the_catalogue_opens_fast() -> None:
    """95 ms of processor time when this was written; the bound leaves room for slow and busy machines."""
    times = []
    for _ in range(3):
        start = time.process_time()
        Catalogue.load()
        times.append(time.process_time() - start)
    assert min(times) < 0.3
