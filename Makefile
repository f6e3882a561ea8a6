# Two commands on a fresh machine: make run, make test. The rest is printed by make help.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
COMPILE := uv pip compile --universal --generate-hashes --python-version 3.11 --quiet --no-emit-index-url \
  --no-emit-find-links --custom-compile-command "make lock"

.DEFAULT_GOAL := help
.PHONY: help install install-dev run demo-whatsapp test check bench bench-million faults lint types format lock clean

help: ## Print this list.
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1\t/' | expand -t 22

# Two pip calls: pip refuses an editable project while it checks hashes.
$(VENV)/.installed: requirements.lock requirements-build.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit("Safar needs Python 3.11 or newer; this is " + sys.version.split()[0]) if sys.version_info < (3, 11) else None'
	$(PYTHON) -m venv $(VENV) || (echo "Python lacks its venv module; on Debian and Ubuntu: apt-get install python3-venv" && exit 1)
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock -r requirements-build.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.installed-dev: $(VENV)/.installed requirements-dev.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@

install: $(VENV)/.installed ## Set up what the bot needs, in .venv.

$(VENV)/.installed-postgres: $(VENV)/.installed requirements-postgres.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-postgres.lock
	@touch $@

install-postgres: $(VENV)/.installed-postgres ## Set up what a PostgreSQL needs too.

install-dev: $(VENV)/.installed-dev ## Set up what tests and benchmarks need too.

run: install ## Start the bot: web chat on SQLite, and Telegram if TELEGRAM_TOKEN is set.
	@$(BIN)/safar run

demo-whatsapp: install-dev ## Try WhatsApp without an account: a phone in this terminal, and the bot beside it.
	@$(BIN)/python -m tests.fakes.graphapi --webhook http://127.0.0.1:8080/whatsapp $(BIN)/safar run

test: export SAFAR_CACHE_DIR := $(CURDIR)/.pytest_cache/safar
test: export PYTHONDONTWRITEBYTECODE :=# else each of its hundred processes compiles everything again
test: install-dev .pytest_cache lint types check ## Everything that must pass: format, types, imports, content, tests.
	$(BIN)/python -m pytest -n 4 --dist loadgroup

.pytest_cache:
	@mkdir $@

check: install ## Check flows, content, translations and transcripts.
	$(BIN)/safar check

lint: install-dev ## Format, lint rules and the order of imports.
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports

types: install-dev ## Types, strictly.
	$(BIN)/mypy

format: install-dev ## Put the code into its format.
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: install-dev ## Measure turns, store, engine and the nearest help beside bare programs (about ten minutes).
	$(BIN)/python -m benchmarks.engine
	$(BIN)/python -m benchmarks.store --postgresql
	$(BIN)/python -m benchmarks.turns
	$(BIN)/python -m benchmarks.nearest
	$(BIN)/python -m benchmarks.messages

bench-million: install-dev ## Measure alerts and growth with a million contacts (about an hour; 10 GB of TMPDIR).
	$(BIN)/python -m benchmarks.alert
	$(BIN)/python -m benchmarks.growth

faults: install-dev ## Kill it in 1,000 turns, and each of its parts in alerts to 100,000; stop a PostgreSQL for a minute.
	SAFAR_KILLS=20 $(BIN)/python -m pytest tests/faults -s --ignore tests/faults/test_kill_broadcast.py
	SAFAR_KILLS=10 $(BIN)/python -m pytest tests/faults/test_kill_broadcast.py -s
	SAFAR_AWAY_SECONDS=60 $(BIN)/python -m pytest tests/store/test_postgres_faults.py

lock: ## Make the lock files anew from pyproject.toml (needs uv).
	$(COMPILE) pyproject.toml -o requirements.lock
	$(COMPILE) --group build -o requirements-build.lock
	$(COMPILE) pyproject.toml --extra postgres --extra metrics -c requirements.lock -o requirements-postgres.lock
	$(COMPILE) pyproject.toml --group build --extra dev -c requirements.lock -o requirements-dev.lock

clean: ## Remove the environment and caches; never data or keys.
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache build *.egg-info
