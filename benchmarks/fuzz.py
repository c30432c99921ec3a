"""Fuzzing of what reads other people's bytes: `python -m benchmarks.fuzz --minutes 60` (needs atheris; the targets are in fuzz_targets.py).

Coverage of kg's own modules leads the mutations. A finding is an error that is not ours, a broken promise, more than five seconds of
processor time, or a gigabyte of memory for an input below 100 kB. Findings go to a file of JSON lines, one for each place; a table of
executions and findings is printed at the end. `--replay FILE` runs the inputs of such a file again.
"""

from __future__ import annotations

import argparse
import base64
import json
import os
import resource
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from types import FrameType
from typing import NoReturn

ROOT = Path(__file__).resolve().parent.parent
SECONDS = 5.0
"""Processor time that one input may take."""
MEMORY = 1 << 30
"""Bytes by which one input may make the process grow."""
LONGEST = 20_000
"""Bytes of an input."""
_DEADLINE = 120
"""Seconds until an input that does not return is given up, with its process."""


class TooSlowError(Exception):
    """Raised in the target when its time is up."""


@dataclass(frozen=True, slots=True)
class Finding:
    """An input, what it did, and where."""

    target: str
    kind: str
    where: str
    message: str
    data: str

    @property
    def key(self) -> tuple[str, str, str]:
        return self.target, self.kind, self.where


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=60, help="in all, shared out among the targets")
    parser.add_argument("--only", nargs="*", help="these targets alone")
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()) / "kg-fuzz", help="corpora, findings and counts")
    parser.add_argument("--replay", type=Path, help="run the inputs of a file of findings again")
    parser.add_argument("--child", nargs=2, metavar=("TARGET", "SECONDS"), help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.replay:
        sys.exit(replay(given.replay, given.only))
    if given.child:
        fuzz(given.child[0], float(given.child[1]), given.folder)
    given.folder.mkdir(parents=True, exist_ok=True)
    run_all(given.minutes, given.only, given.folder)


# --- the parent: gives each target its share of the time, and starts it again where its process ended


def run_all(minutes: float, only: Sequence[str] | None, folder: Path) -> None:
    from benchmarks.fuzz_targets import TARGETS

    targets = [one for one in TARGETS if not only or one.name in only]
    shares = sum(one.share for one in targets)
    for one in targets:
        until = time.monotonic() + minutes * 60 * one.share / shares
        while (left := until - time.monotonic()) > 1:
            _run_child(one.name, left, folder)
        print(row(one.name, folder), flush=True)


def _run_child(target: str, seconds: float, folder: Path) -> None:
    (folder / target).mkdir(exist_ok=True)
    command = [sys.executable, "-m", "benchmarks.fuzz", "--folder", os.fspath(folder), "--child", target, str(seconds)]
    with open(folder / f"{target}.log", "ab") as log:
        began = time.monotonic()
        done = subprocess.run(command, cwd=ROOT, stdout=log, stderr=log, check=False)
    for artifact in sorted(folder.glob(f"{target}-died-*")):
        keep(folder, Finding(target, "died", artifact.name.split("-")[2], f"exit {done.returncode}", _encoded(artifact.read_bytes())))
        artifact.unlink()
    if time.monotonic() - began < 1:
        raise SystemExit(f"{target} ends at once; see {folder / f'{target}.log'}")


def row(target: str, folder: Path) -> str:
    """Executions, minutes and findings of a target as a row of a table."""
    counts = Counter[str]()
    for file in folder.glob(f"{target}.count-*"):
        counts.update(json.loads(file.read_text()))
    found = sum(one.target == target for one in findings(folder / "findings.jsonl"))
    return f"| {target} | {counts['executions']:,} | {counts['seconds'] / 60:.1f} | {found} |"


def findings(file: Path) -> list[Finding]:
    """The findings of a file, one for each place."""
    lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
    return list({(one := Finding(**json.loads(line))).key: one for line in lines}.values())


def keep(folder: Path, finding: Finding) -> None:
    with open(folder / "findings.jsonl", "a", encoding="utf-8") as file:
        file.write(json.dumps(asdict(finding)) + "\n")


def _encoded(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


# --- the child: one target under atheris


def fuzz(target: str, seconds: float, folder: Path) -> NoReturn:
    import atheris

    with atheris.instrument_imports(include=["kg", "pypdf"]):
        from benchmarks.fuzz_targets import dictionary, target_named
    chosen = target_named(target)
    corpus = folder / target
    for number, seed in enumerate(chosen.seeds()):
        (corpus / f"seed-{number}").write_bytes(seed)
    words = folder / "words.dict"
    words.write_text("".join('"' + "".join(f"\\x{byte:02x}" for byte in word) + '"\n' for word in dictionary()), encoding="ascii")
    place = Path(tempfile.mkdtemp(prefix=f"kg-fuzz-{target}-"))
    watched = Watched(target, chosen.make(place), folder)
    options = [f"-max_total_time={int(seconds)}", f"-timeout={_DEADLINE}", "-rss_limit_mb=4096", f"-max_len={LONGEST}", f"-dict={words}"]
    options += [f"-artifact_prefix={folder}/{target}-died-", "-print_final_stats=0", "-verbosity=0", "-report_slow_units=100000"]
    atheris.Setup([sys.argv[0], *options, os.fspath(corpus)], watched)
    atheris.Fuzz()
    sys.exit(0)


class Watched:
    """A target that notes what its inputs do."""

    def __init__(self, name: str, run: object, folder: Path) -> None:
        self.name, self.run, self.folder = name, run, folder
        self.known = {one.key for one in findings(folder / "findings.jsonl")}
        self.executions, self.began, self.noted = 0, time.monotonic(), 0.0
        signal.signal(signal.SIGPROF, _time_is_up)

    def __call__(self, data: bytes) -> None:
        found = watch(self.name, self.run, data)
        self.executions += 1
        if found is not None and found.key not in self.known:
            self.known.add(found.key)
            keep(self.folder, found)
        if time.monotonic() - self.noted > 1:
            self.noted = time.monotonic()
            counts = {"executions": self.executions, "seconds": self.noted - self.began}
            (self.folder / f"{self.name}.count-{os.getpid()}").write_text(json.dumps(counts))


def watch(name: str, run: object, data: bytes) -> Finding | None:
    """Run a target on an input. None where all is well."""
    from kg.errors import KgError

    assert callable(run)
    before, began = _memory(), time.process_time()
    signal.setitimer(signal.ITIMER_PROF, SECONDS)
    try:
        run(data)
    except KgError:
        pass
    except TooSlowError as error:
        return Finding(name, "slow", _where(error), f"more than {SECONDS:g} s", _encoded(data))
    except Exception as error:  # noqa: BLE001  # whatever it is, it is what is looked for
        return Finding(name, type(error).__name__, _where(error), " ".join(str(error).split())[:300], _encoded(data))
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
    if time.process_time() - began > SECONDS:
        return Finding(name, "slow", "", f"{time.process_time() - began:.1f} s", _encoded(data))
    if _memory() - before > MEMORY:
        return Finding(name, "memory", "", f"{_memory() - before >> 20} MiB", _encoded(data))
    return None


def _time_is_up(number: int, frame: FrameType | None) -> NoReturn:
    raise TooSlowError


def _memory() -> int:
    """Bytes of the process at its largest."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def _where(error: Exception) -> str:
    """The innermost place in kg, or of all, where an error came from."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [one for one in frames if f"{os.sep}kg{os.sep}" in one.filename and "fuzz" not in one.filename] or frames
    return f"{Path(ours[-1].filename).name}:{ours[-1].name}" if ours else ""


def replay(file: Path, only: Sequence[str] | None) -> int:
    """Run the inputs of findings again; how many still do wrong."""
    from benchmarks.fuzz_targets import target_named

    signal.signal(signal.SIGPROF, _time_is_up)
    still = 0
    made: dict[str, object] = {}
    for one in findings(file):
        if only and one.target not in only:
            continue
        if one.target not in made:
            made[one.target] = target_named(one.target).make(Path(tempfile.mkdtemp(prefix="kg-fuzz-")))
        again = watch(one.target, made[one.target], base64.b64decode(one.data))
        still += again is not None
        print(f"{one.target} {one.kind} {one.where}: {again.message if again else 'well'}")
    return min(still, 1)


if __name__ == "__main__":
    main()
