# SPDX-License-Identifier: Apache-2.0
# make demo       installs what is missing, builds, and scans this machine and images of its engine
.PHONY: demo
demo:
	@tools/deps build
	@+$(MAKE) --no-print-directory all
	@tools/demo $(B)/harden build/demo
