# SPDX-License-Identifier: Apache-2.0
"""deploy/kubernetes, rendered by kustomize and held against the types of the API."""
import os
import pathlib
import shutil
import sys
import tempfile
import unittest

import yaml

import api_types
from shipped import ROOT, program, run

KUBERNETES = ROOT / "deploy/kubernetes"
OPERATOR = "monitoring.coreos.com/v1"
COMPONENTS = sorted(path.name for path in (KUBERNETES / "components").iterdir())
NEEDED = ["BPF", "PERFMON", "DAC_READ_SEARCH", "SYSLOG"]

sys.path.insert(0, str(KUBERNETES))
import make_prometheusrule  # noqa: E402


def render(overlay):
    done = run(program("kubectl", "1.21 or later, for its kustomize"), "kustomize",
               KUBERNETES / "overlays" / overlay)
    if done.returncode != 0:
        raise AssertionError(done.stderr)
    return [one for one in yaml.safe_load_all(done.stdout) if one]


def of_kind(manifests, kind):
    return next(one for one in manifests if one["kind"] == kind)


def pod_of(manifests):
    return of_kind(manifests, "DaemonSet")["spec"]["template"]["spec"]


def container_of(manifests):
    return pod_of(manifests)["containers"][0]


def writable(container):
    return {mount["mountPath"] for mount in container["volumeMounts"] if not mount.get("readOnly")}


class Types(unittest.TestCase):
    """Of the checker itself: what it is for, it finds."""

    def refused(self, change):
        manifest = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "a"},
                    "spec": {"ports": [{"name": "m", "port": 1}]}}
        change(manifest)
        with self.assertRaises(ValueError):
            api_types.check(manifest)

    def test_refuse_unknown_fields_wrong_types_and_gaps(self):
        api_types.need_types()
        self.refused(lambda one: one["spec"].update(clusterIp="None"))
        self.refused(lambda one: one["spec"]["ports"][0].update(port="1"))
        self.refused(lambda one: one["spec"]["ports"][0].pop("port"))
        self.refused(lambda one: one.update(kind="Servise"))


class Manifests(unittest.TestCase):
    def test_of_every_overlay_are_of_the_types_of_the_api(self):
        for overlay in ("observe", "enforce"):
            for manifest in render(overlay):
                api_types.check(manifest)

    def test_that_observe_write_nothing_but_the_lock(self):
        manifests = render("observe")
        container = container_of(manifests)
        self.assertEqual(writable(container), {"/run/pagefare"})
        self.assertEqual(container["args"][-2:], ["--mode", "observe"])

    def test_give_each_mode_its_capabilities_and_no_more(self):
        for overlay, added in (("observe", NEEDED), ("enforce", [*NEEDED, "SYS_ADMIN"])):
            context = container_of(render(overlay))["securityContext"]
            self.assertEqual(context["capabilities"], {"drop": ["ALL"], "add": added})

    def test_say_of_each_capability_what_for(self):
        lines = (KUBERNETES / "base/daemonset.yaml").read_text().splitlines()
        for name in NEEDED:
            place = lines.index(f"                - {name}")
            self.assertTrue(lines[place - 1].strip().startswith("#"), name)

    def test_ask_for_no_namespace_of_the_machine_nor_privilege(self):
        for overlay in ("observe", "enforce"):
            pod = pod_of(render(overlay))
            self.assertFalse(pod["hostNetwork"] or pod["hostPID"] or pod["hostIPC"])
            context = pod["containers"][0]["securityContext"]
            self.assertFalse(context["privileged"] or context["allowPrivilegeEscalation"])
            self.assertTrue(context["readOnlyRootFilesystem"])
            self.assertEqual(context["seccompProfile"], {"type": "RuntimeDefault"})

    def test_that_act_write_what_acting_needs_and_keep_the_journal(self):
        container = container_of(render("enforce"))
        self.assertEqual(writable(container), {"/run/pagefare", "/sys/fs/cgroup", "/sys/module",
                                               "/sys/kernel/mm", "/var/lib/pagefare"})
        self.assertNotIn("--mode", container["args"])

    def test_select_the_pods_that_they_mean(self):
        manifests = render("observe")
        labels = of_kind(manifests, "DaemonSet")["spec"]["template"]["metadata"]["labels"]
        for selector in (of_kind(manifests, "DaemonSet")["spec"]["selector"]["matchLabels"],
                         of_kind(manifests, "Service")["spec"]["selector"],
                         of_kind(manifests, "NetworkPolicy")["spec"]["podSelector"]["matchLabels"]):
            self.assertTrue(selector)
            self.assertLessEqual(selector.items(), labels.items())

    def test_replace_one_pod_of_a_machine_before_the_next_starts(self):
        update = of_kind(render("observe"), "DaemonSet")["spec"]["updateStrategy"]
        self.assertEqual(update["rollingUpdate"]["maxSurge"], 0)

    def test_mount_the_configuration_so_that_its_changes_arrive(self):
        container = container_of(render("observe"))
        mount = next(one for one in container["volumeMounts"] if one["name"] == "config")
        self.assertNotIn("subPath", mount)
        self.assertIn("--watch-config", container["args"])

    def test_hold_a_configuration_that_the_daemon_accepts(self):
        text = of_kind(render("observe"), "ConfigMap")["data"]["pagefare.toml"]
        pagefare = pathlib.Path(os.environ.get("PAGEFARE_BUILD", "")) / "controller/cli/pagefare"
        if not pagefare.exists():
            self.skipTest("pagefare is not built here")
        with tempfile.NamedTemporaryFile("w", suffix=".toml") as file:
            file.write(text)
            file.flush()
            done = run(pagefare, "check-config", file.name)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)


