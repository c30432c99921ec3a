"""A connection to a server of SPARQL that is kept open, with credentials, time limits and bounds on what is read."""

from __future__ import annotations

import base64
import os
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import md5, sha256
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from typing import Final
from urllib.parse import SplitResult, urlsplit
from urllib.request import parse_http_list, parse_keqv_list

from kg.errors import StoreError

USER: Final = "KG_SPARQL_USER"
PASSWORD: Final = "KG_SPARQL_PASSWORD"
TOKEN: Final = "KG_SPARQL_TOKEN"
"""Environment variables that say who we are."""

_BUSY = {502, 503, 504}
_DEADLOCK = b" 40001 Error"
_STOPPED = "S1TAT"


class UnansweredError(StoreError):
    """A query that the server refuses, takes too long over, or answers with too much. `refusal` is what it says, if it refuses."""

    def __init__(self, message: str, refusal: str = "") -> None:
        super().__init__(message)
        self.refusal = refusal


@dataclass(frozen=True, slots=True)
class Credentials:
    """Who asks. Never printed: `repr` shows nothing."""

    user: str = field(default="", repr=False)
    password: str = field(default="", repr=False)
    token: str = field(default="", repr=False)

    @classmethod
    def from_environment(cls) -> Credentials:
        """Those of KG_SPARQL_USER and KG_SPARQL_PASSWORD, or KG_SPARQL_TOKEN."""
        return cls(*(os.environ.get(name, "") for name in (USER, PASSWORD, TOKEN)))

    def __bool__(self) -> bool:
        return bool(self.user or self.token)


@dataclass(frozen=True, slots=True)
class Reply:
    status: int
    body: bytes = field(repr=False)
    kind: str
    server: str
    location: str
    challenge: str
    wait: float
    most_rows: int
    partial: bool

    @classmethod
    def of(cls, response: HTTPResponse, body: bytes) -> Reply:
        def header(name: str) -> str:
            return response.getheader(name) or ""

        wait, most_rows = header("Retry-After"), header("X-SPARQL-MaxRows")
        return cls(
            response.status, body, header("Content-Type").partition(";")[0].strip().lower(), header("Server"), header("Location"),
            header("WWW-Authenticate"), float(wait) if wait.isdecimal() else 0.0, int(most_rows) if most_rows.isdecimal() else 0,
            header("X-SQL-State") == _STOPPED,
        )  # fmt: skip

    @property
    def is_transient(self) -> bool:
        """Whether the same request may well succeed in a moment. Virtuoso ends one of two writers that wait for each other."""
        return self.status in _BUSY or (self.status >= 400 and _DEADLOCK in self.body[:200])


class Deadline:
    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._end = time.monotonic() + seconds

    @property
    def left(self) -> float:
        """Seconds that are left. Raises TimeoutError where none are."""
        left = self._end - time.monotonic()
        if left <= 0:
            raise TimeoutError
        return left


