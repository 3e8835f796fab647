"""Speaks the worker's protocol with it under each interpreter given, without a sandbox.

The worker has to run wherever an old torch does; the C++ tests see only installed environments.
usage: check_worker.py WORKER INTERPRETER...
"""
import ast
import json
import os
import struct
import subprocess
import sys
import tempfile
import time

HEADER = struct.Struct("<cQ")
SCRIPT = b"""x = 1
def f(n):
    if n:
        return 2
    return 3
for i in range(3):
    x += f(0)
import warnings
warnings.warn('old')
l = [1, 2.5, 'a', None, {'b': True}]
print(x)
"""

TRACED = b"""a, (b, *c) = 1, (2, 3)
class C(object):
    'A docstring stays the first statement.'
    def run(self, x):
        self.__own = x
        self.w = [x]
        self.w.append(x)
        return sum(self.w)
for i in range(2):
    r = C().run(i)
d = {}
d['k'] = 1
import io
with io.StringIO() as a:
    pass
k = 3 if hasattr(a, 'read') else 4
"""


def frame(kind, payload):
    return HEADER.pack(kind, len(payload)) + payload


def run(worker, interpreter, script, stop_after=None, trace=False, command=None, watch=()):
    job = {"nonce": "a" * 32, "fileName": "main.py", "seed": 0, "trace": trace}
    if command is not None:
        job.update(command=command, packages=[], links=[], watch=list(watch))
    setup = {"preload": [], "limits": {"CORE": 0}}
    job_read, job_write = os.pipe()
    report_read, report_write = os.pipe()

    def arrange():
        os.dup2(job_read, 100)
        os.dup2(report_write, 101)
        os.dup2(100, 3)
        os.dup2(101, 4)

    with tempfile.TemporaryDirectory() as folder:
        process = subprocess.Popen([interpreter, worker], cwd=folder, pass_fds=(3, 4),
                                   preexec_fn=arrange, stdin=subprocess.DEVNULL,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                   env=dict(os.environ, TMPDIR=folder))
        os.close(job_read)
        os.close(report_write)
        os.write(job_write, frame(b"S", json.dumps(setup).encode())
                 + frame(b"J", json.dumps(job).encode()) + frame(b"C", script))
        with os.fdopen(report_read, "rb") as pipe:
            if stop_after is not None:
                time.sleep(stop_after)
                os.close(job_write)
            data = pipe.read()
        if stop_after is None:
            os.close(job_write)
        output = process.communicate()[0]
    frames = []
    while data:
        kind, size = HEADER.unpack(data[:HEADER.size])
        frames.append((kind.decode(), data[HEADER.size:HEADER.size + size]))
        data = data[HEADER.size + size:]
    return frames, output


def check(worker, interpreter):
    frames, output = run(worker, interpreter, SCRIPT)
    assert [kind for kind, _ in frames] == ["S", "R", "U", "E"], frames
    report = json.loads(frames[2][1].decode())
    assert report["completed"] is True
    end = json.loads(frames[3][1].decode())
    assert end["executed"] == [1, 2, 3, 5, 6, 7, 8, 9, 10, 11], end
    assert end["executable"] == list(range(1, 12)), end
    assert report["warnings"] == [{"category": "UserWarning", "message": "old", "line": 9,
                                   "event": 0}]
    assert sorted(report["variables"]) == ["i", "l", "x"], report["variables"]
    assert end["exit"] == 0, end
    assert output == b"10\n", output

    frames, _ = run(worker, interpreter, b"import os\nos._exit(0)\n")
    assert [kind for kind, _ in frames] == ["S", "R", "E"], frames

    frames, _ = run(worker, interpreter, b"x = 1\nraise KeyError('k')\n")
    error = json.loads(frames[2][1].decode())["error"]
    assert error == {"type": "KeyError", "message": "'k'", "line": 2}, error

    frames, _ = run(worker, interpreter, b"x = 1\nwhile x:\n    x += 1\ny = 2\n", stop_after=1)
    assert [kind for kind, _ in frames] == ["S", "R", "U", "E"], frames
    report = json.loads(frames[2][1].decode())
    assert report["completed"] is False and "x" in report["variables"], report
    end = json.loads(frames[3][1].decode())
    assert end["executed"] == [1, 2, 3] and end["executable"] == [1, 2, 3, 4], end

    frames, _ = run(worker, interpreter, TRACED, trace=True)
    report = json.loads(frames[2][1].decode())
    assert report["completed"] is True, report
    seen = [(event["line"], event["visit"], event["name"]) for event in report["trace"]]
    call = [(5, "self.__own"), (6, "self.w"), (7, "self.w"), (7, "x"), (8, "return"), (10, "r")]
    expected = [(1, 0, "a"), (1, 0, "b"), (1, 0, "c")]
    for visit in (0, 1):
        expected += [(9, visit, "i")] + [(line, visit, name) for line, name in call]
    expected += [(11, 0, "d"), (12, 0, "d"), (14, 0, "a"), (16, 0, "k")]
    assert seen == expected, seen


