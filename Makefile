# make demo, make test, make lint, make docs: each sets up .venv first, if it must.

PYTHON ?= python3
BIN := .venv/bin
INSTALL := $(BIN)/python -m pip install -q --disable-pip-version-check -c constraints.txt

.PHONY: demo test lint docs

demo: .venv/.demo
	$(BIN)/markovsym-diffusion demo

test: .venv/.dev
	OMP_NUM_THREADS=1 $(BIN)/pytest -q -n 2

lint: .venv/.dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/typos
	$(BIN)/vulture
	$(BIN)/lint-imports
	$(BIN)/pyright

docs: .venv/.dev
	$(BIN)/sphinx-build -n -W docs docs/_build/html

.venv/bin/pip:
	$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed" if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv .venv

# torch comes first and alone, so that nothing that follows picks another build of it
.venv/.torch: constraints.txt | .venv/bin/pip
	$(INSTALL) torch==2.13.0
	touch $@

.venv/.demo: .venv/.torch pyproject.toml
	$(INSTALL) -e '.[qm9]'
	touch $@

# what is needed for development covers the demo as well
.venv/.dev: .venv/.torch pyproject.toml
	$(INSTALL) -e '.[dev]'
	touch .venv/.demo $@
