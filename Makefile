# A few commands, always the same: run test check index bench. `make help` lists them.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.DEFAULT_GOAL := help
.PHONY: help run test check format accessibility hostile screenshots index bench learn clean

help:  ## what there is
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/'

$(STAMP): pyproject.toml constraints.txt
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing (about 2 GB, some minutes the first time) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt torch
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[test]'
	@touch $(STAMP)

run: $(STAMP)  ## install, index and open the chat
	@$(BIN)/python app.py

test: $(STAMP)  ## install and pass the tests
	@$(BIN)/python -m pytest

check: $(STAMP)  ## formatting, lint, types
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy

format: $(STAMP)  ## format the code
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

accessibility: $(STAMP)  ## axe-core over every view, printed as a table (needs Chromium)
	@$(BIN)/python -m pytest -q tests/browser/test_accessibility.py

hostile: $(STAMP)  ## hostile input and ways to a document for staff, printed as a table (needs Chromium)
	@$(BIN)/python -m pytest -q tests/web/test_hostile.py tests/web/test_audience.py tests/browser/test_hostile.py

screenshots: index  ## the pictures of the README, and all the others into build/screenshots (needs Chromium)
	@$(BIN)/python -m tests.browser.screenshots build/screenshots --pictures docs/pictures

index: $(STAMP)  ## bring the index up to date
	@$(BIN)/grundlag index

bench: $(STAMP)  ## measure speed, growth and answers, and write benchmarks/results.md
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[bench]'
	@$(BIN)/python -m benchmarks

learn: $(STAMP)  ## learn the weights of the ranking again
	@$(BIN)/python -m benchmarks.learn

clean:  ## remove what was built here
	@rm -rf $(VENV) index/builds index/current .mypy_cache .pytest_cache .ruff_cache