PROJECT = {
    "pkg/__init__.py": "",
    "pkg/own.py": """import sys


def used():
    return sys.argv[1:]


def unused():
    return 0
""",
    "start.py": """# A script: Python compiles it itself.
import pkg.own
if __name__ == "__main__":
    print(pkg.own.used(), __file__)
else:
    print("not a script")
""",
    "pkg/test_all.py": """import random
import unittest


class All(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.shared = 1

    def test_passes(self):
        value = 3.5
        print("said")

    def test_fails(self):
        self.assertEqual(1, 2)

    @unittest.skip("why")
    def test_skipped(self):
        pass

    def test_draws(self):
        drawn = random.random()

    def test_draws_again(self):
        drawn = random.random()


class Broken(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        raise ValueError("no")

    def test_never(self):
        pass
"""}


def check_project(worker, interpreter):
    packed = b""
    for path, text in sorted(PROJECT.items()):
        packed += struct.pack("<IQB", len(path), len(text), 0) + (path + text).encode()
    command = ("python -W ignore start.py a -b; "
               "python -m unittest pkg.test_all pkg.gone; exit 3")
    frames, output = run(worker, interpreter, packed, command=command,
                         watch=["start.py", "pkg/own.py", "pkg/test_all.py", "gone.py"])
    report = json.loads(dict(frames)["U"].decode())
    assert not report["completed"] and report["exit"] == 3, report
    ended = {record.get("id", record.get("group")).rpartition(".")[2]: record
             for record in report["tests"] if "started" not in record}
    assert ended["test_passes"]["outcome"] == "passed", ended
    assert ended["test_passes"]["output"] == "said\n", ended
    assert ended["test_passes"]["variables"]["value"]["comparable"], ended
    assert ended["test_fails"]["error"]["type"] == "AssertionError", ended
    assert ended["test_fails"]["error"]["line"] == 15, ended
    assert ended["test_skipped"]["reason"] == "why", ended
    drawn = [ended[name]["variables"]["drawn"]["values"]
             for name in ("test_draws", "test_draws_again")]
    assert drawn[0] == drawn[1], drawn
    assert ended["Broken"]["group"] == "pkg.test_all.Broken", ended
    assert ended["gone"]["outcome"] == "failed", ended
    assert output == b"['a', '-b'] start.py\nsaid\n", output
    lines = report["lines"]
    assert lines["start.py"] == {"executable": [2, 3, 4, 6], "executed": [2, 3, 4]}, lines
    assert lines["pkg/own.py"] == {"executable": [1, 4, 5, 8, 9], "executed": [1, 4, 5, 8]}, lines
    assert 8 in lines["pkg/test_all.py"]["executed"], lines
    assert ended["test_passes"]["lines"] == {"pkg/test_all.py": [11, 12]}, ended
    assert ended["test_fails"]["lines"] == {"pkg/test_all.py": [15]}, ended


def check_host_gone(worker, interpreter):
    """A worker that waits ends with the one who started it (one that imports is killed with it)."""
    job_read, job_write = os.pipe()
    report_read, report_write = os.pipe()

    def arrange():
        os.dup2(job_read, 100)
        os.dup2(report_write, 101)
        os.dup2(100, 3)
        os.dup2(101, 4)

    with tempfile.TemporaryDirectory() as folder:
        process = subprocess.Popen([interpreter, worker], cwd=folder, pass_fds=(3, 4),
                                   preexec_fn=arrange, stdin=subprocess.DEVNULL)
        os.close(job_read)
        os.close(report_write)
        setup = {"preload": ["json"], "limits": {"CORE": 0}}
        os.write(job_write, frame(b"S", json.dumps(setup).encode()))
        words = b""
        while len(words) < 2 * HEADER.size:
            words += os.read(report_read, 2 * HEADER.size - len(words))
        assert words[:1] == b"S" and words[HEADER.size:][:1] == b"R", words
        assert process.poll() is None
        os.close(job_write)
        process.wait(timeout=20)
        os.close(report_read)


def check_syntax(folder):
    """As far as this interpreter can tell: nothing that CPython 3.5 cannot read."""
    for name in sorted(os.listdir(folder)):
        if name.endswith(".py"):
            with open(os.path.join(folder, name), encoding="utf-8") as file:
                ast.parse(file.read(), name, feature_version=(3, 5))


def main():
    worker, interpreters = sys.argv[1], sys.argv[2:]
    if sys.version_info >= (3, 8):
        check_syntax(os.path.dirname(worker))
    for interpreter in interpreters:
        check(worker, interpreter)
        check_project(worker, interpreter)
        check_host_gone(worker, interpreter)
        print("ok", interpreter)


if __name__ == "__main__":
    main()
