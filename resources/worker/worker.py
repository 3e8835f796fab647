"""Runs one untrusted script and reports how it ended and what was observed.

Runs on CPython 3.5 to 3.13 and needs nothing beyond the standard library.

Two processes. The supervisor reads the job from descriptor 3 and forks before anything heavy is
imported; it alone holds descriptor 4, on which the host listens, and it sees with its own eyes how
the child ended, or hears from it, all output written, that it leaves (freeing the memory of torch
takes longer than a short script). The child imports what was asked for, runs the script and hands
the supervisor one report, which counts only with the word that came with the job (`nonce`), as
does the word that it leaves. Lines that ran are marked in memory that both share, so they are
known however the child ends. Asked to stop (X, or the end of descriptor 3), the supervisor gives
the child STOP_PATIENCE seconds to report its variables and kills it.

Promised: leaving early (os._exit, a signal, a crash, sys.exit), writing to guessed descriptors,
exit handlers, a fork that returns twice, and replaced standard functions never look like success.
Not promised: a script that searches this module's frames or its own memory for the nonce can say
that it reached its end, or mark lines. It shares the interpreter with this code; no interpreter
hides from itself.

Frames on every pipe: one letter, eight bytes of length (little endian), then the bytes.
  host to worker   S setup (JSON), J job (JSON), C the script's bytes, then X to stop or K at once
  worker to host   S started, R ready (imports done), E end (JSON), U the child's report (JSON)
  child            R ready, U nonce and report (JSON), L nonce and how it leaves (JSON)
"""
import array
import ast
import atexit
import base64
import builtins
import hashlib
import io
import json
import mmap
import os
import random
import resource
import select
import signal
import struct
import sys
import threading
import time
import traceback
import types
import warnings

JOB_FD = 3
REPORT_FD = 4
MAX_REPORT = 64 * 1024 * 1024
MAX_VALUES = 100000  # of one variable
MAX_ALL_VALUES = 1000000  # of all variables together
MAX_VARIABLES = 2000
MAX_TEXT = 10000
MAX_WARNINGS = 1000
MAX_LINES = 1000000
MAX_VISITS = 20  # of one line that are traced
MAX_EVENTS = 10000  # of the whole trace
MAX_SAMPLE = 64  # numbers kept of one traced value, evenly spread
STOP_SIGNAL = signal.SIGRTMAX - 1
STOP_PATIENCE = 0.7
HEADER = struct.Struct("<cQ")
EXECUTABLE = 1  # marks of a line
EXECUTED = 2


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


def hide_memory():
    """Takes /proc/PID/mem of the supervisor out of the script's reach: both have one user."""
    try:
        import ctypes
        ctypes.CDLL(None).prctl(4, 0, 0, 0, 0)  # PR_SET_DUMPABLE
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
    wakeup_read, wakeup_write = os.pipe()
    os.set_blocking(wakeup_read, False)
    os.set_blocking(wakeup_write, False)
    signal.signal(signal.SIGCHLD, lambda number, frame: None)
    signal.set_wakeup_fd(wakeup_write)

    hide_memory()
    kind, _ = read_frame(child_fd)
    if kind != b"R":
        raise ValueError("the child is not ready")
    write_frame(REPORT_FD, b"R")

    _, job = read_frame(JOB_FD)
    _, code = read_frame(JOB_FD)
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


# --- child: lines -------------------------------------------------------------------------------


