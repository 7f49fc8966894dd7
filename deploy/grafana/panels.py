# SPDX-License-Identifier: Apache-2.0
"""Grafana's JSON out of a few words per panel: the shape that every dashboard here shares."""

SCHEMA_VERSION = 39  # Grafana 10.4 and later read it as it is; newer ones migrate it when loading
DATASOURCE = {"type": "prometheus", "uid": "${datasource}"}
WIDTH = 24


def target(expr, legend="", instant=False):
    return {"expr": expr, "legend": legend, "instant": instant}


def heat(expr):
    """Buckets of a histogram, for a heatmap."""
    return {**target(expr, "{{le}}"), "format": "heatmap"}


def panel(kind, title, targets, unit="short", width=12, height=8, about="", **options):
    """One panel; its place is found by dashboard(). `options` are those of fieldConfig's defaults
    or of the panel itself, by name."""
    return {"kind": kind, "title": title, "unit": unit, "width": width, "height": height,
            "about": about, "options": options,
            "targets": targets if isinstance(targets, list) else [targets]}


def number(title, expr, unit, width=4, about=""):
    return panel("stat", title, target(expr), unit=unit, width=width, height=4, about=about)


def row(title):
    return {"kind": "row", "title": title, "width": WIDTH, "height": 1}


def variable(name, query, label="", multi=True, all_value=".*"):
    return {"name": name, "type": "query", "label": label or name, "datasource": DATASOURCE,
            "query": {"query": query, "refId": name}, "definition": query, "refresh": 2, "sort": 1,
            "multi": multi, "includeAll": multi, "allValue": all_value if multi else None,
            "current": {"text": ["All"], "value": ["$__all"]} if multi else {}, "options": [],
            "hide": 0, "regex": ""}


def choice(name, values, label=""):
    options = [{"text": v, "value": v, "selected": v == values[0]} for v in values]
    return {"name": name, "type": "custom", "label": label or name, "query": ",".join(values),
            "multi": False, "includeAll": False, "current": options[0], "options": options,
            "hide": 0}


def annotation(name, expr, title, text, tags="", color="purple"):
    return {"name": name, "datasource": DATASOURCE, "enable": True, "expr": expr, "step": "30s",
            "titleFormat": title, "textFormat": text, "tagKeys": tags, "iconColor": color,
            "useValueForTime": False}


def _datasource_variable():
    return {"name": "datasource", "type": "datasource", "label": "Prometheus",
            "query": "prometheus", "current": {}, "options": [], "hide": 0, "refresh": 1,
            "regex": "", "multi": False, "includeAll": False}


def _targets(targets, table):
    made = []
    for index, one in enumerate(targets):
        made.append({"refId": chr(ord("A") + index), "datasource": DATASOURCE,
                     "expr": one["expr"], "legendFormat": one["legend"],
                     "instant": one["instant"] or table, "range": not (one["instant"] or table),
                     **({"format": "table"} if table else
                        {"format": one["format"]} if "format" in one else {})})
    return made


def _panel(spec, number, place):
    if spec["kind"] == "row":
        return {"id": number, "type": "row", "title": spec["title"], "gridPos": place,
                "collapsed": False, "panels": []}
    defaults = {"unit": spec["unit"], **spec["options"].get("defaults", {})}
    options = spec["options"].get("options", {})
    if spec["kind"] == "timeseries":
        defaults.setdefault("custom", {"fillOpacity": 10, "showPoints": "never",
                                       **spec["options"].get("custom", {})})
        options = {"legend": {"displayMode": "table", "placement": "bottom",
                              "calcs": ["mean", "max"]},
                   "tooltip": {"mode": "multi", "sort": "desc"}, **options}
    if spec["kind"] == "heatmap":
        options = {"calculate": False, "yAxis": {"unit": spec["unit"]}, "cellGap": 1,
                   "color": {"mode": "scheme", "scheme": "Oranges", "steps": 64},
                   "tooltip": {"mode": "single", "yHistogram": True}, **options}
    if spec["kind"] == "bargauge":
        options = {"orientation": "horizontal", "displayMode": "gradient",
                   "reduceOptions": {"calcs": ["lastNotNull"], "values": False}, **options}
    if spec["kind"] == "stat":
        options = {"reduceOptions": {"calcs": ["lastNotNull"], "values": False},
                   "colorMode": "value", "graphMode": "area", **options}
    return {"id": number, "type": spec["kind"], "title": spec["title"],
            "description": spec["about"], "datasource": DATASOURCE, "gridPos": place,
            "fieldConfig": {"defaults": defaults, "overrides": []}, "options": options,
            "targets": _targets(spec["targets"], spec["kind"] == "table"),
            **({"transformations": spec["options"]["transformations"]}
               if "transformations" in spec["options"] else {})}


def _laid_out(specs):
    """Left to right, a new line where the width is used up."""
    x = y = line = 0
    panels = []
    for number, spec in enumerate(specs, start=1):
        if x + spec["width"] > WIDTH:
            x, y, line = 0, y + line, 0
        panels.append(_panel(spec, number, {"x": x, "y": y, "w": spec["width"],
                                            "h": spec["height"]}))
        x, line = x + spec["width"], max(line, spec["height"])
    return panels


def dashboard(uid, title, about, variables, specs, annotations=()):
    links = [{"type": "dashboards", "tags": ["pagefare"], "title": "pagefare", "asDropdown": True,
              "includeVars": True, "keepTime": True, "icon": "external link"}]
    return {"uid": uid, "title": title, "description": about, "tags": ["pagefare"],
            "schemaVersion": SCHEMA_VERSION, "version": 1, "editable": True, "graphTooltip": 1,
            "timezone": "browser", "refresh": "30s", "time": {"from": "now-1h", "to": "now"},
            "links": links, "annotations": {"list": list(annotations)},
            "templating": {"list": [_datasource_variable(), *variables]},
            "panels": _laid_out(specs)}
