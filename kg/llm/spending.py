"""Tokens and money: what was asked, what came from the cache, what it cost, and when to stop."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from threading import Lock

from kg.errors import InputError
from kg.llm.errors import BudgetError

CHARACTERS_A_TOKEN = 4
"""Of English text, for questions not yet counted and for servers that count nothing."""


@dataclass(frozen=True, slots=True)
class Price:
    """Money for a million tokens of questions and of answers, in whatever currency the user thinks."""

    asked: float
    answered: float

    @classmethod
    def parse(cls, text: str) -> Price:
        """A price from "IN,OUT".

        >>> Price.parse("0.15,0.60")
        Price(asked=0.15, answered=0.6)
        """
        try:
            asked, answered = (float(part) for part in text.split(","))
        except ValueError as error:
            raise InputError(f"price '{text}' is not IN,OUT per million tokens, such as 0.15,0.60") from error
        if not (0 <= asked < float("inf") and 0 <= answered < float("inf")):
            raise InputError(f"price '{text}' is not of two amounts from 0 up")
        return cls(asked, answered)


@dataclass(slots=True)
class Report:
    """What a run of an extractor asked, paid and dropped. Threads may share one."""

    budget: int | None = None
    """Tokens that may be spent; None for no limit."""
    requests: int = 0
    cached: int = 0
    asked: int = 0
    answered: int = 0
    estimated: bool = False
    """Whether some server did not count, so that the tokens are guessed from characters."""
    kept: int = 0
    dropped: Counter[str] = field(default_factory=Counter)
    """Statements of the model that were not kept, by reason."""
    stopped: str | None = None
    """Why a run ended before its documents did."""
    _reserved: int = 0
    _lock: Lock = field(default_factory=Lock, repr=False)

    @property
    def tokens(self) -> int:
        """All tokens paid for; answers from the cache cost none."""
        return self.asked + self.answered

    def reserve(self, characters: int) -> int:
        """Set tokens aside for a question of this length; BudgetError where they would pass the budget."""
        expected = characters // CHARACTERS_A_TOKEN + 1
        with self._lock:
            if self.budget is not None and self.tokens + self._reserved + expected > self.budget:
                raise BudgetError(f"the budget of {self.budget:,} tokens is used up ({self.tokens:,} spent); run again with more to go on")
            self._reserved += expected
        return expected

    def spend(self, reserved: int, asked: int | None, answered: int | None, characters: int) -> None:
        """Note an answer of this length with the tokens that the server counted, None if it did not."""
        with self._lock:
            self._reserved -= reserved
            self.requests += 1
            self.estimated = self.estimated or asked is None or answered is None
            self.asked += reserved if asked is None else asked
            self.answered += characters // CHARACTERS_A_TOKEN + 1 if answered is None else answered

    def release(self, reserved: int) -> None:
        """Give back what was set aside for a question that failed."""
        with self._lock:
            self._reserved -= reserved

    def from_cache(self) -> None:
        with self._lock:
            self.cached += 1

    def lines(self, price: Price | None = None) -> list[str]:
        """The report for people: requests with tokens and cost, then statements."""
        about = "about " if self.estimated else ""
        cost = ""
        if price is not None:
            cost = f", cost {about}{(self.asked * price.asked + self.answered * price.answered) / 1e6:.4f}"
        requests = f"{self.requests} request{'' if self.requests == 1 else 's'}, {self.cached} from the cache"
        dropped = ", ".join(f"{n} {reason}" for reason, n in sorted(self.dropped.items(), key=lambda item: (-item[1], item[0])))
        return [
            f"llm: {requests}; {about}{self.asked:,} tokens in, {about}{self.answered:,} out{cost}",
            f"llm: {self.kept} statements kept, {self.dropped.total()} dropped" + (f" ({dropped})" if dropped else ""),
        ]
