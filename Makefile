SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
export PATH := $(CURDIR)/node_modules/.bin:$(CURDIR)/.venv/bin:$(PATH)

.PHONY: help
help: ## List the targets
	@sed -nE 's/^([a-z-]+):.*## (.*)/  \1\t\2/p' $(MAKEFILE_LIST) | expand -t 14

.PHONY: setup
setup: ## Check the toolchains and install what the repository needs
	@scripts/setup.sh

.PHONY: generate
generate: setup ## Make gen/ from the contract (LANGS="ts go" for some languages only)
	@LANGS="$(LANGS)" node scripts/generate.ts
