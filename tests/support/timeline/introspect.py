#!/usr/bin/env python3
"""Writes what an installed package offers as JSON: introspect.py PACKAGE > FILE.

Runs on CPython 3.5 and later under any torch. For every public name, and for undocumented ones that
programs are known to use, it records what can be seen without calling it:

    k  kind: module, class, function, method, property, attribute
    s  parameters, without types, and `o` where they were read: i the Python function itself,
       s the operator's schema (overloads separated by "|", `out` left out), d the docstring's first lines
    a  the shorter name under which the same object is described
    b  public base classes
    d  deprecation message      r  what it raises whenever it is called, or imported
    c  a module whose names are not listed, and why: closed (CLOSED_MODULES), failed (it did not import here)

`seen` lists what modules merely import from each other: it is there, but another name is the real one.
"""

import importlib
import inspect
import json
import pkgutil
import sys
import types
import warnings

from reading import Reader

# Modules whose name is private though programs import them.
PRIVATE_MODULES = {
    "torch._six", "torch._utils", "torch._tensor_str", "torch._jit_internal", "torch._ops", "torch._linalg_utils",
    "torch._thnn", "torch._thnn.utils", "torch.autograd._functions", "torch.autograd._functions.utils",
    "torch.nn._functions", "torch.nn._functions.thnn", "torch.nn._functions.rnn", "torch.nn._functions.dropout",
    "torch.nn._reduction", "torch.nn._VF", "torch._VF", "torch.nn.parallel._functions", "torch.nn.modules._functions",
    "torch.cuda._utils", "torch.utils.data._utils", "torch.utils.data._utils.collate",
    "torch.utils.data._utils.worker", "torch.utils.data._utils.pin_memory", "torch.utils.data._utils.fetch",
    "torch.utils._pytree", "torchvision._utils", "torchvision.models._utils", "torchvision.transforms._functional_pil",
    "torchvision.models._api",
}
# Modules recorded by name alone: thousands of internals, tools that act when imported, tests.
CLOSED_MODULES = ("torch.onnx.symbolic_opset", "torch.onnx.symbolic_caffe2", "torch.fx.experimental",
                  "torch.fx.passes", "torch.utils.hipify", "torch.utils.bottleneck", "torch.utils.benchmark.examples",
                  "torch.testing", "torch.ao.ns", "torch.ao.quantization.", "torch.ao.nn.", "torch.ao.pruning.",
                  "torch.distributed.launch", "torch.distributed.run", "torch.distributed.elastic.",
                  "torch.distributed.checkpoint.", "torch.distributed.tensor.", "torch.distributed.pipelining.",
                  "torch.distributed.rpc.", "torch.distributed.pipeline.", "torch.distributed.optim.",
                  "torch.quantization.", "torch.package.", "torch.export.", "torch.utils.model_dump",
                  "torch.utils.benchmark.utils.", "torch.nn.quantized.", "torch.nn.intrinsic.", "torch.nn.qat.",
                  "torch.nn.quantizable.", "torch.sparse.", "torch.masked.", "torch.jit.mobile", "torch.onnx.verification",
                  "torch.onnx.ops", "torch.utils.viz", "torch.utils.data.datapipes.", "torch.utils.tensorboard.",
                  "torch.utils.collect_env", "torch.utils.show_pickle", "torch.jit.frontend", "torch.onnx.symbolic_helper",
                  "torch.fx.proxy", "torch.utils.benchmark.op_fuzzers", "torch.distributed.algorithms.",
                  "torch.distributed.nn.", "torch.distributed.fsdp.", "torch.distributed.nn.", "torch.ao.sparsity",
                  "torch.distributed.algorithms", "torch.distributed.tools", "torch.distributed.benchmarks",
                  "torch.nativert", "torch.backends.xeon", "torch.contrib", "torchvision.prototype", "torchvision.datasets.samplers.")
