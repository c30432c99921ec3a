"""Inputs that somebody made to do harm: each is refused in words that say why, or read as the text that it is."""

from __future__ import annotations

import csv
import gzip
import io
import json
import os
import re
import subprocess
import sys
import time
import zlib
from collections.abc import Callable
from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.fuzz_targets import small_pdf
from kg.cli import main
from kg.cli.console import visible
from kg.codebooks import codebook_faults
from kg.errors import InputError, QueryError
from kg.nlp import load_pipeline
from kg.query import named_queries
from kg.read import document_id, read_documents
from kg.store import Correction, Store
from kg.store.journal import Record
from kg.store.judgements import read_judgements, to_csv, to_fill_in
from tests.conftest import Run
from tests.small_store import KENYA, UGANDA, actor, document, statement

ESCAPE = "\x1b]0;owned\x07\x1b[2J"
MEGABYTE = 1 << 20


def packed(path: Path, piece: bytes, times: int, head: bytes = b"", tail: bytes = b"") -> Path:
    """A gzip file of `times` times a piece, made without ever holding it."""
    with gzip.open(path, "wb", 1) as file:
        file.write(head)
        for _ in range(times):
            file.write(piece)
        file.write(tail)
    return path


def refusal(path: Path, **options: object) -> str:
    """What is said of an input of which nothing can be read."""
    with pytest.raises(InputError) as error:
        list(read_documents([path], on_problem=str, **options))
    assert "\n" not in str(error.value)
    return str(error.value)


# --- size


@pytest.mark.parametrize(
    ("name", "head"), [("line.jsonl.gz", b'{"text": "'), ("line.txt.gz", b""), ("line.csv.gz", b"text\n"), ("x.html.gz", b"<p>")]
)
def test_what_unpacks_as_no_text_does_is_given_up_early(tmp_path: Path, name: str, head: bytes) -> None:
    """A gigabyte on one line, packed to one megabyte."""
    path = packed(tmp_path / name, b"x" * MEGABYTE, 300, head)
    begun = time.process_time()
    assert "which no text does" in refusal(path)
    assert time.process_time() - begun < 3


def test_a_bomb_in_a_bomb_is_no_text(tmp_path: Path) -> None:
    inner = packed(tmp_path / "inner.gz", b"x" * MEGABYTE, 64)
    (tmp_path / "outer.txt.gz").write_bytes(gzip.compress(inner.read_bytes()))
    assert "looks binary" in refusal(tmp_path / "outer.txt.gz")


def test_honest_archives_are_read(tmp_path: Path) -> None:
    row = json.dumps({"text": "Ghana thanked Togo for its help on Monday. " * 2000}).encode()
    path = packed(tmp_path / "x.jsonl.gz", row + b"\n", 1)
    assert len(list(read_documents([path], on_problem=str))) == 1


@pytest.mark.parametrize("times", [1, 2])
def test_a_page_that_unpacks_to_a_gigabyte_is_left_out(tmp_path: Path, times: int) -> None:
    """Packed once to a megabyte, twice to two thousand bytes."""
    packer = zlib.compressobj(9)
    stream = b"".join(packer.compress(b" " * MEGABYTE) for _ in range(1000)) + packer.flush()
    stream = zlib.compress(stream, 9) if times == 2 else stream
    head = b"<< /Filter [%s] /Length %d >>\nstream\n" % (b"/FlateDecode " * times, len(stream))
    page = re.sub(rb"<< /Length .*?\nendstream", lambda _: head + stream + b"\nendstream", small_pdf("x"), flags=re.DOTALL)
    (tmp_path / "x.pdf").write_bytes(page)
    told: list[str] = []
    with pytest.raises(InputError, match="PDF without text"):
        list(read_documents([tmp_path / "x.pdf"], on_problem=lambda problem: told.append(str(problem))))
    assert "unreadable page left out (LimitReachedError)" in told[0]