class Monitoring(unittest.TestCase):
    def test_rules_are_those_of_prometheus(self):
        for path, text in make_prometheusrule.all_files().items():
            self.assertEqual((KUBERNETES / path).read_text(), text,
                             f"{path}: run deploy/kubernetes/make_prometheusrule.py")

    def test_rules_of_the_operator_are_accepted_by_promtool(self):
        rule = yaml.safe_load((KUBERNETES / "components/prometheusrule/prometheusrule.yaml")
                              .read_text())
        self.assertEqual((rule["apiVersion"], rule["kind"]), (OPERATOR, "PrometheusRule"))
        done = run(program("promtool", "Debian package prometheus"), "check", "rules",
                   "/dev/stdin", input=yaml.safe_dump(rule["spec"]))
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_gives_the_job_and_the_instance_that_the_rules_read(self):
        for kind, endpoints in (("podmonitor", "podMetricsEndpoints"), ("servicemonitor", "endpoints")):
            monitor = yaml.safe_load((KUBERNETES / f"components/{kind}/{kind}.yaml").read_text())
            self.assertEqual(monitor["apiVersion"], OPERATOR)
            endpoint = monitor["spec"][endpoints][0]
            made = {one.get("targetLabel"): one for one in endpoint["relabelings"]}
            self.assertEqual(made["job"]["replacement"], "pagefare")
            self.assertIn("node_name", made["instance"]["sourceLabels"][0])
            self.assertTrue(endpoint["honorLabels"])

    def test_components_fit_on_the_overlays(self):
        kubectl = program("kubectl", "1.21 or later, for its kustomize")
        with tempfile.TemporaryDirectory() as directory:
            copy = pathlib.Path(directory) / "kubernetes"
            shutil.copytree(KUBERNETES, copy)
            file = copy / "overlays/observe/kustomization.yaml"
            names = "".join(f"  - ../../components/{name}\n" for name in COMPONENTS)
            file.write_text(file.read_text() + "components:\n" + names)
            done = run(kubectl, "kustomize", file.parent)
        self.assertEqual(done.returncode, 0, done.stderr)
        kinds = {one["kind"] for one in yaml.safe_load_all(done.stdout)}
        self.assertLessEqual({"PodMonitor", "ServiceMonitor", "PrometheusRule"}, kinds)


class PodNames(unittest.TestCase):
    def test_cost_the_right_to_read_pods_and_namespaces_and_no_other(self):
        manifests = render("observe")
        rules = of_kind(manifests, "ClusterRole")["rules"]
        self.assertEqual(rules, [{"apiGroups": [""], "resources": ["pods", "namespaces"],
                                  "verbs": ["list", "watch"]}])
        subject = of_kind(manifests, "ClusterRoleBinding")["subjects"][0]
        account = of_kind(manifests, "ServiceAccount")["metadata"]
        self.assertEqual((subject["name"], subject["namespace"]),
                         (account["name"], account["namespace"]))
        self.assertEqual(pod_of(manifests)["serviceAccountName"], account["name"])

    def test_tell_the_daemon_its_machine(self):
        env = container_of(render("observe"))["env"]
        self.assertEqual([(one["name"], one["valueFrom"]["fieldRef"]["fieldPath"]) for one in env],
                         [("NODE_NAME", "spec.nodeName")])
        code = (ROOT / "controller/edge/kubernetes/pod_watch_choice.cpp").read_text()
        self.assertIn('environment("NODE_NAME")', code)

    def test_are_read_with_the_token_where_the_kubelet_puts_it(self):
        code = (ROOT / "controller/edge/config.h").read_text()
        for name in ("token", "ca.crt"):
            self.assertIn(f'"/var/run/secrets/kubernetes.io/serviceaccount/{name}"', code)

    def test_are_all_that_gives_a_token(self):
        base = yaml.safe_load((KUBERNETES / "base/daemonset.yaml").read_text())
        self.assertFalse(base["spec"]["template"]["spec"]["automountServiceAccountToken"])
        self.assertTrue(pod_of(render("observe"))["automountServiceAccountToken"])
