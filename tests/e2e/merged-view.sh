#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# needs: docker root
# The merged view of an image is what `docker export` shows of a container of that image.
. "$(dirname "$0")/lib.sh"

view="$top/tests/e2e/merged-view.py"

# same_view NAME REFERENCE TARGET...: every target shows what a container of the image shows.
same_view() {
    local name=$1 ref=$2 container target
    shift 2
    container=$(docker create "$ref" none 2>/dev/null) || { failed "$name: cannot create a container"; return; }
    docker export "$container" >"$scratch/export.tar"
    docker rm "$container" >/dev/null
    python3 "$view" export "$scratch/export.tar" >"$scratch/want"
    for target in "$@"; do
        "$harden" files --no-cache --format json "$target" >"$scratch/files.json" 2>"$scratch/complaints"
        python3 "$view" files "$scratch/files.json" >"$scratch/got"
        check_same "$name: ${target##*/} ($(wc -l <"$scratch/want") names)" "$scratch/want" "$scratch/got"
    done
    rm -f "$scratch/export.tar"
}

base=$(debian_image bookworm) || { skip "merged views" "no Debian root"; finish; exit; }
at_exit+=("docker rmi -f harden-e2e/merged:1 harden-e2e/odd:1 >/dev/null 2>&1")

mkdir "$scratch/context"
mkdir -p "$scratch/context/copied/sub"
echo one >"$scratch/context/copied/one"
echo two >"$scratch/context/copied/sub/two"
cat >"$scratch/context/Dockerfile" <<END
FROM $base
RUN mkdir -p /t/folder/deep /t/opaque/sub /t/emptied /t/to-file /t/to-link /t/many /t/moved/in && \\
    echo a >/t/folder/a && echo b >/t/folder/deep/b && echo o >/t/opaque/sub/o && \\
    echo f >/t/to-file/f && echo l >/t/to-link/l && echo d >/t/to-folder && echo g >/t/gone && \\
    ln -s folder /t/link && ln -s /t/folder/deep /t/absolute && ln -s nowhere /t/dangling && \\
    echo h >/t/hard1 && ln /t/hard1 /t/hard2 && ln /t/hard1 /t/folder/hard3 && \\
    cp /bin/true /t/setuid && chmod 4755 /t/setuid && cp /bin/true /t/setgid && chmod 2711 /t/setgid && \\
    mkdir -m 1777 /t/sticky && chown 1234:5678 /t/folder/a && truncate -s 3000000 /t/sparse && \\
    mkfifo /t/fifo && mknod /t/device c 1 3 && echo m >/t/moved/in/m && \\
    for i in \$(seq 300); do echo \$i >/t/many/\$i; done
RUN rm -rf /t/opaque && mkdir /t/opaque && echo n >/t/opaque/new && rm /t/gone && \\
    rm /t/emptied -r && mkdir /t/emptied && \\
    rm -rf /t/to-file && echo now >/t/to-file && rm -rf /t/to-link && ln -s folder /t/to-link && \\
    rm /t/to-folder && mkdir /t/to-folder && echo in >/t/to-folder/in && \\
    echo through >/t/link/through && echo changed >>/t/hard2 && ln /t/hard1 /t/hard4 && \\
    chmod 0750 /t/folder/deep && chown 42 /t/sticky && touch /t/folder/a && rm -rf /t/many/1*
COPY copied /t/folder
RUN rm /t/hard1 && rm /t/link && mkdir /t/link && echo real >/t/link/real && \\
    mv /t/moved /t/elsewhere && echo back >/t/gone && rm -rf /t/folder/deep && mkdir /t/folder/deep && \\
    chmod u-s /t/setuid && rm -rf /t/many && mkdir /t/many && echo 7 >/t/many/7
RUN bash -c 'cd /t && mkdir odd && cd odd && echo x >\$'"'"'new\\nline'"'"' && echo x >\$'"'"'bad\\xff'"'"' && \\
    echo x >"sp ace" && echo x >back\\\\slash && echo x >-dash && echo x >é中 && \\
    n=\$(printf n%.0s {1..200}) && mkdir -p \$n/\$n && echo long >\$n/\$n/\$n' && \\
    ln -s "\$(printf l%.0s \$(seq 180))" /t/odd/long-link
RUN apt-get clean; rm -rf /var/lib/apt/lists/* /usr/share/doc/* /usr/lib/x86_64-linux-gnu/perl-base
RUN rm -rf /t/odd/sp* && rm -rf /usr/share/doc && mkdir /usr/share/doc && echo 1 >/usr/share/doc/1
END
check "build the image" docker build -q -t harden-e2e/merged:1 "$scratch/context"
docker save harden-e2e/merged:1 -o "$scratch/merged.tar"
gzip -1 <"$scratch/merged.tar" >"$scratch/merged.tar.gz"
same_view "built in layers" harden-e2e/merged:1 "$scratch/merged.tar" "$scratch/merged.tar.gz" \
    docker:harden-e2e/merged:1
"$harden" files --no-cache --jobs 1 "$scratch/merged.tar" >"$scratch/serial"
"$harden" files --no-cache --jobs 8 "$scratch/merged.tar" >"$scratch/parallel"
check_same "one thread or eight" "$scratch/serial" "$scratch/parallel"

# The view of a root file system in a folder: the container's, unpacked.
mkdir "$scratch/root"
container=$(docker create harden-e2e/merged:1 none)
docker export "$container" | tar -C "$scratch/root" -xf -
docker rm "$container" >/dev/null
same_view "unpacked" harden-e2e/merged:1 "rootfs:$scratch/root"

python3 "$view" odd "$scratch/odd.tar"
check "load an odd archive" docker load -q -i "$scratch/odd.tar"
docker save harden-e2e/odd:1 -o "$scratch/odd-saved.tar"
same_view "odd layers" harden-e2e/odd:1 "$scratch/odd.tar" "$scratch/odd-saved.tar"
"$harden" files --no-cache - <"$scratch/odd.tar" >"$scratch/stream" 2>/dev/null
"$harden" files --no-cache "$scratch/odd.tar" >"$scratch/seek" 2>/dev/null
check_same "as a stream" "$scratch/seek" "$scratch/stream"
finish