def gigabyte(path: Path, head: bytes) -> Path:
    """A gigabyte on one line that takes no room on disk."""
    with open(path, "wb") as file:
        file.write(head)
        file.truncate(1 << 30)
    return path


@pytest.mark.parametrize(
    ("command", "name", "head", "told"),
    [
        ("extract", "x.jsonl", b'{"text": "' + b"x" * 9000, "line longer than 8 MB"),
        ("extract", "x.txt", b"x" * 9000, "larger than 256 MiB"),
        ("import", "x.nq", b'<urn:a> <urn:b> "', "16777216"),
    ],
)
def test_a_gigabyte_on_one_line_is_refused_in_bounded_memory(tmp_path: Path, command: str, name: str, head: bytes, told: str) -> None:
    arguments = [
        command,
        os.fspath(gigabyte(tmp_path / name, head)),
        *(["--store", os.fspath(tmp_path / "s")] if command == "import" else []),
    ]
    done, megabytes = measured(arguments)
    assert done.returncode == 1
    assert told in done.stderr
    assert "Traceback" not in done.stderr
    assert megabytes < 1000


def measured(arguments: list[str]) -> tuple[subprocess.CompletedProcess[str], int]:
    """A command of kg in a process of its own, and the memory that it took."""
    code = (
        "import resource, sys\nfrom kg.cli import main\ntry:\n    main(sys.argv[1:])\nfinally:\n"
        "    print('peak', resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10, file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=False)
    return done, int(done.stderr.split()[-1])


# --- depth


DEEP = {
    "brackets.json": b"[" * 100_000,
    "objects.json": b'[{"text":' * 100_000,
    "page.html": b"<html><body>" + b"<div>" * 100_000,
    "context.jsonld": b'{"@context":' * 100_000,
    "list.ttl": b"<urn:a> <urn:b> " + b"(" * 100_000,
    "terms.ttl": b"<urn:a> <urn:b> " + b"<<( <urn:a> <urn:b> " * 50_000 + b"<urn:c>" + b" )>>" * 50_000 + b" .\n",
    "terms.nq": b"<urn:a> <urn:b> " + b"<<( <urn:a> <urn:b> " * 50_000 + b"<urn:c>" + b" )>>" * 50_000 + b" <urn:g> .\n",
}


@pytest.mark.parametrize("name", DEEP)
def test_what_is_nested_without_end_is_refused(run: Run, tmp_path: Path, name: str) -> None:
    """Triple terms ended the process: Oxigraph drops them by recursion."""
    (tmp_path / name).write_bytes(DEEP[name])
    is_rdf = name.endswith((".ttl", ".nq", ".jsonld"))
    done = run("import", tmp_path / name, "--store", tmp_path / "s") if is_rdf else run("extract", tmp_path / name)
    assert done.code == 1
    assert done.err.startswith("error: ")
    assert len(done.err) < 500


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("c.yaml", "a: " + "[" * 100_000, "nested too deeply"),
        ("c.yaml", "a: &a [x, x]\nb: &b [*a, *a]\n", "refers to another place"),
        ("c.yaml", "codebook: &a [*a]\n", "refers to another place"),
        ("c.yaml", "codebook: !!python/object/apply:os.system ['touch owned']\n", "lacks"),
        ("c.ttl", "<urn:a> <urn:b> " + "[ <urn:b> " * 100_000, "not Turtle"),
        ("c.ttl", "<urn:a> <urn:b> " + "<<( <urn:a> <urn:b> " * 50_000, "nested more than 1000 deep"),
        ("c.ttl", "@prefix : <ht]\nps://x/> .", "not Turtle"),
        ("c.ttl", "'", "not Turtle"),
    ],
)
def test_hostile_codebooks(tmp_path: Path, name: str, text: str, told: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / name).write_text(text)
    assert any(told in fault for fault in codebook_faults(tmp_path / name))
    assert not (tmp_path / "owned").exists()


