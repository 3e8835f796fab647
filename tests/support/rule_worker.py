"""Runs scripts inside one interpreter: imports torch once, then forks for each script.

Reads one JSON object a line from stdin, {"id", "code", "timeout"}, and writes one a line to
stdout: {"id", "outcome", "error", "stdout", "warnings", "values"}. Runs on Python 3.6 and later,
with every torch since 1.0: nothing here may need more than that.
"""
import json
import linecache
import os
import random
import signal
import sys
import tempfile
import time
import traceback
import warnings

MAX_VALUES = 4096


def describe(value, depth=0):
    """`value` as JSON with its type, or None for what can't be compared."""
    import numpy
    import torch

    if isinstance(value, torch.Tensor):
        if value.is_sparse or value.numel() > MAX_VALUES:
            return None
        tensor = value.detach().cpu()
        if str(tensor.dtype).startswith("torch.complex"):
            tensor = torch.view_as_real(tensor)
        elif str(tensor.dtype) in ("torch.float16", "torch.bfloat16"):
            tensor = tensor.float()
        return {"type": "tensor", "dtype": str(value.dtype)[6:], "shape": list(value.shape),
                "values": [float(v) for v in tensor.reshape(-1).tolist()]}
    if isinstance(value, (numpy.ndarray, numpy.generic)):
        if value.dtype.kind not in "biuf" or value.size > MAX_VALUES:
            return None
        return {"type": "array", "dtype": str(value.dtype), "shape": list(value.shape),
                "values": [float(v) for v in value.reshape(-1).tolist()]}
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


def run_script(code):
    """Executes `code` as __main__ and says what came of it. Runs in the forked child."""
    result = {"outcome": "ok", "error": "", "warnings": [], "values": {}}
    path = os.path.abspath("example.py")
    with open(path, "w", encoding="utf-8") as file:
        file.write(code)
    linecache.checkcache(path)
    namespace = {"__name__": "__main__", "__file__": path}
    sys.modules["__main__"].__dict__.update(namespace)
    namespace = sys.modules["__main__"].__dict__
    known = set(namespace)
    seed_everything()
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            exec(compile(code, path, "exec"), namespace)
        except SystemExit as exit:
            result.update(outcome="exit", error=str(exit.code))
        except BaseException as error:  # every failure of the script is a result here
            lines = traceback.format_exception_only(type(error), error)
            result.update(outcome="exception", error=lines[-1].strip()[:400])
    result["warnings"] = ["%s: %s" % (w.category.__name__, str(w.message)[:200]) for w in caught]
    if result["outcome"] == "ok":
        for name in sorted(set(namespace) - known):
            described = None if name.startswith("_") else describe(namespace[name])
            if described is not None:
                result["values"][name] = described
    return result


def run_in_child(code, folder):
    """The forked child's whole life; never returns."""
    os.chdir(folder)
    out = os.open("stdout", os.O_CREAT | os.O_WRONLY, 0o600)
    err = os.open("stderr", os.O_CREAT | os.O_WRONLY, 0o600)
    os.dup2(out, 1)
    os.dup2(err, 2)
    result = run_script(code)
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
                run_in_child(request["code"], folder)
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
    reply["id"] = request["id"]
    return reply


def main():
    import torch

    torch.set_num_threads(1)
    for line in sys.stdin:
        print(json.dumps(answer(json.loads(line))), flush=True)


if __name__ == "__main__":
    main()
