#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""layout.py FOLDER CONFIG LAYER.tar...: an OCI layout of those layers, with that "config" (JSON) in
its image configuration. Layers become hard links, and are digested once a folder."""
import hashlib
import json
import os
import sys

folder, config, layers = sys.argv[1], json.loads(sys.argv[2]), sys.argv[3:]
KIND = "application/vnd.oci.image."
os.makedirs(f"{folder}/blobs/sha256", exist_ok=True)


def blob(data):
    digest = hashlib.sha256(data).hexdigest()
    with open(f"{folder}/blobs/sha256/{digest}", "wb") as file:
        file.write(data)
    return {"digest": "sha256:" + digest, "size": len(data)}


def layer(path):
    known = path + ".sha256"
    if not os.path.exists(known):
        with open(path, "rb") as file, open(known, "w") as out:
            out.write(hashlib.file_digest(file, "sha256").hexdigest())
    digest = open(known).read()
    target = f"{folder}/blobs/sha256/{digest}"
    if not os.path.exists(target):
        os.link(path, target)
    return {"mediaType": KIND + "layer.v1.tar", "digest": "sha256:" + digest, "size": os.path.getsize(path)}


rows = [layer(path) for path in layers]
document = {"architecture": "amd64", "os": "linux", "config": config,
            "rootfs": {"type": "layers", "diff_ids": [row["digest"] for row in rows]}}
manifest = {"schemaVersion": 2, "mediaType": KIND + "manifest.v1+json",
            "config": blob(json.dumps(document).encode()) | {"mediaType": KIND + "config.v1+json"},
            "layers": rows}
index = {"schemaVersion": 2,
         "manifests": [blob(json.dumps(manifest).encode()) | {"mediaType": KIND + "manifest.v1+json"}]}
with open(f"{folder}/index.json", "w") as file:
    json.dump(index, file)
with open(f"{folder}/oci-layout", "w") as file:
    file.write('{"imageLayoutVersion": "1.0.0"}')
