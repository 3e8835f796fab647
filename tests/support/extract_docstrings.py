"""Prints the examples of torch's own docstrings as JSON: {"preface", "examples": {name: [statement]}}.

Runs inside the environment whose docstrings are wanted: CPython 3.6 or later, torch 1.0 or later.
Nothing of what it prints is kept: the examples belong to torch and are made anew for each run.
"""
import ast
import importlib
import inspect
import json
import sys
import textwrap
import types
import warnings

MODULES = ["torch.Tensor", "torch.nn.Module", "torch", "torch.nn", "torch.nn.functional",
           "torch.nn.init", "torch.nn.utils", "torch.nn.utils.rnn", "torch.nn.parallel", "torch.optim",
           "torch.optim.lr_scheduler", "torch.autograd", "torch.autograd.profiler",
           "torch.distributions", "torch.distributions.constraint_registry",
           "torch.distributions.kl", "torch.utils.data", "torch.utils.checkpoint",
           "torch.utils.tensorboard", "torch.jit", "torch.random", "torch.storage", "torch.linalg",
           "torch.fft", "torch.special", "torch.sparse"]
PREFACE = ("import io\nimport math\nimport numpy\nimport numpy as np\nimport torch\n"
           "import torch.nn as nn\nimport torch.nn.functional as F\n"
           "from collections import namedtuple\n"
           "from torch import autograd, distributions, jit, optim\n"
           "from torch.autograd import Function\n"
           "from torch.distributions import *\n"
           "from torch.distributions.half_cauchy import HalfCauchy\n"
           "from torch.distributions.half_normal import HalfNormal\n"
           "from torch.nn.utils import *\n"
           "from torch.nn.utils.rnn import *\nfrom torch.optim.lr_scheduler import *\n"
           "from torch.utils.data import *\nfrom torch.utils.data.sampler import *\n")


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
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(code, "example", "exec")
        return True
    except (SyntaxError, ValueError):
        return False


def without_outdent(lines):
    """`lines` of a statement that goes on without prompts, none further left than it began."""
    return "".join(line.strip() + "\n" for line in lines)


def prompted(docstring):
    """The statements behind >>>. Brackets may stay open over lines without a prompt, and the
    body of a loop may be written behind prompts of its own."""
    found, current, loose = [], "", []
    for line in docstring.splitlines() + [">>> "]:
        text = line.strip()
        if text.startswith(">>> ") or text in (">>>", "..."):
            code = text[4:]
            if code.startswith((" ", "\t")) or (current.startswith("@") and not is_valid(current)):
                current += code + "\n"
                continue
            if current and is_valid(current):
                found.append(current)
            current, loose = code + "\n", []
        elif text.startswith("... "):
            current += text[4:] + "\n"
        elif current and not is_valid(current):
            loose.append(line)
            if is_valid(current + without_outdent(loose)):
                current += without_outdent(loose)
    return found


def blocks(docstring):
    """The literal blocks of a docstring without prompts that are code."""
    found, current = [], None
    for line in docstring.splitlines() + ["."]:
        if current is not None and (not line.strip() or line.startswith(" ")):
            current.append(line)
            continue
        if current:
            code = textwrap.dedent("\n".join(current)).strip() + "\n"
            if is_valid(code) and "(" in code:
                found.append(code)
        current = [] if line.rstrip().endswith("::") else None
    return found


def statements_of(docstring):
    """The statements of the examples, without what they print and without what is only sketched."""
    if ">>>" in docstring:
        return [code for code in prompted(docstring) if code.strip()]
    found = []
    for block in blocks(docstring):
        lines = block.splitlines(True)
        starts = [node.lineno - 1 - len(getattr(node, "decorator_list", ()))
                  * (sys.version_info >= (3, 8)) for node in ast.parse(block).body]
        starts = starts[:1] and [0] + starts[1:]
        found += ["".join(lines[a:b]) for a, b in zip(starts, starts[1:] + [len(lines)])]
    return [code for code in found if is_valid(code) and code.strip()]


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
            if not docstring or (">>>" not in docstring and "::" not in docstring):
                continue
            statements = statements_of(docstring)
            key = "".join(statements)
            if key and key not in seen:
                seen.add(key)
                found[name] = statements
    json.dump({"preface": PREFACE, "examples": found}, sys.stdout)


if __name__ == "__main__":
    main()
