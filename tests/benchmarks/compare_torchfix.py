#!/usr/bin/env python3
"""Compares migration with TorchFix 0.7.0 (--select ALL --fix) on the same files in the same run.

    compare_torchfix.py --cli torchlift-cli --torchfix FOLDER/bin/torchfix [--files N] SCRIPTS...

SCRIPTS are files or folders of old code. Files of some 200 lines are made from them for the speed;
the scripts themselves are run in both environments for what is fixed and harmed. Prints a table.
TorchFix: pip install torchfix==0.7.0 libcst in an environment of its own.
"""
import argparse
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from interpreters import SOURCE, TARGET, default_home, run_all  # noqa: E402
from score_migration import classify, is_harm  # noqa: E402

LINES = 200


def read_scripts(paths):
    files = [f for p in paths for f in ([p] if p.is_file() else sorted(p.rglob("*.py")))]
    return {f.name: f.read_text(encoding="utf-8") for f in files}


def make_files(scripts, folder, count):
    """`count` files of at least LINES lines, each of other scripts one after the other."""
    texts = list(scripts.values())
    for number in range(count):
        lines, at = [], number
        while len(lines) < LINES:
            lines += texts[at % len(texts)].splitlines()
            at += 1 + number % 7
        (folder / f"case{number}.py").write_text("\n".join(lines) + "\n", encoding="utf-8")


def with_ours(cli, source, target):
    started = time.monotonic()
    subprocess.run([cli, "migrate", str(source), "--out", str(target)],
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.monotonic() - started


def with_torchfix(torchfix, source, target):
    shutil.copytree(source, target)
    started = time.monotonic()
    subprocess.run([torchfix, "--select", "ALL", "--fix", str(target)], input=b"y\n",
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.monotonic() - started


def verdicts(home, scripts, results):
    """{script: one word for what became of it}"""
    old = list(scripts.values())
    new = [results[name] for name in scripts]
    environments = home / "environments"
    old_source = run_all(environments / f"torch-{SOURCE}", old)
    old_target = run_all(environments / f"torch-{TARGET}", old)
    new_target = run_all(environments / f"torch-{TARGET}", new)
    return {name: classify(old_source[i], old_target[i], new_target[i], old[i] != new[i])
            for i, name in enumerate(scripts)}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cli", required=True)
    parser.add_argument("--torchfix", required=True)
    parser.add_argument("--files", type=int, default=1000)
    parser.add_argument("--speed-only", action="store_true")
    parser.add_argument("scripts", nargs="+", type=Path)
    options = parser.parse_args()
    scripts = read_scripts(options.scripts)
    tools = {"TorchLift": lambda s, t: with_ours(options.cli, s, t),
             "TorchFix 0.7.0": lambda s, t: with_torchfix(options.torchfix, s, t)}
    print(f"{'':16} {'files/s':>8} {'fixed':>6} {'harmed':>7}")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "many").mkdir()
        (folder / "each").mkdir()
        make_files(scripts, folder / "many", options.files)
        for script, text in scripts.items():
            (folder / "each" / script).write_text(text, encoding="utf-8")
        for tool, migrate in tools.items():
            seconds = migrate(folder / "many", folder / f"many-{tool}")
            line = f"{tool:16} {options.files / seconds:8.1f}"
            if not options.speed_only:
                migrate(folder / "each", folder / f"each-{tool}")
                found = verdicts(default_home(), scripts,
                                 {s: (folder / f"each-{tool}" / s).read_text(encoding="utf-8")
                                  for s in scripts})
                fixed = sum(v.split(" ")[0] in ("fails->same", "differs->same", "warns->same",
                                                "fails->warns") for v in found.values())
                line += f" {fixed:6} {sum(map(is_harm, found.values())):7}"
            print(line, flush=True)


if __name__ == "__main__":
    main()
