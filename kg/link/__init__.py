"""Who is meant: the catalogue of actors and the linker from mentions to them."""

from kg.link.catalogue import ACTOR, Candidate, Catalogue, Membership, Term
from kg.link.judgements import Judgement, Judgements
from kg.link.linker import Linker

__all__ = ["ACTOR", "Candidate", "Catalogue", "Judgement", "Judgements", "Linker", "Membership", "Term"]
