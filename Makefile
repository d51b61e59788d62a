# Two commands for newcomers: make demo, make test. Everything else is in config/launch.

# The first Python on PATH that is new enough; name another with PYTHON=...
PYTHON ?= $(firstword $(foreach name,python3 python3.13 python3.12 python3.11 python,\
  $(shell $(name) -c 'import sys; sys.version_info < (3, 11) or print("$(name)")' 2>/dev/null)) python3)
LAUNCH := $(PYTHON) config/launch
# More words for the command behind a target: make test ARGS="tests/accounts -x"
ARGS ?=

.DEFAULT_GOAL := help
.PHONY: help setup demo test check bench reset lock

help:
	@echo "make demo    start the product here with a demo company (PORT=8000)"
	@echo "make test    run the whole test suite"
	@echo "make check   linters, types, migrations, message catalogues"
	@echo "make bench   the register's benchmark"
	@echo "make setup   install what the above need, nothing else"
	@echo "make reset   remove this machine's data and start over"

setup demo test check bench reset:
	@$(LAUNCH) $@ $(ARGS)

# Pins again what requirements/*.in ask for.
lock:
	@for set in base dev; do .venv/bin/uv pip compile --quiet --upgrade --universal \
	  --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links \
	  requirements/$$set.in -o requirements/$$set.txt || exit 1; done
