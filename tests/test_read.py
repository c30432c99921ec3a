"""Reading: every kind of input, what the text becomes, and what is said of bad input. No network, no model."""

from __future__ import annotations

import gzip
import io
import json
import sys
import time
from contextlib import suppress
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader, PdfWriter
from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject

from kg.errors import InputError
from kg.model import Document
from kg.read import DOCUMENT_NAMESPACE, Problem, clean_text, display_id, document_id, parse_date, read_documents
from kg.read.inputs import detect_format
from kg.read.pdf import join_pages
from kg.read.plain import strip_markdown
from kg.read.streams import MAX_LINE, MAX_TEXT


def read(*inputs: str | Path, **options: object) -> tuple[list[Document], list[str]]:
    """Documents and problems, the latter as printed, with the folder cut off."""
    problems: list[Problem] = []
    documents = list(read_documents(inputs, on_problem=problems.append, **options))  # type: ignore[arg-type]
    return documents, [str(Problem(Path(p.file).name, p.place, p.message)) for p in problems]


def error_of(*inputs: str | Path, **options: object) -> str:
    with pytest.raises(InputError) as caught:
        read(*inputs, **options)
    message = str(caught.value)
    assert "\n" not in message
    return message


def write(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    data = content.encode() if isinstance(content, str) else content
    path.write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
    return path


def stdin(monkeypatch: pytest.MonkeyPatch, data: bytes) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))


def pdf(*pages: list[str], password: str | None = None, title: str | None = None) -> bytes:
    """A PDF with one line of text below the other on each page."""
    writer = PdfWriter()
    names = {"/Type": "/Font", "/Subtype": "/Type1", "/BaseFont": "/Helvetica"}
    font = DictionaryObject({NameObject(key): NameObject(value) for key, value in names.items()})
    for lines in pages:
        page = writer.add_blank_page(600, 800)
        shown = "".join(f"({line}) Tj 0 -14 Td " for line in lines)
        stream = DecodedStreamObject()
        stream.set_data(f"BT /F1 11 Tf 40 760 Td {shown}ET".encode("latin-1"))
        page[NameObject("/Contents")] = writer._add_object(stream)
        page[NameObject("/Resources")] = DictionaryObject({NameObject("/Font"): DictionaryObject({NameObject("/F1"): font})})
    if title:
        writer.add_metadata({"/Title": title})
    if password:
        writer.encrypt(password, algorithm="RC4-128")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


# -- ids and texts


def test_given_ids_are_kept_and_shown_as_given() -> None:
    assert document_id("d001", "x") == DOCUMENT_NAMESPACE + "d001"
    assert document_id("urn:isbn:1", "x") == "urn:isbn:1"
    assert document_id("http://example.org/a?b=1#c", "x") == "http://example.org/a?b=1#c"
    assert document_id("afp:12 34/ü", "x") == DOCUMENT_NAMESPACE + "afp%3A12%2034%2F%C3%BC"
    assert display_id("http://example.org/a") == "http://example.org/a"
    assert document_id("http://example.org/a b", "x").startswith(DOCUMENT_NAMESPACE)


def test_without_an_id_the_text_is_the_id() -> None:
    assert document_id(None, "a") == document_id("", "a") == document_id("  ", "a") != document_id(None, "b")
    assert len(display_id(document_id(None, "a"))) == 16


@given(st.text())
def test_an_id_survives_its_iri(identifier: str) -> None:
    iri = document_id(identifier, "x")
    assert not set(iri) & set(' \n<>"{}|\\^`')
    if identifier.strip() and max(identifier) < "\ud800":
        assert display_id(iri) == identifier.strip()


def test_dot_segments_do_not_leave_the_namespace() -> None:
    assert document_id("..", "x") == DOCUMENT_NAMESPACE + "%2E%2E"
    assert display_id(DOCUMENT_NAMESPACE + "%2E%2E") == ".."


def test_text_is_nfc_with_lf_and_nothing_invisible() -> None:
    written = "\ufeffTu\u0308rkiye\r\nco\u00adop\u200berates\rwith\x00Iran\t\x0b\ud800"
    assert clean_text(written) == "Türkiye\ncooperates\nwith Iran\t \ufffd"
    assert clean_text("a\u00a0b  c") == "a\u00a0b  c"


