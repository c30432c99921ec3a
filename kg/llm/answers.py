"""What a model answered, read: statements in its own words, not yet grounded."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass

from kg.llm.errors import MalformedError

_THOUGHT = re.compile(r"^\s*<think(?:ing)?>.*?</think(?:ing)?>", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Claim:
    """A statement as answered. `sentence` is the number in the question; names and speaker may be ""."""

    sentence: int
    trigger: str
    source: str
    source_name: str
    target: str
    target_name: str
    relation: str
    status: str
    speaker: str
    speaker_name: str


def read_answer(content: str) -> list[Claim]:
    """The claims of an answer. Thoughts and a fence around the JSON are passed over.

    Raises MalformedError where there is no object with a list of statements. A statement that lacks something holds "" there:
    grounding drops it.

    >>> read_answer('```json\\n{"statements": []}\\n```')
    []
    >>> read_answer("I cannot do that.")
    Traceback (most recent call last):
    kg.llm.errors.MalformedError: answered no JSON: I cannot do that.
    """
    text = _THOUGHT.sub("", content)
    begin, end = text.find("{"), text.rfind("}")
    try:
        answered = json.loads(text[begin : end + 1]) if begin >= 0 else None
    except (ValueError, RecursionError) as error:
        raise MalformedError(f"answered malformed JSON: {excerpt(text)}") from error
    if answered is None:
        raise MalformedError(f"answered no JSON: {excerpt(text)}")
    statements = answered.get("statements") if isinstance(answered, dict) else None
    if not isinstance(statements, list) or not all(isinstance(s, dict) for s in statements):
        raise MalformedError(f"answered JSON without a list of statements: {excerpt(text)}")
    return [_claim(s) for s in statements]


def _claim(answered: Mapping[str, object]) -> Claim:
    def text(key: str) -> str:
        value = answered.get(key)
        return value.strip() if isinstance(value, str) else ""

    number = str(answered.get("sentence", "")).strip("[] ")
    return Claim(
        int(number) if number.isdecimal() and len(number) < 9 else 0, text("trigger"), text("source"), text("source_name"), text("target"),
        text("target_name"), text("relation").upper(), text("status").lower(), text("speaker"), text("speaker_name"),
    )  # fmt: skip


def excerpt(text: str, length: int = 120) -> str:
    """A text on one line, cut after `length` code points."""
    line = " ".join(text.split())
    return line if len(line) <= length else line[: length - 1] + "…"
