"""What can go wrong between a question and its answer, over and above an endpoint that cannot be used (ModelError)."""

from __future__ import annotations

from kg.errors import ModelError


class AnswerError(ModelError):
    """The model answered, but with nothing that can be read: the document is left out, others may go well."""


class OverlongError(AnswerError):
    """Question or answer did not fit the model: fewer sentences at once may."""


class MalformedError(AnswerError):
    """An answer that is not of the form that was asked for."""


class BudgetError(ModelError):
    """The budget of tokens is used up; what has been answered is in the cache."""
