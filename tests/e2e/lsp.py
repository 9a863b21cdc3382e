#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A small client of `harden lsp`: says what an editor says, and what a broken one does, and checks
the answers. Usage: lsp.py HARDEN; prints "ok NAME" and "FAILED NAME: why" lines."""
import json
import os
import random
import subprocess
import sys
import tempfile

HARDEN = sys.argv[1]
failures = 0


def check(name, condition, why=""):
    global failures
    failures += not condition
    print("ok %s" % name if condition else "FAILED %s: %s" % (name, why))


class Client:
    def __init__(self):
        self.process = subprocess.Popen([HARDEN, "lsp"], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.next_id = 0

    def raw(self, data):
        self.process.stdin.write(data)
        self.process.stdin.flush()

    def send(self, message, split=False):
        body = json.dumps(dict(message, jsonrpc="2.0")).encode()
        data = b"Content-Length: %d\r\n\r\n%s" % (len(body), body)
        for part in ([data[i:i + 7] for i in range(0, len(data), 7)] if split else [data]):
            self.raw(part)

    def read(self):
        length = None
        while True:
            line = self.process.stdout.readline()
            if not line:
                return None
            if line == b"\r\n":
                return json.loads(self.process.stdout.read(length))
            name, value = line.split(b":")
            if name == b"Content-Length":
                length = int(value)

    def request(self, method, params=None, **more):
        self.next_id += 1
        self.send({"id": self.next_id, "method": method, "params": params or {}}, **more)
        answer = self.read()
        assert answer["id"] == self.next_id, answer
        return answer

    def notify(self, method, params=None, **more):
        self.send({"method": method, "params": params or {}}, **more)

    def start(self):
        answer = self.request("initialize", {"capabilities": {}})
        self.notify("initialized")
        return answer

    def open(self, uri, text, language="dockerfile"):
        self.notify("textDocument/didOpen", {"textDocument": {
            "uri": uri, "languageId": language, "version": 1, "text": text}})
        return self.read()["params"]

    def change(self, uri, changes, version):
        self.notify("textDocument/didChange", {
            "textDocument": {"uri": uri, "version": version}, "contentChanges": changes})
        return self.read()["params"]

    def stop(self):
        self.request("shutdown")
        self.notify("exit")
        return self.process.wait(10)


def at(line, start, end_line=None, end=None):
    return {"start": {"line": line, "character": start},
            "end": {"line": line if end_line is None else end_line,
                    "character": start if end is None else end}}


def of(diagnostics, code):
    return [d for d in diagnostics["diagnostics"] if d["code"] == code]


UNKNOWN = "dockerfile/unknown-instruction"


def usual(folder):
    client = Client()
    answer = client.start()
    check("initialize", answer["result"]["capabilities"]["hoverProvider"] is True, answer)
    uri = "file://%s/Dockerfile" % folder
    # Two UTF-16 units, one code point, four bytes: positions behind it show who counts how.
    text = "FROM scratch\nLABEL a=\U0001f433 b=\u00e4\nCOPI a b\n"
    found = client.open(uri, text)
    hits = of(found, UNKNOWN)
    check("didOpen", len(hits) == 1 and hits[0]["range"]["start"] == {"line": 2, "character": 0}
          and found["uri"] == uri and hits[0]["severity"] == 1 and hits[0]["source"] == "harden", found)
    # Insert a line behind the whale: "b=" begins at unit 10.
    found = client.change(uri, [{"range": at(1, 10, 1, 11), "text": "c"},
                                {"range": at(2, 0), "text": "COPI b c\n"}], 2)
    hits = of(found, UNKNOWN)
    check("didChange, two edits", [h["range"]["start"]["line"] for h in hits] == [2, 3]
          and found["version"] == 2, found)
    hover = client.request("textDocument/hover", {
        "textDocument": {"uri": uri}, "position": {"line": 2, "character": 2}})["result"]
    check("hover explains", hover["contents"]["kind"] == "markdown"
          and UNKNOWN in hover["contents"]["value"], hover)
    hover = client.request("textDocument/hover", {
        "textDocument": {"uri": uri}, "position": {"line": 0, "character": 99999}})
    check("hover on nothing", "result" in hover, hover)
    actions = client.request("textDocument/codeAction", {
        "textDocument": {"uri": uri}, "range": at(2, 1), "context": {"diagnostics": []}})["result"]
    accept = [a for a in actions if a["title"] == "Accept %s here" % UNKNOWN]
    check("an action to accept", len(accept) == 1, actions)
    edit = accept[0]["edit"]["changes"][uri][0]
    found = client.change(uri, [{"range": edit["range"], "text": edit["newText"]}], 3)
    check("which works", [h["range"]["start"]["line"] for h in of(found, UNKNOWN)] == [4], found)
    found = client.change(uri, [{"text": "FROM scratch\n"}], 4)
    check("the whole text replaced", of(found, UNKNOWN) == [], found)
    found = client.change(uri, [{"range": at(0, 0, 9, 9), "text": "COPI"},
                                {"range": at(77, 5, 3, 1), "text": "nonsense"}], 5)
    check("ranges that lead nowhere", len(of(found, UNKNOWN)) == 1, found)
    compose = client.open("file://%s/compose.yaml" % folder,
                          "# \U0001f433\nservices:\n  \u00e4: {privileged: true, image: x}\n", "yaml")
    hits = of(compose, "container/privileged")
    check("a compose file", len(hits) == 1 and hits[0]["range"]["start"]["line"] == 2, compose)
    untitled = client.open("untitled:Untitled-1", "COPI\n")
    check("a document without a file", len(of(untitled, UNKNOWN)) == 1, untitled)
    spaced = client.open("file://%s/a%%20b%%C3%%A4.Dockerfile" % folder, "COPI\n")
    check("an encoded name", len(of(spaced, UNKNOWN)) == 1, spaced)
    client.notify("textDocument/didClose", {"textDocument": {"uri": uri}})
    check("didClose empties", client.read()["params"]["diagnostics"] == [])
    answer = client.request("textDocument/hover", {"textDocument": {"uri": uri},
                                                   "position": {"line": 0, "character": 0}})
    check("a closed document is gone", answer["error"]["code"] == -32602, answer)
    check("shutdown and exit", client.stop() == 0)


def apply(text, edits):
    """What an editor makes of edits; their lines have only ASCII here."""
    lines = text.split("\n")
    starts = [sum(len(line) + 1 for line in lines[:i]) for i in range(len(lines) + 1)]
    for edit in sorted(edits, key=lambda e: (e["range"]["start"]["line"],
                                             e["range"]["start"]["character"]), reverse=True):
        start, end = (starts[edit["range"][k]["line"]] + edit["range"][k]["character"]
                      for k in ("start", "end"))
        text = text[:start] + edit["newText"] + text[end:]
    return text


def quick_fix(folder):
    client = Client()
    client.start()
    uri = "file://%s/Dockerfile" % folder
    text = "FROM alpine:3.22\nRUN apk add curl\n"
    rule = "dockerfile/apk-cache-left"
    found = client.open(uri, text)
    check("there is something to repair", len(of(found, rule)) == 1, found)
    actions = client.request("textDocument/codeAction", {
        "textDocument": {"uri": uri}, "range": at(1, 6), "context": {"diagnostics": []}})["result"]
    fixes = [a for a in actions if a.get("isPreferred") and a["diagnostics"][0]["code"] == rule]
    check("a quick fix", len(fixes) == 1, actions)
    fixed = apply(text, fixes[0]["edit"]["changes"][uri])
    check("it says how", "--no-cache" in fixed, fixed)
    found = client.change(uri, [{"text": fixed}], 2)
    check("and it repairs", of(found, rule) == [], found)
    client.stop()


def nonsense():
    client = Client()
    answer = client.request("textDocument/hover")
    check("too early", answer["error"]["code"] == -32002, answer)
    client.start()
    client.raw(b"Content-Length: 5\r\nContent-Type: x\r\n\r\n{{{{{")
    check("no JSON", client.read()["error"]["code"] == -32700)
    client.raw(b"content-length:2\r\n\r\n[]")
    check("no request", client.read()["error"]["code"] == -32600)
    check("an unknown method", client.request("no/such")["error"]["code"] == -32601)
    client.send({"id": "a string", "method": "no/such"})
    check("ids come back as they came", client.read()["id"] == "a string")
    client.notify("$/cancelRequest", {"id": 1})
    client.notify("textDocument/didOpen", {"textDocument": {"uri": 5}})
    client.notify("textDocument/didChange", {"textDocument": {"uri": "file:///none"}})
    client.notify("textDocument/didOpen", [])
    answer = client.request("textDocument/hover", {"textDocument": {"uri": "x"}, "position": -1},
                            split=True)
    check("in small pieces", "error" in answer, answer)
    deep = b"[" * 100000
    client.raw(b"Content-Length: %d\r\n\r\n%s" % (len(deep), deep))
    check("deep nesting", client.read()["error"]["code"] == -32700)
    answer = client.request("initialize")
    check("initialize twice", answer["error"]["code"] == -32600, answer)
    check("still there", client.stop() == 0)
    for name, data in (("no length", b"X: 1\r\n\r\n"), ("a huge length", b"Content-Length: 99999999999\r\n\r\n"),
                       ("an endless header", b"A" * 10000), ("HTTP", b"GET / HTTP/1.1\r\n\r\n")):
        client = Client()
        try:
            client.raw(data)
            client.process.stdin.close()
        except BrokenPipeError:
            pass
        check("refused: " + name, client.process.wait(10) == 2)
    client = Client()
    client.process.stdin.close()
    check("a client that leaves", client.process.wait(10) == 1)


def noise():
    """Random edits: the server's text must stay the client's."""
    rng = random.Random(7)
    client = Client()
    client.start()
    uri, text = "file:///none/Dockerfile", "FROM scratch\nCOPI \u00e4 \U0001f433\n"
    client.open(uri, text)
    pieces = ["\n", "COPI x", "\U0001f433", "\u00e4", "#", "\\\n", "<<EOF", "\t", ""]
    for version in range(2, 300):
        lines = text.split("\n")
        line = rng.randrange(len(lines))
        units = lines[line].encode("utf-16-le")
        start = rng.randrange(len(units) // 2 + 1)
        before = units[:start * 2].decode("utf-16-le", "ignore")
        if len(before.encode("utf-16-le")) != start * 2:
            continue  # inside of a pair
        cut = rng.randrange(0, 3)
        after = lines[line][len(before):]
        gone = after[:cut]
        new = rng.choice(pieces)
        end = start + len(gone.encode("utf-16-le")) // 2
        lines[line] = before + new + after[len(gone):]
        text = "\n".join(lines)
        changed = client.change(uri, [{"range": at(line, start, line, end), "text": new}], version)
    fresh = client.open("file:///none/other/Dockerfile", text)
    check("random edits", changed["diagnostics"] == fresh["diagnostics"], text)
    client.stop()


with tempfile.TemporaryDirectory() as scratch:
    with open(os.path.join(scratch, "plain.txt"), "w", encoding="utf-8") as file:
        file.write("text\n")
    usual(scratch)
    quick_fix(scratch)
    nonsense()
    noise()
sys.exit(failures > 0)
