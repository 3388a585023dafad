# Needs Python 3.11 or newer with venv, git and make; everything else is fetched into .venv.
.DEFAULT_GOAL := help
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
unexport PYTHONDONTWRITEBYTECODE
export UV_COMPILE_BYTECODE := 1
export UV_LINK_MODE := copy

PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready
DEMO := build/demo

.PHONY: help
help: ## show what can be made
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  \1\t\2/' | expand -t 16

$(READY): requirements/dev.txt pyproject.toml
	@echo "preparing .venv (once)"
	@$(PYTHON) -c 'import sys; sys.exit("autocoder needs Python 3.11 or newer" if sys.version_info < (3, 11) else 0)'
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@test -x $(BIN)/uv || $(BIN)/python -m pip install --quiet --require-hashes --no-deps -r requirements/uv.txt
	@$(BIN)/uv pip sync --quiet --python $(BIN)/python --require-hashes requirements/dev.txt
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	@touch $@

.PHONY: environment
environment: $(READY) ## prepare .venv with everything that development needs

.PHONY: demo
demo: $(READY) ## build an example from prose to a signed, verified package
	@$(BIN)/autocoder build examples/link-shortener.md --out $(DEMO)/link-shortener --accept-defaults
	@echo
	@echo "Look at it:    $(DEMO)/link-shortener/architecture.yaml"
	@echo "Start it:      $(BIN)/autocoder run $(DEMO)/link-shortener"
	@echo "Verify it:     $(BIN)/autocoder verify $(DEMO)/link-shortener/dist/link-shortener-0.1.0.tar.gz --source $(DEMO)/link-shortener"
	@echo "Your own:      $(BIN)/autocoder build \"A to-do list API.\" --out $(DEMO)/todo"

.PHONY: test
test: $(READY) ## run the whole suite
	@$(BIN)/pytest -n 2 --dist loadfile

.PHONY: quick
quick: $(READY) ## run the quick part of the suite
	@$(BIN)/pytest -m "not slow"

MODEL := build/model/env

$(MODEL)/.ready: requirements/model.txt $(READY)
	@echo "preparing $(MODEL) (once; builds llama.cpp, which takes minutes)"
	@$(BIN)/uv venv --quiet --clear $(MODEL)
	@$(BIN)/uv pip sync --quiet --require-hashes --python $(MODEL)/bin/python requirements/model.txt
	@touch $@

.PHONY: test-model
ifdef AUTOCODER_MODEL_URL
test-model: $(READY) ## read the corpus with a model (yours by AUTOCODER_MODEL_URL and AUTOCODER_MODEL, else a tiny one)
	@$(BIN)/python benchmarks/model.py
else
test-model: $(READY) $(MODEL)/.ready
	@$(BIN)/python benchmarks/model.py $(MODEL)
endif

.PHONY: lint
lint: $(READY) ## lint, format check, types, security scan of our own code
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/pyright
	@$(BIN)/bandit --quiet --recursive autocoder --severity-level medium --configfile pyproject.toml

.PHONY: format
format: $(READY) ## format our own code
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

.PHONY: generated
generated: $(READY) ## regenerate schemas, goldens and reference pages
	@$(BIN)/autocoder gen write

.PHONY: lock
lock: $(READY) ## lock our dependencies again, hashed, for every platform
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header pyproject.toml -o requirements/runtime.txt
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header -c requirements/runtime.txt pyproject.toml requirements/dev.in -o requirements/dev.txt
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header requirements/model.in -o requirements/model.txt
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header requirements/client.in -o requirements/client.txt
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header requirements/mutation.in -o requirements/mutation.txt
	@echo uv | $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate -c requirements/runtime.txt - -o requirements/uv.txt

.PHONY: wheel
wheel: $(READY) ## build the wheel into dist/
	@$(BIN)/python -m build --no-isolation --wheel --outdir dist . >/dev/null
	@ls dist/*.whl

.PHONY: clean
clean: ## remove what make made, .venv included
	@rm -rf .venv build dist .pytest_cache .ruff_cache .hypothesis
