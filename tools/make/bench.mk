# SPDX-License-Identifier: Apache-2.0
# make bench      speed and memory beside tar, gzip and zstd, with limits (BENCH=word for some rows,
#                 BENCH_FEEDS=DIR a folder of feeds to update from, BENCH_TREE=DIR a root to measure)
BENCH ?=
BENCH_PROGRAMS := $(patsubst bench/%.c,$(B)/bench-%,$(sort $(wildcard bench/*.c)))

$(BENCH_PROGRAMS): $(B)/bench-%: $(B)/bench/%.o $(B)/libharden.a
	$(call Q,LINK,$@)$(CC) $(ALL_CFLAGS) $(LDFLAGS_HARD) $(LDFLAGS_MODE) $(LDFLAGS) -o $@ $^ $(ALL_LIBS)

.PHONY: bench
bench: $(B)/harden $(B)/tarlist $(BENCH_PROGRAMS)
	@bench/run $(B) $(BENCH)
