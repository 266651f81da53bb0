# `make` alone prints the targets below.

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help run test test-partitioned business-dates check contract contract-lint compat clients faults fuzz sanitize nightly \
	lint format build dist dist-try check-deploy schema commands picture dependencies first-minutes \
	bench bench-quick bench-growth bench-counts smoke install clean

# Every bash script of the project, for shellcheck.
BASH_SCRIPTS = $$(grep -rlE -m1 '^\#!.*\bbash' scripts bench deploy .ci) scripts/lib.sh

help:
	@sed -nE 's/^([a-z-]+):.*## (.*)/make \1\t\2/p' Makefile | expand -t 24

run: ## build, start a private PostgreSQL (or use DATABASE_URL), serve, print three curl lines; RELEASE=1, VERBOSE=1
	@scripts/run

test: ## run every test on private databases, and stop all programs at the end
	scripts/install --with-tests
	scripts/build --tests
	scripts/smoke-run .build/debug/cashpilot
	scripts/test

test-partitioned: ## run every test with sessions partitioned by business
	CASHPILOT_TEST_PARTITIONED=1 $(MAKE) test

check: lint test ## run lint and test, which every change must pass

contract: ## test the running program against openapi.yaml with schemathesis; SEED=N repeats a run
	scripts/contract $(SEED)

contract-lint: ## lint and validate openapi.yaml, and compare it with that of the last tag
	scripts/install --with-openapi
	python3 scripts/openapi lint
	PYTHONPATH=.build/checks/openapi python3 -m unittest discover --start-directory scripts/openapi
	python3 scripts/openapi compat

compat: ## list what in openapi.yaml breaks clients of the last tag, or of SINCE=revision
	scripts/install --with-openapi
	python3 scripts/openapi compat $(SINCE)

clients: ## generate clients with two generators, and run a shift with each
	scripts/clients

fuzz: ## search with libFuzzer for bytes that break a parser: SECONDS=60 each, PARSER=json for one
	scripts/fuzz "$(or $(SECONDS),60)" $(PARSER)

business-dates: ## test the business dates of every quarter of an hour in three years, in every zone
	scripts/install --with-tests
	scripts/build --tests
	CASHPILOT_TEST_ALL_INSTANTS=1 scripts/test '^StoreTests[.]BusinessDateTests'

nightly: ## run the checks that take too long for each change: faults, sanitize, test-partitioned, business-dates, contract
	$(MAKE) --keep-going faults sanitize test-partitioned business-dates contract

sanitize: ## run the tests under the thread and the address sanitizer; SANITIZER=thread, TESTS=REGEX for some
	scripts/sanitize "$(SANITIZER)" "$(TESTS)"

lint: ## check the style: swift format, and shellcheck if it is installed
	swift format lint --strict --parallel --recursive Sources Tests bench Package.swift
	python3 -B -m unittest discover --quiet --start-directory bench/measure
	@if command -v shellcheck >/dev/null; then \
		echo "shellcheck" $(BASH_SCRIPTS) && shellcheck --external-sources $(BASH_SCRIPTS); \
	else \
		echo "lint: NOT CHECKED: the shell scripts, because shellcheck is not installed"; \
		[ "$$CI" != true ]; \
	fi

format: ## rewrite the Swift sources in the project's style
	swift format --in-place --parallel --recursive Sources Tests bench Package.swift

build: ## build the release program, .build/release/cashpilot
	scripts/build --release

dist: ## build the archive and the image for machines without Swift, in .build/dist; the image needs docker or podman
	scripts/dist

dist-try: dist ## test that archive in a minimal Debian, from unpacking to an open session; needs root
	scripts/with-postgres --ephemeral -- scripts/dist-try .build/dist/cashpilot-*-linux-*.tar.gz

check-deploy: ## check the files of deploy/ without running them
	scripts/check-deploy

schema: ## write sql/schema.sql, the result of all migrations
	scripts/write-schema

commands: ## write docs/COMMANDS.md from the program's help
	scripts/build
	.build/debug/cashpilot --experimental-dump-help | python3 scripts/commands.py >docs/COMMANDS.md

picture: ## write docs/dialog.png, the README's screenshot of the till page
	scripts/build --tests
	scripts/test '^BrowserTests[.]TillTests/PictureTests'
	cp .build/till-screenshots/readme.png docs/dialog.png

dependencies: ## write scripts/dependencies.txt and THIRD-PARTY-NOTICES: the versions and licences of all packages
	swift package resolve
	scripts/dependencies write
	scripts/third-party.py notices >THIRD-PARTY-NOTICES.new
	mv THIRD-PARTY-NOTICES.new THIRD-PARTY-NOTICES

first-minutes: ## time a first `make run`, `make test` and `.ci/run` in a clean clone; options: FIRST='--only run'
	scripts/first-minutes $(FIRST)

bench: ## compare with other servers, pgbench and a bare route, in 15 minutes (bench/README.md); options: BENCH='--seconds 10'
	bench/run $(BENCH)

bench-quick: ## the same in 2 minutes, with one short run of each
	bench/run --parts peers,latency,memory --sessions 100000 --seconds 1 --rounds 1 $(BENCH)

bench-growth: ## measure with more and more rows, connections and replicas, and draw docs/performance.svg
	bench/run --parts rows,connections,replicas --peers go,fastapi --plot docs/performance.svg $(BENCH)

bench-counts: ## count the instructions of hot requests under callgrind; fails if one needs 5 % more than bench/counts.json
	bench/counts

faults: ## cause faults around the service and check its guarantees; options: FAULTS='--only kill --seed 7'
	scripts/install --with-faults
	scripts/build
	scripts/swift-build faults 0 --product faults
	.build/debug/faults $(FAULTS)

smoke: build ## start and stop `make run` twice with the release program
	scripts/smoke-run .build/release/cashpilot

install: ## install the Debian packages that are missing
	scripts/install

clean: ## remove the build; the data in .cashpilot stays
	swift package clean
