"""Measures of the alliance literature as pure functions; each names where it comes from."""

from kg.measures.blocs import Bloc, contradictions, signed_communities, signed_modularity, strong_blocs, weak_blocs
from kg.measures.centrality import (
    FAMILIES,
    Centrality,
    Family,
    Reciprocity,
    StatementGraph,
    centrality,
    reciprocity,
    select_family,
    to_weighted,
)
from kg.measures.change import Change, Structure, compare, summarise
from kg.measures.copies import find_copies, texts_of
from kg.measures.dyads import Dyad, collapse_copies, date_of, dyads, without_repeats
from kg.measures.frustration import Frustration, frustration
from kg.measures.periods import PERIODS, Period, fill_periods, period_bounds, period_of, within
from kg.measures.ranks import Measure, RankInterval, degree, rank_intervals, strength
from kg.measures.signed import SignedGraph, Triad, TriadCensus, to_signed, triad_census, triangles, unbalanced_triads
from kg.measures.treaties import Pledge, Spell, TreatyTalk, alliance_graph, read_spells, treaty_and_talk

__all__ = [
    "FAMILIES",
    "PERIODS",
    "Bloc",
    "Centrality",
    "Change",
    "Dyad",
    "Family",
    "Frustration",
    "Measure",
    "Period",
    "Pledge",
    "RankInterval",
    "Reciprocity",
    "SignedGraph",
    "Spell",
    "StatementGraph",
    "Structure",
    "TreatyTalk",
    "Triad",
    "TriadCensus",
    "alliance_graph",
    "centrality",
    "collapse_copies",
    "compare",
    "contradictions",
    "date_of",
    "degree",
    "dyads",
    "fill_periods",
    "find_copies",
    "frustration",
    "period_bounds",
    "period_of",
    "rank_intervals",
    "read_spells",
    "reciprocity",
    "select_family",
    "signed_communities",
    "signed_modularity",
    "strength",
    "strong_blocs",
    "summarise",
    "texts_of",
    "to_signed",
    "to_weighted",
    "treaty_and_talk",
    "triad_census",
    "triangles",
    "unbalanced_triads",
    "weak_blocs",
    "within",
    "without_repeats",
]
