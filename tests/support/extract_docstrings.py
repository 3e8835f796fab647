"""Prints the runnable examples of torch's own docstrings as JSON, {name: code}.

Runs inside the environment whose docstrings are wanted: CPython 3.6 or later, torch 1.0 or later.
Nothing of what it prints is kept: the examples belong to torch and are made anew for each run.
"""
import doctest
import importlib
import inspect
import json
import sys
import types

MODULES = ["torch.Tensor", "torch.nn.Module", "torch", "torch.nn", "torch.nn.functional",
           "torch.nn.init", "torch.nn.utils", "torch.nn.utils.rnn", "torch.nn.parallel", "torch.optim",
           "torch.optim.lr_scheduler", "torch.autograd", "torch.autograd.profiler",
           "torch.distributions", "torch.distributions.constraint_registry",
           "torch.distributions.kl", "torch.utils.data", "torch.utils.checkpoint",
           "torch.utils.tensorboard", "torch.jit", "torch.random", "torch.storage", "torch.linalg",
           "torch.fft", "torch.special", "torch.sparse"]
PREFACE = ("import io\nimport math\nimport numpy\nimport numpy as np\nimport torch\n"
           "import torch.nn as nn\nimport torch.nn.functional as F\n"
           "from torch import autograd, optim\n"
           "from torch.distributions import *\nfrom torch.nn.utils import *\n"
           "from torch.nn.utils.rnn import *\n")


def resolve(path):
    """The object a dotted name stands for, or None."""
    try:
        return importlib.import_module(path)
    except ImportError:
        owner, name = path.rsplit(".", 1)
        return getattr(sys.modules.get(owner), name, None)


def members(path, owner):
    """What is public in `owner`, with dotted names."""
    for name in sorted(dir(owner)):
        if name.startswith("_"):
            continue
        try:
            value = getattr(owner, name)
        except Exception:  # some attributes raise on access
            continue
        if not isinstance(value, types.ModuleType):
            yield path + "." + name, value


def documented(path):
    """A module or class, its public members, and the members of those that are classes."""
    owner = resolve(path)
    if owner is None:
        return
    yield path, owner
    for name, value in members(path, owner):
        yield name, value
        if inspect.isclass(value) and value.__module__.startswith("torch"):
            for item in members(name, value):
                yield item


def is_valid(code):
    try:
        compile(code, "example", "exec")
        return True
    except SyntaxError:
        return False


def code_of(docstring):
    """The statements of the examples, without what they print and without what is only sketched."""
    try:
        sources = [example.source for example in doctest.DocTestParser().get_examples(docstring)]
    except ValueError:  # blanks are missing somewhere; most of the lines are good all the same
        prompted = [line.strip() for line in docstring.splitlines()]
        sources = [line[4:] + "\n" for line in prompted if line.startswith((">>> ", "... "))]
    whole = "".join(sources)
    return whole if is_valid(whole) else "".join(filter(is_valid, sources))


def docstring_of(value):
    is_documented = callable(value) or isinstance(value, (property, types.ModuleType)) \
        or inspect.isdatadescriptor(value)
    return inspect.getdoc(value) if is_documented else None


def main():
    found = {}
    seen = set()
    for module in MODULES:
        for name, value in documented(module):
            docstring = docstring_of(value)
            if not docstring or ">>>" not in docstring:
                continue
            code = code_of(docstring)
            if code and code not in seen:
                seen.add(code)
                found[name] = PREFACE + code
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main()
