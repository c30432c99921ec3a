"""Acts with their ends: objects, slots, particles, light verbs, nouns, adjectives, places, joint and anaphoric parties."""

from __future__ import annotations

import pytest

from tests.parsed import found, lexicon_of

LEXICON = lexicon_of(
    """
    attack,VERB,,,obj,ASSAULT,
    bomb,VERB,,,obj,ASSAULT,
    attack,NOUN,,,on|against,ASSAULT,
    strike,NOUN,,,on|against,ASSAULT,
    invasion,NOUN,,,of,ASSAULT,
    war,NOUN,,trade,with,SANCTION,
    cease-fire,NOUN,,,with|between,CONCEDE,reciprocal
    thank,VERB,,,obj,SUPPORT,
    condemn,VERB,,,obj,ACCUSE,
    denounce,VERB,,,obj,ACCUSE,
    lift,VERB,,ban|sanction,on|against,CONCEDE,
    agree,VERB,on,pact,with,AGREE,reciprocal
    pull,VERB,out,,of|from,RETREAT,
    pull,VERB,,,to,SUPPORT,weak
    tell,VERB,,,obj|iobj,REQUEST,weak|inner-requested
    demand,VERB,,,of|from,REQUEST,inner-requested
    admit,VERB,,,to,MEMBER,patient
    come,VERB,,,from,ASSAULT,swap
    mass,VERB,,,near|against,MOBILIZE,
    meet,VERB,,,obj|with,CONSULT,reciprocal
    travel,VERB,,,to,CONSULT,person
    visit,NOUN,,,to,CONSULT,
    talk,NOUN,,,with|between,CONSULT,reciprocal
    give,VERB,,aid,iobj|to,AID,
    support,NOUN,,,to|for,SUPPORT,
    criticism,NOUN,,,from,ACCUSE,swap
    hostile,ADJ,,,to,RIVAL,reciprocal
    dispute,NOUN,,,with|between,RIVAL,reciprocal
    member,NOUN,,,of,MEMBER,
    ally,NOUN,,,of|to|poss,ALLY,
    president,NOUN,,,of,OFFICE,
    threaten,VERB,,,obj,THREATEN,
    """,
    light="launch carry give draw",
)

