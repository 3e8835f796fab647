"""Runs the command of a whole project and collects what its processes report.

Part of the worker (worker.py). The project comes packed (core/validation/projectfiles.h) and is
laid out in the work folder. The command's own Python processes find, ahead of everything else on
their path, a sitecustomize.py that is torchlift_inside.py: it sets the conditions of the run and
appends what it sees to one file of JSON lines, which this module reads.
"""
import configparser
import glob
import importlib.machinery
import json
import os
import re
import resource
import shlex
import struct
import subprocess
import sys
import tempfile

ENTRY = struct.Struct("<IQB")  # length of the path, length of the content, whether executable
MAX_RESULTS = 48 * 1024 * 1024
PARTS = {"sitecustomize": "torchlift_inside", "torchlift_pytest": "torchlift_pytest",
         "torchlift_unittest": "torchlift_unittest", "torchlift_tests": "torchlift_tests",
         "torchlift_compiler": "torchlift_compiler",
         "torchlift_conditions": "torchlift_conditions", "torchlift_cuda": "torchlift_cuda",
         "torchlift_draws": "torchlift_draws",
         "torchlift_lines": "torchlift_lines", "torchlift_noise": "torchlift_noise",
         "torchlift_observe": "torchlift_observe", "torchlift_optimizers": "torchlift_optimizers",
         "torchlift_reprs": "torchlift_reprs",
         "torchlift_restore": "torchlift_restore", "torchlift_ties": "torchlift_ties",
         "torchlift_values": "torchlift_values",
         "torchlift_watchlines": "torchlift_watchlines"}
PYTEST = re.compile(r"(?:^|[\s;&|(])(?:py\.test|pytest)(?:\s|$)|-m\s+pytest\b")
SHIM = """#!/bin/sh
exec %s -c 'import sys
sys.argv[0] = %s
import %s as module
sys.exit(module.%s())' "$@"
"""


def unpack(archive, folder):
    at = 0
    while at < len(archive):
        path_size, size, is_executable = ENTRY.unpack_from(archive, at)
        at += ENTRY.size
        path = os.path.join(folder, archive[at:at + path_size].decode("utf-8", "surrogateescape"))
        at += path_size
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(archive[at:at + size])
        at += size
        if is_executable:
            os.chmod(path, 0o755)


def link_data(links, folder):
    """Data that lay inside the project stands in the work folder by its name; back to its place."""
    for place, name in links:
        path = os.path.join(folder, place)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        if not os.path.lexists(path):
            os.symlink(os.path.join(folder, name), path)


def write_program(path, text):
    with open(path, "w") as file:
        file.write(text)
    os.chmod(path, 0o755)


def write_scripts(folder, packages):
    """The commands that installed packages bring (pytest, torchrun); their own files begin with a
    path of the host."""
    python = shlex.quote(sys.executable)
    for name in ("python", "python3"):
        write_program(os.path.join(folder, name), "#!/bin/sh\nexec %s \"$@\"\n" % python)
    sites = [path for path in sys.path if path.endswith("site-packages")] + list(packages)
    for site in reversed(sites):
        for file in glob.glob(os.path.join(glob.escape(site), "*.dist-info", "entry_points.txt")):
            parser = configparser.ConfigParser(delimiters=("=",), interpolation=None)
            parser.optionxform = str
            try:
                parser.read(file)
                scripts = parser.items("console_scripts")
            except (configparser.Error, UnicodeDecodeError):
                continue
            for name, target in scripts:
                module, _, function = target.partition("[")[0].strip().partition(":")
                if re.match(r"^[\w.-]+$", name) and re.match(r"^[\w.]+$", module + function):
                    write_program(os.path.join(folder, name),
                                  SHIM % (python, json.dumps(name), module, function))


def missing_packages(command, packages):
    path = [place for place in sys.path if place] + list(packages)
    wants_pytest = PYTEST.search(command) is not None
    is_there = importlib.machinery.PathFinder.find_spec("pytest", path) is not None
    return ["pytest"] if wants_pytest and not is_there else []


class Project:
    """One run of a project's command; made, it is under way."""

    def __init__(self, job, archive):
        self._command = job["command"]
        self._packages = job["packages"]
        self._process = None
        self.missing = missing_packages(self._command, self._packages)
        if self.missing:
            return
        unpack(archive, os.getcwd())
        link_data(job["links"], os.getcwd())
        tools = tempfile.mkdtemp(prefix="torchlift-")
        self._results = os.path.join(tools, "results.jsonl")
        environment = self._environment(tools, job)
        self._process = subprocess.Popen(["/bin/sh", "-c", self._command], env=environment,
                                         stdin=subprocess.DEVNULL)

    def _environment(self, tools, job):
        programs, modules = os.path.join(tools, "bin"), os.path.join(tools, "python")
        os.mkdir(programs)
        os.mkdir(modules)
        here = os.path.dirname(os.path.abspath(__file__))
        for name, part in PARTS.items():
            os.symlink(os.path.join(here, part + ".py"), os.path.join(modules, name + ".py"))
        write_scripts(programs, self._packages)
        conditions = {name: job.get(name) for name in
                      ("seed", "cudaAsCpu", "moveParameters", "moveResults", "observe", "restore",
                       "fillMemory", "watch")}
        conditions["folder"] = os.getcwd()
        conditions["results"] = self._results
        conditions["maxResults"] = MAX_RESULTS
        conditions["packages"] = self._packages
        return dict(os.environ, PATH=programs + os.pathsep + os.environ.get("PATH", ""),
                    PYTHONPATH=modules, PYTHONUNBUFFERED="1",
                    PYTEST_PLUGINS="torchlift_pytest", TORCHLIFT_JOB=json.dumps(conditions))

    def wait(self):
        """The command's exit status, as a shell gives it."""
        if self._process is None:
            return 127
        status = self._process.wait()
        return status if status >= 0 else 128 - status

    def findings(self):
        """What has been reported up to now."""
        found = {"tests": [], "observed": {}, "restored": [], "lines": {}, "missing": self.missing,
                 "peakBytes": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024}
        if self._process is None or not os.path.exists(self._results):
            return found
        with open(self._results, "rb") as file:
            for line in file.read(2 * MAX_RESULTS).split(b"\n"):
                try:
                    record = json.loads(line.decode("utf-8"))
                except ValueError:  # the last line of a process that was killed, or empty
                    continue
                if "observed" in record:
                    self._merge(found["observed"], record["observed"])
                elif "lines" in record and "outcome" not in record:
                    self._add_lines(found["lines"], record["lines"])
                elif "restored" in record:
                    found["restored"] = sorted(set(found["restored"]) | set(record["restored"]))
                else:
                    found["tests"].append(record)
        return found

    @staticmethod
    def _merge(observed, more):
        for site, words in more.items():
            known = observed.setdefault(site, [])
            known.extend(word for word in words if word not in known)

    @staticmethod
    def _add_lines(known, more):
        for path, lines in more.items():
            file = known.setdefault(path, {"executable": [], "executed": []})
            for kind in file:
                file[kind] = sorted(set(file[kind]) | set(lines[kind]))
