#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Checks what harden writes for programs: JSON reports and diffs against docs/*.schema.json and
against what a schema cannot say (counts, indices, order), SARIF against what the specification
requires of the members that we write. Usage: schema.py FILE..."""
import json
import os
import re
import sys
import xml.dom.minidom

import jsonschema

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SEVERITIES = ["critical", "high", "medium", "low", "info"]


def fail(what):
    raise ValueError(what)


def need(condition, what):
    if not condition:
        fail(what)


def no_duplicates(pairs):
    names = [name for name, _ in pairs]
    need(len(names) == len(set(names)), "a member twice: %s" % names)
    return dict(pairs)


def schemas():
    store = {}
    for name in ("report", "diff"):
        with open(os.path.join(TOP, "docs", name + ".schema.json"), encoding="utf-8") as file:
            schema = json.load(file)
        jsonschema.Draft202012Validator.check_schema(schema)
        store[schema["$id"]] = schema
    return store


def validate(document, name):
    store = schemas()
    identifier = next(key for key in store if key.endswith("/%s.schema.json" % name))
    schema = store[identifier]
    resolver = jsonschema.RefResolver(identifier, schema, store=store)
    validator = jsonschema.Draft202012Validator(schema, resolver=resolver)
    for error in validator.iter_errors(document):
        fail("%s: %s" % ("/".join(map(str, error.absolute_path)), error.message[:300]))


def check_report(report):
    validate(report, "report")
    findings, summary = report["findings"], report["summary"]
    opened = [f for f in findings if f["status"] == "open"]
    unfixed = [f for f in opened
               if f.get("vulnerability", {}).get("fix_state", "available") != "available"]
    for severity in SEVERITIES:
        count = sum(f["severity"] == severity for f in opened)
        need(summary[severity] == count, "summary: %s is not %d" % (severity, count))
        count = sum(f["severity"] == severity for f in unfixed)
        need(summary["unfixed"][severity] == count, "unfixed: %s is not %d" % (severity, count))
    need(summary["suppressed"] == len(findings) - len(opened), "summary: suppressed")
    gaps = report["coverage"]["gaps"]
    need(report["coverage"]["complete"] == (not gaps), "coverage: complete")
    need(gaps == sorted(gaps, key=lambda g: (g["path"].encode(), g["reason"].encode()))
         or any("\ufffd" in g["path"] for g in gaps), "gaps are not sorted")
    for number, action in enumerate(report["actions"]):
        indices = action["findings"]
        need(indices == sorted(set(indices)), "actions/%d: indices" % number)
        removed = [findings[i] for i in indices]
        need(all(f["status"] == "open" for f in removed), "actions/%d: not open" % number)
        for severity in SEVERITIES:
            need(action["removes"][severity] == sum(f["severity"] == severity for f in removed),
                 "actions/%d: removes %s" % (number, severity))
    for number, finding in enumerate(findings):
        need(finding["kind"] != "vulnerability" or "vulnerability" in finding
             or "/" in finding["id"], "findings/%d: a flaw without its package" % number)


def check_message(message, where):
    need(isinstance(message.get("text"), str) and message["text"], where + ": no text")


def check_base(run, location):
    need(location.get("uriBaseId") in run["originalUriBaseIds"]
         or location["uri"].startswith("/"), "uriBaseId")


def check_region(region):
    """Lines and columns from 1, and the end not before the start."""
    start = (region["startLine"], region.get("startColumn", 1))
    need(start >= (1, 1), "startLine")
    end = (region.get("endLine", start[0]), region.get("endColumn", 1 << 32))
    need(end >= start, "a region that ends before it begins")


def check_sarif(document):
    need(document["version"] == "2.1.0", "version")
    need(document["$schema"].endswith("sarif-2.1.0.json"), "$schema")
    need(len(document["runs"]) == 1, "runs")
    run = document["runs"][0]
    driver = run["tool"]["driver"]
    need(driver["name"] == "harden", "driver name")
    rules = driver["rules"]
    need(len({rule["id"] for rule in rules}) == len(rules), "a rule id twice")
    for rule in rules:
        check_message(rule["shortDescription"], rule["id"])
        check_message(rule["help"], rule["id"])
        if "fullDescription" in rule:
            check_message(rule["fullDescription"], rule["id"])
        need(rule["defaultConfiguration"]["level"] in ("error", "warning", "note"), "level")
        need(0 <= float(rule["properties"]["security-severity"]) <= 10, "security-severity")
    suppressions = ["suppressions" in result for result in run["results"]]
    need(all(suppressions) or not any(suppressions), "suppressions: all results or none")
    for result in run["results"]:
        need(rules[result["ruleIndex"]]["id"] == result["ruleId"], "ruleIndex")
        need(result["level"] in ("error", "warning", "note"), "level")
        check_message(result["message"], result["ruleId"])
        need(result["partialFingerprints"], "partialFingerprints")
        for location in result["locations"]:
            need(location["logicalLocations"][0]["name"] is not None, "logical location")
            physical = location.get("physicalLocation")
            if physical:
                uri = physical["artifactLocation"]["uri"]
                need(re.fullmatch(r"(?:[A-Za-z0-9._~/-]|%[0-9A-F]{2})+", uri), "uri " + uri)
                check_base(run, physical["artifactLocation"])
                check_region(physical["region"])
        for fix in result.get("fixes", []):
            check_message(fix["description"], "fix")
            need(fix["artifactChanges"], "a fix without changes")
            for change in fix["artifactChanges"]:
                check_base(run, change["artifactLocation"])
                need(change["replacements"], "a change without replacements")
                for replacement in change["replacements"]:
                    check_region(replacement["deletedRegion"])
                    need(isinstance(replacement["insertedContent"]["text"], str), "insertedContent")
        for suppression in result.get("suppressions", []):
            need(suppression["kind"] in ("inSource", "external"), "suppression kind")
    for invocation in run["invocations"]:
        need(isinstance(invocation["executionSuccessful"], bool), "executionSuccessful")
        for notification in invocation["toolExecutionNotifications"]:
            check_message(notification["message"], "notification")


def check_file(path):
    with open(path, "rb") as file:
        raw = file.read()
    text = raw.decode("utf-8")
    need(not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", text),
         "control or bidirectional characters that are not escaped")
    if path.endswith(".xml"):
        xml.dom.minidom.parseString(raw)
        return
    document = json.loads(text, object_pairs_hook=no_duplicates)
    if isinstance(document, list):
        check_issues(document)
        return
    schema = document.get("schema", "")
    if schema == "harden.report/1":
        check_report(document)
    elif schema == "harden.diff/1":
        validate(document, "diff")
    elif "runs" in document:
        check_sarif(document)
    else:
        fail("neither a report, a diff nor SARIF")


def check_issues(document):
    """What GitLab requires of a code quality report."""
    for issue in document:
        need(issue["description"] and issue["check_name"], "description")
        need(re.fullmatch("[0-9a-f]{16}", issue["fingerprint"]), "fingerprint")
        need(issue["severity"] in ("info", "minor", "major", "critical", "blocker"), "severity")
        need(not issue["location"]["path"].startswith("./"), "path")
        need(issue["location"]["lines"]["begin"] >= 1, "lines")
    seen = [issue["fingerprint"] for issue in document]
    need(len(set(seen)) == len(seen), "a fingerprint twice")


def main():
    failures = 0
    for path in sys.argv[1:]:
        try:
            check_file(path)
        except (ValueError, KeyError, IndexError, TypeError) as error:
            failures += 1
            print("%s: %s: %s" % (path, type(error).__name__, error), file=sys.stderr)
    return failures > 0


if __name__ == "__main__":
    sys.exit(main())
