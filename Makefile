# On a fresh machine with Python 3.11 or newer and make: `make demo`, `make test`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

# The setting of the demonstration; `make demo DEMO="--replications 2"` makes it smaller. Its
# figures go where no tracked file lies: those of figures/ are made by `make figures`.
DEMO ?=
DESIGNS := $(addprefix scenarios/,shared-hub.toml dedicated-hub.toml dedicated-hub-warm.toml)

.PHONY: demo figures test quick lint bench verify ladder campaigns findings coverage pairing growth notebooks output docs clean

demo: $(READY)
	$(BIN)/relaysim compare $(DESIGNS) --figures out/demo $(DEMO)
	$(BIN)/relaysim report $(DESIGNS) --out out/report --no-flip --no-sizing --no-sensitivity $(DEMO)

figures: $(READY)
	$(BIN)/python benchmarks/figures.py

test: $(READY)
	$(BIN)/pytest -n auto --dist loadfile

quick: $(READY)
	$(BIN)/pytest -n auto tests/mail tests/theory tests/plan tests/test_plain_words.py tests/engine/test_delivery.py \
		tests/engine/test_sessions.py tests/engine/test_queue_retry.py tests/engine/test_hand_over.py

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(READY)
	$(BIN)/python benchmarks/throughput.py --growth

verify: $(READY)
	$(BIN)/python benchmarks/verification.py

ladder: $(READY)
	$(BIN)/python benchmarks/ladder.py

campaigns: $(READY)
	$(BIN)/python benchmarks/campaigns.py > docs/campaigns.new && mv docs/campaigns.new docs/campaigns.md

findings: $(READY)
	$(BIN)/python benchmarks/findings.py > docs/findings.new && mv docs/findings.new docs/findings.md

coverage: $(READY)
	$(BIN)/python benchmarks/coverage.py

pairing: $(READY)
	$(BIN)/python benchmarks/pairing.py

growth: $(READY)
	$(BIN)/python benchmarks/growth.py

notebooks: $(READY)
	$(BIN)/python benchmarks/notebooks.py

output: $(READY)
	$(BIN)/python -c "from relaysim.measure.output_reference import document; \
	print('# What comes out', document(), sep='\n\n')" > docs/output.new && mv docs/output.new docs/output.md

docs: $(READY)
	$(BIN)/sphinx-build -E -W --keep-going -n -q -b html docs docs/_build/html

$(READY): pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "relaysim needs Python 3.11 or newer")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet --editable '.[dev]'
	touch $@

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache dist docs/_build