HAD = "was/VBD/cop>7 brief/JJ/root>0"
VERBS = [
    ("object", "Peru/NNP/nsubj>2 attacked/VBD/root>0 Chile/NNP/obj>2", ["Peru ASSAULT Chile"]),
    ("passive", "Peru/NNP/nsubj:pass>3 was/VBD/aux:pass>3 attacked/VBN/root>0 by/IN/case>5 Chile/NNP/obl:agent>3", ["Chile ASSAULT Peru"]),
    ("passive without agent", "Peru/NNP/nsubj:pass>3 was/VBD/aux:pass>3 attacked/VBN/root>0", []),
    ("nobody acts on himself", "Peru/NNP/nsubj>2 attacked/VBD/root>0 itself/PRP/obj>2", []),
    (
        "several on either side",
        "Peru/NNP/nsubj>4 and/CC/cc>3 Mali/NNP/conj>1 attacked/VBD/root>0 Chile/NNP/obj>4 and/CC/cc>7 Chad/NNP/conj>5",
        ["Peru&Mali ASSAULT Chile&Chad"],
    ),
    (
        "object noun chooses the row, the slot its target",
        "Peru/NNP/nsubj>2 lifted/VBD/root>0 its/PRP$/nmod:poss>4 ban/NN/obj>2 on/IN/case>7 Chilean/JJ/amod>7 wine/NN/nmod>4",
        ["Peru CONCEDE Chile"],
    ),
    (
        "slot under a relative clause of the object",
        "Peru/NNP/nsubj>2 lifted/VBD/root>0 sanctions/NNS/obj>2 that/WDT/obj>6 it/PRP/nsubj>6 imposed/VBD/acl:relcl>3"
        " on/IN/case>8 Oman/NNP/obl>6",
        ["Peru CONCEDE Oman"],
    ),
    (
        "owner in front of the object",
        "Peru/NNP/nsubj>2 lifted/VBD/root>0 a/DT/det>5 Chilean/JJ/amod>5 ban/NN/obj>2",
        ["Peru CONCEDE Chile"],
    ),
    ("other objects fit no row", "Peru/NNP/nsubj>2 lifted/VBD/root>0 a/DT/det>4 box/NN/obj>2 against/IN/case>6 Chile/NNP/obl>2", []),
    (
        "particle",
        "Peru/NNP/nsubj>2 pulled/VBD/root>0 out/RP/compound:prt>2 of/IN/case>5 Chile/NNP/obl>2",
        ["Peru RETREAT Chile"],
    ),
    (
        "prepositional complement with its noun",
        "Peru/NNP/nsubj>2 agreed/VBD/root>0 on/IN/case>5 a/DT/det>5 pact/NN/obl>2 with/IN/case>7 Chile/NNP/nmod>5",
        ["Peru AGREE Chile"],
    ),
    (
        "recipient",
        "Peru/NNP/nsubj>2 gave/VBD/root>0 Chile/NNP/iobj>2 aid/NN/obj>2",
        ["Peru AID Chile"],
    ),
    (
        "told to asks",
        "Peru/NNP/nsubj>2 told/VBD/root>0 Chile/NNP/obj>2 to/TO/mark>5 leave/VB/xcomp>2",
        ["Peru REQUEST Chile"],
    ),
    ("told that informs", "Peru/NNP/nsubj>2 told/VBD/root>0 Chile/NNP/obj>2 that/IN/mark>6 it/PRP/nsubj>6 left/VBD/ccomp>2", []),
    (
        "who is to do what is demanded",
        "Peru/NNP/nsubj>2 demanded/VBD/root>0 that/IN/mark>5 Chile/NNP/nsubj>5 leave/VB/ccomp>2",
        ["Peru REQUEST Chile"],
    ),
    (
        "swap: the subject suffers",
        "Peru/NNP/nsubj>2 came/VBD/root>0 under/IN/case>4 fire/NN/obl>2 from/IN/case>6 Chile/NNP/obl>2",
        ["Chile ASSAULT Peru"],
    ),
    (
        "patient: the passive subject is the source",
        "Chile/NNP/nsubj:pass>3 was/VBD/aux:pass>3 admitted/VBN/root>0 to/TO/case>5 NATO/NNP/obl>3",
        ["Chile MEMBER NATO"],
    ),
    (
        "one is no member of a state",
        "Chile/NNP/nsubj:pass>3 was/VBD/aux:pass>3 admitted/VBN/root>0 to/TO/case>5 Peru/NNP/obl>3",
        [],
    ),
    (
        "troops that are massed",
        "Chilean/JJ/amod>2 troops/NNS/nsubj:pass>4 were/VBD/aux:pass>4 massed/VBN/root>0 near/IN/case>6 Peru/NNP/obl>4",
        ["Chile MOBILIZE Peru"],
    ),
    ("reciprocal with an object", "Peru/NNP/nsubj>2 met/VBD/root>0 Chile/NNP/obj>2", ["Peru CONSULT Chile"]),
    (
        "reciprocal of a joint subject",
        "Peru/NNP/nsubj>4 and/CC/cc>3 Chile/NNP/conj>1 met/VBD/root>0",
        ["Peru&Chile CONSULT Peru&Chile mutual"],
    ),
    (
        "each other",
        "Peru/NNP/nsubj>4 and/CC/cc>3 Chile/NNP/conj>1 attacked/VBD/root>0 each/DT/det>6 other/JJ/obj>4",
        ["Peru&Chile ASSAULT Peru&Chile mutual"],
    ),
    (
        "together with",
        "Peru/NNP/nsubj>2 met/VBD/root>0 Chile/NNP/obj>2 alongside/IN/case>5 Mali/NNP/obl>2",
        ["Peru&Mali CONSULT Chile"],
    ),
    ("things act in deeds", "Chilean/JJ/amod>2 jets/NNS/nsubj>3 attacked/VBD/root>0 Peru/NNP/obj>3", ["Chile ASSAULT Peru"]),
    ("things do not speak", "Chilean/JJ/amod>2 exports/NNS/nsubj>3 thanked/VBD/root>0 Peru/NNP/obj>3", []),
    ("statements do", "Chilean/JJ/amod>2 statements/NNS/nsubj>3 thanked/VBD/root>0 Peru/NNP/obj>3", ["Chile SUPPORT Peru"]),
    ("states do not travel", "Chad/NNP/nsubj>2 travelled/VBD/root>0 to/IN/case>4 Mali/NNP/obl>2", []),
    (
        "delegations do",
        "A/DT/det>3 Chadian/JJ/amod>3 delegation/NN/nsubj>4 travelled/VBD/root>0 to/IN/case>6 Mali/NNP/obl>4",
        ["Chad CONSULT Mali"],
    ),
    (
        "a town stands for its state in an attack",
        "Peru/NNP/nsubj>2 bombed/VBD/root>0 a/DT/det>5 Chilean/JJ/amod>5 town/NN/obj>2",
        ["Peru ASSAULT Chile"],
    ),
    (
        "a thing of someone is about someone",
        "Peru/NNP/nsubj>2 condemned/VBD/root>0 the/DT/det>4 exports/NNS/obj>2 of/IN/case>6 Chile/NNP/nmod>4",
        ["Peru ACCUSE Chile"],
    ),
    (
        "one does not meet someone's exports",
        "Peru/NNP/nsubj>2 met/VBD/root>0 the/DT/det>4 exports/NNS/obj>2 of/IN/case>6 Chile/NNP/nmod>4",
        [],
    ),
    (
        "a border is where its other side is",
        "Peru/NNP/nsubj>2 threatened/VBD/root>0 its/PRP$/nmod:poss>4 border/NN/obj>2 with/IN/case>6 Chile/NNP/nmod>4",
        ["Peru THREATEN Chile"],
    ),
    (
        "relative clause",
        "Peru/NNP/nsubj>2 condemned/VBD/root>0 Chile/NNP/obj>2 which/WDT/nsubj>5 attacked/VBD/acl:relcl>3 Mali/NNP/obj>5",
        ["Peru ACCUSE Chile", "Chile ASSAULT Mali"],
    ),
]


