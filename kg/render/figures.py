"""Figures for print: the network, a timeline, a matrix. Needs matplotlib, which is an optional part of the installation.

Blue and orange are told apart in every common colour blindness; in grey, conflict is dashed, hatched, or marked with a minus.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import networkx as nx
import numpy as np

from kg.errors import KgError, UnknownNameError
from kg.measures import Dyad, signed_communities, to_signed
from kg.render.layout import place_nodes
from kg.render.page import KINDS

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

FORMATS: Final = ("png", "svg", "pdf")
COOPERATION, CONFLICT, MIXED, INK, FAINT = "#0b6aa8", "#c8480c", "#8a3f8f", "#1c2430", "#dfe3e8"

_MARKERS = {"dot": "o", "ring": "o", "diamond": "D", "square": "s", "triangle": "^", "triangleDown": "v", "hexagon": "H", "star": "*"}
_PIXELS = 100.0  # of the layout, an inch
_LINES: Final[dict[str, tuple[str, Any]]] = {
    "cooperation": (COOPERATION, "-"), "conflict": (CONFLICT, (0, (4, 2.5))), "both": (MIXED, (0, (7, 2, 1.5, 2))),
}  # fmt: skip
"""Colour and line style of a tie, by what its acts are."""
_STYLE: dict[Any, Any] = {
    "font.family": "sans-serif",
    "font.size": 9.0,
    "svg.hashsalt": "kg",  # else identifiers in the file are random
    "svg.fonttype": "none",
    "pdf.fonttype": 42,
    "axes.spines.top": False,
    "axes.spines.right": False,
}


def write_network_figure(graph: nx.MultiDiGraph, out: Path, *, most: int = 40, seed: int = 0) -> None:
    """Draw the strongest actors and their ties.

    Parameters
    ----------
    graph
        As `kg.graph.to_graph` gives it; only asserted statements are drawn.
    out
        A .png, .svg or .pdf file.
    most
        Actors drawn: those with most statements. Ties are at most one and a half times as many, the strongest first.
    seed
        Of the layout.

    Raises
    ------
    KgError
        matplotlib is not installed.
    UnknownNameError
        An ending that is none of the three.
    """
    drawn = _drawn(graph, most, seed)
    width, height = np.ptp(drawn.points, axis=0) / _PIXELS + 2.0 if drawn.actors else (4.0, 3.0)
    _write(out, (float(width), float(height) + 0.6), partial(_draw_network, drawn))


@dataclass(frozen=True, slots=True)
class _Network:
    """What the figure shows: actors with kind, label, radius and place (y upwards), and each pair's acts by family."""

    actors: list[str]
    kinds: list[str]
    labels: list[str]
    radii: list[float]
    points: Any
    pairs: dict[tuple[str, str], Counter[str]]


def _drawn(graph: nx.MultiDiGraph, most: int, seed: int) -> _Network:
    strength = Counter(end for a, b, status in graph.edges(data="status") if a != b and status == "asserted" for end in (a, b))
    actors = sorted(sorted(strength), key=lambda actor: -strength[actor])[:most]
    kept = _strongest(_pairs(graph, actors), round(1.5 * len(actors)))
    number = {actor: at for at, actor in enumerate(actors)}
    labels = [graph.nodes[actor].get("label") or str(actor) for actor in actors]
    top = max(strength.values(), default=1)
    radii = [5.0 + 11.0 * (strength[actor] / top) ** 0.5 for actor in actors]
    edges = [(number[a], number[b], float(counts.total())) for (a, b), counts in kept.items()]
    layout = place_nodes(edges, radii, [6.6 * len(label) for label in labels], seed=seed)
    kinds = [str(graph.nodes[actor].get("kind", "unknown")) for actor in actors]
    return _Network(actors, kinds, labels, radii, layout.positions * np.array([1.0, -1.0]), kept)


