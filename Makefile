# 诉达 Suda.  make run 运行 · make test 测试 · make check 检查 · make bench 性能 · make install 只装环境
SHELL := /bin/bash
# The first interpreter that really runs and has the right version: a name on the PATH may be a shim without one behind it.
FITS := import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 13))
PYTHON ?= $(shell for p in python3 python3.12 python3.11; do $$p -c '$(FITS)' 2>/dev/null && { echo $$p; break; }; done)
BIN := .venv/bin
# Tests run beside each other, a file on one of so many processes: make test WORKERS=0 runs them one after the other.
WORKERS ?= auto
STAMP := .venv/.installed

.PHONY: install run test test-servers check bench lock clean
.DEFAULT_GOAL := run

install: $(STAMP)

# The stamp holds the lock's hash: up to date means nothing is done.
$(STAMP): requirements.lock
	@test -n "$(PYTHON)" || { echo "需要 Python 3.11 或 3.12；装好后可用 make PYTHON=python3.11 指定 (Python 3.11 or 3.12 is needed)"; exit 1; }
	@$(PYTHON) -c '$(FITS)' || { echo "$(PYTHON) 不是 Python 3.11 或 3.12 (is not Python 3.11 or 3.12)"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "缺少 python3-venv：apt-get install python3-venv python3-dev gcc make (python3-venv is missing)"; exit 1; }
	@$(PYTHON) -c 'import os, sys, sysconfig; sys.exit(not os.path.exists(sysconfig.get_path("include") + "/Python.h"))' && command -v gcc >/dev/null || { echo "缺少 gcc 或 Python.h：apt-get install python3-dev gcc (gcc or Python.h is missing)"; exit 1; }
	@echo "正在安装依赖，约一两分钟 (installing, a minute or two)"
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@touch $(STAMP)

run: install
	@$(BIN)/python run.py serve

test: install
	@$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder $(ARGS)

# The same tests on PostgreSQL and Redis, both started from wheels: make test-servers SLICE=tests runs all of them there.
SLICE ?= tests/cli/test_serve.py tests/worker/test_loop.py tests/wiring/test_desk.py $(filter-out $(wildcard tests/stories/*browser*.py) %any_course.py,$(wildcard tests/stories/test_*.py))

test-servers: install
	@SUDA_TEST_DATABASE=postgresql SUDA_TEST_BROKER=redis $(BIN)/python -m pytest -n $(WORKERS) --dist loadfile $(SLICE) $(ARGS)

check: install
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/python -m pytest -q tests/house
	@$(BIN)/python run.py rules check

bench: install
	@$(BIN)/python -m bench

# For maintainers: pin anew from pyproject.toml. Needs uv; the result names no registry.
lock:
	uv pip compile pyproject.toml --group dev --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-header -o requirements.lock

clean:
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .hypothesis
