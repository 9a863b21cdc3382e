// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_ACT_REPORT_XML_H
#define HARDEN_ACT_REPORT_XML_H

#include "base/str.h"

#include <stdio.h>

/* Text in an XML 1.0 document, in elements and in quoted attributes: markup is escaped, and what
 * XML cannot hold (control characters, surrogates, bytes that are no UTF-8) becomes U+FFFD. */
void xml_text(FILE *out, str s);
/* ' name="value"' */
void xml_attribute(FILE *out, const char *name, str value);

#endif
