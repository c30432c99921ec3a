"""One HTML file that shows a graph and the sentences behind it, and asks the network for nothing.

networkx holds the graph, pyvis's `Network` the drawing; the page is ours, with vis-network (which pyvis ships)
inlined. Text from documents reaches the page only as JSON, and the script writes it only as text.
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
import math
import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from itertools import accumulate, pairwise
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pyvis.edge import Edge
from pyvis.network import Network

from kg.errors import KgError
from kg.graph import end_of, sorted_statements
from kg.model import Actor, Document, Participant, Relation, Statement
from kg.render.layout import SMALL, Layout, place_nodes
from kg.vocabulary import WITHOUT_DIRECTION

STATUSES = ("asserted", "negated", "requested", "planned", "possible")

KINDS: tuple[tuple[str, tuple[str, ...], str, str, str], ...] = (
    # After Okabe and Ito's and Tol's colours, darkened to a contrast of 3 with the ground; the shapes tell them apart in grey.
    ("State, territory", ("state", "territory"), "dot", "#33508c", "#7f9fe0"),
    ("Organisation of states", ("igo",), "diamond", "#008f68", "#2fc79b"),
    ("Government organ", ("organ",), "square", "#2b87c0", "#78bdea"),
    ("Person", ("person",), "ring", "#aa4499", "#d98acb"),
    ("Armed group", ("armed_group",), "triangle", "#b5651d", "#e09a55"),
    ("Party, movement", ("party", "movement"), "triangleDown", "#82821a", "#c4c45c"),
    ("Company, organisation", ("company", "organisation"), "hexagon", "#ad7a00", "#f0c94f"),
    ("People", ("people", "collective"), "star", "#cc6677", "#ea94a2"),
    ("Place, not known", ("place", "unknown"), "ring", "#767e89", "#9aa4b0"),
)
"""Legend row: label, actor kinds, shape ("ring" is an open dot), colour on white, colour on dark."""

SECTIONS = ("data", "elements", "filters", "view", "lines", "labels", "panel", "evidence", "table", "search", "saving", "page")
"""The files of the page's script in the order in which they run."""

_VIS_FILE = "vis-network.min.js"
_LONGEST_LABEL = 30
_LONG = 36  # months up to which the time slider shows everything
_DATE = re.compile(r"[0-9]{4}(-(0[1-9]|1[0-2])(-[0-9]{2})?)?")
_CHARACTER = 7.0  # pixels of one character of a label at 13 px, on the safe side


@dataclass(frozen=True, slots=True)
class _Cast:
    """The actors of a page by number, and where each statement's ends are, as written and with persons rolled up."""

    actors: list[Actor]
    ends: list[tuple[int, int | None]]
    rolled: list[tuple[int, int | None]]


def write_page(statements: Sequence[Statement], documents: Mapping[str, Document], out: Path, *, title: str, seed: int = 0) -> None:
    """Write the page.

    Parameters
    ----------
    statements
        In any order; the page is the same for the same set.
    documents
        By id: their titles, publishers, dates and addresses are shown. One that is missing is shown by its id.
    out
        The file, replaced if it is there.
    title
        Heading of the page, any text.
    seed
        Of the layout.

    Raises
    ------
    KgError
        If the installed pyvis does not carry vis-network.
    """
    out.write_bytes(page(statements, documents, title=title, seed=seed).encode("utf-8", "replace"))


def page(statements: Sequence[Statement], documents: Mapping[str, Document], *, title: str, seed: int = 0) -> str:
    """The page of `write_page` as text."""
    payload = json.dumps(page_data(statements, documents, seed=seed), ensure_ascii=False, separators=(",", ":"))
    view = files("kg") / "data" / "view"
    script, style, vis = _script(), (view / "style.css").read_text("utf-8"), _vis_network()
    parts = {
        "title": html.escape(title),
        "style": style,
        "data": _inert(payload),
        "vis": vis,
        "script": script,
        # By their hashes nothing but these can run or style, whatever a document's text contains.
        "script_hashes": f"{_content_hash(vis)} {_content_hash(script)}",
        "style_hash": _content_hash(style),
    }
    return re.sub(r"\{\{(\w+)\}\}", lambda match: parts[match[1]], (view / "template.html").read_text("utf-8"))


