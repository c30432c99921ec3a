"""Bytes at the edge: opening, unpacking, telling text from binary, and decoding whole or line by line."""

from __future__ import annotations

import codecs
import gzip
import io
import sys
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, cast

from kg.errors import InputError
from kg.read.problems import Report, UnreadableInputError

MAX_TEXT = 1_000_000
"""Characters of one document; a longer one is a book or a dump, not an article, and would exhaust the parser."""
MAX_LINE = 8 * MAX_TEXT
"""Bytes of one line: a document of MAX_TEXT characters fits, escaped as JSON."""
MAX_WHOLE = 256 * 1024 * 1024
"""Bytes of a file that has to be read at once."""

_GREATEST_RATIO = 200
_SUSPICIOUS = 32 << 20
"""What unpacks to more bytes than this is given up where it grows beyond the ratio. Text packs to a third, tables to a twentieth."""

_HEAD = 8192
_FALLBACK = "cp1252"
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_CONTROLS = frozenset(range(32)) - frozenset(b"\t\n\r\f\x1b")


@contextmanager
def open_bytes(path: Path | None, name: str) -> Iterator[io.BufferedReader]:
    """The bytes of a file, or of standard input (None), unpacked if gzipped; what breaks while reading becomes one line.

    Raises UnreadableInputError: no such file, no permission, a broken archive.
    """
    try:
        with _binary(path) as raw:
            stream = _buffered(raw)
            if stream.peek(2)[:2] == b"\x1f\x8b":
                stream = io.BufferedReader(_Unpacked(stream, name), _HEAD)
            yield stream
    except (gzip.BadGzipFile, zlib.error, EOFError) as error:
        raise UnreadableInputError(name, f"broken gzip archive ({error})") from error
    except OSError as error:
        raise UnreadableInputError(name, (error.strerror or str(error)).lower()) from error


class _Unpacked(io.RawIOBase):
    """What a gzip archive holds. UnreadableInputError where it grows as no text does."""

    def __init__(self, packed: io.BufferedReader, name: str) -> None:
        self._packed = _Counted(packed)
        self._file = gzip.GzipFile(fileobj=cast(IO[bytes], self._packed))
        self._name = name
        self._size = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]  # typeshed wants a type that cannot be written
        chunk = self._file.read(min(len(buffer), 1 << 20))
        buffer[: len(chunk)] = chunk
        self._size += len(chunk)
        if self._size > max(_SUSPICIOUS, self._packed.count * _GREATEST_RATIO):
            grown = f"{self._size >> 20} MiB out of {self._packed.count:,} bytes"
            raise UnreadableInputError(self._name, f"unpacks to {grown} and more, which no text does; unpack it and look")
        return len(chunk)


class _Counted:
    """A stream that counts what was read of it."""

    def __init__(self, stream: io.BufferedReader) -> None:
        self._stream = stream
        self.count = 0

    def read(self, size: int = -1) -> bytes:
        chunk = self._stream.read(size)
        self.count += len(chunk)
        return chunk


@contextmanager
def _binary(path: Path | None) -> Iterator[IO[bytes]]:
    if path is None:
        yield sys.stdin.buffer
    else:
        with path.open("rb") as stream:
            yield stream


def _buffered(stream: IO[bytes]) -> io.BufferedReader:
    return stream if isinstance(stream, io.BufferedReader) else io.BufferedReader(cast(io.RawIOBase, stream))


def check_encoding(encoding: str | None) -> None:
    """Raise InputError if Python knows no text encoding of that name."""
    if encoding is None:
        return
    try:
        "".encode(encoding)
    except LookupError as error:
        raise InputError(f"unknown encoding '{encoding}'; try utf-8, utf-16, cp1252 or cp1254") from error


def check_text(stream: io.BufferedReader, name: str, encoding: str | None) -> str | None:
    """The encoding that a byte order mark or the caller gives, else None.

    Raises UnreadableInputError if the stream is empty or its head is not text.
    """
    head = stream.peek(_HEAD)[:_HEAD]
    if not head:
        raise UnreadableInputError(name, "empty file")
    marked = next((found for bom, found in _BOMS if head.startswith(bom)), None)
    if encoding is None and marked is None and is_binary(head):
        raise UnreadableInputError(name, "looks binary, not text; if it is UTF-16 or the like, give its encoding")
    return encoding or marked


