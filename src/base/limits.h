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
#define LIMIT_CLAIMED_FILE  MIB(48) /* a file that a collector reads */
#define LIMIT_FACTS         4000000
#define LIMIT_GAPS          1000     /* named one by one; the rest is counted */
#define LIMIT_SHADOWS       200000   /* names that claimed paths depend on */
#define LIMIT_COLLECTED     MIB(512) /* what collectors read of one layer, hard links and holes too */
#define LIMIT_LAYER_LIST    GIB(1)   /* a layer's list of entries, packed */
#define LIMIT_CONTENT_HELD  MIB(32)  /* of a file that passes in a stream and is read anywhere */
#define LIMIT_CONTENT_PIECE MIB(1)   /* of it, between what is held of its beginning and end */
#define LIMIT_CONTENT_READ  MIB(64)  /* of one file, by reading anywhere */
#define LIMIT_SCANNED_FILE  GIB(4)   /* of one file, by scanners */
#define LIMIT_SCANNED_FREE  MIB(256) /* of a layer's files, more than the archive is long: holes */
#define LIMIT_LAYER_FACTS   MIB(256) /* memory of one layer's facts, of all layers' facts, and of */
#define LIMIT_IMAGE_FACTS   GIB(1)   /* lists of all entries */
#define LIMIT_IMAGE_FILES   GIB(4)
#define LIMIT_LAYER_LINKS   MIB(32) /* memory for symbolic links that entries may lead through */

/* An executable or library. */
#define LIMIT_ELF_SEGMENTS 4096
#define LIMIT_ELF_SECTIONS 65536
#define LIMIT_ELF_DYNAMIC  KIB(256) /* the dynamic section; real ones have some 30 entries */
#define LIMIT_ELF_NEEDED   1000     /* libraries asked for by name */
#define LIMIT_ELF_NAMED    200      /* libraries and programs that it names otherwise */
#define LIMIT_ELF_SYMBOLS  1000000
#define LIMIT_ELF_STRINGS  MIB(32)
#define LIMIT_ELF_NOTES    KIB(64)

#define LIMIT_WASTE_TOLD MIB(1) /* less of a layer is not worth a word */

/* What an entry point reaches. */
#define LIMIT_SCRIPT          KIB(256) /* of a script; what follows is not looked at */
#define LIMIT_SCRIPT_COMMANDS 500
#define LIMIT_REACH_VALUES    64      /* that a variable of shell scripts may have */
#define LIMIT_REACH_TEXT      MIB(8)  /* of all shell scripts that are followed */
#define LIMIT_REACH_EFFORT    2000000 /* words and names that are looked at */
#define LIMIT_LIBRARY_FOLDERS 1000

/* Text formats. */
#define LIMIT_FIELD         KIB(64) /* one field of a package record */
#define LIMIT_JSON_DEPTH    64
#define LIMIT_YAML_DEPTH    64
#define LIMIT_YAML_NODES    1000000
#define LIMIT_SETTINGS      MIB(1)
#define LIMIT_JSON_TOKEN    MIB(16) /* one string of a streamed document */
#define LIMIT_VERSION       512
#define LIMIT_TEXT_FILE     MIB(256) /* Dockerfile, compose file, script */
#define LIMIT_FIX_BYTES     MIB(256) /* of versions that are judged while fixing one file */
#define LIMIT_CONTEXT_FILES 200000   /* of a build context that is sent to the engine */

