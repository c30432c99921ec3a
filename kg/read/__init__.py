"""Files, folders and streams of news text into documents.

What can be read: plain text, Markdown, HTML, PDF, JSON lines, JSON, CSV and TSV, each also gzipped, folders of them,
and standard input ("-"). A file that cannot be used at all is an `InputError` in one line; what has to be left out or
guessed while the rest goes on is a `Problem` that the caller counts.
"""

from kg.read.dates import parse_date
from kg.read.identity import DOCUMENT_NAMESPACE, clean_text, display_id, document_id
from kg.read.inputs import ENDINGS, FORMATS, read_documents
from kg.read.problems import Problem, UnreadableInputError

__all__ = [
    "DOCUMENT_NAMESPACE",
    "ENDINGS",
    "FORMATS",
    "Problem",
    "UnreadableInputError",
    "clean_text",
    "display_id",
    "document_id",
    "parse_date",
    "read_documents",
]
