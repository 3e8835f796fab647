#!/usr/bin/env python3
"""Bisect scripts whose breaking release is known, in real environments between 1.0.0 and 2.7.0.

usage: bisect_known.py TORCHLIFT_CLI [--only NAME] [--keep] [--if-asked]
exit status 1 when a release is wrong or a script took more than five runs

Environments that are missing are made and removed again (up to about 5 GB at a time; they share
their files with uv's cache), unless --keep. All of it downloads some 20 GB the first time and
takes five minutes from the cache; so with --if-asked it is skipped (exit status 77) unless
TORCHLIFT_BISECT is "all" or the name of a script.
"""
import argparse
import json
import os
import pathlib
import subprocess
import sys

SCRIPTS = pathlib.Path(__file__).resolve().parent.parent / "data" / "bisect"

# Written down from the release notes before the search was tried: script: (look for, release).
KNOWN = {
    "bool_mask": ("fails", "1.2.0"),
    "eig": ("fails", "1.13.0"),
    "fft_module": ("fails", "1.8.0"),
    "gels": ("fails", "1.3.0"),
    "gesv": ("fails", "1.2.0"),
    "integer_division": ("differs", "1.6.0"),
    "matrix_rank": ("fails", "1.13.0"),
    "six": ("fails", "2.0.0"),
    "stateful_function": ("fails", "1.5.0"),
    "stft": ("fails", "2.0.0"),
    "symeig": ("fails", "2.0.0"),
    "weights_only": ("fails", "2.6.0"),
}
MOST_RUNS = 5
SKIPPED = 77


def bisect(cli, name, symptom, keep):
    command = [cli, "bisect", str(SCRIPTS / (name + ".py")), "--for", symptom, "--json", "-"]
    done = subprocess.run(command + (["--keep"] if keep else []), stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True, check=False)
    if done.returncode not in (0, 1):
        return None, done.stderr.strip()
    return json.loads(done.stdout), ""


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("cli")
    parser.add_argument("--only")
    parser.add_argument("--keep", action="store_true")
    parser.add_argument("--if-asked", action="store_true")
    arguments = parser.parse_args()
    if arguments.if_asked:
        asked = os.environ.get("TORCHLIFT_BISECT")
        if not asked:
            print("skipped: TORCHLIFT_BISECT=all runs it, and downloads releases of torch for it")
            return SKIPPED
        arguments.only = None if asked == "all" else asked
    if arguments.only not in (None, *KNOWN):
        parser.error("there is no script " + arguments.only)
    wrong = 0
    for name, (symptom, release) in KNOWN.items():
        if arguments.only not in (None, name):
            continue
        found, error = bisect(arguments.cli, name, symptom, arguments.keep)
        if found is None:
            wrong += 1
            print(f"{name:20} {error}", flush=True)
            continue
        is_right = found["firstBad"] == release and len(found["steps"]) <= MOST_RUNS
        wrong += not is_right
        runs = " ".join(step["release"] for step in found["steps"])
        print(f"{name:20} {found['firstBad']:8} {len(found['steps'])} runs ({runs})"
              f"{'' if is_right else '  WRONG, known: ' + release}", flush=True)
    print(f"{wrong} wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
