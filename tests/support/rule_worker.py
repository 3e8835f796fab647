"""Runs scripts inside one interpreter: imports torch once, then forks for each script.

Reads one JSON object a line from stdin, {"code", "timeout", "by_statement"}, and writes one a line
to stdout: {"outcome", "error", "stdout", "warnings", "values"}. With by_statement the random
numbers start anew before each statement and the values of expressions are noted as well, so that
one statement's use of random numbers does not shift all that follow. With cases the functions
case_0, case_1 and so on are called one by one, each from the same seed: "cases" has a result for
each of them, and its value is "result".

{"preface", "statements", "stand_ins"} asks instead which statements run, one after the other:
{"kept": [bool], "used": [name]}, the stand-ins being statements for names that nothing defines.

Runs on Python 3.6 and later, with every torch since 1.0: nothing here may need more than that.
"""
import ast
import builtins
import contextlib
import io
import json
import linecache
import os
import random
import re
import signal
import sys
import tempfile
import time
import traceback
import types
import warnings

MAX_VALUES = 4096
KEPT = []


def sample(values):
    """Up to MAX_VALUES of a flat sequence, evenly spread."""
    return values[::len(values) // MAX_VALUES + 1]


def describe(value, depth=0):
    """`value` as JSON with its type, or None for what can't be compared."""
    import numpy
    import torch

    if isinstance(value, torch.Tensor):
        if value.is_sparse:
            value = value.detach().to_dense()
        tensor = value.detach().cpu()
        if str(tensor.dtype).startswith("torch.complex"):
            tensor = torch.view_as_real(tensor)
        elif str(tensor.dtype) in ("torch.float16", "torch.bfloat16"):
            tensor = tensor.float()
        return {"type": "tensor", "dtype": str(value.dtype)[6:], "shape": list(value.shape),
                "values": [float(v) for v in sample(tensor.reshape(-1)).tolist()]}
    if isinstance(value, (numpy.ndarray, numpy.generic)):
        if value.dtype.kind not in "biuf":
            return None
        return {"type": "array", "dtype": str(value.dtype), "shape": list(value.shape),
                "values": [float(v) for v in sample(value.reshape(-1)).tolist()]}
    if isinstance(value, bool):
        return {"type": "bool", "values": [float(value)]}
    if isinstance(value, (int, float)):
        return {"type": type(value).__name__, "values": [float(value)]}
    if isinstance(value, str):
        return {"type": "str", "text": value}
    if depth < 4 and isinstance(value, (list, tuple)):
        items = [describe(item, depth + 1) for item in value]
        return None if None in items else {"type": "sequence", "items": items}
    if depth < 4 and isinstance(value, dict) and all(isinstance(key, str) for key in value):
        items = [describe(value[key], depth + 1) for key in sorted(value)]
        return None if None in items else {"type": "dict", "keys": sorted(value), "items": items}
    return None


def seed_everything():
    import numpy
    import torch

    random.seed(0)
    numpy.random.seed(0)
    torch.manual_seed(0)


def new_main(code):
    """The namespace of a fresh __main__ whose text is `code`, and the text's path."""
    path = os.path.abspath("example.py")
    with open(path, "w", encoding="utf-8") as file:
        file.write(code)
    linecache.checkcache(path)
    main = types.ModuleType("__main__")
    main.__file__ = path
    main.__builtins__ = builtins
    KEPT.append(sys.modules["__main__"])  # whose functions are still to run
    sys.modules["__main__"] = main
    return main.__dict__, path


def run_statement(statement, path, namespace):
    """Runs one top-level statement; the value of an expression, or None."""
    if isinstance(statement, ast.Expr):
        return eval(compile(ast.Expression(statement.value), path, "eval"), namespace)
    module = ast.parse("")
    module.body = [statement]
    exec(compile(module, path, "exec"), namespace)
    return None


def run_by_statement(code, path, namespace, result):
    """Runs `code`; notes what its expressions give as "expression 1" and so on, and which values
    come from statements that draw random numbers."""
    import torch

    count = 0
    for statement in ast.parse(code).body:
        seed_everything()
        before = torch.get_rng_state()
        value = run_statement(statement, path, namespace)
        names = [node.id for node in ast.walk(statement)
                 if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)]
        if isinstance(statement, ast.Expr):
            count += 1
            names.append("expression %d" % count)
            result["values"][names[-1]] = describe(value)
        if not torch.equal(before, torch.get_rng_state()):
            result["random"] += names


