"""Runs one untrusted script and reports how it ended and what was observed.

Runs on CPython 3.5 to 3.13 and needs nothing beyond the standard library.

Three processes. The first imports what was asked for and forks the other two for each run; it never
reads a job. The supervisor reads it from descriptor 3; it alone tells the host on descriptor 4 what
it sees with its own eyes, how the child ended, or hears from it, all output written, that it leaves
(freeing the memory of torch takes longer than a short script). The child runs the script and hands
the supervisor one report, which counts only with the word that came with the job (`nonce`), as
does the word that it leaves. Lines that ran are marked in memory that both share, so they are
known however the child ends. Asked to stop (X, or the end of descriptor 3), the supervisor gives
the child STOP_PATIENCE seconds to report its variables and kills it.

Where the host says so (`repeats`, only in a sandbox) the first process clears away what a run left,
processes and files, and forks again: importing torch takes longer than most scripts. Only the same
script runs there again, so what it might hide (System V IPC is not cleared) it hides from itself.

Promised: leaving early (os._exit, a signal, a crash, sys.exit), writing to guessed descriptors,
exit handlers, a fork that returns twice, and replaced standard functions never look like success.
Not promised: a script that searches this module's frames or its own memory for the nonce can say
that it reached its end, or mark lines. It shares the interpreter with this code; no interpreter
hides from itself.

Beside this file: torchlift_trace.py (lines and assignments), torchlift_values.py (what values look
like), torchlift_conditions.py (seeds, random state, moved parameters), torchlift_cuda.py,
torchlift_observe.py (types of expressions), torchlift_project.py (the command of a whole project).

Frames on every pipe: one letter, eight bytes of length (little endian), then the bytes.
  host to worker   S setup (JSON), J job (JSON), C the script's bytes or the packed project, then X
                   to stop or K at once
  worker to host   S started, R ready for a run, U the child's report (JSON), E its end (JSON)
  child            U nonce and report (JSON), L nonce and how it leaves (JSON)
"""
import ast
import atexit
import builtins
import io
import json
import mmap
import os
import resource
import select
import shutil
import signal
import struct
import sys
import threading
import time
import traceback
import types
import warnings

import torchlift_conditions as state
import torchlift_restore as known
import torchlift_observe as observe
from torchlift_lines import EXECUTED, MAX_LINES
from torchlift_trace import LineRecord, Trace
from torchlift_values import collect_variables, shorten

JOB_FD = 3
REPORT_FD = 4
MAX_REPORT = 64 * 1024 * 1024
MAX_WARNINGS = 1000
STOP_SIGNAL = signal.SIGRTMAX - 1
STOP_PATIENCE = 0.7
CLEAR_PATIENCE = 2.0
WRITABLE = ("/work", "/tmp", "/dev/shm")  # in a sandbox
HEADER = struct.Struct("<cQ")
exit_now = os._exit  # kept from a script that replaces them
to_json = json.JSONEncoder().encode


def read_exactly(fd, size):
    parts = []
    while size > 0:
        part = os.read(fd, min(size, 1 << 20))
        if not part:
            raise EOFError("the other side closed the pipe")
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


def read_frame(fd):
    kind, size = HEADER.unpack(read_exactly(fd, HEADER.size))
    return kind, read_exactly(fd, size)


def write_all(fd, data):
    view = memoryview(data)
    while view:
        view = view[os.write(fd, view):]


def write_frame(fd, kind, payload=b""):
    write_all(fd, HEADER.pack(kind, len(payload)) + payload)


# --- supervisor ---------------------------------------------------------------------------------


def limit_resources(limits):
    for name, value in limits.items():
        number = getattr(resource, "RLIMIT_" + name)
        hard = resource.getrlimit(number)[1]
        if hard != resource.RLIM_INFINITY:
            value = min(value, hard)
        resource.setrlimit(number, (value, value))


def set_dumpable(is_dumpable):
    """What is not takes its /proc/PID/mem out of the script's reach: all have one user."""
    try:
        import ctypes
        ctypes.CDLL(None).prctl(4, int(is_dumpable), 0, 0, 0)  # PR_SET_DUMPABLE
    except (ImportError, OSError, AttributeError):
        pass  # the report then stands on the nonce alone


