# The commands of a user of this tree; Meson and Ninja do the work.
#
#   make            build/zplane
#   make demo       install what is missing, build, adjust real prices for splits and dividends, and serve a shop
#   make check      every test, in every build
#   make bench      measure against the peers that are installed
#   make help       the other targets

MESON   ?= meson
CLANG   ?= clang
PYTHON  ?= /usr/bin/python3
CCACHE  := $(shell command -v ccache 2>/dev/null)
SETUP   := -Dwerror=$(if $(CI),true,false)
PREFIX  ?= /usr/local

DEPS_BUILD := gcc libc6-dev meson ninja-build flex bison pkg-config libedit-dev libjansson-dev libpcre2-dev \
              libtre-dev zlib1g-dev libzstd-dev liblapack3 tzdata libxxhash-dev libevent-dev libssl-dev \
              libsqlite3-dev libpq-dev libmariadb-dev
DEPS_TEST  := libcmocka-dev python3 python3-pytest clang libclang-rt-14-dev zstd gzip procps \
              openssl sqlite3 postgresql mariadb-server
DEPS_LINT  := cppcheck clang-format
DEPS_BENCH := postgresql pgbouncer lua5.4 r-base-core python3-numpy

SANITIZE_ENV = LSAN_OPTIONS=suppressions=$(CURDIR)/tests/lsan.supp:print_suppressions=0 \
               ASAN_OPTIONS=detect_leaks=1:abort_on_error=1:allocator_may_return_null=1 \
               UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1 TSAN_OPTIONS=halt_on_error=1:ignore_noninstrumented_modules=1
tsan asan: SANITIZE_ENV += ZPLANE_TEST_OFFLOAD=1000000

.PHONY: all demo check check-plain bench asan tsan hostile fuzz clang docs format lint install deps deps-build \
        deps-bench deps-lint soak soak-store clean help

all: build/build.ninja
	@ninja -C build

help:
	@echo "all demo check bench: see the head of the Makefile"
	@echo "check-plain    the tests of the ordinary build alone"
	@echo "asan tsan hostile clang    build and test with that tool"
	@echo "fuzz           run every fuzz target for FUZZ_SECONDS (60)"
	@echo "soak           streams for SOAK_SECONDS (600) and many kills, then soak-store"
	@echo "soak-store     the faults of the store for long: SOAK kills (1000), every power cut"
	@echo "docs           docs/reference.md from the tables of built-ins"
	@echo "format lint    lay out the sources; static checks"
	@echo "install        to PREFIX (/usr/local), below DESTDIR"
	@echo "deps           install missing distribution packages"

# ---------------------------------------------------------------- packages

# $(call install-missing,PACKAGES): only what is missing, quietly; nothing where there is no dpkg.
define install-missing
	@command -v dpkg-query >/dev/null || exit 0; \
	missing=; \
	for p in $(1); do \
	    dpkg-query -W -f='$${Status}' $$p 2>/dev/null | grep -q 'ok installed' || missing="$$missing $$p"; \
	done; \
	[ -n "$$missing" ] || exit 0; \
	sudo=; [ "$$(id -u)" = 0 ] || sudo=sudo; \
	echo "installing:$$missing"; \
	get="$$sudo env DEBIAN_FRONTEND=noninteractive apt-get -qq -o Dpkg::Use-Pty=0"; \
	$$get install -y --no-install-recommends $$missing >/dev/null 2>&1 || { \
	    $$get update && $$get install -y --no-install-recommends $$missing >/dev/null; }
endef

deps-build:
	$(call install-missing,$(DEPS_BUILD))

# A build that was set up before they were there looks for them again.
deps:
	$(call install-missing,$(DEPS_BUILD) $(DEPS_TEST))
	@[ ! -f build/build.ninja ] || $(MESON) setup --reconfigure build >/dev/null

deps-lint:
	$(call install-missing,$(DEPS_LINT))

deps-bench:
	$(call install-missing,$(DEPS_BUILD) $(DEPS_BENCH))

# ---------------------------------------------------------------- builds

# Warnings are errors in continuous integration; under sanitizers gcc warns about what is right.
build/build.ninja:
	@CC="$(CCACHE) $(or $(filter-out cc,$(CC)),gcc)" $(MESON) setup build $(SETUP) >/dev/null

build-clang/build.ninja:
	@CC="$(CCACHE) $(CLANG)" $(MESON) setup build-clang $(SETUP) >/dev/null

build-asan/build.ninja:
	@CC="$(CCACHE) gcc" $(MESON) setup build-asan -Db_sanitize=address,undefined >/dev/null

build-tsan/build.ninja:
	@CC="$(CCACHE) $(CLANG)" $(MESON) setup build-tsan -Db_sanitize=thread -Db_lundef=false >/dev/null

