# SPDX-License-Identifier: Apache-2.0
# make fuzz       every harness in tests/fuzz/ for FUZZ_SECONDS (30) each; FUZZ=name for one
FUZZ_SECONDS ?= 30
FUZZ_SRC := $(sort $(wildcard tests/fuzz/*.c))
FUZZ ?= $(basename $(notdir $(FUZZ_SRC)))
FB := build-fuzz
FUZZ_FLAGS := -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=undefined
FUZZ_LIB_OBJ := $(patsubst src/%.c,$(FB)/src/%.o,$(filter-out src/main.c,$(SRC))) $(DATA_OBJ)

$(FB)/src/%.o: src/%.c | $(gen_lists)
	@mkdir -p $(@D)
	$(call Q,FUZZ,$<)clang -std=gnu17 -D_GNU_SOURCE -Isrc -I$(B)/gen -O1 -g $(FUZZ_FLAGS) \
	    -DHARDEN_VERSION='"$(VERSION)"' $(PKG_CFLAGS) -MMD -MP -c -o $@ $<
$(FB)/libharden.a: $(FUZZ_LIB_OBJ)
	@rm -f $@ && $(AR) rcs $@ $^
$(FB)/fuzz-%: tests/fuzz/%.c $(FB)/libharden.a
	$(call Q,FUZZ,$<)clang -std=gnu17 -D_GNU_SOURCE -Isrc -I. -I$(B)/gen -O1 -g -fsanitize=fuzzer,address,undefined \
	    -fno-sanitize-recover=undefined $(PKG_CFLAGS) -o $@ $< $(FB)/libharden.a $(ALL_LIBS)
.PRECIOUS: $(FB)/fuzz-%

-include $(shell find $(FB) -name '*.d' 2>/dev/null)

.PHONY: fuzz fuzz-build $(FUZZ:%=fuzz-run-%)
fuzz: $(FUZZ:%=fuzz-run-%)
fuzz-build: $(FUZZ:%=$(FB)/fuzz-%)
$(FUZZ:%=fuzz-run-%): fuzz-run-%: $(FB)/fuzz-%
	@tests/fuzz/run $(FB) $* $(FUZZ_SECONDS)
