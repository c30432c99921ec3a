"""The page in a notebook: an iframe of its own, so that neither the notebook's styles nor its scripts meet it."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kg.model import Document, Statement
from kg.render.page import page


@dataclass(frozen=True, slots=True)
class PageFrame:
    """A page that Jupyter shows as the value of a cell. `height` is in pixels."""

    text: str
    height: int = 700

    def _repr_html_(self) -> str:
        # Without allow-same-origin the page can neither read the notebook nor act for whoever is logged in to it.
        return (
            f'<iframe srcdoc="{html.escape(self.text, quote=True)}" sandbox="allow-scripts allow-downloads allow-popups" '
            f'style="width: 100%; height: {self.height}px; border: 1px solid #dfe3e8"></iframe>'
        )


def show_page(
    statements: Sequence[Statement],
    documents: Mapping[str, Document],
    *,
    title: str = "Who did what to whom",
    seed: int = 0,
    height: int = 700,
) -> PageFrame:
    """The page of `write_page` as the value of a notebook's cell.

    >>> show_page([], {}, title="<Nothing>", height=300)._repr_html_()[:38]
    '<iframe srcdoc="&lt;!DOCTYPE html&gt;\\n'
    """
    return PageFrame(page(statements, documents, title=title, seed=seed), height)