def page_data(statements: Sequence[Statement], documents: Mapping[str, Document], *, seed: int = 0) -> dict[str, Any]:
    """All that the page's script needs, JSON-able: the drawing by pyvis, the statements with their sentences, the legend."""
    ordered = sorted_statements(statements)
    cast = _cast(ordered)
    layout, sizes = _layout(ordered, cast, seed)
    texts: dict[str, int] = {}
    numbers = {statement.id: number for number, statement in enumerate(ordered)}
    relations = sorted({statement.relation.code: statement.relation for statement in ordered}.items())
    codes = {code: number for number, (code, _) in enumerate(relations)}
    sources = sorted({statement.document for statement in ordered})
    places = {document: number for number, document in enumerate(sources)}
    spans = [_months(statement.when or _published(documents.get(statement.document))) for statement in ordered]
    return {
        "network": _network(ordered, cast, layout, sizes),
        "statements": [
            {
                "ends": [*cast.ends[number], *cast.rolled[number]],
                "relation": codes[statement.relation.code],
                "status": statement.status,
                "confidence": round(statement.evidence.confidence, 4),
                "when": statement.when,
                "months": spans[number],
                "document": places[statement.document],
                "text": texts.setdefault(statement.evidence.text, len(texts)),
                "marks": marks(statement),
                "speaker": statement.speaker.actor.label if statement.speaker is not None else None,
                "content": numbers.get(statement.content) if statement.content is not None else None,
            }
            for number, statement in enumerate(ordered)
        ],
        "texts": list(texts),
        "relations": [_relation_row(relation) for _, relation in relations],
        "documents": [_document_row(documents.get(document), document) for document in sources],
        "statuses": [status for status in STATUSES if any(statement.status == status for statement in ordered)],
        "kinds": [{"label": label, "shape": shape, "light": light, "dark": dark} for label, _, shape, light, dark in KINDS],
        "small": len(cast.actors) <= SMALL,
        "time": _time(spans),
    }


def _published(document: Document | None) -> str | None:
    return document.published if document is not None else None


def _months(date: str | None) -> tuple[int, int] | None:
    """First and last month of a date or closed interval, counted from year 0; None for one that is open or no date."""
    first, _, last = (date or "").partition("/")
    if not (_DATE.fullmatch(first) and _DATE.fullmatch(last or first)):
        return None
    begin, end = (12 * int(one[:4]) for one in (first, last or first))
    return begin + (int(first[5:7]) - 1 if len(first) > 4 else 0), end + (int((last or first)[5:7]) - 1 if len(last or first) > 4 else 11)