# -- dates


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("2022", "2022"),
        ("2022-02", "2022-02"),
        ("2022-02-24", "2022-02-24"),
        ("2022-02-24T23:59:59Z", "2022-02-24"),
        ("2022-02-24T23:59:59.123+05:30", "2022-02-24"),
        ("2022-02-24 06:00", "2022-02-24"),
        ("20250320", "2025-03-20"),
        ("2025/3/20", "2025-03-20"),
        ("20.03.2025", "2025-03-20"),
        ("20/03/2025", "2025-03-20"),
        ("03/20/2025", "2025-03-20"),
        ("03/03/2025", "2025-03-03"),
        ("20 March 2025", "2025-03-20"),
        ("the 20th", None),
        ("20th of March, 2025", "2025-03-20"),
        ("March 20, 2025", "2025-03-20"),
        ("Mar. 20 2025", "2025-03-20"),
        ("Thursday, March 20, 2025 10:15 AM EST", "2025-03-20"),
        ("Thu, 20 Mar 2025 23:30:00 -0500", "2025-03-20"),
        ("Thu, 20 Mar 2025 14:30:00 +0000 (UTC)", "2025-03-20"),
        ("Sept. 2024", "2024-09"),
        ("March 2025", "2025-03"),
        ("20-Mar-2025", "2025-03-20"),
        ("May 1, 2024 at 9:00 p.m.", "2024-05-01"),
        ("1742428800", None),
        ("1742428800000", None),
        ("03/04/2025", None),
        ("20/03/25", None),
        ("2025-13-01", None),
        ("2025-02-30", None),
        ("31 April 2025", None),
        ("yesterday", None),
        ("may", None),
        ("202503", None),
        ("", None),
    ],
)
def test_dates_keep_their_precision(written: str, expected: str | None) -> None:
    assert parse_date(written) == expected


@given(st.dates(date(1000, 1, 1), date(2999, 12, 31)))
def test_every_day_is_read_back(day: date) -> None:
    assert parse_date(str(day)) == str(day)


@given(st.text())
def test_no_text_breaks_the_dates(written: str) -> None:
    parse_date(written)


# -- formats


def test_plain_text_with_and_without_a_head(tmp_path: Path) -> None:
    head = '---\ntitle: "Talks in Accra"\ndate: 20 March 2025\npublisher: Example Wire\nid: a1\nurl: https://example.org/a\n---\n'
    (with_head,), problems = read(write(tmp_path, "a.txt", head + "\nGhana thanked Togo.\n"))
    assert with_head == Document(
        id=DOCUMENT_NAMESPACE + "a1", text="Ghana thanked Togo.", title="Talks in Accra", publisher="Example Wire",
        published="2025-03-20", url="https://example.org/a",
    )  # fmt: skip
    (without,), _ = read(write(tmp_path, "b.txt", "\ufeffGhana thanked Togo.\r\n"))
    (renamed,), _ = read(write(tmp_path, "c.txt", "Ghana thanked Togo."))
    assert without.text == "Ghana thanked Togo."
    assert without.id == renamed.id
    assert problems == []


def test_dashes_that_are_no_head_stay(tmp_path: Path) -> None:
    (document,), _ = read(write(tmp_path, "a.txt", "---\nGhana thanked Togo, and said so.\n---\nTogo replied."))
    assert document.text.startswith("---\nGhana")


def test_markdown_becomes_words(tmp_path: Path) -> None:
    source = (
        "# Talks in *Accra*\n\nGhana **thanked** [Togo](https://example.org/x_y) for `help`.[^1]\n\n> Togo's snake_case_name stays.\n\n"
        "- 2 * 3 * 4\n* one\n1. two\n\n![map](m.png)\n\n```\ncode\n```\n<!-- note -->\n***\nEnd\\*.\n"
    )
    (document,), _ = read(write(tmp_path, "a.md", source))
    assert document.title == "Talks in Accra"
    words = "Talks in Accra Ghana thanked Togo for help. Togo's snake_case_name stays. 2 * 3 * 4 one two End*."
    assert " ".join(document.text.split()) == words


def test_markdown_marks_inside_words_are_left() -> None:
    assert strip_markdown("a_b_c and 5*3") == "a_b_c and 5*3"


