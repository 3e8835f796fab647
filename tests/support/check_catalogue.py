#!/usr/bin/env python3
"""Check resources/catalogue against what the releases themselves have (resources/timeline).

usage: check_catalogue.py [SOURCE_FOLDER]    prints each contradiction; exit status 1 when there is one

A change is checked where the timeline can tell: of the names that a "removed" change speaks of and
that went at all, one must be gone for the first time in the change's release; of those that an
"added" one speaks of and that came after 1.0, one must be there for the first time in it. Counted
are the changes, those with both languages, and the rules whose changes are there.
"""
import pathlib
import sys

import yaml

WANTED = 400
# What raises from its release on, while the name itself stayed for longer.
RAISES_BEFORE = {"utils-ffi-removed", "onnx-caffe2-support-removed"}


def minor(version):
    return tuple(int(part) for part in str(version).split(".")[:2])


def lives(file):
    """{name: (first release, last release or None)} by minor release, over all spans."""
    result = {}
    for line in file.read_text(encoding="utf-8").splitlines():
        fields = line.split("\t")
        if len(fields) < 3 or fields[0] in ("torchlift-timeline", "releases", "versions", "names"):
            continue
        spans = fields[2].split(",")
        last = spans[-1].split("-")[-1]
        result[fields[0]] = (minor(spans[0].split("-")[0]), minor(last) if last else None)
    return result


def releases(file):
    for line in file.read_text(encoding="utf-8").splitlines():
        if line.startswith("releases\t"):
            return [minor(release) for release in line.split("\t")[1:]]
    raise SystemExit("no releases in " + str(file))


def contradiction(change, life, order):
    """What the timeline says against a change, or None; and whether it can tell at all."""
    version = minor(change["version"])
    known = [life[symbol] for symbol in change["symbols"] if symbol in life]
    if change["kind"] == "removed" and change["slug"] not in RAISES_BEFORE:
        went = [order[order.index(last) + 1] for _, last in known
                if last is not None and order.index(last) + 1 < len(order)]
        if not went:
            return None, False
        return (None if version in went else f"went in {went}"), True
    if change["kind"] == "added":
        came = [first for first, _ in known if first > (1, 0)]
        if not came:
            return None, False
        return (None if version in came else f"came in {came}"), True
    return None, False


def main():
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parents[2])
    timeline = root / "resources" / "timeline" / "torch.tsv"
    life, order = lives(timeline), releases(timeline)
    changes, wrong, told = [], [], 0
    for file in sorted((root / "resources" / "catalogue").glob("*.yaml")):
        changes += yaml.safe_load(file.read_text(encoding="utf-8"))["changes"]
    for change in changes:
        problem, can_tell = contradiction(change, life, order)
        told += can_tell
        if problem:
            wrong.append(f"{change['slug']} ({change['kind']} in {change['version']}): {problem}")
        if not all(change["statement"].get(language) for language in ("en", "ru")):
            wrong.append(change["slug"] + ": a language is missing")
    slugs = {change["slug"] for change in changes}
    rules = 0
    for file in sorted((root / "resources" / "rules").glob("*.yaml")):
        for rule in yaml.safe_load(file.read_text(encoding="utf-8"))["rules"]:
            rules += 1
            cited = rule.get("changes") or []
            if not cited or not set(cited) <= slugs:
                wrong.append(f"rule {rule['id']} cites {cited}")
    if len(changes) < WANTED:
        wrong.append(f"only {len(changes)} changes, {WANTED} are wanted")
    print(f"{len(changes)} changes, {told} of them checked against the releases, {rules} rules; "
          f"{len(wrong)} contradictions")
    print("\n".join(wrong))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
