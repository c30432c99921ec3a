"""The tour notebook runs from its first cell to its last."""

from __future__ import annotations

import ast
import json

import pytest

from tests.conftest import ROOT

TOUR = ROOT / "examples" / "tour.ipynb"


@pytest.mark.usefixtures("models_once")
def test_tour_runs(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(TOUR.parent)
    names: dict[str, object] = {"__name__": "tour"}
    value = None
    for cell in json.loads(TOUR.read_text(encoding="utf-8"))["cells"]:
        if cell["cell_type"] == "code":
            *body, last = ast.parse("".join(cell["source"])).body
            exec(compile(ast.Module([*body, *([] if isinstance(last, ast.Expr) else [last])], []), TOUR.name, "exec"), names)
            value = eval(compile(ast.Expression(last.value), TOUR.name, "eval"), names) if isinstance(last, ast.Expr) else None
    assert value._repr_html_().startswith("<iframe srcdoc=")  # type: ignore[attr-defined]
    printed = capsys.readouterr().out
    assert "frustrated pairs:" in printed
    assert "TriadCensus(" in printed
    assert "['pacts']" in printed
    assert "Bulgaria and Turkey: allies, friendly (defence)" in printed
    assert "Benin and Niger: allies, hostile (defence)" in printed
    assert "analysis.R" in printed
    assert printed.endswith("drawn\n") or "pip install" in printed


def test_tour_is_kept_without_output() -> None:
    cells = json.loads(TOUR.read_text(encoding="utf-8"))["cells"]
    assert all(cell["outputs"] == [] and cell["execution_count"] is None for cell in cells if cell["cell_type"] == "code")
