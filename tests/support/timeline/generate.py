#!/usr/bin/env python3
"""Makes resources/timeline from the installed releases themselves.

Usage: generate.py --work FOLDER [--only RELEASE ...] [--remove]

For each release in releases.py: an environment below FOLDER (about 0.7 GB, kept unless --remove says
otherwise), introspected into FOLDER/raw. What is there already is not made again. Then every release is asked again
for names that others have, and everything in FOLDER/raw is merged into resources/timeline. Needs uv, gcc, binutils, CPython 3.6, 3.7 and 3.11, and a network.
"""

import argparse
import json
import pathlib
import shutil
import subprocess
import sys

import merge
from releases import RELEASES, make_environment, variables

HERE = pathlib.Path(__file__).resolve().parent


def introspect(release, environment, raw):
    for package in ("torch", "torchvision"):
        target = raw / f"{package}-{release}.json"
        if target.exists():
            continue
        command = [environment / "bin/python", HERE / "introspect.py", package]
        done = subprocess.run(command, stdout=subprocess.PIPE, check=True, env=variables(environment))
        target.with_suffix(".part").write_bytes(done.stdout)
        target.with_suffix(".part").rename(target)


def recheck(release, environment, raw):
    """Looks again for names that other releases have and this one seems to lack."""
    for package in ("torch", "torchvision"):
        files = [raw / f"{package}-{other}.json" for other in RELEASES]
        names = {name for file in files if file.exists() for name in json.loads(file.read_text())["names"]}
        command = [environment / "bin/python", HERE / "recheck.py", raw / f"{package}-{release}.json"]
        subprocess.run(command, input="\n".join(sorted(names)), text=True, check=True, env=variables(environment))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", type=pathlib.Path, required=True)
    parser.add_argument("--only", nargs="+", choices=list(RELEASES), default=list(RELEASES))
    parser.add_argument("--remove", action="store_true", help="remove the environments at the end")
    arguments = parser.parse_args()
    raw = arguments.work.resolve() / "raw"
    raw.mkdir(parents=True, exist_ok=True)
    for release in arguments.only:
        print(release, file=sys.stderr, flush=True)
        if all((raw / f"{package}-{release}.json").exists() for package in ("torch", "torchvision")):
            continue
        environment = make_environment(release, arguments.work.resolve())
        introspect(release, environment, raw)
    for release in arguments.only:
        recheck(release, arguments.work.resolve() / "environments" / release, raw)
    if arguments.remove:
        shutil.rmtree(arguments.work / "environments")
    merge.write_all(raw, HERE.parents[2] / "resources" / "timeline")


if __name__ == "__main__":
    main()
