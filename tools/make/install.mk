# SPDX-License-Identifier: Apache-2.0
# make install    PREFIX=/usr/local DESTDIR=: the program, its manual pages, bash completion
# make uninstall  removes what install put there
bindir  := $(DESTDIR)$(PREFIX)/bin
man1dir := $(DESTDIR)$(PREFIX)/share/man/man1
bashdir := $(DESTDIR)$(PREFIX)/share/bash-completion/completions

.PHONY: install uninstall
install: $(B)/harden
	install -d $(bindir) $(man1dir) $(bashdir)
	install -m 755 $(B)/harden $(bindir)/harden
	$(B)/harden completion bash > $(bashdir)/harden
	$(B)/harden man > $(man1dir)/harden.1
	for c in $$($(B)/harden man --list); do \
	    $(B)/harden man $$c > $(man1dir)/harden-$$c.1 || exit; done
uninstall:
	rm -f $(bindir)/harden $(bashdir)/harden $(man1dir)/harden.1 $(man1dir)/harden-*.1
