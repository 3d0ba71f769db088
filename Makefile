# One door for everything; `make help` lists it. Needs Python 3.11 or later with pip, nothing else.

PYTHON ?= python3
PYTEST_ARGS ?= -n auto --dist worksteal
UV_ARGS ?=
REPEAT ?= 20
KILLS ?= 200
CHAOS_SECONDS ?= 600
CANARIES ?= 1000
TURNS ?= 3
VENV := .venv
BIN := $(VENV)/bin
APPS := practice clients assessments
PIP := $(PYTHON) -m pip --python $(BIN)/python --disable-pip-version-check -qq
LOCK := uv pip compile --quiet --universal --generate-hashes --python-version 3.11 --no-header
# What the settings ask for where no secret is kept and no server is reached.
NO_SECRETS := SECRET_KEY=check FIELD_KEYS=check:$(shell printf '%043d=' 0)
# And as a real installation has them: tests/security/production.py says the same.
PRODUCTION := DEVELOPMENT=0 DEBUG=0 FIELD_KEYS=check:$(shell printf '%043d=' 0) \
	SECRET_KEY=for-checks-only-0123456789abcdefghijklmnopqrstuvwxyz-kept-nowhere \
	SITE_URL=https://trellis.example ALLOWED_HOSTS=trellis.example \
	CSRF_TRUSTED_ORIGINS=https://trellis.example TRUSTED_PROXY_COUNT=1 \
	DATABASE_URL=postgres://trellis_app:secret@127.0.0.1/trellis REDIS_URL=redis://127.0.0.1/0 \
	EMAIL_URL=smtp+tls://mail.trellis.example:587 DEFAULT_FROM_EMAIL=post@trellis.example

.DEFAULT_GOAL := help
.PHONY: help demo demo-reset run test test-full bench bench-report bench-compare check audit format lock

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: $(VENV)/.demo ## Everything running with a demo practice, until Ctrl-C (PORT, DATA_DIR)
	@$(BIN)/python -m practice.launch demo

demo-reset: $(VENV)/.demo ## Remove the demo, so that the next one starts over
	@$(BIN)/python -m practice.launch reset

run: $(VENV)/.demo ## The same servers with an empty practice; the first visit sets it up
	@$(BIN)/python -m practice.launch run

test: $(VENV)/.dev ## All tests, against a real database, broker and browser (PYTEST_ARGS)
	@$(BIN)/python -m pytest $(PYTEST_ARGS)

test-full: $(VENV)/.dev ## The long ones: 10 million occurrences beside an oracle, each fault REPEAT times, KILLS kills, CANARIES words
	@command -v redis-server >/dev/null || \
		{ echo "make test-full needs redis-server too: on Debian, 'apt install redis-server'." >&2; exit 1; }
	@command -v pgbouncer >/dev/null || \
		{ echo "make test-full needs PgBouncer too: on Debian, 'apt install pgbouncer'." >&2; exit 1; }
	@$(BIN)/python -m tests.full.sweep $(SWEEP_ARGS)
	@POOLED=100000 $(BIN)/python -m pytest tests/practice/test_walls.py
	@HARD=1 $(BIN)/python -m pytest $(PYTEST_ARGS) -m journey
	@DRILLS=1 $(BIN)/python -m pytest tests/full/test_point_in_time.py tests/full/test_put_back.py
	@CHAOS_SECONDS=$(CHAOS_SECONDS) $(BIN)/python -m pytest -o log_cli=1 -o log_cli_level=WARNING tests/test_restarts.py
	@KILLS=$(KILLS) $(BIN)/python -m pytest -o log_cli=1 -o log_cli_level=WARNING tests/journeys/test_kills.py
	@CANARIES=$(CANARIES) $(BIN)/python -m pytest tests/canaries
	@WHOLE=1 $(BIN)/python -m pytest $(PYTEST_ARGS) tests/access tests/journeys/test_library.py
	@REPEAT=$(REPEAT) $(BIN)/python -m pytest $(PYTEST_ARGS) -m processes
	@REPEAT=$(REPEAT) BROKER=redis-server $(BIN)/python -m pytest $(PYTEST_ARGS) -m processes

