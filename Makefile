# One command each: make demo, make test, make check. Needs Python 3.11 or newer and make.
PYTHON ?= $(firstword $(foreach name,python3 python3.14 python3.13 python3.12 python3.11,$(shell \
	command -v $(name) >/dev/null 2>&1 && $(name) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $(name))))
VENV ?= .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
CHECKOV_VENV ?= .venv-checkov
CHECKOV_STAMP := $(CHECKOV_VENV)/.installed
AXE := .axe/node_modules/axe-core/package.json
PYTEST := $(BIN)/pytest -q -n 2 --dist loadgroup

.DEFAULT_GOAL := help
.PHONY: help setup browser demo test check oracle format schemas catalog goldens docs readme bench wheel lock clean

help:  ## show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-9s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(STAMP) $(CHECKOV_STAMP)  ## make .venv with exactly the versions the suite ran on

# An editable install leaves bytecode to the first run, or to none where PYTHONDONTWRITEBYTECODE is set; a wheel brings it.
$(STAMP): pyproject.toml constraints.txt
	@test -n "$(PYTHON)" || { echo "planner needs Python 3.11 or newer: make PYTHON=/path/to/python3.11" >&2; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Setting up $(VENV) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@$(BIN)/python -m compileall -q planner
	@touch $@

# checkov pins boto3 and others that planner needs newer, so it has an environment of its own.
$(CHECKOV_STAMP): constraints-checkov.txt
	@test -n "$(PYTHON)" || { echo "planner needs Python 3.11 or newer: make PYTHON=/path/to/python3.11" >&2; exit 1; }
	@test -x $(CHECKOV_VENV)/bin/python || $(PYTHON) -m venv $(CHECKOV_VENV)
	@echo "Setting up $(CHECKOV_VENV) ..."
	@$(CHECKOV_VENV)/bin/python -m pip install --quiet --disable-pip-version-check -c constraints-checkov.txt checkov
	@touch $@

# What looks at reports. A machine without apt, root, npm or network goes without: those tests then say what is missing.
browser: $(AXE)  ## get Chromium and axe-core for the tests of reports, where apt and npm can
	@command -v chromium >/dev/null 2>&1 || { command -v apt-get >/dev/null 2>&1 && test "$$(id -u)" = 0 \
		&& { apt-get install -y -qq chromium || { apt-get update -qq && apt-get install -y -qq chromium; }; } >/dev/null 2>&1; } \
		|| echo "No Chromium, and apt-get cannot install it here; reports are not opened in a browser." >&2

$(AXE):
	@{ command -v npm >/dev/null 2>&1 && npm install --silent --no-fund --no-audit --prefix .axe axe-core@4 >/dev/null 2>&1; } \
		|| echo "No axe-core: npm is missing or cannot reach its registry." >&2

demo: $(STAMP)  ## plan the storefront sample
	@$(BIN)/planner plan samples/storefront.yaml

test: $(STAMP) $(CHECKOV_STAMP) browser  ## run the test suite
	@$(PYTEST)

check: $(STAMP) $(CHECKOV_STAMP) browser  ## format, lint, types, layers, tests
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/pytest -q tests/test_layers.py
	@$(PYTEST)

format: $(STAMP)  ## format and apply safe fixes
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

schemas: $(STAMP)  ## write schemas/ from the models
	@$(BIN)/python tools/make_schemas.py

catalog: $(STAMP)  ## check and compile the YAML files of catalogs/
	@$(BIN)/python tools/compile_catalog.py

goldens: $(STAMP)  ## accept the present output as the expected one; read the diff
	@$(BIN)/pytest -q --snapshot-update

docs: $(STAMP)  ## write docs/reference/ and the site, build/docs/index.html
	@$(BIN)/python tools/make_reference.py
	@test -x .venv-docs/bin/mkdocs || { $(PYTHON) -m venv .venv-docs && \
		.venv-docs/bin/python -m pip install --quiet --disable-pip-version-check 'mkdocs-material>=9.6,<10'; }
	@NO_MKDOCS_2_WARNING=1 .venv-docs/bin/mkdocs build --quiet -f tools/mkdocs.yml

readme: $(STAMP)  ## put the real output of the demo into README.md
	@$(BIN)/python tools/refresh_readme.py

bench: $(STAMP)  ## measure, write benchmarks/RESULTS.md
	@$(BIN)/python benchmarks/run.py
	@$(BIN)/python benchmarks/placement.py
	@$(BIN)/python benchmarks/asking.py
	@$(BIN)/python benchmarks/bom.py
	@$(BIN)/python benchmarks/exports.py

oracle: $(STAMP)  ## the slow, thorough runs: brute force and random documents
	@MUTATION_LEAVES=all HYPOTHESIS_PROFILE=search ORACLE_EXAMPLES=10000 DOCUMENT_EXAMPLES=2000 METAMORPHIC_EXAMPLES=200 EXPORT_EXAMPLES=300 EDITS_SHARE=1 \
		$(BIN)/python -m pytest -n 2 tests/solver tests/placement tests/test_documents.py tests/test_metamorphic.py \
		tests/export/test_drawn.py tests/verify/test_mutation.py tests/reconcile/test_altered.py

wheel: $(STAMP)  ## build dist/*.whl
	@$(BIN)/python -m hatchling build -t wheel

lock:  ## write constraints*.txt from fresh environments
	@rm -rf $(VENV)-lock && $(PYTHON) -m venv $(VENV)-lock
	@$(VENV)-lock/bin/python -m pip install --quiet --disable-pip-version-check -e '.[dev]'
	@{ echo "# The whole environment the suite ran on (Python 3.11). Made by: make lock"; \
		$(VENV)-lock/bin/python -m pip freeze --exclude-editable; } > constraints.txt
	@rm -rf $(VENV)-lock && $(PYTHON) -m venv $(VENV)-lock
	@$(VENV)-lock/bin/python -m pip install --quiet --disable-pip-version-check checkov
	@{ echo "# checkov in an environment of its own (Python 3.11). Made by: make lock"; $(VENV)-lock/bin/python -m pip freeze; } > constraints-checkov.txt
	@rm -rf $(VENV)-lock

clean:  ## remove what was built
	@rm -rf $(VENV) $(CHECKOV_VENV) $(VENV)-lock .venv-docs dist build .mypy_cache .pytest_cache .ruff_cache .hypothesis
