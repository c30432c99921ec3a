"""The codebook's relations as values: code, quad class, score, CAMEO codes, definition, example.

The rows come from ontology/codebook.ttl through the generated vocabulary; nothing is typed twice and no RDF library is needed.
"""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from types import MappingProxyType

from kg import vocabulary
from kg.errors import UnknownNameError
from kg.model import Relation

RELATIONS: Mapping[str, Relation] = MappingProxyType({row[0]: Relation(*row) for row in vocabulary.RELATION_ROWS})
"""Every relation by code, in the order of the quad classes and then of the codes."""


def relation(code: str) -> Relation:
    """The relation with this code.

    Raises UnknownNameError, with near codes, where there is none.

    >>> relation("APPEAL").quad
    'verbal cooperation'
    >>> relation("ASSAULT").score
    -9.3
    >>> relation("MEMBER").score is None
    True
    >>> relation("apeal")
    Traceback (most recent call last):
    kg.errors.UnknownNameError: no relation 'apeal' in the codebook; did you mean APPEAL?
    """
    found = RELATIONS.get(code)
    if found is None:
        raise UnknownNameError(f"no relation {code!r} in the codebook; {_suggestion(code)}")
    return found


def _suggestion(code: str) -> str:
    near = get_close_matches(code.upper(), RELATIONS, n=3, cutoff=0.6)
    return f"did you mean {' or '.join(near)}?" if near else f"it has {', '.join(RELATIONS)}"


def quad_classes() -> tuple[str, ...]:
    """The quad classes, from verbal cooperation to material conflict, and "standing" last.

    >>> quad_classes()
    ('verbal cooperation', 'material cooperation', 'verbal conflict', 'material conflict', 'standing')
    """
    return vocabulary.QUAD_CLASSES


def needs_target(code: str) -> bool:
    """Whether a statement of this relation must have a target.

    Raises UnknownNameError where no relation has this code.

    >>> needs_target("AID"), needs_target("PROTEST")
    (True, False)
    """
    return relation(code).code not in vocabulary.WITHOUT_TARGET
