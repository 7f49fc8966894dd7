# SPDX-License-Identifier: Apache-2.0
"""What the tests of deploy/ know of the repository."""
import functools
import pathlib
import re
import shutil
import subprocess
import unittest

import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
RULE_FILES = sorted((ROOT / "deploy/prometheus").glob("pagefare.*.yaml"))


@functools.cache
def documented_metrics():
    """Every name that a sample of /metrics can have, from docs/metrics.md."""
    rows = re.findall(r"^\| `(pagefare_\w+)` \| (\w+) \|",
                      (ROOT / "docs/metrics.md").read_text(), re.MULTILINE)
    names = {name for name, _ in rows}
    for name, kind in rows:
        if kind == "histogram":
            names |= {f"{name}_bucket", f"{name}_sum", f"{name}_count"}
    return names


@functools.cache
def rules():
    """All rules as (group, rule)."""
    return [(group["name"], rule) for file in RULE_FILES
            for group in yaml.safe_load(file.read_text())["groups"] for rule in group["rules"]]


def alerts():
    return [rule for _, rule in rules() if "alert" in rule]


def recorded():
    return {rule["record"] for _, rule in rules() if "record" in rule}


def names_in(expression):
    """The names of ours that a PromQL expression reads; quoted label values do not count."""
    bare = re.sub(r'"[^"]*"', '""', expression)
    return set(re.findall(r"(?:[a-z_]+:)?pagefare_[a-z0-9_]+(?::[a-z0-9_]+)?", bare))


def program(name, package):
    """Its path; the test is skipped, and says so, where it is not installed."""
    found = shutil.which(name)
    if found is None:
        raise unittest.SkipTest(f"{name} is not installed ({package})")
    return found


def run(*command, **options):
    return subprocess.run([str(part) for part in command], capture_output=True, text=True,
                          timeout=120, check=False, **options)
