# Needs make and Python 3.11 or newer with venv and pip; everything else goes into .venv. Where there is a C compiler the
# kernels are built; without one all works on NumPy.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
CMAKE ?= $(shell command -v cmake || echo $(BIN)/cmake)
# What it builds with, pip constrains by the second of these, older versions by the first.
PIP := PIP_CONSTRAINT=constraints.txt PIP_BUILD_CONSTRAINT=constraints.txt $(BIN)/pip -q --disable-pip-version-check

.DEFAULT_GOAL := help
.PHONY: help demo test lint format docs kernels arm fuzz wheel clean
.NOTPARALLEL:

help:  ## Say what can be made
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: .venv/runtime .venv/kernels  ## Quantize the digits classifier and check it on digits it has not seen
	@$(BIN)/python examples/digits/demo.py

test: .venv/test .venv/kernels  ## Lint, types, layers, and all tests
	@$(MAKE) --no-print-directory lint
	$(BIN)/pytest -n auto

lint: .venv/test  ## Lint, format, types and layers, without tests
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

format: .venv/test  ## Put the code into its one format
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

docs: .venv/test  ## Write the generated pages of docs/
	$(BIN)/python docs/generate.py

kernels: $(CMAKE)  ## Build the C kernels again, only what has changed
	@$(CMAKE) -S . -B build/kernels -DCMAKE_BUILD_TYPE=Release -DINTACT_IN_PLACE=ON >/dev/null
	@MAKEFLAGS=--no-print-directory $(CMAKE) --build build/kernels --parallel
	@if [ -d .venv ]; then touch .venv/kernels; fi

# Debian: gcc-aarch64-linux-gnu libc6-dev-arm64-cross qemu-user
arm: $(CMAKE)  ## Compare the Arm kernels with the portable ones under an emulator
	@$(CMAKE) -S . -B build/arm -DCMAKE_SYSTEM_NAME=Linux -DCMAKE_SYSTEM_PROCESSOR=aarch64 -DCMAKE_C_COMPILER=aarch64-linux-gnu-gcc >/dev/null
	@MAKEFLAGS=--no-print-directory $(CMAKE) --build build/arm --parallel --target levels
	qemu-aarch64 -cpu max -L /usr/aarch64-linux-gnu build/arm/levels $(CASES)

# Debian: clang libclang-rt-14-dev
CLANG ?= $(shell command -v clang || command -v clang-14)
fuzz: $(CMAKE)  ## Draw cases of all kernels by coverage for a minute, under sanitizers
	@$(CMAKE) -S . -B build/fuzz -DCMAKE_C_COMPILER=$(CLANG) -DINTACT_SANITIZE=fuzzer-no-link,address,undefined >/dev/null
	@MAKEFLAGS=--no-print-directory $(CMAKE) --build build/fuzz --parallel --target fuzz
	build/fuzz/fuzz -max_total_time=60 -timeout=60 -rss_limit_mb=4000

wheel: .venv/runtime  ## Build a wheel of this platform into dist
	$(PIP) wheel --no-deps -w dist .

clean:  ## Remove everything that was made
	rm -rf .venv demo build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	rm -f src/intact/native/libintact.* digits_int8.tflite
	find src tests examples docs benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +

# Two stamps in one environment: who only wants the demo does not wait for the tools of the tests.
.venv/runtime: pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv
	$(PIP) install -e .
	@touch $@ .venv/kernels

.venv/test: pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv
	$(PIP) install -e '.[test]'
	@touch .venv/runtime .venv/kernels $@

.venv/kernels: CMakeLists.txt $(wildcard src/intact/native/c/*) | .venv/runtime
	$(PIP) install --no-deps -e .
	@touch $@

$(BIN)/cmake: | .venv/runtime
	$(PIP) install cmake
