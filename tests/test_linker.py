"""The linker: phrases alone (cases/resolve.jsonl, our own words) and mentions of documents with memory and syntax."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest

from kg.link import Catalogue, Linker
from kg.model import Link, Mention, Span

CASES = [json.loads(line) for line in (Path(__file__).parent / "cases" / "resolve.jsonl").read_text(encoding="utf-8").splitlines()]
FLOOR = 0.97


@pytest.fixture(scope="module")
def linker() -> Linker:
    return Linker(Catalogue.load())


def label(link: Link) -> str | None:
    return link.actor.label if link.actor else None


def side(link: Link) -> str | None:
    return link.affiliation.label if link.affiliation else None


def is_right(case: dict[str, object], link: Link) -> bool:
    if case["actor"] == "not a state":
        return link.actor is None or link.actor.kind not in ("state", "territory", "igo")
    wanted = {"actor": label(link), "affiliation": side(link), "role": link.role, "agent": link.agent, "local": link.local}
    return all(wanted[name] == case[name] for name in wanted if name in case)


# -- phrases alone -----------------------------------------------------------------------------------------------


def test_phrases_alone_by_kind(linker: Linker) -> None:
    total: Counter[str] = Counter()
    right: Counter[str] = Counter()
    wrong = []
    for case in CASES:
        link = linker.resolve(case["text"], date=case["date"])
        total[case["kind"]] += 1
        right[case["kind"]] += is_right(case, link)
        if not is_right(case, link):
            wrong.append(f"{case['id']} {case['text']!r} -> {label(link)} @ {side(link)} ({link.rule}: {link.reason})")
    print("\n" + "\n".join(f"{kind:10} {right[kind]:3} of {total[kind]:3}" for kind in total))
    assert len(CASES) >= 150
    assert sum(right.values()) / sum(total.values()) >= FLOOR, "\n".join(wrong)
    assert all(right[kind] / total[kind] >= 0.85 for kind in total), "\n".join(wrong)


def test_every_link_gives_its_rule_and_reason(linker: Linker) -> None:
    for case in CASES:
        link = linker.resolve(case["text"], date=case["date"])
        assert link.rule
        assert link.reason
        assert 0.0 <= link.score <= 1.0
        assert (link.actor is not None) == (link.score > 0)


def test_linking_is_deterministic() -> None:
    first, second = Linker(Catalogue.load()), Linker(Catalogue.load())
    for case in CASES:
        assert first.resolve(case["text"], date=case["date"]) == second.resolve(case["text"], date=case["date"])


def test_without_a_date_the_latest_office_counts(linker: Linker) -> None:
    assert side(linker.resolve("Kaja Kallas", date=None)) == "European Union"
    assert label(linker.resolve("the NATO chief", date=None)) == "Mark Rutte"


def test_old_knowledge_makes_an_agent_not_a_holder(linker: Linker) -> None:
    link = linker.resolve("the Russian foreign minister", date="2034-05-01")
    assert (label(link), link.role, link.agent) == ("Russia", "foreign minister", True)


@pytest.mark.parametrize("surname", ["Khan", "Lee", "Smith", "Brown", "Park", "Kim", "May", "Cooper"])
def test_a_common_surname_alone_is_nobody(linker: Linker, surname: str) -> None:
    assert linker.resolve(surname, date="2024-01-01").actor is None


@pytest.mark.parametrize(
    ("text", "date", "actor"),
    [
        ("May", "2018-01-01", "Theresa May"),
        ("Putin", "2018-01-01", "Vladimir Putin"),
        ("Kallas", "2023-01-01", "Kaja Kallas"),
        ("Kallas", "2018-01-01", None),
        ("Guterres", "2018-01-01", "António Guterres"),
    ],
)
def test_a_surname_that_the_recogniser_calls_a_person(linker: Linker, text: str, date: str, actor: str | None) -> None:
    (link,) = link_all(linker, Text().mention(text, kind="PER", name=text), date=date)
    assert label(link) == actor


def test_an_unknown_profile_is_refused() -> None:
    with pytest.raises(ValueError, match="profile"):
        Linker(Catalogue.load(), profile="bold")


@pytest.mark.parametrize("text", ["", " ", ".", "the", "'s", "of", "and", "«»", "a" * 5000, "of of of", "the the", "(", "12 345", "——"])
def test_odd_phrases_link_to_nobody(linker: Linker, text: str) -> None:
    assert linker.resolve(text, date="2024-01-01").actor is None


# -- documents ---------------------------------------------------------------------------------------------------


@dataclass
class Text:
    """A document made of mentions; offsets run on."""

    at: int = 0

    def mention(
        self,
        text: str,
        sentence: int = 0,
        role: str = "nsubj",
        preposition: str = "",
        governor: str = "say",
        name: str = "",
        kind: str = "",
    ) -> Mention:
        begin = self.at
        self.at += len(text) + 1
        start = begin + text.index(name) if name else begin
        span = Span(start, start + len(name)) if name else None
        return Mention(Span(begin, begin + len(text)), text, text.split()[-1].lower(), span, kind, role, preposition, governor, sentence)


def link_all(linker: Linker, *mentions: Mention, date: str = "2024-05-20") -> list[Link]:
    return linker.link(mentions, date=date)


@pytest.mark.parametrize(
    ("text", "role", "preposition", "governor", "actor"),
    [
        ("Ankara", "nsubj", "", "warn", "Turkey"),
        ("Ankara", "obj", "", "criticise", "Turkey"),
        ("Ankara", "obl:agent", "by", "condemn", "Turkey"),
        ("Ankara", "obl", "against", "protest", "Turkey"),
        ("Ankara", "obl", "with", "talk", "Turkey"),
        ("Ankara", "nmod:poss", "'s", "decision", "Turkey"),
        ("Ankara", "obl", "in", "meet", "Ankara"),
        ("Ankara", "nmod", "near", "base", "Ankara"),
        ("Ankara", "nmod", "of", "mayor", "Ankara"),
        ("Ankara", "nmod", "of", "government", "Turkey"),
        ("Canberra", "nsubj", "", "lie", "Canberra"),
        ("Kiev", "obl", "in", "meet", "Kiev"),
        ("Washington", "nsubj", "", "impose", "United States"),
        ("the Kremlin", "nsubj", "", "deny", "Russia"),
        ("Brussels", "nsubj", "", "propose", "European Union"),
        ("Brussels", "obl", "in", "gather", "Brussels"),
        ("Istanbul", "nsubj", "", "host", "Istanbul"),
    ],
)
def test_a_capital_is_a_state_or_a_place_by_its_syntax(
    linker: Linker, text: str, role: str, preposition: str, governor: str, actor: str
) -> None:
    (link,) = link_all(linker, Text().mention(text, role=role, preposition=preposition, governor=governor))
    assert label(link) == actor
    assert link.agent == (actor not in ("Ankara", "Canberra", "Kiev", "Brussels", "Istanbul"))


def test_a_surname_after_the_full_name(linker: Linker) -> None:
    text = Text()
    links = link_all(
        linker,
        text.mention("Greek analyst Nikos Karadis", kind="PER", name="Nikos Karadis"),
        text.mention("Karadis", 1, kind="PER", name="Karadis"),
        text.mention("Mr Karadis", 2, kind="PER", name="Karadis"),
    )
    assert {link.actor.id for link in links if link.actor} == {"https://w3id.org/geopolitical-kg/actor/local/nikos-karadis"}
    assert [side(link) for link in links] == ["Greece"] * 3
    assert all(link.local for link in links)


def test_a_surname_after_the_full_name_beats_the_office_holder(linker: Linker) -> None:
    text = Text()
    links = link_all(
        linker,
        text.mention("Irish novelist Fiona Trump", kind="PER", name="Fiona Trump"),
        text.mention("Trump", 1, kind="PER", name="Trump"),
        date="2025-03-01",
    )
    assert [label(link) for link in links] == ["Fiona Trump", "Fiona Trump"]


def test_a_person_speaks_for_the_office_of_the_day(linker: Linker) -> None:
    for date, who in (("2023-05-01", "Netherlands"), ("2025-05-01", "NATO")):
        (link,) = link_all(linker, Text().mention("Mark Rutte", kind="PER", name="Mark Rutte"), date=date)
        assert (label(link), side(link)) == ("Mark Rutte", who)


def test_an_acronym_that_the_text_introduces(linker: Linker) -> None:
    text = Text()
    links = link_all(
        linker,
        text.mention("Baltic Harbour Workers Union (BHWU)", kind="ORG", name="Baltic Harbour Workers Union"),
        text.mention("BHWU", 1, kind="ORG", name="BHWU"),
    )
    assert links[1].rule == "introduced"
    assert links[0].actor == links[1].actor


def test_an_unknown_organisation_keeps_its_initials(linker: Linker) -> None:
    text = Text()
    links = link_all(
        linker,
        text.mention("Sava Valley Defence Front", kind="ORG", name="Sava Valley Defence Front"),
        text.mention("the SVDF", 1, kind="ORG", name="SVDF"),
    )
    assert links[0].local
    assert links[0].actor == links[1].actor


@pytest.mark.parametrize(
    ("first", "second", "actor"),
    [
        ("Sweden", "the Nordic country", "Sweden"),
        ("the European Union", "the bloc", "European Union"),
        ("ECOWAS", "the bloc", "ECOWAS"),
        ("ASEAN", "the regional bloc", "Association of Southeast Asian Nations"),
        ("NATO", "the alliance", "NATO"),
        ("the CSTO", "the military alliance", "Collective Security Treaty Organization"),
        ("Hamas", "the group", "Hamas"),
        ("Kenya", "the East African nation", "Kenya"),
        ("Jordan", "the kingdom", "Jordan"),
        ("Qatar", "the Gulf state", "Qatar"),
        ("the International Criminal Court", "the court", "International Criminal Court"),
    ],
)
def test_a_description_means_the_last_actor_of_its_kind(linker: Linker, first: str, second: str, actor: str) -> None:
    text = Text()
    links = link_all(
        linker, text.mention(first), text.mention("Vladimir Putin", kind="PER", name="Vladimir Putin"), text.mention(second, 1)
    )
    assert label(links[2]) == actor


def test_a_description_passes_over_what_does_not_fit(linker: Linker) -> None:
    text = Text()
    links = link_all(linker, text.mention("Sweden"), text.mention("Hungary"), text.mention("the Nordic country", 1))
    assert label(links[2]) == "Sweden"
    links = link_all(linker, Text().mention("Hungary"), Text().mention("the Nordic country", 1))
    assert label(links[1]) is None


def test_the_bloc_is_nobody_where_no_bloc_was_named(linker: Linker) -> None:
    text = Text()
    links = link_all(linker, text.mention("Peru"), text.mention("the bloc", 1))
    assert label(links[1]) is None


@pytest.mark.parametrize(
    ("before", "pronoun", "actor"),
    [
        (["Ursula von der Leyen", "Viktor Orbán"], "she", "Ursula von der Leyen"),
        (["Ursula von der Leyen", "Viktor Orbán"], "he", "Viktor Orbán"),
        (["Emmanuel Macron", "Germany"], "he", "Emmanuel Macron"),
        (["Emmanuel Macron", "Germany"], "it", "Germany"),
        (["Emmanuel Macron", "Polish officials"], "they", "Poland"),
        (["Hezbollah", "Lebanon"], "it", "Hezbollah"),
        (["Germany"], "he", None),
        (["Germany"], "we", None),
        ([], "she", None),
    ],
)
def test_pronouns_by_number_and_gender(linker: Linker, before: list[str], pronoun: str, actor: str | None) -> None:
    text = Text()
    mentions = [
        text.mention(name, role="nsubj" if i == 0 else "obj", kind="PER" if name[0] in "UVE" else "", name=name if name[0] in "UVE" else "")
        for i, name in enumerate(before)
    ]
    links = link_all(linker, *mentions, text.mention(pronoun, 1))
    assert label(links[-1]) == actor


def test_a_pronoun_reaches_two_sentences_back(linker: Linker) -> None:
    text = Text()
    far = [text.mention("Emmanuel Macron", 0, kind="PER", name="Emmanuel Macron"), text.mention("he", 4)]
    assert label(link_all(linker, *far)[1]) is None


def test_his_counterpart_holds_the_same_office(linker: Linker) -> None:
    text = Text()
    links = link_all(
        linker,
        text.mention("Turkish Foreign Minister Hakan Fidan", kind="PER", name="Hakan Fidan"),
        text.mention("his Greek counterpart", role="obj"),
        date="2024-05-20",
    )
    assert (label(links[1]), side(links[1])) == ("Giorgos Gerapetritis", "Greece")


def test_the_president_without_an_owner(linker: Linker) -> None:
    text = Text()
    links = link_all(linker, text.mention("Ukraine"), text.mention("the president", 1))
    assert label(links[1]) == "Volodymyr Zelenskyy"
    text = Text()
    links = link_all(
        linker,
        text.mention("French President Emmanuel Macron", kind="PER", name="Emmanuel Macron"),
        text.mention("Ukraine", role="obj"),
        text.mention("the president", 1),
    )
    assert label(links[2]) == "Emmanuel Macron"
    assert label(linker.resolve("the president", date="2024-05-20")) is None


def test_the_government_without_an_owner(linker: Linker) -> None:
    text = Text()
    links = link_all(linker, text.mention("Chile"), text.mention("the government", 1))
    assert (label(links[1]), links[1].role) == ("Chile", "government")


@pytest.mark.parametrize(
    ("text", "name", "kind"),
    [
        ("Chad Smith", "Chad Smith", "PER"),
        ("Jordan", "Jordan", "PER"),
        ("Michael Jordan", "Michael Jordan", "PER"),
    ],
)
def test_a_person_with_the_name_of_a_country_is_no_country(linker: Linker, text: str, name: str, kind: str) -> None:
    (link,) = link_all(linker, Text().mention(text, name=name, kind=kind))
    assert link.actor is None or link.actor.kind == "person"


def test_georgia_is_decided_by_the_document(linker: Linker) -> None:
    text = Text()
    (link,) = link_all(linker, text.mention("Georgia", role="obl", preposition="in", governor="cheer"))
    assert link.actor is None
    assert len(link.candidates) == 2
    text = Text()
    links = link_all(linker, text.mention("the Georgian government"), text.mention("Georgia", 1, role="obl", preposition="in"))
    assert label(links[1]) == "Georgia"
    assert links[1].actor is not None
    assert links[1].actor.kind == "state"


def test_congo_is_the_one_named_before(linker: Linker) -> None:
    text = Text()
    links = link_all(
        linker, text.mention("the Democratic Republic of Congo"), text.mention("Congolese troops", 1), text.mention("Congo", 2)
    )
    assert [label(link) for link in links] == ["Democratic Republic of the Congo"] * 3


def test_a_team_is_no_country(linker: Linker) -> None:
    (link,) = link_all(linker, Text().mention("Jordan", governor="score"))
    assert link.actor is None


def test_a_title_alone_after_the_name(linker: Linker) -> None:
    text = Text()
    links = link_all(
        linker,
        text.mention("NATO Secretary-General Mark Rutte", kind="PER", name="Mark Rutte"),
        text.mention("the secretary-general", 1),
        text.mention("Rutte", 2, kind="PER", name="Rutte"),
        date="2025-03-01",
    )
    assert [label(link) for link in links] == ["Mark Rutte"] * 3
    assert [side(link) for link in links] == ["NATO"] * 3


def test_the_country_of_the_person_named_before(linker: Linker) -> None:
    text = Text()
    links = link_all(
        linker,
        text.mention("French President Emmanuel Macron", kind="PER", name="Emmanuel Macron"),
        text.mention("the country", 1),
        text.mention("the government", 1),
    )
    assert [label(link) for link in links] == ["Emmanuel Macron", "France", "France"]


def test_it_is_not_the_owner_of_a_thing(linker: Linker) -> None:
    text = Text()
    links = link_all(linker, text.mention("Hungary"), text.mention("Belarusian assets", role="obj"), text.mention("it", 1))
    assert label(links[2]) == "Hungary"
    text = Text()
    assert label(link_all(linker, text.mention("Belarusian assets"), text.mention("it", 1))[1]) is None


@pytest.mark.parametrize(
    ("name", "actor", "local"),
    [
        ("Emmanuel J. M. Macron", "Emmanuel Macron", False),
        ("Peter J. Macron", "Peter J. Macron", True),
        ("Emma Macron", "Emma Macron", True),
    ],
)
def test_names_between_first_and_last(linker: Linker, name: str, actor: str, local: bool) -> None:
    (link,) = link_all(linker, Text().mention(name, kind="PER", name=name))
    assert (label(link), link.local) == (actor, local)


def test_a_person_named_by_office_is_known_by_surname_after(linker: Linker) -> None:
    text = Text()
    links = link_all(linker, text.mention("the Turkish foreign minister"), text.mention("Fidan", 1, kind="PER", name="Fidan"))
    assert [label(link) for link in links] == ["Hakan Fidan"] * 2


@pytest.mark.parametrize(
    ("text", "name", "actor"),
    [
        ("President Erdogan", "President Erdogan", "Recep Tayyip Erdoğan"),
        ("Recep Tayyip Erdogan", "Erdogan", "Recep Tayyip Erdoğan"),
        ("Mr. Rutte", "Mr. Rutte", "Mark Rutte"),
        ("Greek shipowner Petros Vallis", "Petros Vallis", "Petros Vallis"),
        ("Ursula von der Leyen", "von der Leyen", "Ursula von der Leyen"),
        ("Turkey's Hakan Fidan", "Hakan Fidan", "Hakan Fidan"),
    ],
)
def test_the_recognisers_span_may_be_too_wide_or_too_narrow(linker: Linker, text: str, name: str, actor: str) -> None:
    (link,) = link_all(linker, Text().mention(text, kind="PER", name=name))
    assert label(link) == actor


@pytest.mark.parametrize(
    ("text", "actor", "kind"),
    [
        ("Turkey's Foreign Ministry", "Turkey", "state"),
        ("Turkish Airlines", "Turkish Airlines", "organisation"),
        ("the European Union", "European Union", "igo"),
        ("NATO Secretary General", "Jens Stoltenberg", "person"),
    ],
)
def test_a_label_of_organisation_is_only_a_hint(linker: Linker, text: str, actor: str, kind: str) -> None:
    (link,) = link_all(linker, Text().mention(text, kind="ORG", name=text.removeprefix("the ")))
    assert link.actor is not None
    assert (label(link), link.actor.kind) == (actor, kind)


def test_documents_do_not_share_memory(linker: Linker) -> None:
    text = Text()
    link_all(linker, text.mention("Swedish painter Anna Berghem", kind="PER", name="Anna Berghem"))
    (link,) = link_all(linker, Text().mention("Berghem", kind="PER", name="Berghem"))
    assert side(link) is None


def test_an_actor_of_the_users_file_speaks_for_its_side(tmp_path: Path) -> None:
    own = tmp_path / "actors.csv"
    own.write_text("id,label,kind,iso3,qid,aliases,side\norg/tidewatch,Tide Watch,organ,,,TW Bureau,state/ISL\n", encoding="utf-8")
    own_linker = Linker(Catalogue.load(own))
    assert side(own_linker.resolve("the TW Bureau", date="2024-01-01")) == "Iceland"
