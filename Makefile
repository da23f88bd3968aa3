# `make` alone lists the targets. Each one is a short script in scripts/; nothing else is hidden here.
.DEFAULT_GOAL := help
.PHONY: run test build ballista image start setup test-engine bench load scan dev client screenshots clean help

run: ## from a fresh clone to http://127.0.0.1:3000: set-up, build, start
	@scripts/run.sh
test: ## everything that must hold: format, lints, tests, size budget, browser tests
	@scripts/test.sh
build: ## build all of a release: server and site
	@scripts/setup.sh run && scripts/build.sh
ballista: ## build the client of a Ballista cluster (docs/OPERATIONS.md)
	@scripts/setup.sh run && scripts/ballista.sh
image: build ## the container image of a release (deploy/Dockerfile)
	@scripts/image.sh
start: ## start what is built, without rebuilding
	@scripts/start.sh
setup: ## install what building and testing need
	@scripts/setup.sh test
test-engine: ## the state engine's tests on every backend
	@scripts/test-engine.sh
bench: ## the measurements behind docs/BENCHMARKS.md
	@scripts/bench.sh
load: ## what a built server does in a second, and a soak (benches/load; DO=reads for one of them)
	@scripts/load.sh $(DO)
scan: ## let schemathesis attack the API of a built server (docs/SECURITY.md)
	@scripts/scan.sh
dev: ## rebuild and restart on every change
	@scripts/dev.sh
client: ## write clients/typescript anew from the built server
	@scripts/client.sh
screenshots: ## take the pictures in docs/screenshots/
	@scripts/screenshots.sh
clean: ## remove what was built (ALL=1: dependencies too); never touches data/
	@scripts/clean.sh
help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
