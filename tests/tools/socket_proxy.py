#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""socket_proxy.py LISTEN TARGET LOG: passes a unix socket on to another and writes the first line
of every request to LOG, for tests that count what an engine was asked."""
import re
import socket
import sys
import threading


def pump(source, to, log=None):
    try:
        while data := source.recv(1 << 16):
            if log:
                for line in re.findall(rb"^[A-Z]+ /[^\r\n]* HTTP/1", data, re.M):
                    with open(log, "ab") as out:
                        out.write(line + b"\n")
            to.sendall(data)
    except OSError:
        pass
    for end in (source, to):
        try:
            end.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass


def main():
    listen, target, log = sys.argv[1:4]
    server = socket.socket(socket.AF_UNIX)
    server.bind(listen)
    server.listen(16)
    while True:
        client, _ = server.accept()
        peer = socket.socket(socket.AF_UNIX)
        peer.connect(target)
        threading.Thread(target=pump, args=(client, peer, log), daemon=True).start()
        threading.Thread(target=pump, args=(peer, client), daemon=True).start()


if __name__ == "__main__":
    main()
