"""The way to a scheduler, and a first look at its workers."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kg.errors import ClusterError

if TYPE_CHECKING:
    from distributed import Client

_CONNECT = 15
"""Seconds to connect, and to close."""
_LOGGERS = ("distributed", "distributed.client", "tornado.application")
"""Those that Dask's configuration gives a level of their own."""


@contextmanager
def connected(address: str) -> Iterator[Client]:
    """A client of the scheduler at an address, or named by a scheduler file (.json); TLS is as Dask's configuration has it.

    What Dask would log beside our errors is kept quiet.

    Raises ClusterError: Dask is not installed, nobody answers, a worker cannot run this kg.
    """
    try:
        from distributed import Client
    except ImportError as error:
        raise ClusterError("extraction over a cluster needs Dask, which is not installed: pip install 'kg[cluster]'") from error
    place = _place(address)
    with _quiet():
        try:
            client = Client(place, timeout=_CONNECT, set_as_default=False)
        except OSError as error:
            raise _unreachable(address, str(error)) from error
        try:
            _check_workers(client, address)
            yield client
        finally:
            with suppress(TimeoutError):
                client.close(timeout=_CONNECT)


def _place(address: str) -> str:
    """The address to connect to, out of a scheduler file where it names one. Raises ClusterError where it cannot be one."""
    from distributed import Security
    from distributed.comm.addressing import parse_address, parse_host_port
    from distributed.comm.registry import get_backend

    if address.endswith(".json"):
        try:
            address = json.loads(Path(address).read_text(encoding="utf-8"))["address"]
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise ClusterError(f"{address}: no scheduler file ({error}); 'dask scheduler --scheduler-file {address}' writes one") from error
    try:
        scheme, rest = parse_address(address)
        get_backend(scheme)
        parse_host_port(rest)
        secure = Security().get_connection_args("client").get("ssl_context")
    except (ValueError, OSError, ImportError) as error:
        raise _unreachable(address, str(error)) from error
    if scheme in ("tls", "wss") and secure is None:
        raise _unreachable(address, "TLS needs distributed.comm.tls.ca-file and distributed.comm.tls.client in Dask's configuration")
    return address


def _unreachable(address: str, reason: str) -> ClusterError:
    return ClusterError(
        f"no Dask scheduler can be reached at {address} ({reason}); start one with 'dask scheduler' and give the address that it prints"
    )


@contextmanager
def _quiet() -> Iterator[None]:
    loggers = [logging.getLogger(name) for name in _LOGGERS]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)


def _check_workers(client: Client, address: str) -> None:
    """Raise ClusterError where a worker has no kg, or another version of Python, which could not even read what it is sent."""
    try:
        versions: Any = client.get_versions(packages=["kg"])
    except OSError as error:
        raise ClusterError(f"the scheduler at {address} is gone ({error}); start it again") from error
    own = ".".join(map(str, sys.version_info[:2]))
    for worker, found in sorted(versions["workers"].items()):
        python = ".".join(str(found["host"]["python"]).split(".")[:2])
        if python != own:
            raise ClusterError(f"the worker {worker} runs Python {python} and this process {own}; start workers with the same version")
        if found["packages"].get("kg") is None:
            raise ClusterError(f"the worker {worker} has no kg; install the same version there as here")
