"""One chat-completions endpoint over HTTP: the request, its repetition, and what each refusal means in one line.

The key comes from the environment alone. It is kept out of representations, messages and files, and no redirect is
followed, so that it goes nowhere but to the endpoint named.
"""

from __future__ import annotations

import http.client
import json
import os
import socket
import ssl
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.message import Message
from threading import Event
from typing import IO, Any
from urllib.parse import urlsplit, urlunsplit

from kg.errors import ModelError
from kg.llm.answers import excerpt
from kg.llm.errors import AnswerError, OverlongError

URL_VARIABLE = "KG_LLM_URL"
KEY_VARIABLE = "KG_LLM_API_KEY"
ATTEMPTS = 5
LONGEST_WAIT = 60.0
"""Seconds between two attempts, whatever a server asks for."""
LARGEST_ANSWER = 20_000_000
"""Bytes read of a response."""
_TEMPORARY = frozenset((408, 409, 425, 429, 500, 502, 503, 504, 520, 522, 524, 529))
_FORMATS = ("json_schema", "json_object", "text")
"""Forms of answer in the order in which they are tried; a server that refuses one is asked for the next."""
_ABOUT_FORMAT = ("response_format", "response format", "json_schema", "json_object", "structured output", "schema", "grammar")
_ABOUT_LENGTH = ("context length", "context_length", "context size", "context window", "maximum context", "too many tokens", "too long")
_NEVER_THERE = (ConnectionRefusedError, socket.gaierror, ssl.SSLCertVerificationError)
"""What waiting does not mend, unless the server has answered before."""

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer's content, and the tokens that the server counted for question and answer.

    `failure` says why an answer that was paid for cannot be used: a refusal, or one that was cut off.
    """

    content: str
    asked: int | None
    answered: int | None
    failure: AnswerError | None = None


@dataclass(slots=True)
class Endpoint:
    """A model behind a URL. Construct it with `from_environment` unless the key comes from a vault of yours.

    Args:
        model: the model's name as the server knows it.
        url: base address ("http://localhost:8080/v1") or that of chat/completions itself.
        key: sent as bearer token; "" sends none.
        timeout: seconds without a sign of life from the server.
        wait: how to wait some seconds between attempts; None waits until `stopped`.
    """

    model: str
    url: str
    key: str = field(default="", repr=False)
    timeout: float = 180.0
    wait: Callable[[float], object] | None = field(default=None, repr=False)
    stopped: Event = field(default_factory=Event, init=False, repr=False)
    """Set where nobody waits for answers any more: what is under way ends, what waits to be repeated gives up."""
    _format: int = field(default=0, init=False)
    _with_temperature: bool = field(default=True, init=False)
    _answered: bool = field(default=False, init=False)

    def __post_init__(self) -> None:
        """Check name, address and key; ModelError says what is wrong."""
        self.url = _completions(self.url)
        if not self.model.strip():
            raise ModelError("the model has no name; --llm takes it as the server knows it")
        if not self.key.isascii() or not self.key.isprintable() or " " in self.key:
            raise ModelError(f"{KEY_VARIABLE} holds characters that no key has; set it anew")

    @classmethod
    def from_environment(cls, model: str, url: str | None = None, timeout: float = 180.0) -> Endpoint:
        """An endpoint with the key of KG_LLM_API_KEY, and the address of KG_LLM_URL where none is given."""
        url = url or os.environ.get(URL_VARIABLE, "")
        if not url:
            raise ModelError(f"no endpoint for {model}; name one with --llm-url or {URL_VARIABLE}, such as http://localhost:8080/v1")
        return cls(model, url, os.environ.get(KEY_VARIABLE, "").strip(), timeout)

    def ask(self, instructions: str, question: str, schema: Mapping[str, object]) -> Reply:
        """Ask, in the strictest form of answer that the server takes.

        Raises
        ------
        OverlongError where the question does not fit the model, AnswerError where the server filters it; ModelError
        where the endpoint cannot be used.
        """
        while True:
            form, temperature = self._format, self._with_temperature
            try:
                answered = self._post(self._body(instructions, question, schema, form, temperature))
            except _UnsupportedFormatError:
                self._format = max(self._format, form + 1)
            except _UnsupportedTemperatureError:
                self._with_temperature = False
            else:
                self._answered = True
                return self._reply(answered)

    def _body(self, instructions: str, question: str, schema: Mapping[str, object], form: int, temperature: bool) -> Json:
        messages = [{"role": "system", "content": instructions}, {"role": "user", "content": question}]
        body: Json = {"model": self.model, "messages": messages}
        if temperature:
            body["temperature"] = 0
        if _FORMATS[form] == "json_schema":
            body["response_format"] = {"type": "json_schema", "json_schema": {"name": "statements", "strict": True, "schema": schema}}
        elif _FORMATS[form] == "json_object":
            body["response_format"] = {"type": "json_object"}
        return body

    def _post(self, body: Json) -> Json:
        """The response to one request, repeated while the server is only busy."""
        reason = ""
        for attempt in range(1, ATTEMPTS + 1):
            if attempt > 1 and self.stopped.is_set():
                break
            try:
                return self._once(body)
            except urllib.error.HTTPError as error:
                with error:
                    failure, waiting = self._refused(error, body), _asked_to_wait(error.headers)
                if not isinstance(failure, _BusyError):
                    raise failure from None
                reason = str(failure)
            except (OSError, http.client.HTTPException) as error:
                cause = error.reason if isinstance(error, urllib.error.URLError) and isinstance(error.reason, Exception) else error
                if isinstance(cause, _NEVER_THERE) and not self._answered:
                    raise ModelError(f"{self._place} does not answer ({_reason(cause)}); is the server running?") from None
                reason, waiting = self._silence(cause), None
            if attempt < ATTEMPTS:
                (self.wait or self.stopped.wait)(min(waiting if waiting is not None else 2.0 ** (attempt - 1), LONGEST_WAIT))
        raise ModelError(f"{self._place}: {reason}, {ATTEMPTS} times; try again later, answers so far are kept")

    def _once(self, body: Json) -> Json:
        headers = {"Content-Type": "application/json", "Accept": "application/json", "User-Agent": "kg"}
        if self.key:
            headers["Authorization"] = f"Bearer {self.key}"
        request = urllib.request.Request(self.url, json.dumps(body).encode(), headers, method="POST")
        with urllib.request.build_opener(_NoRedirect).open(request, timeout=self.timeout) as response:
            raw = response.read(LARGEST_ANSWER)
        try:
            answered = json.loads(raw)
        except (ValueError, RecursionError) as error:
            raise ModelError(f"{self._place} sent no JSON; is it a chat-completions endpoint?") from error
        if not isinstance(answered, dict):
            raise ModelError(f"{self._place} sent JSON that is no object; is it a chat-completions endpoint?")
        return answered

    def _refused(self, error: urllib.error.HTTPError, body: Json) -> ModelError:
        """What an error status means."""
        code, said = error.code, self._said(error)
        about = said.lower()
        if code in (401, 403):
            return ModelError(f"{self._place} refuses the key (HTTP {code}); {KEY_VARIABLE} {'is wrong' if self.key else 'is not set'}")
        if code == 402 or "insufficient_quota" in about:
            return ModelError(f"{self._place}: the account has no credit left (HTTP {code})")
        if code in _TEMPORARY and not (code == 500 and self._is_about_format(about, body)):
            return _BusyError(f"HTTP {code}" + (f" ({said})" if said else ""))
        if 300 <= code < 400:
            return ModelError(f"{self._place} redirects (HTTP {code}), which is not followed; name the final address with --llm-url")
        if code == 404:
            return ModelError(f"{self._place} knows no model '{self.model}' or no such path (HTTP 404{': ' + said if said else ''})")
        if "content_filter" in about or "content management" in about:
            return AnswerError(f"refused by the server's content filter: {said}")
        if code == 413 or any(words in about for words in _ABOUT_LENGTH):
            return OverlongError(f"the question is too long for {self.model}: {said}")
        if "temperature" in about and "temperature" in body:
            return _UnsupportedTemperatureError(said)
        if self._is_about_format(about, body):
            return _UnsupportedFormatError(said)
        return ModelError(f"{self._place} refuses the request (HTTP {code}): {said or error.reason}")

    def _is_about_format(self, said: str, body: Json) -> bool:
        return "response_format" in body and any(words in said for words in _ABOUT_FORMAT)

    def _said(self, error: urllib.error.HTTPError) -> str:
        """The server's message on one line, its error code with it and the key, if it repeats it, blotted out."""
        try:
            text = error.read(100_000).decode("utf-8", "replace")
        except (OSError, http.client.HTTPException):
            return ""
        try:
            told = json.loads(text)
        except (ValueError, RecursionError):
            told = text
        inner = told.get("error", told) if isinstance(told, dict) else told
        if isinstance(inner, dict):
            inner = " ".join(str(inner[k]) for k in ("message", "detail", "code", "type") if inner.get(k))
        said = str(inner)
        return excerpt(said.replace(self.key, "***") if self.key else said, 240)

    def _silence(self, cause: BaseException) -> str:
        if isinstance(cause, TimeoutError):
            return f"no answer within {self.timeout:g} s"
        return f"connection lost ({_reason(cause)})"

    @property
    def _place(self) -> str:
        """The endpoint for people: without a query, which may hold secrets."""
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.netloc}{parts.path}"

    def _reply(self, answered: Json) -> Reply:
        choices = answered.get("choices")
        choice = choices[0] if isinstance(choices, list) and choices else None
        message = choice.get("message") if isinstance(choice, dict) else None
        if not isinstance(choice, dict) or not isinstance(message, dict):
            raise ModelError(f"{self._place} sent no choice with a message; is it a chat-completions endpoint?")
        usage = answered.get("usage")
        asked, answered_tokens = (_count(usage, key) for key in ("prompt_tokens", "completion_tokens"))
        content, ended, refusal = message.get("content"), choice.get("finish_reason"), message.get("refusal")
        failure: AnswerError | None = None
        if refusal or ended == "content_filter":
            failure = AnswerError(f"{self.model} refuses to answer: {excerpt(str(refusal or 'content filter'))}")
        elif ended == "length":
            failure = OverlongError(f"the answer of {self.model} was cut off at its limit")
        return Reply(content if isinstance(content, str) else "", asked, answered_tokens, failure)