class LineRecord:
    """Which statements of the script ran, in whatever thread: each records its line as it starts.

    The calls are put into the syntax tree and not made by a trace function, because torch 1.0
    runs backward() in threads that Python did not start, where no trace function is called.
    `marks` is shared with the supervisor and with processes that the script forks."""

    RECORDER = "__torchlift_line__"

    def __init__(self, tree, file_name, marks, trace=None):
        self._marks = marks
        self._trace = trace
        self.events = trace.events if trace is not None else []
        self._instrument(tree)
        self.code = compile(tree, file_name, "exec", dont_inherit=True)
        self._codes = {}  # id -> code object; keeps them alive, so ids stay unique
        self._collect(self.code)
        setattr(builtins, self.RECORDER, marks.__setitem__)
        if trace is not None:
            setattr(builtins, trace.RECORDER, trace.record)
            setattr(builtins, trace.RETURN_RECORDER, trace.record_return)

    def is_user_code(self, code):
        return id(code) in self._codes

    def _collect(self, code):
        self._codes[id(code)] = code
        for constant in code.co_consts:
            if isinstance(constant, types.CodeType):
                self._collect(constant)

    def _instrument(self, tree):
        # Statements hold lists of statements; expressions hold none, so the depth of a long
        # formula does not matter here.
        waiting = [tree]
        while waiting:
            node = waiting.pop()
            entered = trace_call_on_entry(node) if self._trace else None
            for field in ("body", "orelse", "finalbody"):
                statements = getattr(node, field, None)
                if isinstance(statements, list):
                    waiting.extend(statements)
                    recorded = self._with_records(statements)
                    if entered is not None and field == "body":
                        recorded.insert(0, entered)
                    setattr(node, field, recorded)
            waiting.extend(getattr(node, "handlers", ()))
            waiting.extend(getattr(node, "cases", ()))

    def _with_records(self, statements):
        result = []
        for statement in statements:
            is_first = not result
            if not (is_first and is_docstring(statement)) and not is_future_import(statement):
                lines = {statement.lineno}
                lines.update(d.lineno for d in getattr(statement, "decorator_list", ()))
                for line in sorted(line for line in lines if line < MAX_LINES):
                    result.append(self._record(line, statement))
                    self._marks[line] = EXECUTABLE
            result.append(statement)
            if self._trace:
                result.extend(trace_calls_after(statement))
        return result

    def _record(self, line, statement):
        name = ast.Name(id=self.RECORDER, ctx=ast.Load())
        call = ast.Expr(ast.Call(func=name, args=[constant(line), constant(EXECUTED)], keywords=[]))
        for node in ast.walk(call):
            ast.copy_location(node, statement)
        return call


# --- child: trace -------------------------------------------------------------------------------


class Trace:
    """What statements assigned or changed in place as they ran; the first visits of a line."""

    RECORDER = "__torchlift_seen__"
    RETURN_RECORDER = "__torchlift_return__"

    def __init__(self):
        self.events = []
        self._visits = {}
        self._inside = set()  # threads: looking at a value may run code of the script

    def record(self, line, *seen):
        """`seen`: a name, the object it begins with and the attributes that follow, in turns."""
        thread = threading.get_ident()
        visit = self._visits.get(line, 0)
        if visit >= MAX_VISITS or len(self.events) >= MAX_EVENTS or thread in self._inside:
            return
        self._visits[line] = visit + 1
        self._inside.add(thread)
        try:
            for name, value, path in zip(seen[::3], seen[1::3], seen[2::3]):
                self._add(line, visit, name, value, path)
        finally:
            self._inside.discard(thread)

    def record_return(self, line, value):
        self.record(line, "return", value, "")
        return value

    def _add(self, line, visit, name, value, path):
        try:
            for attribute in path.split(".") if path else ():
                value = attribute_of(value, attribute)
            if isinstance(value, UNWANTED):
                return
            self.events.append({"line": line, "visit": visit, "name": shorten(name),
                                "value": describe_briefly(value)})
        except BaseException:  # an object of the script's own may do anything when looked at
            pass


def attribute_of(value, name):
    if name.startswith("__") and not name.endswith("__"):  # private to the class that wrote it
        for kind in type(value).__mro__:
            private = "_" + kind.__name__.lstrip("_") + name
            if hasattr(value, private):
                return getattr(value, private)
    return getattr(value, name)


def chain_of(node):
    """The variable and the attributes of a.b.c, also below subscripts; None for other things."""
    path = []
    while isinstance(node, (ast.Attribute, ast.Subscript, ast.Starred)):
        if isinstance(node, ast.Attribute):
            path.insert(0, node.attr)
        elif isinstance(node, ast.Subscript):
            path = []
        node = node.value
    return (node.id, ".".join(path)) if isinstance(node, ast.Name) else None


def targets_of(node):
    if isinstance(node, (ast.Tuple, ast.List)):
        return [chain for item in node.elts for chain in targets_of(item)]
    return [chain_of(node)]