class ChildReport:
    """Collects the first frames that carry the nonce; later and other bytes count for nothing."""

    def __init__(self, fd, nonce):
        self.fd = fd
        self.nonce = nonce
        self.buffer = bytearray()
        self.is_open = True

    def receive(self):
        try:
            data = os.read(self.fd, 1 << 16)
        except BlockingIOError:
            return False
        if not data or len(self.buffer) + len(data) > MAX_REPORT:
            self.is_open = False
            return False
        self.buffer += data
        return True

    def _frame(self, at, wanted):
        """What follows the nonce in the frame that begins at `at`, and where it ends."""
        if len(self.buffer) < at + HEADER.size:
            return None, at
        kind, size = HEADER.unpack_from(self.buffer, at)
        begin = at + HEADER.size
        if kind != wanted or len(self.buffer) < begin + size:
            return None, at
        if self.buffer[begin:begin + len(self.nonce)] != self.nonce:
            return None, at
        return bytes(self.buffer[begin + len(self.nonce):begin + size]), begin + size

    def payload(self):
        return self._frame(0, b"U")[0]

    def leaving(self):
        payload, end = self._frame(0, b"U")
        if payload is None:
            return None
        word = self._frame(end, b"L")[0]
        return None if word is None else json.loads(word.decode("ascii"))


class Stop:
    """Asks the child for its report when the host wants an end, and kills it soon after."""

    def __init__(self, child, job_fd):
        self.child = child
        self.job_fd = job_fd
        self.deadline = None

    def sources(self):
        return [] if self.deadline else [self.job_fd]

    def begin(self):
        is_urgent = os.read(self.job_fd, 1) == b"K"
        self.deadline = time.monotonic() + (0 if is_urgent else STOP_PATIENCE)
        os.kill(self.child, signal.SIGKILL if is_urgent else STOP_SIGNAL)

    def wait_seconds(self):
        return max(0.0, self.deadline - time.monotonic()) if self.deadline else 1.0

    def kill_when_due(self):
        if self.deadline and time.monotonic() >= self.deadline:
            os.kill(self.child, signal.SIGKILL)


def wait_for_child(child, report, wakeup, stop):
    """How it ended. Its descendants may hold the pipe open, so the end of that says nothing."""
    while True:
        pid, status, usage = os.wait4(child, os.WNOHANG)
        if pid == child:
            while report.is_open and report.receive():
                pass
            return {
                "exit": os.WEXITSTATUS(status) if os.WIFEXITED(status) else 0,
                "signal": os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0,
                "peakBytes": usage.ru_maxrss * 1024,
            }
        leaving = report.leaving()
        if leaving is not None:
            return {"exit": leaving["exit"], "signal": 0, "peakBytes": leaving["peakBytes"]}
        stop.kill_when_due()
        sources = [wakeup] + ([report.fd] if report.is_open else []) + stop.sources()
        ready = select.select(sources, [], [], stop.wait_seconds())[0]
        if wakeup in ready:
            os.read(wakeup, 512)
        if stop.job_fd in ready:
            stop.begin()
        if report.fd in ready:
            report.receive()


def marked_lines(lines):
    marks = lines[:].rstrip(b"\0")
    return ([line for line, mark in enumerate(marks) if mark == EXECUTED],
            [line for line, mark in enumerate(marks) if mark])


def supervise(child, job_fd, child_fd, lines):
    """One run, from its job to its end; false where there was none."""
    wakeup_read, wakeup_write = os.pipe()
    os.set_blocking(wakeup_read, False)
    os.set_blocking(wakeup_write, False)
    signal.signal(signal.SIGCHLD, lambda number, frame: None)
    signal.set_wakeup_fd(wakeup_write)

    write_frame(REPORT_FD, b"R")
    try:
        _, job = read_frame(JOB_FD)
        _, code = read_frame(JOB_FD)
    except EOFError:
        return False  # the host wants no more
    os.set_blocking(child_fd, False)
    report = ChildReport(child_fd, json.loads(job.decode("utf-8"))["nonce"].encode("ascii"))
    try:
        write_frame(job_fd, b"J", job)
        write_frame(job_fd, b"C", code)
    except BrokenPipeError:
        pass  # it died while waiting: its status says how
    os.close(job_fd)

    end = wait_for_child(child, report, wakeup_read, Stop(child, JOB_FD))
    end["executed"], end["executable"] = marked_lines(lines)
    payload = report.payload()
    if payload is not None:
        write_frame(REPORT_FD, b"U", payload)
    write_frame(REPORT_FD, b"E", json.dumps(end).encode("ascii"))
    return True


# --- child --------------------------------------------------------------------------------------


