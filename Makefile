# One command a thing to do; each sets up what it needs. `make` alone lists them.

# Any Python from 3.11 on: `make setup PYTHON=/usr/bin/python3.12`.
PYTHON ?= $(shell for python in python3.11 python3; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	&& echo $$python && break; done)
# Processes that run tests side by side.
WORKERS ?= 2

BIN := .venv/bin
SOURCES = $(wildcard coordinator tests bench tools)
# Another reader of schemas/asyncapi.json; its test is skipped where npm is not there.
PARSER := $(shell command -v node >/dev/null && command -v npm >/dev/null \
	&& echo tests/asyncapi/node_modules/installed)
# A real Kafka's jars; kept through `make clean`, for they are a cache.
KAFKA := .kafka/installed
PIP_INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help setup setup-dev run test faults check pages bench clean

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: .venv/installed ## make .venv with what `coordinator` runs with

setup-dev: .venv/installed-dev $(PARSER) ## the same, and what tests and checks need

run: setup ## the whole bus, with a fictional case played at speed, until Ctrl-C
	@$(BIN)/coordinator run --demo

test: setup-dev $(KAFKA) ## every test but the long kill campaigns, with the coverage they must reach
	$(BIN)/pytest -n $(WORKERS) --dist worksteal -m 'not faults_long' --cov

# Pytest's exit code 5: no test has the mark.
faults: setup-dev $(KAFKA) ## the long kill campaigns
	@$(BIN)/pytest -m faults_long tests || { code=$$?; \
	test $$code -eq 5 && echo 'No test is marked faults_long.' || exit $$code; }

check: setup-dev ## style, types, layers, and generated files against their sources
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy --strict $(SOURCES)
	$(BIN)/lint-imports --no-logo
	$(BIN)/coordinator schemas check
	$(BIN)/coordinator protocol lint nz-2009
	$(BIN)/coordinator protocol lint nz-modern
	$(BIN)/coordinator protocol show nz-2009 --markdown | diff -u docs/protocol.md -
	$(BIN)/coordinator protocol show nz-2009 --svg - | diff -u docs/protocol.svg -

pages: setup ## write docs/protocol.md and its picture from the profile
	$(BIN)/coordinator protocol show nz-2009 --markdown > docs/protocol.md
	$(BIN)/coordinator protocol show nz-2009 --svg docs/protocol.svg

bench: setup-dev $(KAFKA) ## figures beside those of peers, in one run
	$(BIN)/python -m bench

clean: ## take away what these targets made; ./var, with events, and .kafka, with jars, stay
	rm -rf .venv .coverage .coverage.* .hypothesis .import_linter_cache .mypy_cache \
		.pytest_cache .ruff_cache bench/results.json htmlcov tests/asyncapi/node_modules
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# --- The virtual environment: made once, brought up to date when a pin changes ---

.venv/pyvenv.cfg:
	@test -n '$(PYTHON)' || { echo >&2 'This needs Python 3.11 or later, and neither python3.11 nor python3 is one. Install it, or name one: make PYTHON=/path/to/python'; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo >&2 'This needs Python 3.11 or later; $(PYTHON) is not.'; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo >&2 '$(PYTHON) has no venv module. Install it (on Debian and Ubuntu: apt install $(notdir $(PYTHON))-venv) and run make again.'; exit 1; }
	@echo 'Setting up .venv'
	@$(PYTHON) -m venv --clear .venv

# The package itself is installed in place: a path to this folder and the script.
.venv/installed: .venv/pyvenv.cfg requirements.txt pyproject.toml
	@$(PIP_INSTALL) --requirement requirements.txt
	@$(PIP_INSTALL) --no-build-isolation --editable .
	@touch $@

.venv/installed-dev: .venv/installed requirements-dev.txt
	@echo 'Setting up the tools for tests and checks'
	@$(PIP_INSTALL) --requirement requirements-dev.txt
	@$(BIN)/python -m pip check --disable-pip-version-check
	@touch $@

tests/asyncapi/node_modules/installed: tests/asyncapi/package-lock.json
	@echo 'Setting up another reader of AsyncAPI documents'
	@npm ci --loglevel=error --prefix tests/asyncapi >/dev/null
	@touch $@

# Where it cannot be had, that is said, and tried again the next time.
.kafka/installed: tests/kafka/install tests/kafka/pom.xml
	@tests/kafka/install