def touched_by(statement):
    """Chains of names that a statement assigns, or may change in place."""
    if isinstance(statement, ast.Assign):
        return [chain for target in statement.targets for chain in targets_of(target)]
    if isinstance(statement, ast.AugAssign) or getattr(statement, "annotation", None) is not None:
        return targets_of(statement.target) if statement.value is not None else []
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
        call = statement.value
        owner = [call.func.value] if isinstance(call.func, ast.Attribute) else []
        given = call.args + [keyword.value for keyword in call.keywords]
        return [chain_of(node) for node in owner + given]
    return []


def trace_call(line, chains, statement):
    unique = [chain for i, chain in enumerate(chains) if chain and chain not in chains[:i]]
    if not unique:
        return None
    arguments = [constant(line)]
    for root, path in unique:
        arguments += [constant(root + ("." + path if path else "")),
                      ast.Name(id=root, ctx=ast.Load()), constant(path)]
    recorder = ast.Name(id=Trace.RECORDER, ctx=ast.Load())
    call = ast.Expr(ast.Call(func=recorder, args=arguments, keywords=[]))
    for node in ast.walk(call):
        ast.copy_location(node, statement)
    return call


def trace_calls_after(statement):
    if isinstance(statement, ast.Return) and statement.value is not None:
        recorder = ast.Name(id=Trace.RETURN_RECORDER, ctx=ast.Load())
        arguments = [constant(statement.lineno), statement.value]
        statement.value = ast.Call(func=recorder, args=arguments, keywords=[])
        for node in (statement.value, recorder, arguments[0]):
            ast.copy_location(node, statement)
        return []
    call = trace_call(statement.lineno, touched_by(statement), statement)
    return [] if call is None else [call]


def trace_call_on_entry(node):
    """Of a loop or a with block: what its head assigned."""
    if isinstance(node, (ast.For, ast.AsyncFor)):
        return trace_call(node.lineno, targets_of(node.target), node)
    if isinstance(node, (ast.With, ast.AsyncWith)):
        heads = [item.optional_vars for item in node.items if item.optional_vars is not None]
        return trace_call(node.lineno, [c for head in heads for c in targets_of(head)], node)
    return None


def constant(value):
    if sys.version_info >= (3, 8):
        return ast.Constant(value)
    return ast.Str(value) if isinstance(value, str) else ast.Num(value)


def is_docstring(statement):
    value = getattr(statement, "value", None) if isinstance(statement, ast.Expr) else None
    return isinstance(getattr(value, "s" if sys.version_info < (3, 8) else "value", None), str)


def is_future_import(statement):
    return isinstance(statement, ast.ImportFrom) and statement.module == "__future__"


# --- child: variables ---------------------------------------------------------------------------


class NotComparable(Exception):
    pass


def shorten(text):
    return text.encode("utf-8", "replace")[:MAX_TEXT].decode("utf-8", "ignore")


def type_name(value):
    kind = type(value)
    if kind.__module__ == "builtins":
        return kind.__qualname__
    return kind.__module__ + "." + kind.__qualname__


def plain_tensor(tensor):
    """The same numbers on the CPU, dense, as real numbers."""
    torch = sys.modules["torch"]
    tensor = tensor.detach()
    if tensor.is_sparse:
        tensor = tensor.to_dense()
    if getattr(tensor, "is_quantized", False):
        tensor = tensor.dequantize()
    tensor = tensor.cpu()
    if "complex" in str(tensor.dtype):
        tensor = torch.view_as_real(tensor.resolve_conj())
    return tensor.contiguous().view(-1)


def plain_array(values):
    numpy = sys.modules["numpy"]
    if values.dtype.kind not in "biufc":
        raise NotComparable()
    if values.dtype.kind == "c":
        return numpy.stack([values.real, values.imag], -1).reshape(-1)
    return values.reshape(-1)


def is_tensor(value):
    torch = sys.modules.get("torch")
    return torch is not None and isinstance(value, torch.Tensor)


def is_array(value):
    numpy = sys.modules.get("numpy")
    return numpy is not None and isinstance(value, numpy.ndarray)


