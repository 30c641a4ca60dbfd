# Two commands matter: `make run` and `make test`. Everything else is a part of them.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.PHONY: help run test check setup lint format unit bench fuzz lock clean
MAKEFLAGS += --no-print-directory
PY := .venv/bin/python

help: ## list these targets
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 10

run: ## set everything up, start the demo park, print the address (Ctrl-C ends it)
	@ops/setup.sh python runtime
	@ops/setup.sh dashboard
	@exec $(PY) -m smartpark up --with-parent

test: setup ## set everything up and run every test
	@failed=0; $(PY) -m pytest -n 2 --dist loadgroup --junitxml=test-results/python.xml --durations=10 $(ARGS) || failed=1; \
	ops/setup.sh npm test || failed=1; exit $$failed

check: lint test ## what has to be green before a change goes in

setup: ## packages, front end, private servers; nothing is started
	@ops/setup.sh python development
	@ops/setup.sh system
	@ops/setup.sh dashboard
	@$(PY) -m smartpark unpack

lint: ## style, types, import contracts
	@ops/setup.sh python development
	@failed=0; for step in "ruff check ." "ruff format --check ." mypy lint-imports; do \
	    .venv/bin/$$step || failed=1; done; \
	ops/setup.sh npm check || failed=1; exit $$failed

format: ## rewrite the Python sources in the house format
	@.venv/bin/ruff check --fix . && .venv/bin/ruff format .

unit: ## the tests that need no server, in seconds
	@ops/setup.sh python development
	@$(PY) -m pytest -q -m "not integration and not browser and not faults" $(ARGS)

bench: setup ## measure speed and print it as JSON
	@$(PY) -m simulators bench --json | tee bench.json

fuzz: ## break HJ 212 frames for ten minutes (ARGS="--seconds 60": one)
	@ops/setup.sh python development
	@$(PY) -m tests.smartpark.hj212.fuzz --seconds 600 $(ARGS)

lock: ## take the newest packages into the lock files
	@.venv/bin/uv pip compile -q --upgrade requirements.in --generate-hashes --python-version 3.11 --no-emit-index-url --no-emit-find-links -o requirements.lock
	@.venv/bin/uv pip compile -q --upgrade requirements-dev.in --generate-hashes --python-version 3.11 --no-emit-index-url --no-emit-find-links -o requirements-dev.lock

clean: ## remove what was built; the data under .smartpark stay
	@rm -rf .venv dashboards/node_modules dashboards/dist .mypy_cache .ruff_cache .pytest_cache .hypothesis test-results
