#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""audit_rule.py add|del PATH: a rule of the kernel's audit subsystem that watches a folder, as auditctl would set it."""
import socket, struct, sys

AUDIT_ADD_RULE, AUDIT_DEL_RULE, NETLINK_AUDIT = 1011, 1012, 9
EXIT, ALWAYS, EQUAL, PERM, DIR, KEY = 4, 2, 0x40000000, 106, 107, 210
path, key = sys.argv[2].encode(), b"harden-e2e"


def padded(values):
    return values + [0] * (64 - len(values))


words = [EXIT, ALWAYS, 3] + [0xFFFFFFFF] * 64 + padded([DIR, PERM, KEY]) + padded([len(path), 7, len(key)])
words += padded([EQUAL] * 3) + [len(path) + len(key)]
body = struct.pack("=%dI" % len(words), *words) + path + key
kind = {"add": AUDIT_ADD_RULE, "del": AUDIT_DEL_RULE}[sys.argv[1]]
netlink = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_AUDIT)
netlink.settimeout(5)
netlink.send(struct.pack("=IHHII", 16 + len(body), kind, 5, 1, 0) + body)
error = struct.unpack("=IHHIIi", netlink.recv(9000)[:20])[5]
sys.exit(0 if error == 0 else f"audit_rule.py: error {-error}")
