"""The commands that count, over a small store whose figures are known."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from rdflib import Dataset

from kg.cli.reports import sparkline
from kg.store import Store
from kg.vocabulary import PREFIXES
from tests.conftest import Run
from tests.small_store import KENYA, MINISTER, PERU, RWANDA, UGANDA, document, statement

COW = {"KEN": "501", "UGA": "500", "RWA": "517", "PER": "135"}


def with_cow(actor):
    import dataclasses

    return dataclasses.replace(actor, cow=COW[actor.iso3])


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Kenya and Uganda get on, Rwanda and Uganda do not; one dispatch is printed by two papers."""
    path = tmp_path_factory.mktemp("reports") / "store"
    kenya, uganda, rwanda, peru = map(with_cow, (KENYA, UGANDA, RWANDA, PERU))
    january, march = document(1, published="2024-01-10"), document(2, published="2024-03-05", publisher="The Hill Post")
    denial = document(4, published="2024-02", publisher="The Hill Post")
    copy = document(3, published="2024-03-06", publisher="The Lake Courier")
    news = {
        january: [statement("01", january, kenya, "AID", uganda), statement("02", january, uganda, "ACCUSE", rwanda, begin=50)],
        march: [
            statement("03", march, rwanda, "ASSAULT", uganda), statement("04", march, kenya, "COOPERATE", rwanda, begin=60),
            statement("05", march, MINISTER, "AID", uganda, affiliation=kenya, begin=120),
            statement("07", march, kenya, "THREATEN", uganda, begin=240),
        ],
        denial: [statement("06", denial, peru, "ASSAULT", kenya, status="negated")],
        copy: [
            statement("13", copy, rwanda, "ASSAULT", uganda), statement("14", copy, kenya, "COOPERATE", rwanda, begin=60),
            statement("15", copy, MINISTER, "AID", uganda, affiliation=kenya, begin=120),
            statement("17", copy, kenya, "THREATEN", uganda, begin=240),
        ],
    }  # fmt: skip
    with Store.open(path) as opened:
        for one, statements in news.items():
            opened.add(one, statements)
    return path


def as_json(run: Run, *arguments: str | Path) -> dict:
    done = run(*arguments, "--format", "json")
    assert done.code == 0, done.err
    return json.loads(done.out)


def test_ties_count_a_copied_dispatch_once(run: Run, store: Path) -> None:
    (tie,) = as_json(run, "ties", "Kenya", "Uganda", "--store", store)["ties"]
    assert (tie["acts"], tie["cooperation"], tie["conflict"], tie["sources"], tie["repeats"]) == (3, 2, 1, 2, 2)
    assert tie["score"] == pytest.approx(7.4 + 7.4 - 5.1)
    (each,) = as_json(run, "ties", "Kenya", "Uganda", "--keep-copies", "--store", store)["ties"]
    assert (each["acts"], each["sources"]) == (5, 3)


def test_persons_count_as_their_state_unless_kept(run: Run, store: Path) -> None:
    (tie,) = as_json(run, "ties", "Kenya", "Uganda", "--persons", "--store", store)["ties"]
    assert tie["acts"] == 2


def test_ties_with_two_actors_show_the_sentences(run: Run, store: Path) -> None:
    done = run("ties", "KEN", "Uganda", "--store", store)
    assert "Kenya AID Uganda." in done.out
    assert "2024-01-10" in done.out
    found = as_json(run, "ties", "Kenya", "Uganda", "--store", store)
    assert [row["id"] for row in found["statements"]] == found["ties"][0]["statements"]


def test_what_was_denied_is_no_act(run: Run, store: Path) -> None:
    (tie,) = as_json(run, "ties", "Peru", "Kenya", "--store", store)["ties"]
    assert (tie["acts"], tie["negated"], tie["score"], tie["mean"]) == (0, 1, 0.0, None)