PAGE = """<?xml version="1.0" encoding="utf-8"?><!DOCTYPE html><html lang="en"><head><title>Border accord | Example Wire</title>
<meta property="og:site_name" content="Example Wire">{date}<link rel="canonical" href="https://example.org/accord"></head><body>
<nav><a href="/">Home</a> <a href="/w">World</a></nav><article><h1>Border accord</h1>
<p>Ghana and Togo signed an accord on border posts in Accra, officials of both states said after the talks.</p>
<p>The foreign minister of Ghana thanked Togo for its patience during the long talks about the posts.</p></article>
<footer>All rights reserved</footer></body></html>"""


@pytest.mark.parametrize(
    ("declared", "expected"),
    [
        ('<meta property="article:published_time" content="2025-03-20T10:00:00Z">', "2025-03-20"),
        ('<meta name="DC.date" content="2025-03">', "2025-03"),
        ('<script type="application/ld+json">{"@graph": [{"datePublished": "2025-03-20T23:00:00-05:00"}]}</script>', "2025-03-20"),
        ('<script type="application/ld+json">{"datePublished": 5</script>', None),
        ("", None),
    ],
)
def test_html_gives_text_title_publisher_and_the_declared_date(tmp_path: Path, declared: str, expected: str | None) -> None:
    (document,), problems = read(write(tmp_path, "a.html", PAGE.replace("{date}", declared)))
    assert "Ghana and Togo signed an accord" in document.text
    assert "All rights" not in document.text
    assert (document.title, document.publisher, document.url) == ("Border accord", "Example Wire", "https://example.org/accord")
    assert document.published == expected
    assert problems == []


def test_a_bare_fragment_of_html_is_read(tmp_path: Path) -> None:
    (document,), _ = read(write(tmp_path, "a.htm", "<p>Ghana thanked Togo.</p>"))
    assert document.text == "Ghana thanked Togo."


def test_html_in_the_charset_that_it_declares(tmp_path: Path) -> None:
    page = PAGE.removeprefix('<?xml version="1.0" encoding="utf-8"?>').replace("{date}", '<meta charset="iso-8859-9">')
    page = page.replace("Togo", "Şırnak")
    (document,), problems = read(write(tmp_path, "a.html", page.encode("iso-8859-9")))
    assert "Şırnak" in document.text
    assert problems == []


def test_pdf_is_unwrapped(tmp_path: Path) -> None:
    page = [
        "Border accord",
        "Ghana and Togo signed an accord on border posts in Accra after long nego-",
        "tiations, officials of both states said. The foreign minister of Ghana",
        "thanked Togo.",
        "Togo replied the next day that it would send experts to the border posts.",
    ]
    (document,), problems = read(write(tmp_path, "a.pdf", pdf(page, title="Accord")))
    assert document.title == "Accord"
    assert document.text.splitlines() == [
        "Border accord",
        "Ghana and Togo signed an accord on border posts in Accra after long negotiations, officials of both states said. "
        "The foreign minister of Ghana thanked Togo.",
        "Togo replied the next day that it would send experts to the border posts.",
    ]
    assert problems == []


def test_running_heads_and_page_numbers_go() -> None:
    words = enumerate(["one", "two", "three"], 1)
    pages = [["Example Review, no. 7", f"Text of page {word} goes on and on without end", f"Page {n} of 3"] for n, word in words]
    joined = join_pages(pages)
    assert "Review" not in joined
    assert "Page" not in joined
    assert joined.count("Text of page") == 3


def test_json_lines_and_json(tmp_path: Path) -> None:
    rows = [
        {"id": "d1", "text": "Ghana thanked Togo.", "date": "2025-03", "publisher": "Wire"},
        {"id": 7, "text": "Togo replied.", "date": 2024},
    ]
    lines = write(tmp_path, "a.jsonl", "\n".join(map(json.dumps, rows)) + "\n\n")
    listed = write(tmp_path, "a.json", json.dumps(rows, indent=1))
    from_lines, problems = read(lines)
    assert [display_id(d.id) for d in from_lines] == ["d1", "7"]
    assert [d.published for d in from_lines] == ["2025-03", "2024"]
    assert from_lines[0].publisher == "Wire"
    assert (read(listed)[0], problems) == (from_lines, [])
    assert read(write(tmp_path, "one.json", json.dumps(rows[0])))[0] == from_lines[:1]