/* Dockerfiles. BuildKit refuses lines from LIMIT_DOCKERFILE_LINE bytes on, and so do we say. */
#define LIMIT_DOCKERFILE_LINE     65535
#define LIMIT_INSTRUCTION         MIB(1) /* one instruction without its heredocs */
#define LIMIT_INSTRUCTIONS        100000
#define LIMIT_DOCKERFILE_PROBLEMS 1000     /* named one by one */
#define LIMIT_EXPANSION           KIB(64)  /* a word with its variables replaced */
#define LIMIT_EXPANSION_DEPTH     16       /* ${a:-${b:-${c}}} */
#define LIMIT_EXPANSIONS          MIB(16)  /* all of one file together */
#define LIMIT_EXPANSION_WORK      50000000 /* steps of ${x#pattern} in one file */
#define LIMIT_STAGE_DEPTH         100      /* stages that go on from one another */
#define LIMIT_RULE_FINDINGS       1000     /* of one rule in one file */
#define LIMIT_RULE_WORK           20000000 /* steps of predicates that compare everything with everything */
#define LIMIT_IGNORE_PATTERN      1024 /* bytes of a pattern; a longer one is left out */
#define LIMIT_IGNORE_PATTERNS     10000
/* A script: what RUN runs, an entry point. */
#define LIMIT_SHELL_TEXT     MIB(4)
#define LIMIT_SHELL_DEPTH    100    /* of constructs in each other */
#define LIMIT_SHELL_WRAPPERS 16     /* sudo env nice ... */
#define LIMIT_SHELL_COMMANDS 200000 /* of one script */
#define LIMIT_SHELL_PROBLEMS 100    /* the rest is not named */

/* What ShellCheck is asked about at once. */
#define LIMIT_SHELLCHECK_SCRIPTS 200
#define LIMIT_SHELLCHECK_TEXT    KIB(256) /* together */
#define LIMIT_SHELLCHECK_ANSWER  MIB(16)
#define LIMIT_SHELLCHECK_SECONDS 30

/* One file of a package manager; past a number, the rest of the file is a gap. */
#define LIMIT_PACKAGES     200000 /* in a database; Debian's whole archive has 70,000 */
#define LIMIT_OWNED_FILES  2000000
#define LIMIT_REPOSITORIES 1000
#define LIMIT_FILE_GAPS    10     /* damaged records named one by one */
#define LIMIT_SETTINGS     MIB(1) /* os-release, repository lists */
#define LIMIT_ACCOUNTS     200000 /* lines of passwd, shadow, group */
#define LIMIT_ACCESS_LINES 10000  /* lines of sudoers, pam, sshd, cron files */

#define LIMIT_LANGUAGE_HEAD KIB(256) /* headers of a language's package */
#define LIMIT_LANGUAGE_FILE MIB(16)  /* a record of such packages, read whole */
#define LIMIT_LANGUAGE_JSON MIB(4)   /* one in JSON: its tree takes some 40 times the memory */
#define LIMIT_LICENSE       200      /* bytes of a license's name */
#define LIMIT_LICENSES      200      /* that one package names */
#define LIMIT_HASH_LIST     MIB(256) /* digests of files that must not be in an image */
#define LIMIT_FORBIDDEN     1000     /* finds in one layer; the rest is a gap */
#define LIMIT_BASE_LIST     MIB(16)  /* trusted base images */

/* Linting. */
#define LIMIT_SOURCE_LINE  512     /* bytes of a line that a report shows */
#define LIMIT_LINT_FILES   1000000 /* found below folders */
#define LIMIT_IGNORE_RULES 10000   /* lines of one .gitignore */
#define LIMIT_WAIVERS      10000   /* comments of one file that silence findings */
#define LIMIT_GIT_OBJECT   MIB(64) /* a version of a file in a repository */

