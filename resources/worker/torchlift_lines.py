"""Which lines of a text ran: every statement records its line as it starts.

Part of the worker. The calls are put into the syntax tree and not made by a trace function, because
torch 1.0 runs backward() in threads that Python did not start, where no trace function is called.
"""
import ast
import sys

MAX_LINES = 1000000
EXECUTABLE = 1  # marks of a line
EXECUTED = 2


class Instrument:
    """Puts calls of the builtin `recorder` into a tree, and into `marks` which lines hold one.

    The recorder takes a line and EXECUTED: usually it is `marks.__setitem__`."""

    def __init__(self, marks, recorder):
        self._marks = marks
        self._recorder = recorder

    def on_entry(self, node):
        """A statement to put at the begin of a body, or None."""

    def after(self, statement):
        """Statements to put behind one."""
        return ()

    def apply(self, tree):
        # Statements hold lists of statements; expressions hold none, so the depth of a long
        # formula does not matter here.
        waiting = [tree]
        while waiting:
            node = waiting.pop()
            entered = self.on_entry(node)
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
                for line in sorted(line for line in lines if line < len(self._marks)):
                    result.append(self._record(line, statement))
                    self._marks[line] = EXECUTABLE
            result.append(statement)
            result.extend(self.after(statement))
        return result

    def _record(self, line, statement):
        name = ast.Name(id=self._recorder, ctx=ast.Load())
        call = ast.Expr(ast.Call(func=name, args=[constant(line), constant(EXECUTED)], keywords=[]))
        for node in ast.walk(call):
            ast.copy_location(node, statement)
        return call


def constant(value):
    if sys.version_info >= (3, 8):
        return ast.Constant(value)
    return ast.Str(value) if isinstance(value, str) else ast.Num(value)


def is_docstring(statement):
    value = getattr(statement, "value", None) if isinstance(statement, ast.Expr) else None
    return isinstance(getattr(value, "s" if sys.version_info < (3, 8) else "value", None), str)


def is_future_import(statement):
    return isinstance(statement, ast.ImportFrom) and statement.module == "__future__"
