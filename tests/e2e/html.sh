#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# needs: chromium
# The HTML report in a real browser: its script runs under its own policy and filters; without
# scripts everything is there; nothing is wider than a phone.
. "$(dirname "$0")/lib.sh"
cd "$scratch" || exit 2
python3 - "$top/tests/fixtures/report/debian.html" >report.html <<'END'
import sys
# What a browser makes of it is written into the page by a second script, which the policy of the
# copy allows.
page = open(sys.argv[1], encoding="utf-8").read()
probe = """
addEventListener('load', function(){
  var find = function(id){ return document.getElementById(id); };
  var shown = function(){ return document.querySelectorAll('details.finding:not([hidden])').length; };
  var all = shown(), out = [];
  out.push('filter-visible=' + !find('filter').hidden);
  find('words').value = 'no such words at all'; find('filter').dispatchEvent(new Event('input'));
  out.push('search-hides=' + (shown() === 0 && all > 0));
  find('words').value = ''; find('filter').dispatchEvent(new Event('input'));
  out.push('search-shows=' + (shown() === all));
  document.querySelectorAll('[name=severity]').forEach(function(b){ b.checked = b.value === 'high'; });
  find('filter').dispatchEvent(new Event('input'));
  out.push('severity=' + [].every.call(document.querySelectorAll('details.finding:not([hidden])'),
      function(d){ return d.dataset.severity === 'high'; }));
  out.push('fits=' + (document.documentElement.scrollWidth <= innerWidth));
  document.body.setAttribute('data-probe', out.join(' '));
});
"""
import re, base64, hashlib
digest = base64.b64encode(hashlib.sha256(probe.encode()).digest()).decode()
page = re.sub(r"script-src '([^']*)'", lambda m: "script-src '" + m[1] + "' 'sha256-" + digest + "'", page)
print(page.replace("</body>", "<script>" + probe + "</script></body>"))
END
browse() { # WIDTH
    timeout 120 chromium --headless --no-sandbox --disable-gpu --user-data-dir="$scratch/chromium" \
        --window-size="$1,900" --dump-dom "file://$scratch/report.html" 2>/dev/null |
        grep -o 'data-probe="[^"]*"'
}
for width in 1280 500; do
    browse "$width" >probe || true
    for what in filter-visible search-hides search-shows severity fits; do
        check "$width: $what" grep -q "$what=true" probe
    done
done
check "it needs nothing from elsewhere" sh -c '! grep -nE "(src|href)=\"?(http|//)" "$0" | grep -v "rel=\"noreferrer"' "$top/tests/fixtures/report/debian.html"

# ---- who reaches whom, on one page ----
python3 - <<'END'
import json, os
def put(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    open(path, "w").write(text)
def listening(*ports):
    rows = "".join(f"   {i}: 00000000:{p:04X} 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 {480 + i} 1\n" for i, p in enumerate(ports))
    return "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n" + rows
def process(pid, space, *ports):
    put(f"tree/proc/{pid}/net/tcp", listening(*ports))
    os.makedirs(f"tree/proc/{pid}/ns")
    os.symlink(f"net:[{space}]", f"tree/proc/{pid}/ns/net")
process(1, 1, 22)
put("tree/proc/700/comm", "dockerd\n")
for i, (name, networks, port) in enumerate([("web", ["front"], 80), ("api", ["front", "back"], 8081), ("shop-payments-and-invoices-worker-1", ["back"], 5432)]):
    process(70 + i, i + 2, port)
    folder = f"tree/var/lib/docker/containers/a{i}/"
    put(folder + "config.v2.json", json.dumps({"ID": str(i + 1) * 64, "Name": "/" + name, "State": {"Running": True, "Pid": 70 + i}, "Config": {}, "NetworkSettings": {"Networks": {n: {} for n in networks}}}))
    put(folder + "hostconfig.json", json.dumps({"NetworkMode": networks[0], "PortBindings": {"80/tcp": [{"HostPort": "8080"}]} if i == 0 else {}}))
END
"$harden" network --root tree --allow-gaps --format html -o network.html || failed "the page of harden network"
"$harden" audit host --root tree --offline --allow-gaps --fail-on none --format html -o host.html || failed "the page of harden audit host"
probe_page() { # PAGE
    python3 - "$1" <<'END'
import base64, hashlib, sys
probe = """
addEventListener('load', function(){
  document.querySelectorAll('details').forEach(function(d){ d.open = true; });
  var narrow = [].filter.call(document.querySelectorAll('.lines td, .lines th'), function(cell){
    var box = cell.getBoundingClientRect();
    return box.width && box.width < 60 && box.height > 100;
  });
  document.body.setAttribute('data-probe', 'fits=' + (document.documentElement.scrollWidth <= innerWidth) +
      ' told=' + (document.body.textContent.indexOf('shop-payments-and-invoices-worker-1') > 0) +
      ' readable=' + (narrow.length === 0) +
      ' reached=' + [].every.call(document.querySelectorAll('nav a'), function(a){ return !!document.querySelector(a.hash); }));
});
"""
import re
digest = base64.b64encode(hashlib.sha256(probe.encode()).digest()).decode()
page = re.sub("script-src '[^']*';", "", open(sys.argv[1], encoding="utf-8").read())
page = page.replace("default-src 'none';", f"default-src 'none'; script-src 'sha256-{digest}';")
open("report.html", "w", encoding="utf-8").write(page.replace("</body>", "<script>" + probe + "</script></body>"))
END
}
for page in network host; do
    probe_page "$page.html"
    for width in 1280 500; do
        browse "$width" >probe || true
        check "harden $page, $width: fits, and no column is a letter wide" \
            grep -q "fits=true told=true readable=true reached=true" probe
    done
done
check "the host's page has who reaches whom, as harden network draws it" python3 - <<'END'
part = lambda name: open(name, encoding="utf-8").read().split('<section aria-labelledby="network">')[1].split('<section aria-labelledby="gaps">')[0].split("</main>")[0]
assert part("host.html") == part("network.html"), "the sections differ"
assert "Who reaches whom</a>" in open("host.html", encoding="utf-8").read()
END
"$harden" audit host --root tree --offline --allow-gaps --fail-on none --only '5.*' --format html -o some.html || failed "some controls"
check "who asks for some controls gets those alone" sh -c '! grep -q "aria-labelledby=.network" some.html'
if ldconfig -p | grep -q 'libgvc\.so\.6'; then
    check "harden network: with its drawing" grep -q "<svg" network.html
else
    check "harden network: says why there is no drawing" grep -q "Debian package libgvc6" network.html
fi
finish
