# On a fresh machine with Python 3.11 or newer and make: `make demo`, `make test`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
# The compiled engine: made anew when its sources change.
ENGINE := $(VENV)/.engine
CPP := $(wildcard relaysim/engine/fast/*.[ch]pp relaysim/engine/fast/*/*.[ch]pp)

# The setting of the demonstration; `make demo DEMO="--replications 2"` makes it smaller. Its
# figures go where no tracked file lies: those of figures/ are made by `make figures`.
DEMO ?=
DESIGNS := $(addprefix scenarios/,shared-hub.toml dedicated-hub.toml dedicated-hub-warm.toml)

.PHONY: demo figures test quick lint bench verify ladder campaigns findings coverage pairing growth calibration parity validate sanitize notebooks output header docs clean

demo: $(ENGINE)
	$(BIN)/relaysim compare $(DESIGNS) --figures out/demo $(DEMO)
	$(BIN)/relaysim report $(DESIGNS) --out out/report --no-flip --no-sizing --no-sensitivity $(DEMO)

figures: $(ENGINE)
	$(BIN)/python benchmarks/figures.py

test: $(ENGINE)
	$(BIN)/pytest -n auto --dist loadfile --no-loadscope-reorder

quick: $(ENGINE)
	$(BIN)/pytest -n auto tests/mail tests/theory tests/plan tests/test_plain_words.py tests/engine/test_delivery.py \
		tests/engine/test_sessions.py tests/engine/test_queue_retry.py tests/engine/test_hand_over.py

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(ENGINE)
	$(BIN)/python benchmarks/throughput.py --growth

verify: $(ENGINE)
	$(BIN)/python benchmarks/verification.py

ladder: $(ENGINE)
	$(BIN)/python benchmarks/ladder.py

campaigns: $(ENGINE)
	$(BIN)/python benchmarks/campaigns.py > docs/campaigns.new && mv docs/campaigns.new docs/campaigns.md

findings: $(ENGINE)
	$(BIN)/python benchmarks/findings.py > docs/findings.new && mv docs/findings.new docs/findings.md

coverage: $(ENGINE)
	$(BIN)/python benchmarks/coverage.py

pairing: $(ENGINE)
	$(BIN)/python benchmarks/pairing.py

growth: $(ENGINE)
	$(BIN)/python benchmarks/growth.py

calibration: $(ENGINE)
	$(BIN)/python benchmarks/calibration.py > docs/background/calibration.new && \
		mv docs/background/calibration.new docs/background/calibration.md

parity: $(ENGINE)
	$(BIN)/python benchmarks/parity.py worlds
	$(BIN)/python benchmarks/parity.py reach
	$(BIN)/python benchmarks/parity.py coverage
	$(BIN)/python benchmarks/parity.py mutants

# A real Postfix on loopback, as root; CASES="burst chain" takes some cases and writes no page.
CASES ?=
validate: $(ENGINE)
	PYTHONPATH=benchmarks $(BIN)/python -m validation $(CASES)

# WORLDS=0 takes those of the test suite and all scenarios.
WORLDS ?= 0
sanitize: $(ENGINE)
	$(BIN)/python benchmarks/parity.py sanitizers --worlds $(WORLDS)

notebooks: $(ENGINE)
	$(BIN)/python benchmarks/notebooks.py

output: $(READY)
	$(BIN)/python -c "from relaysim.measure.output_reference import document; \
	print('# What comes out', document(), sep='\n\n')" > docs/output.new && mv docs/output.new docs/output.md

header: $(READY)
	$(BIN)/python -c "from relaysim.engine.fast import header; header.write()"

docs: $(READY)
	$(BIN)/sphinx-build -E -W --keep-going -n -q -b html docs docs/_build/html

$(READY): pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "relaysim needs Python 3.11 or newer")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet --editable '.[dev]'
	touch $@

# Without a compiler, Zig is one that comes as a Python package.
$(ENGINE): $(READY) $(CPP)
	$(BIN)/python -m relaysim.engine.fast.build || { $(BIN)/python -m pip install --quiet ziglang && \
		$(BIN)/python -m relaysim.engine.fast.build; }
	touch $@

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache dist docs/_build
