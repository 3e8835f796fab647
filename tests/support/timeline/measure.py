#!/usr/bin/env python3
"""Measures the release in which each rule's old form breaks.

Usage: measure.py --work FOLDER [--rules FOLDER] [--worker measure_rules.py] [--output FILE]

Runs the old form of every rule example in every release's environment (generate.py leaves them in FOLDER) and
compares it with what it did in the oldest. Writes {rule: {release: outcome}} with the releases in which the outcome
became another one: ok, warns, differs, fails. The worst of a rule's examples counts. Prints the rules whose
`broken:` says something else. Runs of one release are kept in FOLDER/measured and not repeated.
"""

import argparse
import json
import os
import pathlib
import subprocess
import sys

import yaml

from merge import short
from releases import RELEASES, variables

HERE = pathlib.Path(__file__).resolve().parent
ORDER = ("ok", "warns", "differs", "fails")  # worse and worse


def run_release(release, arguments):
    """The runs of all examples in one release, {example: run}."""
    kept = arguments.work / "measured" / f"{release}.json"
    if not kept.exists():
        environment = arguments.work.resolve() / "environments" / release
        command = [sys.executable, arguments.worker, "--rules", arguments.rules, "--environment", environment, "--json"]
        done = subprocess.run(command, stdout=subprocess.PIPE, check=True, env=variables(environment))
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_bytes(done.stdout)
    return {run["id"]: run for run in json.loads(kept.read_text())}


def outcome(run, first, compare):
    """What became of an example, seen from its run in the oldest release."""
    if run["outcome"] != "ok":
        return "fails"
    if first["outcome"] == "ok" and compare(first, run):
        return "differs"
    return "warns" if run["warnings"] else "ok"


def worst(outcomes):
    return max(outcomes, key=ORDER.index)


def changes(by_release):
    """Only the releases at which something changed."""
    kept, before = {}, None
    for release, value in by_release.items():
        if value != before:
            kept[short(release)] = before = value
    return kept


def measured_broken(by_release, effect):
    """The first release from which on the old form does what the rule says of it."""
    wanted = {"breaks": ("fails",), "differs": ("differs", "fails"), "warns": ("warns", "differs", "fails")}[effect]
    since = None
    for release, value in by_release.items():
        if value not in wanted:
            since = None
        elif since is None:
            since = short(release)
    return since


def load_rules(folder):
    return {rule["id"]: rule for path in sorted(folder.glob("*.yaml"))
            for rule in yaml.safe_load(path.read_text(encoding="utf-8"))["rules"]}


def follows_torch(rule):
    """Rules about NumPy alone break with NumPy's releases, not with torch's."""
    return not all(symbol.startswith("numpy.") for symbol in rule["symbols"])


def compare_with_rules(rules, measured):
    """Prints where a rule's `broken:` is not what was measured; the oldest release stands for all before it."""
    for rule, by_release in measured.items():
        stated = str(rules[rule]["broken"])
        found = measured_broken(by_release, rules[rule]["effect"])
        oldest = short(next(iter(RELEASES)))
        before = tuple(map(int, stated.split("."))) <= tuple(map(int, oldest.split(".")))
        if found != stated and not (found == oldest and before):
            print(f"{rule}: broken {stated}, measured {found} ({rules[rule]['effect']}): {changes(by_release)}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", type=pathlib.Path, required=True)
    parser.add_argument("--rules", type=pathlib.Path, default=HERE.parents[2] / "resources" / "rules")
    parser.add_argument("--worker", type=pathlib.Path, default=HERE.parent / "measure_rules.py")
    parser.add_argument("--output", type=pathlib.Path, default=HERE / "measured_broken.json")
    arguments = parser.parse_args()
    sys.path.insert(0, str(arguments.worker.resolve().parent))
    from measure_rules import difference

    os.environ["PYTHONDONTWRITEBYTECODE"] = "1"
    runs = {release: run_release(release, arguments) for release in RELEASES}
    first = next(iter(runs.values()))
    rules = load_rules(arguments.rules)
    measured = {}
    for example, start in first.items():
        rule = rules.get(start["rule"])
        if rule is None or not follows_torch(rule) or any(example not in r for r in runs.values()):
            continue  # the rules changed since that release was measured
        outcomes = measured.setdefault(start["rule"], {release: "ok" for release in runs})
        for release in runs:
            outcomes[release] = worst((outcomes[release], outcome(runs[release][example], start, difference)))
    compare_with_rules(rules, measured)
    lines = [f" {json.dumps(rule)}: {json.dumps(changes(measured[rule]))}" for rule in sorted(measured)]
    arguments.output.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
