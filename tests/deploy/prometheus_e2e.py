# SPDX-License-Identifier: Apache-2.0
"""The shipped rules and dashboards against the real thing; see real_prometheus.py."""
import unittest

from dashboards_test import dashboards, queries
from real_prometheus import DEMO, RealPrometheus
from shipped import recorded

# Panels that have no data here: where, and why. None: what only a copy engine moves (workers, DMA,
# regret) is served as 0 without one, and only annotations wait for something to happen.
EMPTY = {}

VARIABLES = {"$instance": ".*", "$namespace": ".*", "$view": "charged", "$__rate_interval": "1m"}


def as_asked(expression):
    for name, value in VARIABLES.items():
        expression = expression.replace(name, value)
    return expression


class Prometheus(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.real = RealPrometheus()
        cls.addClassCleanup(cls.real.stop)
        cls.real.start()
        cls.real.load(8)

    def test_evaluates_every_rule_without_error(self):
        rules = [rule for group in self.real.api("rules")["groups"] for rule in group["rules"]]
        self.assertGreater(len(rules), len(recorded()))
        for rule in rules:
            self.assertEqual((rule["health"], rule.get("lastError", "")), ("ok", ""), rule["name"])

    def test_has_data_for_every_recording_rule(self):
        for name in sorted(recorded() - set(EMPTY)):
            self.assertTrue(self.real.series(name), f"{name} is empty")

    def test_answers_every_query_of_every_panel(self):
        empty = [where for dashboard in dashboards().values()
                 for where, expression in queries(dashboard)
                 if "annotation" not in where and not self.real.series(as_asked(expression))]
        self.assertEqual(sorted(empty), sorted(EMPTY))

    def test_understands_every_annotation(self):
        for dashboard in dashboards().values():
            for where, expression in queries(dashboard):
                if "annotation" in where:
                    self.real.series(as_asked(expression))  # most of the time nothing happened

    def test_has_the_cgroups_of_the_status_to_the_byte(self):
        rows = {row["path"]: row for row in self.real.status()["cgroups"] if DEMO in row["path"]}
        self.assertGreaterEqual(len(rows), 4)
        for path, row in rows.items():
            for view in ("initiator", "owner", "charged"):
                sample = f'pagefare_cgroup_migrated_bytes_total{{cgroup="{path}",view="{view}"}}'
                self.assertEqual(self.real.number(sample), row[view]["bytes"], sample)

    def test_has_rates_that_are_what_was_counted(self):
        """A rate over five minutes, times these, is the increase, which Prometheus draws out by half
        the samples' distance at the start and by up to 1.1 of it at the end."""
        compactor = f'{{cgroup="/{DEMO}/compactor",view="charged"}}'
        samples = self.real.values(f"pagefare_cgroup_migrated_bytes_total{compactor}[5m]")
        self.assertGreaterEqual(len(samples), 5)
        counted = samples[-1] - samples[0]
        self.assertGreater(counted, 1 << 20)
        recorded_rate = self.real.number(f"cgroup:pagefare_migrated_bytes:rate5m{compactor}")
        ratio = recorded_rate * 300 / counted
        self.assertGreater(ratio, 0.97)
        self.assertLess(ratio, 1 + 1.6 / (len(samples) - 2) + 0.05)

    def test_gives_a_pod_what_its_cgroups_were_charged(self):
        of_cgroups = self.real.number(
            f'sum(cgroup:pagefare_copy_cpu_seconds:rate5m{{cgroup=~"/{DEMO}.*",view="owner"}})')
        of_pod = self.real.number('pod:pagefare_copy_cpu_seconds:rate5m{pod="tenants",view="owner"}')
        of_namespace = self.real.number(
            'namespace:pagefare_copy_cpu_seconds:rate5m{namespace="shop",view="owner"}')
        self.assertGreater(of_pod, 0)
        self.assertAlmostEqual(of_pod / of_cgroups, 1.0, delta=0.1)
        self.assertAlmostEqual(of_namespace / of_pod, 1.0, delta=0.1)
