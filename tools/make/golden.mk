# SPDX-License-Identifier: Apache-2.0
# Part of `make golden`: the reports in tests/fixtures/report/ that unit tests compare with.
.PHONY: golden-reports
golden-reports: $(B)/unit
	@HARDEN_GOLDEN=write $(B)/unit tests/unit/report.c
golden: golden-reports
