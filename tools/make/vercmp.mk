# SPDX-License-Identifier: Apache-2.0
# $(B)/vercmp: the version schemes on standard input and output, for tests/e2e/dpkg-versions.sh
$(B)/vercmp: $(B)/tests/tools/vercmp.o $(B)/libharden.a
	$(call Q,LINK,$@)$(CC) $(ALL_CFLAGS) $(LDFLAGS_HARD) $(LDFLAGS_MODE) $(LDFLAGS) -o $@ $< $(B)/libharden.a $(ALL_LIBS)
