# SPDX-License-Identifier: Apache-2.0
"""An engine that answers from files: fixture_engine.py SOCKET DIR.

GET /v1.N/containers/json is DIR/containers.json, /v1.N/containers/ID/json DIR/containers-ID.json,
/v1.N/info DIR/info.json; what has no file is 404. DIR/NAME.raw is sent as it stands instead of an
answer; DIR/NAME.stall lets the client wait for ever (DIR/_ping.stall: for the first answer). Prints one line when it listens."""
import os
import re
import socketserver
import sys
import time


class Handler(socketserver.StreamRequestHandler):
    def handle(self):
        request = self.rfile.readline().decode("latin-1").split()
        while self.rfile.readline().strip():
            pass
        if len(request) < 2 or request[0] != "GET":
            self.wfile.write(b"HTTP/1.1 405 No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            return
        path = re.sub(r"^/v1\.\d+", "", request[1].split("?")[0])
        name = os.path.join(sys.argv[2], re.sub("-json$", "", path.strip("/").replace("/", "-").replace(":", "_")))
        if os.path.exists(name + ".stall"):
            time.sleep(3600)
        elif path == "/_ping":
            self.answer(b"200 OK", b"OK")
        elif os.path.exists(name + ".raw"):
            with open(name + ".raw", "rb") as file:
                self.wfile.write(file.read())
        elif os.path.exists(name + ".json"):
            with open(name + ".json", "rb") as file:
                self.answer(b"200 OK", file.read())
        else:
            self.answer(b"404 Not Found", b'{"message":"no such thing"}')

    def answer(self, status, body):
        self.wfile.write(b"HTTP/1.1 " + status + b"\r\nApi-Version: 1.44\r\nContent-Length: %d\r\n"
                         b"Connection: close\r\n\r\n" % len(body) + body)


class Server(socketserver.ThreadingUnixStreamServer):
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, request, client_address):
        pass


with Server(sys.argv[1], Handler) as server:
    print("ready", flush=True)
    server.serve_forever()
