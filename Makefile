# make run, make test, make install PREFIX=…: each does its own set-up.
PREFIX ?= /usr/local
SWIFT ?= swift
PACKAGES = libedit-dev libsqlite3-dev libyaml-dev zlib1g-dev libcmark-gfm-dev libcmark-gfm-extensions-dev
# Tests of the whole program and of sockets wait for what they see: nothing else runs beside them.
ALONE = drydockTests|SecureServingTests
# For people: one static binary. The same flags for all products, so that nothing is built twice.
# Exclusive access is checked by the tests' builds; doing it again costs a release a twentieth.
RELEASE = -c release -Xswiftc -enforce-exclusivity=unchecked --static-swift-stdlib -Xlinker -s -Xswiftc -use-ld=lld

.PHONY: run build test format lint install packages bench fuzz clean

run: build
	@$(shell $(SWIFT) build $(RELEASE) --show-bin-path 2>/dev/null || echo .build/release)/drydock

build: packages
	$(SWIFT) build $(RELEASE) --product drydock

test: packages
	$(SWIFT) test --parallel --skip '$(ALONE)'
	$(SWIFT) test --skip-build --no-parallel --filter '$(ALONE)'

bench: packages
	$(SWIFT) build $(RELEASE) --product Benchmarks
	.build/release/Benchmarks $(ARGS)

# DOOR=request|expression|document ARGS=-max_total_time=600; what was found is kept beside.
FUZZ = .build-fuzz
fuzz: packages
	DRYDOCK_FUZZ=1 $(SWIFT) build -c release --scratch-path $(FUZZ) --product Fuzzing
	mkdir -p $(FUZZ)/corpus/$(DOOR)
	SWIFT_BACKTRACE=enable=no $(FUZZ)/release/Fuzzing $(DOOR) -artifact_prefix=$(FUZZ)/ $(FUZZ)/corpus/$(DOOR) Sources/Fuzzing/Seeds/$(DOOR) $(ARGS)

lint:
	$(SWIFT) format lint --strict --recursive --parallel Package.swift Sources Tests

format:
	$(SWIFT) format --in-place --recursive --parallel Package.swift Sources Tests

install: build
	install -d "$(DESTDIR)$(PREFIX)/bin" "$(DESTDIR)$(PREFIX)/share/drydock"
	install -m 755 .build/release/drydock "$(DESTDIR)$(PREFIX)/bin/drydock"
	cp -R Lessons Exercises Packs "$(DESTDIR)$(PREFIX)/share/drydock/"

# Debian's C libraries, installed when one is missing.
packages:
	@missing=; for p in $(PACKAGES); do \
	  dpkg-query -W -f='$${Status}' $$p 2>/dev/null | grep -q 'install ok installed' \
	    || missing="$$missing $$p"; done; \
	test -z "$$missing" && exit 0; \
	if [ "$$(id -u)" = 0 ]; then as=; \
	elif command -v sudo >/dev/null 2>&1; then as=sudo; \
	else echo "drydock needs the packages$$missing."; \
	  echo "Ask an administrator to run: apt-get install$$missing"; exit 1; fi; \
	echo "installing$$missing"; \
	$$as apt-get update -qq && $$as apt-get install -y -qq --no-install-recommends $$missing >/dev/null

clean:
	rm -rf .build .build-fuzz
