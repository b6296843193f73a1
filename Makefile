# `make help` lists the targets.
SHELL := /bin/bash
PY := .venv/bin/python
UV := python3 -m uv
QUIET := RASA_TELEMETRY_ENABLED=false TF_CPP_MIN_LOG_LEVEL=3 SQLALCHEMY_SILENCE_UBER_WARNING=1 PYTHONWARNINGS=ignore MPLBACKEND=agg CUDA_VISIBLE_DEVICES=-1
.DEFAULT_GOAL := help

.PHONY: help run admin chat test check train lock bench bench-nlu clean

help: ## list the targets
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

run: .venv/.ready nlu/.venv/.ready ## set up, train if needed, migrate and start the whole assistant
	@$(PY) -m bot.up

admin: .venv/.ready ## make an administrator of the staff console
	@$(PY) -m console admin

chat: .venv/.ready ## talk to the assistant in the terminal (after `make run`)
	@$(PY) -m bot chat

test: .venv/.ready nlu/.venv/.ready ## run every test
	@$(PY) -m core.training.model >/dev/null
	@$(PY) -m pytest -n 2 --dist loadgroup

check: .venv/.ready nlu/.venv/.ready ## lint, types, import rules, training data
	@.venv/bin/ruff format --check -q . && .venv/bin/ruff check -q .
	@.venv/bin/mypy
	@PYTHONPATH=. .venv/bin/lint-imports --no-logo
	@tools/validate-data

train: .venv/.ready nlu/.venv/.ready ## train the model if its inputs changed
	@$(PY) -m core.training.model

lock: ## pin both environments anew
	@$(UV) pip compile -q --generate-hashes --no-header --no-annotate --python-version 3.11 --group dev pyproject.toml -o requirements.lock
	@cd nlu && $(UV) pip compile -q --generate-hashes --no-header --no-annotate --python-version 3.11 pyproject.toml -o requirements.lock

bench: .venv/.ready nlu/.venv/.ready ## print the tables that README holds
	@$(PY) -m benchmarks

bench-nlu: nlu/.venv/.ready ## train and score on other Vietnamese intents and slots: DATA=folder [STOCK=1]
	@$(QUIET) PYTHONPATH=. nlu/.venv/bin/python -m benchmarks.nlu $(if $(DATA),--data '$(DATA)') $(if $(STOCK),--stock '$(STOCK)')

clean: ## remove environments, models and the local database
	rm -rf .venv nlu/.venv models var

.venv/.ready: requirements.lock
	@tools/environment .venv requirements.lock

nlu/.venv/.ready: nlu/requirements.lock
	@tools/environment nlu/.venv nlu/requirements.lock
