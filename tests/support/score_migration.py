#!/usr/bin/env python3
"""Scores migration by rules alone on code that nobody wrote for it.

    score_migration.py docstrings        the examples of torch 1.0.0's own docstrings
    score_migration.py modern            those of 2.7.0's docstrings: must come back byte for byte
    score_migration.py scripts FOLDER    every *.py below FOLDER; one case for a folder
                                         with a main.py and all that lies below it

Each case runs as old@1.0.0, old@2.7.0 and new@2.7.0 with the same seeds; values and printed text
are compared as rule proofs are, printed masks and names of gradient functions left out. Verdicts
say how the code does in 2.7.0 before and after: same, warns, explained, differs or fails. Where
scripts differ by that strict measure `torchlift-cli validate` is asked, which knows what is
numerical noise (same) and which changes inside torch are the whole reason (explained). Exit: 0 no
harm done, 1 harm (something worked and no longer does, or changed its values) or, with --demand,
fewer than 95 of 100 that run or 90 with equal or explained values; 77 an environment is missing.
"""
import argparse
import json
import subprocess
import sys
import tempfile
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import docstring_score
from interpreters import SKIPPED, SOURCE, TARGET, default_home, missing_environments, run_all
from measure_rules import difference
from verdicts import comparable, complaints

ROOT = Path(__file__).resolve().parents[2]


