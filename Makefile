# VitalIQ: `make demo` to look around, `make serve` for real use, `make test` for everything.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
HOST ?= 127.0.0.1
PORT ?= 8000
JOBS ?= 2
ROUNDS ?= 200
EXAMPLES ?= 1000
SECONDS ?= 60
.DEFAULT_GOAL := help
.PHONY: fuzz-importers bench-imports test-partitioned bench-hosts help setup client page check-page demo serve test test-external fuzz crash crash-test bench bench-api bench-start bench-detection bench-correlations bench-days bench-bulk bench-page screenshots plots check check-types check-rest docs sbom lock clean

help:
	@echo "make demo   set up, make a demo account with 120 invented days, serve it"
	@echo "make serve  set up, serve for real use"
	@echo "make test   set up, check, and run every test"
	@echo "make test-external  the same tests on a PostgreSQL that VitalIQ did not start (TESTS=... for some)"
	@echo "make test-partitioned  tests on tables in hash partitions by user (TESTS=... for some)"
	@echo "make bench-hosts  two hosts (network namespaces, as root), one of them lost half-way"
	@echo "make fuzz   cases made from the API document, EXAMPLES=1000 an operation"
	@echo "make fuzz-importers  altered files through every reader, SECONDS=60 each, led by coverage (FORMAT=fitbit for one)"
	@echo "make crash  kill a server under load, ROUNDS=200 times, and count what was lost"
	@echo "make bench  every benchmark of speed in short form"
	@echo "make bench-api  what a request costs, beside PostgreSQL alone and other frameworks (ARGS=--help)"
	@echo "make bench-start  how long a start takes, and what an idle server holds (ARGS=--help)"
	@echo "make bench-detection  what each detector is worth (ARGS=--help)"
	@echo "make bench-correlations  how often correlations are told that are none (ARGS=--help)"
	@echo "make bench-days  reading daily values, keeping them true, and growth (ARGS=--help)"
	@echo "make bench-bulk  loading many entries beside COPY and executemany (ARGS=--help)"
	@echo "make bench-page  what the page's charts cost a browser (Node, chromium; ARGS=--help)"
	@echo "make screenshots  a picture of every screen of the page into docs/screenshots (chromium)"
	@echo "make bench-imports  an export of Apple Health beside expat alone and the usual way (ARGS=--help)"
	@echo "make plots  redraw the figures of docs/detection.md (ARGS=--help)"
	@echo "make check  lint, types, import contracts, generated pages"
	@echo "make page   rebuild the page in backend/app/web/static from frontend/ (needs Node 20 or newer)"
	@echo "make client  write the typed Python client into client/built"
	@echo "make docs   rewrite the generated pages"
	@echo "make sbom   rewrite docs/sbom.json, the list of the software that a server runs with"
	@echo "make lock   rewrite the lock files from backend/pyproject.toml"

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit("VitalIQ needs Python 3.11 or newer") if sys.version_info < (3, 11) else None'
	@echo "Making a virtual environment in $(VENV) ..."
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: backend/requirements.txt backend/pyproject.toml | $(VENV)/bin/python
	@echo "Installing VitalIQ's locked dependencies (a minute or two) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r backend/requirements.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps --editable backend
	@touch $@

$(VENV)/.installed-dev: backend/requirements-dev.txt $(VENV)/.installed
	@echo "Installing what the checks and tests need ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r backend/requirements-dev.txt
	@touch $@

$(VENV)/.installed-fuzz: backend/requirements-fuzz.txt $(VENV)/.installed-dev
	@echo "Installing the fuzzer of importers ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r backend/requirements-fuzz.txt
	@touch $@

$(VENV)/.installed-bench: backend/requirements-bench.txt $(VENV)/.installed-dev
	@echo "Installing the rivals of the benchmarks ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r backend/requirements-bench.txt
	@touch $@

setup: $(VENV)/.installed

demo: setup
	@$(BIN)/vitaliq demo --host $(HOST) --port $(PORT)

serve: setup
	@$(BIN)/vitaliq serve --host $(HOST) --port $(PORT)

# Types take as long as all the rest, so the rest runs beside them.
check: $(VENV)/.installed-dev
	@echo "Lint, format, types, import contracts, generated pages ..."
	@$(MAKE) --no-print-directory --jobs 2 check-types check-rest
	@$(MAKE) --no-print-directory check-page

check-types:
	@cd backend && ../$(BIN)/mypy

check-rest:
	@cd backend && ../$(BIN)/ruff check --quiet . ../benchmarks ../client
	@cd backend && ../$(BIN)/ruff format --quiet --check . ../benchmarks ../client
	@cd backend && PYTHONPATH=.. ../$(BIN)/lint-imports --no-cache
	@$(BIN)/vitaliq docs --check

frontend/node_modules/.installed: frontend/package-lock.json frontend/package.json
	@echo "Installing what builds the page ..."
	@cd frontend && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

page: frontend/node_modules/.installed
	@cd frontend && npm run --silent messages && npm run --silent gen >/dev/null && npm run --silent build -- --logLevel warn
	@cd frontend && npm run --silent size

# Whoever runs VitalIQ needs no Node: the page is built, and is checked where there is one.
check-page:
	@if command -v npm >/dev/null; then $(MAKE) --no-print-directory check-page-with-node; \
	elif [ -n "$$NODE_REQUIRED" ]; then echo "NODE_REQUIRED is set and there is no npm" >&2; exit 1; \
	else echo "*** THE PAGE IS NOT CHECKED: there is no npm here (Node 20 or newer; CI has one) ***" >&2; fi