def user_line(record, tb):
    line = 0
    while tb is not None:
        if record.is_user_code(tb.tb_frame.f_code):
            line = tb.tb_lineno
        tb = tb.tb_next
    return line


def record_warnings(found, record):
    show = warnings.showwarning

    def line_of_stack():
        frame = sys._getframe(1)
        while frame is not None:
            if record.is_user_code(frame.f_code):
                return frame.f_lineno
            frame = frame.f_back
        return 0

    def on_warning(message, category, filename, lineno, file=None, line=None):
        if file is None and len(found) < MAX_WARNINGS:
            found.append({"category": category.__name__, "message": shorten(str(message)),
                          "line": line_of_stack(), "event": len(record.events)})
        show(message, category, filename, lineno, file, line)

    warnings.showwarning = on_warning


def print_error(error, record):
    tb = error.__traceback__
    while tb is not None and not record.is_user_code(tb.tb_frame.f_code):
        tb = tb.tb_next
    error.__traceback__ = tb  # without the worker's own frames
    try:
        sys.excepthook(type(error), error, tb)
    except BaseException:
        traceback.print_exception(type(error), error, tb)


def text_of(error):
    try:
        return shorten(str(error))
    except BaseException:
        return ""


def exit_status(error):
    if error.code is None:
        return 0
    if isinstance(error.code, int):
        return error.code & 0xFF
    print(error.code, file=sys.stderr)
    return 1


def fail_with(report, error, line):
    report["error"] = {"type": type(error).__name__, "message": text_of(error), "line": line}


def compile_script(job, code, marks, report):
    try:
        tree = compile(code, job["fileName"], "exec", ast.PyCF_ONLY_AST, dont_inherit=True)
        return LineRecord(tree, job["fileName"], marks, Trace() if job.get("trace") else None)
    except BaseException as error:
        line = error.lineno or 0 if isinstance(error, SyntaxError) else 0
        fail_with(report, error, line)
        error.__traceback__ = None
        sys.excepthook(type(error), error, None)
        return None


def prepare_main(job, code):
    path = os.path.join(os.getcwd(), job["fileName"])
    with open(path, "wb") as file:
        file.write(code)
    main = types.ModuleType("__main__")
    main.__file__ = path
    main.__builtins__ = builtins
    sys.modules["__main__"] = main
    sys.argv = [job["fileName"]]
    sys.path[0] = os.getcwd()
    return main


def prepare_conditions(job):
    state.change_torch(job)
    if job.get("observe"):
        observe.watch()
    if job.get("fillMemory"):
        state.fill_memory(job["fillMemory"])
    state.seed_all(job["seed"])


class Channel:
    """What the child tells the supervisor: one report, then that it leaves."""

    def __init__(self, fd, nonce):
        self._fd = fd
        self._nonce = nonce

    def send(self, kind, value):
        payload = to_json(value).encode("ascii")
        write_frame(self._fd, kind, self._nonce + payload)


def observations(main, record, found):
    return {"warnings": found, "trace": record.events, "random": state.random_state(),
            "conditions": state.conditions(), "variables": collect_variables(main),
            "observed": observe.SEEN, "restored": sorted(known.used)}


def report_when_stopped(channel, main, record, found, owner):
    def on_stop(number, frame):
        if os.getpid() == owner:
            channel.send(b"U", dict(observations(main, record, found), completed=False))
            exit_now(1)

    signal.signal(STOP_SIGNAL, on_stop)


def execute(record, main, channel, report):
    """Runs it to its end; gives the status the process is to end with."""
    found = []
    record_warnings(found, record)
    status = 0
    owner = os.getpid()
    report_when_stopped(channel, main, record, found, owner)
    try:
        exec(record.code, main.__dict__)
        is_complete = True
    except SystemExit as error:
        is_complete = False
        report["exit"] = status = exit_status(error)
    except BaseException as error:
        is_complete = False
        status = 1
        fail_with(report, error, user_line(record, error.__traceback__))
        if os.getpid() == owner:
            print_error(error, record)
    if os.getpid() != owner:
        leave(status)  # a fork of the script came back here: it has nothing to report
    signal.signal(STOP_SIGNAL, signal.SIG_IGN)  # the report below is under way
    report["completed"] = is_complete
    report.update(observations(main, record, found))
    return status


