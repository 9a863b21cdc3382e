# SPDX-License-Identifier: Apache-2.0
# make test       unit tests, cases, and the scripts of tests/e2e/ that need neither engine nor root
# make e2e        the scripts of tests/e2e/ that need an engine, root or the archives
# make cases      only tests/cases/ (CASE=word: those whose name has the word)
# make golden     rewrites what cases and fixtures expect to what happens; git diff is the review
# make deps       installs the Debian packages that are missing
CASE ?=
# Programs that scripts drive parts of the library with: tests/tools/NAME.c is $(B)/NAME.
TEST_TOOLS := $(patsubst tests/tools/%.c,$(B)/%,$(sort $(wildcard tests/tools/*.c)))

$(TEST_TOOLS): $(B)/%: $(B)/tests/tools/%.o $(B)/libharden.a
	$(call Q,LINK,$@)$(CC) $(ALL_CFLAGS) $(LDFLAGS_HARD) $(LDFLAGS_MODE) $(LDFLAGS) -o $@ $^ $(ALL_LIBS)

# What pkg-config says is known when make starts: packages that were just installed need a new make.
.PHONY: deps test test-here e2e e2e-here cases golden
deps:
	@tools/deps build test
test: deps
	@+$(MAKE) --no-print-directory test-here
test-here: $(B)/harden $(B)/unit $(TEST_TOOLS)
	@tests/run $(B) unit cases scripts
e2e: deps
	@tools/deps e2e
	@+$(MAKE) --no-print-directory e2e-here
e2e-here: $(B)/harden $(TEST_TOOLS)
	@tests/run $(B) e2e
cases: $(B)/harden
	@tests/cases/run $(B)/harden $(CASE)
golden: $(B)/harden
	@tests/cases/run $(B)/harden --golden $(CASE)