check-page-with-node: frontend/node_modules/.installed
	@echo "The page: lint, types, messages, its tests, its API types, its size, its build ..."
	@cd frontend && npm run --silent check

# What leads the fuzzer by coverage runs on Linux alone.
FUZZER := $(if $(filter Linux-x86_64,$(shell uname -s)-$(shell uname -m)),$(VENV)/.installed-fuzz)
test: check $(FUZZER)
	@cd backend && ../$(BIN)/python -m pytest -n $(JOBS)

# People's rows in hash partitions by user: what holds there holds for tables distributed by user.
test-partitioned: $(VENV)/.installed-dev
	@cd backend && PARTITIONED=8 ../$(BIN)/python -m pytest -n $(JOBS) $(or $(TESTS),tests/routers tests/contracts tests/services)

bench-hosts: $(VENV)/.installed-dev
	@PYTHONPATH=backend $(BIN)/python -m benchmarks.fleet.hosts $(ARGS)

test-external: $(VENV)/.installed-dev
	@cd backend && ../$(BIN)/python -m tests.external -n $(JOBS) -m on_server $(TESTS)

fuzz: $(VENV)/.installed-dev
	@cd backend && EXAMPLES=$(EXAMPLES) ../$(BIN)/python -m pytest -n $(JOBS) tests/security/test_schemathesis.py

fuzz-importers: $(VENV)/.installed-fuzz
	@cd backend && ../$(BIN)/python -m tests.importers.guided --seconds $(SECONDS) $(if $(FORMAT),--format $(FORMAT))

crash-test: $(VENV)/.installed-dev
	@cd backend && ../$(BIN)/python -m pytest tests/crash

crash: $(VENV)/.installed-dev
	@cd backend && ../$(BIN)/python -m crash --rounds $(ROUNDS)

# The short forms of all of them, in under ten minutes together; a new benchmark is a line here.
BENCHES := \
	"benchmarks.start --rounds 3" \
	"benchmarks.api --rounds 1 --seconds 2" \
	"benchmarks.days --people 50 --others 100 --years 2 --rounds 3" \
	benchmarks.bulk \
	"benchmarks.imports --records 100000 --rounds 1" \
	"benchmarks.detection.cost --people 12 --batch 300" \
	"benchmarks.fleet.nights --people 20 --models 4 --nights 2 --sample 5"

bench: $(VENV)/.installed-bench
	@for bench in $(BENCHES); do echo "== $$bench"; PYTHONPATH=backend $(BIN)/python -m $$bench || exit 1; done

bench-api: $(VENV)/.installed-bench
	@PYTHONPATH=backend $(BIN)/python -m benchmarks.api $(ARGS)

bench-start: $(VENV)/.installed-dev
	@PYTHONPATH=backend $(BIN)/python -m benchmarks.start $(ARGS)

bench-detection: $(VENV)/.installed-bench
	@$(BIN)/python -m benchmarks.detection $(ARGS)

bench-correlations: $(VENV)/.installed-dev
	@$(BIN)/python -m benchmarks.correlations $(ARGS)

bench-days: $(VENV)/.installed-dev
	@PYTHONPATH=backend $(BIN)/python -m benchmarks.days $(ARGS)

bench-bulk: $(VENV)/.installed-dev
	@PYTHONPATH=backend $(BIN)/python -m benchmarks.bulk $(ARGS)

bench-page: $(VENV)/.installed-dev frontend/node_modules/.installed
	@PYTHONPATH=backend $(BIN)/python -m benchmarks.page $(ARGS)

screenshots: $(VENV)/.installed-dev
	@cd backend && ../$(BIN)/python -m tests.browser.screenshots $(ARGS)

bench-imports: $(VENV)/.installed-dev
	@PYTHONPATH=backend:. $(BIN)/python -m benchmarks.imports $(ARGS)

plots: $(VENV)/.installed-dev
	@$(BIN)/python -m benchmarks.plots $(ARGS)

# The client's generator formats what it writes with the ruff of the same environment.
client: $(VENV)/.installed-dev
	@$(BIN)/python client/document.py docs/openapi.json client/built.json
	@PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/openapi-python-client generate --path client/built.json \
		--config client/config.yml --output-path client/built --overwrite --fail-on-warning
	@echo "client/built holds the package vitaliq_client; see client/README.md"

docs: setup
	@$(BIN)/vitaliq docs

sbom: docs
	@echo "docs/sbom.json lists the software that a server runs with (CycloneDX)."

LOCK := ../$(BIN)/pip-compile --quiet --generate-hashes --allow-unsafe --strip-extras --no-header \
	--no-emit-index-url --no-emit-find-links --no-emit-trusted-host --no-emit-options
lock: $(VENV)/.installed-dev
	@cd backend && $(LOCK) -o requirements.txt pyproject.toml
	@cd backend && $(LOCK) --extra dev -c requirements.txt -o requirements-dev.txt pyproject.toml
	@cd backend && $(LOCK) --extra dask -c requirements.txt -o requirements-dask.txt pyproject.toml
	@cd backend && $(LOCK) --extra mcp --extra notify -c requirements.txt -o requirements-extras.txt pyproject.toml
	@cd backend && $(LOCK) --extra fuzz -c requirements.txt -o requirements-fuzz.txt pyproject.toml
	@cd backend && $(LOCK) --extra bench -c requirements.txt -c requirements-dev.txt -o requirements-bench.txt pyproject.toml

clean:
	rm -rf $(VENV) backend/fuzz-found
