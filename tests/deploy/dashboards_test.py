# SPDX-License-Identifier: Apache-2.0
"""deploy/grafana by itself; that its queries return data is tested against a real Prometheus."""
import itertools
import json
import sys
import unittest

from shipped import ROOT, documented_metrics, names_in, recorded

GRAFANA = ROOT / "deploy/grafana"
sys.path.insert(0, str(GRAFANA))
import make_dashboards  # noqa: E402  (it lies beside what it makes)


def dashboards():
    return {file.name: json.loads(file.read_text()) for file in sorted(GRAFANA.glob("*.json"))}


def queries(dashboard):
    """(where, expression) of every panel, annotation and variable."""
    for panel in dashboard["panels"]:
        for target in panel.get("targets", []):
            yield f"{dashboard['uid']}: {panel['title']} {target['refId']}", target["expr"]
    for annotation in dashboard["annotations"]["list"]:
        yield f"{dashboard['uid']}: annotation {annotation['name']}", annotation["expr"]


def overlap(one, other):
    return (one["x"] < other["x"] + other["w"] and other["x"] < one["x"] + one["w"]
            and one["y"] < other["y"] + other["h"] and other["y"] < one["y"] + one["h"])


class Dashboards(unittest.TestCase):
    def test_are_what_their_source_makes(self):
        made = make_dashboards.all_dashboards()
        self.assertEqual(sorted(made), sorted(dashboards()))
        for name, dashboard in made.items():
            self.assertEqual((GRAFANA / name).read_text(), make_dashboards.text_of(dashboard),
                             f"{name}: run deploy/grafana/make_dashboards.py")

    def test_read_only_metrics_that_exist(self):
        known = documented_metrics() | recorded()
        for dashboard in dashboards().values():
            for where, expression in queries(dashboard):
                self.assertFalse(names_in(expression) - known, where)

    def test_have_ids_of_their_own(self):
        uids = [dashboard["uid"] for dashboard in dashboards().values()]
        self.assertEqual(len(uids), len(set(uids)))
        for dashboard in dashboards().values():
            ids = [panel["id"] for panel in dashboard["panels"]]
            self.assertEqual(len(ids), len(set(ids)), dashboard["uid"])

    def test_have_panels_beside_each_other(self):
        for dashboard in dashboards().values():
            for one, other in itertools.combinations(dashboard["panels"], 2):
                self.assertFalse(overlap(one["gridPos"], other["gridPos"]),
                                 f"{dashboard['uid']}: {one['title']} over {other['title']}")
            for panel in dashboard["panels"]:
                self.assertLessEqual(panel["gridPos"]["x"] + panel["gridPos"]["w"], 24)

    def test_let_one_choose_the_source(self):
        for dashboard in dashboards().values():
            first = dashboard["templating"]["list"][0]
            self.assertEqual((first["name"], first["type"]), ("datasource", "datasource"))
            self.assertGreaterEqual(dashboard["schemaVersion"], 36)
            for panel in dashboard["panels"]:
                for part in [panel, *panel.get("targets", [])] if panel["type"] != "row" else []:
                    self.assertEqual(part["datasource"]["uid"], "${datasource}")

    def test_define_the_variables_that_they_use(self):
        for dashboard in dashboards().values():
            defined = {"${datasource}", "$__rate_interval", "$__all"}
            defined |= {"$" + one["name"] for one in dashboard["templating"]["list"]}
            for where, expression in queries(dashboard):
                used = {word for word in expression.replace('"', " ").replace("]", " ").split()
                        if word.startswith("$")}
                self.assertFalse({word.rstrip("),") for word in used} - defined, where)

    def test_tell_how_complete_the_bill_is(self):
        for name in ("who-pays.json", "health.json"):
            text = json.dumps(dashboards()[name])
            self.assertIn("pagefare_attribution_completeness_ratio", text)
