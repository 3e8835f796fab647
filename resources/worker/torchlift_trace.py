"""Which lines of the script ran, and what its statements assigned, on request.

Part of the worker (worker.py).
"""
import ast
import builtins
import threading
import types

from torchlift_conditions import random_state
from torchlift_lines import Instrument, constant
from torchlift_values import UNWANTED, describe_briefly, shorten

MAX_VISITS = 20  # of one line that are traced
MAX_EVENTS = 10000  # of the whole trace


class LineRecord:
    """Which statements of the script ran, in whatever thread.

    `marks` is shared with the supervisor and with processes that the script forks."""

    RECORDER = "__torchlift_line__"

    def __init__(self, tree, file_name, marks, trace=None):
        self.events = trace.events if trace is not None else []
        instrument = Instrument if trace is None else TracedInstrument
        instrument(marks, self.RECORDER).apply(tree)
        self.code = compile(tree, file_name, "exec", dont_inherit=True)
        self._codes = {}  # id -> code object; keeps them alive, so ids stay unique
        self._collect(self.code)
        setattr(builtins, self.RECORDER, marks.__setitem__)
        if trace is not None:
            setattr(builtins, self.RECORDER, trace.starting(marks))
            setattr(builtins, trace.RECORDER, trace.record)
            setattr(builtins, trace.RETURN_RECORDER, trace.record_return)

    def is_user_code(self, code):
        return id(code) in self._codes

    def _collect(self, code):
        self._codes[id(code)] = code
        for constant in code.co_consts:
            if isinstance(constant, types.CodeType):
                self._collect(constant)


class Trace:
    """What statements assigned or changed in place as they ran; the first visits of a line."""

    RECORDER = "__torchlift_seen__"
    RETURN_RECORDER = "__torchlift_return__"

    def __init__(self):
        self.events = []
        self._visits = {}
        self._starts = {}
        self._before = ""
        self._inside = set()  # threads: looking at a value may run code of the script

    def starting(self, marks):
        """What records that a statement starts, and where the random numbers stand then."""
        starts = self._starts

        def start(line, mark):
            marks[line] = mark
            visit = starts.get(line, 0)
            if visit < MAX_VISITS and len(self.events) < MAX_EVENTS:
                starts[line] = visit + 1
                self._before = random_state()

        return start

    def record(self, line, *seen):
        """`seen`: a name, the object it begins with and the attributes that follow, in turns."""
        thread = threading.get_ident()
        visit = self._visits.get(line, 0)
        if visit >= MAX_VISITS or len(self.events) >= MAX_EVENTS or thread in self._inside:
            return
        self._visits[line] = visit + 1
        self._inside.add(thread)
        drawn = [self._before, random_state()]
        try:
            for name, value, path in zip(seen[::3], seen[1::3], seen[2::3]):
                self._add(line, visit, name, value, path, drawn)
        finally:
            self._inside.discard(thread)

    def record_return(self, line, value):
        self.record(line, "return", value, "")
        return value

    def _add(self, line, visit, name, value, path, drawn):
        try:
            for attribute in path.split(".") if path else ():
                value = attribute_of(value, attribute)
            if isinstance(value, UNWANTED):
                return
            self.events.append({"line": line, "visit": visit, "name": shorten(name),
                                "random": drawn, "value": describe_briefly(value)})
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


class TracedInstrument(Instrument):
    """Also records what the statements assigned."""

    def on_entry(self, node):
        return trace_call_on_entry(node)

    def after(self, statement):
        return trace_calls_after(statement)
