"""Takes back how objects print: modules, optimizers, argument namespaces, NumPy's scalars.

Part of the worker (torchlift_restore.py); patches the target's libraries. Each function adds the
slug of its change to `used` when something would have been printed otherwise.
"""
import re
import sys

from torchlift_values import LATER_OPTIONS

# What extra_repr() gives in 2.x, and what it gave in 1.0.
ARGUMENTS = [(re.compile(pattern), old) for pattern, old in
             [(r", inplace=False$", ""), (r"\binplace=True$", "inplace"),
              (r"\bmode='(\w+)'", r"mode=\1"), (r"\b(scale_factor|beta|threshold)=(\d+)\.0\b",
                                                r"\1=\2")]]
LATER_LINE = re.compile(r"^ +(?:%s): .*\n" % "|".join(LATER_OPTIONS), re.M)


def restore_module_reprs(torch, slug, used):
    """inplace stood without a value, modes without quotes, and lists showed each of their parts."""
    modules = torch.nn.modules

    def noting(old, new):
        if old != new:
            used.add(slug)
        return old

    def printing(usual, convert):
        return lambda self: (lambda new: noting(convert(self, new), new))(usual(self))

    def old_arguments(_, text):
        for pattern, old in ARGUMENTS:
            text = pattern.sub(old, text)
        return text

    def old_shape(layer, text):
        return text.replace(str(tuple(layer.normalized_shape)),
                            str(torch.Size(layer.normalized_shape)), 1)

    for kind in {value for value in vars(modules).values() if isinstance(value, type)}:
        for base in kind.__mro__:
            if "extra_repr" in vars(base) and base is not torch.nn.Module \
                    and not hasattr(base.extra_repr, "is_old"):
                convert = old_shape if base is modules.LayerNorm else old_arguments
                base.extra_repr = printing(base.extra_repr, convert)
                base.extra_repr.is_old = True
    for kind in (modules.Softmax, modules.LogSoftmax, modules.Softmin):
        kind.extra_repr = printing(kind.extra_repr, lambda _, text: "")
    modules.ModuleList.__repr__ = printing(
        modules.ModuleList.__repr__, lambda self, _: torch.nn.Module.__repr__(self))
    optimizer = torch.optim.Optimizer
    optimizer.__repr__ = printing(optimizer.__repr__, lambda _, text: LATER_LINE.sub("", text))


def restore_namespaces(torch, slug, used):
    """Up to Python 3.8 a namespace of arguments printed them by name."""
    import argparse

    def sorted_arguments(self):
        arguments = list(self.__dict__.items())
        if arguments != sorted(arguments, key=lambda item: item[0]):
            used.add(slug)
        return sorted(arguments, key=lambda item: item[0])

    argparse.Namespace._get_kwargs = sorted_arguments


def restore_scalar_reprs(torch, slug, used):
    """Up to NumPy 1 its scalars looked like Python's numbers inside of lists and the like."""
    numpy = sys.modules.get("numpy")
    if numpy is not None and int(numpy.__version__.split(".")[0]) >= 2:
        used.add(slug)  # nothing tells when one is printed
        numpy.set_printoptions(legacy="1.25")
