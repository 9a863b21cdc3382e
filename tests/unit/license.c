// SPDX-License-Identifier: Apache-2.0
#include "judge/rule/dockerfile/license.h"
#include "tests/unit/test.h"

TEST(license_fits_expressions_of_spdx)
{
    static const char *const good[] = {
        "MIT",
        "apache-2.0",
        "GPL-2.0+",
        "GPL-2.0",
        "MIT OR (GPL-2.0-only WITH Classpath-exception-2.0)",
        "(MIT)",
        "((0BSD) AND(Zlib OR ISC))",
        "LicenseRef-our.own-1",
        "DocumentRef-x:LicenseRef-y AND MIT",
        " MIT\tOR\nISC ",
        "zlib-acknowledgement",
    };
    static const char *const bad[] = {
        "",
        "free for all",
        "Apache 2.0",
        "GPLv2",
        "MIT OR",
        "OR MIT",
        "MIT ISC",
        "(MIT",
        "MIT)",
        "()",
        "MIT WITH x",
        "MIT WITH GPL-2.0-only",
        "Classpath-exception-2.0",
        "(MIT OR ISC) WITH Classpath-exception-2.0",
        "MIT WITH Classpath-exception-2.0 WITH Classpath-exception-2.0",
        "LicenseRef-",
        "DocumentRef-:LicenseRef-y",
        "x:LicenseRef-y",
        "mit or isc",
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    };
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
        if (!license_fits(str_from(good[i])))
            test_failed(__FILE__, __LINE__, "refused: %s", good[i]);
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        if (license_fits(str_from(bad[i])))
            test_failed(__FILE__, __LINE__, "taken: %s", bad[i]);
}
