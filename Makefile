# Needs make and Python 3.11 or newer with venv and pip; everything else goes into .venv.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin

.DEFAULT_GOAL := help
.PHONY: help demo test lint format docs clean

help:  ## Say what can be made
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: .venv/runtime  ## Quantize the digits classifier and check it on digits it has not seen
	@$(BIN)/python examples/digits/demo.py

test: .venv/test  ## Lint, types, layers, and all tests
	@$(MAKE) --no-print-directory lint
	$(BIN)/pytest -n auto

lint: .venv/test  ## Lint, format, types and layers, without tests
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

format: .venv/test  ## Put the code into its one format
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

docs: .venv/test  ## Write the generated pages of docs/
	$(BIN)/python docs/generate.py

clean:  ## Remove everything that was made
	rm -rf .venv demo build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find src tests examples docs -name __pycache__ -type d -prune -exec rm -rf {} +

# Two stamps in one environment: who only wants the demo does not wait for the tools of the tests.
.venv/runtime: pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv
	$(BIN)/pip install -q --disable-pip-version-check -c constraints.txt -e .
	@touch $@

.venv/test: pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv
	$(BIN)/pip install -q --disable-pip-version-check -c constraints.txt -e '.[test]'
	@touch .venv/runtime $@