class Flattener:
    """All numbers of a nested value in order, and its shape as text without the numbers."""

    def __init__(self):
        self.values = array.array("d")
        self.parts = []
        self.nodes = 0

    def numbers(self, numbers):
        if len(self.values) + len(numbers) > MAX_VALUES:
            raise NotComparable()
        self.values.extend(numbers)

    def add(self, value, depth=0):
        self.nodes += 1
        if depth > 20 or self.nodes > MAX_VALUES:
            raise NotComparable()
        kind = type(value)
        if kind is bool or kind is float:
            self.numbers([float(value)])
        elif kind is int:
            self.numbers([float(value)] if abs(value) < 2 ** 53 else [])
            self.parts.append("" if abs(value) < 2 ** 53 else str(value))
        elif kind is complex:
            self.numbers([value.real, value.imag])
        elif value is None or kind in (str, bytes):
            self.parts.append(repr(value))
        elif isinstance(value, (list, tuple)):
            self.parts.append("[")
            for item in value:
                self.add(item, depth + 1)
                self.parts.append(",")
            self.parts.append("]")
        elif isinstance(value, dict):
            self.parts.append("{")
            for key, item in value.items():
                self.parts.append(repr(key) if type(key) in (str, int, float, bool) else "?")
                self.parts.append(":")
                self.add(item, depth + 1)
                self.parts.append(",")
            self.parts.append("}")
        else:
            self.add_numeric(value)

    def add_numeric(self, value):
        if is_tensor(value):
            self.check_room(value.numel())
            self.parts.append("t" + str(tuple(value.shape)))
            self.numbers(plain_tensor(value).double().tolist())
        elif is_array(value):
            self.check_room(value.size)
            self.parts.append("t" + str(value.shape))
            self.numbers([float(number) for number in plain_array(value).tolist()])
        elif hasattr(type(value), "dtype") and hasattr(value, "item"):  # a NumPy scalar
            self.add(value.item(), 1)
        else:
            raise NotComparable()

    def check_room(self, count):
        if len(self.values) + count > MAX_VALUES:
            raise NotComparable()


def encode_values(values):
    if sys.byteorder != "little":
        values = array.array("d", values)
        values.byteswap()
    return base64.b64encode(values.tobytes()).decode("ascii")


def describe_large(value, result):
    """More than MAX_VALUES numbers: a digest of the exact bytes, and what they are like."""
    torch = sys.modules.get("torch")
    if is_tensor(value):
        flat = plain_tensor(value)
        wide = flat.double()
        result["statistics"] = [wide.mean().item(), wide.std().item(), wide.min().item(),
                                wide.max().item()]
        data = wide.numpy()
    else:
        data = plain_array(value).astype("float64")
        result["statistics"] = [float(data.mean()), float(data.std(ddof=1)), float(data.min()),
                                float(data.max())]
    result["statistics"] = encode_values(array.array("d", result["statistics"]))
    result["digest"] = hashlib.sha256(data.tobytes()).hexdigest()


def is_numeric_object(value):
    return is_tensor(value) or is_array(value)


def observe(value):
    """What can be said of a value without its numbers, its text, and its numbers, or None."""
    result = {"type": type_name(value)}
    torch = sys.modules.get("torch")
    if is_numeric_object(value):
        result["dtype"] = str(value.dtype).replace("torch.", "")
        result["shape"] = [int(size) for size in value.shape]
        result["requiresGrad"] = bool(getattr(value, "requires_grad", False))
    elif torch is not None and isinstance(value, torch.nn.Module):
        value = dict(value.state_dict())
    elif torch is not None and isinstance(value, (torch.dtype, torch.device)):
        value = str(value)

    flat = Flattener()
    try:
        flat.add(value)
    except NotComparable:
        if is_numeric_object(value):
            describe_large(value, result)
        return result, "", None
    text = value if type(value) is str else "".join(flat.parts)
    return result, "" if is_numeric_object(value) else text, flat.values


def describe(value, room):
    result, text, values = observe(value)
    if values is None or len(values) > room:
        return result, 0
    result["text"] = shorten(text)
    if len(text) > MAX_TEXT:
        result["digest"] = hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()
    result["values"] = encode_values(values)
    result["comparable"] = True
    return result, len(values)


