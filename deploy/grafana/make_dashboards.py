#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the dashboards beside this file. Their JSON is committed, and a test compares it."""
import json
import pathlib

import acting
from panels import annotation, choice, dashboard, number, panel, row, target, variable

HERE = pathlib.Path(__file__).resolve().parent
INSTANCE = variable("instance", "label_values(pagefare_build_info, instance)", "machine")
COMPLETE = ("How much of it all is charged to somebody stands beside every bill: below 99 % the "
            "figures on this page are too low.")


STARTS = [annotation("starts", 'changes(pagefare_start_time_seconds{instance=~"$instance"}[1m]) > 0',
                     "pagefare started", "{{instance}}: counting began anew", "instance", "blue")]


def completeness(width=4):
    return panel("stat", "Charged to somebody",
                 target('min(pagefare_attribution_completeness_ratio{instance=~"$instance"})'),
                 unit="percentunit", width=width, height=4, about=COMPLETE,
                 defaults={"decimals": 2, "thresholds": {"mode": "absolute", "steps": [
                     {"color": "red", "value": None}, {"color": "orange", "value": 0.95},
                     {"color": "green", "value": 0.99}]}})


def fleet():
    return [
        row("The fleet"),
        number("Migrated", 'sum(instance:pagefare_measured_bytes:rate5m{instance=~"$instance"})', "Bps"),
        number("Copy CPU in callers",
               'sum(instance:pagefare_measured_copy_cpu_seconds:rate5m{instance=~"$instance"})', "none",
               about="CPUs busy inside migrate_pages()."),
        number("Copy CPU in workers",
               'sum(instance:pagefare_worker_cpu_seconds:rate5m{instance=~"$instance"})', "none",
               about="CPUs busy in kernel workers that copy for somebody."),
        number("Outside quota",
               'sum(instance:pagefare_outside_quota_seconds:rate5m{instance=~"$instance"})', "none",
               about="CPUs that no cpu.max saw."),
        number("Machines", 'count(pagefare_build_info{instance=~"$instance"})', "none"),
        completeness(),
        panel("timeseries", "Copy CPU by machine",
              target('topk(10, instance:pagefare_measured_copy_cpu_seconds:rate5m{instance=~"$instance"})',
                     "{{instance}}"), unit="none"),
        panel("timeseries", "Migrated, by the kernel's reason",
              target('sum by (reason) (instance_reason:pagefare_class_bytes:rate5m{instance=~"$instance"})',
                     "{{reason}}"), unit="Bps", custom={"stacking": {"mode": "normal"}}),
    ]


def namespaces():
    return [
        row("By namespace and pod (as the daemon names them)"),
        panel("timeseries", "Copy CPU by namespace",
              target('topk(10, namespace:pagefare_copy_cpu_seconds:rate5m{view="$view", namespace=~"$namespace"})',
                     "{{namespace}}"), unit="none", custom={"stacking": {"mode": "normal"}}),
        panel("timeseries", "Migrated by namespace",
              target('topk(10, namespace:pagefare_migrated_bytes:rate5m{view="$view", namespace=~"$namespace"})',
                     "{{namespace}}"), unit="Bps", custom={"stacking": {"mode": "normal"}}),
        panel("bargauge", "Pods by copy CPU",
              target('topk(15, pod:pagefare_copy_cpu_seconds:rate5m{view="$view", namespace=~"$namespace", instance=~"$instance"})',
                     "{{namespace}}/{{pod}}", instant=True), unit="none", height=10),
        panel("bargauge", "Pods by CPU outside quota",
              target('topk(15, pod:pagefare_outside_quota_seconds:rate5m{namespace=~"$namespace", instance=~"$instance"})',
                     "{{namespace}}/{{pod}}", instant=True), unit="none", height=10),
    ]


