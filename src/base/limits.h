// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_BASE_LIMITS_H
#define HARDEN_BASE_LIMITS_H

/* Every maximum that hostile input can reach, on one page. Past it: ERR_LIMIT or a coverage gap. */

#define KIB(n) ((n)*1024ull)
#define MIB(n) ((n)*1024ull * 1024)
#define GIB(n) ((n)*1024ull * 1024 * 1024)

/* Names and paths. Linux's PATH_MAX is 4096; tar allows more. */
#define LIMIT_PATH KIB(16)

/* An image's documents: manifest, index, config. containers/image caps them at 4 MiB too. */
#define LIMIT_DOCUMENT        MIB(4)
#define LIMIT_DOCUMENTS       MIB(32) /* all documents of one archive that is read as a stream */
#define LIMIT_REFERENCE       1024    /* registry, name, tag and digest */
#define LIMIT_LAYERS          4096    /* overlay2 itself stops at 128 */
#define LIMIT_ARCHIVE_NAMES   200000  /* entries of an outer archive */
#define LIMIT_ARCHIVE_PADDING MIB(16) /* behind a tar's end; tar itself pads to 10 KiB */
#define LIMIT_INDEX_DEPTH     4       /* index in index in index */
#define LIMIT_INDEX_ENTRIES   10000
#define LIMIT_LINK_DEPTH      16      /* symbolic links in a row, in an archive of blobs */
#define LIMIT_FOLDER_DEPTH    1000    /* folders in folders of a root file system */
#define LIMIT_MERGED          8000000 /* names of a merged view, all layers together */

/* A layer. */
#define LIMIT_LAYER_ENTRIES 20000000ull
#define LIMIT_LAYER_BYTES   GIB(256) /* inflated */
#define LIMIT_RATIO         2000ull  /* inflated : packed, looked at past LIMIT_RATIO_FROM */
#define LIMIT_RATIO_FROM    MIB(256)
#define LIMIT_TAR_EXTENSION MIB(1) /* one pax header, GNU long name */
#define LIMIT_SPARSE_PARTS  100000
#define LIMIT_XZ_MEMORY     MIB(128)
#define LIMIT_ZSTD_WINDOW   27 /* log2: 128 MiB, what `zstd -d` allows */

/* Facts of one layer. */
#define LIMIT_CLAIMED_FILE MIB(48) /* a file that a collector reads */
#define LIMIT_FACTS        4000000
#define LIMIT_GAPS         1000     /* named one by one; the rest is counted */
#define LIMIT_SHADOWS      200000   /* names that claimed paths depend on */
#define LIMIT_COLLECTED    MIB(512) /* what collectors read of one layer, hard links and holes too */
#define LIMIT_LAYER_FACTS  MIB(256) /* memory of one layer's facts, of all layers' facts, and of */
#define LIMIT_IMAGE_FACTS  GIB(1)   /* lists of all entries */
#define LIMIT_IMAGE_FILES  GIB(4)
#define LIMIT_LAYER_LINKS  MIB(32) /* memory for symbolic links that entries may lead through */

/* Text formats. */
#define LIMIT_FIELD      KIB(64) /* one field of a package record */
#define LIMIT_JSON_DEPTH 64
#define LIMIT_YAML_DEPTH 64
#define LIMIT_YAML_NODES 1000000
#define LIMIT_SETTINGS   MIB(1)
#define LIMIT_JSON_TOKEN MIB(16) /* one string of a streamed document */
#define LIMIT_VERSION    512

/* One file of a package manager; past a number, the rest of the file is a gap. */
#define LIMIT_PACKAGES     200000 /* in a database; Debian's whole archive has 70,000 */
#define LIMIT_OWNED_FILES  2000000
#define LIMIT_REPOSITORIES 1000
#define LIMIT_FILE_GAPS    10     /* damaged records named one by one */
#define LIMIT_SETTINGS     MIB(1) /* os-release, repository lists */

/* Advisories. */
#define LIMIT_FEED_BYTES    GIB(8) /* unpacked */
#define LIMIT_DOWNLOAD      GIB(2)
#define LIMIT_FEED_ROWS     20000000
#define LIMIT_DESCRIPTION   KIB(8) /* of a vulnerability; the rest is cut off */
#define LIMIT_BUNDLE        GIB(4)
#define LIMIT_REPORT_INPUT  MIB(256)
#define LIMIT_CACHE_DEFAULT MIB(512)
#define LIMIT_CACHE_FILE    MIB(64)

/* Peers on a socket. */
#define LIMIT_ENGINE_ANSWER          MIB(16)
#define LIMIT_ENGINE_SECONDS         120 /* for a whole answer but an image */
#define LIMIT_ENGINE_PREPARE_SECONDS 900 /* Docker 20.10 copies all layers before it answers */
#define LIMIT_ENGINE_IMAGE           GIB(512)
#define LIMIT_STALL_SECONDS          60
#define LIMIT_STALL_BYTES            1024 /* fewer within LIMIT_STALL_SECONDS is a stall too */
#define LIMIT_CONNECT_SECONDS        15
#define LIMIT_REDIRECTS              10
#define LIMIT_HTTP_HEADERS           KIB(256)

#endif
