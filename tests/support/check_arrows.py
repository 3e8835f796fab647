#!/usr/bin/env python3
"""Check that the arrows between folders go one way, as the design says.

usage: check_arrows.py SOURCE_FOLDER    prints each offence; exit status 1 when there is one

Read are the #include lines of core/ and app/ and the targets that the CMakeLists.txt files of
core/ link. Checked are:
  - a folder of core/ includes and links only what stands below it, never app/;
  - what it includes it also links, itself or through what it links;
  - folders that are to know nothing of Qt do not; the others have Qt types only in headers that
    nobody else includes;
  - core/ has no Gui and no Widgets;
  - libraries that are to stay hidden are included by .cpp files only (and by headers of the
    encoder module, which nothing outside it includes).
"""
import pathlib
import re
import sys

# From the ground up. Inside one row there are no arrows but those of WITHIN_ROW.
ROWS = [
    {"base"},
    {"source", "timeline", "corpus", "index", "vectorstores", "embedding", "llm", "diff", "models",
     "settings", "download"},
    {"retrieval", "migration", "validation"},
    {"session", "report"},
    {"pipeline"},
    {"evaluation"},
]
WITHIN_ROW = {("report", "session"), ("vectorstores", "index"), ("models", "download"), ("models", "embedding"),
              ("corpus", "download"), ("vectorstores", "download")}
WITHOUT_QT = {"base", "source", "timeline", "embedding", "index", "retrieval", "migration", "diff",
              "report", "evaluation"}