@pytest.mark.parametrize(("text", "events"), [pytest.param(text, events, id=name) for name, text, events in VERBS])
def test_verbs(text: str, events: list[str]) -> None:
    assert found(text, LEXICON) == events


@pytest.mark.parametrize(
    ("text", "events"),
    [
        pytest.param(
            "Peru/NNP/nsubj>2 carried/VBD/root>0 out/RP/compound:prt>2 an/DT/det>5 attack/NN/obj>2 on/IN/case>7 Chile/NNP/nmod>5",
            ["Peru ASSAULT Chile"],
            id="target under the noun",
        ),
        pytest.param(
            "Peru/NNP/nsubj>2 gave/VBD/root>0 support/NN/obj>2 to/IN/case>5 Chile/NNP/obl>2",
            ["Peru SUPPORT Chile"],
            id="target under the verb",
        ),
        pytest.param(
            "Peru/NNP/nsubj>2 gave/VBD/root>0 Chile/NNP/iobj>2 support/NN/obj>2", ["Peru SUPPORT Chile"], id="target as recipient"
        ),
        pytest.param(
            "Peru/NNP/nsubj>2 launched/VBD/root>0 a/DT/det>4 series/NN/obj>2 of/IN/case>6 strikes/NNS/nmod>4 on/IN/case>8 Chile/NNP/nmod>6",
            ["Peru ASSAULT Chile"],
            id="a series of",
        ),
        pytest.param(
            "Peru/NNP/nsubj>4 and/CC/cc>3 Chile/NNP/conj>1 launched/VBD/root>0 talks/NNS/obj>4",
            ["Peru&Chile CONSULT Peru&Chile mutual"],
            id="joint subject",
        ),
        pytest.param(
            "Peru/NNP/nsubj>2 praised/VBD/root>0 support/NN/obj>2 to/IN/case>5 Chile/NNP/obl>2", [], id="a verb that is not light"
        ),
    ],
)
def test_light_verbs(text: str, events: list[str]) -> None:
    assert found(text, LEXICON) == events


