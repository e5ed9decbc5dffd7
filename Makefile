# On a fresh machine: `make lab` to use it, `make test` to check it, `make quick` for a first answer.

PYTHON ?= python3
ARGS ?=
WORKERS ?= 2
PIP = .venv/bin/pip install --quiet --disable-pip-version-check --constraint constraints.txt
SOURCES = kit widgets tests notebooks
# a file of tests stays in one process (tests/conftest.py); in the order of the folders, browser tests come first
PYTEST = .venv/bin/python -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder --durations=10
# with other work on the machine, more torch threads can be ten times slower than one
export OMP_NUM_THREADS ?= 1

.PHONY: lab test quick lint types js bench kills shots clean

lab: .venv/lab.done
	env -u OMP_NUM_THREADS .venv/bin/diffuscope lab $(ARGS)

test: lint types js
	$(PYTEST) $(ARGS)

quick: .venv/test.done # under a minute: three schedulers, no browser, no training
	$(PYTEST) -m "not slow and not train and not browser" --ignore=tests/browser $(ARGS)

lint: .venv/test.done
	.venv/bin/ruff check $(SOURCES)
	.venv/bin/ruff format --check $(SOURCES)

types: .venv/test.done
	.venv/bin/mypy

ifneq ($(shell command -v npm 2>/dev/null),)
js: widgets/node_modules/js.done
	cd widgets && node_modules/.bin/biome check --error-on-warnings . ../tests/js
	cd widgets && node_modules/.bin/tsc
	node --test $(shell find tests/js -name "*.test.mjs" | sort)

widgets/node_modules/js.done: widgets/package-lock.json
	cd widgets && npm ci --no-audit --no-fund
	touch $@
else
js:
	@[ -z "$$CI" ] && echo "js: skipped, node is not installed"
endif

bench: .venv/test.done
	PYTHONPATH=tests/support:tests/support/grid .venv/bin/python tests/bench/bench.py

kills: .venv/test.done # 200 writers of a grid, killed at random moments
	PYTHONPATH=tests/support:tests/support/grid .venv/bin/python tests/bench/kill_grids.py $(ARGS)

shots: .venv/test.done # the pictures of the README, from the real thing
	.venv/bin/python tests/browser/shots.py docs

.venv/bin/python:
	$(PYTHON) -m venv .venv

# torch first and alone: the exact version keeps pip from trying other, larger builds of it
.venv/lab.done: pyproject.toml constraints.txt | .venv/bin/python
	$(PIP) torch==2.13.0
	$(PIP) --editable '.[models,lab]'
	touch $@

.venv/test.done: .venv/lab.done
	$(PIP) --editable '.[dev]'
	touch $@

clean:
	rm -rf .venv build dist .pytest_cache .mypy_cache .ruff_cache