def is_binary(head: bytes) -> bool:
    """Whether bytes hold a NUL or more than one control character in ten."""
    return 0 in head or sum(byte in _CONTROLS for byte in head) * 10 > len(head)


def read_whole(stream: io.BufferedReader, name: str) -> bytes:
    """All bytes. Raises UnreadableInputError: empty, or larger than MAX_WHOLE."""
    data = stream.read(MAX_WHOLE + 1)
    if not data:
        raise UnreadableInputError(name, "empty file")
    if len(data) > MAX_WHOLE:
        raise UnreadableInputError(name, f"larger than {MAX_WHOLE >> 20} MiB, too much to read at once; use JSON lines")
    return data


def read_text(stream: io.BufferedReader, name: str, encoding: str | None, report: Report) -> str:
    """A whole text, decoded. Without an encoding: by byte order mark, then UTF-8, then Windows-1252 with a warning."""
    known = check_text(stream, name, encoding)
    return decode(read_whole(stream, name), name, known, report)


def decode(data: bytes, name: str, encoding: str | None, report: Report, place: str = "") -> str:
    """Bytes decoded strictly, or as UTF-8 else as Windows-1252 with a warning. Raises UnreadableInputError."""
    try:
        return data.decode(encoding or "utf-8")
    except UnicodeError as error:
        if encoding:
            raise UnreadableInputError(name, f"not {encoding} ({_where(error)})", place) from error
    try:
        text = data.decode(_FALLBACK)
    except UnicodeError as error:
        raise UnreadableInputError(name, "neither UTF-8 nor Windows-1252; give its encoding", place) from error
    report(place, "not UTF-8, read as Windows-1252; give its encoding if that is wrong")
    return text


def _where(error: UnicodeError) -> str:
    return f"{error.reason} at byte {error.start}" if isinstance(error, UnicodeDecodeError) else str(error)


def read_lines(stream: io.BufferedReader, name: str, encoding: str | None, report: Report) -> Iterator[tuple[int, str]]:
    """Lines with their numbers from 1, line ends kept. One longer than MAX_LINE is reported and left out.

    Without an encoding each line is UTF-8 or else Windows-1252, reported for the first such line of the file.
    """
    known = check_text(stream, name, encoding)
    if known:
        yield from _text_lines(stream, name, known, report)
        return
    warned = False

    def report_once(place: str, message: str) -> None:
        nonlocal warned
        if not warned:
            report(place, message)
        warned = True

    for number, line in _byte_lines(stream, report):
        yield number, decode(line, name, None, report_once, str(number))


def _byte_lines(stream: io.BufferedReader, report: Report) -> Iterator[tuple[int, bytes]]:
    number = 0
    while line := stream.readline(MAX_LINE + 1):
        number += 1
        if len(line) <= MAX_LINE:
            yield number, line
            continue
        while not line.endswith(b"\n") and (line := stream.readline(MAX_LINE)):
            pass
        _report_long(report, number)


def _text_lines(stream: io.BufferedReader, name: str, encoding: str, report: Report) -> Iterator[tuple[int, str]]:
    text = io.TextIOWrapper(stream, encoding=encoding, newline="\n")
    number = 0
    try:
        while line := text.readline(MAX_LINE + 1):
            number += 1
            if len(line) <= MAX_LINE:
                yield number, line
                continue
            while not line.endswith("\n") and (line := text.readline(MAX_LINE)):
                pass
            _report_long(report, number)
    except UnicodeError as error:
        raise UnreadableInputError(name, f"not {encoding} ({_where(error)})", str(number + 1)) from error
    finally:
        text.detach()


def _report_long(report: Report, number: int) -> None:
    report(str(number), f"line longer than {MAX_LINE // 1_000_000} MB, left out")
