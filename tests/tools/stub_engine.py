# SPDX-License-Identifier: Apache-2.0
"""The engine half of stub_server.py --engine DIR: answers from DIR/{json,history,tar}, misbehaving
as DIR/behaviour says (read anew for each request): WHERE-HOW, where WHERE is ping, json, history
or get, and HOW one of html, stall, garbage, cut, endless, 500, empty, half. DIR/api, if there,
holds the API version ("" for none)."""
import os
import re

MESSAGE = b'{"message":"No such image: \\u003cnothing\\u003e"}\n'


def read(folder, name, default=b""):
    try:
        with open(os.path.join(folder, name), "rb") as file:
            return file.read()
    except FileNotFoundError:
        return default


def misbehave(peer, how, body):
    if how == "html":
        peer.answer("200 OK", b"<html><body>Welcome to the portal</body></html>",
                    "Content-Type: text/html", "Api-Version: 1.41")
    elif how == "stall":
        peer.head("200 OK", "Content-Length: %d" % max(len(body), 1000), "Api-Version: 1.41")
        peer.send(body[:700])
        peer.wait()
    elif how == "garbage":
        peer.send(b"\x16\x03\x01 no HTTP\r\n\r\n" * 10)
    elif how == "cut":
        peer.answer("200 OK", body[:len(body) // 2])
    elif how == "half":
        peer.head("200 OK", "Transfer-Encoding: chunked")
        half = body[:len(body) // 2]
        peer.send(b"%x\r\n%s\r\n" % (len(half), half))
    elif how == "chunks":
        peer.head("200 OK", "Transfer-Encoding: chunked")
        peer.send(b"10\r\n" + body[:16] + b"\r\nnot a length\r\n")
    elif how == "endless":
        peer.head("200 OK")
        while True:
            peer.send(b'{"a":[' * 1000 if body[:1] in b"[{" else b"\0" * 65536)
    elif how == "500":
        peer.answer("500 Internal Server Error", b'{"message":"the disk is \\u001b[31mfull"}')
    elif how == "empty":
        peer.answer("200 OK")
    elif how == "deep":
        peer.answer("200 OK", b"[" * 1000000)
    else:
        peer.answer("501 Not Implemented", how.encode())


def answer(peer):
    folder = peer.options.engine
    where, _, how = read(folder, "behaviour").decode().strip().partition("-")
    path = peer.path.split("?")[0]
    if path == "/_ping":
        what, body = "ping", b"OK"
    elif re.fullmatch(r"/v1\.\d+/images/.+/json", path):
        what, body = "json", read(folder, "json")
    elif re.fullmatch(r"/v1\.\d+/images/.+/history", path):
        what, body = "history", read(folder, "history")
    elif re.fullmatch(r"/v1\.\d+/images/.+/get", path):
        what, body = "get", read(folder, "tar")
    else:
        what, body = "", b""
    if what and what == where:
        misbehave(peer, how, body)
    elif what == "ping":
        api = read(folder, "api", b"1.41").decode().strip()
        peer.answer("200 OK", body, *(["Api-Version: " + api] if api else []))
    elif not what or "/nothing/" in path:
        peer.answer("404 Not Found", MESSAGE, "Content-Type: application/json")
    else:
        peer.answer("200 OK", body)
