#!/usr/bin/env python3
"""Compares migration with TorchFix 0.7.0 (--select ALL --fix) on the same inputs in the same run.

    compare_torchfix.py --cli torchlift-cli [--files 1000] [--peer-files 100] [--speed-only] [--markdown]

Inputs: the examples of torch 1.0.0's docstrings that run there, the scripts and packages of
tests/data/real, and the examples of 2.7.0's own docstrings, which need nothing. Every case runs
before and after in the real environments; fixed is what did not do the same in 2.7.0 and does
after, harmed what does worse than before. For the speed files of some 200 lines are made of the
old scripts; both tools get a whole folder in one call, as they are shipped: time as a clock shows
it, and that of all processors together, which a busy machine leaves alone. TorchFix, whose time
grows evenly, gets the first 100 of the same files, so that nobody waits for an hour. It has a
virtual environment of its own below ~/.cache/torchlift, made on the first run. Exit: 0, or 77 where
an environment is missing.
"""
import argparse
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "support"))
from docstring_score import extract, runnable  # noqa: E402
from interpreters import SKIPPED, SOURCE, TARGET, default_home, missing_environments, run_all  # noqa: E402
from score_migration import RANK, load_scripts, program, state  # noqa: E402
from verdicts import comparable  # noqa: E402

LINES = 200
PINNED = ["torchfix==0.7.0", "libcst==1.5.1"]


def torchfix_program():
    """TorchFix in a virtual environment of its own, made when it is not there."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    folder = cache / "torchlift" / "benchmarks" / PINNED[0].replace("==", "-")
    program_file = folder / "bin" / "torchfix"
    if not program_file.exists():
        print(f"setting up {' '.join(PINNED)}", file=sys.stderr)
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(folder)], check=True)
        subprocess.run([str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet",
                        *PINNED], check=True)
    return program_file


def write_tree(folder, cases):
    for index, files in enumerate(cases.values()):
        for name, code in files.items():
            path = folder / str(index) / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(code.encode())


def read_tree(folder, cases):
    return {case: {name: (folder / str(index) / name).read_bytes().decode() for name in files}
            for index, (case, files) in enumerate(cases.items())}


def with_ours(cli, source, target):
    return timed([cli, "migrate", str(source), "--out", str(target)])


def with_torchfix(torchfix, source, target):
    shutil.copytree(source, target)
    return timed([torchfix, "--select", "ALL", "--fix", str(target)])


def timed(command):
    """(seconds by the clock, seconds of all processors) that `command` takes."""
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    subprocess.run(list(map(str, command)), input=b"y\n", stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (time.monotonic() - started,
            after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


def run_cases(environment, cases):
    results = run_all(environment, [program(files) for files in cases.values()])
    return dict(zip(cases, map(comparable, results)))


def read_inputs(environments):
    """{what: (cases, runs that say what each should do, runs of the old code in the target)}"""
    source, target = (environments / f"torch-{v}" for v in (SOURCE, TARGET))
    found = extract(target)
    modern = {name: {"main.py": found["preface"] + "".join(statements)}
              for name, statements in found["examples"].items()}
    old = {f"docstrings of {SOURCE}": {
               name: {"main.py": code}
               for name, code in runnable(source, extract(source))[0].items()},
           "scripts of the time": load_scripts(ROOT / "tests" / "data" / "real")}
    inputs = {what: (cases, run_cases(source, cases), run_cases(target, cases))
              for what, cases in old.items()}
    inputs[f"docstrings of {TARGET}"] = (modern, None, run_cases(target, modern))
    return inputs


def outcome(cases, results, references, before, target):
    """(changed, fixed, harmed) of one tool on one input."""
    changed = {case: files for case, files in results.items() if files != cases[case]}
    after = run_cases(target, changed)
    fixed = harmed = 0
    for case, run in after.items():
        reference = before[case] if references is None else references[case]
        if reference["outcome"] != "ok":
            continue
        old, new = (RANK[state(reference, r)] for r in (before[case], run))
        harmed += new < old
        fixed += new > old and new >= RANK["warns"]
    return len(changed), fixed, harmed


def make_files(cases, folder, count):
    """`count` files of at least LINES lines, each of other scripts one after the other."""
    texts = [code for files in cases.values() for code in files.values()]
    folder.mkdir()
    for number in range(count):
        lines, at = [], number
        while len(lines) < LINES:
            lines += texts[at % len(texts)].splitlines()
            at += 1 + number % 7
        (folder / f"case{number}.py").write_text("\n".join(lines) + "\n", encoding="utf-8")


def compare(tools, options, folder):
    """Rows of the table: what, then a column for each tool."""
    environments = default_home() / "environments"
    scripts = load_scripts(ROOT / "tests" / "data" / "real")
    make_files(scripts, folder / "many", options.files)
    make_files(scripts, folder / "fewer", options.peer_files)
    counts = (options.files, options.peer_files)
    times = [migrate(folder / source, folder / f"{source}-{tool}")
             for (tool, migrate), source in zip(tools.items(), ("many", "fewer"))]
    for what, kind in (("files a second", 0), ("files a second of one processor", 1)):
        ours, theirs = (count / time[kind] for count, time in zip(counts, times))
        yield what, [f"{ours:.1f}", f"{theirs:.1f}"]
        yield f"{what}: times as fast", [f"{ours / theirs:.0f}", ""]
    if options.speed_only:
        return
    for what, (cases, references, before) in read_inputs(environments).items():
        write_tree(folder / what, cases)
        outcomes = []
        for tool, migrate in tools.items():
            migrate(folder / what, folder / f"{what}-{tool}")
            results = read_tree(folder / f"{what}-{tool}", cases)
            outcomes.append(outcome(cases, results, references, before,
                                    environments / f"torch-{TARGET}"))
        for index, word in enumerate(("changed", "fixed", "harmed")):
            if references is not None or word != "fixed":
                yield f"{what} ({len(cases)}): {word}", [str(o[index]) for o in outcomes]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cli", default=ROOT / "build" / "dev" / "bin" / "torchlift-cli")
    parser.add_argument("--files", type=int, default=1000)
    parser.add_argument("--peer-files", type=int, default=100)
    parser.add_argument("--speed-only", action="store_true")
    parser.add_argument("--markdown", action="store_true", help="print a table for the README")
    options = parser.parse_args()
    for version in missing_environments(default_home() / "environments"):
        print(f"skipped: there is no environment for torch {version}")
        return SKIPPED
    torchfix = torchfix_program()
    tools = {"TorchLift": lambda s, t: with_ours(options.cli, s, t),
             "TorchFix 0.7.0": lambda s, t: with_torchfix(torchfix, s, t)}
    form = "| {:48} | {:>9} | {:>14} |" if options.markdown else "{:48}  {:>9}  {:>14}"
    print(form.format("", *tools))
    if options.markdown:
        print("|---|--:|--:|")
    with tempfile.TemporaryDirectory() as folder:
        for what, figures in compare(tools, options, Path(folder)):
            print(form.format(what, *figures), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
