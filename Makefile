# Each target sets up what it needs in .venv; a second run starts at once.
#   make demo       reviews of the sample squad, written to reports/
#   make test       everything, as the continuous integration runs it
#   make lint       ruff and mypy
#   make notebooks  every notebook over the sample squad, written to reports/
#   make gallery    every page of the sample squad as pictures, written to docs/img/
#   make bench      what is fast, beside its peers, written to benchmarks/README.md
#   make samples    data/sample and what is shipped in runlab/data/samples, written anew by tools/simulate
#   make mutants    60 small faults, one after the other: the tests must notice 85 % (SEED=2 COUNT=120 ONLY=load)
VENV := .venv
PYTHON := $(VENV)/bin/python
RUNLAB := $(VENV)/bin/runlab
SQUAD := data/sample/squad
PIP := $(PYTHON) -m pip --disable-pip-version-check --no-input

# A dot per package, and every error; the stamp says whether all went well.
DOTS := awk '/^(Collecting|Processing)/ {printf "."; fflush()} /^(ERROR|error)/ {print ""; print} END {print ""}'

.PHONY: demo test lint notebooks gallery bench samples mutants clean

demo: $(VENV)/.notebooks-installed
	@echo "Reading $(SQUAD) and writing one review per athlete ..."
	@$(RUNLAB) report athlete-review $(SQUAD) --athlete all --output reports --jobs 2 > /dev/null
	@echo "Open any of these in a browser:"
	@for page in reports/athlete-review-*.html; do echo "  $(CURDIR)/$$page"; done

test: $(VENV)/.dev-installed
	$(PYTHON) -m pytest -n 2 --dist loadfile

lint: $(VENV)/.dev-installed
	$(PYTHON) -m ruff check .
	$(PYTHON) -m ruff format --check .
	$(PYTHON) -m mypy

notebooks: $(VENV)/.notebooks-installed
	@for notebook in notebooks/*.ipynb; do \
		$(RUNLAB) report $$notebook $(SQUAD) --output reports/$$(basename $$notebook .ipynb).html || exit 1; \
	done

gallery: $(VENV)/.dev-installed
	$(PYTHON) tools/gallery.py

bench: $(VENV)/.bench-installed
	@for script in benchmarks/bench_*.py benchmarks/honesty_*.py; do echo "$$script"; $(PYTHON) $$script || exit 1; done

samples: $(VENV)/.notebooks-installed
	$(PYTHON) data/sample/make.py

SEED := 1
COUNT := 60
ONLY :=
mutants: $(VENV)/.dev-installed
	$(PYTHON) tools/mutants.py --seed $(SEED) --count $(COUNT) --only "$(ONLY)"

clean:
	rm -rf reports build dist

$(PYTHON):
	@sh tools/make_venv.sh $(VENV)

$(VENV)/.notebooks-installed: pyproject.toml | $(PYTHON)
	@echo "Installing runlab and JupyterLab into $(VENV) (a minute or two the first time) ..."
	@$(PIP) install --quiet --upgrade "pip>=25.1"
	@rm -f $@; { $(PIP) install --editable ".[notebooks]" && touch $@; } 2>&1 | $(DOTS); test -f $@

$(VENV)/.dev-installed: pyproject.toml | $(PYTHON)
	@echo "Installing runlab with its test tools into $(VENV) (a minute or two the first time) ..."
	@$(PIP) install --quiet --upgrade "pip>=25.1"
	@rm -f $@; { $(PIP) install --editable ".[notebooks,timezone]" --group dev && touch $@; } 2>&1 | $(DOTS); test -f $@
	@touch $(VENV)/.notebooks-installed

$(VENV)/.bench-installed: $(VENV)/.dev-installed
	@$(PIP) install --quiet --group bench
	@touch $@
