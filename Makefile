# 诉达 Suda.  make run 运行 · make test 测试 · make check 检查 · make bench 性能 · make install 只装环境
SHELL := /bin/bash
PYTHON ?= $(firstword $(foreach p,python3.12 python3.11 python3,$(shell command -v $(p) 2>/dev/null)))
BIN := .venv/bin
STAMP := .venv/.installed

.PHONY: install run test check bench lock clean
.DEFAULT_GOAL := run

install: $(STAMP)

# The stamp holds the lock's hash: up to date means nothing is done.
$(STAMP): requirements.lock
	@$(PYTHON) -c 'import sys; v = sys.version_info[:2]; sys.exit(0 if (3, 11) <= v < (3, 13) else "需要 Python 3.11 或 3.12，这里是 %d.%d；可用 make PYTHON=python3.11 指定 (Python 3.11 or 3.12 is needed)" % v)'
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "缺少 python3-venv：apt-get install python3-venv python3-dev gcc make (python3-venv is missing)"; exit 1; }
	@echo "正在安装依赖，约一两分钟 (installing, a minute or two)"
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@touch $(STAMP)

run: install
	@$(BIN)/python run.py serve

test: install
	@$(BIN)/python -m pytest $(ARGS)

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
