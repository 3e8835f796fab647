"""Merges what the releases offer into resources/timeline/{torch,torchvision}.tsv; its README explains the format."""

import json
import pathlib

from releases import RELEASES

FIELDS = ("k", "s", "d", "r", "a", "b", "c")  # in this order on a line; the first kind has a column of its own
LAST_OF_OLD = "1.13.0"  # names with an underscore count only where programs of the 1.x releases could use them


def short(release):
    return release.rsplit(".", 1)[0]


def load(raw, package):
    releases = {release: json.loads((raw / f"{package}-{release}.json").read_text())
                for release in RELEASES if (raw / f"{package}-{release}.json").exists()}
    for data in releases.values():
        data["seen"] = set(data["seen"])
        data["unread"] = tuple(n + "." for n, entry in data["names"].items() if entry.get("c") == "failed")
    return releases


def life(name, releases):
    """The entries of `name` by release. One that could not tell says what the one before it said."""
    owner = name.rpartition(".")[0]
    entries, before = {}, None
    for release, data in releases.items():
        entry = data["names"].get(name)
        if entry is None and (name.startswith(data["unread"]) or owner in data["seen"]):
            entry = before
        if entry is None and name in data["seen"]:
            entry = before or {"k": "class" if name.split(".")[-1][0].isupper() else "function"}
        entries[release] = before = entry
    return entries


def is_listed(name, entries):
    """Modules that others merely import are left out, unless they are reached by a short name."""
    first = next(entry for entry in entries.values() if entry is not None)
    return not (first["k"] == "module" and "a" in first and name.count(".") > 2)


def spans(entries):
    releases, parts, start = list(entries), [], None
    for index, release in enumerate(releases):
        if entries[release] is not None and start is None:
            start = release
        gone = entries[release] is None
        if start is not None and gone:
            parts.append(short(start) + "-" + short(releases[index - 1]))
            start = None
    if start is not None:
        parts.append(short(start) + "-")
    return ",".join(parts)


def value_of(entry, field):
    if field == "s":
        return entry["o"] + " " + entry["s"] if "s" in entry else ""
    if field == "b":
        return " ".join(entry.get("b", ()))
    return entry.get(field, "")


def line_of(name, entries):
    present = {release: entry for release, entry in entries.items() if entry is not None}
    first = next(iter(present.values()))
    parts = [name, first["k"], spans(entries)]
    for field in FIELDS:
        before = first["k"] if field == "k" else ""
        for release, entry in present.items():
            if field in "sdb" and "a" in entry:
                continue  # described under the other name
            value = value_of(entry, field)
            if value != before and not (field == "s" and value[2:] == before[2:]):
                parts.append(f"{field} {short(release)} {value}".rstrip())
                before = value
    return "\t".join(parts)


def is_kept(name, entries):
    if not any(part.startswith("_") and not part.startswith("__") for part in name.split(".")):
        return True
    return any(entry is not None for release, entry in entries.items()
               if list(RELEASES).index(release) <= list(RELEASES).index(LAST_OF_OLD))


def write(package, releases, target):
    names = sorted({name for data in releases.values() for name in data["names"]})
    lines = [f"torchlift-timeline\t1\t{package}", "releases\t" + "\t".join(releases)]
    if package != "torch":
        lines.append("versions\t" + "\t".join(data["version"].split("+")[0] for data in releases.values()))
    body = []
    for name in names:
        entries = life(name, releases)
        if is_kept(name, entries) and is_listed(name, entries):
            body.append(line_of(name, entries))
    lines.append(f"names\t{len(body)}")
    target.write_text("\n".join(lines + body) + "\n", encoding="utf-8")


def write_all(raw, folder):
    folder.mkdir(parents=True, exist_ok=True)
    for package in ("torch", "torchvision"):
        write(package, load(pathlib.Path(raw), package), folder / f"{package}.tsv")
