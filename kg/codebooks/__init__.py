"""Codebooks of others, and of users, as views on our statements: read, checked, and applied.

A codebook is a file, YAML or SKOS; CAMEO and PLOVER ship. It changes no statement: it says which code of its own each has.
"""

from __future__ import annotations

from difflib import get_close_matches
from importlib.resources import files
from pathlib import Path

from kg.codebooks.draft import Draft, Faults, checked
from kg.codebooks.from_yaml import read_yaml
from kg.codebooks.recoder import Recoder
from kg.codebooks.scheme import Code, Codebook, Rule, Words
from kg.errors import InputError, UnknownNameError

__all__ = ["Code", "Codebook", "Recoder", "Rule", "Words", "codebook_faults", "codebook_text", "read_codebook", "shipped_codebooks"]

YAML, TURTLE = (".yaml", ".yml"), (".ttl",)


def shipped_codebooks() -> tuple[str, ...]:
    """Names of the codebooks that ship with the package.

    >>> shipped_codebooks()
    ('cameo', 'plover')
    """
    folder = files("kg") / "data" / "codebooks"
    return tuple(sorted(Path(file.name).stem for file in folder.iterdir() if file.name.endswith(YAML)))


def read_codebook(which: str | Path) -> Codebook:
    """The codebook of this name, or of this file (.yaml, .yml or .ttl).

    Raises UnknownNameError where there is none, InputError that names file, place and way out where it is not sound.

    >>> read_codebook("cameo").codes["163"].score
    -8.0
    >>> read_codebook("camoe")
    Traceback (most recent call last):
    kg.errors.UnknownNameError: no codebook 'camoe'; did you mean cameo? Or name a file that ends in .yaml or .ttl
    """
    codebook, faults = _read(which)
    if codebook is None:
        faults.raise_all(str(which))
    return codebook


def codebook_faults(which: str | Path) -> list[str]:
    """All that is wrong with a codebook, each with its place; empty where it can be used."""
    return _read(which)[1].found


def codebook_text(which: str | Path) -> str:
    """The file of a codebook as it is. Raises as `read_codebook` does for one that cannot be read."""
    if str(which) in shipped_codebooks():
        return (files("kg") / "data" / "codebooks" / f"{which}.yaml").read_text(encoding="utf-8")
    path = Path(which)
    if not path.exists() and path.suffix.lower() not in (*YAML, *TURTLE):
        near = get_close_matches(str(which).lower(), shipped_codebooks(), n=1)
        hint = f"did you mean {near[0]}?" if near else f"{', '.join(shipped_codebooks())} ship."
        raise UnknownNameError(f"no codebook '{which}'; {hint} Or name a file that ends in .yaml or .ttl")
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise InputError(f"{path}: {(error.strerror or str(error)).lower()}; 'kg codebook' lists the ones that ship") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: not UTF-8 text; save it as UTF-8") from error


def _read(which: str | Path) -> tuple[Codebook | None, Faults]:
    faults = Faults()
    draft = _draft(which, faults)
    return (checked(draft, faults) if draft is not None else None), faults


def _draft(which: str | Path, faults: Faults) -> Draft | None:
    text, name = codebook_text(which), str(which)
    suffix = Path(name).suffix.lower()
    if name in shipped_codebooks():
        return read_yaml(f"{name}.yaml", text, Path(), faults)
    if suffix in YAML:
        return read_yaml(name, text, Path(which).parent, faults)
    if suffix in TURTLE:
        from kg.codebooks.from_skos import read_skos

        return read_skos(name, text, faults)
    faults.add(name, "is neither YAML (.yaml, .yml) nor SKOS in Turtle (.ttl); rename it so")
    return None
