"""Errors that a user can act on. Every one names the place and the way out; the command line prints the message alone."""

from __future__ import annotations


class KgError(Exception):
    """Root of all errors of this package."""


class InputError(KgError):
    """A file or line that cannot be read. The message names the file, the place and what to do."""


class ModelError(KgError):
    """A language model that is not there or does not fit."""


class StoreError(KgError):
    """A store that cannot be opened, is busy, or was written by a newer version."""


class ClusterError(KgError):
    """A cluster that cannot be reached, has no workers left, or workers with another version of this package."""


class QueryError(KgError):
    """A query that cannot be parsed, is not allowed, or took too long."""


class UnknownNameError(KgError):
    """A name (actor, relation, query, format) that nothing answers to; the message offers near ones."""