def _time(spans: Sequence[tuple[int, int] | None]) -> dict[str, int | bool] | None:
    """The months that the slider covers: all of them or, where a few lie far back, those of the later 98 % (`earlier` is then true).

    News of this year that mention a treaty of 1949 would otherwise leave this year a pixel.
    """
    ends = sorted(span[1] for span in spans if span is not None)
    if not ends:
        return None
    first, last = min(span[0] for span in spans if span is not None), ends[-1]
    if last - first < _LONG:
        return {"first": first, "last": last, "earlier": False}
    start = max(first, min(ends[len(ends) // 50], last - 11))
    return {"first": start, "last": last, "earlier": start > first}


def marks(statement: Statement) -> list[tuple[int, int, str]]:
    """What to highlight in the sentence: (begin, end, "source" | "trigger" | "target" | "speaker"), in order, disjoint.

    Begin and end count UTF-16 code units of `Evidence.text`, as JavaScript does. Where spans overlap the ends win
    over the trigger and the trigger over the speaker; what lies outside the sentence is left out.
    """
    text, start = statement.evidence.text, statement.evidence.sentence.begin
    spans = {name: participant.span for name, participant in _participants(statement)}
    spans["trigger"] = statement.evidence.trigger
    inside = {name: (max(span.begin - start, 0), min(span.end - start, len(text))) for name, span in spans.items()}
    ranked = [(name, *inside[name]) for name in ("target", "source", "trigger", "speaker") if name in inside]
    cuts = sorted({cut for _, begin, end in ranked if begin < end for cut in (begin, end)})
    found: list[tuple[int, int, str]] = []
    for begin, end in pairwise(cuts):
        name = next((name for name, first, last in ranked if first <= begin and end <= last), "")
        if name and found and found[-1][1:] == (begin, name):
            found[-1] = (found[-1][0], end, name)
        elif name:
            found.append((begin, end, name))
    if text.isascii():
        return found
    units = [0, *accumulate(2 if character > "\uffff" else 1 for character in text)]
    return [(units[begin], units[end], name) for begin, end, name in found]


def _participants(statement: Statement) -> list[tuple[str, Participant]]:
    named = (("source", statement.source), ("target", statement.target), ("speaker", statement.speaker))
    return [(name, participant) for name, participant in named if participant is not None]


def _cast(ordered: Sequence[Statement]) -> _Cast:
    def ends(statement: Statement, roll_up: bool) -> tuple[Actor, Actor | None]:
        target = end_of(statement.target, roll_up=roll_up) if statement.target is not None else None
        return end_of(statement.source, roll_up=roll_up), target

    written = [ends(statement, roll_up=False) for statement in ordered]
    rolled = [ends(statement, roll_up=True) for statement in ordered]
    actors: dict[str, Actor] = {}
    for source, target in written + rolled:
        for actor in (source, target):
            if actor is not None:
                actors.setdefault(actor.id, actor)
    found = [actors[key] for key in sorted(actors)]
    number = {actor.id: position for position, actor in enumerate(found)}

    def numbered(pairs: list[tuple[Actor, Actor | None]]) -> list[tuple[int, int | None]]:
        return [(number[source.id], number[target.id] if target is not None else None) for source, target in pairs]

    return _Cast(found, numbered(written), numbered(rolled))


def _activity(ends: Sequence[tuple[int, int | None]]) -> Counter[int]:
    return Counter(end for pair in ends for end in set(pair) if end is not None)


def _layout(ordered: Sequence[Statement], cast: _Cast, seed: int) -> tuple[Layout, list[tuple[float, float]]]:
    """The layout, and each actor's radius as written and rolled up (pixels)."""
    counts = _activity(cast.ends), _activity(cast.rolled)
    most = max([*counts[0].values(), *counts[1].values()], default=1)
    # A big graph is seen from further away: bigger discs in it keep about the same size on the screen.
    enlarge = max(1.0, len(cast.actors) / SMALL) ** 0.35
    sizes = [
        (enlarge * _radius(counts[0][number] / most), enlarge * _radius(counts[1][number] / most)) for number in range(len(cast.actors))
    ]
    widths = [_CHARACTER * len(_short(actor.label)) for actor in cast.actors]
    layout = place_nodes(_attractions(ordered, cast), [max(pair) for pair in sizes], widths, seed=seed)
    return layout, sizes


def _radius(share: float) -> float:
    return round(6.0 + 14.0 * math.sqrt(share), 1)


def _attractions(ordered: Sequence[Statement], cast: _Cast) -> list[tuple[int, int, float]]:
    """Who draws whom near: those who cooperate, less those who fight or are only said to, a person and its state."""
    pull: dict[tuple[int, int], float] = defaultdict(float)
    for statement, (source, target), (rolled_source, rolled_target) in zip(ordered, cast.ends, cast.rolled, strict=True):
        near = 0.2 if _family(statement.relation.quad) == "conflict" or statement.relation.code == "RIVAL" else 1.0
        if target is not None and target != source:
            pull[min(source, target), max(source, target)] += near if statement.status == "asserted" else 0.1
        for person, state in ((source, rolled_source), (target, rolled_target)):
            if person is not None and state is not None and person != state:
                pull[min(person, state), max(person, state)] += 0.5
    return [(source, target, weight) for (source, target), weight in sorted(pull.items())]


def _network(ordered: Sequence[Statement], cast: _Cast, layout: Layout, sizes: Sequence[tuple[float, float]]) -> dict[str, Any]:
    """Nodes, edges and options of the drawing, as pyvis holds them."""
    network = Network(directed=True, cdn_resources="in_line")  # undirected, pyvis would drop edges without a word
    for number, actor in enumerate(cast.actors):
        legend = next(row for row, kind in enumerate(KINDS) if actor.kind in kind[1])
        _, _, shape, colour, _ = KINDS[legend]
        network.add_node(
            number, label=actor.label or actor.id, shape="dot" if shape == "ring" else shape, color=colour, size=sizes[number][0],
            x=float(layout.positions[number, 0]), y=float(layout.positions[number, 1]), rolledSize=sizes[number][1],
            short=_short(actor.label or actor.id), kind=legend, iso3=actor.iso3, community=int(layout.communities[number]),
        )  # fmt: skip
    for level, ends in (("p", cast.ends), ("r", cast.rolled)):
        for position, ((source, target), members) in enumerate(sorted(_bundles(ends).items())):
            # Network.add_edge looks both ends up in a list of all nodes: a second at 5,000 actors.
            network.edges.append(Edge(source, target, True, id=f"{level}{position}", statements=members).options)
    network.options = {
        "autoResize": True,
        "physics": {"enabled": False},
        "layout": {"improvedLayout": False},
        "interaction": {"hover": True, "hideEdgesOnDrag": len(ordered) > 1500, "keyboard": False, "multiselect": False, "zoomSpeed": 0.6},
        "nodes": {"borderWidth": 1.5, "borderWidthSelected": 3, "font": {"size": 0}},
        "edges": {"smooth": False, "arrowStrikethrough": False, "selectionWidth": 1, "hoverWidth": 0.5},
    }
    nodes, edges, _, _, _, options = network.get_network_data()
    return {"nodes": nodes, "edges": edges, "options": json.loads(options)}


def _bundles(ends: Sequence[tuple[int, int | None]]) -> dict[tuple[int, int], list[int]]:
    """Statement numbers of each pair of actors, whatever the direction."""
    bundles: dict[tuple[int, int], list[int]] = defaultdict(list)
    for number, (source, target) in enumerate(ends):
        if target is not None and target != source:
            bundles[min(source, target), max(source, target)].append(number)
    return bundles


def _relation_row(relation: Relation) -> dict[str, str | bool]:
    return {
        "code": relation.code,
        "quad": relation.quad,
        "family": _family(relation.quad),
        "definition": relation.definition,
        "reciprocal": relation.code in WITHOUT_DIRECTION,
    }


def _document_row(document: Document | None, key: str) -> dict[str, str | None]:
    if document is None:
        return {"title": key, "publisher": None, "published": None, "url": _web_address(key)}
    address = _web_address(document.url) or _web_address(document.id)
    return {"title": document.title, "publisher": document.publisher, "published": document.published, "url": address}


def _web_address(address: str | None) -> str | None:
    """The address if a click on it can only open a web page (not "javascript:", "data:" or a file)."""
    if address is None:
        return None
    try:
        parts = urlsplit(address)
    except ValueError:
        return None
    return address if parts.scheme in ("http", "https") and parts.netloc else None


def _family(quad: str) -> str:
    """cooperation, conflict or standing."""
    return quad.rsplit(" ", 1)[-1]


def _short(label: str) -> str:
    return label if len(label) <= _LONGEST_LABEL else label[: _LONGEST_LABEL - 1].rstrip() + "…"


def _inert(payload: str) -> str:
    """JSON that no HTML parser takes for markup: the three characters that could, as escapes of JSON."""
    return payload.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _content_hash(text: str) -> str:
    """The source expression that allows an inline script or style of this text in a Content-Security-Policy."""
    digest = hashlib.sha256(text.encode("utf-8")).digest()
    return f"'sha256-{base64.b64encode(digest).decode('ascii')}'"


def _script() -> str:
    """The sections of the page's script within one function, so that none of their names reaches the page."""
    folder = files("kg") / "data" / "view" / "script"
    sections = [(folder / f"{name}.js").read_text("utf-8") for name in SECTIONS]
    return '(function () {\n"use strict";\n\n' + "\n".join(sections) + "})();\n"


def _vis_network() -> str:
    """vis-network as the installed pyvis ships it, newest first; without its source map, which a browser would ask for."""
    libraries = files("pyvis") / "templates" / "lib"
    folders = [folder for folder in libraries.iterdir() if folder.name.startswith("vis-")] if libraries.is_dir() else []
    usable = [folder for folder in folders if (folder / _VIS_FILE).is_file()]
    if not usable:
        raise KgError("pyvis is installed without vis-network, which draws the page: reinstall it (pip install --force-reinstall pyvis).")
    newest = max(usable, key=lambda folder: [int(number) for number in re.findall(r"\d+", folder.name)])
    script = (newest / _VIS_FILE).read_text("utf-8").replace("\r\n", "\n")
    return re.sub(r"//# sourceMappingURL=\S*\s*$", "", script).replace("</script", r"<\/script")
