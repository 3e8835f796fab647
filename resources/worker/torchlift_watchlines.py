"""Which lines of a project's files ran, told apart by test.

Part of the worker (torchlift_project.py); runs in every Python process of the project's command.
Watched files get their recording calls (torchlift_lines.py) when they are compiled, wherever that
is done: by the import system, by pytest, which compiles tests itself, and, for the script that
Python was started with, by this module in Python's stead (run_script).

What is told, merged over all processes:

    {"lines": {PATH: {"executable": [...], "executed": [...]}}}    outside of tests
"""
import ast
import builtins
import importlib.machinery
import mmap
import os
import sys
import types

from torchlift_lines import EXECUTABLE, EXECUTED, MAX_LINES, Instrument

RECORDER = "__torchlift_line_%d__"
OPTIONS_WITH_VALUE = ("-W", "-X", "--check-hash-based-pycs")

_files = {}  # real path -> File


class File:
    """A watched file. Its marks are shared with processes that are forked from this one."""

    def __init__(self, path, name, number):
        self.name = name
        self._recorder = RECORDER % number
        with open(path, "rb") as file:
            count = file.read().count(b"\n") + 2
        self.marks = mmap.mmap(-1, min(count, MAX_LINES))
        # Also for code that another process compiled and left in __pycache__.
        setattr(builtins, self._recorder, self.marks.__setitem__)

    def instrument(self, tree):
        Instrument(self.marks, self._recorder).apply(tree)
        return tree

    def lines(self, *wanted):
        return [line for line, mark in enumerate(self.marks[:]) if mark in wanted]

    def forget(self, lines):
        for line in lines:
            self.marks[line] = EXECUTABLE


def compiled(source, path, plain):
    """The code of a watched file; what `plain` gives for any other, and for what is no text."""
    file = _files.get(os.path.realpath(path)) if isinstance(path, str) else None
    if file is None:
        return plain()
    tree = source
    if not isinstance(source, ast.AST):
        tree = compile(source, path, "exec", ast.PyCF_ONLY_AST, dont_inherit=True)
    return compile(file.instrument(tree), path, "exec", dont_inherit=True)


def watch(folder, names):
    for number, name in enumerate(names):
        path = os.path.realpath(os.path.join(folder, name))
        try:
            _files[path] = File(path, name, number)
        except OSError:  # the command has removed it
            pass
    loader = importlib.machinery.SourceFileLoader
    plain = loader.source_to_code

    def source_to_code(self, data, path, **options):
        return compiled(data, path, lambda: plain(self, data, path, **options))

    loader.source_to_code = source_to_code
    script = script_of_process()
    if script is not None and os.path.realpath(script) in _files:
        restart()


def watch_pytest(rewrite):
    """`rewrite` is _pytest.assertion.rewrite: the compile() it calls becomes ours."""
    def compile_test(source, path, *more, **options):
        return compiled(source, path, lambda: compile(source, path, *more, **options))

    rewrite.compile = compile_test


def take():
    """The lines that ran since the last call, by file; from now on they have not."""
    taken = {}
    for file in _files.values():
        lines = file.lines(EXECUTED)
        if lines:
            taken[file.name] = lines
            file.forget(lines)
    return taken


def outside():
    """What ran and did not belong to a test; {} when there is nothing to tell."""
    executed = take()
    told = {}
    for file in _files.values():
        executable = file.lines(EXECUTABLE)
        if executable:
            told[file.name] = {"executable": executable, "executed": executed.get(file.name, [])}
    return {"lines": told} if told else {}


def arguments_of_process():
    with open("/proc/self/cmdline", "rb") as file:
        return [os.fsdecode(word) for word in file.read().split(b"\0")[:-1]]


def place_of_script(arguments):
    """Where among Python's arguments the script is; None for -m, -c and the like."""
    at = 1
    while at < len(arguments) and arguments[at].startswith("-"):
        option = arguments[at]
        if option in ("-", "-m", "-c") or option[1:2] != "-" and option[-1:] in ("m", "c"):
            return None
        at += 2 if option in OPTIONS_WITH_VALUE else 1
    return at if at < len(arguments) else None


def script_of_process():
    arguments = arguments_of_process()
    place = place_of_script(arguments)
    return None if place is None else arguments[place]


def restart():
    """Python compiles its script where nobody can follow: it starts again with this module."""
    arguments = arguments_of_process()
    place = place_of_script(arguments)
    runner = os.path.join(os.path.dirname(os.path.abspath(__file__)), "torchlift_watchlines.py")
    os.execv(sys.executable, [sys.executable] + arguments[1:place] + [runner] + arguments[place:])


def run_script():
    """Runs the script that Python was asked for, as Python does."""
    del sys.argv[0]
    path = sys.argv[0]
    sys.path[0] = os.path.dirname(os.path.abspath(path))
    watching = sys.modules["torchlift_watchlines"]  # the one that sitecustomize set up
    with open(path, "rb") as file:
        source = file.read()
    main = types.ModuleType("__main__")
    main.__file__ = path
    main.__builtins__ = builtins
    sys.modules["__main__"] = main
    code = watching.compiled(source, path, lambda: compile(source, path, "exec", dont_inherit=True))
    exec(code, main.__dict__)


if __name__ == "__main__":
    run_script()