PERUS_ATTACK = "Peru/NNP/nmod:poss>3 's/POS/case>1 attack/NN/nsubj>7 on/IN/case>5 Chile/NNP/nmod>3"
NOUNS = [
    ("owner", f"{PERUS_ATTACK} was/VBD/cop>7 brief/JJ/root>0", ["Peru ASSAULT Chile"]),
    ("of", "The/DT/det>2 attack/NN/root>0 of/IN/case>4 Peru/NNP/nmod>2 on/IN/case>6 Chile/NNP/nmod>2", ["Peru ASSAULT Chile"]),
    ("by", "An/DT/det>2 attack/NN/root>0 on/IN/case>4 Chile/NNP/nmod>2 by/IN/case>6 Peru/NNP/nmod>2", ["Peru ASSAULT Chile"]),
    (
        "of names who suffers, by who acts",
        "An/DT/det>2 invasion/NN/root>0 of/IN/case>4 Chile/NNP/nmod>2 by/IN/case>6 Peru/NNP/nmod>2",
        ["Peru ASSAULT Chile"],
    ),
    (
        "target hung on who acts",
        "An/DT/det>2 attack/NN/root>0 by/IN/case>4 Peru/NNP/nmod>2 on/IN/case>6 Chile/NNP/nmod>4",
        ["Peru ASSAULT Chile"],
    ),
    ("modifier", "The/DT/det>3 Peruvian/JJ/amod>3 attack/NN/root>0 on/IN/case>5 Chile/NNP/nmod>3", ["Peru ASSAULT Chile"]),
    (
        "between",
        "Talks/NNS/nsubj>6 between/IN/case>3 Peru/NNP/nmod>1 and/CC/cc>5 Chile/NNP/conj>3 began/VBD/root>0",
        ["Peru&Chile CONSULT Peru&Chile mutual"],
    ),
    (
        "premodifier as object of the row",
        "Mali/NNP/nmod:poss>4 's/POS/case>1 trade/NN/compound>4 war/NN/root>0 with/IN/case>6 Peru/NNP/nmod>4",
        ["Mali SANCTION Peru"],
    ),
    ("a row with an object needs it", "Mali/NNP/nmod:poss>3 's/POS/case>1 war/NN/root>0 with/IN/case>5 Peru/NNP/nmod>3", []),
    (
        "a noun split at its hyphen",
        "Mali/NNP/nmod:poss>5 's/POS/case>1 cease/NN/compound>5 -/HYPH/punct>3 fire/NN/root>0 with/IN/case>7 Peru/NNP/nmod>5",
        ["Mali CONCEDE Peru"],
    ),
    ("swap", "Malian/JJ/amod>2 criticism/NN/root>0 from/IN/case>4 Peru/NNP/nmod>2", ["Peru ACCUSE Mali"]),
    (
        "rivals are so both ways",
        "Peru/NNP/nmod:poss>3 's/POS/case>1 dispute/NN/root>0 with/IN/case>5 Chile/NNP/nmod>3",
        ["Peru RIVAL Chile mutual"],
    ),
    (
        "who is blamed for it did it",
        "Peru/NNP/nsubj>2 condemned/VBD/root>0 Chile/NNP/obj>2 for/IN/case>6 the/DT/det>6 attack/NN/obl>2 on/IN/case>8 Mali/NNP/nmod>6",
        ["Peru ACCUSE Chile", "Chile ASSAULT Mali"],
    ),
    (
        "its attack, after a verb of blame",
        "Peru/NNP/nsubj>2 condemned/VBD/root>0 Chile/NNP/obj>2 over/IN/case>6 its/PRP$/nmod:poss>6 attack/NN/obl>2"
        " on/IN/case>8 Mali/NNP/nmod>6",
        ["Peru ACCUSE Chile", "Chile ASSAULT Mali"],
    ),
    (
        "condemning an act is about who did it",
        "Peru/NNP/nsubj>2 condemned/VBD/root>0 Chile/NNP/nmod:poss>5 's/POS/case>3 attack/NN/obj>2 on/IN/case>7 Mali/NNP/nmod>5",
        ["Peru ACCUSE Chile", "Chile ASSAULT Mali"],
    ),
    (
        "condemning an invasion of someone is about who did it",
        "Peru/NNP/nsubj>2 condemned/VBD/root>0 Chile/NNP/nmod:poss>5 's/POS/case>3 invasion/NN/obj>2 of/IN/case>7 Mali/NNP/nmod>5",
        ["Peru ACCUSE Chile", "Chile ASSAULT Mali"],
    ),
    (
        "the subject of what an act explains",
        "Oman/NNP/nsubj:pass>3 was/VBD/aux:pass>3 divided/VBN/root>0 after/IN/case>7 Qatar/NNP/nmod:poss>7 's/POS/case>5 invasion/NN/obl>3",
        ["Qatar ASSAULT Oman"],
    ),
    ("no source", "An/DT/det>2 attack/NN/root>0 on/IN/case>4 Chile/NNP/nmod>2", []),
]


