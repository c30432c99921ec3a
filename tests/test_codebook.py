"""The codebook as values."""

from __future__ import annotations

import doctest
import subprocess
import sys

import pytest

from kg import codebook
from kg.errors import UnknownNameError
from kg.model import Relation

EVENTS = {
    "AGREE", "CONSULT", "SUPPORT", "CONCEDE", "APPEAL", "COOPERATE", "AID", "RETREAT", "REQUEST", "ACCUSE", "REJECT", "THREATEN",
    "PROTEST", "SANCTION", "MOBILIZE", "COERCE", "ASSAULT",
}  # fmt: skip
STANDING = {"MEMBER", "CANDIDATE", "ALLY", "RIVAL", "OFFICE"}


def test_doctests() -> None:
    assert doctest.testmod(codebook).failed == 0


def test_has_the_22_relations() -> None:
    assert set(codebook.RELATIONS) == EVENTS | STANDING
    assert len(codebook.RELATIONS) == 22


@pytest.mark.parametrize("relation", codebook.RELATIONS.values(), ids=lambda relation: relation.code)
def test_rows_are_complete(relation: Relation) -> None:
    assert relation.quad in codebook.quad_classes()
    assert (relation.quad == "standing") == (relation.code in STANDING) == (relation.score is None)
    assert relation.definition.startswith("The source")
    assert relation.example.endswith(".")


@pytest.mark.parametrize("relation", codebook.RELATIONS.values(), ids=lambda relation: relation.code)
def test_score_agrees_with_quad_class(relation: Relation) -> None:
    if relation.score is not None:
        assert (relation.score > 0) == relation.quad.endswith("cooperation")
        assert -10 <= relation.score <= 10


def test_every_cameo_root_that_is_coded_has_one_relation() -> None:
    owner = {code: relation.code for relation in codebook.RELATIONS.values() for code in relation.cameo}
    assert len(owner) == sum(len(relation.cameo) for relation in codebook.RELATIONS.values()), "a CAMEO code stands twice"

    def longest(code: str) -> str:
        return owner[max((known for known in owner if code.startswith(known)), key=len)]

    assert [longest(f"{root:02d}") for root in range(2, 21)] == [
        "APPEAL", "AGREE", "CONSULT", "SUPPORT", "COOPERATE", "AID", "CONCEDE", "ACCUSE", "REQUEST", "ACCUSE", "REJECT", "THREATEN",
        "PROTEST", "MOBILIZE", "SANCTION", "COERCE", "ASSAULT", "ASSAULT", "ASSAULT",
    ]  # fmt: skip
    assert [longest(code) for code in ("0841", "085", "191", "1712", "1711", "0872")] == [
        "RETREAT", "CONCEDE", "COERCE", "ASSAULT", "COERCE", "RETREAT",
    ]  # fmt: skip


def test_an_unknown_code_is_refused_with_near_ones() -> None:
    with pytest.raises(UnknownNameError, match="did you mean SANCTION"):
        codebook.relation("SANCTIONS")
    with pytest.raises(UnknownNameError, match="it has AGREE, APPEAL"):
        codebook.relation("")


def test_rows_cannot_be_changed() -> None:
    with pytest.raises(TypeError):
        codebook.RELATIONS["NEW"] = codebook.relation("AID")  # type: ignore[index]


def test_importing_needs_no_rdf_library() -> None:
    code = "import sys, kg.codebook; assert 'rdflib' not in sys.modules"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
