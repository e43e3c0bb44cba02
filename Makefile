# The commands of the portal. "make help" lists them. Paths are quoted throughout:
# the checkout may lie in a directory with spaces in its name.
VENV ?= .venv
PORT ?= 8080
PYTEST_WORKERS ?= auto
ARGS ?=
export VENV PORT

PY = "$(VENV)/bin/python"
FLASK = PORTAL_MODE=demo $(PY) -m flask --app run
PYTHON_FILES = app tests migrations config.py run.py $(wildcard bench)

.DEFAULT_GOAL := help
.PHONY: help environment environment-dev translations demo run sms calls otp test check style types layers \
	templates sentences format messages lock bench bench-entry bench-rush clean

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' Makefile | awk -F ':.*## ' '{ printf "  make %-12s %s\n", $$1, $$2 }'

environment:
	@sh scripts/venv.sh requirements.txt

environment-dev:
	@sh scripts/venv.sh requirements-dev.txt

translations: # after one of the environments
	@$(PY) -m babel.messages.frontend -q compile -d translations
	@$(PY) -m babel.messages.frontend -q compile -d translations -D patient

demo: environment translations ## the demo database, up to date (run it again at any time)
	@$(FLASK) db upgrade
	@$(FLASK) master load
	@$(FLASK) demo load

run: demo ## the portal with demo data on http://127.0.0.1:8080/ (PORT=…); Ctrl-C stops it
	@PORTAL_MODE=demo $(PY) -m app.devtools.serve

check: style types layers templates sentences ## everything that needs no running (each also by its own name; -k: all of them)

style: environment-dev
	$(PY) -m ruff check $(PYTHON_FILES)
	$(PY) -m ruff format --check $(PYTHON_FILES)

types: environment-dev
	$(PY) -m mypy

layers: environment-dev
	$(PY) -c 'import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports())'

templates: environment-dev
	$(PY) -m djlint app --lint --quiet

sentences: environment-dev translations
	$(PY) -m app.devtools.catalogues check

calls: environment ## the telephone of the demonstration, which presses KEYS=0430,365,97,2,2,2
	@PORTAL_MODE=demo $(PY) -m app.devtools.call_simulator

sms: environment ## the SMS provider of the demonstration, which shows what it "sent"
	@PORTAL_MODE=demo $(PY) -m app.devtools.sms_provider

otp: environment ## the one-time code of a demo account right now: make otp NAME=clerk
	@$(FLASK) otp $(NAME)

test: check ## every check, then every test on SQLite, PostgreSQL and in Chromium
	CHROMIUM="$$(sh scripts/chromium.sh)" $(PY) -m pytest -n $(PYTEST_WORKERS) --maxprocesses=4 --dist=worksteal $(ARGS)

format: environment-dev ## put the Python files into the house format
	$(PY) -m ruff check --fix $(PYTHON_FILES)
	$(PY) -m ruff format $(PYTHON_FILES)

messages: environment-dev ## collect the sentences of the interface and merge new translations
	$(PY) -m app.devtools.catalogues update --remove-fragments

lock: ## renew the lock files after a change of requirements*.in (needs uv)
	uv pip compile --generate-hashes --no-emit-index-url --python-version 3.11 requirements.in -o requirements.txt
	uv pip compile --generate-hashes --no-emit-index-url --python-version 3.11 requirements-dev.in -o requirements-dev.txt

bench: environment-dev translations ## how fast the pages are (bench/run.py)
	$(PY) bench/run.py $(ARGS)

bench-entry: environment-dev translations ## what a notification costs a clinic in keys and bytes (bench/entry.py)
	CHROMIUM="$$(sh scripts/chromium.sh)" $(PY) bench/entry.py

bench-rush: environment-dev translations ## the worst day: figures give way, notifications go on (bench/rush.py)
	$(PY) bench/rush.py $(ARGS)

clean: ## remove the environment and what tools left behind; the data in var/ stays
	rm -rf "$(VENV)" .mypy_cache .ruff_cache .import_linter_cache .pytest_cache .hypothesis .coverage
