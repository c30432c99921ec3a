# make run   the main job on the articles of examples/: table, Turtle file, HTML page
# make test  ruff, mypy --strict and all tests
# Both make their own environment in .venv; Python 3.11 or 3.12 is all that they need.

.PHONY: run test expected picture lock clean
.DELETE_ON_ERROR:
SHELL := /bin/bash

SUITABLE := import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 12))
PYTHON ?= $(firstword $(foreach name,python3.11 python3.12 python3,$(shell $(name) -c '$(SUITABLE)' 2>/dev/null && echo $(name))))
VENV := .venv
BIN := $(VENV)/bin
OUT := out
CHROMIUM ?= $(firstword $(shell command -v chromium chromium-browser google-chrome))
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile --constraint requirements-dev.txt
EXAMPLES := $(filter-out examples/README.md,$(sort $(wildcard examples/*.txt examples/*.md examples/*.jsonl)))

run: $(VENV)/installed
	@rm -rf $(OUT)/store && mkdir -p $(OUT)
	$(BIN)/kg build $(EXAMPLES) --store $(OUT)/store --table
	@$(BIN)/kg export $(OUT)/graph.ttl --store $(OUT)/store >/dev/null
	@$(BIN)/kg view $(OUT)/graph.html --store $(OUT)/store >/dev/null
	@printf '\nTurtle  %s\nHTML    %s\n' "$(CURDIR)/$(OUT)/graph.ttl" "$(CURDIR)/$(OUT)/graph.html"

test: $(VENV)/installed-dev
	$(BIN)/ruff check .
	$(BIN)/mypy --strict
	$(BIN)/python -m pytest --numprocesses=auto --maxprocesses=4 --dist=loadfile

# What the examples are expected to give, after a change that is meant; read the difference before it is committed.
expected: $(VENV)/installed
	@mkdir -p examples/expected $(OUT)
	COLUMNS=150 $(BIN)/kg extract $(EXAMPLES) --format table --output examples/expected/statements.table
	$(BIN)/kg extract $(EXAMPLES) --format ttl --output examples/expected/graph.ttl

# The picture of the graph in the README.
picture: $(VENV)/installed
	@test -n "$(CHROMIUM)" || { echo 'the picture needs Chromium; name it: make picture CHROMIUM=/path/to/chromium' >&2; exit 1; }
	@rm -rf $(OUT)/store && mkdir -p $(OUT) docs
	$(BIN)/kg build $(EXAMPLES) --store $(OUT)/store
	$(BIN)/kg view $(OUT)/graph.html --store $(OUT)/store
	$(CHROMIUM) --headless --no-sandbox --disable-gpu --hide-scrollbars --force-device-scale-factor=1 --window-size=1440,900 \
	  --virtual-time-budget=10000 --screenshot=docs/graph.png "file://$(CURDIR)/$(OUT)/graph.html"

# The versions that a fresh environment gets; run it to move to newer ones.
lock:
	rm -rf $(OUT)/lock && $(PYTHON) -m venv $(OUT)/lock
	$(OUT)/lock/bin/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	{ sed -n '/^#/p' requirements-dev.txt; $(OUT)/lock/bin/python -m pip freeze --exclude-editable; } > $(OUT)/requirements-dev.txt
	mv $(OUT)/requirements-dev.txt requirements-dev.txt && rm -rf $(OUT)/lock

clean:
	rm -rf $(VENV) $(OUT)

$(VENV)/bin/python:
	@test -n "$(PYTHON)" || { echo 'kg needs Python 3.11 or 3.12, and there is none on the path; name one: make PYTHON=/path/to/python3.11' >&2; exit 1; }
	@$(PYTHON) -c '$(SUITABLE)' || { \
	  echo "kg needs Python 3.11 or 3.12, and $(PYTHON) is $$($(PYTHON) --version 2>&1); name another: make PYTHON=/path/to/python3.11" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/installed: pyproject.toml requirements-dev.txt | $(VENV)/bin/python
	$(PIP) --editable .
	@touch $@

$(VENV)/installed-dev: pyproject.toml requirements-dev.txt | $(VENV)/bin/python
	$(PIP) --editable '.[dev]'
	@touch $@ $(VENV)/installed