# Modules of which names of other packages count too: programs took them from there.
FOREIGN_NAMES = {"torch._six"}
# Classes whose members with one underscore programs use.
OPEN_CLASSES = {"Tensor", "Module", "Function", "Optimizer", "Variable"}
SPECIAL_MEMBERS = ("__call__", "__getitem__", "__setitem__", "__iter__", "__len__")
SKIPPED = {"__main__", "setup", "test", "tests", "examples", "conftest"}


def is_open_module(name):
    if name in PRIVATE_MODULES:
        return True
    return not any(part.startswith("_") for part in name.split("."))


def is_closed(name):
    return name.startswith(CLOSED_MODULES)


def find_modules(package):
    """Names of the package's modules, parents first, without importing them."""
    found, waiting = [], [(package.__name__, list(package.__path__))]
    while waiting:
        parent, paths = waiting.pop()
        found.append(parent)
        for path in paths:
            for _, name, is_package in pkgutil.iter_modules([path]):
                full = parent + "." + name
                if name in SKIPPED or not is_open_module(full) or name in ("lib", "bin", "include"):
                    # A private package may hold a module that is asked for.
                    if not any(p.startswith(full + ".") for p in PRIVATE_MODULES):
                        continue
                if is_package:
                    waiting.append((full, [path + "/" + name]))
                else:
                    found.append(full)
    return sorted(set(found))


def matters(warning, name):
    """Whether a warning seen while importing or reading `name` says that it is on its way out."""
    text = str(warning.message)
    return name.split(".")[-1] in text and any(word in text.lower() for word in ("deprecat", "removed", "moved"))


