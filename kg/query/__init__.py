"""Questions to a store: SPARQL that anybody wrote, named queries with parameters, and answers as text."""

from kg.query.named import NamedQuery, Parameter, actor_named, named_queries, named_query
from kg.query.results import RESULT_FORMATS, format_result
from kg.query.run import QueryResult, run_in_process, run_on_database, run_query

__all__ = [
    "RESULT_FORMATS",
    "NamedQuery",
    "Parameter",
    "QueryResult",
    "actor_named",
    "format_result",
    "named_queries",
    "named_query",
    "run_in_process",
    "run_on_database",
    "run_query",
]