def migrate_tree(cli, files):
    """{relative path: new code} for {relative path: code}, in one call. What could not be migrated
    ends its program."""
    with tempfile.TemporaryDirectory() as folder:
        old, new = Path(folder) / "old", Path(folder) / "new"
        for path, code in files.items():
            (old / path).parent.mkdir(parents=True, exist_ok=True)
            (old / path).write_bytes(code.encode())
        done = subprocess.run([str(cli), "migrate", str(old), "--out", str(new), "--accept",
                               "review"], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        if done.returncode not in (0, 1):
            raise SystemExit(done.stderr.decode(errors="replace"))
        return {path: (new / path).read_bytes().decode() if (new / path).exists()
                else "raise SystemExit(9)" if path.endswith(".py") else code
                for path, code in files.items()}


def migrate_all(cli, codes):
    """The same for {name: code} of scripts that have nothing to do with each other."""
    paths = {name: f"{index}/main.py" for index, name in enumerate(codes)}
    migrated = migrate_tree(cli, {paths[name]: code for name, code in codes.items()})
    return {name: migrated[paths[name]] for name in codes}


def read(path):
    """A file's text with its line endings as they are."""
    return path.read_bytes().decode("utf-8")


def load_scripts(folder):
    """{case: {path: text}}: scripts of one file, and projects, which start at main.py, with all the
    files that they have below it."""
    cases = {}
    mains = sorted({path.parent for path in folder.rglob("main.py")})
    for root in mains:
        cases[f"{root.relative_to(folder)}/"] = {
            str(path.relative_to(root)): read(path)
            for path in sorted(root.rglob("*")) if path.is_file() and path.suffix != ".pyc"}
    for path in sorted(folder.rglob("*.py")):
        if not any(root in path.parents for root in mains):
            cases[str(path.relative_to(folder))] = {"main.py": read(path)}
    return dict(sorted(cases.items()))


def program(files):
    """One script that does what `files` do: main.py itself, or one that lays out its modules."""
    if len(files) == 1:
        return files["main.py"]
    return (f"import os as _os, sys as _sys\n_files = {files!r}\nfor _name in _files:\n"
            "    if not _os.path.isdir(_os.path.dirname(_name) or '.'):\n"
            "        _os.makedirs(_os.path.dirname(_name))\n"
            "    with open(_name, 'w') as _file:\n        _file.write(_files[_name])\n"
            "_sys.path.insert(0, '')\n_code = compile(_files['main.py'], 'main.py', 'exec')\n"
            "del _files, _name, _file, _sys, _os\nexec(_code)\n")


def classify(old_source, old_target, new_target, is_changed):
    """One word for a case, from three runs."""
    if old_source["outcome"] != "ok":
        if new_target["outcome"] == "ok":
            return "no-reference-works"
        return "no-reference-fails"
    before = state(old_source, old_target)
    after = state(old_source, new_target)
    return f"{before}->{after}" + ("" if is_changed else " untouched")


def state(old_source, run):
    if run["outcome"] != "ok":
        return "fails"
    if difference(old_source, run):
        return "differs"
    return "warns" if complaints(run) else "same"


RANK = {"same": 3, "warns": 2, "explained": 2, "differs": 1, "fails": 0}


def judged(cli, old, new):
    """(state, reason) of two scripts whose values differ, by the program's own verdict."""
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder) / name for name in ("old.py", "new.py", "verdict.json")]
        for path, code in zip(paths, (old, new)):
            path.write_bytes(code.encode())
        subprocess.run([str(cli), "validate", str(paths[0]), str(paths[1]), f"--json={paths[2]}"],
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        if not paths[2].exists():
            return "differs", ""
        verdict = json.loads(paths[2].read_text(encoding="utf-8"))["rows"][0]["verdict"]
    if verdict["kind"] in ("equal", "numerical"):
        return "same", verdict["kind"]
    if verdict["explainedBy"]:
        return "explained", ", ".join(verdict["explainedBy"])
    return "differs", ""


def is_harm(verdict):
    if "->" not in verdict:
        return False
    before, after = verdict.split(" ")[0].split("->")
    # Something that was marked for a person to see may still differ; nothing may get worse.
    return RANK[after] < RANK[before]


def migrate_cases(cli, cases):
    files = {(case, name): f"{index}/{name}" for index, case in enumerate(cases)
             for name in cases[case]}
    migrated = migrate_tree(cli, {path: cases[key[0]][key[1]] for key, path in files.items()})
    return {case: {name: migrated[files[case, name]] for name in cases[case]} for case in cases}


def run_cases(environments, cases, new_cases):
    """old@source, old@target and new@target of every case."""
    source, target = (environments / f"torch-{v}" for v in (SOURCE, TARGET))
    jobs = [(source, cases), (target, cases), (target, new_cases)]
    with ThreadPoolExecutor(len(jobs)) as pool:
        runs = [pool.submit(run_all, environment, [program(files) for files in group.values()])
                for environment, group in jobs]
        return [[comparable(run) for run in results]
                for results in zip(*[run.result() for run in runs])]


def keep_cases(folder, new_cases):
    """Writes what became of the cases below `folder`, to look at."""
    for case, files in new_cases.items():
        for name, code in files.items():
            path = folder / (case + name if case.endswith("/") else case)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(code.encode())


def detail(results):
    """The reason for a verdict, in short."""
    old_source, _, new_target = results
    if old_source["outcome"] != "ok":
        return f"{SOURCE}: {old_source['error']}"
    return new_target["error"] or difference(old_source, new_target) \
        or "; ".join(complaints(new_target))


def score(cases, arguments):
    new_cases = migrate_cases(arguments.cli, cases)
    if arguments.keep:
        keep_cases(arguments.keep, new_cases)
    verdicts = {}
    runs = dict(zip(cases, run_cases(arguments.environments, cases, new_cases)))
    first = {name: classify(*runs[name], cases[name] != new_cases[name]) for name in cases}
    apart = [name for name in cases if "->differs" in first[name]]
    with ThreadPoolExecutor(2) as pool:
        second = dict(zip(apart, pool.map(lambda name: judged(
            arguments.cli, program(cases[name]), program(new_cases[name])), apart)))
    for name, verdict in first.items():
        reason = detail(runs[name])
        if name in second:
            after, why = second[name]
            verdict, reason = verdict.replace("->differs", f"->{after}"), why or reason
        verdicts[name] = verdict
        is_dull = verdict.startswith(("same->same", "no-reference")) or "fails untouched" in verdict
        if is_harm(verdict) or not is_dull or arguments.all:
            print(f"{'HARM ' if is_harm(verdict) else '     '} {verdict:28} {name:36} "
                  f"{reason[:arguments.width]}")
    print()
    for verdict, count in sorted(Counter(verdicts.values()).items()):
        print(f"{count:5}  {verdict}")
    harmed = [name for name, verdict in verdicts.items() if is_harm(verdict)]
    after = Counter(verdict.split(" ")[0].split("->")[1] for verdict in verdicts.values()
                    if "->" in verdict)
    run, total = after.total() - after["fails"], after.total()
    equal = run - after["differs"]
    print(f"{len(cases)} cases, {len(harmed)} harmed; of {total} with a reference {run} run "
          f"({run / total:.1%}), {equal} with equal or explained values ({equal / total:.1%}), "
          f"{after['explained']} of them explained")
    is_short = arguments.demand and (run < 0.95 * total or equal < 0.9 * total)
    return 1 if harmed or is_short else 0


def check_modern(environments, cli):
    """Code for the target itself must not be touched. An example that is touched is harmed when
    what of it runs in the target runs there without a word about deprecation."""
    environment = environments / f"torch-{TARGET}"
    found = docstring_score.extract(environment)
    whole = {name: found["preface"] + "".join(statements)
             for name, statements in found["examples"].items()}
    touched = [name for name, new in migrate_all(cli, whole).items() if new != whole[name]]
    runnable, _ = docstring_score.runnable(environment, dict(
        found, examples={name: found["examples"][name] for name in touched}))
    migrated = migrate_all(cli, runnable) if runnable else {}
    requests = [{"code": code, "by_statement": True} for code in runnable.values()]
    harmed = [name for name, run in zip(runnable, run_all(environment, requests))
              if migrated[name] != runnable[name] and run["outcome"] == "ok"
              and not complaints(run)]
    for name in touched:
        print(f"{'HARM' if name in harmed else 'fine'}  {name} was changed")
    print(f"{len(whole)} modern examples, {len(touched)} changed, "
          f"{len(harmed)} of them run in {TARGET} without a deprecation warning")
    return 1 if harmed else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("what", choices=["docstrings", "modern", "scripts"])
    parser.add_argument("folder", nargs="?", type=Path)
    parser.add_argument("--cli", type=Path, default=ROOT / "build" / "dev" / "bin" / "torchlift-cli")
    parser.add_argument("--environments", type=Path, default=default_home() / "environments")
    parser.add_argument("--all", action="store_true", help="print every case")
    parser.add_argument("--every", type=int, default=1, metavar="N",
                        help="of scripts each Nth case alone")
    parser.add_argument("--demand", action="store_true", help="fail below 95 %% and 90 %%")
    parser.add_argument("--keep", type=Path, help="write the migrated code below this folder")
    parser.add_argument("--width", type=int, default=110, help="characters of a reason")
    arguments = parser.parse_args()
    for version in missing_environments(arguments.environments):
        print(f"skipped: there is no environment for torch {version}")
        return SKIPPED
    if arguments.what == "modern":
        return check_modern(arguments.environments, arguments.cli)
    if arguments.what == "docstrings":
        return docstring_score.score(arguments.environments, arguments.cli, migrate_all, arguments)
    if arguments.folder is None:
        parser.error("scripts needs a folder")
    cases = load_scripts(arguments.folder)
    return score({name: cases[name] for name in list(cases)[::arguments.every]}, arguments)


if __name__ == "__main__":
    sys.exit(main())
