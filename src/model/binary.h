// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_MODEL_BINARY_H
#define HARDEN_MODEL_BINARY_H

#include "base/str.h"

/* An executable or library (ELF), and how it was built. */
enum binary_type {
    BINARY_EXEC,   /* at a fixed address */
    BINARY_PIE,    /* an executable at any address */
    BINARY_DSO,    /* a shared library, or the dynamic loader */
    BINARY_STATIC, /* an executable without interpreter; BINARY_IS_PIE tells of static-pie */
    BINARY_CORE,   /* a memory dump */
};
enum { BINARY_TYPES = BINARY_CORE + 1 };
str binary_type_name(enum binary_type type);
bool binary_type_parse(str name, enum binary_type *ret);

/* Whether global offset tables are read-only once the program runs. */
enum binary_relro { RELRO_NO, RELRO_PARTIAL, RELRO_FULL };
str binary_relro_name(enum binary_relro relro);
bool binary_relro_parse(str name, enum binary_relro *ret);

enum binary_flag {
    BINARY_IS_PIE = 1 << 0,
    BINARY_NX = 1 << 1,          /* the stack cannot be executed */
    BINARY_CANARY = 1 << 2,      /* some function checks its stack frame */
    BINARY_WRITE_EXEC = 1 << 3,  /* a segment is writable and executable */
    BINARY_TEXT_RELOCS = 1 << 4, /* the loader writes into code */
    BINARY_STRIPPED = 1 << 5,    /* no symbol table */
    BINARY_DEBUG = 1 << 6,       /* debug info within the file */
    BINARY_IBT = 1 << 7,         /* x86 CET */
    BINARY_SHSTK = 1 << 8,
    BINARY_BTI = 1 << 9, /* arm64 */
    BINARY_PAC = 1 << 10,
    BINARY_NO_SYMBOLS = 1 << 11,  /* nothing tells what it calls: canary and fortify are unknown */
    BINARY_INTERPRETED = 1 << 12, /* asks for an interpreter */
    BINARY_OPENS_LIBRARIES = 1 << 13, /* calls dlopen() */
    BINARY_LISTENS = 1 << 14,         /* calls listen() or accept() */
    BINARY_STARTS = 1 << 16,          /* calls what starts programs: execve(), posix_spawn() ... */
    BINARY_SHELL = 1 << 17,           /* calls system() or popen(), which start /bin/sh */
    BINARY_USES_NAMES = 1 << 15,      /* calls what asks NSS: getpwnam(), getaddrinfo() ... */
    BINARY_CONVERTS = 1 << 18,        /* calls iconv_open(), which loads what converts */
};

struct binary {
    uint64_t type, relro; /* enum binary_type, enum binary_relro */
    uint64_t flags;       /* bits of enum binary_flag */
    uint64_t fortified;   /* calls of checking functions (__memcpy_chk), by name */
    uint64_t fortifiable; /* those and the ones that could be checking ones */
    str machine;          /* "x86-64", "aarch64"; "machine 0x123" where unknown */
    str language;         /* "go", "rust", or "": what C compilers make, or unknown */
    str toolchain;        /* "go1.22.1", where the file says so */
    str interpreter;      /* as in PT_INTERP */
    str needed;           /* libraries by name, one a line */
    str named;            /* libraries and programs that its texts name, one a line; of what opens
                             libraries or starts programs */
    str soname;
    str rpath, runpath; /* colon-separated, as stored */
    str build_id;       /* hex */
};

static inline bool binary_has(const struct binary *binary, enum binary_flag flag)
{
    return (binary->flags & flag) != 0;
}
/* Canaries and checked functions are what C compilers add; Go and Rust have other means. */
static inline bool binary_is_c(const struct binary *binary)
{
    return binary->language.len == 0;
}
/* Whether an executable or library has all that its kind can have: not writable where it is
 * executable, a random address, read-only relocations, and in C canaries and checked functions
 * where anything could be checked. */
bool binary_is_hardened(const struct binary *binary);

#endif
