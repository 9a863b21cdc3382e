# SPDX-License-Identifier: Apache-2.0
# make unit       unit tests (tests/unit/*.c; UNIT=word runs those whose name has the word)
UNIT ?=
UNIT_SRC := $(sort $(wildcard tests/unit/*.c tests/unit/runner/*.c))
UNIT_OBJ := $(UNIT_SRC:%.c=$(B)/%.o)

$(B)/unit: $(UNIT_OBJ) $(B)/libharden.a
	$(call Q,LINK,$@)$(CC) $(ALL_CFLAGS) $(LDFLAGS_HARD) $(LDFLAGS_MODE) $(LDFLAGS) -o $@ $(UNIT_OBJ) $(B)/libharden.a $(ALL_LIBS)
$(UNIT_OBJ): PKG_CFLAGS += -I.

.PHONY: unit
unit: $(B)/unit
	@$(B)/unit $(UNIT)