def _draw_network(drawn: _Network, figure: Figure) -> None:
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set_axis_off()
    axes.set_aspect("equal")
    number = {actor: at for at, actor in enumerate(drawn.actors)}
    for (a, b), counts in drawn.pairs.items():
        ends = drawn.points[[number[a], number[b]]]
        colour, style = _LINES[_family(counts)]
        axes.plot(
            ends[:, 0], ends[:, 1], color=colour, linestyle=style, linewidth=_line_width(counts.total()), alpha=0.85, zorder=1
        )  # fmt: skip
    _draw_actors(axes, drawn)
    _draw_legend(axes, drawn)
    axes.autoscale_view()


def _family(counts: Counter[str]) -> str:
    if counts["cooperation"] and counts["conflict"]:
        return "both"
    return "conflict" if counts["conflict"] else "cooperation"


def _line_width(acts: int) -> float:
    return 0.7 + 0.8 * float(np.log2(acts))


def write_timeline_figure(rows: Sequence[tuple[str, int, int, float | None]], out: Path, *, title: str = "") -> None:
    """Draw cooperation upwards and conflict downwards, period by period, with the mean score as a line.

    Parameters
    ----------
    rows
        (period, acts of cooperation, acts of conflict, mean score or None), in order.
    out, title
        A .png, .svg or .pdf file; any text.
    """
    _write(out, (7.2, 3.6), partial(_draw_timeline, rows, title))


def _draw_timeline(rows: Sequence[tuple[str, int, int, float | None]], title: str, figure: Figure) -> None:
    axes = figure.subplots()
    _draw_bars(axes, rows)
    scores = axes.twinx()
    means = [np.nan if row[3] is None else row[3] for row in rows]  # a gap where nothing happened
    # A white rim keeps the points readable on the bars, in grey too.
    rim: dict[str, Any] = {"markeredgecolor": "white", "markeredgewidth": 1.0}
    scores.plot(np.arange(len(rows)), means, color=INK, marker="o", markersize=5.5, linewidth=1.2, label="mean score (right)", **rim)
    scores.set_ylim(-10, 10)
    scores.set_yticks(range(-10, 11, 5))
    scores.set_ylabel("mean score")
    scores.spines["right"].set_visible(True)
    handles = [*axes.get_legend_handles_labels()[0], *scores.get_legend_handles_labels()[0]]
    axes.legend(handles=handles, loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=3, frameon=False)
    if title:
        axes.set_title(title, pad=26, fontsize=11, loc="left", parse_math=False)