@pytest.mark.parametrize(("text", "events"), [pytest.param(text, events, id=name) for name, text, events in NOUNS])
def test_nouns(text: str, events: list[str]) -> None:
    assert found(text, LEXICON) == events


@pytest.mark.parametrize(
    ("text", "events"),
    [
        pytest.param(
            "Peru/NNP/nsubj>4 is/VBZ/cop>4 a/DT/det>4 member/NN/root>0 of/IN/case>6 NATO/NNP/nmod>4", ["Peru MEMBER NATO"], id="copula"
        ),
        pytest.param(
            "Peru/NNP/nsubj>2 remained/VBD/root>0 an/DT/det>4 ally/NN/xcomp>2 of/IN/case>6 Chile/NNP/nmod>4",
            ["Peru ALLY Chile"],
            id="remained",
        ),
        pytest.param(
            "Peru/NNP/nsubj>5 and/CC/cc>3 Chile/NNP/conj>1 are/VBP/cop>5 allies/NNS/root>0",
            ["Peru&Chile ALLY Peru&Chile mutual"],
            id="joint",
        ),
        pytest.param("Peru/NNP/nsubj>5 is/VBZ/cop>5 Chile/NNP/nmod:poss>5 's/POS/case>3 ally/NN/root>0", ["Peru ALLY Chile"], id="owner"),
        pytest.param(
            "Togo/NNP/nsubj>8 ,/,/punct>4 a/DT/det>4 member/NN/appos>1 of/IN/case>6 NATO/NNP/nmod>4 ,/,/punct>4 left/VBD/root>0",
            ["Togo MEMBER NATO"],
            id="apposition",
        ),
        pytest.param(
            "Togo/NNP/nsubj>8 ,/,/punct>3 one/CD/appos>1 of/IN/case>7 Chad/NNP/nmod:poss>7 's/POS/case>5 allies/NNS/nmod>3 left/VBD/root>0",
            ["Togo ALLY Chad"],
            id="one of its allies",
        ),
        pytest.param(
            "Members/NNS/nsubj>4 of/IN/case>3 NATO/NNP/nmod>1 met/VBD/root>0 Peru/NNP/obj>4", ["NATO CONSULT Peru"], id="not predicated"
        ),
        pytest.param(
            "Peru/NNP/nsubj>3 is/VBZ/cop>3 hostile/JJ/root>0 to/IN/case>5 Chile/NNP/obl>3", ["Peru RIVAL Chile mutual"], id="adjective"
        ),
        pytest.param(
            "Peru/NNP/nsubj>5 and/CC/cc>3 Chile/NNP/conj>1 are/VBP/cop>5 hostile/JJ/root>0",
            ["Peru&Chile RIVAL Peru&Chile mutual"],
            id="adjective of both",
        ),
    ],
)
def test_predicated_nouns_and_adjectives(text: str, events: list[str]) -> None:
    assert found(text, LEXICON) == events


