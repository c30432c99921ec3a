"""What `benchmarks.fuzz` throws bytes at: each part of kg that reads what somebody else wrote, and what must hold of it.

A target is made once with a folder of its own, and is then called with bytes. An error of ours (KgError) is an answer; whatever
else is raised is a finding, as is a promise that is broken (`BrokenPromiseError`).
"""

from __future__ import annotations

import gzip
import io
import json
import os
import re
import shutil
import sys
import tempfile
import unicodedata
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import redirect_stderr, redirect_stdout, suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from xml.etree import ElementTree

import kg.pipeline
from kg.codebooks import codebook_faults, read_codebook
from kg.errors import KgError
from kg.evaluate import read_gold
from kg.extract.dates import find_dates
from kg.link import Catalogue
from kg.link.judgements import Judgements
from kg.link.policy import read_policy
from kg.measures.treaties import read_spells
from kg.model import Document, Statement
from kg.nlp import load_pipeline
from kg.query import named_queries
from kg.query.guard import check_query
from kg.query.run import KNOWN_PREFIXES
from kg.query.worker import forbid_sockets
from kg.rdf import document_triples, statement_triples, statements_from, validate_triples
from kg.read import FORMATS, parse_date, read_documents
from kg.render import write_csv, write_gexf, write_graphml, write_page
from kg.store import Store
from kg.store.doctor import examine
from kg.store.journal import Record
from kg.store.judgements import apply_judgement, read_judgements, to_csv, to_fill_in
from kg.store.transfer import back_up, import_into, restore, statements_in
from kg.vocabulary import PREFIXES
from tests.small_store import corpus

ROOT = Path(__file__).resolve().parent.parent
EXAMPLES = ROOT / "examples"
RDF_ENDINGS = {"nquads": ".nq", "trig": ".trig", "turtle": ".ttl", "ntriples": ".nt", "jsonld": ".jsonld", "rdfxml": ".rdf"}

Run = Callable[[bytes], None]


class BrokenPromiseError(AssertionError):
    """A promise that does not hold."""


@dataclass(frozen=True, slots=True)
class Target:
    """Something to throw bytes at. `make(folder)` gets it ready; `seeds` are inputs that mean something to it; `share` of the time."""

    name: str
    about: str
    make: Callable[[Path], Run]
    seeds: Callable[[], list[bytes]]
    share: int = 1


def require(holds: object, promise: str) -> None:
    if not holds:
        raise BrokenPromiseError(promise)


# --- inputs of news text


def _make_read(folder: Path) -> Run:
    def run(data: bytes) -> None:
        format = FORMATS[data[0] % len(FORMATS)] if data else "text"
        path = folder / "input"
        path.write_bytes(data[1:])
        for document in read_documents([path], format=format, default_date="2025", on_problem=str):
            _check_document(document)

    return run


def _check_document(document: Document) -> None:
    require(unicodedata.is_normalized("NFC", document.text), "a text is NFC")
    for part in (document.text, document.title or "", document.publisher or "", document.url or "", document.id):
        require(not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]", part), "no control characters, no half surrogates")
    document_triples(document)


def _seeds_read() -> list[bytes]:
    kinds = {name: bytes([place]) for place, name in enumerate(FORMATS)}
    found = [kinds["text"] + file.read_bytes()[:2000] for file in sorted(EXAMPLES.glob("*.txt"))[:2]]
    found += [kinds["markdown"] + file.read_bytes()[:2000] for file in sorted(EXAMPLES.glob("*.md"))[:1]]
    row = {"id": "a", "text": "Ghana thanked Togo.", "date": "2025-03-20", "title": "Thanks", "publisher": "P", "url": "https://x.org"}
    page = (
        '<html><head><title>T</title><meta charset="utf-8"><meta property="article:published_time" content="2025-03-20">'
        '<script type="application/ld+json">{"datePublished": "2025-03-20"}</script></head><body><article><p>'
        + "Ghana thanked Togo for its help at the border on Monday. " * 5
        + "</p></article></body></html>"
    )
    found += [kinds["jsonl"] + json.dumps(row).encode() + b"\n", kinds["json"] + json.dumps([row, row]).encode()]
    found += [kinds["csv"] + b"id,text,date\na,Ghana thanked Togo.,2025\n", kinds["tsv"] + b"id\ttext\na\tGhana thanked Togo.\n"]
    found += [kinds["html"] + page.encode(), kinds["text"] + gzip.compress(b"Ghana thanked Togo.", mtime=0)]
    return [*found, kinds["pdf"] + small_pdf("Ghana thanked Togo.")]