def _draw_bars(axes: Axes, rows: Sequence[tuple[str, int, int, float | None]]) -> None:
    """Acts of cooperation upwards, of conflict downwards; no bar where there are none."""
    from matplotlib.ticker import MaxNLocator

    looks: tuple[dict[str, Any], dict[str, Any]] = (
        {"color": COOPERATION, "label": "cooperation (acts)"},
        {"color": "white", "edgecolor": CONFLICT, "hatch": "////", "label": "conflict (acts, downwards)"},
    )
    friendly = [(at, row[1]) for at, row in enumerate(rows) if row[1]]
    hostile = [(at, -row[2]) for at, row in enumerate(rows) if row[2]]
    for bars, look in zip((friendly, hostile), looks, strict=True):
        axes.bar([at for at, _ in bars], [height for _, height in bars], width=0.75, **look)
    axes.axhline(0, color=INK, linewidth=0.8)
    step = max(1, len(rows) // 12)
    axes.set_xticks(np.arange(len(rows))[::step], [row[0] for row in rows][::step], rotation=40, ha="right")
    axes.set_xlim(-0.6, max(len(rows), 1) - 0.4)
    reach = max([*(row[1] for row in rows), *(row[2] for row in rows), 1]) * 1.15
    axes.set_ylim(-reach, reach)
    axes.yaxis.set_major_locator(MaxNLocator(integer=True))
    axes.yaxis.set_major_formatter(lambda value, _: f"{abs(value):g}")
    axes.set_ylabel("acts")


def write_matrix_figure(dyads: Sequence[Dyad], graph: nx.MultiDiGraph, out: Path, *, most: int = 25) -> None:
    """Draw who does what to whom as a table: the mean score as colour, plus or minus and the number of acts in the cell.

    Parameters
    ----------
    dyads
        Directed, of one period (see `kg.measures.dyads`).
    graph
        As `kg.graph.to_graph` gives it: labels, and signs for the order, which keeps signed communities together.
    out, most
        A .png, .svg or .pdf file; actors shown, those with most acts.
    """
    order = _matrix_order(dyads, graph, most)
    place = {actor: at for at, actor in enumerate(order)}
    values = np.full((len(order), len(order)), np.nan)
    counts = np.zeros(values.shape, dtype=int)
    for row in dyads:
        if row.source in place and row.target in place and row.mean is not None:
            values[place[row.source], place[row.target]] = row.mean
            counts[place[row.source], place[row.target]] = row.acts
    labels = [graph.nodes[actor].get("label") or str(actor) for actor in order]
    size = 2.6 + 0.27 * len(order)
    _write(out, (size + 0.9, size), partial(_draw_matrix, values, counts, labels))


def _matrix_order(dyads: Sequence[Dyad], graph: nx.MultiDiGraph, most: int) -> list[str]:
    """The actors with most acts, those of a signed community together and the busiest first."""
    busy = Counter({row.source: 0 for row in dyads})
    for row in dyads:
        busy[row.source] += row.acts
        busy[row.target] += row.acts
    chosen = set(sorted(sorted(busy), key=lambda actor: -busy[actor])[:most])
    communities = signed_communities(to_signed(graph))
    return [actor for members in communities for actor in sorted(members, key=lambda one: (-busy[one], one)) if actor in chosen]


def _draw_matrix(values: Any, counts: Any, labels: Sequence[str], figure: Figure) -> None:
    from matplotlib.colors import LinearSegmentedColormap

    axes = figure.subplots()
    colours = LinearSegmentedColormap.from_list("kg", [CONFLICT, "#ffffff", COOPERATION])
    image = axes.imshow(values if len(labels) else [[np.nan]], cmap=colours, vmin=-10, vmax=10)
    axes.set_xticks(range(len(labels)), labels, rotation=90, parse_math=False)
    axes.set_yticks(range(len(labels)), labels, parse_math=False)
    axes.tick_params(length=0)
    axes.set_xticks(np.arange(len(labels) + 1) - 0.5, minor=True)
    axes.set_yticks(np.arange(len(labels) + 1) - 0.5, minor=True)
    axes.grid(which="minor", color=FAINT, linewidth=0.5)
    axes.tick_params(which="minor", length=0)
    for (down, across), count in np.ndenumerate(counts):
        if count:
            _draw_cell(axes, down, across, float(values[down, across]), int(count))
    axes.set_ylabel("source")
    axes.set_xlabel("target")
    figure.colorbar(image, ax=axes, shrink=0.6, ticks=range(-10, 11, 5), label="mean score of an act (in the cell: its sign, and how many)")


def _draw_cell(axes: Axes, down: int, across: int, value: float, count: int) -> None:
    sign = "+" if value > 0 else "\N{MINUS SIGN}" if value < 0 else ""
    axes.text(across, down, f"{sign}{count}", ha="center", va="center", fontsize=7, color="white" if abs(value) > 6 else INK)


def _pairs(graph: nx.MultiDiGraph, actors: Sequence[str]) -> dict[tuple[str, str], Counter[str]]:
    """Acts of each family between two of the actors, whatever the direction."""
    chosen = set(actors)
    pairs: dict[tuple[str, str], Counter[str]] = {}
    for a, b, data in graph.edges(data=True):
        family = data["quad"].rsplit(" ", 1)[-1]
        if a != b and a in chosen and b in chosen and data["status"] == "asserted" and family in ("cooperation", "conflict"):
            pairs.setdefault((min(a, b), max(a, b)), Counter())[family] += 1
    return dict(sorted(pairs.items()))


def _strongest(pairs: dict[tuple[str, str], Counter[str]], most: int) -> dict[tuple[str, str], Counter[str]]:
    """Each actor's strongest tie, then the strongest of all, up to `most` (or as many as the former are)."""
    order = sorted(pairs, key=lambda pair: (-sum(pairs[pair].values()), pair))
    first: dict[str, tuple[str, str]] = {}
    for pair in order:
        for end in pair:
            first.setdefault(end, pair)
    kept = set(first.values())
    for pair in order:
        if len(kept) >= most:
            break
        kept.add(pair)
    return {pair: pairs[pair] for pair in pairs if pair in kept}


def _row_of(kind: str) -> tuple[str, tuple[str, ...], str, str, str]:
    return next(row for row in KINDS if kind in row[1])


def _draw_actors(axes: Axes, drawn: _Network) -> None:
    for kind, (x, y), radius, label in zip(drawn.kinds, drawn.points, drawn.radii, drawn.labels, strict=True):
        face, edge, shape = _look(kind)
        size = (2 * radius * 72 / _PIXELS) ** 2
        rim = edge if face == "white" else "white"
        axes.scatter([x], [y], s=size, marker=shape, facecolor=face, edgecolor=rim, linewidth=1.4, zorder=2)
        ground = {"facecolor": "white", "edgecolor": "none", "alpha": 0.75, "pad": 0.8}  # an outline would turn SVG text into paths
        axes.text(x, y - radius - 8, label, ha="center", va="center", fontsize=8.5, color=INK, zorder=3, parse_math=False, bbox=ground)


def _look(kind: str) -> tuple[str, str, str]:
    """Face, edge and marker of a kind of actors."""
    _, _, shape, colour, _ = _row_of(kind)
    return "white" if shape == "ring" else colour, colour, _MARKERS[shape]


def _draw_legend(axes: Axes, drawn: _Network) -> None:
    """Lines in a row, kinds in a row below; one line is as thick as the thickest in the figure, and says of how many acts."""
    from matplotlib.lines import Line2D

    lines = [
        Line2D([], [], color=colour, linestyle=style, linewidth=1.8, label=family)
        for family, (colour, style) in _LINES.items()
        if any(_family(counts) == family for counts in drawn.pairs.values())
    ]
    most = max((counts.total() for counts in drawn.pairs.values()), default=1)
    for acts in sorted({1, most}):
        lines.append(Line2D([], [], color=INK, linewidth=_line_width(acts), label=f"{acts} act{'' if acts == 1 else 's'}"))
    marks = []
    for label, members, *_ in KINDS:
        if set(drawn.kinds) & set(members):
            face, edge, shape = _look(members[0])
            marks.append(
                Line2D([], [], linestyle="none", marker=shape, markersize=7, markerfacecolor=face, markeredgecolor=edge, label=label)
            )
    style: dict[str, Any] = {"loc": "upper center", "frameon": False, "fontsize": 8, "borderaxespad": 0, "handlelength": 3}
    axes.add_artist(axes.legend(handles=lines, bbox_to_anchor=(0.5, 0.0), ncols=5, **style))
    axes.legend(handles=marks, bbox_to_anchor=(0.5, -0.035), ncols=5, **style)


def _write(out: Path, size: tuple[float, float], draw: Callable[[Figure], None]) -> None:
    """Draw a figure of so many inches and write it; the same drawing gives the same bytes."""
    ending = out.suffix[1:].lower()
    if ending not in FORMATS:
        raise UnknownNameError(f"{out}: a figure is a file that ends in {', '.join('.' + name for name in FORMATS)}")
    try:
        import matplotlib as mpl
        from matplotlib.figure import Figure
    except ModuleNotFoundError as error:
        raise KgError("figures need matplotlib, which is not installed: pip install 'kg[figures]'") from error
    with mpl.rc_context(_STYLE):
        figure = Figure(figsize=size)
        draw(figure)
        metadata = {"png": {"Software": None}, "svg": {"Date": None, "Creator": None}, "pdf": {"CreationDate": None, "Producer": None}}
        figure.savefig(out, format=ending, dpi=200, bbox_inches="tight", pad_inches=0.1, metadata=metadata[ending])
