#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# needs: none
# docs/rules.md is what the rules say today.
. "$(dirname "$0")/lib.sh"
"$harden" rules >"$scratch/rules.md"
if cmp -s "$scratch/rules.md" "$top/docs/rules.md"; then ok "docs/rules.md is up to date"; else
    failed "docs/rules.md is out of date: make docs"
    diff "$top/docs/rules.md" "$scratch/rules.md" | head -20
fi
check_exit "a list by class" 0 "$harden" explain --list --class style
check_exit "a list by family and severity" 0 "$harden" explain --list --family os --severity high
check_exit "nothing is all of that" 2 "$harden" explain --list --family os --class style
finish
