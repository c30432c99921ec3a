"""spaCy's English tokenizer, moved closer to how the treebanks part words."""

from __future__ import annotations

from typing import Any

from spacy.lang.char_classes import ALPHA, ALPHA_UPPER, HYPHENS
from spacy.language import Language
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
