# Everything is set up by the target that needs it, once; `make help` lists the targets.
# make ends with 2 whatever failed; `doc-check`, `spec-diff` and `conform` run commands whose own exit
# codes say more (docs/regenerating.md, docs/conformance.md).
# Another Python: `make PYTHON=python3.13 test` (after `make clean`).
PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
COMMA := ,
READY := $(VENV)/.installed
MUTMUT := $(VENV)/.mutmut
ZENSICAL := $(VENV)/.zensical
PACKAGERS := $(VENV)/.packagers
INTEROP := $(VENV)/interop
# What listens on the loopback is not behind a proxy.
export NO_PROXY := 127.0.0.1,localhost$(if $(NO_PROXY),$(COMMA)$(NO_PROXY))
export no_proxy := $(NO_PROXY)

.DEFAULT_GOAL := help
.PHONY: help demo check quick test test-all mypy pyright conform mutants mutation generate check-generated doc-check spec-diff \
  rehearse interop lint types lock bench docs recordings build check-package test-wheel audit clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-17s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: $(READY) ## Start the mock, check the contract, show a ticket of several pages
	@echo "== Demo"
	@$(PY) tools/demo.py

PYTEST := -m pytest -q --numprocesses auto
# What waits, starts many processes, draws many examples or runs whole checks is left to `make test`.
LONG := $(addprefix --ignore=tests/,cli conformance contract examples faults rehearsal tools typing \
  $(addprefix _http/test_,bounded_answers.py cancelling.py deadline.py event_loops.py fork.py) \
  huawei/test_sdk.py mock/test_server.py paging/test_promise.py \
  $(addprefix test_,bench.py concurrency.py docs.py generate.py prefetch.py public_api.py \
  pytest_plugin.py recordings.py)) \
  --deselect=tests/test_openapi.py::test_plain_schemathesis_finds_nothing_in_the_mock

check: lint types quick ## Check style, types and the quick tests: the loop of a change (a minute)

quick: $(READY)
	@echo "== Quick tests"
	@$(PY) $(PYTEST) $(LONG)

test: lint types check-generated spec-diff ## Run what CI's job test runs (minutes)
	@echo "== Tests, with coverage"
	@$(PY) -m coverage erase
	@$(PY) -m coverage run $(PYTEST)
	@$(PY) -m coverage combine --quiet
	@$(PY) -m coverage report

test-all: test mutants ## Run also what is sampled there: fault walks, rehearsals, mutants (long)
	@$(MAKE) --no-print-directory interop
	@echo "== Tests that are sampled otherwise"
	@$(PY) $(PYTEST) -m "exhaustive or rehearsal"

conform: $(READY) ## Check a server: make conform BASE_URL=... EXECUTION_ID="EX1 EX2"
	@test -n "$(BASE_URL)" -a -n "$(EXECUTION_ID)" || { \
	  echo 'make conform needs BASE_URL=... and EXECUTION_ID="EX1 EX2"' >&2; exit 2; }
	@$(VENV)/bin/coc-steps conform --base-url "$(BASE_URL)" \
	  $(foreach id,$(EXECUTION_ID),--execution-id "$(id)")

mutants: $(READY) ## Check all broken and honest servers, and make the tables of docs/mutants.md
	@echo "== Mutants"
	@$(PY) tools/mutants.py

mutation: $(MUTMUT) ## Check that the tests notice changes of the paging, the signature and the errors
	@echo "== Mutation testing"
	@$(PY) tools/mutation.py $(MODULE)

generate: $(READY) ## Make generated/coc_steps_api from openapi.yaml
	@echo "== Generating"
	@$(PY) tools/generate.py

check-generated: $(READY) ## Fail if generated/ is not what openapi.yaml gives
	@echo "== Generated package"
	@$(PY) tools/generate.py --check

doc-check: $(READY) ## Compare a saved copy of the vendor's page with openapi.yaml: PAGE=file
	@test -n "$(PAGE)" || { echo "make doc-check needs PAGE=file" >&2; exit 2; }
	@PYTHONPATH=tools $(PY) -m doc_check "$(PAGE)"

spec-diff: $(READY) ## Say what changed in openapi.yaml, and whether it breaks callers: BASE=revision
	@echo "== Changes of openapi.yaml"
	@$(PY) tools/spec_diff.py $(BASE)

rehearse: $(READY) ## Take a copy of the project through each change of docs/regenerating.md (minutes)
	@echo "== Rehearsal"
	@$(PY) $(PYTEST) tests/rehearsal -m ""

interop: $(INTEROP)/.installed ## Load openapi.yaml with tools of others
	@echo "== Tools of others"
	@$(PY) -m pytest tests/interop -m interop

lint: $(READY) ## Check style and format, and lint openapi.yaml
	@echo "== Style and format"
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .
	@echo "== Rooms: who may look where"
	@$(VENV)/bin/lint-imports --no-cache
	@echo "== openapi.yaml"
	@$(VENV)/bin/openapi-spec-validator openapi.yaml
	@tools/node.sh "redocly lint of openapi.yaml" redocly lint openapi.yaml

types: ## Check types: mypy, and pyright by its strict rules, side by side
	@echo "== Types"
	@$(MAKE) --no-print-directory --jobs 2 mypy pyright

mypy: $(READY)
	@$(PY) -m mypy --strict wrapper generated/coc_steps_api tools tests examples

