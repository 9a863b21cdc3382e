# SPDX-License-Identifier: Apache-2.0
# make bench      measures speed and memory against their limits; see bench/run for its settings
.PHONY: bench
bench: $(B)/harden $(B)/tarlist $(B)/measure
	@bench/run
