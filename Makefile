# The front door. Each target calls the tools of its language; what is behind it stands in scripts/.
SHELL := /bin/bash
.DEFAULT_GOAL := help
# The tools that set-up installs come before those of the machine. Go has no need of the version control's state.
export PATH := $(CURDIR)/node_modules/.bin:$(CURDIR)/.venv/bin:$(PATH)
export GOFLAGS := -buildvcs=false $(GOFLAGS)

.PHONY: help
help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-18s %s\n", $$1, $$2 }' Makefile

.PHONY: setup
setup: ## Check the toolchains and install what the repository needs
	@scripts/setup.sh

.PHONY: up
up: setup ## Start the shop on its local mesh (DETACH=1, SCALE=inventory=2, MESH=off, LOG=kafka, SIMULATE=off, PORT=9080)
	@MALLOC_ARENA_MAX=1 NODE_OPTIONS='--max-semi-space-size=1 --expose-gc' larder up

.PHONY: down
down: ## Stop the shop and keep its data
	@larder down

.PHONY: status
status: ## Show what runs, ready or not (for programs: npx larder status)
	@larder status || [ $$? -eq 1 ]

.PHONY: logs
logs: ## Follow the log of a workload (S=order)
	@larder logs $(S)

.PHONY: build
build: setup ## Build the services that are not run from their source
	@if [ -d services/catalog ]; then go build -o .build/catalog ./services/catalog; fi

.PHONY: generate
generate: setup ## Make gen/ and mesh/ from the contract (LANGS="ts go" for a part)
	@LANGS="$(LANGS)" node scripts/generate.ts

.PHONY: check
check: setup ## Hold the contract, its policy, everything generated, and the style of the code against their rules
	@node scripts/check.ts

.PHONY: lint
lint: setup ## The part of check that looks at the contract and at our code only
	@node scripts/check.ts lint

.PHONY: format
format: setup ## Format protos, TypeScript, Go, Rust and Python
	@buf format -w proto
	@biome check --write --log-level=error .
	@gofmt -w services
	@if command -v rustfmt >/dev/null; then rustfmt --edition 2024 test/packages/rust/main.rs $$(find services -name '*.rs'); fi
	@ruff format --quiet .

.PHONY: test
test: setup ## Run the checks and the tests of every language (SERVICE=catalog, or PARTS="go system")
	@node scripts/test.ts

.PHONY: test-live
test-live: setup ## Run the long suites, which need more than the system itself
	@node scripts/test.ts live

.PHONY: images
images: setup ## Build the images of the services (SERVICE=catalog, ARCH=amd64, PIN="staging production", PUSH=1)
	@node deploy/images/main.ts $(if $(ARCH),--arch "$(ARCH)") $(if $(PIN),--pin "$(PIN)") $(if $(PUSH),--push) $(SERVICE)

.PHONY: compose
compose: setup ## Draw the secrets that mesh/compose/compose.yaml needs (deploy/compose says how to go on)
	@node deploy/compose/secrets.ts

.PHONY: bench
bench: build ## Measure, beside limits and peers of the same run (ONLY=log,scoring for parts, QUICK=1 for a glance)
	@node bench/main.ts

.PHONY: chaos
chaos: build ## Order under a storm of faults and look for what was lost (SEED=7, ORDERS=2000, LOG=kafka, SHORT=1)
	@node test/chaos/main.ts

.PHONY: release-baseline
release-baseline: setup ## Record the contract as released: from now on main must stay compatible with it
	@buf build proto --exclude-source-info -o proto/baseline.binpb.gz
	@node scripts/contract-version.ts --release

.PHONY: clean
clean: ## Remove what was built and installed (not the data of the shop: .data)
	@rm -rf .build .venv node_modules third_party
