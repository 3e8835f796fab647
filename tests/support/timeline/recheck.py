"""Run inside a release's environment: recheck.py RAW < names; adds to RAW's `seen` those that are there all the same.

Introspection sees what a module or class holds itself. A name that another release had may still be reached in this
one: through a metaclass, a module's __getattr__, or something imported from another package.
"""

import importlib
import json
import sys
import warnings


def is_there(name, names):
    obj, path = None, ""
    for part in name.split("."):
        path = path + "." + part if path else part
        try:
            obj = importlib.import_module(path) if obj is None else getattr(obj, part)
        except AttributeError:
            if names.get(path, {}).get("k") != "module":
                return False
            obj = importlib.import_module(path)
    return True


def main():
    warnings.simplefilter("ignore")
    with open(sys.argv[1]) as file:
        data = json.load(file)
    names, seen = data["names"], set(data["seen"])
    for name in sys.stdin.read().split():
        owner = names.get(name.rpartition(".")[0], {})
        if name in names or name in seen or "b" in owner or "c" in owner:
            continue  # members of base classes stand with them
        try:
            if is_there(name, names):
                seen.add(name)
        except BaseException:  # whatever stops it stops a program too
            continue
    data["seen"] = sorted(seen)
    with open(sys.argv[1], "w") as file:
        json.dump(data, file, sort_keys=True, indent=0)


if __name__ == "__main__":
    main()