@pytest.mark.parametrize("text", ["](" * 50_000, "[" * 50_000 + "x" + "](" * 25_000, "x-" * 50_000, "é" * 100_000, "'" * 100_000])
def test_a_text_without_blanks_costs_no_more_than_its_length(text: str) -> None:
    nlp = load_pipeline()
    begun = time.process_time()
    doc = nlp.make_doc(f"Ghana thanked Togo. {text} Peru urged talks.")
    assert time.process_time() - begun < 3
    assert doc.text == f"Ghana thanked Togo. {text} Peru urged talks."
    assert [token.text for token in doc][:4] == ["Ghana", "thanked", "Togo", "."]


# --- names and places


def test_links_and_pipes_in_a_folder_are_left_out(tmp_path: Path) -> None:
    """A folder from elsewhere may link to a file that is nobody's business, and a pipe is never read to its end."""
    (tmp_path / "secret.txt").write_text("Peru urged Chile to keep it secret.")
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "a.txt").write_text("Ghana thanked Togo.")
    (folder / "inside.txt").symlink_to(folder / "a.txt")
    (folder / "outside.txt").symlink_to("../secret.txt")
    (folder / "up").symlink_to(tmp_path)
    os.mkfifo(folder / "pipe.txt")
    told: list[str] = []
    found = list(read_documents([folder], on_problem=lambda problem: told.append(str(problem))))
    assert [one.text for one in found] == ["Ghana thanked Togo."]
    assert any("1 link out of the folder" in one and "1 no plain file" in one for one in told)


def test_archives_of_files_are_not_opened(run: Run, tmp_path: Path) -> None:
    """kg opens no zip or tar, so that no name in one can lead out of its folder."""
    (tmp_path / "x.zip").write_bytes(b"PK\x03\x04" + bytes(60))
    done = run("extract", tmp_path / "x.zip")
    assert (done.code, "looks binary" in done.err) == (1, True)


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "..", "a/../../b", "x\ny", "javascript:alert(1)", "<script>", "http://[", "https://x/%zz", "\x00"]
)
def test_hostile_ids_are_names_in_our_namespace(name: str) -> None:
    made = document_id(name, "text")
    assert made.startswith("https://w3id.org/geopolitical-kg/document/")
    assert "/" not in made.removeprefix("https://w3id.org/geopolitical-kg/document/")


@given(st.text(max_size=30), st.sampled_from(["", "https://", "urn:", "http://x/", "tag:a,", "https://x/?", "x://a#"]))
def test_every_id_is_an_iri(name: str, start: str) -> None:
    ox.NamedNode(document_id(start + name, "text"))


def test_an_address_with_a_stray_percent_sign_is_built(tmp_path: Path, run: Run) -> None:
    row = {"id": "https://example.org/50%-of-aid", "url": "javascript:alert(1)", "text": "Ghana thanked Togo."}
    (tmp_path / "x.jsonl").write_text(json.dumps(row))
    assert run("build", tmp_path / "x.jsonl", "--store", tmp_path / "s").code == 0
    assert run("view", tmp_path / "x.html", "--store", tmp_path / "s").code == 0
    assert 'href="javascript' not in (tmp_path / "x.html").read_text()


@pytest.mark.parametrize("value", ["https://x/\ufffd", "https://x/%zz", "urn:a> } ; DROP ALL #", "http://["])
def test_parameters_that_look_like_iris_are_refused(value: str, tmp_path: Path) -> None:
    with pytest.raises(QueryError):
        named_queries()["document"].bind(None, document=value)


# --- what reaches the network or other files


REMOTE = [
    ("x.jsonld", '{"@context": "http://127.0.0.1:9/c.jsonld", "@id": "urn:a", "b": "c"}'),
    ("x.jsonld", '{"@context": {"@import": "http://127.0.0.1:9/c.jsonld"}, "@id": "urn:a"}'),
    ("x.ttl", "@base <file:///etc/passwd> . <> <http://www.w3.org/2002/07/owl#imports> <file:///etc/passwd> ."),
]


