"""Warm interpreters of the real environments, shared by what measures rules and migrations."""
import json
import os
import queue
import subprocess
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

SKIPPED = 77
SOURCE, TARGET = "1.0.0", "2.7.0"


def default_home():
    home = os.environ.get("TORCHLIFT_HOME")
    data = os.environ.get("XDG_DATA_HOME", str(Path.home() / ".local/share"))
    return Path(home) / "data" if home else Path(data) / "torchlift"


def missing_environments(environments):
    """Those of the two versions that are not installed below `environments`."""
    return [version for version in (SOURCE, TARGET)
            if not (environments / f"torch-{version}" / "bin" / "python").exists()]


class Interpreter:
    """A warm interpreter of one environment that forks for every script."""

    def __init__(self, environment, perturb=0):
        """`perturb`: what fresh memory is filled with, from 1 to 255; 0 leaves it as it is."""
        python = Path(environment) / "bin" / "python"
        worker = Path(__file__).with_name("rule_worker.py")
        # torch leaves folders there: a forked interpreter ends before it clears up.
        self._temporary = tempfile.TemporaryDirectory()
        variables = dict(os.environ, OMP_NUM_THREADS="1", MKL_NUM_THREADS="1",
                         PYTHONIOENCODING="utf-8", PYTHONHASHSEED="0",
                         MALLOC_PERTURB_=str(perturb), TMPDIR=self._temporary.name)
        self._process = subprocess.Popen([str(python), str(worker)], stdin=subprocess.PIPE,
                                         stdout=subprocess.PIPE, env=variables, text=True)

    def run(self, request):
        """The worker's answer to a script or to a request as rule_worker.py describes them."""
        if isinstance(request, str):
            request = {"code": request}
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError("the interpreter ended")
        return json.loads(line)

    def close(self):
        self._process.stdin.close()
        self._process.wait()
        self._temporary.cleanup()


def run_all(environment, requests, perturb=0, size=2):
    """What each of `requests` gives in `environment`, in the same order; `size` run at a time."""
    requests = list(requests)
    idle = queue.SimpleQueue()
    workers = [Interpreter(environment, perturb) for _ in range(min(size, len(requests)))]
    for worker in workers:
        idle.put(worker)

    def run(request):
        worker = idle.get()
        try:
            return worker.run(request)
        finally:
            idle.put(worker)

    try:
        with ThreadPoolExecutor(size) as pool:
            return list(pool.map(run, requests))
    finally:
        for worker in workers:
            worker.close()