build-hostile/build.ninja:
	@CC="$(CCACHE) gcc" $(MESON) setup build-hostile -Dhostile=true -Db_sanitize=address,undefined \
	    >/dev/null

build-fuzz/build.ninja:
	@CC="$(CCACHE) $(CLANG)" $(MESON) setup build-fuzz -Dfuzz=true -Db_sanitize=address,undefined \
	    -Db_lundef=false >/dev/null

# $(call run-tests,BUILD,MORE): builds, tests; the log is counted by tests/sum.py, failures included.
define run-tests
	@rm -f $(1)/meson-logs/testlog.json
	@ninja -C $(1) --quiet
	@$(SANITIZE_ENV) $(MESON) test -C $(1) --no-rebuild --print-errorlogs $(2) || true
	@$(PYTHON) tests/sum.py $(1)
endef

# The store for long: SOAK kills, power cuts and failing calls at every call.
soak: all
	@ZPLANE_SOAK_SECONDS=$(or $(SOAK_SECONDS),600) ZPLANE_STREAM_KILLS=40 ZPLANE_FUZZ_ROUNDS=20000 ZPLANE=$(CURDIR)/build/zplane \
	    $(PYTHON) -m pytest -q -p no:cacheprovider tests/stream
	@$(MAKE) --no-print-directory soak-store

soak-store: all
	@ninja -C build --quiet tests/fault/powercut tests/fault/iofail
	@ZPLANE_KILLS=$(or $(SOAK),1000) $(PYTHON) -m pytest -q -p no:cacheprovider tests/fault
	@for seed in 1 2 3; do \
	    build/tests/fault/powercut tests/fault/steps.R commit 150 $$seed 1 4; \
	    build/tests/fault/powercut tests/fault/steps.R 20ms 150 $$seed 1 4; \
	    build/tests/fault/powercut tests/fault/appends.R none 150 $$seed 1 4; \
	    build/tests/fault/powercut tests/fault/blocks.R commit 100 $$seed 1 4; \
	    for sync in commit 20ms none; do build/tests/fault/iofail tests/fault/steps.R $$sync 100 $$seed 1; done; \
	done

demo: deps-build
	@$(MAKE) --no-print-directory all
	@cd examples/prices && ../../build/zplane run adjust.R
	@examples/shop/demo.sh build/zplane

# Every build in turn; one that fails does not hide the others.  The last line counts all of them.
CHECKS := check-plain:build clang:build-clang asan:build-asan hostile:build-hostile tsan:build-tsan

check: deps
	@for c in $(CHECKS); do \
	    echo "== $${c%%:*}"; \
	    $(MAKE) --no-print-directory $${c%%:*} || true; \
	done; \
	echo "== all"; \
	$(PYTHON) tests/sum.py $(foreach c,$(CHECKS),$(lastword $(subst :, ,$(c))))

check-plain: build/build.ninja
	$(call run-tests,build)

asan: build-asan/build.ninja
	$(call run-tests,build-asan,-t 6)

tsan: build-tsan/build.ninja
	$(call run-tests,build-tsan,-t 6 $(addprefix --suite ,unit lang fuzz conformance store plane stream server auth backend gateway))

hostile: build-hostile/build.ninja
	$(call run-tests,build-hostile,-t 6 --suite fault --suite unit)

clang: build-clang/build.ninja
	$(call run-tests,build-clang,--suite unit --suite lang)

fuzz: build-fuzz/build.ninja
	@ninja -C build-fuzz --quiet
	@tests/fuzz/run $(or $(FUZZ_SECONDS),60)

bench: deps-bench all
	@ninja -C build --quiet bench/ours bench/store bench/load
	@bench/run $(OPS)
	@build/bench/store
	@bench/gateway/run

docs: all
	@folder=$$(mktemp -d) && (cd $$folder && "$(CURDIR)/build/zplane" reference) > docs/reference.md.new && \
	    mv docs/reference.md.new docs/reference.md; status=$$?; rm -rf "$$folder"; exit $$status

# ---------------------------------------------------------------- sources

format: deps-lint
	@git ls-files '*.c' '*.h' | xargs clang-format -i

# What is left out: findings that macros and C17 provoke in this checker.
LINT_SKIP := legacyUninitvar uninitvar syntaxError internalAstError incorrectLogicOperator arrayIndexOutOfBoundsCond \
             nullPointer duplicateAssignExpression

lint: deps-lint
	@git ls-files 'src/*.c' | xargs -P 2 -n 8 cppcheck --quiet --std=c11 --enable=warning --inline-suppr \
	    --error-exitcode=1 $(addprefix --suppress=,$(LINT_SKIP)) -Isrc -D_GNU_SOURCE
	@git ls-files '*.py' | xargs $(PYTHON) -m py_compile

install: all
	@$(MESON) install -C build --no-rebuild --quiet $(if $(DESTDIR),--destdir "$(abspath $(DESTDIR))")

clean:
	@rm -rf build build-*
