"""spaCy's English tokenizer, moved closer to how the treebanks part words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from spacy.lang.char_classes import ALPHA, ALPHA_UPPER, HYPHENS
from spacy.language import Language
from spacy.tokens import Doc
from spacy.util import compile_infix_regex, compile_prefix_regex, compile_suffix_regex

BOUND_PREFIXES = (
    "non", "anti", "pro", "pre", "post", "co", "re", "de", "ex", "sub", "semi", "multi", "mid", "cross", "over", "counter", "mini", "micro",
    "inter", "intra", "ultra", "socio", "psycho", "e",
)  # fmt: skip
"""Prefixes that the treebanks leave at their word ("non-EU", "anti-war") where they part other hyphens ("EU-Turkey")."""
UNBOUND = "".join(rf"(?<!\b(?i:{prefix}))" for prefix in BOUND_PREFIXES)
OTHER_POSSESSIVES = ("‘s", "´s", "`s")
REPEATED = r"(?P<repeated>[^\w\s])(?P=repeated){9,}"
"""A ruler of signs is one token; taken off sign by sign it would cost quadratic time."""


LONGEST_RUN = 200
"""Characters without white space that the tokenizer is given at once. What it takes off a run sign by sign costs quadratic time, and
no word of a language with blanks is as long."""
_LONG_RUN = re.compile(rf"\S{{{LONGEST_RUN + 1},}}")
_UNIT = re.compile(rf"{REPEATED}|\S")


class BoundedTokenizer:
    """A tokenizer that reads runs without white space in pieces of LONGEST_RUN characters, and all else as it always does."""

    def __init__(self, tokenizer: Any) -> None:
        self.inner = tokenizer

    def __call__(self, text: str) -> Doc:
        """The words of a text."""
        cuts = [0, *_cuts(text), len(text)]
        pieces = [self.inner(text[begin:end]) for begin, end in pairwise(cuts)]
        return pieces[0] if len(pieces) == 1 else Doc.from_docs(pieces, ensure_whitespace=False)

    def __getattr__(self, name: str) -> Any:
        """What else the tokenizer can do."""
        if name == "inner":  # not there yet: it is being unpickled
            raise AttributeError(name)
        return getattr(self.inner, name)


def _cuts(text: str) -> Iterator[int]:
    """Where long runs are cut: behind every LONGEST_RUN characters, a ruler counting as one."""
    for run in _LONG_RUN.finditer(text):
        for number, unit in enumerate(_UNIT.finditer(text, run.start(), run.end())):
            if number and number % LONGEST_RUN == 0:
                yield unit.start()


def adapt_tokenizer(nlp: Language) -> None:
    """Give these rules to an English pipeline with spaCy's own tokenizer, in place; a saved pipeline keeps them."""
    tokenizer: Any = nlp.tokenizer
    defaults = nlp.Defaults
    infixes = [
        *(rule for rule in defaults.infixes or () if f"(?:{HYPHENS})" not in str(rule)),
        rf"(?<=[{ALPHA}0-9]){UNBOUND}(?:{HYPHENS})(?=[{ALPHA}])",
        rf"(?<=[{ALPHA_UPPER}]\.)(?:-|–)(?=[{ALPHA}])",
    ]
    tokenizer.infix_finditer = compile_infix_regex(infixes).finditer
    tokenizer.prefix_search = compile_prefix_regex([REPEATED, *(defaults.prefixes or ())]).search
    tokenizer.suffix_search = compile_suffix_regex([REPEATED, *(defaults.suffixes or ()), *OTHER_POSSESSIVES]).search
