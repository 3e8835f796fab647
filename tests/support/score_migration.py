#!/usr/bin/env python3
"""Scores migration by rules alone on code that nobody wrote for it.

    score_migration.py docstrings        the examples of torch 1.0.0's own docstrings
    score_migration.py modern            those of 2.7.0's docstrings: must come back byte for byte
    score_migration.py scripts FOLDER    every *.py below FOLDER

Each case runs as old@1.0.0, old@2.7.0 and new@2.7.0 with the same seeds; values and printed text
are compared as rule proofs are. Exit: 0 no harm done, 1 harm (something worked and no longer does,
or changed its values), 77 an environment is missing.
"""
import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from measure_rules import SKIPPED, SOURCE, TARGET, default_home, difference, run_all

ROOT = Path(__file__).resolve().parents[2]


def extract(environment):
    """Docstring examples of one environment, {name: code}."""
    script = Path(__file__).with_name("extract_docstrings.py")
    with tempfile.TemporaryDirectory() as folder:
        output = subprocess.run([str(environment / "bin" / "python"), str(script)], cwd=folder,
                                stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True)
    return json.loads(output.stdout)


def migrate(cli, code):
    """New code and the sentences about it; None when the program failed."""
    done = subprocess.run([str(cli), "migrate", "-", "--accept", "review"],
                          input=code.encode(), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    if done.returncode not in (0, 1):
        return None, done.stderr.decode(errors="replace")
    return done.stdout.decode(), done.stderr.decode(errors="replace")


def migrate_all(cli, cases):
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        results = pool.map(lambda code: migrate(cli, code), cases.values())
        return dict(zip(cases, results))


def classify(old_source, old_target, new_target, is_changed):
    """One word for a case, from three runs."""
    if old_source["outcome"] != "ok":
        if new_target["outcome"] == "ok":
            return "no-reference-works"
        return "no-reference-fails"
    before = "fails" if old_target["outcome"] != "ok" else \
        "differs" if difference(old_source, old_target) else \
        "warns" if deprecations(old_target) else "same"
    after = "fails" if new_target["outcome"] != "ok" else \
        "differs" if difference(old_source, new_target) else \
        "warns" if deprecations(new_target) else "same"
    return f"{before}->{after}" + ("" if is_changed else " untouched")


def deprecations(run):
    return [w for w in run["warnings"]
            if "deprecat" in w.lower() or "implicit dim" in w.lower() or "in an upcoming" in w.lower()
            or "will be removed" in w.lower()]


RANK = {"same": 3, "warns": 2, "differs": 1, "fails": 0}


def is_harm(verdict):
    if "->" not in verdict:
        return False
    before, after = verdict.split(" ")[0].split("->")
    # Something that was marked for a person to see may still differ; nothing may get worse.
    return RANK[after] < RANK[before]


def score(cases, arguments):
    cli, environments = arguments.cli, arguments.environments
    migrated = migrate_all(cli, cases)
    new_codes = [migrated[name][0] if migrated[name][0] is not None else "raise SystemExit(9)"
                 for name in cases]
    source, target = (environments / f"torch-{v}" for v in (SOURCE, TARGET))
    with ThreadPoolExecutor(3) as pool:
        runs = [pool.submit(run_all, source, list(cases.values())),
                pool.submit(run_all, target, list(cases.values())),
                pool.submit(run_all, target, new_codes)]
        runs = list(zip(*[run.result() for run in runs]))
    verdicts = {}
    for (name, code), new_code, results in zip(cases.items(), new_codes, runs):
        verdict = classify(*results, code != new_code)
        verdicts[name] = verdict
        is_news = not verdict.startswith("same->same") and "fails untouched" not in verdict
        if is_harm(verdict) or (is_news and not verdict.startswith("no-reference")) or arguments.all:
            detail = results[2]["error"] or difference(results[0], results[2]) or \
                "; ".join(deprecations(results[2]))[:100]
            print(f"{'HARM ' if is_harm(verdict) else '     '} {verdict:28} {name:48} {detail[:110]}")
    print()
    for verdict, count in sorted(Counter(verdicts.values()).items()):
        print(f"{count:5}  {verdict}")
    harmed = [name for name, verdict in verdicts.items() if is_harm(verdict)]
    print(f"{len(cases)} cases, {len(harmed)} harmed")
    return 1 if harmed else 0


def check_modern(cases, cli):
    """Code for the target itself must not be touched."""
    touched = [name for name, (new, _) in migrate_all(cli, cases).items() if new != cases[name]]
    for name in touched:
        print(f"HARM  {name} was changed")
    print(f"{len(cases)} modern cases, {len(touched)} changed")
    return 1 if touched else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("what", choices=["docstrings", "modern", "scripts"])
    parser.add_argument("folder", nargs="?", type=Path)
    parser.add_argument("--cli", type=Path, default=ROOT / "build" / "dev" / "bin" / "torchlift-cli")
    parser.add_argument("--environments", type=Path, default=default_home() / "environments")
    parser.add_argument("--all", action="store_true", help="print every case")
    arguments = parser.parse_args()
    for version in (SOURCE, TARGET):
        if not (arguments.environments / f"torch-{version}" / "bin" / "python").exists():
            print(f"skipped: there is no environment for torch {version}")
            return SKIPPED
    if arguments.what == "modern":
        return check_modern(extract(arguments.environments / f"torch-{TARGET}"), arguments.cli)
    if arguments.what == "docstrings":
        cases = extract(arguments.environments / f"torch-{SOURCE}")
    elif arguments.folder is None:
        parser.error("scripts needs a folder")
    else:
        cases = {str(path.relative_to(arguments.folder)): path.read_text(encoding="utf-8")
                 for path in sorted(arguments.folder.rglob("*.py"))}
    return score(cases, arguments)


if __name__ == "__main__":
    sys.exit(main())
