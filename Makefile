# Everything one does with this project. Needs make and a Python 3.11 or newer; `make help` lists the targets.
VENV = .venv
DO = $(VENV)/bin/python

.DEFAULT_GOAL := help
.PHONY: help run reset test test-more nemesis twin-worlds conformance lint lock bench environment environment-dev

help: ## list what can be made
	@grep -E '^[a-z-]+:.*## ' Makefile | sed -E 's/:[^#]*## /\t/' | expand -t 14

run: environment ## serve the demo; HOST=0.0.0.0 lets the LAN in, PORT=8001 moves it, SERVER=uvicorn is faster
	@$(DO) manage.py serve --demo

reset: environment ## delete the demo's data and build it anew (asks first)
	@$(DO) manage.py demo --reset

test: environment-dev ## the suite, on SQLite and on PostgreSQL with Redis; ARGS="-k reserve" goes to pytest
	@WISHLIST_PART=quick $(DO) scripts/test.py $(ARGS)

test-more: environment-dev ## the slow tests of which `make test` has a few: browser, set-up, servers that are killed
	@WISHLIST_PART=more $(DO) scripts/test.py $(ARGS)

nemesis: environment-dev ## the long form of the tests that kill, freeze, fuzz and rush; some minutes, prints figures
	@NEMESIS=1 $(DO) scripts/test.py tests/nemesis -s -n 0 $(ARGS)

twin-worlds: environment-dev ## play SCRIPTS (1000) random scripts of recipients in two worlds, and compare every byte
	@TWIN_WORLDS=$(or $(SCRIPTS),1000) $(DO) scripts/test.py tests/twin_worlds $(ARGS)

conformance: environment-dev ## ask for each operation of the API as everybody, EXAMPLES (20) times, and compare with its document
	@CONFORMANCE_EXAMPLES=$(or $(EXAMPLES),20) $(DO) scripts/test.py tests/conformance $(ARGS)

lint: environment-dev ## every check of the code that runs no test
	@$(DO) scripts/lint.py

lock: environment-dev ## lock the dependencies of pyproject.toml and export the hashed requirements
	@$(DO) scripts/lock.py

bench: environment-dev ## measure, in a few minutes; BENCH=full measures all that docs/performance.md reports
	@$(DO) bench/run.py $(or $(BENCH),quick) $(ARGS)

# Each decides by itself, in a blink, whether there is anything to do: see scripts/environment.py.
environment:
	@python=$$(scripts/find-python) && $$python scripts/environment.py \
		$(if $(filter uvicorn,$(SERVER)),requirements-fast.txt,requirements.txt) && $$python scripts/secrets_file.py

environment-dev:
	@python=$$(scripts/find-python) && $$python scripts/environment.py requirements-dev.txt
