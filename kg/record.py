"""The JSON form of statements that other tools rely on: one object a line, keys in a fixed order."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from kg.codebooks import Code, Codebook
from kg.model import Actor, Participant, Statement

Record = dict[str, Any]


def actor_record(participant: Participant | None) -> Record | None:
    """ACTOR of the contract: id, label, kind, iso3, affiliation, role, mention, begin, end, linked."""
    if participant is None:
        return None
    return {
        "id": participant.actor.id,
        "label": participant.actor.label,
        "kind": participant.actor.kind,
        "iso3": participant.actor.iso3,
        "affiliation": _side(participant.affiliation),
        "role": participant.role,
        "mention": participant.mention,
        "begin": participant.span.begin,
        "end": participant.span.end,
        "linked": participant.linked,
    }


def _side(actor: Actor | None) -> Record | None:
    return {"id": actor.id, "label": actor.label, "iso3": actor.iso3} if actor else None


def statement_record(statement: Statement, document: str) -> Record:
    """A statement of the contract; `document` is the document's id as the user gave it."""
    relation, evidence = statement.relation, statement.evidence
    return {
        "document": document,
        "sentence": evidence.text,
        "begin": evidence.sentence.begin,
        "end": evidence.sentence.end,
        "source": actor_record(statement.source),
        "relation": relation.code,
        "quad": relation.quad,
        "score": relation.score,
        "target": actor_record(statement.target),
        "status": statement.status,
        "speaker": actor_record(statement.speaker),
        "content": statement.content,
        "id": statement.id,
        "when": statement.when,
        "trigger": evidence.predicate,
        "confidence": evidence.confidence,
    }


def code_record(codebook: Codebook, code: Code | None) -> Record | None:
    """What a statement is coded as in a codebook: codebook, code, label, root (the topmost code above), quad, score; None for no code."""
    if code is None:
        return None
    return {"codebook": codebook.name, "code": code.code, "label": code.label, "root": code.root, "quad": code.quad, "score": code.score}


def json_line(record: Mapping[str, Any]) -> str:
    """A record as one line of JSON, non-ASCII kept, without the newline."""
    return json.dumps(record, ensure_ascii=False, separators=(", ", ": "))
