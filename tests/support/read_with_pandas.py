"""Reads a CSV file with pandas, as a user would, and writes what it found as JSON.

usage: read_with_pandas.py FOLDER TABLE.csv OUT.json
FOLDER gets pandas of the version below when it is not there yet. Exit status 77: it cannot be had.
"""
import json
import sys
from pathlib import Path

from packages import provide

PACKAGES = ["--no-deps", "pandas==2.2.3", "numpy==2.2.6", "python-dateutil==2.9.0.post0",
            "pytz==2025.2", "tzdata==2025.2", "six==1.17.0"]


def main():
    folder, table, out = map(Path, sys.argv[1:])
    provide(folder, PACKAGES)
    sys.path.insert(0, str(folder))
    import pandas

    frame = pandas.read_csv(table)
    strict = pandas.read_csv(table, dtype=str, keep_default_na=False)
    result = {"columns": list(frame.columns), "rows": strict.values.tolist(),
              "works": [str(value) for value in frame["Is work in 1.0.0"].tolist()],
              "dtype": str(frame["Is work in 1.0.0"].dtype)}
    out.write_text(json.dumps(result), encoding="utf-8")


if __name__ == "__main__":
    main()