def cgroups():
    by_view = 'view="%s", instance=~"$instance"'
    return [
        row("By cgroup"),
        panel("timeseries", "Copy CPU by cgroup",
              target('topk(10, cgroup:pagefare_copy_cpu_seconds:rate5m{view="$view", instance=~"$instance"})',
                     "{{instance}} {{cgroup}}"), unit="none"),
        panel("timeseries", "Migrated by cgroup",
              target('topk(10, cgroup:pagefare_migrated_bytes:rate5m{view="$view", instance=~"$instance"})',
                     "{{instance}} {{cgroup}}"), unit="Bps"),
        panel("bargauge", "Who asked (initiator)",
              target(f'topk(15, cgroup:pagefare_migrated_bytes:rate5m{{{by_view % "initiator"}}})',
                     "{{cgroup}}", instant=True), unit="Bps", height=10,
              about="The same bytes as in the panel beside it: never add the two."),
        panel("bargauge", "Whose memory (owner)",
              target(f'topk(15, cgroup:pagefare_migrated_bytes:rate5m{{{by_view % "owner"}}})',
                     "{{cgroup}}", instant=True), unit="Bps", height=10),
        panel("timeseries", "CPU outside quota by cgroup",
              target('topk(10, cgroup:pagefare_outside_quota_seconds:rate5m{instance=~"$instance"})',
                     "{{instance}} {{cgroup}}"), unit="none"),
        panel("timeseries", "Between memory nodes",
              target('sum by (source, destination) (rate(pagefare_node_bytes_total{instance=~"$instance"}[$__rate_interval]))',
                     "{{source}} to {{destination}}"), unit="Bps"),
    ]


def who_pays():
    view = choice("view", ["charged", "initiator", "owner"], "view")
    namespace = variable("namespace", "label_values(namespace:pagefare_migrated_bytes:rate5m, namespace)")
    return dashboard("pagefare-who-pays", "pagefare: who pays",
                     "Who pays for page migration: the fleet, namespaces, pods, cgroups.",
                     [INSTANCE, view, namespace], fleet() + namespaces() + acting.budgets() + cgroups())


def throughput():
    rate = '[$__rate_interval]))'
    where = '{instance=~"$instance"}'
    return [
        row("What copies"),
        panel("timeseries", "Copied by CPUs and by DMA", [
            target(f'sum(rate(pagefare_measured_bytes_total{where}{rate} - sum(rate(pagefare_dma_bytes_total{where}{rate}', "CPU"),
            target(f'sum(rate(pagefare_dma_bytes_total{where}{rate}', "DMA")],
            unit="Bps", custom={"stacking": {"mode": "normal"}}),
        panel("timeseries", "Bytes per second of copy CPU",
              target(f'sum by (instance) (rate(pagefare_measured_bytes_total{where}{rate} / '
                     f'((sum by (instance) (rate(pagefare_measured_copy_cpu_seconds_total{where}{rate} '
                     f'+ sum by (instance) (rate(pagefare_worker_cpu_seconds_total{where}{rate}) > 0)',
                     "{{instance}}"), unit="Bps",
              about="Throughput while copying, callers and workers together. No data while nothing is copied."),
        panel("timeseries", "Copy CPU: callers and workers", [
            target(f'sum(rate(pagefare_measured_copy_cpu_seconds_total{where}{rate}', "callers"),
            target(f'sum(rate(pagefare_worker_cpu_seconds_total{where}{rate}', "workers")],
            unit="none", custom={"stacking": {"mode": "normal"}}),
        panel("timeseries", "Work items of copy workers",
              target(f'sum by (instance) (rate(pagefare_worker_items_total{where}{rate}', "{{instance}}"),
              unit="ops"),
        panel("timeseries", "DMA batches", [
            target(f'sum(rate(pagefare_dma_batches_total{where}{rate}', "batches"),
            target(f'sum(rate(pagefare_dma_failures_total{where}{rate}', "failed")], unit="ops"),
        panel("timeseries", "DMA channels busy",
              target(f'sum by (instance) (rate(pagefare_dma_channel_seconds_total{where}{rate}', "{{instance}}"),
              unit="none", about="Channels busy at once. Not CPU time."),
        row("What is copied"),
        panel("timeseries", "Calls of migrate_pages()",
              target(f'sum by (reason, initiator_kind) (rate(pagefare_migrate_calls_total{where}{rate}',
                     "{{reason}}, {{initiator_kind}}"), unit="ops"),
        panel("timeseries", "By folio size",
              target(f'sum by (size) (rate(pagefare_class_bytes_total{where}{rate}', "{{size}}"),
              unit="Bps", custom={"stacking": {"mode": "normal"}}),
        panel("timeseries", "Pages that could not be migrated",
              target(f'sum by (reason) (rate(pagefare_failed_pages_total{where}{rate}', "{{reason}}"),
              unit="ops"),
        panel("timeseries", "Huge pages: whole and split", [
            target(f'sum(rate(pagefare_migrated_thps_total{where}{rate}', "whole"),
            target(f'sum(rate(pagefare_split_thps_total{where}{rate}', "split"),
            target(f'sum(rate(pagefare_failed_thps_total{where}{rate}', "failed")], unit="ops"),
    ]