def run_script(code, is_by_statement):
    """Executes `code` as __main__ and says what came of it. Runs in the forked child."""
    result = {"outcome": "ok", "error": "", "warnings": [], "values": {}, "random": []}
    namespace, path = new_main(code)
    seed_everything()
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            if is_by_statement:
                run_by_statement(code, path, namespace, result)
            else:
                exec(compile(code, path, "exec"), namespace)
        except SystemExit as exit:
            result.update(outcome="exit", error=str(exit.code))
        except BaseException as error:  # every failure of the script is a result here
            lines = traceback.format_exception_only(type(error), error)
            result.update(outcome="exception", error=lines[-1].strip()[:400])
    result["warnings"] = ["%s: %s" % (w.category.__name__, str(w.message)[:200]) for w in caught]
    if result["outcome"] == "ok":
        for name in sorted(namespace):
            if not name.startswith("_"):
                result["values"][name] = describe(namespace[name])
    result["values"] = {name: value for name, value in result["values"].items() if value}
    return result


def run_case(function):
    """What one call of a function without parameters gives."""
    result = {"outcome": "ok", "error": "", "warnings": [], "values": {}, "stdout": ""}
    seed_everything()
    with warnings.catch_warnings(record=True) as caught, \
            contextlib.redirect_stdout(io.StringIO()) as printed:
        warnings.simplefilter("always")
        try:
            value = describe(function())
            result["values"] = {"result": value} if value else {}
        except BaseException as error:
            lines = traceback.format_exception_only(type(error), error)
            result.update(outcome="exception", error=lines[-1].strip()[:400])
    result["warnings"] = ["%s: %s" % (w.category.__name__, str(w.message)[:200]) for w in caught]
    result["stdout"] = printed.getvalue()
    return result


def run_cases(code):
    """Defines the functions of `code` and calls every case_N. Runs in the forked child."""
    namespace, path = new_main(code)
    exec(compile(code, path, "exec"), namespace)
    names = sorted(name for name in namespace if name.startswith("case_"))
    return {"outcome": "ok", "error": "", "warnings": [], "values": {},
            "cases": {name: run_case(namespace[name]) for name in names}}


def runs(statement, namespace, path, stand_ins, used):
    """Whether `statement` runs, after what it names and nothing defines has been stood in for."""
    for _ in range(4):
        try:
            seed_everything()
            exec(compile(statement, path, "exec"), namespace)
            return True
        except NameError as error:
            missing = re.search("'(.+?)'", str(error))
            name = missing.group(1) if missing else ""
            if name not in stand_ins or name in used:
                return False
            exec(stand_ins[name], namespace)
            used.append(name)
        except BaseException:
            return False
    return False


def try_statements(request):
    """Which of the statements run one after the other. Runs in the forked child."""
    namespace, path = new_main("")
    exec(request["preface"], namespace)
    used = []
    kept = [runs(statement, namespace, path, request["stand_ins"], used)
            for statement in request["statements"]]
    return {"outcome": "ok", "kept": kept, "used": used}


def run_in_child(request, folder):
    """The forked child's whole life; never returns."""
    os.chdir(folder)
    out = os.open("stdout", os.O_CREAT | os.O_WRONLY, 0o600)
    err = os.open("stderr", os.O_CREAT | os.O_WRONLY, 0o600)
    os.dup2(out, 1)
    os.dup2(err, 2)
    if "statements" in request:
        result = try_statements(request)
    elif "cases" in request:
        result = run_cases(request["code"])
    else:
        result = run_script(request["code"], request.get("by_statement", False))
    sys.stdout.flush()
    with open("result.tmp", "w") as file:
        json.dump(result, file)
    os.rename("result.tmp", "result.json")
    os._exit(0)


def wait_for(pid, timeout):
    """Exit status of the child, or None when it took too long and was killed."""
    deadline = time.time() + timeout
    while time.time() < deadline:
        done, status = os.waitpid(pid, os.WNOHANG)
        if done:
            return status
        time.sleep(0.002)
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    return None


def answer(request):
    with tempfile.TemporaryDirectory() as folder:
        pid = os.fork()
        if pid == 0:
            try:
                run_in_child(request, folder)
            finally:  # whatever went wrong, the child must not go on as a second server
                os._exit(70)
        status = wait_for(pid, request.get("timeout", 60))
        reply = {"outcome": "incomplete", "error": "", "warnings": [], "values": {}}
        if status is None:
            reply["outcome"] = "timeout"
        elif os.WIFSIGNALED(status):
            reply.update(outcome="signal", error=str(os.WTERMSIG(status)))
        result = os.path.join(folder, "result.json")
        if os.path.exists(result):
            with open(result) as file:
                reply = json.load(file)
        with open(os.path.join(folder, "stdout"), errors="replace") as file:
            reply["stdout"] = file.read()
        with open(os.path.join(folder, "stderr"), errors="replace") as file:
            reply["stderr"] = file.read()[-2000:]
    return reply


def main():
    import torch

    torch.set_num_threads(1)
    for line in sys.stdin:
        print(json.dumps(answer(json.loads(line))), flush=True)


if __name__ == "__main__":
    main()
