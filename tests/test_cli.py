"""The command line as a stranger meets it: what it prints, how it ends, and what it says when something is wrong."""

from __future__ import annotations

import csv
import io
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pyoxigraph as ox
import pytest

from kg.cli.app import app
from kg.errors import StoreError
from kg.query import named_queries
from kg.store import FORMAT_VERSION, Store
from kg.vocabulary import PREFIXES
from tests.conftest import EXAMPLES, ROOT, Run

COMMANDS = (
    "build", "extract", "explain", "view", "export", "query", "stats", "show", "remove", "validate", "classify", "resolve", "evaluate",
    "codebook", "ties", "timeline", "balance", "rank", "compare", "treaties", "plot", "rebuild",
    "review", "correct", "import", "diff", "doctor", "backup", "restore",
)  # fmt: skip
THANKS = "Ghana thanked Togo."


def one_line(text: str, *parts: str) -> None:
    """An error for people: a single line that begins with "error:" and names these."""
    assert text.startswith("error: ")
    assert text.count("\n") == 1, text
    for part in parts:
        assert part in text


@pytest.fixture
def article(tmp_path: Path) -> Path:
    path = tmp_path / "thanks.txt"
    path.write_text(THANKS, encoding="utf-8")
    return path


@pytest.fixture
def small_store(run: Run, tmp_path: Path, article: Path) -> Path:
    path = tmp_path / "store"
    assert run("build", article, "--store", path, "--date", "2025-05-12").code == 0
    return path


# -- help ------------------------------------------------------------------------------------------------------------


