# SPDX-License-Identifier: Apache-2.0
"""deploy/prometheus by itself: what the rules compute is in rules.test.yaml, which promtool runs."""
import re
import unittest

from shipped import (ROOT, RULE_FILES, alerts, documented_metrics, names_in, program, recorded,
                     rules, run)

PROMTOOL = ("promtool", "Debian package prometheus")
TROUBLESHOOTING = ROOT / "docs/troubleshooting.md"


def sections_of_alerts():
    text = TROUBLESHOOTING.read_text()
    return re.findall(r"^### (\w+)$", text[text.index("## Alerts"):], re.MULTILINE)


class Rules(unittest.TestCase):
    def test_are_what_prometheus_accepts(self):
        done = run(program(*PROMTOOL), "check", "rules", *RULE_FILES)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_compute_what_they_say(self):
        done = run(program(*PROMTOOL), "test", "rules", ROOT / "tests/deploy/rules.test.yaml")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_read_only_metrics_that_exist(self):
        known = documented_metrics() | recorded()
        for _, rule in rules():
            missing = names_in(rule["expr"]) - known
            # A regular expression over names is quoted; it is tested by promtool.
            self.assertFalse(missing, f"{rule.get('record') or rule['alert']}: not in docs/metrics.md")

    def test_are_evaluated_after_those_they_read(self):
        """Groups run side by side, but a rule of the same group must stand below what it reads."""
        seen = {}
        for number, (group, rule) in enumerate(rules()):
            if "record" in rule:
                seen[rule["record"]] = (group, number)
        for number, (group, rule) in enumerate(rules()):
            for name in names_in(rule["expr"]) & set(seen):
                other, place = seen[name]
                self.assertTrue(other != group or place < number, f"{name} is read above itself")


def sections_of_findings():
    text = TROUBLESHOOTING.read_text()
    headings = re.findall(r"^### (.+)$", text[:text.index("## Alerts")], re.MULTILINE)
    return {name.lower() for heading in headings for name in heading.split(", ")}


class Doctor(unittest.TestCase):
    """Findings whose names are put together are known by the beginnings of these."""

    def test_names_nothing_that_is_not_explained(self):
        names = set()
        for file in (ROOT / "controller/daemon").glob("*.cpp"):
            for expression in re.findall(r"\.name =([^,]+),", file.read_text()):
                names |= {name.strip(" :").lower() for name in re.findall(r'"([^"]+)"', expression)}
        self.assertIn("precise layer", names)
        self.assertIn("lever", names)
        self.assertEqual(names - sections_of_findings(), set())

    def test_names_no_capability_that_is_not_explained(self):
        text = TROUBLESHOOTING.read_text()
        code = (ROOT / "controller/edge/machine_facts.cpp").read_text()
        names = set(re.findall(r'"(CAP_\w+)"', code))
        self.assertTrue(names)
        self.assertEqual({name for name in names if f"| `{name}` |" not in text}, set())


class Alerts(unittest.TestCase):
    def test_point_at_a_section_that_is_there(self):
        for alert in alerts():
            anchor = f"docs/troubleshooting.md#{alert['alert'].lower()}"
            self.assertEqual(alert["annotations"]["runbook_url"], anchor)
            self.assertIn(alert["alert"], sections_of_alerts())

    def test_are_all_that_is_explained(self):
        self.assertEqual(sorted(sections_of_alerts()), sorted(alert["alert"] for alert in alerts()))

    def test_are_each_seen_firing(self):
        tested = (ROOT / "tests/deploy/rules.test.yaml").read_text()
        for alert in alerts():
            fires = re.search(rf'alertname[:=] ?"?{alert["alert"]}\b', tested)
            self.assertTrue(fires, f"{alert['alert']} has no test")

    def test_say_who_and_how_bad(self):
        for alert in alerts():
            self.assertIn(alert["labels"]["severity"], ("critical", "warning", "info"))
            self.assertIn("{{ $labels.instance }}", alert["annotations"]["summary"])
            self.assertTrue(alert["annotations"]["description"].endswith("."))


class Findings(unittest.TestCase):
    def test_of_doctor_are_all_explained(self):
        code = (ROOT / "controller/daemon/doctor.cpp").read_text()
        named = set(re.findall(r'\.name = "([^"]+)"', code)) - {"machine facts"}
        explained = {title.lower() for title in
                     re.findall(r"^### (.+)$", TROUBLESHOOTING.read_text(), re.MULTILINE)}
        self.assertFalse({name.lower() for name in named} - explained)