def test_tables_with_mapped_names(tmp_path: Path) -> None:
    rows = 'Nr,Body,Day\n1,"Ghana thanked Togo,\nagain.",2025-03-20\n2,Togo replied.,\n\n'
    documents, problems = read(write(tmp_path, "a.csv", rows), columns={"id": "Nr", "text": "body", "date": "Day"})
    assert [(display_id(d.id), d.text, d.published) for d in documents] == [
        ("1", "Ghana thanked Togo,\nagain.", "2025-03-20"),
        ("2", "Togo replied.", None),
    ]
    assert problems == []


@pytest.mark.parametrize(("name", "delimiter"), [("a.csv", ","), ("a.csv", ";"), ("a.csv", "\t"), ("a.tsv", "\t")])
def test_delimiters(tmp_path: Path, name: str, delimiter: str) -> None:
    (document,), _ = read(write(tmp_path, name, f"\ufeffid{delimiter}TEXT\r\nd1{delimiter}Ghana thanked Togo.\r\n"))
    assert (display_id(document.id), document.text) == ("d1", "Ghana thanked Togo.")


@pytest.mark.parametrize("name", ["a.txt.gz", "a.md.gz", "a.jsonl.gz", "a.csv.gz", "a.json.gz", "a.html.gz"])
def test_every_text_format_gzipped(tmp_path: Path, name: str) -> None:
    content = {"jsonl": '{"text": "Ghana thanked Togo."}', "csv": "text\nGhana thanked Togo.", "json": '[{"text": "Ghana thanked Togo."}]'}
    (document,), problems = read(write(tmp_path, name, content.get(name.split(".")[1], "Ghana thanked Togo.")))
    assert (document.text, problems) == ("Ghana thanked Togo.", [])


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"Ghana thanked Togo.", "text"),
        (b'{"id": "d1", "text": "Ghana thanked Togo."}\n', "jsonl"),
        (b'{\n "text": "Ghana thanked Togo."}\n', "json"),
        (b'[{"text": "Ghana thanked Togo."}]', "json"),
        (b"[Accra] Ghana thanked Togo.", "text"),
        (b"<!DOCTYPE html><p>Ghana thanked Togo.</p>", "html"),
        (pdf(["Ghana thanked Togo."]), "pdf"),
        (gzip.compress(b"Ghana thanked Togo."), "text"),
    ],
)
def test_standard_input_and_unknown_endings_are_recognised(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, data: bytes, expected: str
) -> None:
    if not data.startswith(b"\x1f\x8b"):
        assert detect_format(data) == expected
    stdin(monkeypatch, data)
    (document,), _ = read("-")
    assert document.text.endswith("Ghana thanked Togo.")
    path = tmp_path / "article.news"
    path.write_bytes(data)
    assert read(path)[0] == [document]


def test_a_given_format_decides(monkeypatch: pytest.MonkeyPatch) -> None:
    stdin(monkeypatch, b"text\tid\nGhana thanked Togo.\td1\n")
    assert display_id(read("-", format="tsv")[0][0].id) == "d1"
    assert "unknown input format 'docx'" in error_of("-", format="docx")


def test_folders_are_sorted_and_leave_out_what_is_not_text(tmp_path: Path) -> None:
    for name in ("b.txt", "a/z.md", "a.jsonl", ".hidden.txt", ".git/c.txt", "picture.jpg", "other.jpg", "README.md"):
        write(tmp_path, name, '{"text": "Row."}' if name.endswith("jsonl") else f"Text of {name}.")
    documents, problems = read(tmp_path)
    assert [d.text for d in documents] == ["Text of a/z.md.", "Row.", "Text of b.txt."]
    assert problems == [f"{tmp_path.name}: 4 files skipped, hidden or no article of a kind that kg reads (.jpg 2, README.md 1, hidden 1)"]


