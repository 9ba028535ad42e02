# Thin verbs over ./test, ./demo and swift. `make` lists them.
.DEFAULT_GOAL := help
.PHONY: help build test e2e negative fmt check fuzz bench soak kills demo clean

help: ## list the verbs
	@sed -n 's/^\([a-z0-9]*\):.*## \(.*\)/  make \1\t\2/p' $(firstword $(MAKEFILE_LIST)) | expand -t 18

build: ## build executables and tests, release
	@scripts/prepare --tests

test: ## run every stage, as CI does
	@./test

e2e: ## run all parties together, in memory and as processes
	@./test --only end-to-end

negative: ## run the refusals
	@./test --only negative

fmt: ## format every source
	@swift format --in-place --recursive --parallel --configuration .swift-format Package.swift Sources Tests

check: ## check format and the registry of codes, without a build
	@./test --only format
	@scripts/codes

fuzz: ## feed the decoders with mutated input, 20 seconds each
	@scripts/fuzz

bench: ## measure the hot paths against their bars
	@scripts/prepare
	@for bench in path stream proxy cpu cadence oblivious attestation tdx tokens topup spent classes balance server gateway \
	  gateway-streams log audit relay; do .build/release/cloister-bench $$bench; done

soak: ## send a million requests, and 10,000 of each misbehaviour, through a relay
	@scripts/prepare
	@.build/release/cloister-bench relay-soak

kills: ## kill a log under load 5,000 times
	@scripts/prepare --tests
	@CLOISTER_LOG_KILLS=5000 swift test --configuration release --skip-build --filter LogKillTests

demo: ## run a whole deployment here and summarise the shipped chat
	@./demo

clean: ## remove what was built
	@swift package clean
	@rm -f .build/*.stamp
