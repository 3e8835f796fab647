"""Prints the runnable examples of torch's own docstrings as JSON, {name: code}.

Runs inside the environment whose docstrings are wanted: CPython 3.6 or later, torch 1.0 or later.
Nothing of what it prints is kept: the examples belong to torch and are made anew for each run.
"""
import doctest
import inspect
import json
import sys
import types

MODULES = ["torch", "torch.Tensor", "torch.nn", "torch.nn.functional", "torch.nn.init",
           "torch.nn.utils", "torch.nn.utils.rnn", "torch.optim", "torch.optim.lr_scheduler",
           "torch.autograd", "torch.distributions", "torch.utils.data", "torch.linalg", "torch.fft",
           "torch.special", "torch.sparse"]
PREFACE = ("import math\nimport numpy\nimport numpy as np\nimport torch\nimport torch.nn as nn\n"
           "import torch.nn.functional as F\nfrom torch import autograd, optim\n")


def resolve(path):
    """The object a dotted name stands for, or None."""
    value = sys.modules.get("torch")
    for part in path.split(".")[1:]:
        value = getattr(value, part, None)
    return value


def public_members(path):
    owner = resolve(path)
    for name in sorted(dir(owner)) if owner is not None else []:
        if name.startswith("_"):
            continue
        try:
            value = getattr(owner, name)
        except Exception:  # some attributes raise on access
            continue
        if not isinstance(value, types.ModuleType):
            yield path + "." + name, value


def code_of(docstring):
    try:
        examples = doctest.DocTestParser().get_examples(docstring)
    except ValueError:
        return ""
    return "".join(example.source for example in examples)


def main():
    import torch  # noqa: F401
    import torch.distributions
    import torch.nn.utils.rnn
    import torch.optim.lr_scheduler

    found = {}
    seen = set()
    for module in MODULES:
        for name, value in public_members(module):
            docstring = inspect.getdoc(value) if callable(value) else None
            if not docstring or ">>>" not in docstring:
                continue
            code = code_of(docstring)
            if code and code not in seen:
                seen.add(code)
                found[name] = PREFACE + code
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main()
