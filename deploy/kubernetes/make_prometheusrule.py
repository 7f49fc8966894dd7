#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes what the Prometheus operator and the chart need of deploy/prometheus; a test compares it."""
import pathlib

HERE = pathlib.Path(__file__).resolve().parent
PROMETHEUS = HERE.parent / "prometheus"
FILES = ("pagefare.rules.yaml", "pagefare.alerts.yaml")

HEAD = """# SPDX-License-Identifier: Apache-2.0
# Made from deploy/prometheus by deploy/kubernetes/make_prometheusrule.py.
apiVersion: monitoring.coreos.com/v1
kind: PrometheusRule
metadata:
  name: pagefare
spec:
  groups:
"""


def groups_of(text):
    return text[text.index("\ngroups:\n") + len("\ngroups:\n"):]


def prometheus_rule():
    body = "".join(groups_of((PROMETHEUS / name).read_text()) for name in FILES)
    return HEAD + "".join(f"  {line}\n" if line else "\n" for line in body.splitlines())


def all_files():
    """Path below deploy/kubernetes and content."""
    made = {"components/prometheusrule/prometheusrule.yaml": prometheus_rule()}
    for name in FILES:
        made[f"chart/pagefare/files/{name}"] = (PROMETHEUS / name).read_text()
    return made


if __name__ == "__main__":
    for path, text in all_files().items():
        (HERE / path).parent.mkdir(parents=True, exist_ok=True)
        (HERE / path).write_text(text)