def macron(text: str) -> list[str]:
    return found(text, LEXICON, names=[(0, 1, "PER")])


@pytest.mark.parametrize(
    "text",
    [
        "Macron/NNP/nsubj:pass>3 was/VBD/aux:pass>3 elected/VBN/root>0 president/NN/xcomp>3 of/IN/case>6 France/NNP/nmod>4",
        "Macron/NNP/nsubj>2 took/VBD/root>0 office/NN/obj>2 as/IN/case>5 president/NN/obl>2 of/IN/case>7 France/NNP/nmod>5",
    ],
)
def test_offices(text: str) -> None:
    assert macron(text) == ["Emmanuel Macron OFFICE France"]


def test_persons_travel() -> None:
    assert macron("Macron/NNP/nsubj>2 travelled/VBD/root>0 to/IN/case>4 Mali/NNP/obl>2") == ["Emmanuel Macron CONSULT Mali"]


def test_on_a_visit_the_subject_visits() -> None:
    text = "On/IN/case>3 a/DT/det>3 visit/NN/obl>7 to/IN/case>5 Mali/NNP/nmod>3 Macron/NNP/nsubj>7 thanked/VBD/root>0 Chad/NNP/obj>7"
    assert found(text, LEXICON, names=[(5, 6, "PER")]) == ["Emmanuel Macron CONSULT Mali", "Emmanuel Macron SUPPORT Chad"]


def test_they_after_a_joint_act_are_all_of_them() -> None:
    text = "Peru/NNP/nsubj>4 and/CC/cc>3 Chile/NNP/conj>1 met/VBD/root>0 and/CC/cc>7 they/PRP/nsubj>7 thanked/VBD/conj>4 Niger/NNP/obj>7"
    assert found(text, LEXICON)[-1] in ("Peru&Chile SUPPORT Niger", "Peru SUPPORT Niger")


def test_both_sides_after_a_joint_act() -> None:
    text = "Peru/NNP/nsubj>2 met/VBD/root>0 Chile/NNP/obj>2 and/CC/cc>7 both/DT/det>6 sides/NNS/nsubj>7 thanked/VBD/conj>2 Niger/NNP/obj>7"
    assert found(text, LEXICON) == ["Peru CONSULT Chile", "Peru&Chile SUPPORT Niger"]


def test_the_attack_is_the_one_reported_before() -> None:
    text = "Peru/NNP/nsubj>2 attacked/VBD/root>0 Chile/NNP/obj>2 Mali/NNP/nsubj>5 denounced/VBD/conj>2 the/DT/det>7 attack/NN/obj>5"
    assert found(text, LEXICON) == ["Peru ASSAULT Chile", "Mali ACCUSE Peru"]


def test_an_attack_may_be_any() -> None:
    text = "Peru/NNP/nsubj>2 attacked/VBD/root>0 Chile/NNP/obj>2 Mali/NNP/nsubj>5 denounced/VBD/conj>2 an/DT/det>7 attack/NN/obj>5"
    assert found(text, LEXICON) == ["Peru ASSAULT Chile"]
