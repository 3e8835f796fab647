"""Plugin of pytest (3.6 and later) that tells how every test went. Part of the worker
(torchlift_tests.py)."""
import pytest

import torchlift_tests as tests
from torchlift_values import shorten


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item):
    item.torchlift = {"id": item.nodeid, "outcome": "passed", "seconds": 0.0}
    tests.start(item.nodeid)


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_call(item):
    names = tests.Names(getattr(item, "obj", None))
    with names:
        yield
    item.torchlift["variables"] = names.described()


def reason_of(report):
    reason = report.longrepr
    return shorten(str(reason[2] if isinstance(reason, tuple) else reason))


def add_error(record, report, call, path):
    record["outcome"] = "failed"
    record["errorOutput"] = shorten(report.longreprtext)
    if call.excinfo is not None:
        record.update(tests.error_fields(call.excinfo.value, call.excinfo.tb,
                                         lambda name: name == path))


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    report = (yield).get_result()
    record = getattr(item, "torchlift", None)
    if record is None:
        return
    record["seconds"] += getattr(report, "duration", 0.0)
    if report.failed and record["outcome"] != "failed":
        add_error(record, report, call, str(item.fspath))
    elif report.skipped and record["outcome"] == "passed":
        record["outcome"] = "skipped"
        record["reason"] = getattr(report, "wasxfail", "") or reason_of(report)
    if report.when == "teardown":
        record["output"] = shorten(report.capstdout)
        record["errorOutput"] = record.get("errorOutput", "") + shorten(report.capstderr)
        tests.end(record)
        item.torchlift = None


def pytest_collectreport(report):
    if report.failed:
        text = report.longreprtext
        lines = [line[1:].strip() for line in text.splitlines() if line.startswith("E ")]
        kind, _, message = (lines[-1] if lines else "").partition(": ")
        tests.write({"group": report.nodeid, "outcome": "failed", "errorOutput": shorten(text),
                     "error": {"type": shorten(kind), "message": shorten(message), "line": 0}})