@pytest.mark.parametrize(("name", "text"), REMOTE)
def test_nothing_that_a_file_names_is_fetched(run: Run, tmp_path: Path, name: str, text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("socket.socket.connect", lambda *_: pytest.fail("a connection was tried"))
    (tmp_path / name).write_text(text)
    done = run("import", tmp_path / name, "--store", tmp_path / "s")
    assert "root:" not in done.out + done.err
    assert done.code in (1, 3)  # refused, or left out as triples of no document


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }",
        "LOAD <file:///etc/passwd>",
        "SELECT * FROM <file:///etc/passwd> { ?s ?p ?o }",
    ],
)
def test_queries_that_reach_out_are_refused_on_the_command_line(run: Run, examples_store: Path, text: str) -> None:
    done = run("query", text, "--store", examples_store)
    assert (done.code, done.err.startswith("error: "), "Traceback" in done.err) == (1, True, False)


def test_markup_bombs_are_refused_when_packed_too(run: Run, tmp_path: Path) -> None:
    laughs = (
        '<!DOCTYPE r [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">&b;</rdf:RDF>'
    )
    for place, content in enumerate((laughs.encode(), laughs.encode("utf-16"), laughs.replace("<!D", " " * 70_000 + "<!D").encode())):
        (tmp_path / f"{place}.rdf.gz").write_bytes(gzip.compress(content))
        done = run("import", tmp_path / f"{place}.rdf.gz", "--store", tmp_path / "s")
        assert (done.code, "declares a document type" in done.err) == (1, True)


# --- tables


def test_what_people_judge_in_a_spreadsheet_is_no_formula(tmp_path: Path) -> None:
    """The sentence, and what was noted, come back as they were."""
    news = document(1)
    made = statement("a", news, actor("=HYPERLINK()", code="KEX"), "ACCUSE", UGANDA)
    for why in ("=1+1", "'=1", "-", "plain"):
        path = tmp_path / "c.csv"
        path.write_text(to_csv([Correction(made, "reject", "@Ada", "2025-03-20T00:00:00Z", why)]))
        cells = [cell for row in list(csv.reader(path.open()))[1:] for cell in row]
        assert not [cell for cell in cells if cell[:1] in "=+-@" and cell]
        (read,) = read_judgements(path)
        assert (read["why"], read["by"], read["sentence"]) == (why, "@Ada", made.evidence.text)
    assert "'=HYPERLINK()" in to_fill_in([made])