class Address:
    """One address, its connection, and how it wants to be told who we are."""

    def __init__(self, url: str) -> None:
        self.url = url
        parts = urlsplit(url)
        if "@" in parts.netloc:
            bare = parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()
            raise StoreError(f"{bare}: an address is no place for a password; set {USER} and {PASSWORD} in the environment")
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise StoreError(f"{url}: is no address of a SPARQL endpoint; write it as http://localhost:7878/query")
        self._parts = parts
        self._connection: HTTPConnection | None = None
        self._challenge: dict[str, str] = {}
        self._count = 0

    def post(self, body: bytes, headers: Mapping[str, str], who: Credentials, deadline: Deadline, most: int) -> Reply:
        reply = self._post(body, {**headers, **self._who(who)}, deadline, most)
        if reply.status == 401 and who and self._take_challenge(reply.challenge, who):
            reply = self._post(body, {**headers, **self._who(who)}, deadline, most)
        return reply

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _post(self, body: bytes, headers: Mapping[str, str], deadline: Deadline, most: int) -> Reply:
        try:
            connection = self._open(deadline.left)
            connection.request("POST", _target(self._parts), body, {"User-Agent": "kg", **headers})
            with connection.getresponse() as response:
                return Reply.of(response, _read(response, deadline, most, self.url))
        except (OSError, HTTPException, UnansweredError):
            self.close()
            raise

    def _open(self, timeout: float) -> HTTPConnection:
        if self._connection is None:
            make = HTTPSConnection if self._parts.scheme == "https" else HTTPConnection
            assert self._parts.hostname is not None
            self._connection = make(self._parts.hostname, self._parts.port, timeout=timeout)
        if self._connection.sock is not None:
            self._connection.sock.settimeout(timeout)
        return self._connection

    def _take_challenge(self, challenge: str, who: Credentials) -> bool:
        """Whether the server wants to know it in another way than it was told."""
        scheme, _, rest = challenge.partition(" ")
        taken = {"scheme": scheme.lower(), **(parse_keqv_list(parse_http_list(rest)) if scheme.lower() == "digest" else {})}
        first = not self._challenge or self._challenge.get("nonce") != taken.get("nonce")
        self._challenge, self._count = taken, 0
        return first and bool(who.user) and taken["scheme"] in {"basic", "digest"}

    def _who(self, who: Credentials) -> dict[str, str]:
        """The header that says who we are: a token at once, a password only where the server asked for one."""
        if who.token:
            return {"Authorization": f"Bearer {who.token}"}
        if not self._challenge or not who.user:
            return {}
        if self._challenge["scheme"] == "digest":
            self._count += 1
            return {"Authorization": digest(self._challenge, who, _target(self._parts), self._count)}
        plain = base64.b64encode(f"{who.user}:{who.password}".encode()).decode("ascii")
        return {"Authorization": f"Basic {plain}"}


def digest(challenge: Mapping[str, str], who: Credentials, target: str, count: int, *, nonce: str | None = None) -> str:
    """The Authorization header of a POST by RFC 7616, with MD5 or SHA-256 as the server asks; `nonce` is ours, random unless given."""
    algorithm = challenge.get("algorithm", "MD5")
    make = sha256 if algorithm.upper().startswith("SHA-256") else md5

    def hashed(*parts: str) -> str:
        return make(":".join(parts).encode()).hexdigest()

    ours, number = nonce or secrets.token_hex(8), f"{count:08x}"
    secret, asked = hashed(who.user, challenge.get("realm", ""), who.password), hashed("POST", target)
    given = {"username": who.user, "realm": challenge.get("realm", ""), "nonce": challenge.get("nonce", ""), "uri": target}
    qualities = [one.strip() for one in challenge.get("qop", "").split(",")]
    if "auth" in qualities:
        given["response"] = hashed(secret, given["nonce"], number, ours, "auth", asked)
        plain = f", qop=auth, nc={number}, algorithm={algorithm}"
        given["cnonce"] = ours
    else:
        given["response"] = hashed(secret, given["nonce"], asked)
        plain = f", algorithm={algorithm}"
    if "opaque" in challenge:
        given["opaque"] = challenge["opaque"]
    quoted = (value.replace("\\", "\\\\").replace('"', '\\"') for value in given.values())
    return "Digest " + ", ".join(f'{name}="{value}"' for name, value in zip(given, quoted, strict=True)) + plain


def _target(parts: SplitResult) -> str:
    """What stands in the first line of a request: path and query."""
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def _read(response: HTTPResponse, deadline: Deadline, most: int, url: str) -> bytes:
    chunks: list[bytes] = []
    size = 0
    while chunk := response.read(1 << 16):
        size += len(chunk)
        if size > most:
            raise UnansweredError(f"{url}: the answer is larger than {most >> 20} MiB; narrow the query, or add a LIMIT")
        chunks.append(chunk)
        if not response.isclosed():
            _ = deadline.left
    return b"".join(chunks)


def first_line(body: bytes) -> str:
    lines = body[:2000].decode(errors="replace").strip().splitlines()
    return " ".join(lines[0].split())[:200] if lines else "no reason given"
