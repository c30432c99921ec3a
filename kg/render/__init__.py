"""Statements for people and for other programs: one HTML page, GraphML, GEXF, CSV, a folder for R; figures in `kg.render.figures`."""

from kg.render.bundle import write_bundle
from kg.render.formats import CSV_COLUMNS, write_csv, write_gexf, write_graphml, write_parquet
from kg.render.notebook import PageFrame, show_page
from kg.render.page import write_page

__all__ = [
    "CSV_COLUMNS",
    "PageFrame",
    "show_page",
    "write_bundle",
    "write_csv",
    "write_gexf",
    "write_graphml",
    "write_page",
    "write_parquet",
]