bench: $(VENV)/.demo ## Measure, beside others, and write docs/performance.md anew (BENCH=submit, BENCH_ARGS; what takes long: docs/performance.md)
	@$(BIN)/python -m bench.every --only "$(BENCH)" $(BENCH_ARGS)

bench-report: $(VENV)/.demo ## The page and its plots anew, from the figures that are there
	@$(BIN)/python -m bench.report

bench-compare: $(VENV)/.demo ## What got worse in processor time since REV, by more than 10 % (REV, BENCH, TURNS, BENCH_ARGS)
	@$(BIN)/python -m bench.compare "$(REV)" --only "$(BENCH)" --turns $(TURNS) $(BENCH_ARGS)

check: $(VENV)/.dev ## Everything that can be told without running it
	@failed=""; \
	run() { \
		name=$$1; shift; \
		if said=$$("$$@" 2>&1); then printf '%-12s ok\n' "$$name"; \
		else printf '%-12s FAILED\n%s\n' "$$name" "$$said"; failed="$$failed $$name"; fi; \
	}; \
	run format $(BIN)/ruff format --check .; \
	run lint $(BIN)/ruff check .; \
	run templates $(BIN)/djade --check --target-version 5.2 $$(find templates -name '*.html'); \
	run html $(BIN)/djlint --lint --quiet templates; \
	run imports $(BIN)/lint-imports; \
	run types $(BIN)/mypy; \
	run security $(BIN)/bandit -q -c pyproject.toml -r $(APPS); \
	run deploy env $(PRODUCTION) $(BIN)/python manage.py check --deploy --fail-level WARNING; \
	run migrations env $(NO_SECRETS) $(BIN)/python -W ignore manage.py makemigrations --check --dry-run; \
	if [ -n "$$failed" ]; then echo "Not in order:$$failed"; exit 1; fi

audit: $(VENV)/.dev ## Whether anything in the lock has a known hole (asks the index; not in CI)
	@$(BIN)/python -m tests.security.advisories

format: $(VENV)/.dev ## Put code and templates into shape
	@$(BIN)/ruff check --fix --quiet . || true
	@$(BIN)/ruff format --quiet .
	@$(BIN)/djade --target-version 5.2 $$(find templates -name '*.html') || true

lock: ## Write requirements/*.txt anew (needs uv; UV_ARGS=--upgrade for newer versions)
	@command -v uv >/dev/null || { echo "make lock needs uv: $(PYTHON) -m pip install uv" >&2; exit 1; }
	$(LOCK) $(UV_ARGS) pyproject.toml --extra demo --extra dev -o requirements/dev.txt
	$(LOCK) pyproject.toml --extra demo -c requirements/dev.txt -o requirements/demo.txt
	$(LOCK) pyproject.toml -c requirements/dev.txt -o requirements/base.txt

# The environment, from the lock: made once, and again only when the lock has changed.
$(BIN)/python:
	@command -v "$(PYTHON)" >/dev/null || \
		{ echo "$(PYTHON) was not found: install Python 3.11 or later, or name yours as in 'make PYTHON=python3.12 $(MAKECMDGOALS)'." >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "$$($(PYTHON) --version) is too old: Python 3.11 or later is needed, as in 'make PYTHON=python3.12 $(MAKECMDGOALS)'." >&2; exit 1; }
	@$(PYTHON) -m pip --version >/dev/null 2>&1 || \
		{ echo "$(PYTHON) has no pip: install it, on Debian with 'apt install python3-pip'." >&2; exit 1; }
	@$(PYTHON) -m venv --without-pip $(VENV)

$(VENV)/.%: requirements/%.txt $(BIN)/python
	@echo "Installing $< into $(VENV) (once) …"
	@$(PIP) install --require-hashes -r $<
	@touch $@
