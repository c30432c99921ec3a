"""The process that a query runs in. Started as a script by `kg.query.run`, one process a query; imports nothing of kg.

It reads one JSON object from standard input: the database's folder, the query, prefixes, limits. It writes JSON lines: a
header, one line a row or triple, and a last line that says how it ended. Before the query runs it gives up what that has no
need of: sockets, more memory than allowed, and processor time beyond the time limit (so that it ends even if its parent was
killed).
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import platform
import resource
import sys
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

import pyoxigraph as ox

Cell = list[str] | None

_PR_SET_NO_NEW_PRIVS = 38
_PR_SET_SECCOMP = 22
_SECCOMP_MODE_FILTER = 2
_LOAD, _JUMP_IF_EQUAL, _RETURN = 0x20, 0x15, 0x06
_ALLOW, _REFUSE = 0x7FFF0000, 0x00050001  # SECCOMP_RET_ALLOW; SECCOMP_RET_ERRNO with EPERM
_SOCKET_CALLS = {
    "x86_64": (0xC000003E, (41, 42, 53, 425, 0x40000029, 0x4000002A, 0x40000035, 0x400001A9)),
    "aarch64": (0xC00000B7, (198, 199, 203, 425)),
}
"""Audit architecture, and the numbers of socket, connect, socketpair and io_uring_setup (on x86_64 also by their x32 numbers)."""


class _Instruction(ctypes.Structure):
    _fields_ = (("code", ctypes.c_uint16), ("if_true", ctypes.c_uint8), ("if_false", ctypes.c_uint8), ("k", ctypes.c_uint32))


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.POINTER(_Instruction)))


class _UnsayableError(Exception):
    """A term of RDF 1.2, for which the results of SPARQL 1.1 have no form."""


def forbid_sockets() -> bool:
    """Have the kernel refuse every new socket to this process for good. False where it has no such filter (not Linux).

    Taking away file descriptors instead would break queries: Oxigraph opens the tables of a larger store as it needs them.
    """
    if sys.platform != "linux" or platform.machine() not in _SOCKET_CALLS:
        return False
    architecture, calls = _SOCKET_CALLS[platform.machine()]
    last = len(calls) - 1
    instructions = [
        _Instruction(_LOAD, 0, 0, 4),
        _Instruction(_JUMP_IF_EQUAL, 1, 0, architecture),
        _Instruction(_RETURN, 0, 0, _REFUSE),
        _Instruction(_LOAD, 0, 0, 0),
        *(_Instruction(_JUMP_IF_EQUAL, last - place + 1, 0, call) for place, call in enumerate(calls)),
        _Instruction(_RETURN, 0, 0, _ALLOW),
        _Instruction(_RETURN, 0, 0, _REFUSE),
    ]
    program = _Program(len(instructions), (_Instruction * len(instructions))(*instructions))
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        return False
    return int(libc.prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.byref(program), 0, 0)) == 0


def _lower_limits(memory: int, seconds: int) -> None:
    """Allow `memory` bytes beyond what this process has by now: what opening a database takes is not the query's doing."""
    for kind, wanted in (
        (resource.RLIMIT_AS, _address_space() + memory), (resource.RLIMIT_CPU, seconds), (resource.RLIMIT_CORE, 0),
    ):  # fmt: skip
        with contextlib.suppress(ValueError, OSError):  # a stricter limit is in force already, or the system has no such limit
            resource.setrlimit(kind, (wanted, wanted))


def _address_space() -> int:
    """Bytes; 0 where the system does not say (not Linux)."""
    try:
        with open("/proc/self/statm", encoding="ascii") as file:
            return int(file.read().split()[0]) * resource.getpagesize()
    except OSError:
        return 0


def _cell(term: Any) -> Cell:
    """[kind, value] or [kind, value, language, datatype]; kinds: i an IRI, b a blank node, l a literal. Raises _UnsayableError."""
    if term is None:
        return None
    if isinstance(term, ox.NamedNode):
        return ["i", term.value]
    if isinstance(term, ox.BlankNode):
        return ["b", term.value]
    if not isinstance(term, ox.Literal):
        raise _UnsayableError("a triple term")
    if getattr(term, "direction", None) is not None:  # pyoxigraph 0.4 knows none
        raise _UnsayableError("a text with a base direction")
    return ["l", term.value, term.language or "", term.datatype.value]


def _rows(result: ox.QuerySolutions | ox.QueryTriples) -> Iterator[list[Cell]]:
    if isinstance(result, ox.QuerySolutions):
        width = len(result.variables)
        return ([_cell(solution[place]) for place in range(width)] for solution in result)
    return ([_cell(triple.subject), _cell(triple.predicate), _cell(triple.object)] for triple in result)


def answer(store: Any, request: dict[str, Any]) -> Iterator[dict[str, Any] | list[Cell]]:
    """Header, rows and end of one query's answer. Whatever the engine refuses becomes the end's "error"."""
    try:
        result = store.query(request["query"], prefixes=request["prefixes"])
        foreign = next((graph for graph in request["graphs"] if not store.contains_named_graph(ox.NamedNode(graph))), None)
        if foreign is not None:
            yield {"error": "graph", "message": foreign}
            return
        if isinstance(result, ox.QueryBoolean):
            yield {"kind": "ask", "columns": [], "answer": bool(result)}
            yield {"end": True, "truncated": False}
            return
        if isinstance(result, ox.QuerySolutions):
            yield {"kind": "select", "columns": [variable.value for variable in result.variables]}
        else:
            yield {"kind": "construct", "columns": ["subject", "predicate", "object"]}
        rows = _rows(result)
        yield from islice(rows, request["limit"])
        yield {"end": True, "truncated": request["limit"] is not None and next(rows, None) is not None}
    except SyntaxError as error:
        yield {"error": "syntax", "message": str(error)}
    except (OSError, RuntimeError, ValueError) as error:
        yield {"error": "engine", "message": str(error)}
    except _UnsayableError as error:
        yield {"error": "term", "message": str(error)}
    except MemoryError:
        yield {"error": "memory", "message": ""}


def write(lines: Iterable[dict[str, Any] | list[Cell]], most_bytes: int) -> None:
    """Write JSON lines to standard output, and an error in place of the rest where they grow beyond `most_bytes`."""
    out, written = sys.stdout, 0
    for line in lines:
        text = json.dumps(line, ensure_ascii=True, separators=(",", ":")) + "\n"
        written += len(text)
        if written > most_bytes:
            out.write(json.dumps({"error": "size", "message": ""}) + "\n")
            break
        out.write(text)
    out.flush()


def main() -> None:
    """Serve the one request on standard input."""
    request = json.load(sys.stdin)
    forbid_sockets()
    store = ox.Store.read_only(request["quads"])
    _lower_limits(request["memory"], request["seconds"])
    write(answer(store, request), request["bytes"])


if __name__ == "__main__":
    main()
