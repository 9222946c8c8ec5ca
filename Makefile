# Everything a fresh machine needs: Python 3.11+ and make. The rest is installed into .venv by these lines.
PYTHON ?= python3
VENV   := .venv
TOOL   := .tool
UV     := $(TOOL)/bin/uv
RUN    := $(VENV)/bin
JOBS   ?= 2
CORPUS ?= ../shared/corpus

.PHONY: demo test test-all check lint types layers format corpus bench fuzz coverage clean setup

setup: $(VENV)/.ready

$(VENV)/.ready: pyproject.toml uv.lock
	@test -x $(UV) || { $(PYTHON) -m venv $(TOOL) && $(TOOL)/bin/python -m pip install --quiet --disable-pip-version-check "uv>=0.9,<1"; }
	@$(UV) sync --quiet --frozen --python "$$($(PYTHON) -c 'import sys; print(sys.executable)')"
	@touch $@

demo: setup ## the main job on real files: pledge, inspect, declare, mark, check
	@$(RUN)/python examples/demo.py demo-out

test: setup ## every test but the long ones, of which a sample runs
	@$(RUN)/python -m pytest -n $(JOBS) -m "not slow"

test-all: setup ## every test, long ones in full
	@MYSELF_I2I_FULL=1 $(RUN)/python -m pytest -n $(JOBS)

check: lint types layers ## what CI asks before the tests

lint: setup
	@$(RUN)/ruff check .
	@$(RUN)/ruff format --check .

types: setup
	@$(RUN)/mypy

layers: setup
	@$(RUN)/lint-imports

format: setup
	@$(RUN)/ruff check --fix . ; $(RUN)/ruff format .

corpus: setup ## score inspection on real files that are not in this repository
	@$(RUN)/python scripts/score_corpus.py $(CORPUS)

bench: setup ## ratios against named peers, measured in one run
	@$(RUN)/python benchmarks/run.py && $(RUN)/python benchmarks/mark.py && $(RUN)/python benchmarks/memory.py

TARGET  ?= check
SECONDS ?= 300
fuzz: setup ## coverage-guided fuzzing, where atheris installs
	@test -d .fuzz || { $(UV) venv -q .fuzz && $(UV) pip install -q --python .fuzz/bin/python atheris -e .; }
	@.fuzz/bin/python fuzz/run.py $(TARGET) $(SECONDS)

coverage: setup
	@$(RUN)/coverage erase; $(RUN)/coverage run -m pytest -m "not slow" -q -p no:cacheprovider; $(RUN)/coverage combine -q; $(RUN)/coverage report

clean:
	rm -rf $(VENV) $(TOOL) .fuzz .bench demo-out corpus-out dist .coverage*
