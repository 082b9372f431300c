# Lucky Gas 幸福氣: `make run` for the demo, `make test` for every test. Needs Python ≥ 3.12 and make.
# Recipes `exec` their command, so that a signal for make's child reaches the program itself.

PORT ?= 8000
HOST ?= 127.0.0.1
VENV := .venv
PY := $(VENV)/bin/python
INSTALLED := $(VENV)/.installed
MESSAGES := $(patsubst %.po,%.mo,$(wildcard locale/*/LC_MESSAGES/*.po))
EMBEDDED := $(PY) -m luckygas.embedded
# A file's tests stay with one worker, which makes the town they share once; the long ones come first.
WHOLE_FILES := --dist loadfile --no-loadscope-reorder
# For tools that read the settings and open no connection.
OFFLINE := DEMO=1 DATABASE_URL=postgresql:///none REDIS_URL=redis://none
LOCK := $(PY) -m uv pip compile --quiet --universal --python-version 3.12 --generate-hashes \
        --no-emit-index-url --no-header --no-annotate pyproject.toml

export PORT HOST
export PYTHONUNBUFFERED = 1
# Some containers forbid bytecode, and every start would compile Django anew: a start takes 10 s instead of 4.
export PYTHONDONTWRITEBYTECODE =

.PHONY: run test lint messages load screenshots audit alerts lock shell manage clean install
.DEFAULT_GOAL := run

run: install
	@DEMO=1 exec $(EMBEDDED) --name demo -- $(PY) manage.py serve

test: install
	@chromium="$$($(PY) -m tests.ensure_chromium)" || exit 1; \
	DEMO=1 CHROMIUM="$$chromium" exec $(EMBEDDED) --name test -- $(PY) -m pytest -n 3 $(WHOLE_FILES) $(ARGS)

# One proof at its stated figure, for example `make prove-driver-events`; its data is kept, so it resumes.
prove-%: install
	@DEMO=1 exec $(EMBEDDED) --name prove-$* -- $(PY) -m tests.proofs.$(subst -,_,$*) $(ARGS)

lint: install
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(OFFLINE) $(PY) -m mypy .
	$(VENV)/bin/lint-imports
	$(PY) -m djlint --quiet --lint templates

# Everybody of a working day against a shop of their own, with a report in reports/load.md: make load ARGS="--users 50"
load: install
	@DEMO=1 exec $(EMBEDDED) --name load -- $(PY) -m loadtests.run $(ARGS)

# Every page on a phone, a tablet and a desk into screenshots/; ARGS=--readme takes the README's three into docs/img/.
screenshots: install
	@chromium="$$($(PY) -m tests.ensure_chromium)" || exit 1; \
	DEMO=1 CHROMIUM="$$chromium" exec $(EMBEDDED) --name screenshots -- $(PY) -m tests.screenshots $(ARGS)

# Lighthouse on the pages that customers and drivers open first, with a report in reports/audit.md
audit: install
	@chromium="$$($(PY) -m tests.ensure_chromium)" || exit 1; \
	DEMO=1 CHROMIUM="$$chromium" exec $(EMBEDDED) --name audit -- $(PY) -m tests.audit $(ARGS)

# What each alert is for, told as series to Prometheus' own evaluator
alerts:
	@command -v promtool >/dev/null || { echo "Install prometheus to try its alerts: it brings promtool." >&2; exit 1; }
	promtool test rules ops/prometheus/alerts_test.yml

shell: install
	@DEMO=1 exec $(EMBEDDED) --join -- $(PY) manage.py shell

# make manage ARGS="migrate --plan"
manage: install
	@DEMO=1 exec $(EMBEDDED) --join -- $(PY) manage.py $(ARGS)

messages: install
	@command -v xgettext >/dev/null || { echo "Install gettext to collect messages: it brings xgettext." >&2; exit 1; }
	$(OFFLINE) $(PY) manage.py makemessages --locale zh_Hant --no-obsolete -i $(VENV) -i .run -i staticfiles
	$(OFFLINE) $(PY) manage.py makemessages --locale zh_Hant --no-obsolete -i $(VENV) -i .run -i staticfiles -d djangojs
	$(MAKE) install

lock: $(INSTALLED)
	$(PY) -m pip install --quiet --disable-pip-version-check uv
	$(LOCK) --output-file requirements.txt
	$(LOCK) --extra demo --extra test --extra lint --output-file requirements-dev.txt

# Forgets the demo's and the proofs' data and everything that was generated; .venv stays.
clean: $(INSTALLED)
	@for folder in .run/*/; do [ ! -d "$$folder" ] || $(EMBEDDED) --name "$$(basename "$$folder")" --erase || exit 1; done
	rm -rf .run staticfiles reports screenshots .pytest_cache .mypy_cache .ruff_cache .import_linter_cache
	rm -f $(MESSAGES)

install: $(INSTALLED) $(MESSAGES)

# A candidate counts when it runs: a pyenv shim may stand in PATH without a Python behind it.
$(INSTALLED): requirements-dev.txt
	@python=; for candidate in python3.13 python3.12 python3 python /usr/bin/python3 /usr/local/bin/python3; do \
	  if "$$candidate" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 12))' >/dev/null 2>&1; \
	  then python=$$candidate; break; fi; done; \
	if [ -z "$$python" ]; then \
	  echo "Lucky Gas needs Python 3.12 or newer with venv: install python3.13 (on Debian and Ubuntu also python3.13-venv) and run make again." >&2; \
	  exit 1; fi; \
	if ! $(PY) -c 'import sys, pip; sys.exit(sys.version_info < (3, 12))' >/dev/null 2>&1; then \
	  echo "Making .venv with $$("$$python" --version)"; "$$python" -m venv --clear $(VENV) || exit 1; fi; \
	echo "Installing the locked packages, which takes about a minute …"; \
	$(PY) -m pip install --quiet --no-compile --disable-pip-version-check --require-hashes -r requirements-dev.txt && touch $@

# Babel compiles where gettext is missing.
%.mo: %.po $(INSTALLED)
	@$(PY) -m babel.messages.frontend --quiet compile --input-file "$<" --output-file "$@"
