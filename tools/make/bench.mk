# SPDX-License-Identifier: Apache-2.0
# make bench      measures speed and memory against their limits; see bench/run for its settings
.PHONY: bench bench-here
bench: deps
	@+$(MAKE) --no-print-directory bench-here
bench-here: $(B)/harden $(B)/tarlist $(B)/measure $(B)/secretscan
	@bench/run
