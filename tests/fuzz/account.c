// SPDX-License-Identifier: Apache-2.0
#include "tests/fuzz/collect.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const settings[] = {"etc/sudoers", "etc/pam.d/su", "etc/ssh/sshd_config",
                                           "root/.ssh/authorized_keys", "etc/crontab"};
    fuzz_collect("passwd", "etc/passwd", data, size);
    fuzz_collect("passwd", "etc/group", data, size);
    fuzz_collect("shadow", "etc/shadow", data, size);
    for (size_t i = 0; i < sizeof(settings) / sizeof(*settings); i++)
        fuzz_collect("access", settings[i], data, size);
    return 0;
}
