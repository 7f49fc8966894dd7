# SPDX-License-Identifier: Apache-2.0
"""The real daemon under a short load, scraped by a real Prometheus that runs the shipped rules."""
import contextlib
import http.server
import json
import os
import pathlib
import re
import socket
import subprocess
import tempfile
import threading
import time
import unittest
import urllib.parse
import urllib.request

import yaml

from shipped import ROOT, program, run

PATIENCE = 120  # seconds; a machine with two slow cores needs some of it
POD_UID = "0a1b2c3d-1111-2222-3333-0123456789ab"
# The demo's cgroups lie where the kubelet would put a pod's; the name comes from a stand-in for the
# API server, which has this one pod.
DEMO = "kubepods-pod" + POD_UID.replace("-", "_") + ".slice"
PODS = {"kind": "PodList", "apiVersion": "v1", "metadata": {"resourceVersion": "1"}, "items": [
    {"metadata": {"uid": POD_UID, "namespace": "shop", "name": "tenants",
                  "annotations": {"pagefare.io/weight": "2000"}}, "status": {}}]}
# Decides and shows; writes nothing. The pod cannot but be over, and asks for more than it may.
CONFIG = """
mode = "advise"
[kubernetes]
names = "api"
url = "http://127.0.0.1:{port}"
node = "here"
token_file = ""
annotations = true
[fairness]
capacity = "100%"
[[budget]]
match = "/kubepods-pod*"
cpu = "0.1%"
burst = "0s"
actions = ["limit", "repay", "gate"]
"""


def eventually(claim, what):
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        found = claim()
        if found:
            return found
        time.sleep(0.2)
    raise AssertionError(f"not within {PATIENCE} s: {what}")


def fetch(url):
    try:
        with urllib.request.urlopen(url, timeout=30) as answer:
            return answer.read().decode()
    except OSError:
        return None


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


class _ApiServer(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        with contextlib.suppress(ConnectionError):  # a daemon that ends does not wait
            if "watch=1" in self.path:
                time.sleep(1)  # a watch in which nothing happens; the next one follows
            else:
                self.wfile.write(json.dumps(PODS).encode())

    def log_message(self, *_):
        pass


class RealPrometheus:
    """Started by start(), ended by stop(), whatever happened in between."""

    def __init__(self):
        if os.geteuid() != 0:
            raise unittest.SkipTest("loading BPF programs needs root")
        self.prometheus = program("prometheus", "Debian package prometheus")
        self.pagefare = pathlib.Path(os.environ["PAGEFARE_BUILD"]) / "controller/cli/pagefare"
        if not self.pagefare.exists():
            raise unittest.SkipTest("pagefare is not built here (libbpf or clang is missing)")
        self.directory = tempfile.TemporaryDirectory()
        self.path = pathlib.Path(self.directory.name)
        self.children = []
        self.pods = None
        self.url = self.daemon_url = ""

    def start(self):
        self.pods = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _ApiServer)
        threading.Thread(target=self.pods.serve_forever, daemon=True).start()
        self._start_daemon()
        self._start_prometheus()
        eventually(lambda: self.values("pagefare_periods_total[1m]", at_least=3),
                   "three scrapes of the daemon")

    def stop(self):
        for child in reversed(self.children):
            child.terminate()
        for child in self.children:
            try:
                child.wait(30)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()
        if self.pods is not None:
            self.pods.shutdown()
            self.pods.server_close()
        self.directory.cleanup()

    def _child(self, name, *command):
        log = self.path / f"{name}.log"
        with log.open("w") as out:
            self.children.append(subprocess.Popen([str(part) for part in command], stdout=out,
                                                  stderr=out, stdin=subprocess.DEVNULL))
        return self.children[-1], log

    def _start_daemon(self):
        run_directory = self.path / "run"
        run_directory.mkdir()
        config = self.path / "pagefare.toml"
        config.write_text(CONFIG.format(port=self.pods.server_address[1]))
        # A /run of its own: a pagefare that watches this machine already is not in the way.
        prepare = 'mount --bind "$1" /run && exec "$2" run --listen 127.0.0.1:0 ' \
                  '--state-directory "$1" --config "$3"'
        child, log = self._child("pagefare", "unshare", "--mount", "sh", "-c", prepare, "sh",
                                 run_directory, self.pagefare, config)
        served = eventually(lambda: re.search(r"http://[0-9.:]+", log.read_text())
                            or child.poll() is not None, "the daemon serves")
        if served is True:
            if "the kernel refuses BPF programs" in log.read_text():
                raise unittest.SkipTest("the kernel refuses BPF programs")
            raise AssertionError(log.read_text())
        self.daemon_url = served.group()

    def _config(self):
        shipped = ROOT / "deploy/prometheus"
        config = yaml.safe_load((shipped / "prometheus.yaml").read_text())
        config["global"] = {"scrape_interval": "1s", "evaluation_interval": "1s"}
        config["rule_files"] = [str(shipped / name) for name in config["rule_files"]]
        config["scrape_configs"][0]["static_configs"][0]["targets"] = [self.daemon_url[7:]]
        return config

    def _start_prometheus(self):
        file = self.path / "prometheus.yaml"
        file.write_text(yaml.safe_dump(self._config()))
        address = f"127.0.0.1:{free_port()}"
        child, log = self._child("prometheus", self.prometheus, f"--config.file={file}",
                                 f"--storage.tsdb.path={self.path / 'tsdb'}",
                                 f"--web.listen-address={address}", "--log.level=warn")
        self.url = f"http://{address}"
        eventually(lambda: fetch(self.url + "/-/ready") or child.poll() is not None,
                   "Prometheus is ready")
        if child.poll() is not None:
            raise AssertionError(log.read_text())

    def load(self, seconds):
        """Real migrations. Scrapes go on; the last of them has seen the end of it."""
        done = run(self.pagefare, "demo", "--quiet", "--json", "--seconds", seconds,
                   "--cgroup-prefix", DEMO)
        if done.returncode != 0:
            raise AssertionError(done.stderr)
        periods = self.status()["health"]["periods"] + 2
        eventually(lambda: self.number("pagefare_periods_total") >= periods, "the load is scraped")
        evaluated = time.time() + 1
        eventually(lambda: time.time() > evaluated + 2, "the rules saw it")

    def status(self):
        return json.loads(fetch(self.daemon_url + "/status"))

    def api(self, path, **parameters):
        answer = fetch(f"{self.url}/api/v1/{path}?{urllib.parse.urlencode(parameters)}")
        if answer is None:
            raise AssertionError(f"Prometheus refuses {path} {parameters}")
        return json.loads(answer)["data"]

    def series(self, expression):
        return self.api("query", query=expression)["result"]

    def number(self, expression):
        found = self.series(expression)
        return float(found[0]["value"][1]) if found else 0.0

    def values(self, expression, at_least=0):
        """Samples of the first series, as numbers; none below `at_least` of them."""
        found = self.series(expression)
        samples = [float(value) for _, value in found[0]["values"]] if found else []
        return samples if len(samples) >= at_least else []
