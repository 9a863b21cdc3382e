// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/test.h"

#include "io/http_internal.h"

#include <string.h>

static str shown(const char *url, char *out, size_t size)
{
    return str_from(http_shown_url(url, out, size));
}

TEST(http_urls_without_secrets)
{
    char out[40];
    CHECK_STR("https://example.org/a?b@c", shown("https://example.org/a?b@c", out, 40));
    CHECK_STR("https://example.org/", shown("https://user:secret@example.org/", out, 40));
    CHECK_STR("https://example.org", shown("https://u@v@example.org", out, 40));
    CHECK_STR("https://example.org/a@b", shown("https://example.org/a@b", out, 40));
    CHECK_STR("file:///a?b", shown("file:///a\x1b"
                                   "b",
                                   out, 40));
    CHECK_STR("no url", shown("no url", out, 40));
    CHECK_STR("http://a-rather-lo", shown("http://a-rather-long-host.example.org/", out, 19));
}

TEST(http_content_ranges)
{
    CHECK(http_content_range(STR("bytes 100-199/200")) == 100);
    CHECK(http_content_range(STR("bytes 0-0/*")) == 0);
    CHECK(http_content_range(STR("bytes */200")) == UINT64_MAX);
    CHECK(http_content_range(STR("bytes -5/200")) == UINT64_MAX);
    CHECK(http_content_range(STR("bytes 99999999999999999999-/1")) == UINT64_MAX);
    CHECK(http_content_range(STR("items 1-2/3")) == UINT64_MAX);
    CHECK(http_content_range(STR("")) == UINT64_MAX);
}

TEST(http_failures_in_plain_words)
{
    struct http_request request = {.url = "http://example.org/"};
    struct err err = {0};
    CHECK_EQ(-1, http_fail_status(&request, 404, STR("gone\r\nfor\x1bgood"), &err));
    CHECK_EQ(ERR_NOT_FOUND, err.kind);
    CHECK_STR("HTTP status 404: gone  for good", err_text(&err));
    http_fail_status(&request, 503, STR(""), &err);
    CHECK_EQ(ERR_NET, err.kind);
    CHECK_STR("HTTP status 503", err_text(&err));
}

TEST(http_of_files_only)
{
    CHECK(http_is_file("file:///x") && http_is_file("FILE:///x"));
    CHECK(!http_is_file("http://x") && !http_is_file("file:/x") && !http_is_file(""));
}
