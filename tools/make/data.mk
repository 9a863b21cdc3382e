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
        ".incbin \"data/$(1).tsv\"\n"
        ".byte 0\n"
        ".size data_$(1), . - data_$(1)\n"
        ".popsection\n");
const size_t data_$(1)_len = $(2);
endef

$(B)/gen/data_%.c: data/%.tsv tools/make/data.mk
	@mkdir -p $(@D)
	$(file >$@,$(call data_source,$*,$(shell wc -c <$<)))@:
$(B)/gen/data_%.o: $(B)/gen/data_%.c data/%.tsv $(B)/gen/data.h
	$(call Q,DATA,data/$*.tsv)$(CC) $(ALL_CFLAGS) -c -o $@ $<
.SECONDARY: $(DATA_OBJ:%.o=%.c)

$(B)/gen/data.h: registries
	@mkdir -p $(@D)
	@{ echo '#include <stddef.h>'; for n in $(DATA); do echo \
	    "extern const char data_$$n[] __attribute__((visibility(\"hidden\")));" \
	    "extern const size_t data_$${n}_len;"; done; } > $@.new
	@cmp -s $@.new $@ && rm $@.new || mv $@.new $@
