# make run: the starter shop on the built-in sandbox.  make test: every test.  Both install what they need.
SHELL := /bin/bash
export SWIFT_BACKTRACE ?= enable=no
HAWKER := .build/debug/hawker

.PHONY: run test torture fuzz build release lint format bench docs screenshots setup clean

run: setup
	swift build --product hawker
	$(HAWKER) run --sandbox

test: setup
	swift build --build-tests
	scripts/test

# The proofs of make test, for longer: make torture MINUTES=60
torture: setup
	swift build --build-tests
	MINUTES=$(or $(MINUTES),10) scripts/torture

# libFuzzer under AddressSanitizer over each reader of outside bytes: make fuzz SECONDS=600
fuzz: setup
	FUZZ_SECONDS=$(or $(SECONDS),60) scripts/fuzz

build: setup
	swift build

release: setup
	swift build -c release --static-swift-stdlib --product hawker

lint:
	swift format lint --strict --parallel --recursive Package.swift Sources Tests

format:
	swift format --in-place --parallel --recursive Package.swift Sources Tests

# Quick; make bench LONG=1 takes 100,000 listings too. BENCH_OUT=FILE writes FILE.json and FILE.md.
bench: setup
	scripts/bench $(if $(LONG),--long)

# Writes the generated files anew: schemas, help, the table of rules, the examples' plans.
docs: setup
	swift build --product hawker
	scripts/docs

# The README's pictures: docs/images, from a shop on the sandbox in a real browser.
screenshots: setup
	swift build --product hawker
	scripts/browser-tests --screenshots

setup:
	@scripts/setup

clean:
	rm -rf .build
