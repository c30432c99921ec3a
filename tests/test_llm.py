"""The extractor that asks a large language model, against a server on this machine; and silence without --llm."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.codebook import RELATIONS
from kg.errors import InputError, ModelError
from kg.llm import AnswerError, BudgetError, Endpoint, LLMExtractor, Price, Report
from kg.llm.answers import read_answer
from kg.llm.grounding import occurrences
from kg.llm.prompt import STATUSES, answer_schema, instructions, prompt_version
from kg.model import Document, Statement
from kg.pipeline import Settings
from kg.record import json_line, statement_record
from tests.conftest import Run
from tests.llm_stub import Json, Response, Stub, claim, completion, failure, serving

KEY = "sk-secret-of-the-tests"
THANKS = claim(1, "Ghana", "SUPPORT", "Togo", "thanked")
TEXT = "Ghana thanked Togo on Monday."


@pytest.fixture
def stub() -> Iterator[Stub]:
    with serving() as server:
        yield server


@pytest.fixture(autouse=True)
def _no_settings_of_this_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("KG_LLM_URL", "KG_LLM_API_KEY", "http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


Make = Callable[..., LLMExtractor]


@pytest.fixture
def make(models_once: None, stub: Stub, tmp_path: Path) -> Make:
    """make(budget=..., timeout=..., actors=...) is an extractor that asks the stub and never really waits."""

    def build(*, budget: int | None = None, timeout: float = 10.0, model: str = "small-model", **settings: object) -> LLMExtractor:
        endpoint = Endpoint(model, stub.url, KEY, timeout, waits.append)
        return LLMExtractor(endpoint, Settings(**settings), cache=tmp_path / "answers", budget=budget)  # type: ignore[arg-type]

    waits: list[float] = []
    build.waits = waits  # type: ignore[attr-defined]
    return build


def waits_of(make: Make) -> list[float]:
    return make.waits  # type: ignore[attr-defined, no-any-return]


def document(text: str, number: int = 1) -> Document:
    return Document(f"https://example.org/{number}", text, published="2025-03-20")


def in_words(statements: list[Statement]) -> list[str]:
    return [
        f"{s.source.actor.label} {s.relation.code} {s.target.actor.label if s.target else '-'} {s.status}"
        + (f" by {s.speaker.actor.label}" if s.speaker else "")
        for s in statements
    ]


def lines_of(statements: list[Statement]) -> list[str]:
    return [json_line(statement_record(s, s.document)) for s in statements]


# -- what is asked ---------------------------------------------------------------------------------------------------


def test_the_prompt_is_the_codebook() -> None:
    told = instructions()
    assert all(f"- {r.code}: {r.definition}" in told for r in RELATIONS.values())
    keys = answer_schema()["properties"]["statements"]["items"]
    assert keys["properties"]["relation"]["enum"] == list(RELATIONS)
    assert keys["properties"]["status"]["enum"] == list(STATUSES)
    assert keys["required"] == list(keys["properties"])
    assert keys["additionalProperties"] is False
    assert all(f'"{key}"' in told for key in keys["properties"])


def test_another_codebook_is_another_prompt_version(monkeypatch: pytest.MonkeyPatch) -> None:
    before = prompt_version()
    monkeypatch.setattr("kg.llm.prompt.RELATIONS", {"AID": RELATIONS["AID"]})
    assert prompt_version() != before


def test_sentences_are_numbered_with_their_neighbours_as_context(make: Make, stub: Stub) -> None:
    make().extract(Document("https://example.org/1", f"It rained all day. {TEXT} It was late.", title="Thanks", published="2025-03"))
    (request,) = stub.requests
    assert request["path"] == "/v1/chat/completions"
    assert request["model"] == "small-model"
    assert request["temperature"] == 0
    assert request["response_format"]["type"] == "json_schema"
    assert request["response_format"]["json_schema"]["strict"] is True
    asked = request["messages"][1]["content"]
    assert asked == "Title: Thanks\nPublished: 2025-03\n\n[-] It rained all day.\n[1] Ghana thanked Togo on Monday.\n[-] It was late."


def test_long_documents_are_asked_in_parts_that_recall_names(make: Make, stub: Stub) -> None:
    text = "Kofi Adu, the foreign minister of Ghana, arrived. " + "Ghana thanked Togo. " * 40
    make(actors="all").extract(document(text))
    assert len(stub.requests) == 3
    last = stub.requests[-1]["messages"][1]["content"]
    assert "Named earlier: " in last
    assert "Ghana" in last.split("Named earlier: ")[1].split("\n")[0]
    assert last.count("[-]") == 3


def test_a_text_without_actors_asks_nothing(make: Make, stub: Stub) -> None:
    assert make().extract(document("It rained. It was late in the day.")) == []
    assert make().extract(document("")) == []
    assert stub.requests == []


# -- what becomes of an answer ---------------------------------------------------------------------------------------


def test_a_grounded_statement(make: Make, stub: Stub) -> None:
    stub.answer = lambda _: completion([THANKS])
    extractor = make()
    (s,) = extractor.extract(document(TEXT))
    assert in_words([s]) == ["Ghana SUPPORT Togo asserted"]
    assert (s.source.actor.iso3, s.target and s.target.actor.iso3) == ("GHA", "TGO")
    assert TEXT[s.evidence.trigger.begin : s.evidence.trigger.end] == s.evidence.predicate == "thanked"
    assert s.evidence.text == TEXT
    assert s.evidence.extractor == f"llm/small-model/{prompt_version()}"
    assert 0 < s.evidence.confidence <= 1
    assert s.when == "2025-03-17"
    assert stub.authorization == [f"Bearer {KEY}"]
    assert (extractor.report.kept, extractor.report.dropped.total()) == (1, 0)


def test_actors_and_identity_are_those_of_the_rules(make: Make, stub: Stub) -> None:
    text = "Turkish Foreign Minister Hakan Fidan thanked Greece."
    stub.answer = lambda _: completion([claim(1, "Turkish Foreign Minister Hakan Fidan", "SUPPORT", "Greece", "thanked")])
    from kg.pipeline import Extractor

    (ours,), (theirs,) = Extractor().extract(document(text)), make().extract(document(text))
    assert (theirs.id, theirs.source, theirs.target) == (ours.id, ours.source, ours.target)
    assert theirs.source.affiliation is not None


def test_a_request_and_what_is_requested(make: Make, stub: Stub) -> None:
    text = "Ghana urged Togo to send food to Benin."
    inner = claim(1, "Togo", "AID", "Benin", "send food", "requested", speaker="Ghana")
    stub.answer = lambda _: completion([inner, claim(1, "Ghana", "APPEAL", "Togo", "urged")])
    outer, asked = make().extract(document(text))
    assert in_words([outer, asked]) == ["Ghana APPEAL Togo asserted", "Togo AID Benin requested by Ghana"]
    assert outer.content == asked.id


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        (claim(1, "Nigeria", "SUPPORT", "Togo", "thanked"), "with a source that is not in its sentence"),
        (claim(1, "Ghana", "SUPPORT", "Nigeria", "thanked"), "with a target that is not in its sentence"),
        (claim(1, "Ghan", "SUPPORT", "Togo", "thanked"), "with a source that is not in its sentence"),
        (claim(1, "ghana", "SUPPORT", "Togo", "thanked"), "with a source that is not in its sentence"),
        (claim(1, "Ghana", "SUPPORT", "Togo", "praised"), "with a trigger that is not in its sentence"),
        (claim(1, "Ghana", "SUPPORT", "Togo", ""), "with a trigger that is not in its sentence"),
        (claim(1, "Ghana", "SUPPORT", "Togo", "thanked", speaker="Mali"), "with a speaker that is not in its sentence"),
        (claim(1, "Ghana", "SUPPORT", "it", "thanked", target_name="Nigeria"), "with a name that is not in the text"),
        (claim(1, "Ghana", "ADMIRE", "Togo", "thanked"), "with a relation or status outside the codebook"),
        (claim(1, "Ghana", "SUPPORT", "Togo", "thanked", "likely"), "with a relation or status outside the codebook"),
        (claim(1, "Ghana", "SUPPORT", "", "thanked"), "without a target"),
        (claim(7, "Ghana", "SUPPORT", "Togo", "thanked"), "with a sentence that was not asked about"),
        (claim(1, "Ghana", "SUPPORT", "Ghana", "thanked"), "within one side"),
        (claim(1, "Ghana", "SUPPORT", "cause", "thanked"), "with an actor that is not known"),
        ({"sentence": "one", "trigger": 7}, "with a sentence that was not asked about"),
        (THANKS, "said twice"),
    ],
)
def test_what_does_not_hold_is_dropped_and_counted(make: Make, stub: Stub, wrong: Json, reason: str) -> None:
    stub.answer = lambda _: completion([THANKS, wrong])
    extractor = make()
    found = extractor.extract(document("Ghana thanked Togo, and it was for the cause."))
    assert in_words(found) == ["Ghana SUPPORT Togo asserted"]
    assert extractor.report.dropped == {reason: 1}


def test_a_pronoun_is_who_the_model_says_if_the_text_names_it(make: Make, stub: Stub) -> None:
    text = "Ministers of the European Union met. The bloc thanked Togo. Then Benin accused it of theft."
    stub.answer = lambda _: completion(
        [
            claim(2, "The bloc", "SUPPORT", "Togo", "thanked", source_name="European Union"),
            claim(3, "Benin", "ACCUSE", "it", "accused", target_name="Togo"),
        ]
    )
    found = make().extract(document(text))
    assert in_words(found) == ["European Union SUPPORT Togo asserted", "Benin ACCUSE Togo asserted"]
    assert found[1].target is not None
    assert text[found[1].target.span.begin : found[1].target.span.end] == "it"
    assert found[1].evidence.confidence < 0.8


def test_a_name_stays_who_it_is_whatever_the_model_says(make: Make, stub: Stub) -> None:
    stub.answer = lambda _: completion([claim(1, "Ghana", "SUPPORT", "Togo", "thanked", source_name="Benin")])
    assert in_words(make().extract(document(f"{TEXT} Benin was silent."))) == ["Ghana SUPPORT Togo asserted"]


def test_words_that_stand_twice_are_those_near_the_trigger(make: Make, stub: Stub) -> None:
    text = "Ghana spoke, Mali slept, and Ghana thanked Togo, as Ghana thanked nobody else."
    stub.answer = lambda _: completion([claim(1, "Ghana", "SUPPORT", "Togo", "thanked")])
    (s,) = make().extract(document(text))
    assert s.source.span.begin == text.index("Ghana thanked Togo")
    assert s.evidence.trigger.begin == text.index("thanked Togo")


def test_lines_and_quotation_marks_may_be_told_otherwise(make: Make, stub: Stub) -> None:
    text = "Ghana’s army\nattacked Togo’s\nborder posts."
    stub.answer = lambda _: completion([claim(1, "Ghana's army", "ASSAULT", "Togo", "attacked Togo's border posts")])
    (s,) = make().extract(document(text))
    assert s.evidence.predicate == "attacked Togo’s\nborder posts"


@given(st.text(max_size=60), st.text(max_size=12))
def test_words_are_found_only_where_they_stand(text: str, words: str) -> None:
    def plain(written: str) -> str:
        return " ".join(written.translate(str.maketrans("’‘`“”", "'''\"\"")).split())

    found = list(occurrences(text, words, 0, len(text)))
    assert all(plain(text[s.begin : s.end]) == plain(words) != "" for s in found)
    if words.strip() and text:
        assert next(occurrences(f"{text} {words} {text}", words, 0, 10_000), None) is not None


@pytest.mark.parametrize(("actors", "expected"), [("known", []), ("all", ["Zorvex Mining ACCUSE Togo asserted"])])
def test_unknown_actors_follow_the_option(make: Make, stub: Stub, actors: str, expected: list[str]) -> None:
    stub.answer = lambda _: completion([claim(1, "Zorvex Mining", "ACCUSE", "Togo", "accused")])
    assert in_words(make(actors=actors).extract(document("The company Zorvex Mining accused Togo."))) == expected


def test_least_confidence(make: Make, stub: Stub) -> None:
    stub.answer = lambda _: completion([THANKS])
    extractor = make(min_confidence=0.9)
    assert extractor.extract(document(TEXT)) == []
    assert extractor.report.dropped == {"below the confidence asked for": 1}


@pytest.mark.parametrize(
    "content",
    [
        '```json\n{"statements": []}\n```',
        '<think>A {brace} of thoughts.</think>\n{"statements": []}',
        'Here you are: {"statements": []}. Anything else?',
    ],
)
def test_what_stands_around_the_json_is_passed_over(content: str) -> None:
    assert read_answer(content) == []


# -- servers that differ or refuse -----------------------------------------------------------------------------------


def test_a_server_without_json_schema_is_asked_for_any_json(make: Make, stub: Stub) -> None:
    refusing = failure(400, "Invalid parameter: 'response_format' of type 'json_schema' is not supported with this model.")
    stub.script = [refusing]
    stub.answer = lambda _: completion([THANKS])
    extractor = make()
    assert len(extractor.extract(document(TEXT))) == 1
    extractor.extract(document("Benin thanked Togo.", 2))
    assert [r["response_format"]["type"] for r in stub.requests] == ["json_schema", "json_object", "json_object"]


def test_a_server_that_takes_neither_is_asked_without(make: Make, stub: Stub) -> None:
    refusing = failure(422, "response_format.type is not available")
    stub.script = [refusing, refusing]
    stub.answer = lambda _: completion([THANKS])
    assert len(make().extract(document(TEXT))) == 1
    assert "response_format" not in stub.requests[-1]


def test_a_model_with_a_temperature_of_its_own(make: Make, stub: Stub) -> None:
    stub.script = [failure(400, "Unsupported value: 'temperature' does not support 0 with this model.")]
    stub.answer = lambda _: completion([THANKS])
    assert len(make().extract(document(TEXT))) == 1
    assert "temperature" not in stub.requests[-1]


def test_a_busy_server_is_asked_again(make: Make, stub: Stub) -> None:
    stub.script = [failure(429, "slow down", ("Retry-After", "7")), failure(503, "loading"), Response("", lost=True)]
    stub.answer = lambda _: completion([THANKS])
    assert len(make().extract(document(TEXT))) == 1
    assert waits_of(make) == [7.0, 2.0, 4.0]


def test_a_server_that_stays_busy(make: Make, stub: Stub) -> None:
    stub.answer = lambda _: failure(429, "slow down", ("Retry-After", "9999"))
    with pytest.raises(ModelError, match=r"HTTP 429 \(slow down\), 5 times"):
        make().extract(document(TEXT))
    assert waits_of(make) == [60.0] * 4


def test_a_server_that_says_nothing(make: Make, stub: Stub) -> None:
    stub.answer = lambda _: Response("{}", delay=0.4)
    with pytest.raises(ModelError, match=r"no answer within 0\.05 s, 5 times"):
        make(timeout=0.05).extract(document(TEXT))


def test_a_server_that_is_not_there(make: Make, stub: Stub) -> None:
    extractor = make()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        extractor.endpoint.url = f"http://127.0.0.1:{taken.getsockname()[1]}/v1/chat/completions"
        with pytest.raises(ModelError, match=r"does not answer .*is the server running"):
            extractor.extract(document(TEXT))
    assert waits_of(make) == []


@pytest.mark.parametrize(
    ("response", "message"),
    [
        (failure(401, f"Incorrect API key provided: {KEY}"), r"refuses the key \(HTTP 401\); KG_LLM_API_KEY is wrong"),
        (failure(403, "no"), "refuses the key"),
        (failure(429, "You exceeded your quota", code="insufficient_quota"), "no credit left"),
        (failure(404, "model not found"), "knows no model 'small-model'"),
        (failure(400, f"what is {KEY}?"), r"refuses the request \(HTTP 400\): what is \*\*\*\?"),
        (Response("moved", 302, (("Location", "http://127.0.0.1:9/elsewhere"),)), "redirects"),
        (Response("<html>hello</html>"), "sent no JSON"),
        (Response("[]"), "no object"),
        (Response({"object": "error"}), "no choice with a message"),
    ],
)
def test_an_endpoint_that_cannot_be_used(make: Make, stub: Stub, response: Response, message: str) -> None:
    stub.answer = lambda _: response
    with pytest.raises(ModelError, match=message) as raised:
        make().extract(document(TEXT))
    assert not isinstance(raised.value, AnswerError)
    assert KEY not in str(raised.value)
    assert "\n" not in str(raised.value)
    assert len(stub.requests) == 1


@pytest.mark.parametrize(
    ("response", "message"),
    [
        (completion("", refusal="I would rather not."), "refuses to answer: I would rather not"),
        (completion("", ended="content_filter"), "refuses to answer: content filter"),
        (failure(400, "filtered", code="content_filter"), "content filter"),
        (completion('{"statements": [', ended="length"), "cut off"),
        (completion('{"statements": [}'), "malformed JSON"),
        (completion("Sorry."), "answered no JSON: Sorry"),
        (completion('{"facts": []}'), "without a list of statements"),
        (failure(400, "This model's maximum context length is 100 tokens."), "too long"),
    ],
)
def test_an_answer_that_cannot_be_used(make: Make, stub: Stub, response: Response, message: str) -> None:
    stub.answer = lambda _: response
    with pytest.raises(AnswerError, match=message):
        make().extract(document(TEXT))


def test_what_cannot_be_answered_at_once_is_asked_in_halves(make: Make, stub: Stub) -> None:
    def answer(request: Json) -> Response:
        asked = [line for line in request["messages"][1]["content"].splitlines() if line.startswith("[") and line[1] != "-"]
        return completion([THANKS], ended="length") if len(asked) > 1 else completion([THANKS])

    stub.answer = answer
    extractor = make()
    assert len(extractor.extract(document("Ghana thanked Togo. " * 3))) == 3
    assert extractor.report.requests == 5  # three, one and two, one and one
    assert extractor.report.asked == 5000


def test_bad_json_once_is_asked_again(make: Make, stub: Stub) -> None:
    stub.script = [completion('{"statements": [')]
    stub.answer = lambda _: completion([THANKS])
    assert len(make().extract(document(TEXT))) == 1


# -- money and memory ------------------------------------------------------------------------------------------------


def test_an_answer_is_paid_once(make: Make, stub: Stub, tmp_path: Path) -> None:
    stub.answer = lambda _: completion([THANKS])
    first, again = make(), make()
    assert lines_of(first.extract(document(TEXT))) == lines_of(again.extract(document(TEXT)))
    assert len(stub.requests) == 1
    assert (first.report.tokens, again.report.tokens, again.report.cached) == (1050, 0, 1)
    make(model="other-model").extract(document(TEXT))
    assert len(stub.requests) == 2
    kept = [path.read_text(encoding="utf-8") for path in (tmp_path / "answers").rglob("*") if path.is_file()]
    assert len(kept) == 2
    assert KEY not in "".join(kept)
    assert (tmp_path / "answers").stat().st_mode & 0o077 == 0


def test_a_damaged_answer_is_asked_anew(make: Make, stub: Stub, tmp_path: Path) -> None:
    stub.answer = lambda _: completion([THANKS])
    make().extract(document(TEXT))
    (kept,) = (tmp_path / "answers").rglob("*.json")
    kept.write_text('{"content": ', encoding="utf-8")
    assert len(make().extract(document(TEXT))) == 1
    assert len(stub.requests) == 2


def test_bad_answers_are_not_kept(make: Make, stub: Stub, tmp_path: Path) -> None:
    stub.answer = lambda _: completion("Sorry.")
    with pytest.raises(AnswerError):
        make().extract(document(TEXT))
    assert list((tmp_path / "answers").rglob("*.json")) == []


def test_the_budget_ends_a_run_between_documents(make: Make, stub: Stub) -> None:
    stub.answer = lambda _: completion([THANKS])
    extractor = make(budget=3500)
    documents = [document(f"Ghana thanked Togo in {year}.", year) for year in range(2001, 2009)]
    done = list(extractor.extract_documents(documents, on_failure=lambda *_: None))
    assert len(done) == len(stub.requests) == 2  # 2,100 tokens are spent, and a question has about 1,700
    assert extractor.report.stopped is not None
    assert "budget of 3,500 tokens" in extractor.report.stopped


def test_with_a_budget_too_small_nothing_is_sent(make: Make, stub: Stub) -> None:
    with pytest.raises(BudgetError):
        make(budget=100).extract(document(TEXT))
    assert stub.requests == []


def test_a_run_goes_on_where_the_budget_ended_it(make: Make, stub: Stub) -> None:
    stub.answer = lambda _: completion([THANKS])
    documents = [document(f"Ghana thanked Togo in {year}.", year) for year in range(2001, 2004)]
    runs = [len(list(make(budget=2500).extract_documents(documents, on_failure=lambda *_: None))) for _ in range(3)]
    assert runs == [1, 2, 3]
    assert len(stub.requests) == 3


def test_a_document_that_fails_is_left_out(make: Make, stub: Stub) -> None:
    stub.answer = lambda r: completion("Sorry.") if "Mali" in r["messages"][1]["content"] else completion([THANKS])
    failed: list[str] = []
    texts = [TEXT, "Mali thanked Togo.", "Mali thanked Benin.", "Ghana thanked Togo today."]
    documents = [document(text, n) for n, text in enumerate(texts)]
    done = list(make().extract_documents(documents, on_failure=lambda d, e: failed.append(d.id)))
    assert [d.id for d, _ in done] == ["https://example.org/0", "https://example.org/3"]
    assert failed == ["https://example.org/1", "https://example.org/2"]


def test_a_model_that_never_answers_is_given_up(make: Make, stub: Stub) -> None:
    stub.answer = lambda _: completion("Sorry.")
    documents = [document(f"Ghana thanked Togo in {year}.", year) for year in range(2001, 2009)]
    with pytest.raises(ModelError, match="3 documents in a row"):
        list(make().extract_documents(documents, on_failure=lambda *_: None))


def test_several_requests_at_once_give_the_same(make: Make, stub: Stub, tmp_path: Path) -> None:
    def answer(request: Json) -> Response:
        response = completion([THANKS])
        return Response(response.body, delay=0.1 if "2001" in request["messages"][1]["content"] else 0.0)

    stub.answer = answer
    documents = [document(f"Ghana thanked Togo in {year}.", year) for year in range(2001, 2021)]
    alone = [lines_of(s) for _, s in make().extract_documents(documents, on_failure=lambda *_: None)]
    for path in (tmp_path / "answers").rglob("*.json"):
        path.unlink()
    together = make()
    assert [lines_of(s) for _, s in together.extract_documents(documents, requests=4, on_failure=lambda *_: None)] == alone
    assert (together.report.requests, together.report.asked) == (20, 20_000)


def test_what_is_under_way_is_counted_and_what_waits_gives_up(make: Make, stub: Stub) -> None:
    def answer(request: Json) -> Response:
        asked = request["messages"][1]["content"]
        return failure(401, "no") if "2001" in asked else failure(503, "busy") if "2002" in asked else completion([THANKS])

    stub.answer = answer
    extractor = make()
    extractor.endpoint.wait = None  # really wait, or else be stopped
    documents = [document(f"Ghana thanked Togo in {year}.", year) for year in range(2001, 2004)]
    begun = time.monotonic()
    with pytest.raises(ModelError, match="401"):
        list(extractor.extract_documents(documents, requests=3, on_failure=lambda *_: None))
    assert time.monotonic() - begun < 5
    assert not extractor.endpoint.stopped.is_set()


def test_letters_that_no_encoding_has(make: Make, stub: Stub) -> None:
    stub.answer = lambda _: Response({"choices": [{"message": {"content": '{"statements": []} \ud800'}, "finish_reason": "stop"}]})
    for _ in range(2):
        assert make().extract(document(TEXT)) == []
    assert len(stub.requests) == 1


def test_tokens_are_guessed_where_the_server_counts_none(make: Make, stub: Stub) -> None:
    stub.answer = lambda _: completion([THANKS], usage=False)
    extractor = make()
    extractor.extract(document(TEXT))
    assert extractor.report.estimated
    assert 1000 < extractor.report.asked < 3000
    assert "about" in extractor.report.lines()[0]


def test_the_report_shows_the_cost() -> None:
    report = Report(requests=2, cached=1, asked=2_000_000, answered=100_000, kept=3)
    report.dropped["said twice"] += 2
    assert report.lines(Price.parse("0.15,0.60")) == [
        "llm: 2 requests, 1 from the cache; 2,000,000 tokens in, 100,000 out, cost 0.3600",
        "llm: 3 statements kept, 2 dropped (2 said twice)",
    ]


@pytest.mark.parametrize("price", ["1", "a,b", "-1,2", "1,2,3", "inf,1", "nan,1"])
def test_a_price_that_is_none(price: str) -> None:
    with pytest.raises(InputError, match="price"):
        Price.parse(price)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://localhost:8080/v1", "http://localhost:8080/v1/chat/completions"),
        ("https://example.org/v1/", "https://example.org/v1/chat/completions"),
        ("https://example.org/v1/chat/completions?version=2", "https://example.org/v1/chat/completions?version=2"),
    ],
)
def test_addresses(url: str, expected: str) -> None:
    assert Endpoint("m", url).url == expected


@pytest.mark.parametrize("url", ["localhost:8080", "ftp://x/y", "http://", "http://[", "http://h:port/", "http://me:secret@h/v1"])
def test_addresses_that_are_none(url: str) -> None:
    with pytest.raises(ModelError) as raised:
        Endpoint("m", url)
    assert "secret" not in str(raised.value)


def test_the_key_shows_nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KG_LLM_API_KEY", f" {KEY}\n")
    monkeypatch.setenv("KG_LLM_URL", "http://localhost:1/v1")
    endpoint = Endpoint.from_environment("m")
    assert endpoint.key == KEY
    assert KEY not in repr(endpoint)
    monkeypatch.setenv("KG_LLM_API_KEY", "two\nlines")
    with pytest.raises(ModelError, match="KG_LLM_API_KEY") as raised:
        Endpoint.from_environment("m")
    assert "two" not in str(raised.value)


# -- the command line ------------------------------------------------------------------------------------------------


@pytest.fixture
def article(tmp_path: Path) -> Path:
    path = tmp_path / "article.txt"
    path.write_text(TEXT, encoding="utf-8")
    return path


def test_extract(run: Run, stub: Stub, article: Path) -> None:
    stub.answer = lambda _: completion([THANKS, claim(1, "Mali", "AID", "Togo", "thanked")])
    options = ("--llm", "small-model", "--llm-url", stub.url, "--llm-price", "1,10", "--llm-cache", article.parent / "answers")
    done = run("extract", article, *options)
    record = json.loads(done.out)
    assert (done.code, record["source"]["iso3"], record["relation"], record["target"]["iso3"]) == (0, "GHA", "SUPPORT", "TGO")
    assert done.err.splitlines() == [
        "llm: 1 request, 0 from the cache; 1,000 tokens in, 50 out, cost 0.0015",
        "llm: 1 statements kept, 1 dropped (1 with a source that is not in its sentence)",
    ]
    again = run("extract", article, *options)
    assert again.out == done.out
    assert "0 requests, 1 from the cache; 0 tokens in, 0 out, cost 0.0000" in again.err
    assert len(stub.requests) == 1


def test_build_with_url_and_key_of_the_environment(
    run: Run, stub: Stub, article: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KG_LLM_URL", stub.url)
    monkeypatch.setenv("KG_LLM_API_KEY", KEY)
    stub.answer = lambda _: completion([THANKS])
    done = run("build", article, "--store", tmp_path / "store", "--llm", "small-model", "-j", "2")
    assert done.code == 0, done.err
    assert "1 added), 1 statements" in done.err
    assert stub.authorization == [f"Bearer {KEY}"]
    assert KEY not in done.err + done.out
    assert run("validate", "--store", tmp_path / "store").code == 0
    assert "llm/small-model" in run("export", "-", "--format", "turtle", "--store", tmp_path / "store").out


def test_a_budget_that_is_used_up_is_said(run: Run, stub: Stub, article: Path) -> None:
    done = run("extract", article, "--llm", "m", "--llm-url", stub.url, "--llm-budget", "10", "--format", "table")
    assert done.code == 3
    assert "--llm-budget: the budget of 10 tokens is used up (0 spent)" in done.err
    assert stub.requests == []


def test_a_document_left_out_is_said(run: Run, stub: Stub, article: Path) -> None:
    stub.answer = lambda _: completion("", refusal="No.")
    done = run("extract", article, "--llm", "m", "--llm-url", stub.url)
    assert done.code == 3
    assert "refuses to answer: No.; left out" in done.err


def test_errors_are_one_line_and_the_cost_is_shown(run: Run, stub: Stub, article: Path) -> None:
    stub.answer = lambda _: failure(401, "no")
    done = run("extract", article, "--llm", "m", "--llm-url", stub.url)
    assert done.code == 1
    errors = [line for line in done.err.splitlines() if line.startswith("error: ")]
    assert len(errors) == 1
    assert "KG_LLM_API_KEY is not set" in errors[0]
    assert "llm: 0 requests" in done.err


def test_without_an_endpoint(run: Run, article: Path) -> None:
    done = run("extract", article, "--llm", "m")
    assert done.code == 1
    assert "--llm-url or KG_LLM_URL" in done.err


@pytest.mark.parametrize("option", [("--llm-url", "http://localhost:1/v1"), ("--llm-price", "1,2"), ("--llm-budget", "9")])
def test_options_of_a_model_without_a_model_are_wrong_usage(run: Run, article: Path, option: tuple[str, str]) -> None:
    done = run("extract", article, *option)
    assert done.code == 2
    assert "--llm" in done.err


def test_without_llm_no_socket_is_opened(run: Run, article: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Even where an endpoint and a key are set."""
    monkeypatch.setenv("KG_LLM_URL", "http://localhost:1/v1")
    monkeypatch.setenv("KG_LLM_API_KEY", KEY)
    opened: list[object] = []

    def refuse(*arguments: object, **_: object) -> None:
        opened.append(arguments)
        raise AssertionError("a socket was opened")

    for name in ("connect", "connect_ex", "sendto", "bind"):
        monkeypatch.setattr(socket.socket, name, refuse)
    monkeypatch.setattr(socket, "create_connection", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    assert run("extract", article).code == 0
    assert run("build", article, "--store", tmp_path / "store").code == 0
    assert opened == []
    with pytest.raises(AssertionError, match="a socket was opened"):  # the patch does catch what --llm sends
        run("extract", article, "--llm", "m", "--llm-url", "http://localhost:1/v1")
