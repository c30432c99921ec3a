"""Lemmas by rules, exceptions and known base forms, in the manner of Universal Dependencies."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

PARTS = {"VERB": "verb", "NOUN": "noun", "ADJ": "adj", "ADV": "adv"}
BASE_TAGS = frozenset(("VB", "VBP", "NN", "JJ", "RB", "MD"))
PRONOUNS = {
    "i": "I", "me": "I", "him": "he", "us": "we", "them": "they", "'em": "they", "em": "they",
    "mine": "my", "yours": "your", "hers": "her", "ours": "our", "theirs": "their", "'s": "we",
    "these": "this", "those": "that",
}  # fmt: skip
AUXILIARIES = {
    "am": "be", "is": "be", "are": "be", "was": "be", "were": "be", "been": "be", "being": "be", "be": "be",
    "'m": "be", "'re": "be", "'s": "be", "ai": "be", "has": "have", "had": "have", "having": "have", "have": "have", "'ve": "have",
    "does": "do", "did": "do", "do": "do", "done": "do", "'ll": "will", "wo": "will", "sha": "shall", "ca": "can", "'d": "would",
    "s": "be", "m": "be", "re": "be", "ve": "have", "ll": "will", "got": "get", "gets": "get", "getting": "get", "gotten": "get",
}  # fmt: skip
PARTICLES = {"n't": "not", "nt": "not", "na": "to", "ta": "to", "'": "'s", "s": "'s"}
STRAIGHT = str.maketrans({"’": "'", "‘": "'", "´": "'", "`": "'", "“": '"', "”": '"', "–": "-"})
DEMONYM = re.compile(r"[A-Z]\w+(?:ian|ean|ese|ish|eli|aqi|emeni|stani|lim|lamic)")
VERBS = {"gon": "go", "wan": "want", "gim": "give", "lem": "let"}
PLURAL_ONLY = frozenset(("clothes", "headquarters", "jeans", "means", "regards", "series", "species", "thanks", "troops"))
NEEDS_E = (
    "at", "rg", "iz", "is", "uc", "ag", "iv", "av", "ov", "u", "dg", "ng", "rc", "nc", "rs", "ur", "ir", "bl", "gl", "tl", "pl", "c", "v",
)  # fmt: skip
"""Ends of stems that an unknown verb in -ed or -ing most often lost an e from."""


@dataclass(frozen=True, slots=True)
class Table:
    """Suffix rules in their order, irregular forms, and base forms that exist, of one part of speech."""

    rules: tuple[tuple[str, str], ...]
    exceptions: Mapping[str, str]
    known: frozenset[str]


class Lemmas:
    """Lemma of a word by its form and tags. Answers are remembered by the caller."""

    def __init__(self, tables: Mapping[str, Table]) -> None:
        self._tables = dict(tables)

    @classmethod
    def read(cls, path: Path) -> Lemmas:
        """Tables as `training/english/export.py` writes them."""
        given = json.loads(path.read_text(encoding="utf-8"))
        return cls({
            part: Table(tuple((old, new) for old, new in t["rules"]), t["exceptions"], frozenset(t["known"].split()))
            for part, t in given.items()
        })  # fmt: skip

    def lemma(self, form: str, upos: str, xpos: str, feats: str, *, initial: bool = False) -> str:
        """`form` as written; `feats` as in CoNLL-U; `initial` where its place alone may have given it a capital.

        Proper nouns and foreign words keep their form, plural names too ("Americans", "United States").
        """
        lower = form.lower().translate(STRAIGHT)
        if xpos in ("NNP", "NNPS"):
            return form
        match upos:
            case "PROPN" | "X" | "SYM":
                return form
            case "NUM":
                return form if form.isupper() else lower.replace(",", "")
            case "PUNCT":
                return form.translate(STRAIGHT)
            case "PRON":
                return "she" if lower == "her" and "Case=Acc" in feats else PRONOUNS.get(lower, lower)
            case "DET":
                return "a" if lower == "an" else PRONOUNS.get(lower, lower)
            case "PART":
                return PARTICLES.get(lower, lower)
            case "AUX":
                return "have" if lower == "'d" and xpos == "VBD" else AUXILIARIES.get(lower, lower)
            case "VERB" if lower in VERBS or AUXILIARIES.get(lower) in ("be", "have", "do"):
                return VERBS.get(lower) or AUXILIARIES[lower]
            case "VERB" | "NOUN" | "ADJ" | "ADV":
                part = PARTS[upos]
                if not form.isupper() and any(c.isupper() for c in form[1:]):
                    return form[:-1] if xpos == "NNS" and form.endswith("s") else form
                return form if self._is_name(form, part, initial) else self._inflected(lower, part, xpos)
            case _:
                return lower

    def _is_name(self, form: str, part: str, initial: bool) -> bool:
        """Whether the capital is the word's own ("Turkish", "NGO"), not one of its place or of a headline."""
        if part not in ("adj", "noun") or form.islower():
            return False
        if form.isupper():
            return len(form) < 5 or form.lower() not in self._tables[part].known
        return part == "adj" and form[:1].isupper() and (not initial or DEMONYM.fullmatch(form) is not None)

    def _inflected(self, lower: str, part: str, xpos: str) -> str:
        if xpos in BASE_TAGS or (part == "noun" and lower in PLURAL_ONLY) or lower[:1].isdigit():
            return lower
        stem, hyphen, last = lower.rpartition("-")
        return stem + hyphen + self._reduced(last, part, xpos)

    def _reduced(self, word: str, part: str, xpos: str) -> str:
        table = self._tables[part]
        if word in table.exceptions:
            return table.exceptions[word]
        candidates = [word[: len(word) - len(old)] + new for old, new in table.rules if old and word.endswith(old)]
        candidates = [c for c in candidates if len(c) > 1]
        for candidate in candidates:
            if candidate in table.known:
                return candidate
        if not candidates or word in table.known or part in ("adj", "adv"):
            return word
        if part == "verb" and xpos in ("VBD", "VBN", "VBG"):
            return self._unknown_verb(word, xpos)
        return _without_plural(word)

    def _unknown_verb(self, word: str, xpos: str) -> str:
        stem = word[: -3 if xpos == "VBG" else -2]
        if len(stem) < 2 or not word.endswith("ing" if xpos == "VBG" else "ed"):
            return word
        nouns = self._tables["noun"].known
        if len(stem) > 3 and stem[-1] == stem[-2] and stem[-1] not in "lsz":
            return stem[:-1]
        for candidate in (stem, stem + "e"):
            if candidate in nouns:
                return candidate
        if stem.endswith("i"):
            return stem[:-1] + "y"
        return stem + "e" if stem.endswith(NEEDS_E) else stem


def _without_plural(word: str) -> str:
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("ses", "xes", "zes", "ches", "shes")):
        return word[:-2]
    return word[:-1] if word.endswith("s") and not word.endswith(("ss", "us", "is")) else word