def test_csv_and_markdown(run: Run, store: Path) -> None:
    rows = list(csv.DictReader(io.StringIO(run("ties", "--by", "month", "--format", "csv", "--store", store).out)))
    assert {row["period"] for row in rows} == {"2024-01", "2024-02", "2024-03"}
    assert all(row["source_id"].startswith("https://") for row in rows)
    text = run("ties", "--format", "md", "--store", store).out
    assert text.startswith("### Ties\n\n| source | target |")
    assert "|---|" in text


def test_since_until_and_publisher(run: Run, store: Path) -> None:
    assert len(as_json(run, "ties", "--until", "2024-01", "--store", store)["ties"]) == 2
    assert len(as_json(run, "ties", "--since", "2024-03-06", "--store", store)["ties"]) == 3
    assert run("ties", "--publisher", "The Hill", "--store", store).err.startswith("error: no publisher 'The Hill'")
    assert "not understood" in run("ties", "--since", "soon", "--store", store).err
    assert "no statement is left" in run("ties", "--since", "2030", "--store", store).err


def test_unknown_actor_is_named(run: Run, store: Path) -> None:
    done = run("ties", "Kenyaa", "--store", store)
    assert done.code == 1
    assert "Kenya" in done.err


def test_timeline_has_every_month_and_a_sparkline(run: Run, store: Path) -> None:
    done = run("timeline", "Kenya", "Uganda", "--store", store)
    assert [line.split()[0] for line in done.out.splitlines()[1:4]] == ["2024-01", "2024-02", "2024-03"]
    assert "cooperation █·█" in done.out
    assert "conflict    ··█" in done.out
    quarters = as_json(run, "timeline", "Uganda", "--by", "quarter", "--store", store)["timeline"]
    assert [(row["period"], row["cooperation"], row["conflict"]) for row in quarters] == [("2024-Q1", 2, 3)]


def test_sparkline() -> None:
    assert sparkline([0, 1, 2, 4, 8]) == "·▁▂▄█"
    assert sparkline([]) == ""


def test_balance_and_the_sentences_behind_a_strained_triad(run: Run, store: Path) -> None:
    found = as_json(run, "balance", "--store", store)
    figures = {row["figure"]: row["value"] for row in found["balance"]}
    assert (figures["triads"], figures["+ + -"], figures["share balanced"], figures["frustration index"]) == (1, 1, 0.0, "1")
    assert found["triads"][0]["signs"] == "+ + -"
    assert {row["relation"] for row in found["evidence"]} == {"AID", "COOPERATE", "ASSAULT", "ACCUSE", "THREATEN"}
    assert "FRUSTRATION" not in run("balance", "--store", store).out


def test_rank_with_intervals(run: Run, store: Path) -> None:
    rows = as_json(run, "rank", "--draws", "20", "--store", store)["ranks"]
    assert rows[0]["actor"] == "Uganda"
    assert rows[0]["strength"] == 5, "a copied dispatch counts once"
    each = as_json(run, "rank", "--draws", "20", "--keep-copies", "--store", store)["ranks"]
    assert each[0]["strength"] == 8
    for by in ("degree", "betweenness"):
        assert all(row["from"] <= row["to"] for row in as_json(run, "rank", "--by", by, "--draws", "10", "--store", store)["ranks"])


def test_compare_periods_publishers_and_stores(run: Run, store: Path) -> None:
    periods = as_json(run, "compare", "--before", "2024-01", "--after", "2024-02..2024-03", "--store", store)["changes"]
    assert {(row["source"], row["target"]): row["change"] for row in periods} == {
        ("Kenya", "Uganda"): "cooler", ("Kenya", "Rwanda"): "new", ("Rwanda", "Uganda"): "cooler",
    }  # fmt: skip
    papers = as_json(run, "compare", "--publisher", "The Hill Post", "--publisher", "The Lake Courier", "--store", store)
    assert {row["change"] for row in papers["changes"]} == {"same", "warmer"}
    same = as_json(run, "compare", "--other", store, "--store", store)
    assert {row["change"] for row in same["changes"]} == {"same"}
    assert "compare what?" in run("compare", "--store", store).err


