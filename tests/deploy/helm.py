# SPDX-License-Identifier: Apache-2.0
"""A chart rendered by helm, or, since Debian 12 has none, by what helm renders with."""
import copy
import json
import os
import pathlib
import shutil
import subprocess
import tempfile

import yaml

from shipped import program, run

SOURCE = pathlib.Path(__file__).parent / "render_chart/render_chart.go"
LIBRARIES = pathlib.Path("/usr/share/gocode")


def schema_faults(chart, values):
    """What its schema says against these values."""
    import jsonschema
    schema = json.loads((chart / "values.schema.json").read_text())
    return [f"{'.'.join(map(str, error.path))}: {error.message}"
            for error in jsonschema.Draft7Validator(schema).iter_errors(values)]


def render(chart, *settings):
    """The objects in the namespace pagefare, with --set of each setting; ValueError says why not."""
    text = _by_helm(chart, settings) if shutil.which("helm") else _by_templates(chart, settings)
    return [one for one in yaml.safe_load_all(text) if one]


def _said(done):
    if done.returncode != 0:
        raise ValueError(done.stderr)
    return done.stdout


def _by_helm(chart, settings):
    flags = [part for one in settings for part in ("--set", one)]
    return _said(run("helm", "template", "pagefare", chart, "--namespace", "pagefare", *flags))


def _by_templates(chart, settings):
    values = copy.deepcopy(yaml.safe_load((chart / "values.yaml").read_text()))
    for setting in settings:
        path, value = setting.split("=", 1)
        *above, last = path.split(".")
        place = values
        for key in above:
            place = place[key]
        place[last] = yaml.safe_load(value)
    faults = schema_faults(chart, values)
    if faults:
        raise ValueError("\n".join(faults))
    return _said(run(_renderer(), chart, "pagefare", input=json.dumps(values)))


def _renderer():
    """Built once; tests that build it at the same time do no harm to each other."""
    folder = pathlib.Path(os.environ["PAGEFARE_BUILD"]) / "tests/deploy"
    built = folder / "render_chart"
    if built.exists() and built.stat().st_mtime > SOURCE.stat().st_mtime:
        return built
    go = program("go", "golang-go")
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        surroundings = {**os.environ, "GOCACHE": f"{scratch}/cache", "GOPATH": LIBRARIES,
                        "GO111MODULE": "off", "GOFLAGS": ""}
        fresh = f"{scratch}/render_chart"
        subprocess.run([go, "build", "-o", fresh, SOURCE], env=surroundings, check=True)
        os.replace(fresh, built)
    return built
