# SPDX-License-Identifier: Apache-2.0
"""The daemon with the capabilities of the manifests, in namespaces of its own as a pod has them: what
is granted is enough. The rest of a container (its file system, seccomp) is not tried here."""
import json
import os
import pathlib
import re
import subprocess
import tempfile
import unittest

import yaml

from real_prometheus import eventually, fetch
from shipped import ROOT, program, run

KUBERNETES = ROOT / "deploy/kubernetes"
DEMO = f"pagefare-e2e-contained-{os.getpid()}"


def granted():
    """The capabilities of the base manifest, as the kernel's tools spell them."""
    pod = yaml.safe_load((KUBERNETES / "base/daemonset.yaml").read_text())["spec"]["template"]["spec"]
    return [name.lower() for name in pod["containers"][0]["securityContext"]["capabilities"]["add"]]


class Contained(unittest.TestCase):
    def setUp(self):
        if os.geteuid() != 0:
            self.skipTest("loading BPF programs needs root")
        self.setpriv = program("setpriv", "Debian package util-linux")
        self.pagefare = pathlib.Path(os.environ["PAGEFARE_BUILD"]) / "controller/cli/pagefare"
        if not self.pagefare.exists():
            self.skipTest("pagefare is not built here (libbpf or clang is missing)")
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.path = pathlib.Path(directory.name)
        (self.path / "run").mkdir()

    def start(self, capabilities):
        """Its address. Ends with the test; --kill-child ends what is in the PID namespace."""
        bounding = ",".join(["-all", *(f"+{name}" for name in capabilities)])
        prepare = 'mount --bind "$1" /run && exec "$2" --bounding-set "$3" -- "$4" run ' \
                  "--listen 127.0.0.1:0 --period 200ms"
        log = self.path / "log"
        with log.open("w") as out:
            child = subprocess.Popen(
                ["unshare", "--mount", "--pid", "--cgroup", "--ipc", "--uts", "--fork",
                 "--mount-proc", "--kill-child", "sh", "-c", prepare, "sh", self.path / "run",
                 self.setpriv, bounding, self.pagefare], stdout=out, stderr=out)
        self.addCleanup(child.wait)
        self.addCleanup(child.kill)
        found = eventually(lambda: re.search(r"http://[0-9.:]+", log.read_text())
                           or child.poll() is not None, "the daemon serves")
        if found is True:
            if "the kernel refuses BPF programs" in log.read_text() and not self.loads():
                self.skipTest("the kernel refuses BPF programs")
            self.fail(log.read_text())
        return found.group()

    def loads(self):
        return json.loads(run(self.pagefare, "doctor", "--json").stdout)["can_run"]

    def status_after_load(self, url):
        done = run(self.pagefare, "demo", "--quiet", "--seconds", 2, "--cgroup-prefix", DEMO)
        self.assertEqual(done.returncode, 0, done.stderr)
        periods = json.loads(fetch(url + "/status"))["health"]["periods"] + 2
        eventually(lambda: json.loads(fetch(url + "/status"))["health"]["periods"] >= periods,
                   "the load is read")
        return json.loads(fetch(url + "/status"))

    def test_counts_who_asked_with_what_observe_grants(self):
        url = self.start(granted())
        status = self.status_after_load(url)
        self.assertEqual(fetch(url + "/livez"), "ok\n")
        # Of bytes the portable layer knows nothing where it must find the page array by itself.
        asked = {row["path"]: row["initiator"]["copy_cpu_ns"] for row in status["cgroups"]}
        self.assertGreater(asked[f"/{DEMO}/compactor"], 0)
        self.assertGreater(status["totals"]["pages_migrated"], 0)
        self.assertEqual(status["health"]["resolve_failures"], 0)

    def test_names_owners_with_sys_admin_on_every_layer(self):
        """In the portable layer by its own page frames, which it must find in a PID namespace too."""
        status = self.status_after_load(self.start([*granted(), "sys_admin"]))
        owned = {row["path"]: row["owner"]["bytes"] for row in status["cgroups"]}
        self.assertGreater(owned[f"/{DEMO}/tenant-a"], 1 << 20)

    def test_does_not_start_without_either_of_the_first_two(self):
        for missing in ("bpf", "perfmon"):
            if not self.loads():
                self.skipTest("the kernel refuses BPF programs")
            with self.assertRaisesRegex(AssertionError, f"CAP_{missing.upper()}"):
                self.start([name for name in granted() if name != missing])
