# SPDX-License-Identifier: Apache-2.0
# make            release binary build/harden
# make SANITIZE=1 the same with ASan and UBSan, in build-asan/
# make help       the other targets
MAKEFLAGS += --no-builtin-rules
.DELETE_ON_ERROR:
.SUFFIXES:

VERSION := $(shell cat VERSION)
PREFIX  ?= /usr/local
CC      := $(if $(filter default,$(origin CC)),gcc,$(CC))
PKG     ?= pkg-config

SANITIZE ?=
B := $(if $(SANITIZE),build-asan,build)

# make V=1 shows the commands in full.
Q = $(if $(V),,@echo '  $(1)' $(2);)

# Linked statically where Debian ships an archive: a scan then starts with few dynamic
# relocations (libcrypto alone costs more than a whole warm scan), and libcurl, which only
# updates and the engine need, libhs, which only secrets need, and libnghttp2, are loaded when first used.
STATIC_PKGS  := libcrypto libzstd liblzma lmdb yajl yaml-0.1
DYNAMIC_PKGS := libisal libcjson
HEADER_PKGS  := libcurl libhs libnghttp2
static_libs   = -l:libcrypto.a -l:libzstd.a -l:liblzma.a -l:liblmdb.a -l:libyajl_s.a -l:libyaml.a -l:libbz2.a

CFLAGS_WARN := -Wall -Wextra -Wshadow -Wvla -Wcast-qual -Wwrite-strings -Wmissing-prototypes \
               -Wconversion -Wstrict-prototypes -Wpointer-arith -Wundef -Werror
CFLAGS_HARD := -fPIE -fstack-protector-strong -fcf-protection=full -fstack-clash-protection
LDFLAGS_HARD := -pie -Wl,-z,relro,-z,now,-z,noexecstack,-z,separate-code -Wl,--as-needed
ifeq ($(SANITIZE),)
CFLAGS_MODE := -O2 -D_FORTIFY_SOURCE=2 -fvisibility=hidden -ffunction-sections -fdata-sections
LDFLAGS_MODE := -Wl,--gc-sections
else
CFLAGS_MODE := -O1 -fsanitize=address,undefined -fno-sanitize-recover=undefined \
               -fno-omit-frame-pointer
LDFLAGS_MODE := -fsanitize=address,undefined
endif
CFLAGS  ?= -g
PKG_CFLAGS := $(shell $(PKG) --cflags $(STATIC_PKGS) $(DYNAMIC_PKGS) $(HEADER_PKGS) 2>/dev/null)
ALL_CFLAGS = -std=gnu17 -D_GNU_SOURCE -Isrc -I$(B)/gen $(CFLAGS_WARN) $(CFLAGS_HARD) \
             $(CFLAGS_MODE) -DHARDEN_VERSION='"$(VERSION)"' $(PKG_CFLAGS) $(CFLAGS)
PKG_LIBS   := $(shell $(PKG) --libs $(DYNAMIC_PKGS) 2>/dev/null)
ALL_LIBS   = $(static_libs) $(PKG_LIBS) -lpthread -ldl -lm

# --- registries: a file's name is its registration ----------------------------------------------
# kind:folder; every .c file of the folder but the door (named like the folder) is a member.
REGISTRIES := codec:src/io/codec source:src/read/image/source package:src/read/package account:src/read/account \
              feed:src/read/feed version:src/judge/version rule:src/judge/rule \
              format:src/act/report/format repair:src/act/fix/repair command:src/app/command
members = $(filter-out $(notdir $(1)),$(basename $(notdir $(sort $(wildcard $(1)/*.c)))))
gen_lists := $(foreach r,$(REGISTRIES),$(B)/gen/$(firstword $(subst :, ,$(r))).list) $(B)/gen/data.h

SRC := $(shell find src -name '*.c' | LC_ALL=C sort)
DATA := $(sort $(basename $(notdir $(wildcard data/*.tsv))))
PACKED := secret_patterns secret_search
DATA_OBJ := $(DATA:%=$(B)/gen/data_%.o) $(PACKED:%=$(B)/gen/data_%.o)
OBJ := $(SRC:%.c=$(B)/%.o) $(DATA_OBJ)
LIB_OBJ := $(filter-out $(B)/src/main.o,$(OBJ))

.PHONY: all
all: $(B)/harden

$(B)/harden: $(OBJ)
	$(call Q,LINK,$@)$(CC) $(ALL_CFLAGS) $(LDFLAGS_HARD) $(LDFLAGS_MODE) $(LDFLAGS) -o $@ $(OBJ) $(ALL_LIBS)

$(B)/libharden.a: $(LIB_OBJ)
	@rm -f $@ && $(AR) rcs $@ $(LIB_OBJ)

$(B)/%.o: %.c | $(gen_lists)
	@mkdir -p $(@D)
	$(call Q,CC,$<)$(CC) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

# X(member) lines; rewritten only when the list changes, so that make does not rebuild for nothing.
.PHONY: registries
registries:
define registry_rule
$(B)/gen/$(1).list: registries
	@mkdir -p $$(@D)
	@for m in $(call members,$(2)); do echo "X($$$$m)"; done > $$@.new
	@cmp -s $$@.new $$@ && rm $$@.new || mv $$@.new $$@
endef
$(foreach r,$(REGISTRIES),$(eval $(call registry_rule,$(firstword $(subst :, ,$(r))),$(lastword $(subst :, ,$(r))))))

-include $(shell find $(B) -path $(B)/e2e -prune -o -type f -name '*.d' -print 2>/dev/null)
include $(sort $(wildcard tools/make/*.mk))

.PHONY: clean help
clean:
	rm -rf build build-asan build-clang build-fuzz
help:
	@grep -hE '^# make' Makefile tools/make/*.mk | sed 's/^# //'
