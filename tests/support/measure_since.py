#!/usr/bin/env python3
"""Measures from which release on the rules' new forms work: `since` in the rules' files.

    measure_since.py [--environment PATH]... [--write]

The environments are torch releases in ascending order, without the target; by default 1.0.0 alone.
A new form works in a release when every example of its rule runs there and gives what it gives in
the target. `since` is the oldest release from which on all that were measured work; a rule whose
new form works in none of them gets no `since`: it is not known. --write puts it into the files and
takes out what no longer holds. Exit: 0 the files say what was measured, 1 they do not, 77 an
environment or PyYAML is missing.
"""
import argparse
import re
import sys
from pathlib import Path

from interpreters import SKIPPED, SOURCE, TARGET, default_home, run_all
from measure_rules import difference, load_examples

ROOT = Path(__file__).resolve().parents[2]
HEAD = re.compile(r"^  - id: (\S+)$")
SINCE = re.compile(r"^    since: ")
BROKEN = re.compile(r"^    broken: ")


def release_of(environment):
    """"1.13" of an environment's torch."""
    version = next(environment.glob("lib/python*/site-packages/torch/version.py"))
    match = re.search(r"__version__ = '(\d+\.\d+)", version.read_text())
    return match.group(1)


def measure(examples, environments, target):
    """{rule: release} of those that are known."""
    wanted = run_all(target, [e.new for e in examples])
    working = {}  # by rule: releases, newest first, until one fails
    failed = {e.rule for e in examples if e.proof == "not-runnable-here"}
    for environment in reversed(environments):
        runs = run_all(environment, [e.new for e in examples])
        bad = {e.rule for e, run, goal in zip(examples, runs, wanted)
               if run["outcome"] != "ok" or goal["outcome"] != "ok" or difference(run, goal)}
        failed |= bad
        for rule in {e.rule for e in examples} - failed:
            working[rule] = release_of(environment)
    return working


def rewrite(text, since):
    """A rules file with the measured releases."""
    lines, rule = [], None
    for line in text.splitlines(keepends=True):
        head = HEAD.match(line)
        rule = head.group(1) if head else rule
        if SINCE.match(line):
            continue
        lines.append(line)
        if BROKEN.match(line) and rule in since:
            lines.append(f'    since: "{since[rule]}"\n')
    return "".join(lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    folder = default_home() / "environments"
    parser.add_argument("--environment", type=Path, action="append")
    parser.add_argument("--target", type=Path, default=folder / f"torch-{TARGET}")
    parser.add_argument("--write", action="store_true")
    arguments = parser.parse_args()
    environments = arguments.environment or [folder / f"torch-{SOURCE}"]
    for environment in [*environments, arguments.target]:
        if not (environment / "bin" / "python").exists():
            print(f"skipped: there is no environment {environment}")
            return SKIPPED
    try:
        examples = load_examples(ROOT / "resources" / "rules")
    except ImportError:
        print("skipped: PyYAML is missing (apt install python3-yaml)")
        return SKIPPED
    since = measure(examples, environments, arguments.target)
    stale = 0
    for path in sorted((ROOT / "resources" / "rules").glob("*.yaml")):
        before = path.read_text(encoding="utf-8")
        after = rewrite(before, since)
        if after != before:
            stale += 1
            print(f"{path.name}: {'written' if arguments.write else 'is not what was measured'}")
            if arguments.write:
                path.write_text(after, encoding="utf-8")
    print(f"{len(since)} of {len({e.rule for e in examples})} rules have a new form that works in "
          f"{release_of(environments[0])} or soon after")
    return 1 if stale and not arguments.write else 0


if __name__ == "__main__":
    sys.exit(main())
