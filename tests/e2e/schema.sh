#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# needs: none
# Reports for programs against their schemas: the golden ones, one of a real scan, and any JSON or
# SARIF file that is given. Reports that are wrong on purpose must be refused.
. "$(dirname "$0")/lib.sh"
valid=$top/tests/e2e/schema.py
fixtures=$top/tests/fixtures/report
/usr/bin/python3 -c 'import jsonschema' 2>/dev/null ||
    { skip schema "python3-jsonschema is not installed"; finish; exit; }

for file in "$@" "$fixtures"/*.json "$fixtures"/*.sarif "$fixtures"/*.xml "$fixtures"/*.codeclimate; do
    check "$(basename "$file") is valid" "$valid" "$file"
done

refused() { # name sed-expression [file]
    sed "$2" "$fixtures/${3:-debian.json}" >"$scratch/wrong.json"
    if cmp -s "$fixtures/${3:-debian.json}" "$scratch/wrong.json"; then failed "$1 (nothing was changed)"; return; fi
    check_exit "$1 is refused" 1 "$valid" "$scratch/wrong.json"
}
refused "an unknown member" 's/"summary": {/"summary": {"surprise": 1,/'
refused "an unknown severity" '0,/"severity": "high"/s//"severity": "severe"/'
refused "a wrong count" 's/"suppressed": 2/"suppressed": 3/'
refused "null for an absent fact" '0,/"created": "[^"]*"/s//"created": null/'
refused "a member twice" '0,/"critical": 2,/s//"critical": 2, "critical": 2,/'
refused "a rule index past the end" '0,/"ruleIndex": 0/s//"ruleIndex": 400/' debian.sarif
refused "a region that ends before it begins" '0,/"endColumn": 16/s//"endColumn": 1/' files.sarif
refused "a fingerprint twice" 's/"fingerprint": "[^"]*"/"fingerprint": "0123456789abcdef"/' files.codeclimate
refused "a raw control byte" 's/example\/web/\x9b/' debian.sarif

if [ -x "$harden" ]; then
    root=$scratch/root
    mkdir -p "$root/etc" "$root/var/lib/dpkg"
    printf 'ID=debian\nVERSION_ID="12"\nVERSION_CODENAME=bookworm\nPRETTY_NAME="Debian 12"\n' >"$root/etc/os-release"
    printf 'Package: openssl\nStatus: install ok installed\nArchitecture: amd64\nVersion: 3.0.9-1\nMaintainer: Debian OpenSSL Team <openssl@example.org>\n\n' >"$root/var/lib/dpkg/status"
    for format in json sarif; do
        "$harden" scan --built-in --format "$format" --packages --fail-on none --allow-gaps \
            --output "$scratch/real.$format" "rootfs:$root"
        check "$format of a scan is valid" "$valid" "$scratch/real.$format"
    done
else
    skip "a real scan" "$harden is not built"
fi
finish