/* Declarations of containers: compose files, manifests, command lines. */
#define LIMIT_CONFIG_FILE     MIB(16)
#define LIMIT_CONFIG_VISITS   1000000 /* of nodes: aliases and merges repeat them */
#define LIMIT_CONFIG_ITEMS    1000    /* of one list: variables, mounts, ports */
#define LIMIT_CONFIG_PROBLEMS 200     /* named one by one */
#define LIMIT_CONFIG_DEPTH    32      /* `extends` of `extends`, lists of lists */
#define LIMIT_CONFIG_LOADED   1000    /* other files that one names */
#define LIMIT_CONFIG_TOGETHER MIB(16) /* of all of them */
#define LIMIT_CONFIG_VALUE    MIB(1)  /* of one value, variables put in */
#define LIMIT_CONFIG_SCALAR   KIB(16) /* of one that is a name, a path, a number */
#define LIMIT_CONFIG_EXPANDED MIB(64) /* read and written while variables are put in */
#define LIMIT_CONFIG_NAME     256     /* of capabilities and labels, which are copied */
#define LIMIT_CONFIG_TEST     KIB(4)  /* of a health check */
#define LIMIT_MOUNT_PATH      512     /* of a mount that is told by its path */
#define LIMIT_EVIDENCE        512     /* bytes of what a finding or a problem shows */
#define LIMIT_WORKLOADS       5000
#define LIMIT_LINE_INDENT     200 /* blanks before a line that a repair adds */

/* Secrets. */
#define LIMIT_SECRETS         2000     /* told of one layer; the rest is a gap */
#define LIMIT_SECRETS_FILE    200      /* told of one file */
#define LIMIT_SECRET_TRIES    100000   /* of one kind in one file: matches that are judged */
#define LIMIT_SECRET_MATCHES  10000000 /* of all kinds in one file; what comes then is a gap */
#define LIMIT_SECRET_FILE     MIB(4)   /* a file of a known format that holds secrets */
#define LIMIT_NESTED_HELD     MIB(48)  /* an archive in a layer, held to be looked into */
#define LIMIT_NESTED_UNPACKED MIB(512) /* of one archive, all within it together */
#define LIMIT_NESTED_ENTRIES  100000
#define LIMIT_NESTED_DEPTH    4 /* archives in archives */

/* The language server. */
#define LIMIT_LSP_MESSAGE   MIB(32) /* one message, and one document */
#define LIMIT_LSP_HEADER    KIB(4)
#define LIMIT_LSP_DOCUMENTS 1000
#define LIMIT_LSP_CHANGES   10000 /* in one message */

/* Advisories. */
#define LIMIT_FEED_BYTES    GIB(8) /* unpacked */
#define LIMIT_DOWNLOAD      GIB(2)
#define LIMIT_FEED_ROWS     20000000
#define LIMIT_STORE_ROW     MIB(16)
#define LIMIT_OSV_RECORD    MIB(4) /* one record; the longest real one has 80 KB */
#define LIMIT_OSV_RECORDS   2000000
#define LIMIT_OSV_UNPACKED  GIB(2) /* all records of an ecosystem */
#define LIMIT_OSV_WORD      256    /* an id, a name, a version, a vector */
#define LIMIT_OSV_ALIASES   100    /* other ids of one flaw */
#define LIMIT_OSV_TEXT      512    /* of what a flaw is about; the rest is cut off */
#define LIMIT_DESCRIPTION   KIB(8) /* of a vulnerability; the rest is cut off */
#define LIMIT_BUNDLE        GIB(4)
#define LIMIT_REPORT_INPUT  MIB(256)
#define LIMIT_CACHE_DEFAULT MIB(512)
#define LIMIT_CACHE_FILE    MIB(64)

/* Processes of containers, on one machine. */
#define LIMIT_LIVE_PROCESSES 100000
#define LIMIT_LIVE_TEXT      MIB(16) /* environments and command lines, of all of them */
#define LIMIT_LIVE_ENTRIES   200000  /* of the layers of a container, files and folders */
#define LIMIT_LIVE_CHANGES   10000   /* of one container that are kept */
#define LIMIT_LIVE_DEPTH     64      /* of folders in a layer */
#define LIMIT_LIVE_FILTERS   32      /* on system calls, of one process */
#define LIMIT_DEVICE_GATES   64      /* programs that decide about devices, of one cgroup */
#define LIMIT_DEVICE_PROGRAM 4096    /* instructions of one of them */
#define LIMIT_DEVICE_NUMBERS 256     /* of devices that they name */
#define LIMIT_DEVICE_STEPS   20000000