def test_treaties_beside_the_news(run: Run, store: Path, tmp_path: Path) -> None:
    pacts = tmp_path / "pacts.csv"
    pacts.write_text("ccode1,ccode2,type,start_year,end_year\n500,517,cow_defense,2000,2030\n135,501,cow_entente,2000,2030\n", "utf-8")
    found = as_json(run, "treaties", pacts, "--year", "2024", "--rdf", tmp_path / "pacts.trig", "--store", store)
    assert [(row["source"], row["target"], row["verdict"]) for row in found["treaties"]] == [
        ("Rwanda", "Uganda", "allies, hostile"), ("Kenya", "Uganda", "no pact, friendly"), ("Kenya", "Rwanda", "no pact, friendly"),
        ("Kenya", "Peru", "allies, silent"),
    ]  # fmt: skip
    assert {row["relation"] for row in found["evidence"]} == {"ASSAULT", "ACCUSE"}


def test_alliances_are_a_layer_in_graphs_of_their_own(run: Run, store: Path, tmp_path: Path) -> None:
    pacts = tmp_path / "pacts.csv"
    pacts.write_text("ccode1,ccode2,type,start_year,end_year\n500,517,cow_defense,2000,2030\n2,500,cow_defense,2000,2030\n", "utf-8")
    assert run("treaties", pacts, "--year", "2024", "--rdf", tmp_path / "pacts.trig", "--store", store).code == 0
    assert run("export", tmp_path / "news.trig", "--store", store).code == 0
    both = Dataset(default_union=True)
    for name in ("pacts.trig", "news.trig"):
        both.parse(tmp_path / name, format="trig")
    hostile = both.query(
        """SELECT ?one ?other {
          GRAPH <https://w3id.org/geopolitical-kg/reference/alliances/2024/defence> { ?one kgr:ALLY ?other }
          GRAPH ?document { ?one kgr:ASSAULT ?other } }""",
        initNs={"kgr": PREFIXES["kgr"]},
    )
    assert {(str(one), str(other)) for one, other in hostile} == {(RWANDA.id, UGANDA.id)}


def test_stats_for_other_programs(run: Run, store: Path) -> None:
    found = as_json(run, "stats", "--store", store)
    assert found["store"] == [{"documents": 4, "from": "2024-01-10", "to": "2024-03-06", "statements": 11, "actors": 5}]
    assert {row["relation"]: row["all"] for row in found["relations"]}["AID"] == 3
    assert run("stats", "--format", "csv", "--store", store).out.startswith("relation,all,asserted,negated,")


def test_export_for_r_is_a_folder(run: Run, store: Path, tmp_path: Path) -> None:
    done = run("export", tmp_path / "r", "--format", "r", "--by", "quarter", "--store", store)
    assert done.code == 0, done.err
    assert len(done.out.splitlines()) == 7
    rows = list(csv.DictReader((tmp_path / "r" / "dyad-period.csv").open(encoding="utf-8")))
    assert {row["period"] for row in rows} == {"2024-Q1"}
    assert {(row["source_ccode"], row["target_iso3"]) for row in rows if row["sign"] == "1"} == {("501", "UGA"), ("501", "RWA")}
    assert "name a folder" in run("export", "-", "--format", "r", "--store", store).err


def test_plot_writes_figures(run: Run, store: Path, tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    for what, *options in (("network",), ("matrix",), ("timeline", "--actor", "Kenya", "--actor", "Uganda")):
        done = run("plot", what, tmp_path / f"{what}.svg", *options, "--store", store)
        assert done.code == 0, done.err
        assert (tmp_path / f"{what}.svg").stat().st_size > 3000
    assert "name them with --actor" in run("plot", "timeline", tmp_path / "t.svg", "--store", store).err
