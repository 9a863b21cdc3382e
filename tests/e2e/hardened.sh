#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# needs: none
# Our own program is built as we ask others to build theirs.
. "$(dirname "$0")/lib.sh"
command -v readelf >/dev/null || { skip hardened "no readelf"; finish; exit; }
[ "$(basename "$build")" = build ] || { skip hardened "only the release build is"; finish; exit; }

readelf -W -h -l -d "$harden" >"$scratch/elf"
readelf -W --dyn-syms "$harden" >"$scratch/symbols"
has() { check "$1" grep -qE "$2" "$scratch/${3:-elf}"; }
has "position-independent" '^ *Type: +DYN'
has "for an interpreter, so a program and no library" 'INTERP'
has "relocations are read-only" 'GNU_RELRO'
has "... all of them, before it starts" 'FLAGS_1.*NOW'
has "the stack is not executable" 'GNU_STACK.* RW +0x'
has "the stack is guarded" '__stack_chk_fail' symbols
has "lengths are checked" '__(memcpy|vsnprintf|fprintf|read)_chk' symbols
check "no segment can be written and executed" bash -c "! grep -E '^ *LOAD.* RWE ' '$scratch/elf'"
check "no path to libraries of its own" bash -c "! grep -E 'RPATH|RUNPATH' '$scratch/elf'"

# The linker marks a program for shadow stacks only if all parts of it are marked. Debian's start-up
# files and libcrypto.a are not: what is ours must be.
if [ "$(uname -m)" = x86_64 ]; then
    unmarked=0 count=0
    while read -r object; do
        count=$((count + 1))
        readelf -n "$object" 2>/dev/null | grep -q 'IBT, SHSTK' || { unmarked=$((unmarked + 1)); echo "    $object"; }
    done < <(find "$build/src" "$build/gen" -name '*.o')
    check "our $count objects are made for shadow stacks and indirect branch tracking" test "$unmarked/$count" = "0/${count#0}"
fi
finish