def run_project(job, archive, channel, report):
    """The command's own processes hold what there is to see; this one waits for them."""
    import torchlift_project  # no script needs it
    project = torchlift_project.Project(job, archive)

    def on_stop(number, frame):
        channel.send(b"U", dict(project.findings(), completed=False))
        exit_now(1)

    signal.signal(STOP_SIGNAL, on_stop)
    status = project.wait()
    signal.signal(STOP_SIGNAL, signal.SIG_IGN)
    report["completed"] = status == 0
    report["exit"] = status
    report.update(project.findings())
    return status


def end_by_signal(number):
    try:
        signal.signal(number, signal.SIG_DFL)
    except (OSError, ValueError):  # SIGKILL needs none; others are no signals
        pass
    if number in set(signal.Signals):
        os.kill(os.getpid(), number)


def leave(status, channel=None):
    """Ends the process as the interpreter would, without the seconds of tearing down torch."""
    try:
        threading._shutdown()
        atexit._run_exitfuncs()
    except BaseException:
        traceback.print_exc()
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except BaseException:
            status = status or 120
    if channel is not None:
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
        channel.send(b"L", {"exit": status, "peakBytes": peak})
    exit_now(status)


def run_child(job_fd, report_fd, marks):
    worker = sys.modules["__main__"]  # keeps these functions alive once __main__ is the script
    set_dumpable(True)
    try:
        job = json.loads(read_frame(job_fd)[1].decode("utf-8"))
        code = read_frame(job_fd)[1]
    except EOFError:
        exit_now(1)  # the host wants no more
    os.close(job_fd)
    nonce = job.pop("nonce").encode("ascii")

    report = {"completed": False}
    channel = Channel(report_fd, nonce)
    if "command" in job:
        status = run_project(job, code, channel, report)
    else:
        main = prepare_main(job, code)
        prepare_conditions(job)
        record = compile_script(job, code, marks, report)
        status = 1 if record is None else execute(record, main, channel, report)
    channel.send(b"U", report)
    if "command" in job and status > 128:
        end_by_signal(status - 128)  # as the command did
    del worker
    leave(status, channel)


# --- first process ------------------------------------------------------------------------------


def preload(names):
    """Imports ahead of the script; what these imports have to warn about is not the script's."""
    show = warnings.showwarning
    warnings.showwarning = lambda *arguments, **options: None
    try:
        for name in names:
            try:
                __import__(name)
            except Exception:  # the script's own import then says what is wrong
                pass
    finally:
        warnings.showwarning = show


def buffer_by_line():
    """So that what was printed before a crash or a time-out is there."""
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(line_buffering=True)
    else:
        sys.stdout = sys.__stdout__ = io.TextIOWrapper(
            sys.stdout.detach(), sys.stdout.encoding, sys.stdout.errors, line_buffering=True)


def serve():
    """Has one job run by two processes of its own; false when no other can follow."""
    supervisor = os.fork()
    if supervisor != 0:
        return os.waitpid(supervisor, 0)[1] == 0
    job_read, job_write = os.pipe()
    report_read, report_write = os.pipe()
    lines = mmap.mmap(-1, MAX_LINES)
    child = os.fork()
    if child == 0:
        for fd in (JOB_FD, REPORT_FD, job_write, report_read):
            os.close(fd)
        run_child(job_read, report_write, lines)
    os.close(job_read)
    os.close(report_write)
    exit_now(0 if supervise(child, job_write, report_read, lines) else 1)


def end_others():
    """Whether every other process in this sandbox is gone."""
    deadline = time.monotonic() + CLEAR_PATIENCE
    while time.monotonic() < deadline:
        try:
            os.kill(-1, signal.SIGKILL)
        except ProcessLookupError:
            return True
        time.sleep(0.002)  # its parent has not yet heard of it
    return False


def clear_away():
    """What a run left behind; false where that cannot be done."""
    if not end_others():
        return False
    try:
        for place in WRITABLE:
            for entry in os.listdir(place):
                path = os.path.join(place, entry)
                if os.path.isdir(path) and not os.path.islink(path):
                    shutil.rmtree(path)
                else:
                    os.remove(path)
    except (OSError, RecursionError):
        return False
    return True


def main():
    setup = json.loads(read_frame(JOB_FD)[1].decode("utf-8"))
    limit_resources(setup["limits"])
    write_frame(REPORT_FD, b"S")
    buffer_by_line()
    preload(setup["preload"])
    set_dumpable(False)
    while serve() and setup.get("repeats") and clear_away():
        pass
    exit_now(0)


if __name__ == "__main__":
    main()