class Walk:
    def __init__(self, package):
        self.root = package.__name__
        self.reader = Reader(self.root)
        self.entries = {}   # name -> entry
        self.objects = {}   # name -> object, of what can have several names
        self.seen = []      # names that belong to another module

    def run(self, names):
        # What the package itself loads comes first: importing torch.fft would hide the function of that name.
        walked = [name for name in names if name in sys.modules and self.is_walked(name)]
        for name in walked:
            self.entries.setdefault(name, {"k": "module"})
            self.walk_module(name, sys.modules[name])
        for name in names:
            if is_open_module(name) and not self.is_walked(name):
                self.entries[name] = {"k": "module", "c": "closed"}
            elif self.is_walked(name) and name not in walked:
                module = self.load(name)
                if module is not None:
                    self.walk_module(name, module)
        canonical = self.choose_names()
        for name, obj in list(self.objects.items()):
            entry = self.entries[name]
            chosen = canonical[id(obj)]
            if chosen != name:
                self.entries[name] = {"k": entry["k"], "a": chosen}
            elif entry["k"] == "class" and not name.startswith(tuple(m + "." for m in PRIVATE_MODULES)):
                self.walk_class(name, obj, canonical)

    @staticmethod
    def is_walked(name):
        return is_open_module(name) and not is_closed(name)

    def load(self, name):
        entry = self.entries.setdefault(name, {"k": "module"})
        with warnings.catch_warnings(record=True) as seen:
            warnings.simplefilter("always")
            try:
                module = importlib.import_module(name)
            except ImportError as error:
                if "removed" in str(error) or "deprecated" in str(error):
                    entry["r"] = self.reader.tidy("ImportError: " + str(error))
                else:
                    self.fail(entry, name, error)
                return None
            except BaseException as error:  # SystemExit of a script too
                self.fail(entry, name, error)
                return None
        for warning in seen:
            if name != self.root and matters(warning, name):
                entry["d"] = self.reader.tidy(str(warning.message))
        return module

    @staticmethod
    def fail(entry, name, error):
        entry["c"] = "failed"
        print("%s: %s" % (name, str(error).split("\n")[0]), file=sys.stderr)

    def walk_module(self, name, module):
        public = set(getattr(module, "__all__", ()) or ())
        is_package = hasattr(module, "__path__")
        for member in sorted(set(dir(module)) | {n for n in public if isinstance(n, str)}):
            if member.startswith("__"):
                continue
            with warnings.catch_warnings(record=True) as seen:
                warnings.simplefilter("always")
                try:
                    obj = getattr(module, member)
                except BaseException:
                    continue
            full = name + "." + member
            if isinstance(obj, types.ModuleType):
                self.add_module_attribute(name, full, obj)
                continue
            if not self.belongs(name, member, obj, member in public, is_package):
                if str(getattr(obj, "__module__", "")).split(".")[0] == self.root:
                    self.seen.append(full)
                continue
            entry = self.entries[full] = self.reader.describe(obj, member)
            for warning in seen:
                if matters(warning, member):
                    entry["d"] = self.reader.tidy(str(warning.message))
            if entry["k"] in ("class", "function"):
                self.objects[full] = obj

    def add_module_attribute(self, parent, full, module):
        name = getattr(module, "__name__", "")
        if full in self.entries or name == self.root:
            return
        if parent in FOREIGN_NAMES or (name.split(".")[0] == self.root and is_open_module(full)):
            self.entries[full] = {"k": "module"}
            if name in self.entries and name != full:
                self.entries[full]["a"] = name

    def belongs(self, name, member, obj, in_all, is_package):
        """Whether `member` is the module's own, not something that it merely imports for itself."""
        if name in FOREIGN_NAMES or in_all:
            return True
        private = member.startswith("_")
        if isinstance(obj, type) or callable(obj):
            home = getattr(obj, "__module__", None)
            if private:
                return home == name
            if isinstance(obj, types.BuiltinFunctionType):  # conv1d in torch.nn.functional
                return name.count(".") <= 2 and (home or self.root).split(".")[0] == self.root
            if home is None:
                return False
            if home.split(".")[0] != self.root:
                return False
            return home == name or is_package
        return not private and type(obj).__module__ != "typing" and type(obj).__name__ != "_Feature"

    def choose_names(self):
        """For each object the name under which it is described: public before private, then the shortest."""
        best = {}
        for name, obj in self.objects.items():
            parts = name.split(".")
            rank = (sum(p.startswith("_") for p in parts), len(parts), len(name), name)
            if id(obj) not in best or rank < best[id(obj)]:
                best[id(obj)] = rank
        return {key: rank[-1] for key, rank in best.items()}

    def walk_class(self, name, cls, canonical):
        if type(cls).__name__ == "tensortype":  # torch.FloatTensor and its kind
            self.entries[name]["b"] = ["torch.Tensor"]
            return
        bases, own = [], []
        for base in cls.__mro__:
            known = canonical.get(id(base))
            if base is not cls and known and not known.split(".")[-1].startswith("_") and name != "torch.Tensor":
                bases.append((base, known))
            elif base.__module__.split(".")[0] == self.root and not any(base in b.__mro__ for b, _ in bases):
                own.append(base)
        direct = [known for base, known in bases if not any(b is not base and base in b.__mro__ for b, _ in bases)]
        if direct:
            self.entries[name]["b"] = direct
        is_open = cls.__name__ in OPEN_CLASSES
        for member in sorted({m for base in own for m in vars(base)}):
            if member.startswith("__"):
                if member not in SPECIAL_MEMBERS:
                    continue
            elif member.startswith("_") and not is_open:
                continue
            static = next(vars(base)[member] for base in own if member in vars(base))
            self.entries[name + "." + member] = self.reader.describe_member(static, member, cls)


def main():
    root = sys.argv[1]
    warnings.simplefilter("ignore")
    with warnings.catch_warnings():
        package = importlib.import_module(root)
    walk = Walk(package)
    walk.run(find_modules(package))
    json.dump({"package": root, "version": package.__version__, "names": walk.entries, "seen": walk.seen},
              sys.stdout, sort_keys=True, indent=0)


if __name__ == "__main__":
    main()
