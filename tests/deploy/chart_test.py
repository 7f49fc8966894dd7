# SPDX-License-Identifier: Apache-2.0
"""The Helm chart: its values by their schema, and what it renders."""
import copy
import json
import unittest

import yaml

import api_types
import helm
from kubernetes_test import container_of, of_kind, pod_of, render
from shipped import ROOT

CHART = ROOT / "deploy/kubernetes/chart/pagefare"
MONITORED = ["podMonitor.enabled=true", "serviceMonitor.enabled=true", "prometheusRule.enabled=true",
             "prometheusRule.runbookBase=https://docs.example.org/"]


def rendered(*settings):
    return helm.render(CHART, *settings)


def values():
    return yaml.safe_load((CHART / "values.yaml").read_text())


class ChartValues(unittest.TestCase):
    def test_fit_their_schema(self):
        self.assertEqual(helm.schema_faults(CHART, values()), [])

    def test_are_all_in_the_schema(self):
        schema = json.loads((CHART / "values.schema.json").read_text())
        self.assertEqual(set(schema["properties"]) - {"global"}, set(values()))

    def test_that_mean_nothing_are_refused(self):
        for path, wrong in ((("grant",), "enforce"), (("port",), "9464"), (("sysadmin",), True),
                            (("podMonitor", "interval"), "often"), (("image", "name"), "x")):
            changed = copy.deepcopy(values())
            place = changed
            for key in path[:-1]:
                place = place[key]
            place[path[-1]] = wrong
            self.assertTrue(helm.schema_faults(CHART, changed), path)

    def test_are_those_of_the_observe_overlay(self):
        manifests, chart = render("observe"), values()
        container = container_of(manifests)
        self.assertEqual(chart["resources"], container["resources"])
        self.assertEqual(chart["tolerations"], pod_of(manifests)["tolerations"])
        self.assertEqual(yaml.safe_load(str(chart["port"])), container["ports"][0]["containerPort"])
        self.assertEqual(chart["priorityClass"]["value"], of_kind(manifests, "PriorityClass")["value"])
        config = of_kind(manifests, "ConfigMap")["data"]["pagefare.toml"]
        self.assertEqual([line for line in chart["config"].splitlines() if not line.startswith("#")],
                         [line for line in config.splitlines() if not line.startswith("#")])


class Chart(unittest.TestCase):
    def test_renders_what_the_api_takes(self):
        for settings in ([], ["grant=act"], ["podNames.enabled=false", "networkPolicy.enabled=false"]):
            for manifest in rendered(*settings):
                api_types.check(manifest)

    def test_runs_the_pod_of_the_overlays(self):
        for overlay, settings in (("observe", []), ("enforce", ["grant=act"])):
            pod, wanted = pod_of(rendered(*settings)), pod_of(render(overlay))
            for one in (pod, wanted):
                for container in one["containers"]:
                    container["volumeMounts"].sort(key=lambda mount: mount["mountPath"])
                    for mount in container["volumeMounts"]:
                        mount.setdefault("readOnly", False)
                one["volumes"].sort(key=lambda volume: volume["name"])
            self.assertEqual(pod, wanted)

    def test_may_read_what_the_overlays_may(self):
        for overlay, settings in (("observe", []), ("enforce", ["grant=act"])):
            self.assertEqual(of_kind(rendered(*settings), "ClusterRole")["rules"],
                             of_kind(render(overlay), "ClusterRole")["rules"])

    def test_gives_the_operator_the_rules_with_the_address_of_the_docs(self):
        rule = of_kind(rendered(*MONITORED), "PrometheusRule")
        shipped = of_kind([yaml.safe_load((ROOT / "deploy/kubernetes/components/prometheusrule/"
                                           "prometheusrule.yaml").read_text())], "PrometheusRule")
        for group in shipped["spec"]["groups"]:
            for one in group["rules"]:
                if "alert" in one:
                    one["annotations"]["runbook_url"] = \
                        "https://docs.example.org/" + one["annotations"]["runbook_url"]
        self.assertEqual(rule["spec"], shipped["spec"])

    def test_refuses_values_outside_their_schema(self):
        with self.assertRaisesRegex(ValueError, "grant"):
            rendered("grant=enforce")