QT_MODULES = {"Core", "Network", "Sql"}
# The one library that is opened, not linked: what its own headers include, nobody else sees.
MODULE = "embedding/module"
HIDDEN = re.compile(r"(torch|ATen|c10|hnswlib|tree_sitter|spdlog|nlohmann|yaml-cpp)/|sqlite3")

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"]+)[>"]', re.MULTILINE)
COMMENT = re.compile(r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"', re.DOTALL)
QT_NAME = re.compile(r"\b(?:Q[A-Z][A-Za-z]+|Q_[A-Z_]+)\b")
LINK_CALL = re.compile(r"(torchlift_add_library|target_link_libraries)\s*\(([^)]*)\)")


def row_of(folder):
    for number, row in enumerate(ROWS):
        if folder in row:
            return number
    return None


def is_allowed(user, used):
    return user == used or (user, used) in WITHIN_ROW or row_of(used) < row_of(user)


def sources(folder):
    return sorted(path for path in folder.rglob("*") if path.suffix in (".h", ".cpp"))


def includes(path):
    """Yields (is it in angle brackets, what is included)."""
    for bracket, name in INCLUDE.findall(path.read_text(encoding="utf-8")):
        yield bracket == "<", name


def linked_targets(cmake_file):
    """The names in the link calls of one CMakeLists.txt."""
    text = re.sub(r"#[^\n]*", "", cmake_file.read_text(encoding="utf-8"))
    return {word for _, arguments in LINK_CALL.findall(text) for word in arguments.split()}


def link_graph(core):
    """{folder: the folders that it links}."""
    graph = {}
    for cmake_file in sorted(core.glob("*/CMakeLists.txt")):
        folder = cmake_file.parent.name
        targets = {word[len("torchlift_"):] for word in linked_targets(cmake_file)
                   if word.startswith("torchlift_")}
        graph[folder] = {target for target in targets if row_of(target) is not None} - {folder}
    return graph


def reachable(graph, start):
    seen, waiting = set(), [start]
    while waiting:
        folder = waiting.pop()
        if folder not in seen:
            seen.add(folder)
            waiting.extend(graph.get(folder, ()))
    return seen


def check_links(core):
    for folder, used in link_graph(core).items():
        if row_of(folder) is None:
            yield f"core/{folder}: the design has no place for this folder"
            continue
        for target in sorted(used):
            if not is_allowed(folder, target):
                yield f"core/{folder} links core/{target}, which does not stand below it"
        for word in sorted(linked_targets(core / folder / "CMakeLists.txt")):
            if not word.startswith("Qt6::"):
                continue
            if folder in WITHOUT_QT:
                yield f"core/{folder} links {word}, but is to know nothing of Qt"
            elif word[len("Qt6::"):] not in QT_MODULES:
                yield f"core/{folder} links {word}: core/ has no Gui and no Widgets"


def check_project_include(core, path, name, reachable_folders):
    folder = path.relative_to(core).parts[0]
    used = name.split("/")[0]
    if not (core / name).exists():
        if not (path.parent / name).exists():
            yield f"{path}: includes {name}, which is not in core/"
    elif name.startswith(MODULE) and path.parent != core / MODULE:
        yield f"{path}: includes {name}, which belongs to the encoder module alone"
    elif not is_allowed(folder, used):
        yield f"{path}: includes {name}, which does not stand below core/{folder}"
    elif used not in reachable_folders:
        yield f"{path}: includes {name}, but core/{folder} does not link core/{used}"


def shared_headers(core, app):
    """The headers of core/ that other folders see, directly or through another header."""
    waiting = []
    for path in sources(core) + sources(app):
        folder = path.relative_to(core).parts[0] if path.is_relative_to(core) else None
        waiting.extend(core / name for is_foreign, name in includes(path)
                       if not is_foreign and name.split("/")[0] != folder)
    seen = set()
    while waiting:
        header = waiting.pop()
        if header not in seen and header.exists():
            seen.add(header)
            waiting.extend(core / name for is_foreign, name in includes(header) if not is_foreign)
    return seen


def check_foreign_include(core, path, name, is_shared):
    folder = path.relative_to(core).parts[0]
    if re.match(r"Q[A-Z]|Qt[A-Z]\w*/|Qsci/", name):
        if is_shared:
            yield f"{path}: a header that other folders see includes {name}"
        elif folder in WITHOUT_QT:
            yield f"{path}: includes {name}, but core/{folder} is to know nothing of Qt"
        elif "/" in name and name.split("/")[0] not in {"Qt" + module for module in QT_MODULES}:
            yield f"{path}: includes {name}: core/ has no Gui and no Widgets"
    elif HIDDEN.match(name) and path.suffix == ".h" and path.parent != core / MODULE:
        yield f"{path}: includes {name}, which is to stay in .cpp files"


def check_includes(core, shared):
    graph = link_graph(core)
    for path in sources(core):
        folder = path.relative_to(core).parts[0]
        if row_of(folder) is None:
            yield f"core/{folder}: the design has no place for this folder"
            continue
        for is_foreign, name in includes(path):
            if is_foreign:
                yield from check_foreign_include(core, path, name, path in shared)
            else:
                yield from check_project_include(core, path, name, reachable(graph, folder))


def check_header_types(core, shared):
    for path in sources(core):
        if path in shared or (path.suffix == ".h" and path.parent.name in WITHOUT_QT):
            code = COMMENT.sub(" ", path.read_text(encoding="utf-8"))
            for name in sorted(set(QT_NAME.findall(code))):
                yield f"{path}: names {name}, which no other folder is to see"


def check_app(app):
    for path in sources(app):
        for is_foreign, name in includes(path):
            if is_foreign and path.suffix == ".h" and HIDDEN.match(name):
                yield f"{path}: includes {name}, which is to stay in .cpp files"


def offences(root):
    core, app = root / "core", root / "app"
    if not sources(core):
        yield f"{core} has no sources: nothing was checked"
    yield from check_links(core)
    shared = shared_headers(core, app)
    yield from check_includes(core, shared)
    yield from check_header_types(core, shared)
    yield from check_app(app)


def main(arguments):
    if len(arguments) != 1:
        print(__doc__, file=sys.stderr)
        return 2
    found = list(offences(pathlib.Path(arguments[0])))
    for offence in found:
        print(offence, file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
