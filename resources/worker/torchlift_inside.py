"""What every Python process of a project's command does first: it is their sitecustomize.

Part of the worker (torchlift_project.py). The conditions of the run are set as soon as the library
they concern has been imported; test runners of the standard library are watched from their import
on, pytest by a plugin (torchlift_pytest.py).
"""
import atexit
import json
import os
import random
import sys

import torchlift_conditions as state
import torchlift_observe as observe
import torchlift_restore as known
import torchlift_tests as tests
import torchlift_watchlines as lines


class AfterImport:
    """Finder that finds nothing itself: it sees to it that something is done after an import."""

    def __init__(self, actions):
        self._actions = actions

    def find_spec(self, name, path=None, target=None):
        action = self._actions.pop(name, None)
        if action is None:
            return None
        for finder in sys.meta_path:
            find = None if finder is self else getattr(finder, "find_spec", None)
            spec = None if find is None else find(name, path, target)
            if spec is not None:
                self._add(spec, action)
                return spec
        return None

    @staticmethod
    def _add(spec, action):
        execute = getattr(spec.loader, "exec_module", None)
        if execute is None:
            return

        def execute_and_act(module):
            execute(module)
            action(module)

        try:
            spec.loader.exec_module = execute_and_act
        except AttributeError:  # a loader without room for it: the import goes on as usual
            pass


def main():
    text = os.environ.get("TORCHLIFT_JOB")
    if not text:
        return
    job = json.loads(text)
    sys.path.extend(job["packages"])  # behind the environment's own
    results = tests.Results(job["results"], job["maxResults"])
    tests.begin(results, job["seed"])

    def on_torch(module):
        state.change_torch(job)
        if job.get("restore"):
            atexit.register(lambda: results.write({"restored": sorted(known.used)}))
        module.manual_seed(job["seed"])

    def on_unittest(module):
        import torchlift_unittest
        torchlift_unittest.watch(module)

    if job.get("fillMemory"):
        state.fill_memory(job["fillMemory"])
    if job.get("observe"):
        observe.watch()
        atexit.register(lambda: results.write({"observed": observe.SEEN}))
    random.seed(job["seed"])
    if job.get("watch"):
        lines.watch(job["folder"], job["watch"])
        atexit.register(tests.tell_lines)
    sys.meta_path.insert(0, AfterImport({
        "torch": on_torch,
        "numpy": lambda module: module.random.seed(job["seed"]),
        "_pytest.assertion.rewrite": lines.watch_pytest,
        "unittest.runner": on_unittest}))


main()
