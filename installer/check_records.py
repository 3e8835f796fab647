#!/usr/bin/env python3
"""Say whether installed Python packages are whole: each file that their RECORD lists is there
and has the size it had in the wheel.

usage: check_records.py FOLDER NAME...    exit status 1 when something is missing
NAME is the beginning of a distribution's name ("torch", "nvidia").
"""
import csv
import pathlib
import sys


def damages(record):
    """Yields what is wrong with the files that one RECORD lists."""
    root = record.parent.parent
    with record.open(encoding="utf-8", newline="") as lines:
        for row in csv.reader(lines):
            path = root / row[0]
            if not path.exists():
                yield f"{path} is missing"
            elif len(row) > 2 and row[2] and path.stat().st_size != int(row[2]):
                yield f"{path} has {path.stat().st_size} bytes instead of {row[2]}"


def main(folder, names):
    records = list(pathlib.Path(folder).glob("**/*.dist-info/RECORD"))
    for name in names:
        chosen = [record for record in records if record.parent.name.startswith(name)]
        if not chosen:
            return f"{folder} has no package {name}"
        for record in chosen:
            for damage in damages(record):
                return damage
    return None


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1], sys.argv[2:]))
