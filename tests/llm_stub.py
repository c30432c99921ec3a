"""A chat-completions server on this machine that says what a test tells it to, and remembers what it was asked."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Response:
    """What the server sends; `delay` seconds later, a `body` of text as it is. `lost` ends the connection instead."""

    body: str | Json
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    delay: float = 0.0
    lost: bool = False


Answering = Callable[[Json], Response]


@dataclass(slots=True)
class Stub:
    """The server's address, the requests that came, and how it answers: `script` first, one a request, then `answer`."""

    url: str = ""
    requests: list[Json] = field(default_factory=list)
    authorization: list[str | None] = field(default_factory=list)
    script: list[Response] = field(default_factory=list)
    answer: Answering = lambda _: completion([])


def claim(sentence: int, source: str, relation: str, target: str, trigger: str, status: str = "asserted", **more: str) -> Json:
    """A statement as a model answers it."""
    empty = dict.fromkeys(("source_name", "target_name", "speaker", "speaker_name"), "")
    given = {"sentence": sentence, "source": source, "relation": relation, "target": target, "trigger": trigger, "status": status}
    return {**given, **empty, **more}


def completion(claims: list[Json] | str, *, usage: bool = True, ended: str = "stop", refusal: str | None = None) -> Response:
    """A response that holds these claims, or this text."""
    content = claims if isinstance(claims, str) else json.dumps({"statements": claims}, ensure_ascii=False)
    message = {"role": "assistant", "content": None if refusal else content, "refusal": refusal}
    body: Json = {"id": "x", "object": "chat.completion", "choices": [{"index": 0, "message": message, "finish_reason": ended}]}
    if usage:
        body["usage"] = {"prompt_tokens": 1000, "completion_tokens": 50, "total_tokens": 1050}
    return Response(body)


def failure(status: int, message: str, *headers: tuple[str, str], code: str | None = None) -> Response:
    """An error as such servers report it."""
    return Response({"error": {"message": message, "code": code}}, status, headers)


@contextmanager
def serving() -> Iterator[Stub]:
    """A stub server while the block runs."""
    stub = Stub()
    lock = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            with lock:
                stub.requests.append({"path": self.path, **request})
                stub.authorization.append(self.headers["Authorization"])
                response = stub.script.pop(0) if stub.script else None
            response = response or stub.answer(request)
            time.sleep(response.delay)
            if response.lost:
                self.close_connection = True
                return
            raw = (response.body if isinstance(response.body, str) else json.dumps(response.body)).encode()
            self.send_response(response.status)
            for name, value in response.headers:
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            try:
                self.wfile.write(raw)
            except OSError:
                self.close_connection = True  # the client has given up

        def log_message(self, *_: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    stub.url = f"http://127.0.0.1:{server.server_address[1]}/v1"
    try:
        yield stub
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
