#!/usr/bin/env python3
"""Check that a program needs none of the given libraries, itself or through what it needs.

usage: check_libraries.py PROGRAM NAME...    prints each one found; exit status 1 when there is one
NAME is the beginning of a library's file name ("libQt6Widgets").
"""
import os
import re
import subprocess
import sys


def needed(program):
    """File names of all libraries that the dynamic linker would load."""
    environment = {**os.environ, "LC_ALL": "C"}
    result = subprocess.run(["ldd", program], check=True, capture_output=True, text=True,
                            env=environment)
    return re.findall(r"^\s*(\S+)", result.stdout, re.MULTILINE)


def main(arguments):
    if len(arguments) < 2:
        print(__doc__, file=sys.stderr)
        return 2
    program, names = arguments[0], tuple(arguments[1:])
    libraries = needed(program)
    if not any(os.path.basename(library).startswith("libc.so") for library in libraries):
        print(f"{program}: not even libc was found: nothing was checked", file=sys.stderr)
        return 1
    found = [library for library in libraries if os.path.basename(library).startswith(names)]
    for library in found:
        print(f"{program} needs {library}", file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
