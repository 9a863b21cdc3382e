// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_TESTS_UNIT_TEST_H
#define HARDEN_TESTS_UNIT_TEST_H

#include "base/arena.h"
#include "base/err.h"

/*
 * A test is registered by existing: TEST(name) { ... } puts a row into a section that the runner
 * walks. A new file in tests/unit/ is the whole change. CHECK* report the line and go on.
 */
struct test {
    const char *file, *name;
    void (*run)(void);
};

#define TEST(test_name)                                                                            \
    static void test_name(void);                                                                   \
    static const struct test test_row_##test_name = {__FILE__, #test_name, test_name};             \
    static const struct test *const test_pointer_##test_name                                       \
        __attribute__((used, section("harden_tests"))) = &test_row_##test_name;                    \
    static void test_name(void)

void test_failed(const char *file, int line, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void test_check_str(const char *file, int line, str want, str got);

#define CHECK(condition)                                                                           \
    ((condition) ? (void)0 : test_failed(__FILE__, __LINE__, "%s does not hold", #condition))
#define CHECK_EQ(want, got)                                                                        \
    do {                                                                                           \
        long long want_ = (long long)(want), got_ = (long long)(got);                              \
        if (want_ != got_)                                                                         \
            test_failed(__FILE__, __LINE__, "%s: want %lld, got %lld", #got, want_, got_);         \
    } while (0)
#define CHECK_STR(want, got) test_check_str(__FILE__, __LINE__, str_from(want), (got))
/* The call succeeded; prints the error where it did not. */
#define CHECK_OK(call, err)                                                                        \
    ((call) == 0 ? (void)0 : test_failed(__FILE__, __LINE__, "%s: %s", #call, (err)->message))

/* A scratch folder below $TMPDIR, made on first use and removed at the end. */
const char *test_folder(void);

#endif
