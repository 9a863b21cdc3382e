// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_APP_DATABASE_BUNDLE_H
#define HARDEN_APP_DATABASE_BUNDLE_H

/*
 * A bundle is a zstd-packed ustar archive of regular files:
 *
 *   SHA256SUMS   a line "HEX  NAME" for each of the others, as sha256sum -c reads it; comes first
 *   META         a line "NAME \t FETCHED \t LAST-MODIFIED" for each document; comes second
 *   apt.list     the archives that were asked for; comes third
 *   FEED/NAME    the documents as they were fetched
 */
#define BUNDLE_SUMS "SHA256SUMS"
#define BUNDLE_META "META"
#define BUNDLE_APT  "apt.list"

#endif
