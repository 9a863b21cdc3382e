# SPDX-License-Identifier: Apache-2.0
# A program around io/http.h, for tests/e2e/http.sh.
$(B)/httpget: $(B)/tests/tools/httpget.o $(B)/libharden.a
	$(call Q,LINK,$@)$(CC) $(ALL_CFLAGS) $(LDFLAGS_HARD) $(LDFLAGS_MODE) $(LDFLAGS) -o $@ $^ $(ALL_LIBS)
