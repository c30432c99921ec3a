"""kg.graph: the multigraph of statements and the ties they add up to."""

import random

import networkx as nx
import pytest

from kg.graph import sorted_statements, ties, to_graph
from tests.invented_news import actor, invented_news, statement

KESH, MARENIA, PACT = actor("Kesh", iso3="KSH"), actor("Marenia"), actor("Northern Pact", "igo")
ANA = actor("Ana Orren", "person")


def test_nodes_carry_label_kind_and_iso3_and_edges_the_statement() -> None:
    graph = to_graph([statement(KESH, "AID", MARENIA, number=7, speaker=PACT, when="2024-03")])
    assert graph.nodes[KESH.id] == {"label": "Kesh", "kind": "state", "iso3": "KSH"}
    assert graph.nodes[MARENIA.id]["iso3"] is None
    assert graph.edges[KESH.id, MARENIA.id, "https://w3id.org/geopolitical-kg/statement/000007"] == {
        "relation": "AID",
        "quad": "material cooperation",
        "score": 7.4,
        "status": "asserted",
        "confidence": 0.8,
        "when": "2024-03",
        "document": "https://example.org/article/1",
        "speaker": PACT.id,
    }


def test_parallel_statements_stay_apart_and_a_repeated_one_counts_once() -> None:
    twice = [statement(KESH, "AID", MARENIA, number=1), statement(KESH, "CONSULT", MARENIA, number=2)]
    assert to_graph(twice + twice[:1]).number_of_edges(KESH.id, MARENIA.id) == 2


def test_statement_without_target_is_a_node_and_no_edge() -> None:
    graph = to_graph([statement(KESH, "THREATEN", None)])
    assert list(graph.nodes) == [KESH.id]
    assert graph.number_of_edges() == 0
    assert ties([statement(KESH, "THREATEN", None)]) == []


def test_persons_stand_for_themselves_unless_rolled_up() -> None:
    said = [statement(ANA, "ACCUSE", MARENIA, affiliation=KESH)]
    assert set(to_graph(said)) == {ANA.id, MARENIA.id}
    rolled = to_graph(said, roll_up=True)
    assert set(rolled) == {KESH.id, MARENIA.id}
    assert rolled.has_edge(KESH.id, MARENIA.id)
    assert [(tie.source, tie.target) for tie in ties(said, roll_up=True)] == [(KESH.id, MARENIA.id)]


def test_only_persons_are_rolled_up() -> None:
    ministry = actor("Ministry of Grain", "organ")
    assert ministry.id in to_graph([statement(ministry, "AID", MARENIA, affiliation=KESH)], roll_up=True)


def test_a_minister_about_the_own_state_is_no_tie_of_the_state_with_itself() -> None:
    graph = to_graph([statement(ANA, "SUPPORT", KESH, affiliation=KESH)], roll_up=True)
    assert list(graph.nodes) == [KESH.id]
    assert graph.number_of_edges() == 0


def test_order_of_input_does_not_matter() -> None:
    statements, _ = invented_news(12, 60)
    shuffled = random.Random(1).sample(statements, len(statements))
    assert sorted_statements(statements) == sorted_statements(shuffled)
    assert ties(statements) == ties(shuffled)
    assert list(to_graph(statements).edges(keys=True)) == list(to_graph(shuffled).edges(keys=True))
    assert nx.utils.graphs_equal(to_graph(statements), to_graph(shuffled))


def test_count_score_and_statements_of_a_tie() -> None:
    reports = [
        statement(KESH, "AID", MARENIA, number=number, document=f"https://example.org/{number}", confidence=0.5) for number in (2, 1)
    ]
    (tie,) = ties(reports)
    assert (tie.source, tie.target, tie.relation, tie.status) == (KESH.id, MARENIA.id, "AID", "asserted")
    assert tie.count == 2
    assert tie.score == pytest.approx(14.8)
    assert tie.confidence == pytest.approx(0.75)
    assert tie.statements == tuple(sorted(report.id for report in reports))


def test_sentences_of_one_document_are_not_independent() -> None:
    reports = [statement(KESH, "AID", MARENIA, number=number, confidence=confidence) for number, confidence in ((1, 0.5), (2, 0.6))]
    assert ties(reports)[0].confidence == pytest.approx(0.6)


def test_what_is_not_asserted_is_apart_and_no_act() -> None:
    reports = [statement(KESH, "ASSAULT", MARENIA, number=1)]
    reports += [
        statement(KESH, "ASSAULT", MARENIA, number=number, status=status)
        for number, status in enumerate(("negated", "requested", "planned", "possible"), 2)
    ]
    found = {tie.status: tie for tie in ties(reports)}
    assert set(found) == {"asserted", "negated", "requested", "planned", "possible"}
    assert found["asserted"].score == pytest.approx(-9.3)
    assert [(tie.count, tie.score) for status, tie in found.items() if status != "asserted"] == [(1, 0.0)] * 4


def test_standing_relations_have_no_score() -> None:
    assert ties([statement(KESH, "ALLY", MARENIA)])[0].score == 0.0


@pytest.mark.parametrize(("by", "names"), [("relation", ["CONSULT", "SUPPORT"]), ("quad", ["verbal cooperation"]), ("pair", [""])])
def test_grouping(by, names) -> None:
    reports = [statement(KESH, "CONSULT", MARENIA, number=1), statement(KESH, "SUPPORT", MARENIA, number=2)]
    assert [tie.relation for tie in ties(reports, by=by)] == names


def test_direction_is_kept() -> None:
    assert len(ties([statement(KESH, "AID", MARENIA, number=1), statement(MARENIA, "AID", KESH, number=2)])) == 2


def test_counts_add_up_to_the_statements() -> None:
    statements, _ = invented_news(20, 200)
    for by in ("relation", "quad", "pair"):
        assert sum(tie.count for tie in ties(statements, by=by)) == 200


def test_nothing_gives_nothing() -> None:
    assert len(to_graph([])) == 0
    assert ties([]) == []
