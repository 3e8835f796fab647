"""Makes the test runner of the standard library tell how every test went. Part of the worker
(torchlift_tests.py)."""
import io
import re
import sys
import time
import traceback

import torchlift_tests as tests
from torchlift_values import shorten

SHARED = re.compile(r"^(?:setUp|tearDown)(?:Class|Module) \((.*)\)$")
NOT_LOADED = "unittest.loader._FailedTest."


class Tee(io.TextIOBase):
    """Keeps what is printed and passes it on."""

    def __init__(self, stream):
        self._stream = stream
        self.parts = []
        self.size = 0

    def write(self, text):
        if self.size < 100000:
            self.parts.append(text)
            self.size += len(text)
        return self._stream.write(text)

    def flush(self):
        self._stream.flush()

    def __getattr__(self, name):
        return getattr(self._stream, name)


def watched(base):
    class WatchedResult(base):
        torchlift = None
        torchlift_names = None
        torchlift_output = None

        def startTest(self, test):
            base.startTest(self, test)
            self.torchlift = {"id": test.id(), "outcome": "passed"}
            self.torchlift_begin = time.time()
            tests.start(test.id())
            self.torchlift_output = Tee(sys.stdout)
            sys.stdout = self.torchlift_output
            method = getattr(test, getattr(test, "_testMethodName", ""), None)
            self.torchlift_names = tests.Names(method)
            self.torchlift_names.__enter__()

        def stopTest(self, test):
            record = self.torchlift
            if record is not None:
                self.torchlift_names.__exit__()
                record["variables"] = self.torchlift_names.described()
                record["seconds"] = time.time() - self.torchlift_begin
                record["output"] = shorten("".join(self.torchlift_output.parts))
                if sys.stdout is self.torchlift_output:
                    sys.stdout = self.torchlift_output._stream
                if record["id"].startswith(NOT_LOADED):
                    record["group"] = record.pop("id")[len(NOT_LOADED):]
                tests.end(record)
                self.torchlift = None
            base.stopTest(self, test)

        def _torchlift_failed(self, test, error):
            kind, value, tb = error
            shared = SHARED.match(test.id()) if self.torchlift is None else None
            record = self.torchlift or {"group": shared.group(1) if shared else test.id()}
            if record.get("outcome") != "failed":
                name = sys.modules[type(test).__module__].__dict__.get("__file__", "")
                record.update(tests.error_fields(value, tb, lambda file: file == name),
                              outcome="failed",
                              errorOutput=shorten("".join(traceback.format_exception(*error))))
            if self.torchlift is None:
                tests.write(record)

        def addError(self, test, err):
            base.addError(self, test, err)
            self._torchlift_failed(test, err)

        def addFailure(self, test, err):
            base.addFailure(self, test, err)
            self._torchlift_failed(test, err)

        def addSubTest(self, test, subtest, err):
            base.addSubTest(self, test, subtest, err)
            if err is not None:
                self._torchlift_failed(test, err)

        def addSkip(self, test, reason):
            base.addSkip(self, test, reason)
            if self.torchlift is not None:
                self.torchlift.update(outcome="skipped", reason=shorten(str(reason)))
            else:
                shared = SHARED.match(test.id())
                tests.write({"group": shared.group(1) if shared else test.id(),
                             "outcome": "skipped", "reason": shorten(str(reason))})

        def addExpectedFailure(self, test, err):
            base.addExpectedFailure(self, test, err)
            if self.torchlift is not None:
                self.torchlift.update(outcome="skipped", reason="expected to fail, and did")

        def addUnexpectedSuccess(self, test):
            base.addUnexpectedSuccess(self, test)
            if self.torchlift is not None:
                self.torchlift.update(outcome="failed", errorOutput="expected to fail, and passed")

    return WatchedResult


def watch(runner):
    """From now on `runner` (the module unittest.runner) uses a result that is watched."""
    runner.TextTestRunner.resultclass = watched(runner.TextTestRunner.resultclass)
