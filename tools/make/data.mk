# SPDX-License-Identifier: Apache-2.0
# data/NAME.tsv is embedded verbatim, as data_NAME and data_NAME_len of "data.h" (base/tsv.h reads
# it): read-only bytes without a relocation, so that start-up costs nothing however big a table is.
# The bytes come in by .incbin inside a C file and not by an assembler file, because the compiler
# then marks the object for CET and a non-executable stack as it does all others.
define data_source
#include <stddef.h>
#include "data.h"
__asm__(".pushsection .rodata.data_$(1),\"a\",@progbits\n"
        ".balign 16\n"
        ".globl data_$(1)\n"
        ".hidden data_$(1)\n"
        ".type data_$(1), @object\n"
        "data_$(1):\n"
        ".incbin \"$(3)\"\n"
        ".byte 0\n"
        ".size data_$(1), . - data_$(1)\n"
        ".popsection\n");
const size_t data_$(1)_len = $(2);
endef

$(B)/gen/data_%.c: data/%.tsv tools/make/data.mk
	@mkdir -p $(@D)
	$(file >$@,$(call data_source,$*,$(shell wc -c <$<),data/$*.tsv))@:
$(B)/gen/data_%.o: $(B)/gen/data_%.c data/%.tsv $(B)/gen/data.h
	$(call Q,DATA,data/$*.tsv)$(CC) $(ALL_CFLAGS) -c -o $@ $<
.SECONDARY: $(DATA_OBJ:%.o=%.c)

$(B)/gen/data.h: registries
	@mkdir -p $(@D)
	@{ echo '#include <stddef.h>'; for n in $(DATA) $(PACKED); do echo \
	    "extern const char data_$$n[] __attribute__((visibility(\"hidden\")));" \
	    "extern const size_t data_$${n}_len;"; done; } > $@.new
	@cmp -s $@.new $@ && rm $@.new || mv $@.new $@

# What the searches for the kinds of data/secrets.tsv need is embedded the same way.
PACK_OBJ := $(patsubst %.c,$(B)/%.o,$(wildcard src/base/*.c src/model/*.c) src/io/library.c src/io/pattern.c \
              src/read/secret/shape.c src/read/secret/table.c src/read/secret/probe.c \
              src/read/secret/search.c tools/build/pack_patterns.c) \
            $(B)/gen/data_secrets.o
$(B)/pack_patterns: $(PACK_OBJ)
	$(call Q,LINK,$@)$(CC) $(ALL_CFLAGS) $(LDFLAGS_HARD) $(LDFLAGS_MODE) $(LDFLAGS) -o $@ $^ -lpthread -ldl -lm
$(PACKED:%=$(B)/gen/%.bin) &: $(B)/pack_patterns
	$(call Q,DATA,$@)ASAN_OPTIONS=detect_leaks=0 $(B)/pack_patterns $(PACKED:%=$(B)/gen/%.bin)
$(PACKED:%=$(B)/gen/data_%.c): $(B)/gen/data_%.c: $(B)/gen/%.bin tools/make/data.mk
	$(file >$@,$(call data_source,$*,$(shell wc -c <$<),$<))@:
$(PACKED:%=$(B)/gen/data_%.o): $(B)/gen/data_%.o: $(B)/gen/data_%.c $(B)/gen/%.bin $(B)/gen/data.h
	$(call Q,DATA,$<)$(CC) $(ALL_CFLAGS) -c -o $@ $<