def describe_briefly(value):
    """The same with a sample of the numbers, and a digest of all."""
    result, text, values = observe(value)
    if values is None:
        return result
    count = len(values)
    if count > MAX_SAMPLE:
        sample = [values[i * (count - 1) // (MAX_SAMPLE - 1)] for i in range(MAX_SAMPLE)]
        mean = sum(values) / count
        deviation = (sum((number - mean) ** 2 for number in values) / count) ** 0.5
        result["statistics"] = encode_values(
            array.array("d", [mean, deviation, min(values), max(values)]))
        result["values"] = encode_values(array.array("d", sample))
    else:
        result["values"] = encode_values(values)
    data = text.encode("utf-8", "replace")
    result["digest"] = hashlib.sha256(data + b"\0" + values.tobytes()).hexdigest()[:32]
    result["text"] = text[:200]
    result["comparable"] = True
    return result


UNWANTED = (types.ModuleType, types.FunctionType, types.BuiltinFunctionType, type,
            types.MethodType)


def collect_variables(module):
    found = {}
    room = MAX_ALL_VALUES
    for name, value in list(module.__dict__.items()):
        if name.startswith("__") or len(found) >= MAX_VARIABLES or len(name) > 1000:
            continue
        try:
            if isinstance(value, UNWANTED):
                continue
            found[shorten(name)], used = describe(value, room)
            room -= used
        except BaseException:  # an object of the script's own may do anything when looked at
            found[shorten(name)] = {"type": type(value).__name__}
    return found


# --- child --------------------------------------------------------------------------------------


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


def seed_all(seed):
    random.seed(seed)
    if "numpy" in sys.modules:
        sys.modules["numpy"].random.seed(seed % (1 << 32))
    if "torch" in sys.modules:
        sys.modules["torch"].manual_seed(seed)


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


class Channel:
    """What the child tells the supervisor: one report, then that it leaves."""

    def __init__(self, fd, nonce):
        self._fd = fd
        self._nonce = nonce

    def send(self, kind, value):
        payload = to_json(value).encode("ascii")
        write_frame(self._fd, kind, self._nonce + payload)


def report_when_stopped(channel, main, record, found, owner):
    def on_stop(number, frame):
        if os.getpid() == owner:
            channel.send(b"U", {"completed": False, "warnings": found, "trace": record.events,
                                "variables": collect_variables(main)})
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
    report["warnings"] = found
    report["trace"] = record.events
    report["variables"] = collect_variables(main)
    return status


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


def buffer_by_line():
    """So that what was printed before a crash or a time-out is there."""
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(line_buffering=True)
    else:
        sys.stdout = sys.__stdout__ = io.TextIOWrapper(
            sys.stdout.detach(), sys.stdout.encoding, sys.stdout.errors, line_buffering=True)


def run_child(setup, job_fd, report_fd, marks):
    worker = sys.modules["__main__"]  # keeps these functions alive once __main__ is the script
    buffer_by_line()
    preload(setup["preload"])
    write_frame(report_fd, b"R")
    job = json.loads(read_frame(job_fd)[1].decode("utf-8"))
    code = read_frame(job_fd)[1]
    os.close(job_fd)
    nonce = job.pop("nonce").encode("ascii")

    report = {"completed": False}
    main = prepare_main(job, code)
    seed_all(job["seed"])
    channel = Channel(report_fd, nonce)
    record = compile_script(job, code, marks, report)
    status = 1 if record is None else execute(record, main, channel, report)
    channel.send(b"U", report)
    del worker
    leave(status, channel)


def main():
    setup = json.loads(read_frame(JOB_FD)[1].decode("utf-8"))
    limit_resources(setup["limits"])
    write_frame(REPORT_FD, b"S")
    job_read, job_write = os.pipe()
    report_read, report_write = os.pipe()
    lines = mmap.mmap(-1, MAX_LINES)
    child = os.fork()
    if child == 0:
        for fd in (JOB_FD, REPORT_FD, job_write, report_read):
            os.close(fd)
        run_child(setup, job_read, report_write, lines)
    os.close(job_read)
    os.close(report_write)
    supervise(child, job_write, report_read, lines)
    os._exit(0)


if __name__ == "__main__":
    main()
