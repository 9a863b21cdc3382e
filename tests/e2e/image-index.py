#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""image-index.py SAVED FOLDER: gives the image that `docker save` wrote to SAVED the date of a
reproducible build, and writes it to FOLDER as an OCI layout with two indexes: "plain", and "attested"
with a provenance attestation as BuildKit puts it there, and a signature as notation does."""
import hashlib
import json
import os
import sys

saved, folder = sys.argv[1:]
KIND = "application/vnd.oci.image."
os.makedirs(f"{folder}/blobs/sha256")


def blob(data, kind, **more):
    data = data if isinstance(data, bytes) else json.dumps(data).encode()
    digest = hashlib.sha256(data).hexdigest()
    with open(f"{folder}/blobs/sha256/{digest}", "wb") as file:
        file.write(data)
    return {"mediaType": kind, "digest": "sha256:" + digest, "size": len(data)} | more


def read(path):
    with open(f"{saved}/{path}", "rb") as file:
        return file.read()


def manifest(config, layers, **more):
    return blob({"schemaVersion": 2, "mediaType": KIND + "manifest.v1+json", "config": config, "layers": layers},
                KIND + "manifest.v1+json", **more)


rows = json.loads(read("manifest.json"))
config = json.loads(read(rows[0]["Config"]))
config["created"] = "1970-01-01T00:00:00Z"
for step in config["history"]:
    step["created"] = "1970-01-01T00:00:00Z"
data = json.dumps(config).encode()
os.remove(f"{saved}/{rows[0]['Config']}")
rows[0]["Config"] = hashlib.sha256(data).hexdigest() + ".json"
for path, content in ((rows[0]["Config"], data), ("manifest.json", json.dumps(rows).encode())):
    with open(f"{saved}/{path}", "wb") as file:
        file.write(content)

image = manifest(blob(data, KIND + "config.v1+json"),
                 [blob(read(path), KIND + "layer.v1.tar") for path in rows[0]["Layers"]],
                 platform={"architecture": config["architecture"], "os": config["os"]})
statement = {"_type": "https://in-toto.io/Statement/v0.1", "predicateType": "https://slsa.dev/provenance/v0.2",
             "subject": [{"name": "app", "digest": {"sha256": image["digest"][7:]}}], "predicate": {}}
attestation = manifest(
    blob({"architecture": "unknown", "os": "unknown", "config": {}, "rootfs": {"type": "layers", "diff_ids": []}},
         KIND + "config.v1+json"),
    [blob(statement, "application/vnd.in-toto+json",
          annotations={"in-toto.io/predicate-type": statement["predicateType"]})],
    platform={"architecture": "unknown", "os": "unknown"},
    annotations={"vnd.docker.reference.type": "attestation-manifest", "vnd.docker.reference.digest": image["digest"]})
signature = manifest(blob({}, "application/vnd.cncf.notary.signature"), [blob({"payload": ""}, "application/jose+json")],
                     artifactType="application/vnd.cncf.notary.signature")
top = [blob({"schemaVersion": 2, "mediaType": KIND + "index.v1+json", "manifests": manifests},
            KIND + "index.v1+json", annotations={"org.opencontainers.image.ref.name": name})
       for name, manifests in (("plain", [image]), ("attested", [image, attestation, signature]))]
with open(f"{folder}/index.json", "w") as file:
    json.dump({"schemaVersion": 2, "manifests": top}, file)
with open(f"{folder}/oci-layout", "w") as file:
    file.write('{"imageLayoutVersion": "1.0.0"}')
