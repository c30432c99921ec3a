"""Sentences parsed by hand, and a lexicon of few words, so that rules are tested without a language model.

>>> tree = parse("Peru/NNP/nsubj>2 urged/VBD/root>0 Chile/NNP/obj>2")
>>> tree.words, tree.lemmas[1], tree.pos[1], tree.heads
(('Peru', 'urged', 'Chile'), 'urge', 'VERB', (1, -1, 1))
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path

import kg.nlp.lemmas
from kg.extract.acts import Event, Finder
from kg.extract.cast import Cast
from kg.extract.lexicon import Lexicon, make_lexicon, read_rows
from kg.extract.phrases import Phrase, find_phrases
from kg.extract.proposals import Proposal, propose
from kg.extract.tree import Tree, make_tree
from kg.link import Catalogue, Linker
from kg.model import Link

ROOT = Path(__file__).resolve().parent.parent
PARTS = {
    "NN": "NOUN", "NNS": "NOUN", "NNP": "PROPN", "NNPS": "PROPN", "PRP": "PRON", "PRP$": "PRON", "WP": "PRON", "WDT": "PRON", "EX": "PRON",
    "JJ": "ADJ", "JJR": "ADJ", "JJS": "ADJ", "RB": "ADV", "RBR": "ADV", "WRB": "ADV", "DT": "DET", "PDT": "DET", "WP$": "DET",
    "IN": "ADP", "RP": "ADP", "TO": "PART", "POS": "PART", "CC": "CCONJ", "CD": "NUM", "MD": "AUX", ",": "PUNCT", ".": "PUNCT",
    ":": "PUNCT", "``": "PUNCT", "''": "PUNCT", "HYPH": "PUNCT", "-LRB-": "PUNCT", "-RRB-": "PUNCT",
}  # fmt: skip
"""Part of speech by Penn tag, where the label does not say more."""
BY_LABEL = {"aux": "AUX", "aux:pass": "AUX", "cop": "AUX", "mark": "SCONJ"}
JOINED = frozenset((",", ".", ":", "?", "'s", "'", "n't", "'ll", "”", "-"))
"""Words written without a space before them."""


def parse(text: str, *, names: Iterable[tuple[int, int, str]] = (), index: int = 0, begin: int = 0) -> Tree:
    """A tree from words "word[=lemma]/TAG/label>head", or "word/POS/TAG/label>head"; heads count from 1, 0 is the root.

    Lemmas and parts of speech that are not given follow from the word, its tag and its label. `names` are what the
    recogniser found, (first, last + 1, class) from 0; `begin` is where the sentence stands in its document.
    """
    words: list[str] = []
    lemmas: list[str] = []
    pos, tags, deps, heads, begins = [], [], [], [], []
    for token in text.split():
        form, *given, tag, place = token.split("/")
        word, _, lemma = form.partition("=")
        label, _, head = place.partition(">")
        part = given[0] if given else _part(word, tag, label)
        if words:
            begin += len(words[-1]) + (word not in JOINED and words[-1] not in ("-", "“"))
        words.append(word)
        lemmas.append(lemma or (word if part == "PROPN" else _lemmas().lemma(word, part, tag, "_", initial=not lemmas).lower()))
        pos.append(part)
        tags.append(tag)
        deps.append(label)
        heads.append(int(head) - 1)
        begins.append(begin)
    return make_tree(index, words, lemmas, pos, tags, deps, heads, begins, list(names))


def _part(word: str, tag: str, label: str) -> str:
    if label in BY_LABEL and tag != "TO":
        return BY_LABEL[label]
    return "VERB" if tag.startswith("VB") else PARTS[tag]


@cache
def _lemmas() -> kg.nlp.lemmas.Lemmas:
    return kg.nlp.lemmas.Lemmas.read(ROOT / "kg" / "data" / "english" / "lemmas.json")


@cache
def catalogue() -> Catalogue:
    return Catalogue.load()


def linked(tree: Tree, date: str | None = None) -> tuple[list[Phrase], list[Link]]:
    """Phrases of a tree and the actors of the catalogue that they name."""
    linker = Linker(catalogue())
    phrases = find_phrases(tree, linker)
    return phrases, linker.link([p.mention for p in phrases], date=date)


def found(text: str, lexicon: Lexicon, **more: object) -> list[str]:
    """Events of a sentence as "Peru RELATION Chile", each source and target in words, joint ones with "&"."""
    tree = parse(text, **more)  # type: ignore[arg-type]  # passed on as they are
    phrases, links = linked(tree)
    return [_event(e, links) for e in Finder(tree, lexicon, Cast(tree, phrases, links)).events()]


def _event(event: Event, links: Sequence[Link]) -> str:
    ends = ["&".join(_label(links[m]) for m in end) for end in (event.sources, event.targets)]
    return f"{ends[0]} {event.act.relation} {ends[1]}{' mutual' if event.mutual else ''}"


def stated(text: str, lexicon: Lexicon, **more: object) -> list[str]:
    """Proposals of a sentence as "Peru RELATION Chile status", with "by Mali" where somebody says so."""
    tree = parse(text, **more)  # type: ignore[arg-type]  # passed on as they are
    phrases, links = linked(tree)
    return [in_words(p, links) for p in propose(tree, lexicon, phrases, links)]


def in_words(p: Proposal, links: Sequence[Link]) -> str:
    speaker = f" by {_label(links[p.speaker])}" if p.speaker is not None else ""
    return f"{_label(links[p.source])} {p.relation} {_label(links[p.target])} {p.status}{speaker}"


def _label(link: Link) -> str:
    return link.actor.label if link.actor else "-"


def lexicon_of(acts: str, operators: str = "", light: str = "") -> Lexicon:
    """A lexicon from lines "lemma,pos,particle,object,target,relation,flags" and "lemma,pos,particle,kind,target"."""
    act_rows = read_rows(["lemma,pos,particle,object,target,relation,flags", *_lines(acts)])
    operator_rows = read_rows(["lemma,pos,particle,kind,target", *_lines(operators)])
    return make_lexicon(act_rows, operator_rows, light.split())


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]