class _BusyError(ModelError):
    """The server may answer the same request later."""


class _UnsupportedFormatError(ModelError):
    """The server does not take this form of answer."""


class _UnsupportedTemperatureError(ModelError):
    """The model has a temperature of its own."""


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: http.client.HTTPMessage, newurl: str
    ) -> None:
        return None


def _completions(url: str) -> str:
    """The address of chat/completions below a base address, checked."""
    wrong = ModelError(f"'{url}' is no http(s) address of an endpoint; write it as http://localhost:8080/v1")
    try:
        parts = urlsplit(url.strip())
        _ = parts.port  # read late, and refused only then
    except ValueError as error:
        raise wrong from error
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise wrong
    if parts.username or parts.password:
        raise ModelError(f"the address of {parts.hostname} holds a user or password; leave it out and set {KEY_VARIABLE}")
    path = parts.path.rstrip("/")
    path = path if path.endswith("/chat/completions") else f"{path}/chat/completions"
    return urlunsplit((parts.scheme, parts.netloc, path, parts.query, ""))


def _asked_to_wait(headers: Message | None) -> float | None:
    """Seconds of a Retry-After header; None if there is none, or a date."""
    value = headers.get("Retry-After", "") if headers is not None else ""
    return float(value) if value.isdecimal() else None


def _reason(cause: BaseException) -> str:
    return str(getattr(cause, "strerror", None) or cause or type(cause).__name__).lower()


def _count(usage: object, key: str) -> int | None:
    value = usage.get(key) if isinstance(usage, dict) else None
    return value if isinstance(value, int) and value >= 0 else None
