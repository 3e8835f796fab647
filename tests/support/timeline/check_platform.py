#!/usr/bin/env python3
"""Compares python.json with interpreters and NumPy versions that are installed here.

Usage: check_platform.py INTERPRETER ...

Each fact about a name is checked in every interpreter: the name must be there before `gone` and must be missing
from then on. Interpreters with NumPy check the facts about NumPy too. Syntax and behaviour are not checked.
"""

import json
import pathlib
import subprocess
import sys

FACTS = pathlib.Path(__file__).resolve().parents[3] / "resources" / "timeline" / "python.json"

# Runs on every Python from 2.7 on: which of the names given on stdin are there.
PROBE = r'''
import importlib, json, sys, warnings
warnings.simplefilter("ignore")
try:
    import builtins
except ImportError:
    import __builtin__ as builtins
STAND_INS = {"dict": dict, "str": str, "object": int, "iterator": iter([]), "function": lambda: None,
             "builtins": builtins}
def is_there(name):
    parts = name.split(".")
    if parts[0] in STAND_INS and len(parts) > 1:
        obj, rest = STAND_INS[parts[0]], parts[1:]
    else:
        obj, rest = importlib.import_module(parts[0]), parts[1:]
    for index, part in enumerate(rest):
        if not hasattr(obj, part):
            try:
                importlib.import_module(".".join(parts[:index + 2]))
            except ImportError:
                return False
        obj = getattr(obj, part)
    return True
def check(name):
    try:
        return is_there(name)
    except Exception:
        return False
try:
    import numpy
    numpy_version = numpy.__version__
except ImportError:
    numpy_version = ""
found = [name for name in json.loads(sys.stdin.read()) if check(name)]
print(json.dumps({"python": "%d.%d.%d" % sys.version_info[:3], "numpy": numpy_version, "found": found}))
'''


def number(version):
    return tuple(int(part) for part in version.split("."))


def is_expected(fact, version):
    """Whether `version` should have it; None where the fact says nothing about that."""
    is_numpy = fact["name"].startswith("numpy.")
    if not is_numpy and number(version) < (3,) and fact.get("gone", "") != "3.0":
        return None  # some came with Python 3
    if "back" in fact and number(version) >= number(fact["back"]):
        return True
    return "gone" not in fact or number(version) < number(fact["gone"])


def main():
    facts = [f for f in json.loads(FACTS.read_text())["facts"] if f["kind"] not in ("syntax", "behaviour")]
    wrong, checked = 0, 0
    for interpreter in sys.argv[1:]:
        done = subprocess.run([interpreter, "-c", PROBE], input=json.dumps([f["name"] for f in facts]),
                              stdout=subprocess.PIPE, universal_newlines=True, check=True)
        seen = json.loads(done.stdout.splitlines()[-1])
        for fact in facts:
            version = seen["numpy" if fact["name"].startswith("numpy.") else "python"]
            if not version:
                continue
            expected = is_expected(fact, version)
            if expected is None:
                continue
            checked += 1
            if (fact["name"] in seen["found"]) != expected:
                wrong += 1
                print(f"{fact['name']}: {'there' if fact['name'] in seen['found'] else 'missing'} in {version}")
    print(f"{checked} checks, {wrong} wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
