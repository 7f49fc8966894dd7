# SPDX-License-Identifier: Apache-2.0
"""Checks a manifest against the types of the published Kubernetes API, as python3-kubernetes has them:
every field known, of the right type, and none missing that is required."""
import re
import unittest

try:
    from kubernetes.client import models
    from kubernetes.client.configuration import Configuration
except ImportError:
    models = None

PLAIN = {"str": str, "int": int, "bool": bool, "float": (int, float)}


def need_types():
    if models is None:
        raise unittest.SkipTest("python3-kubernetes is not installed")


def _read(value, kind, where):
    if kind == "object":
        return value
    if kind in PLAIN:
        if not isinstance(value, PLAIN[kind]) or (kind == "int" and isinstance(value, bool)):
            raise ValueError(f"{where}: {value!r} is no {kind}")
        return value
    if listed := re.fullmatch(r"list\[(.+)\]", kind):
        if not isinstance(value, list):
            raise ValueError(f"{where}: {value!r} is no list")
        return [_read(one, listed[1], f"{where}[{i}]") for i, one in enumerate(value)]
    if mapped := re.fullmatch(r"dict\(str, (.+)\)", kind):
        if not isinstance(value, dict):
            raise ValueError(f"{where}: {value!r} is no mapping")
        return {key: _read(one, mapped[1], f"{where}.{key}") for key, one in value.items()}
    return _model(value, getattr(models, kind), where)


def _model(value, model, where):
    if not isinstance(value, dict):
        raise ValueError(f"{where}: {value!r} is no {model.__name__}")
    fields = {camel: name for name, camel in model.attribute_map.items()}
    unknown = set(value) - set(fields)
    if unknown:
        raise ValueError(f"{where}: {model.__name__} has no {', '.join(sorted(unknown))}")
    read = {fields[key]: _read(one, model.openapi_types[fields[key]], f"{where}.{key}")
            for key, one in value.items()}
    try:
        return model(**read, local_vars_configuration=Configuration())
    except ValueError as error:  # something required is missing
        raise ValueError(f"{where}: {error}") from None


def check(manifest):
    """Raises ValueError, which names the place and what is wrong with it."""
    need_types()
    version = manifest["apiVersion"].rsplit("/", 1)[-1].capitalize()
    model = getattr(models, version + manifest["kind"], None)
    if model is None:
        raise ValueError(f"no such kind: {manifest['apiVersion']} {manifest['kind']}")
    _model(manifest, model, manifest["kind"])
