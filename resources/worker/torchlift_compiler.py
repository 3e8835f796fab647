"""Gives torch.jit what it knows while other parts of the worker have put theirs in its place.

Part of the worker (torchlift_noise.py, torchlift_restore.py).
"""
import functools

patched = []  # (owner, name, as it was)


def unpatched(function):
    """`function` with everything as torch has it: its compiler knows its own functions alone, and
    what it traces has to come out again."""
    @functools.wraps(function)
    def call(*arguments, **options):
        put_back = [(owner, name, owner.__dict__[name]) for owner, name, _ in patched]
        for owner, name, usual in patched:
            setattr(owner, name, usual)
        try:
            return function(*arguments, **options)
        finally:
            for owner, name, current in put_back:
                setattr(owner, name, current)
    return call


def spare(torch):
    """From now on, whatever is patched by then."""
    for name in ("trace", "_jit_script_compile"):
        if hasattr(torch.jit, name):
            setattr(torch.jit, name, unpatched(getattr(torch.jit, name)))
    modules = torch.jit.ScriptModule
    if hasattr(modules, "_create_methods"):
        modules._create_methods = unpatched(modules._create_methods)
    if hasattr(torch.jit, "_script"):  # script() itself counts the frames above it
        torch.jit._script._script_impl = unpatched(torch.jit._script._script_impl)
