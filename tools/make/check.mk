# SPDX-License-Identifier: Apache-2.0
# make check      floors, sizes, banned calls, formatting, warnings of two compilers ... (tools/check)
#                 (CHECK=name for one)
CHECK ?=
.PHONY: check
check:
	@tools/deps build test check
	@tools/check/run $(CHECK)