def engine():
    return dashboard("pagefare-engine", "pagefare: engine",
                     "What copies pages, how fast, and what was decided about it.",
                     [INSTANCE], acting.settings() + throughput() + acting.calls(),
                     STARTS + acting.decisions())


def health():
    where = '{instance=~"$instance"}'
    return dashboard("pagefare-health", "pagefare: health",
                     "Whether the figures can be relied on, and what it costs to know them.", [INSTANCE], [
        row("Can the figures be relied on"),
        completeness(),
        number("Not answering", 'count(up{job="pagefare", instance=~"$instance"} == 0) or vector(0)', "none"),
        number("Warnings", f"sum(pagefare_warnings{where})", "none"),
        number("Losses per second", f"sum(instance:pagefare_losses:rate5m{where})", "ops"),
        number("Alerts firing", 'count(ALERTS{alertname=~"Pagefare.*", alertstate="firing"}) or vector(0)', "none"),
        number("CPU of pagefare itself", f"max(instance:pagefare_period_cpu_seconds:rate5m{where})", "percentunit",
               about="The busiest machine, as a share of one CPU."),
        panel("timeseries", "Charged to nobody, by cause",
              target(f"sum by (cause) (rate(pagefare_unattributed_copy_cpu_seconds_total{where}[$__rate_interval]))",
                     "{{cause}}"), unit="none"),
        panel("timeseries", "Share charged to nobody", [
            target(f"instance:pagefare_unattributed_bytes:ratio_rate5m{where}", "{{instance}} bytes"),
            target(f"instance:pagefare_unattributed_copy_cpu:ratio_rate5m{where}", "{{instance}} CPU")],
            unit="percentunit", about="No data while nothing is migrated."),
        panel("timeseries", "Losses",
              target(f"instance:pagefare_losses:rate5m{where}", "{{instance}} {{loss}}"), unit="ops"),
        panel("timeseries", "Periods", [
            target(f"sum(rate(pagefare_periods_total{where}[$__rate_interval]))", "all"),
            target(f"sum(rate(pagefare_failed_periods_total{where}[$__rate_interval]))", "failed")], unit="ops"),
        row("Pods (in a cluster)"),
        panel("timeseries", "Pods of the machine, names known", [
            target(f"pagefare_pods{where}", "{{instance}}"),
            target(f"pagefare_pod_names_complete{where}", "{{instance}} complete (1 or 0)")], unit="none"),
        panel("timeseries", "Requests that failed",
              target(f"sum by (cause) (rate(pagefare_pod_name_failures_total{where}[$__rate_interval]))", "{{cause}}"),
              unit="ops", width=6),
        panel("timeseries", "Budgets by annotation", [
            target(f"sum(pagefare_pod_budgets{where})", "granted"),
            target(f"sum(pagefare_pod_budget_faults{where})", "not, or not as asked for")],
            unit="none", width=6),
        row("What it costs"),
        panel("timeseries", "CPU of the last period",
              target(f"pagefare_last_period_cpu_seconds{where}", "{{instance}}"), unit="s"),
        panel("timeseries", "CPU of BPF programs",
              target(f"sum by (program) (rate(pagefare_bpf_run_seconds_total{where}[$__rate_interval]))", "{{program}}"),
              unit="percentunit", about="0 while the kernel's BPF statistics are off (bpf_stats)."),
        panel("timeseries", "Memory of BPF maps",
              target(f"sum by (instance) (pagefare_bpf_map_bytes{where})", "{{instance}}"), unit="bytes"),
        panel("timeseries", "How full the maps are",
              target(f"max by (map) (pagefare_bpf_map_entries{where} / (pagefare_bpf_map_max_entries{where} > 0))",
                     "{{map}}"), unit="percentunit"),
        row("What runs"),
        panel("table", "Versions, modes, layers", [
            target(f"pagefare_build_info{where}"), target(f"pagefare_mode{where} == 1"),
            target(f"pagefare_layer{where} == 1")],
            width=24, transformations=[
                {"id": "merge", "options": {}},
                {"id": "organize", "options": {"excludeByName": {
                    "Time": True, "Value #A": True, "Value #B": True, "Value #C": True,
                    "__name__": True, "job": True}}}]),
    ])


def all_dashboards():
    return {"who-pays.json": who_pays(), "engine.json": engine(), "health.json": health()}


def text_of(made):
    return json.dumps(made, indent=1) + "\n"


if __name__ == "__main__":
    for name, made in all_dashboards().items():
        (HERE / name).write_text(text_of(made))
