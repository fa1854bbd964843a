# make demo   runs the product with the example community, at Thursday 23 November 2023
# make test   sets everything up and passes the tests
# make fuzz   tries more than 20,000 broken inputs; for the night
# make crash  kills the product 200 times on each engine, with 40 units
# make check  linters, types, and the direction of imports
# make audit  known vulnerabilities in what it depends on
# make manifest-check  the Teams app by Microsoft's own code, where Node is at hand
PYTHON ?= python3
BIN := .venv/bin
# Whole files to two processes, in the order of tests/conftest.py, which has the long ones first.
SHARED_OUT := -n 2 --dist loadfile --no-loadscope-reorder
READY := .venv/.ready

.PHONY: demo test fuzz check audit bench crash browser manifest-check clean lock

demo: $(READY)
	@mkdir -p data && rm -f data/demo.db data/demo.db-wal data/demo.db-shm
	SAMHANDLING_DATABASE_URL=sqlite+aiosqlite:///data/demo.db $(BIN)/samhandling serve \
	  --community examples/vestfold/community.yaml --dev --now 2023-11-23T09:00:00+01:00

# What is compiled is kept whatever the shell says: many processes start.
test: export PYTHONDONTWRITEBYTECODE :=
test: $(READY) browser
	$(BIN)/pytest $(SHARED_OUT)

fuzz: $(READY)
	HYPOTHESIS_PROFILE=nightly $(BIN)/pytest $(SHARED_OUT) --timeout 7200 tests/fuzz

check: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# Known vulnerabilities in the versions of the lock. Where the advisories cannot be reached it says so and goes on.
audit: $(READY)
	@$(BIN)/python .ci/audit.py

crash: $(READY)
	CRASH_KILLS=200 CRASH_UNITS=35 $(BIN)/pytest -s tests/e2e/test_crashes.py

bench: $(READY)
	$(BIN)/python -m bench.plan
	$(BIN)/python -m bench.turns
	$(BIN)/python -m bench.overview
	$(BIN)/python -m bench.report
	$(BIN)/python -m bench.storage_growth
	$(BIN)/python -m bench.processes
	$(BIN)/python -m bench.claims
	$(BIN)/python -m bench.turn_cost
	$(BIN)/python -m bench.year
	$(BIN)/python -m bench.fan_out

$(READY): pyproject.toml requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed; set PYTHON=/path/to/python3.11"; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --editable .
	@touch $(READY)

# The browser that the tests drive: the one on the machine, else Debian's.
browser:
	@command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null \
	  || { echo "Installing Chromium for the browser tests"; \
	       SUDO=$$(test "$$(id -u)" = 0 || echo sudo); $$SUDO apt-get update -qq && $$SUDO apt-get install -y -qq chromium >/dev/null; }

# The Teams app by Microsoft's own code (which forgets to name fs-extra); needs Node and its registry, so `make test` is without it.
UNPACKED := build/manifest-check
manifest-check: $(READY)
	mkdir -p $(UNPACKED) && npm install --silent --no-audit --no-fund --prefix $(UNPACKED) @microsoft/app-manifest@1.1.2 fs-extra@11
	SAMHANDLING_TEAMS_APP_ID=11111111-2222-3333-4444-555555555555 SAMHANDLING_PUBLIC_URL=https://samhandling.example.no \
	  $(BIN)/samhandling package teams --out $(UNPACKED)
	$(BIN)/python -m zipfile -e $(UNPACKED)/samhandlingsbot-teams.zip $(UNPACKED)
	node manifest/check_with_node.cjs $(UNPACKED)

# Newest versions that pyproject.toml allows, written down.
lock:
	rm -rf .venv-lock && $(PYTHON) -m venv .venv-lock && .venv-lock/bin/pip install --quiet '.[dev]'
	.venv-lock/bin/pip freeze --exclude samhandlingsbot > requirements.lock && rm -rf .venv-lock

clean:
	rm -rf .venv data build
