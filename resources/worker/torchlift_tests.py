"""One test of a project: how it went and what its own names held in the end.

Part of the worker (torchlift_project.py); torchlift_pytest.py and torchlift_unittest.py tell when a
test begins and how it ends. Records, one JSON line each:

    {"started": ID}
    {"lines": {...}}    what ran before it (torchlift_watchlines.py)
    {"id": ID, "outcome": "passed"|"failed"|"skipped", ...}    a test that ended
    {"group": ID, "outcome": "failed", ...}    what could not be loaded or set up: a file, a class
"""
import json
import os
import sys

import torchlift_conditions as state
import torchlift_watchlines as lines
from torchlift_values import MAX_VARIABLES, UNWANTED, describe, shorten

MAX_TEST_VALUES = 200000  # of one test
CODE_FLAGS = 0x20 | 0x80 | 0x200  # generators and coroutines: they return more than once

results = None
seed = 0


class Results:
    """Appends lines to a file that all processes of the command share."""

    def __init__(self, path, limit):
        self._path = path
        self._limit = limit
        self._pid = os.getpid()

    def write(self, record):
        line = json.dumps(record).encode("ascii") + b"\n"
        file = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            if os.fstat(file).st_size + len(line) > self._limit and record.get("variables"):
                record = dict(record, variables={})  # how it went counts more
                line = json.dumps(record).encode("ascii") + b"\n"
            os.write(file, line)
        finally:
            os.close(file)


def begin(where, number):
    global results, seed
    results = where
    seed = number


def write(record):
    if results is not None:
        results.write(record)


def tell_lines():
    told = lines.outside()
    if told:
        write(told)


def end(record):
    """`record` is of a test that ended."""
    executed = lines.take()
    write(dict(record, lines=executed) if executed else record)


def start(identity):
    """Every test starts from the same random numbers, whichever ran before it."""
    tell_lines()
    write({"started": identity})
    state.seed_all(seed)


class Names:
    """Watches one function: what its names hold when it returns."""

    def __init__(self, function):
        while hasattr(function, "__wrapped__"):
            function = function.__wrapped__
        code = getattr(function, "__code__", None)
        self._code = code if code is not None and not code.co_flags & CODE_FLAGS else None
        self._held = {}

    def __enter__(self):
        if self._code is not None and sys.getprofile() is None:
            sys.setprofile(self._on_event)
        return self

    def __exit__(self, *error):
        if sys.getprofile() == self._on_event:
            sys.setprofile(None)

    def _on_event(self, frame, event, argument):
        if event == "return" and frame.f_code is self._code:
            sys.setprofile(None)
            self._held = dict(frame.f_locals)

    def described(self):
        found = {}
        room = MAX_TEST_VALUES
        for name, value in self._held.items():
            if name in ("self", "cls") or not name.isidentifier() or len(found) >= MAX_VARIABLES:
                continue  # "@py_assert1" is pytest's own
            try:
                if isinstance(value, UNWANTED):
                    continue
                found[shorten(name)], used = describe(value, room)
                room -= used
            except BaseException:  # an object of the project's own may do anything
                found[shorten(name)] = {"type": type(value).__name__}
        self._held = {}
        return found


def error_fields(error, tb, is_own):
    """`is_own` says of a file's name whether it is the test's; the innermost such line counts."""
    line = 0
    while tb is not None:
        if is_own(tb.tb_frame.f_code.co_filename):
            line = tb.tb_lineno
        tb = tb.tb_next
    try:
        message = shorten(str(error))
    except BaseException:
        message = ""
    return {"error": {"type": type(error).__name__, "message": message, "line": line}}
