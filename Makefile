# Everything is set up in .venv from hash-checked lock files; Python 3.11+ and pip suffice.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: demo test check bench conformance example recovery soak lock wheel clean format

.venv/.run: requirements/run.txt pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/run.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps -e .
	touch $@

.venv/.dev: requirements/dev.txt .venv/.run
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	touch $@

## demo: four weeks of a campaign on the practice platforms, into campaignbot-demo/
demo: .venv/.run
	$(BIN)/campaignbot demo

## test: all tests
test: .venv/.dev
	$(BIN)/python -m pytest -n 4

## check: lint, format, types, import contracts
check: .venv/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/mypy tests benchmarks tools
	cd examples/campaignbot-mastodon && ../../$(BIN)/mypy src tests
	$(BIN)/lint-imports

## bench: the table of benchmarks
bench: .venv/.dev
	$(BIN)/python -m benchmarks

## conformance: which adapter passes which case, as a table
conformance: .venv/.dev
	$(BIN)/python -m tests.adapters

## example: the adapter outside the tree, installed beside the wheel, passes the same cases
example: wheel
	$(BIN)/python tools/try_example.py

## recovery: break publishing at every point and count the posts
recovery: .venv/.dev
	$(BIN)/python -m tests.recovery

## soak: four simulated weeks of publishing under faults and kills, and a long state machine
soak: .venv/.dev
	$(BIN)/python -m tests.soak

## lock: renew the lock files (needs uv)
lock:
	uv pip compile --universal --generate-hashes --no-header --no-annotate --python-version 3.11 pyproject.toml -o requirements/run.txt
	uv pip compile --universal --generate-hashes --no-header --no-annotate --python-version 3.11 pyproject.toml --group dev --all-extras -o requirements/dev.txt

## wheel: the package, in dist/
wheel: .venv/.dev
	$(BIN)/python -m build --wheel --no-isolation

clean:
	rm -rf .venv dist campaignbot-demo
