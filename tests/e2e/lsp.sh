#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# needs: none
# The language server, driven by a small client.
. "$(dirname "$0")/lib.sh"
while IFS= read -r line; do
    case $line in
    "ok "*) ok "${line#ok }" ;;
    *) failed "${line#FAILED }" ;;
    esac
done < <(timeout 120 /usr/bin/python3 "$top/tests/e2e/lsp.py" "$harden" 2>&1)
[ "$((passed + failed))" -ge 34 ] || failed "the client ended early"
finish
