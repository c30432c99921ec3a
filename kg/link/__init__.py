"""Who is meant: the catalogue of actors and the linker from mentions to them."""

from kg.link.catalogue import ACTOR, Candidate, Catalogue, Membership, Term
from kg.link.linker import Linker

__all__ = ["ACTOR", "Candidate", "Catalogue", "Linker", "Membership", "Term"]