def test_defaults_fill_what_a_document_does_not_say(tmp_path: Path) -> None:
    path = write(tmp_path, "a.jsonl", '{"text": "One."}\n{"text": "Two.", "date": "2020", "publisher": "Wire"}\n')
    documents, _ = read(path, default_date="20 March 2025", default_publisher="Archive")
    assert [(d.published, d.publisher) for d in documents] == [("2025-03-20", "Archive"), ("2020", "Wire")]
    assert "date 'soon' not understood" in error_of(path, default_date="soon")


def test_documents_stream(tmp_path: Path) -> None:
    path = write(tmp_path, "a.jsonl", '{"text": "One."}\nbroken\n')
    seen: list[Problem] = []
    documents = read_documents([path], on_problem=seen.append)
    assert next(documents).text == "One."
    assert seen == []
    assert list(documents) == []
    assert len(seen) == 1


# -- bad input: a whole input that cannot be used is one line


def test_missing_empty_and_binary(tmp_path: Path) -> None:
    assert error_of(tmp_path / "none.txt").endswith("none.txt: no such file or folder")
    assert error_of(write(tmp_path, "a.txt", "")).endswith("a.txt: empty file")
    assert error_of(write(tmp_path, "a.csv", "")).endswith("a.csv: empty file")
    assert error_of(write(tmp_path, "a.jsonl", "")).endswith("a.jsonl: empty file")
    assert error_of(write(tmp_path, "a.html", "")).endswith("a.html: empty file")
    assert error_of(write(tmp_path, "a.pdf", "")).endswith("a.pdf: empty file")
    assert error_of(write(tmp_path, "b.txt", " \n\t\n")).endswith("b.txt: no text in it")
    for name in ("a.txt", "a.jsonl", "a.csv", "a.html", "a.md", "a.json"):
        assert "looks binary" in error_of(write(tmp_path, name, b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" * 100)), name
    assert "name a file or folder" in error_of()
    assert "save the page first" in error_of("https://example.org/a.html")


def test_folders_without_anything_usable(tmp_path: Path) -> None:
    write(tmp_path, "x/picture.jpg", "x")
    assert "no file that kg reads in this folder" in error_of(tmp_path)
    write(tmp_path, "x/a.txt", "")
    write(tmp_path, "x/b.txt", b"\x00\x01")
    message = error_of(tmp_path / "x")
    assert message.startswith("no document in")
    assert "empty file" in message


def test_one_bad_file_among_good_ones_is_counted(tmp_path: Path) -> None:
    good, bad = write(tmp_path, "a.txt", "Ghana thanked Togo."), write(tmp_path, "b.txt", "")
    documents, problems = read(bad, good)
    assert len(documents) == 1
    assert problems == ["b.txt: empty file"]


def test_encodings(tmp_path: Path) -> None:
    text = "Türkiye’s minister thanked Perú."
    for encoding in ("utf-8", "utf-8-sig", "utf-16", "utf-32"):
        for name, content in (("a.txt", text), ("a.jsonl", json.dumps({"text": text}, ensure_ascii=False)), ("a.csv", f"text\n{text}\n")):
            (document,), problems = read(write(tmp_path, name, content.encode(encoding)))
            assert (document.text, problems) == (text, []), (encoding, name)
    (document,), problems = read(write(tmp_path, "a.txt", text.encode("cp1252")))
    assert document.text == text
    assert problems == ["a.txt: not UTF-8, read as Windows-1252; give its encoding if that is wrong"]
    rows = "\n".join(json.dumps({"text": f"{n} {text}"}, ensure_ascii=False) for n in range(3)).encode("cp1252")
    documents, problems = read(write(tmp_path, "a.jsonl", rows))
    assert [d.text for d in documents] == [f"{n} {text}" for n in range(3)]
    assert problems == ["a.jsonl:1: not UTF-8, read as Windows-1252; give its encoding if that is wrong"]
    assert "neither UTF-8 nor Windows-1252" in error_of(write(tmp_path, "c.txt", b"caf\x81\xe9 " * 40))


def test_a_given_encoding_is_strict(tmp_path: Path) -> None:
    latin = write(tmp_path, "a.txt", "Perú thanked Türkiye.".encode("cp1254"))
    assert read(latin, encoding="cp1254")[0][0].text == "Perú thanked Türkiye."
    assert "a.txt: not utf-8 (" in error_of(latin, encoding="utf-8")
    assert "not utf-8" in error_of(write(tmp_path, "a.csv", "text\nPerú\n".encode("cp1254")), encoding="utf-8")
    assert error_of(latin, encoding="klingon") == "unknown encoding 'klingon'; try utf-8, utf-16, cp1252 or cp1254"
    assert "unknown encoding" in error_of(latin, encoding="rot13")
    bare = write(tmp_path, "b.txt", "Perú".encode("utf-16-le"))
    assert read(bare, encoding="utf-16-le")[0][0].text == "Perú"


def test_ten_megabytes_on_one_line(tmp_path: Path) -> None:
    ten = "Ghana thanked Togo: " * 524_287 + "Ghana thanked Togo, too."
    assert "text of 10,485,764 characters left out; the limit is 1,000,000" in error_of(write(tmp_path, "a.txt", ten))
    assert "text of 10,485,764 characters" in error_of(write(tmp_path, "a.md", ten))
    lines = json.dumps({"text": ten}) + '\n{"text": "Togo replied."}\n'
    documents, problems = read(write(tmp_path, "a.jsonl", lines))
    assert [d.text for d in documents] == ["Togo replied."]
    assert problems == ["a.jsonl:1: line longer than 8 MB, left out"]
    documents, problems = read(write(tmp_path, "b.jsonl", lines.encode("utf-16")))
    assert [d.text for d in documents] == ["Togo replied."]
    assert problems == ["b.jsonl:1: line longer than 8 MB, left out"]
    assert MAX_LINE >= 6 * MAX_TEXT


def test_broken_json_lines_are_named_and_the_rest_goes_on(tmp_path: Path) -> None:
    lines = [
        '{"text": "One."}', '{"text": "Two."', "[1, 2]", '"text"', "null", '{"body": "Three.", "id": "x"}', '{"text": 5}', '{"text": ""}',
        '{"text": null}', "[" * 100_000, '{"text": "Four.", "id": ' + "9" * 5000 + "}",
        '{"text": "Five.", "id": true, "title": ["x"], "date": "soon"}', '{"text": "\\ud800 six"}',
    ]  # fmt: skip
    documents, problems = read(write(tmp_path, "a.jsonl", "\n".join(lines)))
    assert [d.text for d in documents] == ["One.", "Five.", "\ufffd six"]
    assert [p.split(": ")[0] for p in problems] == [f"a.jsonl:{n}" for n in range(2, 13)]
    assert problems[0].startswith("a.jsonl:2: not JSON (expecting ',' delimiter at column ")
    assert problems[1] == "a.jsonl:3: a JSON list, not an object, left out"
    assert "no 'text' (found: body, id), left out; map it with columns text=NAME" in problems[4]
    assert problems[5] == "a.jsonl:7: 'text' is a number, not a string, left out"
    assert problems[6] == problems[7].replace(":9", ":8") == "a.jsonl:8: no text, left out"
    assert "nested too deeply" in problems[8]
    assert problems[10] == "a.jsonl:12: date 'soon' not understood; write it as 2025-03-20, 2025-03 or 2025"


def test_a_file_of_nothing_but_broken_lines(tmp_path: Path) -> None:
    message = error_of(write(tmp_path, "a.jsonl", "{\nx\n"))
    assert "no document in" in message
    assert "first of 2 problems" in message
    assert "a.jsonl:1: not JSON" in message
    assert "call it .jsonl" in error_of(write(tmp_path, "a.json", '{"text": "a"}\n{"text": "b"}'))


def test_missing_columns_name_what_was_found(tmp_path: Path) -> None:
    path = write(tmp_path, "a.csv", "nr,body\n1,Ghana thanked Togo.\n")
    assert error_of(path).endswith("a.csv: no column 'text' (found: nr, body); map it with columns text=NAME")
    assert error_of(path, columns={"text": "body", "id": "key"}).endswith("no column 'key' (found: nr, body); map it with columns id=NAME")
    assert error_of(path, columns={"words": "body"}).startswith("unknown column 'words'; a row can hold id, text,")


def test_bad_rows_are_counted(tmp_path: Path) -> None:
    rows = "id,text\nd1,Ghana thanked Togo.\nd2,Togo, in turn, replied.\nd3,\nd4\nd5,End.,,\n"
    documents, problems = read(write(tmp_path, "a.csv", rows))
    assert [display_id(d.id) for d in documents] == ["d1", "d5"]
    assert problems == [
        "a.csv:3: 4 fields under 2 column names, row left out; quote a text that holds ','",
        "a.csv:4: no text, left out",
        "a.csv:5: no text, left out",
    ]


def test_a_field_beyond_the_limit_and_an_open_quotation_mark(tmp_path: Path) -> None:
    long = "Ghana thanked Togo. " * 10_000
    documents, problems = read(write(tmp_path, "a.csv", f"id,text\nd1,{long}\n"))
    assert (len(documents[0].text), problems) == (200_000, [])
    filler = "\n".join(f"e{n},{'word ' * 200}" for n in range(1200))
    documents, problems = read(write(tmp_path, "b.csv", f'id,text\nd1,Ghana.\nd2,"open\n{filler}\nd9,Togo.\n'))
    assert "d9" in [display_id(d.id) for d in documents]
    assert problems[0].startswith("b.csv:3: field larger than field limit (1000000), lines 3 to ")
    assert problems[0].endswith("left out; is a quotation mark left open?")


def test_pdfs_that_cannot_be_read(tmp_path: Path) -> None:
    assert "unreadable PDF (" in error_of(write(tmp_path, "a.pdf", b"%PDF-1.4 junk"))
    assert "unreadable PDF (" in error_of(write(tmp_path, "b.pdf", "Ghana thanked Togo."))
    assert "encrypted PDF; save it without a password first" in error_of(write(tmp_path, "c.pdf", pdf(["Secret."], password="x")))
    assert "PDF without text (a scan?)" in error_of(write(tmp_path, "d.pdf", pdf([])))
    whole = pdf(["Ghana thanked Togo."], ["Togo replied."])
    assert len(PdfReader(io.BytesIO(whole)).pages) == 2
    for cut in range(0, len(whole), 61):
        path = write(tmp_path, "e.pdf", whole[:cut] + b"\x00garbage" + whole[cut + 8 :])
        with suppress(InputError):
            read(path)


def test_html_without_text(tmp_path: Path) -> None:
    for page in ("<html><body><script>draw()</script></body></html>", "<html></html>", "<!-- nothing -->"):
        assert "HTML without text" in error_of(write(tmp_path, "a.html", page)) or "not HTML" in error_of(tmp_path / "a.html")


def test_broken_archives(tmp_path: Path) -> None:
    whole = gzip.compress(b'{"text": "Ghana thanked Togo."}\n' * 3)
    for name, data in (("a.jsonl.gz", whole[:-9]), ("b.txt.gz", whole[:15])):
        (tmp_path / name).write_bytes(data)
        with pytest.raises(InputError, match="broken gzip archive"):
            read(tmp_path / name)
    plain = tmp_path / "c.txt.gz"
    plain.write_bytes(b"not packed at all")
    assert read(plain)[0][0].text == "not packed at all"


def test_repeated_ids(tmp_path: Path) -> None:
    rows = [{"id": "d1", "text": text} for text in ("One.", "Two.", "One.")] + [{"text": "Three."}, {"text": "Three."}]
    path = write(tmp_path, "a.jsonl", "\n".join(map(json.dumps, rows)))
    documents, problems = read(path, path)
    assert [d.text for d in documents] == ["One.", "Three."]
    assert problems == [
        "a.jsonl:2: id 'd1' again with another text, left out; give each document an id of its own",
        "a.jsonl:3: document 'd1' again, left out",
        f"a.jsonl:5: document '{display_id(documents[1].id)}' again, left out",
    ]


def test_a_file_that_may_not_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path, "a.txt", "Ghana thanked Togo.")

    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    assert error_of(path).endswith("a.txt: permission denied")


def test_hostile_text_takes_no_long_time(tmp_path: Path) -> None:
    begin = time.monotonic()
    for unit in ("[", "![", "<!--", "*a ", "_a ", "`", "<a ", "-", "> ", "1. ", "```\n", "<http://", "t", "(a)["):
        strip_markdown(unit * (60_000 // len(unit)) + "x")
        parse_date(unit * 300_000)
    read(write(tmp_path, "a.txt", "---\n" + "  \n" * 59 + "x"))
    assert time.monotonic() - begin < 20
