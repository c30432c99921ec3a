"""Statements read by a large language model behind a chat-completions endpoint, each grounded in its sentence or dropped."""

from kg.llm.endpoint import Endpoint
from kg.llm.errors import AnswerError, BudgetError
from kg.llm.extractor import LLMExtractor
from kg.llm.spending import Price, Report

__all__ = ["AnswerError", "BudgetError", "Endpoint", "LLMExtractor", "Price", "Report"]
