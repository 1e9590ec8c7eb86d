# What one types here. Each target says what it does; the work is done by the scripts of the same name.

.PHONY: help run run-agentserver build dev test test-deploy test-phoenix test-dev bench lint

help:
	@echo 'make run              build what has changed, start it, print the address to open'
	@echo 'make build            the same without starting: target/release/aetherterm and target/site'
	@echo 'make dev              rebuild and reload in the browser while you edit'
	@echo 'make test             formatting, lints, all tests, in the end a real browser'
	@echo 'make lint             formatting and lints only'
	@echo 'make bench            measure, beside baselines of the same run'
	@echo 'make test-deploy      of the tests those of deploy/: rules, dashboard and composition, with a real Prometheus'
	@echo 'make test-phoenix     send traces to a real backend, which is large to install and not among the tests'
	@echo 'make test-dev         prove that `make dev` reloads an edited component'
	@echo 'make run-agentserver  the same as make run'

run run-agentserver: build
	@exec target/release/aetherterm

build:
	@scripts/build

dev:
	@scripts/dev

test:
	@scripts/test

test-deploy:
	@scripts/test-deploy

test-phoenix:
	@scripts/test-phoenix

test-dev:
	@scripts/test-dev

bench:
	@scripts/bench

lint:
	@scripts/lint