@pytest.mark.parametrize(
    "cell", ["https://x/%zz", "https://x/\ufffd", "../../etc/passwd", "x\ny", "urn:a> } ; DROP ALL #", "a" * 100_000, "\x00", "\x1b[2J"]
)
def test_hostile_cells_of_a_table_of_judgements(run: Run, tmp_path: Path, cell: str) -> None:
    with Store.open(tmp_path / "s") as store:
        store.add(document(1), [statement("a", document(1), KENYA, "ACCUSE", UGANDA)])
        before = store.export(format="trig")
    for column in ("document", "statement", "new_source", "new_relation"):
        row = {"statement": "urn:none", "verdict": "change", column: cell}
        with open(tmp_path / "c.csv", "w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, row.keys())
            writer.writeheader()
            writer.writerow(row)
        done = run("correct", tmp_path / "c.csv", "--by", "Ada", "--store", tmp_path / "s")
        assert done.code in (1, 3)
        assert "\x1b" not in done.err
    with Store.open(tmp_path / "s") as store:
        assert store.export(format="trig") == before


def test_records_of_a_journal_that_are_no_quads_are_told(run: Run, tmp_path: Path) -> None:
    with Store.open(tmp_path / "s") as store:
        store.add(document(1), [])
    foreign = b"<urn:a> <urn:p> <urn:o> <urn:b> .\n"
    records = (Record(("https://x/a",), b"x" * 20), Record(("no-iri",), b""), Record(("https://x/a",), foreign))
    for text in (*(record.text() for record in records), b"# kg put <\x86> bytes=0 crc=00000000\n"):
        with open(tmp_path / "s" / "journal" / "00000001.nq", "ab") as file:
            place = file.tell()
            file.write(text)
        done = run("build", "-", "--store", tmp_path / "s", stdin=b"Ghana thanked Togo.")
        assert (done.code, "not what its record says" in done.err) == (1, True)
        assert run("doctor", "--store", tmp_path / "s").code == 1
        os.truncate(tmp_path / "s" / "journal" / "00000001.nq", place)


# --- the terminal


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def terminal(models_once: None, monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """terminal("stats", ...) is what a command writes to a terminal, colours taken out."""

    def call(*arguments: object) -> str:
        out, err = Terminal(), Terminal()
        monkeypatch.setattr(sys, "stdout", out)
        monkeypatch.setattr(sys, "stderr", err)
        with pytest.raises(SystemExit):
            main([str(one) for one in arguments])
        return re.sub(r"\x1b\[(?:[0-9;]*m|\?25[lh]|[0-9]*[AK])|\r", "", out.getvalue() + err.getvalue())

    return call


@pytest.fixture(scope="module")
def poisoned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store whose titles, labels and texts hold what steers terminals, as an import may bring them."""
    path = tmp_path_factory.mktemp("poisoned") / "store"
    news = document(1, publisher=f"The {ESCAPE} Courier\u202e")
    evil = actor(f"Ke{ESCAPE}nya\u202e", code="KEX")
    made = statement("a", news, evil, "ACCUSE", UGANDA)
    with Store.open(path) as store:
        store.add(news, [made, statement("b", news, KENYA, "SUPPORT", evil, begin=200)])
    return path


COMMANDS = [
    "stats --store S", "stats --documents --store S", "show Kenya --store S", "show Uganda --store S", "ties --store S",
    "ties Kenya Uganda --store S",
    "timeline Uganda --store S", "balance --store S", "rank --store S", "query actors --store S", "query actors --format csv --store S",
    "query actors --format tsv --store S", "query actors --format json --store S", "export - --store S", "export - --format csv --store S",
    "export - --format nquads --store S", "export - --format graphml --store S", "diff S S", "doctor --store S", "validate --store S",
    "actors list --store S", "correct --list --store S", "compare --before 2024-01..2024-06 --after 2024-05..2024-12 --store S",
    "remove nobody --store S", "timeline Nobody --store S",
]  # fmt: skip


@pytest.mark.parametrize("command", COMMANDS)
def test_no_text_steers_the_terminal(terminal: Callable[..., str], poisoned: Path, command: str) -> None:
    told = terminal(*(poisoned if word == "S" else word for word in command.split()))
    assert told
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e]", told), repr(told)


def test_names_of_files_and_ids_do_not_steer_it_either(terminal: Callable[..., str], tmp_path: Path) -> None:
    bad = tmp_path / f"a{ESCAPE}\nb.jsonl"
    bad.write_text('{"id": "x\\u001b[2J", "text": "Ghana thanked Togo."}\n{"id": "x\\u001b[2J", "text": "Ghana thanked Togo again."}\nno')
    for told in (
        terminal("extract", bad, "--format", "table"),
        terminal("build", bad, "--store", tmp_path / "s"),
        terminal("extract", f"{bad}x"),
    ):
        assert "\x1b" not in told
        assert "\\x1b" in told


def test_results_for_programs_are_as_they_are(run: Run, poisoned: Path) -> None:
    assert ESCAPE in run("query", "actors", "--format", "csv", "--store", poisoned).out


def test_visible_leaves_text_alone() -> None:
    assert visible("Ankara, São Tomé\n\tعمان 中国 😀") == "Ankara, São Tomé\n\tعمان 中国 😀"
    assert visible("\x9b31m\x00\u2066") == "\\x9b31m\\x00\\u2066"
