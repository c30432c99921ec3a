"""English text to annotated Docs: the one place, with extract's use of Doc, that imports spaCy."""

from __future__ import annotations

import spacy
from spacy.language import Language

from kg.errors import ModelError
from kg.nlp.clearnlp import COMPONENT as ADAPTER
from kg.nlp.english import EnglishAnnotator
from kg.nlp.tokens import BoundedTokenizer, adapt_tokenizer

__all__ = ["EnglishAnnotator", "load_pipeline"]

LONGEST_TEXT = 200_000_000
"""Characters: spaCy's own limit of a million is for components that need memory by the square; ours reads window by window."""


def load_pipeline(name: str | None = None, *, threads: int = 1) -> Language:
    """A pipeline whose Docs carry Universal Dependencies and the entity types PER, ORG, LOC and MISC.

    Parameters
    ----------
    name
        None for the English model of this package, else an installed spaCy pipeline with a parser (`en_core_web_trf`) or the folder of a
        saved one; labels of the ClearNLP scheme and OntoNotes' entity types are translated.
    threads
        threads of onnxruntime in each process, for the model of this package.

    Raises
    ------
    ModelError
        when no pipeline of that name is installed, or it has no parser, or a file of the package's own is missing.

    Examples
    --------
    >>> doc = load_pipeline()("Turkey urged Greece to talk.")
    >>> [(token.text, token.dep_, token.head.text) for token in doc][:2]
    [('Turkey', 'nsubj', 'urged'), ('urged', 'root', 'urged')]
    """
    if name is None:
        nlp = spacy.blank("en")
        adapt_tokenizer(nlp)
        nlp.add_pipe("kg_english", config={"threads": threads})
    else:
        nlp = _installed(name)
    nlp.max_length = LONGEST_TEXT
    nlp.tokenizer = BoundedTokenizer(nlp.tokenizer)
    return nlp


def _installed(name: str) -> Language:
    try:
        nlp = spacy.load(name)
    except OSError as error:
        way_out = f"try `python -m spacy download {name}`, or leave the name out for the model of this package"
        raise ModelError(f"no spaCy pipeline {name!r} is installed; {way_out}") from error
    if nlp.has_pipe("kg_english"):
        return nlp
    if not nlp.has_pipe("parser"):
        raise ModelError(f"the spaCy pipeline {name!r} has no parser; choose one that has, such as en_core_web_trf")
    if not nlp.has_pipe(ADAPTER):
        nlp.add_pipe(ADAPTER, last=True)
    return nlp