def small_pdf(text: str) -> bytes:
    """A PDF of one page with this text."""
    stream = f"BT /F1 12 Tf 72 720 Td ({text}) Tj ET".encode("latin-1")
    bodies = [
        b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]  # fmt: skip
    out, places = b"%PDF-1.4\n", []
    for number, body in enumerate(bodies, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    rows = b"".join(b"%010d 00000 n \n" % place for place in places)
    return out + b"xref\n0 6\n0000000000 65535 f \n%strailer << /Size 6 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (rows, len(out))


def _make_dates(folder: Path) -> Run:
    def run(data: bytes) -> None:
        written = data.decode("utf-8", "replace")
        date = parse_date(written)
        require(date is None or re.fullmatch(r"\d{4}(-\d\d(-\d\d)?)?", date), "a date is ISO 8601")
        for published in (None, "2025", "2025-03", "2025-03-20", "1000-01-01", "2999-12-31"):
            for dated in find_dates(written, 7, published):
                require(7 <= dated.begin < dated.end <= 7 + len(written), "a date lies in its sentence")

    return run


def _seeds_dates() -> list[bytes]:
    lines = (ROOT / "tests/cases/dates.jsonl").read_text(encoding="utf-8").splitlines()
    sentences = [str(json.loads(line).get("text", "")) for line in lines]
    return [text.encode() for text in ["Thu, 20 Mar 2025 23:30:00 -0500", "March 2025", "20/3/2025", *sentences] if text]


# --- RDF and stores


def small_content(format: str) -> bytes:
    """Two documents as RDF."""
    with tempfile.TemporaryDirectory() as folder, Store.open(Path(folder) / "s") as store:
        for news, statements in corpus(2, 2):
            store.add(news, statements)
        return store.export(format=format)


def _make_import(folder: Path) -> Run:
    endings = list(RDF_ENDINGS.values())
    store = Store.open(folder / "store")

    def run(data: bytes) -> None:
        path = folder / f"x{endings[data[0] % len(endings)] if data else '.nq'}"
        path.write_bytes(data[1:])
        check = bool(data) and data[0] < 128
        with suppress(KgError):
            statements_in(path)
        try:
            import_into(store, path, check=check, on_fault=str)
        finally:
            if len(store) and len(data) % 4 == 0:
                _check_store(store, folder)
                for one in store.documents():
                    store.remove(one.id)

    return run


def _check_store(store: Store, folder: Path) -> None:
    """What can be done with a store can be done with this one, whatever was let in."""
    for format in ("turtle", "rdfxml"):
        store.export(format=format)
    list(examine(store))
    with suppress(KgError):
        _check_views(store.statements(), {one.id: one for one in store.documents()}, folder)


def _check_views(statements: Sequence[Statement], documents: dict[str, Document], folder: Path) -> None:
    for write, ending in ((write_graphml, "graphml"), (write_gexf, "gexf")):
        write(statements, folder / f"view.{ending}")
        ElementTree.parse(folder / f"view.{ending}")
    write_csv(statements, folder / "view.csv")
    if statements:
        write_page(statements, documents, folder / "view.html", title="T")


def _seeds_import() -> list[bytes]:
    return [bytes([place]) + small_content(format) for place, format in enumerate(RDF_ENDINGS)]


def _records() -> bytes:
    with tempfile.TemporaryDirectory() as folder, Store.open(Path(folder) / "s") as store:
        for news, statements in corpus(1, 1):
            store.add(news, statements)
        return b"".join(one.text() for one in store.records())


def _mended(data: bytes) -> bytes:
    """Records whose lengths and checksums are right, whatever else is in them; for odd inputs, as they are."""
    if not data or data[0] % 2:
        return data[1:]
    parts = re.split(rb"(?m)^# kg put ((?:<[^<>\s]*> )+)bytes=\d+ crc=[0-9a-f]{8}\n", data[1:])
    found = []
    for names, body in zip(parts[1::2], parts[2::2], strict=True):
        found.append(b"# kg put %sbytes=%d crc=%08x\n" % (names, len(body), zlib.crc32(body)) + body)
    return b"".join(found)


def _make_journal(folder: Path) -> Run:
    def run(data: bytes) -> None:
        path = folder / "store"
        shutil.rmtree(path, ignore_errors=True)
        Store.open(path).close()
        (path / "journal" / "00000001.nq").write_bytes(_mended(data))
        (path / "journal" / "checkpoint").unlink(missing_ok=True)
        with suppress(KgError), Store.open(path) as store:
            list(examine(store))
            store.export(format="nquads")

    return run


def _make_backup(folder: Path) -> Run:
    def run(data: bytes) -> None:
        path = folder / "b.nq.gz"
        shutil.rmtree(folder / "store", ignore_errors=True)
        path.write_bytes(gzip.compress(_mended(data), 1, mtime=0) if data and data[0] < 200 else data[1:])
        restore(path, folder / "store")
        with Store.open(folder / "store") as store:
            before = store.export(format="nquads")
            back_up(store, folder / "again.nq.gz")
        shutil.rmtree(folder / "store")
        restore(folder / "again.nq.gz", folder / "store")
        with Store.open(folder / "store") as store:
            require(store.export(format="nquads") == before, "a backup restores what was there")

    return run


def _seeds_records() -> list[bytes]:
    return [b"\0" + _records(), b"\1" + _records(), b"\xff" + gzip.compress(_records(), mtime=0)]


# --- tables and files of users


def _make_corrections(folder: Path) -> Run:
    store = Store.open(folder / "store")
    for news, statements in corpus(2, 2):
        store.add(news, statements)
    known = {one.source.actor.id: one.source.actor for one in store.statements()}

    def run(data: bytes) -> None:
        path = folder / "c.csv"
        path.write_bytes(data)
        for judgement in read_judgements(path):
            with suppress(KgError):
                apply_judgement(store, judgement, by="Ada", at="2025-03-20T00:00:00Z", actor_named=_actor_among(known))
        store.export(format="trig")
        to_csv(store.corrections())

    return run


def _actor_among(known: dict[str, object]) -> Callable[[str], object]:
    def named(name: str) -> object:
        if name not in known:
            raise KgError(f"no actor {name}")
        return known[name]

    return named


def _seeds_corrections() -> list[bytes]:
    statements = [one for _, found in corpus(2, 2) for one in found]
    rows = to_fill_in(statements).splitlines()
    head = rows[0].split(",")
    cells = {"verdict": "reject", "by": "Ada", "at": "2025-03-20", "why": "no"}
    filled = [row.removesuffix("," * 8) + f",reject,,,,,Ada,2025-03-20T00:00:00Z,{cells['why']}" for row in rows[1:]]
    changed = [row.removesuffix("," * 8) + ",change,,SUPPORT,,negated,Ada,2025-03-20T00:00:00Z,x" for row in rows[1:]]
    assert len(head) == 15
    return ["\n".join([rows[0], *lines]).encode() for lines in (filled, changed)]


def _make_tables(folder: Path) -> Run:
    readers: tuple[Callable[[Path], object], ...] = (
        lambda path: Catalogue.load(path), lambda path: read_policy(str(path), _CATALOGUE / "policies.json"), Judgements.read, read_spells,
        read_gold,
    )  # fmt: skip

    def run(data: bytes) -> None:
        path = folder / "t.csv"
        path.write_bytes(data[1:])
        readers[data[0] % len(readers) if data else 0](path)

    return run


_CATALOGUE = ROOT / "kg" / "data" / "catalogue"


def _seeds_tables() -> list[bytes]:
    gold = (ROOT / "tests/cases/states.txt").read_bytes()[:1500]
    return [
        b"\0id,label,kind,iso3,qid,aliases,side\norg/x,The X,organisation,,Q1,X|Exes,state/TUR\n",
        b"\1actor,field,value,source\nstate/TUR,label,Turkey,UN\nstate/TUR,kind,state,UN\n",
        b"\2action,actor,into,label,kind,note\nmerge,local/a,local/b,A,person,\nlink,local/c,state/TUR,C,person,x\n",
        b"\3ccode1,ccode2,start_year,end_year,defense,neutrality\n2,20,1949,,1,0\n",
        b"\4" + gold,
    ]


def _make_codebook(folder: Path) -> Run:
    def run(data: bytes) -> None:
        path = folder / ("c.ttl" if data and data[0] % 4 == 3 else "c.yaml")
        path.write_bytes(data[1:])
        faults = codebook_faults(path)
        if not faults:
            read_codebook(path)

    return run


def _seeds_codebook() -> list[bytes]:
    folder = ROOT / "tests" / "codebooks"
    bomb = b"\0a: &a [x, x]\nb: &b [*a, *a]\nc: !!python/object/apply:os.system ['true']\n"
    return [b"\0" + (folder / "airlines.yaml").read_bytes(), b"\3" + (folder / "airlines.ttl").read_bytes(), bomb]


# --- queries


def _make_query(folder: Path) -> Run:
    forbid_sockets()
    with Store.open(folder / "store") as store:
        for news, statements in corpus(1, 1):
            store.add(news, statements)
        store.snapshot()
    import pyoxigraph as ox

    quads = ox.Store()
    quads.load(small_content("nquads"), format=ox.RdfFormat.N_QUADS)

    def run(data: bytes) -> None:
        checked = check_query(data.decode("utf-8", "replace"), PREFIXES)
        try:
            answer = quads.query(checked.text, prefixes=PREFIXES)
            for _ in zip(range(50), answer, strict=False) if not isinstance(answer, ox.QueryBoolean) else ():
                pass
        except (SyntaxError, ValueError):
            return
        except (OSError, RuntimeError) as error:
            # The engine's own limits are answers too; what tried to reach a socket is not.
            require(not re.search(r"(?i)http|connect|socket|service|permitted", str(error)), f"no query reaches the network: {error}")

    return run


def _seeds_query() -> list[bytes]:
    written = [query.text.replace("$", "?") for query in named_queries().values()]
    sly = ["SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }", "SELECT * { ?a<?b='>' SERVICE <http://127.0.0.1:9/> {} }"]
    return [text.encode() for text in [*written, *sly, "ASK { ?s ?p 'service' }", "LOAD <file:///etc/passwd>"]]


def _make_parameters(folder: Path) -> Run:
    queries = list(named_queries().values())
    with Store.open(folder / "store") as store:
        for news, statements in corpus(2, 2):
            store.add(news, statements)
    opened = Store.open(folder / "store", read_only=True)
    import pyoxigraph as ox

    empty = ox.Store()

    def run(data: bytes) -> None:
        query = queries[data[0] % len(queries)] if data else queries[0]
        values = data[1:].decode("utf-8", "replace").split("\0")
        given = {one.name: value for one, value in zip(query.parameters, values, strict=False) if value}
        bound = query.bind(opened, **given)
        benign = query.bind(None, **{one.name: _BENIGN[one.type] for one in query.parameters if one.name in given})
        require(_shape(bound) == _shape(benign), "a parameter is one term")
        empty.query(check_query(bound, KNOWN_PREFIXES).text, prefixes=KNOWN_PREFIXES)

    return run


_BENIGN = {"text": "words", "actor": "urn:a", "document": "urn:d", "relation": "SUPPORT", "date": "2024", "integer": "1"}


def _shape(query: str) -> str:
    """The text with every IRI, string and number made the same."""
    return re.sub(r'<[^<>\x00-\x20]*>|"(?:[^"\\]|\\.)*"|\b\d+\b', "T", query)


def _seeds_parameters() -> list[bytes]:
    sly = {
        "actor": "x> } ; DROP ALL #",
        "document": "<urn:a> <urn:b>",
        "relation": "SUPPORT|!a",
        "date": '"2024" } UNION { ?s ?p ?o',
        "integer": "1 OFFSET 0",
        "text": '" } DROP ALL # \\"',
    }
    found = []
    for place, query in enumerate(named_queries().values()):
        plain = ["State A" if one.type == "actor" else one.example for one in query.parameters]
        for values in (plain, [sly[one.type] for one in query.parameters]):
            found.append(bytes([place]) + "\0".join(values).encode())
    return found


# --- the command line


@cache
def _catalogue() -> Catalogue:
    return Catalogue.load()


class _CatalogueOnce(Catalogue):
    @classmethod
    def load(cls, actors_file: Path | None = None, names: str | None = None) -> Catalogue:
        return _catalogue() if actors_file is None and names is None else Catalogue.load(actors_file, names)


_WORDS = (
    "build extract explain view export query stats ties timeline balance rank compare treaties plot show actors list merge link split undo "
    "codebook remove review correct import diff validate doctor backup restore rebuild classify resolve evaluate --store s --format csv "
    "--output o.txt - a.txt b.jsonl c.csv out.ttl out.html out.gexf out.nq.gz --date 2025-03 --publisher "
    "--title --seed 1 --param one=Turkey "
    "--column text=body --encoding utf-8 --input-format jsonl --actors all --actors-file actors.csv "
    "--min-confidence 0.5 --rules-only --names un "
    "--codebook cameo --judgements j.csv --dry-run --sync --repair --replace --no-check --roll-up --by year "
    "--limit 3 --timeout 1 who-urges-whom "
    "Turkey NATO news/1 2024..2025 --before --after network timeline matrix x.svg --to-fill-in --list --help table json md SELECT{?s?p?o} "
    "-p name=value -f -j 1 missing.txt r turtle --relations SUPPORT,NONE gold.txt d .hidden --version"
).split()
_SENTENCES = b"Ghana thanked Togo for its help. The EU imposed sanctions on Belarus on Monday.\n"


def _make_cli(folder: Path) -> Run:
    from kg.cli import main

    forbid_sockets()
    kg.pipeline.load_pipeline = cache(load_pipeline)
    kg.pipeline.Catalogue = _CatalogueOnce  # type: ignore[misc]
    os.environ["KG_REVIEWER"] = "Ada"
    home = folder / "home"
    count = 0

    def run(data: bytes) -> None:
        nonlocal count
        if count % 20 == 0:
            _furnish(home)
        count += 1
        arguments = _arguments(data)
        if "refresh" in arguments or any(one.startswith("--llm") for one in arguments):
            return  # what asks the network
        out, err = io.TextIOWrapper(io.BytesIO(), "utf-8"), io.TextIOWrapper(io.BytesIO(), "utf-8")
        os.chdir(home)
        sys.stdin = io.TextIOWrapper(io.BytesIO(_SENTENCES + data), "utf-8", errors="replace")
        try:
            with redirect_stdout(out), redirect_stderr(err):
                main(arguments)
        except SystemExit as stop:
            require(stop.code in (0, 1, 2, 3), f"exit code {stop.code}")
        finally:
            sys.stdin = sys.__stdin__
            os.chdir(ROOT)
        err.seek(0)
        told = err.read()
        require("Traceback" not in told, "no traceback")
        require("\x1b" not in told, "no escape sequences in what is told")

    return run


def _furnish(home: Path) -> None:
    """A folder with a store and files to name."""
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir(parents=True)
    with Store.open(home / "s") as store:
        for news, statements in corpus(3, 2):
            store.add(news, statements)
    (home / "a.txt").write_bytes(_SENTENCES)
    (home / "b.jsonl").write_bytes(json.dumps({"text": _SENTENCES.decode(), "source": [0, 5], "target": [14, 18]}).encode() + b"\n")
    (home / "c.csv").write_bytes(b"id,text\n1,Ghana thanked Togo.\n")
    (home / "actors.csv").write_bytes(b"id,label,kind\norg/x,The X,organisation\n")
    (home / "gold.txt").write_bytes((ROOT / "tests/cases/states.txt").read_bytes()[:800])
    (home / "d").mkdir()
    (home / "d" / "e.txt").write_bytes(_SENTENCES)


def _arguments(data: bytes) -> list[str]:
    """Bytes below 240 name a word; what follows another one, up to a NUL, is an argument as it is, without a way out of the folder."""
    found, place = [], 0
    while place < len(data) and len(found) < 12:
        if data[place] < 240:
            found.append(_WORDS[data[place] % len(_WORDS)])
            place += 1
            continue
        end = data.find(b"\0", place)
        end = len(data) if end < 0 else end
        found.append(data[place + 1 : end].decode("utf-8", "surrogateescape").replace("/", "").replace("~", "")[:200])
        place = end + 1
    return found


def _seeds_cli() -> list[bytes]:
    commands = [
        "build a.txt --store s", "extract a.txt --format csv", "stats --store s", "show Turkey --store s", "export out.ttl --store s",
        "query who-urges-whom --store s --format json", "view out.html --store s", "doctor --store s", "ties Turkey NATO --store s",
        "import out.nq.gz --store s", "backup out.nq.gz --store s", "restore out.nq.gz --store d", "diff s s", "timeline Turkey --store s",
        "balance --store s", "rank --store s", "compare --before 2024..2025 --after 2024..2025 --store s",
        "classify b.jsonl", "resolve b.jsonl",
        "evaluate gold.txt", "explain a.txt", "correct --list --store s", "actors list --store s", "codebook cameo",
        "remove news/1 --store s",
    ]  # fmt: skip
    return [bytes(_WORDS.index(word) for word in line.split()) for line in commands]


# --- extraction

_TEXT = (
    "Ghana Togo Turkey the Turkish president Erdogan NATO 's secretary general Mark Rutte Russia Ukraine EU "
    "sanctions imposed urged asked to "
    "lift attack attacked on Monday in March 2025 said that , . ; : \" “ ” ' ( ) - — \n \n\n would not will "
    "never has have been by with of and or "
    "met visited accused denied threatened promised agreed signed treaty troops war peace talks it he they "
    "who which U.S. Mr. Dr. e.g. 3.5% "
    "$10bn @ # http://x.y & < > \u200f \u202e \u0301 \U0001f600 İ ß ﬁ \u2028 \x85 \t"
).split(" ")


def text_of(data: bytes) -> str:
    """Words by byte for even inputs, the bytes as text for odd ones."""
    if not data or data[0] % 2:
        return data[1:2000].decode("utf-8", "replace")
    return " ".join(_TEXT[byte % len(_TEXT)] for byte in data[1:300])


def _make_extract(folder: Path, *, rules_only: bool, actors: kg.pipeline.Actors = "all") -> Run:
    extractor = kg.pipeline.Extractor(kg.pipeline.Settings(rules_only=rules_only, actors=actors))

    def run(data: bytes) -> None:
        path = folder / "t.txt"
        path.write_text(text_of(data), encoding="utf-8", newline="")
        for document in read_documents([path], format="text", default_date="2025-03-20", on_problem=str):
            statements = extractor.extract(document)
            for one in statements:
                _check_statement(document, one)
            triples = [*document_triples(document), *(triple for one in statements for triple in statement_triples(one))]
            if len(data) % 16 == 0:
                require(not validate_triples(triples), "statements conform to the shapes")
            by_id = sorted({one.id: one for one in statements}.values(), key=lambda one: one.id)
            require([one.id for one in statements_from(triples)] == [one.id for one in by_id], "statements come back from their triples")

    return run


def _check_statement(document: Document, one: Statement) -> None:
    evidence = one.evidence
    require(document.text[evidence.sentence.begin : evidence.sentence.end] == evidence.text, "the sentence stands at its offsets")
    require(
        evidence.sentence.begin <= evidence.trigger.begin < evidence.trigger.end <= evidence.sentence.end, "the trigger is in the sentence"
    )
    require(0 <= evidence.confidence <= 1, "a confidence is in [0, 1]")
    for end in (one.source, one.target, one.speaker):
        require(end is None or 0 <= end.span.begin < end.span.end <= len(document.text), "a mention is in the text")


def _seeds_extract() -> list[bytes]:
    words = [bytes([0, *range(start, start + 60)]) for start in range(0, 180, 30)]
    return [b"\1" + file.read_bytes()[:1500] for file in sorted(EXAMPLES.glob("*.txt"))[:4]] + words


TARGETS: tuple[Target, ...] = (
    Target("read", "news text in eight formats, plain and gzipped", _make_read, _seeds_read, 2),
    Target("dates", "dates of documents and in sentences", _make_dates, _seeds_dates),
    Target("import", "RDF in six formats into a store, then exports and views of it", _make_import, _seeds_import, 3),
    Target("journal", "a store's journal, opened and examined", _make_journal, _seeds_records),
    Target("backup", "backups restored, and backed up again", _make_backup, _seeds_records),
    Target("corrections", "tables of judgements, applied", _make_corrections, _seeds_corrections),
    Target("tables", "actors, names policies, judgements on actors, alliances, gold files", _make_tables, _seeds_tables),
    Target("codebook", "codebooks in YAML and Turtle", _make_codebook, _seeds_codebook),
    Target("query", "SPARQL through the guard into the engine", _make_query, _seeds_query),
    Target("parameters", "parameters of named queries", _make_parameters, _seeds_parameters),
    Target("cli", "arguments of the command line", _make_cli, _seeds_cli, 3),
    Target(
        "rules", "any text through the extraction, rules only", lambda folder: _make_extract(folder, rules_only=True), _seeds_extract, 2
    ),
    Target(
        "model",
        "any text through the extraction with its model",
        lambda folder: _make_extract(folder, rules_only=False, actors="known"),
        _seeds_extract,
        2,
    ),
)


def target_named(name: str) -> Target:
    return next(one for one in TARGETS if one.name == name)


def dictionary() -> Iterator[bytes]:
    """Tokens that mean something somewhere."""
    words = {
        *_TEXT,
        "<urn:a>",
        "_:b",
        "@prefix",
        "^^xsd:decimal",
        "PREFIX",
        "SERVICE",
        "FROM",
        "GRAPH",
        "%PDF-",
        "endobj",
        "verdict",
        "change",
    }
    words |= {
        "# kg put <",
        "bytes=",
        "crc=",
        "---",
        "&a",
        "*a",
        "!!",
        "<<",
        ">>",
        "\\u0000",
        "\\uD800",
        "\x1b[31m",
        "\ufeff",
        "--",
        "@context",
    }
    words |= {
        PREFIXES["kg"],
        PREFIXES["kgs"],
        "https://example.org/news/1",
        "http://www.w3.org/2001/XMLSchema#",
        "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    }
    yield from sorted(word.encode() for word in words if word)
    yield from (b"\xff\xfe", b"\x00", b"\x1f\x8b", b"\xed\xa0\x80", Record(("urn:a",), b"").text())