/* A machine that is audited. */
#define LIMIT_HOST_PATH            4096
#define LIMIT_HOST_NAMES           100000 /* in one folder that is listed, /proc too */
#define LIMIT_HOST_FILE            MIB(4) /* a configuration file, mountinfo, a list of sockets */
#define LIMIT_HOST_ROWS            200000 /* settings, rules, mounts, listeners of one file */
#define LIMIT_DAEMON_KEYS          1000   /* of daemon.json; dockerd knows about 80 */
#define LIMIT_DAEMON_FILE          KIB(256)
#define LIMIT_HOST_PROCESSES       20000 /* of engines */
#define LIMIT_HOST_NAMESPACES      6000  /* of the network */
#define LIMIT_NETWORK_LINKS        20000
#define LIMIT_SUBNETS              64      /* of one network */
#define LIMIT_FIREWALL             MIB(64) /* what the kernel tells of one: rules, sets */
#define LIMIT_FIREWALL_CHAINS      20000   /* and sets */
#define LIMIT_FIREWALL_RULES       200000
#define LIMIT_FIREWALL_ELEMENTS    100000    /* of one set */
#define LIMIT_FIREWALL_EXPRESSIONS 128       /* of one rule */
#define LIMIT_FIREWALL_DEPTH       32        /* chains that jump to each other */
#define LIMIT_FIREWALL_STEPS       300000000 /* rules that are compared, for all questions */
#define LIMIT_NETWORK_QUESTIONS    2000000   /* who reaches whom on which port */
#define LIMIT_NETWORK_ROUTES       200000
#define LIMIT_NETWORK_SUPPOSED     200000 /* questions that are asked again to try suggestions */
#define LIMIT_NETWORK_SPLIT        300    /* containers of one network that is to be split */
#define LIMIT_NETWORK_ARROWS       120    /* between containers, that are drawn */
#define LIMIT_NETWORK_DRAWN        80     /* containers: more are neither laid out nor read */
#define LIMIT_HOST_SOCKETS         20000  /* of one process */
#define LIMIT_ENGINES              16
#define LIMIT_BUILD_TRACE          MIB(1)   /* one message of BuildKit */
#define LIMIT_ENGINE_OBJECTS       5000     /* containers, images: asked about one by one */
#define LIMIT_ENGINE_ANSWERS       MIB(256) /* of one engine, all together */
#define LIMIT_ENGINE_AUDIT_SECONDS 120      /* of one engine, all together */
#define LIMIT_ENGINE_LANES         4        /* questions on their way to one at once */

/* Peers on a socket. */
#define LIMIT_ENGINE_ANSWER          MIB(16)
#define LIMIT_ENGINE_SECONDS         120    /* for a whole answer but an image */
#define LIMIT_ENGINE_PREPARE_SECONDS 900    /* Docker 20.10 copies all layers before it answers */
#define LIMIT_BUILD_SECONDS          3600   /* of an image, to see what a fix makes of it */
#define LIMIT_GRPC_MESSAGE           MIB(1) /* of what an engine asks for while it builds */
#define LIMIT_GRPC_CALLS             16     /* at once */
#define LIMIT_BUILD_SECRETS          32
#define LIMIT_BUILD_SECRET           KIB(500) /* as BuildKit has it */
#define LIMIT_ENGINE_IMAGE           GIB(512)
#define LIMIT_STALL_SECONDS          60
#define LIMIT_STALL_BYTES            1024 /* fewer within LIMIT_STALL_SECONDS is a stall too */
#define LIMIT_CONNECT_SECONDS        15
#define LIMIT_REDIRECTS              10
#define LIMIT_HTTP_HEADERS           KIB(256)

#endif