def test_every_command_is_tested_here() -> None:
    assert {command.callback.__name__ for command in app.registered_commands if command.callback} == set(COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_help_has_an_example(run: Run, command: str) -> None:
    done = run(command, "--help")
    assert done.code == 0
    assert "Example" in done.out
    assert f"kg {command}" in done.out.split("Example", 1)[1]


def test_help_lists_every_command(run: Run) -> None:
    done = run("--help")
    assert done.code == 0
    assert all(f" {command} " in done.out for command in COMMANDS)


def test_version(run: Run) -> None:
    assert run("--version").out.startswith("kg ")


@pytest.mark.parametrize(
    "arguments",
    [("build", "x"), ("extract",), ("extract", "x", "--format", "xml"), ("nonsense",), ("build", "x", "--store", "s", "--actors", "some")],
)
def test_wrong_usage_is_exit_code_2(run: Run, arguments: tuple[str, ...]) -> None:
    assert run(*arguments).code == 2


# -- build and extract -----------------------------------------------------------------------------------------------


def test_build_says_what_changed(run: Run, tmp_path: Path, article: Path) -> None:
    store, named = tmp_path / "store", tmp_path / "news.jsonl"
    assert run("build", article, "--store", store).err == f"{store}: 1 document (1 added), 1 statements\n"
    assert run("build", article, "--store", store).err == f"{store}: 1 document (1 unchanged), 1 statements\n"
    for text, change in ((THANKS, "1 added"), ("Ghana accused Togo.", "1 replaced")):
        named.write_text(json.dumps({"id": "n1", "text": text}), encoding="utf-8")
        assert change in run("build", named, "--store", store).err


def test_build_prints_the_statements_as_a_table(run: Run, tmp_path: Path) -> None:
    done = run("build", *EXAMPLES, "--store", tmp_path / "store", "--table")
    head, *lines = done.out.splitlines()
    assert done.code == 0
    assert head.split() == ["source", "relation", "target", "status", "says", "when", "conf.", "words"]
    assert max(map(len, lines)) > 100, "a pipe is not squeezed into 80 columns"
    assert "…" not in done.out
    assert " SANCTION " in done.out


@pytest.mark.parametrize("width", [60, 80])
def test_a_narrow_terminal_breaks_no_code(run: Run, article: Path, monkeypatch: pytest.MonkeyPatch, width: int) -> None:
    monkeypatch.setattr("kg.cli.console.PLAIN_WIDTH", width)
    printed = run("extract", *EXAMPLES, "--format", "table").out
    assert all(code in printed for code in ("COOPERATE", "SUPPORT", "2025-03-20"))
    monkeypatch.undo()


def test_extract_reads_standard_input(run: Run) -> None:
    done = run("extract", "-", stdin=THANKS.encode())
    assert [json.loads(line)["trigger"] for line in done.out.splitlines()] == ["thanked"]


def test_extract_writes_csv_and_the_turtle_of_the_store(run: Run, article: Path, tmp_path: Path, small_store: Path) -> None:
    rows = list(csv.DictReader(io.StringIO(run("extract", article, "--format", "csv").out)))
    assert [(row["source"], row["relation"], row["target"]) for row in rows] == [("Ghana", "SUPPORT", "Togo")]
    written = tmp_path / "new folder" / "out.ttl"
    assert run("extract", article, "--date", "2025-05-12", "--format", "ttl", "-o", written).code == 0
    assert run("export", tmp_path / "store.ttl", "--store", small_store).code == 0
    assert written.read_bytes() == (tmp_path / "store.ttl").read_bytes()


def test_min_confidence_leaves_statements_out(run: Run, article: Path) -> None:
    assert run("extract", article, "--min-confidence", "1").out == ""


def test_actors_of_the_user_are_known(run: Run, article: Path, tmp_path: Path) -> None:
    actors = tmp_path / "actors.csv"
    actors.write_text("id,label,kind,aliases\norganisation/lake,Lake League,organisation,The Lakers\n", encoding="utf-8")
    text = b"Ghana condemned the Lake League."
    row = json.loads(run("extract", "-", "--actors-file", actors, stdin=text).out)
    assert (row["target"]["label"], row["target"]["linked"]) == ("Lake League", True)
    actors.write_text("id,label,kind\nx,,organisation\n", encoding="utf-8")
    one_line(run("extract", article, "--actors-file", actors).err, "line 2", "label")


def test_columns_can_be_named(run: Run, tmp_path: Path) -> None:
    table = tmp_path / "news.csv"
    table.write_text(f"nr,body,day\n7,{THANKS},2025-05-12\n", encoding="utf-8")
    done = run("extract", table, "--column", "text=body", "--column", "date=day", "--column", "id=nr")
    assert json.loads(done.out)["document"] == "7"
    one_line(run("extract", table).err, "text")
    one_line(run("extract", table, "--column", "body").err, "field=name")


# -- what a store is asked -------------------------------------------------------------------------------------------


def test_stats_counts(run: Run, examples_store: Path) -> None:
    done = run("stats", "--store", examples_store, "--top", "3")
    assert done.out.startswith("documents   8  (2025-02-11 to 2025-09-09)\nstatements  ")
    assert "REJECT" in done.out
    listed = run("stats", "--store", examples_store, "--documents").out.splitlines()
    assert len(listed) == 9
    assert any(line.startswith("black-sea") for line in listed)


def test_show_an_actor(run: Run, examples_store: Path) -> None:
    nato = run("show", "NATO", "--date", "2025-03-20", "--store", examples_store).out
    assert "secretary general: Mark Rutte" in nato
    assert "Turkey" in nato
    assert "statements" in nato
    rutte = run("show", "Mark Rutte", "--date", "2020-01-01").out
    assert "head of government of Netherlands" in rutte
    assert "secretary general" not in rutte
    assert run("show", "TUR").out.splitlines()[0] == run("show", "kga:state/TUR").out.splitlines()[0] == "Turkey  state"
    assert "because" in run("show", "the Turkish foreign minister", "--date", "2025-03-20").out


def test_show_a_statement(run: Run, small_store: Path) -> None:
    row = json.loads(run("extract", "-", stdin=THANKS.encode()).out)
    for name in (row["id"], row["id"].rsplit("/", 1)[-1][:8]):
        shown = run("show", name, "--store", small_store)
        assert THANKS in shown.out
        assert "thanked" in shown.out


def test_show_offers_near_names(run: Run, small_store: Path) -> None:
    one_line(run("show", "Ghanna", "--store", small_store).err, "did you mean Ghana?")
    one_line(run("show", "NATO", "--date", "someday").err, "2025-03-20")


def test_view_writes_a_page(run: Run, examples_store: Path, tmp_path: Path) -> None:
    page = tmp_path / "new folder" / "graph.html"
    done = run("view", page, "--store", examples_store, "--title", "Eight articles")
    assert (done.code, done.out) == (0, f"{page}\n")
    assert "<title>Eight articles" in page.read_text(encoding="utf-8")


def test_view_of_nothing_is_an_error(run: Run, tmp_path: Path) -> None:
    Store.open(tmp_path / "empty").close()
    one_line(run("view", tmp_path / "page.html", "--store", tmp_path / "empty").err, "holds no statements", "kg build")


@pytest.mark.parametrize(
    ("name", "start"),
    [
        ("graph.ttl", "@prefix"), ("graph.trig", "@prefix"), ("graph.nq", "<http"), ("graph.nt", "<http"), ("graph.jsonld", "{"),
        ("graph.rdf", "<?xml"), ("graph.graphml", "<?xml"), ("graph.gexf", "<?xml"), ("graph.csv", "document,sentence"),
    ],
)  # fmt: skip
def test_export_knows_the_format_by_the_ending(run: Run, small_store: Path, tmp_path: Path, name: str, start: str) -> None:
    out = tmp_path / name
    assert run("export", out, "--store", small_store).out == f"{out}\n"
    written = out.read_text(encoding="utf-8")
    assert written.startswith((start, start.replace("<?xml", "<graphml"), start.replace("<?xml", "<gexf")))


def test_export_to_standard_output(run: Run, small_store: Path) -> None:
    assert run("export", "-", "--format", "nt", "--store", small_store).out.startswith("<http")


def test_export_of_another_format_is_an_error(run: Run, small_store: Path, tmp_path: Path) -> None:
    one_line(run("export", tmp_path / "graph.xyz", "--store", small_store).err, "xyz", "--format", "turtle")
    one_line(run("export", tmp_path / "graph", "--store", small_store).err, "no ending")
    one_line(run("export", tmp_path / "graph.ttl", "--roll-up", "--store", small_store).err, "--roll-up")


def test_query(run: Run, small_store: Path, tmp_path: Path) -> None:
    text = "SELECT ?b { ?a kgr:SUPPORT ?x . ?x rdfs:label ?b }"
    (tmp_path / "who.rq").write_text(text, encoding="utf-8")
    for query, stdin in ((text, b""), (str(tmp_path / "who.rq"), b""), ("-", text.encode())):
        assert run("query", query, "--store", small_store, "--format", "csv", stdin=stdin).out.splitlines() == ["b", "Togo"]
    named = run("query", "statements-between", "-p", "one=Ghana", "-p", "other=TGO", "--store", small_store)
    assert "SUPPORT" in named.out


def test_query_without_an_argument_lists_the_named_ones(run: Run) -> None:
    listed = run("query").out
    assert all(name in listed for name in named_queries())


@pytest.mark.parametrize(
    ("arguments", "parts"),
    [
        (("denyed",), ["did you mean denied"]),
        (("SELECT { ?a",), ["cannot be parsed"]),
        (("nowhere.rq",), ["nowhere.rq", "no such file"]),
        (("statements-between",), ["needs one", "Kenya"]),
        (("statements-between", "-p", "one=Ghana", "-p", "other=Togoo"), ["did you mean Togo"]),
        (("statements-between", "-p", "one"), ["name=value"]),
        (("ASK { ?a ?b ?c }", "-p", "one=Ghana"), ["no named query"]),
        (("DELETE WHERE { ?a ?b ?c }",), []),
    ],
)
def test_wrong_queries_are_one_line(run: Run, small_store: Path, arguments: tuple[str, ...], parts: list[str]) -> None:
    done = run("query", *arguments, "--store", small_store)
    assert done.code == 1
    one_line(done.err, *parts)


def test_query_needs_a_store(run: Run) -> None:
    one_line(run("query", "denied").err, "--store")


def test_remove(run: Run, small_store: Path) -> None:
    one_line(run("remove", "nothing", "--store", small_store).err, "kg stats --documents")
    document = run("stats", "--documents", "--store", small_store).out.splitlines()[1].split()[0]
    assert run("remove", document, "--store", small_store).out == f"removed {document}\n"
    assert run("stats", "--store", small_store).out.startswith("documents   0\n")


# -- validate --------------------------------------------------------------------------------------------------------


def test_a_sound_store_conforms(run: Run, examples_store: Path) -> None:
    done = run("validate", "--store", examples_store)
    assert (done.code, done.out) == (0, "8 documents conform\n")


DAMAGE = {
    "status dropped": "DELETE WHERE { GRAPH ?g { ?s kg:status ?o } }",
    "source dropped": "DELETE WHERE { GRAPH ?g { ?s kg:source ?o } }",
    "relation that the codebook has not": "DELETE { GRAPH ?g { ?s kg:relation ?o } } INSERT { GRAPH ?g { ?s kg:relation kgr:HUG } } "
    "WHERE { GRAPH ?g { ?s kg:relation ?o } }",
    "second source": "INSERT { GRAPH ?g { ?s kg:source ?other } } WHERE { GRAPH ?g { ?s kg:source ?a ; kg:target ?other } }",
    "confidence above one": "DELETE { GRAPH ?g { ?s kg:confidence ?o } } INSERT { GRAPH ?g { ?s kg:confidence 7.5 } } "
    "WHERE { GRAPH ?g { ?s kg:confidence ?o } }",
    "document not described": "DELETE WHERE { GRAPH ?g { ?g a kg:Document } }",
    "merge lacks a triple": "DELETE WHERE { ?s kg:status ?o }",
    "merge holds a stray triple": "INSERT DATA { <https://example.org/a> kg:status <https://example.org/b> }",
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_planted_damage_is_found(run: Run, small_store: Path, damage: str) -> None:
    quads = ox.Store(small_store / "quads")
    quads.update("\n".join(f"PREFIX {prefix}: <{iri}>" for prefix, iri in PREFIXES.items()) + "\n" + DAMAGE[damage])
    quads.flush()
    del quads
    done = run("validate", "--store", small_store)
    assert done.code == 1
    assert "fault" in done.out


# -- stores that cannot be used --------------------------------------------------------------------------------------

READERS = (("stats",), ("view", "page.html"), ("export", "graph.ttl"), ("query", "denied"), ("validate",), ("remove", "x"))


@pytest.mark.parametrize("command", READERS)
def test_a_missing_store_is_named_with_the_way_out(
    run: Run, tmp_path: Path, command: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    done = run(*command, "--store", "nowhere")
    assert done.code == 1
    one_line(done.err, "nowhere", "kg build")
    assert list(tmp_path.iterdir()) == []


def test_a_store_of_a_newer_version_is_refused(run: Run, small_store: Path, article: Path) -> None:
    (small_store / "store.json").write_text(json.dumps({"format": FORMAT_VERSION + 1, "kg": "99.0"}), encoding="utf-8")
    for command in (("stats",), ("build", article)):
        done = run(*command, "--store", small_store)
        assert done.code == 1
        one_line(done.err, "99.0", "update kg")


def test_what_is_no_store_is_refused(run: Run, tmp_path: Path, article: Path) -> None:
    for command in (("stats",), ("build", article)):
        one_line(run(*command, "--store", tmp_path).err, "not a kg store")
        one_line(run(*command, "--store", article).err, "this is a file")


def test_a_busy_store_is_read_but_not_written(run: Run, small_store: Path, article: Path) -> None:
    with Store.open(small_store):
        one_line(run("build", article, "--store", small_store).err, "another process is writing")
        assert run("stats", "--store", small_store).code == 0


@pytest.mark.parametrize("broken", ["manifest", "database"])
def test_a_damaged_store_is_one_line(run: Run, small_store: Path, broken: str) -> None:
    if broken == "manifest":
        (small_store / "store.json").write_text("{", encoding="utf-8")
    else:
        for table in (small_store / "quads").iterdir():
            table.write_bytes(b"damage")
    done = run("stats", "--store", small_store)
    assert done.code == 1
    one_line(done.err)


@pytest.mark.skipif(os.geteuid() == 0, reason="permissions do not bind root")
def test_a_store_without_permission_is_one_line(run: Run, small_store: Path) -> None:
    small_store.chmod(0)
    try:
        one_line(run("stats", "--store", small_store).err, "ermission")
    finally:
        small_store.chmod(0o700)


def test_errors_of_the_system_are_one_line(run: Run, small_store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied", "/srv/store/store.json")

    monkeypatch.setattr(Store, "open", refuse)
    done = run("stats", "--store", small_store)
    assert (done.code, done.err) == (1, "error: /srv/store/store.json: permission denied\n")


# -- outputs that cannot be written ----------------------------------------------------------------------------------


@pytest.mark.parametrize("command", [("view", ".html"), ("export", ".ttl"), ("export", ".csv")])
def test_an_output_that_cannot_be_written_is_one_line(
    run: Run, small_store: Path, article: Path, tmp_path: Path, command: tuple[str, str]
) -> None:
    name, ending = command
    (tmp_path / f"folder{ending}").mkdir()
    one_line(run(name, tmp_path / f"folder{ending}", "--store", small_store).err, "is a folder")
    one_line(run(name, article / f"below{ending}", "--store", small_store).err, "cannot be made")


def test_an_extract_that_cannot_be_written_is_one_line(run: Run, article: Path, tmp_path: Path) -> None:
    one_line(run("extract", article, "-o", tmp_path).err, "is a folder")


# -- inputs that cannot be used --------------------------------------------------------------------------------------

BROKEN_PDF = b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer << /Root 9 0 R >>\n%%EOF\n"


@pytest.mark.parametrize(
    ("name", "content", "parts"),
    [
        ("empty.txt", b"", ["empty"]),
        ("blank.txt", b" \n\n ", []),
        ("binary.txt", bytes(range(256)) * 8, ["binary"]),
        ("unreadable.pdf", BROKEN_PDF, []),
        ("garbage.pdf", b"%PDF-1.7 nothing of the sort", []),
        ("textless.html", b"<html><head><title>x</title></head><body><script>1</script></body></html>", []),
        ("columns.csv", b"id,body\n1,Ghana thanked Togo.\n", ["text"]),
        ("line.txt", b"a" * 10_000_000, []),
        ("line.jsonl", b'{"text": "' + b"a" * 10_000_000 + b'"}', ["line longer"]),
        ("archive.txt.gz", b"\x1f\x8b broken", ["gzip"]),
    ],
)
@pytest.mark.parametrize("command", ["build", "extract"])
def test_a_bad_input_is_one_line(run: Run, tmp_path: Path, command: str, name: str, content: bytes, parts: list[str]) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    store = ("--store", tmp_path / "store") if command == "build" else ()
    done = run(command, path, *store)
    assert (done.code, done.out) == (1, "")
    error = done.err.splitlines()[-1] + "\n"
    one_line(error, name, *parts)
    assert all(line.startswith(("error: ", "warning: ")) for line in done.err.splitlines())


def test_a_bad_input_beside_good_ones_is_a_counted_warning(run: Run, article: Path, tmp_path: Path) -> None:
    (tmp_path / "empty.txt").touch()
    done = run("extract", article, tmp_path / "empty.txt")
    assert done.code == 3
    assert done.err == f"warning: {tmp_path / 'empty.txt'}: empty file\n"
    assert len(done.out.splitlines()) == 1


def test_another_encoding_is_guessed_and_said_or_named(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "old.txt"
    path.write_bytes("Ghana thanked Togo for the café.".encode("cp1252"))
    guessed = run("extract", path)
    assert guessed.code == 3
    assert "Windows-1252" in guessed.err
    assert "café" in guessed.out
    assert run("extract", path, "--encoding", "cp1252").err == ""
    one_line(run("extract", path, "--encoding", "utf-8").err, "not utf-8")
    one_line(run("extract", path, "--encoding", "klingon").err, "unknown encoding")


def test_a_broken_line_is_named_and_the_rest_goes_on(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "news.jsonl"
    good = json.dumps({"text": THANKS})
    path.write_text(f'{good}\n{{"text": \n[1]\n{json.dumps({"text": "Peru accused Chile."})}\n{json.dumps({"id": 5})}\n', encoding="utf-8")
    done = run("extract", path)
    assert done.code == 3
    assert [json.loads(line)["relation"] for line in done.out.splitlines()] == ["SUPPORT", "ACCUSE"]
    assert [line.split(":")[2] for line in done.err.splitlines()] == ["2", "3", "5"]


@pytest.mark.parametrize(
    ("arguments", "parts"),
    [
        (("missing.txt",), ["missing.txt", "no such file"]),
        (("https://example.org/a.html",), ["save the page"]),
        (("FILE", "--input-format", "docx"), ["docx", "jsonl"]),
        (("FILE", "--date", "soon"), ["soon", "2025-03-20"]),
        (("FILE", "--actors-file", "missing.csv"), ["missing.csv"]),
    ],
)
def test_wrong_options_are_one_line(run: Run, article: Path, arguments: tuple[str, ...], parts: list[str]) -> None:
    done = run("extract", *(str(article) if a == "FILE" else a for a in arguments))
    assert done.code == 1
    one_line(done.err, *parts)


def test_an_unknown_model_is_one_line(run: Run, article: Path) -> None:
    for command in (("extract", article), ("classify", "-"), ("evaluate", ROOT / "tests" / "cases" / "development.txt")):
        done = run(*command, "--model", "no_such_model", stdin=b'{"text": "Ghana", "source": [0, 1], "target": [2, 3]}')
        assert done.code == 1
        one_line(done.err, "no_such_model", "leave the name out")


# -- rows and gold files ---------------------------------------------------------------------------------------------


def test_bad_rows_are_named_and_the_rest_goes_on(run: Run, tmp_path: Path) -> None:
    good = {"text": THANKS, "source": [0, 5], "target": [14, 18]}
    bad = [{"text": THANKS}, {**good, "source": [0, 500]}, {**good, "target": "Togo"}, {**good, "text": 3}]
    rows = [json.dumps(good), "{", "[]", *map(json.dumps, bad), json.dumps(good)]
    done = run("classify", "-", stdin="\n".join(rows).encode())
    assert done.code == 3
    assert len(done.out.splitlines()) == 2
    assert [line.split(":")[2] for line in done.err.splitlines()] == ["2", "3", "4", "5", "6", "7"]
    phrases = [json.dumps({"text": "Ghana", "date": "someday"}), json.dumps({"text": "Ghana", "date": 2025})]
    done = run("resolve", "-", stdin="\n".join(phrases).encode())
    assert done.code == 3
    assert len(done.out.splitlines()) == 1


def test_wrong_uses_of_rows_are_one_line(run: Run, tmp_path: Path) -> None:
    one_line(run("classify", "missing.jsonl").err, "missing.jsonl", "no such file")
    one_line(run("resolve", tmp_path).err, "is a folder")
    one_line(run("resolve", "-").err, "empty")
    one_line(run("classify", "-", "--relations", "HUG", stdin=b"{}").err, "HUG", "SUPPORT")


def test_wrong_gold_files_are_one_line(run: Run, tmp_path: Path) -> None:
    gold = tmp_path / "gold.txt"
    one_line(run("evaluate", gold).err, "no such file")
    gold.write_text("a1 | x | 2025-01-02\nGhana thanked Togo.\nGhana > HUG > Togo\n", encoding="utf-8")
    one_line(run("evaluate", gold).err, "gold.txt:3", "HUG")
    gold.write_bytes(b"\xff\xfe\xff")
    one_line(run("evaluate", gold).err, "UTF-8")


# -- the process -----------------------------------------------------------------------------------------------------


def kg(*arguments: str | Path, **options: object) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "kg", *map(str, arguments)]
    return subprocess.Popen(  # type: ignore[call-overload,no-any-return]
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, preexec_fn=heed_interrupts, **options
    )


def heed_interrupts() -> None:
    """Tests that run in the background of a shell inherit that Ctrl-C is ignored."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def test_a_reader_that_goes_away_is_no_error(examples_store: Path) -> None:
    with kg("export", "-", "--format", "nt", "--store", examples_store) as process:
        assert process.stdout is not None
        process.stdout.read(10)
        process.stdout.close()
        assert process.stderr is not None
        assert process.stderr.read() == b""


def test_an_interrupted_build_keeps_what_is_finished(tmp_path: Path) -> None:
    store = tmp_path / "store"
    lines = [json.dumps({"id": f"d{number}", "text": THANKS}) + "\n" for number in range(3)]
    with kg("build", "-", "--input-format", "jsonl", "--store", store, stdin=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stderr is not None
        process.stdin.write("".join(lines).encode())
        process.stdin.flush()
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and not count_documents(store):
            time.sleep(0.1)
        process.send_signal(signal.SIGINT)
        said = process.stderr.read().decode()
        process.stdin.close()
    assert process.returncode == 130
    assert said == "interrupted; a build keeps what it has finished, and the same command goes on from there\n"
    assert 1 <= count_documents(store) <= 3


def count_documents(store: Path) -> int:
    try:
        with Store.open(store, create=False, read_only=True) as opened:
            return len(opened)
    except StoreError:  # the other process is still making it
        return 0
