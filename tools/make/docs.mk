# SPDX-License-Identifier: Apache-2.0
# make docs       rewrites docs/rules.md from the rules
.PHONY: docs
docs: $(B)/harden
	@$(B)/harden rules >docs/rules.md.new && mv docs/rules.md.new docs/rules.md