pyright: $(READY)
	@echo "pyright takes half a minute"
	@tools/node.sh "pyright" pyright --pythonpath $(PY)

COMPILE = UV_CUSTOM_COMPILE_COMMAND="make lock" $(VENV)/bin/uv pip compile --quiet \
  --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate \
  $(if $(UPGRADE),--upgrade)

lock: $(READY) ## Pin what pyproject.toml asks for in requirements-*.txt (UPGRADE=1: the newest)
	@echo "== Locking"
	@$(COMPILE) --all-extras --group dev pyproject.toml -o requirements-dev.txt
	@$(COMPILE) --group mutation -c requirements-dev.txt -o requirements-mutation.txt
	@$(COMPILE) --group docs -c requirements-dev.txt -o requirements-docs.txt
	@$(COMPILE) --group interop -o requirements-interop.txt
	@$(COMPILE) --group package -c requirements-dev.txt -o requirements-package.txt

bench: $(READY) ## Compare what a step costs, write docs/performance.md (QUICK=1: only try it out)
	@echo "== Benchmark$(if $(QUICK),: a quick try)"
	@$(PY) tools/bench.py $(if $(QUICK),--quick)

docs: $(ZENSICAL) ## Build the documentation into site/; a warning is an error (REPOSITORY=address: link it)
	@echo "== Documentation"
	@sed 's,^site_dir.*,&\ncopyright = "coc-steps $(shell $(VENV)/bin/uv version --short)"$(if \
	  $(REPOSITORY),\nrepo_url = "$(REPOSITORY)"),' zensical.toml > .zensical.toml
	@$(VENV)/bin/zensical build --clean --strict --config-file .zensical.toml

recordings: $(READY) ## Record what the commands in docs/ print, and the pictures, on the mock
	@echo "== Recording"
	@$(PY) tools/record.py

# The bytes depend on the commit alone; the files of a source distribution have its time, too.
build check-package test-wheel: export SOURCE_DATE_EPOCH ?= \
  $(shell git log -1 --format=%ct 2>/dev/null || date -r PKG-INFO +%s)

build: $(READY) ## Build the source distribution and the wheel into dist/
	@echo "== Building"
	@rm -rf dist
	@$(VENV)/bin/hatchling build

check-package: build $(PACKAGERS) ## Build, and check that the archives are complete and reproducible
	@echo "== Checking the package"
	@$(VENV)/bin/twine check --strict dist/*
	@$(VENV)/bin/check-wheel-contents dist/*.whl
	@$(VENV)/bin/check-sdist --no-isolation
	@echo "-- Built again from the source distribution, elsewhere and with other settings"
	@again=$$(mktemp -d) && trap 'rm -rf "$$again"' EXIT && \
	  tar -xzf dist/*.tar.gz -C "$$again" --strip-components 1 && rm "$$again/PKG-INFO" && \
	  (umask 077 && cd "$$again" && LC_ALL=C PYTHONHASHSEED=7 TZ=Asia/Shanghai HATCH_QUIET=1 \
	    $(abspath $(VENV))/bin/hatchling build) && \
	  diff -r dist "$$again/dist" && echo "The same bytes."

test-wheel: build ## Build, install the wheel as people do and test it without the source (minutes)
	@echo "== Testing the wheel"
	@tools/try_wheel.sh $(PYTHON)

audit: $(PACKAGERS) ## Look for risks in the workflows and known vulnerabilities in what is pinned
	@echo "== Workflows"
	@$(VENV)/bin/zizmor --offline --quiet .github/workflows
	@echo "== Pinned packages"
	@tools/audit.sh requirements-*.txt

clean: ## Remove everything that make made, .venv and node_modules too
	@rm -rf $(VENV) node_modules dist site .coverage .coverage.* .mypy_cache .pytest_cache .ruff_cache \
	  .hypothesis .schemathesis
	@find wrapper generated tools tests -name __pycache__ -type d -prune -exec rm -rf {} +

$(READY): pyproject.toml requirements-dev.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	  echo "coc-steps needs Python 3.11 or later; $(PYTHON) is" \
	    "$$($(PYTHON) --version 2>/dev/null || echo missing). Try: make PYTHON=python3.13" >&2; exit 1; }
	@echo "== Setting up $(VENV) (requirements-dev.txt)"
	@test -x $(PY) || $(PYTHON) -m venv --clear $(VENV)
	@$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@$(PY) -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(MUTMUT): requirements-mutation.txt $(READY)
	@echo "== Adding mutmut to $(VENV) (requirements-mutation.txt)"
	@$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-mutation.txt
	@touch $@

# An environment of its own: what these tools need does not fit what the project pins.
$(INTEROP)/.installed: requirements-interop.txt $(READY)
	@echo "== Setting up $(INTEROP) (requirements-interop.txt)"
	@$(VENV)/bin/uv venv --quiet --clear --python $(PY) $(INTEROP)
	@$(VENV)/bin/uv pip sync --quiet --python $(INTEROP)/bin/python --require-hashes requirements-interop.txt
	@touch $@

$(ZENSICAL): requirements-docs.txt $(READY)
	@echo "== Adding zensical to $(VENV) (requirements-docs.txt)"
	@$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-docs.txt
	@touch $@

$(PACKAGERS): requirements-package.txt $(READY)
	@echo "== Adding what checks the package to $(VENV) (requirements-package.txt)"
	@$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-package.txt
	@touch $@
