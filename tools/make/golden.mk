# SPDX-License-Identifier: Apache-2.0
# make golden     rewrites the expected output in tests/fixtures/; read the difference
.PHONY: golden
golden: $(B)/unit
	HARDEN_GOLDEN=write $(B)/unit
