// SPDX-License-Identifier: Apache-2.0
#include "act/report/render.h"
#include "tests/unit/test.h"

#include <locale.h>
#include <stdlib.h>
#include <string.h>

/* What a writer or a text wrote. */
struct capture {
    char *bytes;
    size_t len;
    FILE *out;
};

static FILE *capture_begin(struct capture *capture)
{
    capture->out = open_memstream(&capture->bytes, &capture->len);
    return capture->out;
}

static void capture_check(struct capture *capture, int line, const char *want)
{
    fclose(capture->out);
    test_check_str(__FILE__, line, str_from(want), str_make(capture->bytes, capture->len));
    free(capture->bytes);
}

static void check_json_string(int line, str value, const char *want)
{
    struct capture capture;
    struct writer writer = writer_make(capture_begin(&capture));
    writer_string(&writer, NULL, value);
    capture_check(&capture, line, want);
}

TEST(writer_escapes_and_repairs)
{
    check_json_string(__LINE__, STR("plain \xc3\xa4\xe2\x82\xac\xf0\x9f\x90\xb3"),
                      "\"plain \xc3\xa4\xe2\x82\xac\xf0\x9f\x90\xb3\"");
    check_json_string(__LINE__, STR("\"\\/\n\t\r\x01\x00\x7f"),
                      "\"\\\"\\\\/\\n\\t\\u000d\\u0001\xef\xbf\xbd\\u007f\"");
    check_json_string(__LINE__, STR("\xc2\x9b\xe2\x80\xa8\xe2\x80\xae\xef\xbb\xbf"),
                      "\"\\u009b\\u2028\\u202e\\ufeff\"");
    check_json_string(__LINE__, STR("\xf3\xa0\x80\xa1"), "\"\\udb40\\udc21\"");
    /* Overlong, surrogate, past U+10FFFF, cut off, stray continuation. */
    check_json_string(__LINE__, STR("\xc0\xaf"), "\"\xef\xbf\xbd\xef\xbf\xbd\"");
    check_json_string(__LINE__, STR("\xed\xa0\x80"), "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"");
    check_json_string(__LINE__, STR("\xf4\x90\x80\x80"),
                      "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"");
    check_json_string(__LINE__, STR("a\xe2\x82"), "\"a\xef\xbf\xbd\xef\xbf\xbd\"");
    check_json_string(__LINE__, STR("\x80z"), "\"\xef\xbf\xbdz\"");
}

static void check_decimal(int line, double value, const char *want)
{
    struct capture capture;
    struct writer writer = writer_make(capture_begin(&capture));
    writer_decimal(&writer, NULL, value);
    capture_check(&capture, line, want);
}

TEST(writer_numbers_know_no_locale)
{
    setlocale(LC_ALL, "de_DE.UTF-8");
    check_decimal(__LINE__, 0, "0");
    check_decimal(__LINE__, 9.8, "9.8");
    check_decimal(__LINE__, 10, "10");
    check_decimal(__LINE__, 0.00042, "0.00042");
    check_decimal(__LINE__, 0.9999999, "1");
    check_decimal(__LINE__, 0.000001, "0.000001");
    check_decimal(__LINE__, -1.5, "-1.5");
    check_decimal(__LINE__, -0.0000001, "0");
    check_decimal(__LINE__, 1e300 * 1e300, "");
    check_decimal(__LINE__, -1e300 * 1e300, "");
    check_decimal(__LINE__, 0.0 * (1e300 * 1e300), "");
    setlocale(LC_ALL, "C");
}

TEST(writer_nests)
{
    struct capture capture;
    struct writer writer = writer_make(capture_begin(&capture));
    writer_object(&writer, NULL);
    writer_fact(&writer, "absent", (str){0});
    writer_array(&writer, "empty");
    writer_end(&writer);
    writer_array(&writer, "two");
    writer_u64(&writer, NULL, UINT64_MAX);
    writer_object(&writer, NULL);
    writer_end(&writer);
    writer_end(&writer);
    writer_bool(&writer, "last", false);
    writer_end(&writer);
    capture_check(&capture, __LINE__,
                  "{\n  \"empty\": [],\n  \"two\": [\n    18446744073709551615,\n    {}\n  ],\n"
                  "  \"last\": false\n}\n");
}

TEST(text_shows_hostile_bytes_as_escapes)
{
    struct capture capture;
    struct text text = text_make(capture_begin(&capture), 80, false, true);
    text_put(&text, STR("a\x1b[31m\r\n\x00\x7f\xc2\x9b\xff\xe2\x80\xae\xe2\x80\x8b\xc3\xa4"));
    CHECK_EQ(text_columns(&text, STR("\x1b\xe2\x80\xae\xc3\xa4")), 4 + 6 + 1);
    CHECK_EQ(text.column, 1 + 4 + 4 + 4 + 4 + 4 + 4 + 4 + 4 + 6 + 6 + 1);
    capture_check(&capture, __LINE__,
                  "a\\x1b[31m\\x0d\\x0a\\x00\\x7f\\x9b\\xff\\u202e\\u200b\xc3\xa4");
    text = text_make(capture_begin(&capture), 80, false, false);
    text_put(&text, STR("\xc3\xa4\xe4\xb8\xad"));
    capture_check(&capture, __LINE__, "\\u00e4\\u4e2d");
}

TEST(text_counts_columns_as_terminals_do)
{
    struct text text = text_make(NULL, 80, false, true);
    CHECK_EQ(3, text_columns(&text, STR("abc")));
    CHECK_EQ(4, text_columns(&text, STR("\xe4\xb8\xad\xe6\x96\x87")));
    CHECK_EQ(1, text_columns(&text, STR("e\xcc\x81")));
    CHECK_EQ(2, text_columns(&text, STR("\xf0\x9f\x90\xb3")));
    CHECK_EQ(1, text_columns(&text, STR("\xe2\x86\x92")));
}

static void check_fit(int line, const char *s, size_t columns, bool unicode, const char *want)
{
    struct capture capture;
    struct text text = text_make(capture_begin(&capture), 80, false, unicode);
    text_fit(&text, str_from(s), columns);
    CHECK(text.column <= columns);
    capture_check(&capture, line, want);
}

static void check_beside(int line, const char *s, const char *other, bool unicode, const char *want)
{
    struct capture capture;
    struct text text = text_make(capture_begin(&capture), 80, false, unicode);
    text_fit_beside(&text, str_from(s), str_from(other), 12);
    CHECK(text.column <= 12);
    capture_check(&capture, line, want);
}

TEST(text_fits_beside_another)
{
    check_beside(__LINE__, "4.17.21+ds-1", "4.17.21+ds-2", true, "4.17.21+ds-1");
    check_beside(__LINE__, "4.17.21+dfsg-1", "4.17.21+dfsg-2", true, "4.17\xe2\x80\xa6+dfsg-1");
    check_beside(__LINE__, "4.17.21+dfsg-1", "4.17.21+dfsg-2", false, "4.17...fsg-1");
    check_beside(__LINE__, "4.17.21+dfsg-1", "5", true, "4.17.21+dfs\xe2\x80\xa6");
    check_beside(__LINE__, "4.17.21+dfsg-11111111", "4.17.21+dfsg-2", true,
                 "4.17\xe2\x80\xa6"
                 "111111\xe2\x80\xa6");
    check_beside(__LINE__, "4.17.21+dfsg", "4.17.21+dfsg-2", true, "4.17.21+dfsg");
    check_beside(__LINE__, "aaaa\xe4\xb8\xad\xe6\x96\x87\xe4\xb8\xad-bbbbb",
                 "aaaa\xe4\xb8\xad\xe6\x96\x87\xe4\xb8\xad-bbbbc", true, "aaaa\xe2\x80\xa6-bbbbb");
}

TEST(text_fits)
{
    check_fit(__LINE__, "abcdef", 6, true, "abcdef");
    check_fit(__LINE__, "abcdefg", 6, true, "abcde\xe2\x80\xa6");
    check_fit(__LINE__, "abcdefg", 6, false, "abc...");
    check_fit(__LINE__, "abcdefg", 2, false, "");
    check_fit(__LINE__, "\xe4\xb8\xad\xe6\x96\x87\xe4\xb8\xad", 6, true,
              "\xe4\xb8\xad\xe6\x96\x87\xe4\xb8\xad");
    check_fit(__LINE__, "\xe4\xb8\xad\xe6\x96\x87\xe4\xb8\xad", 5, true,
              "\xe4\xb8\xad\xe6\x96\x87\xe2\x80\xa6");
    check_fit(__LINE__, "\x1b\x1b", 7, true, "\\x1b\xe2\x80\xa6");
    check_fit(__LINE__, "", 0, true, "");
}

TEST(text_wraps_words_and_commands)
{
    struct capture capture;
    struct text text = text_make(capture_begin(&capture), 40, false, true);
    text_put(&text, STR("  "));
    text_wrap(&text, STR(" some  words that are\nlonger than the line of forty columns "), 2);
    capture_check(&capture, __LINE__,
                  "  some words that are longer than the\n  line of forty columns");
    text = text_make(capture_begin(&capture), 40, false, true);
    text_wrap(&text,
              STR("End the Dockerfile with a number, `USER 65532:65532`. Give `COPY --chown`"), 0);
    capture_check(&capture, __LINE__,
                  "End the Dockerfile with a number,\n`USER 65532:65532`. Give `COPY --chown`");
    text = text_make(capture_begin(&capture), 40, false, true);
    text_wrap(&text, STR("an open one: `that never ends, however long the line may be"), 0);
    capture_check(&capture, __LINE__,
                  "an open one: `that never ends, however\nlong the line may be");
    text = text_make(capture_begin(&capture), 40, false, true);
    text_command(&text, STR("apt-get update && apt-get install -y --only-upgrade libc6"), 0);
    capture_check(&capture, __LINE__,
                  "apt-get update && apt-get install -y \\\n  --only-upgrade libc6");
}

TEST(formats_are_found_by_name)
{
    size_t count = 0;
    for (; format_all()[count]; count++)
        CHECK(format_by_name(str_from(format_all()[count]->name)) == format_all()[count]);
    CHECK(count >= 4);
    CHECK(format_by_name(STR("tty")) && format_by_name(STR("json")) &&
          format_by_name(STR("sarif")) && format_by_name(STR("table")));
    CHECK(!format_by_name(STR("")) && !format_by_name(STR("TTY")));
}
