"""What the expressions of a script turn out to be while it runs.

Part of the worker (worker.py). core/source/observation.h puts calls of the recorder into the code;
the words below are read there:

    tensor:float32:2  number  bool  string  none  dict  size  array  other
    (word,word)       a tuple of at most MAX_PARTS       [word]  a list, by its first item
    object:NAME       of a library's class, by its public name
    own:NAME          of a class of the script itself
"""
import builtins
import sys

RECORDER = "__torchlift_observe__"
MAX_VISITS = 50  # of one site that are looked at
MAX_WORDS = 4  # different ones of a site; with more nothing can be said
MAX_PARTS = 8
MAX_DEPTH = 2
NUMBERS = (int, float, complex)


SEEN = {}  # words by site, as text
VISITS = {}


def watch():
    """From now on the code's recorders find what they call."""
    setattr(builtins, RECORDER, record)


def record(site, value):
    visits = VISITS.get(site, 0)
    if visits < MAX_VISITS:
        VISITS[site] = visits + 1
        try:
            note(str(site), word_for(value, 0))
        except Exception:  # an object of the script's own may do anything when looked at
            pass
    return value


def note(site, word):
    words = SEEN.setdefault(site, [])
    if word not in words and len(words) < MAX_WORDS:
        words.append(word if len(words) + 1 < MAX_WORDS else "?")


def word_for(value, depth):
    kind = type(value)
    torch = sys.modules.get("torch")
    numpy = sys.modules.get("numpy")
    if torch is not None and issubclass(kind, torch.Tensor):
        return "tensor:%s:%d" % (str(value.dtype).replace("torch.", ""), value.dim())
    if torch is not None and kind is torch.Size:
        return "size"
    if numpy is not None and issubclass(kind, numpy.ndarray):
        return "array"
    if kind is bool:
        return "bool"
    if kind in NUMBERS:
        return "number"
    if kind in (str, bytes):
        return "string"
    if value is None:
        return "none"
    if kind is tuple:
        return "(%s)" % parts_of(value, depth)
    if kind is list:
        return "[%s]" % parts_of(value[:1], depth)
    if issubclass(kind, dict):
        return "dict"
    if issubclass(kind, type):
        return "?"
    return class_word(kind)


def parts_of(values, depth):
    if depth >= MAX_DEPTH or len(values) > MAX_PARTS:
        return ""
    return ",".join(word_for(value, depth + 1) for value in values)


def class_word(kind):
    if kind.__module__ == "__main__":
        return "own:" + kind.__name__
    name = public_name(kind)
    return "object:" + name if name.startswith("torch") else "other"


def public_name(kind):
    """"torch.nn.Linear" of the class that torch.nn.modules.linear defines."""
    parts = kind.__module__.split(".")
    for count in range(1, len(parts)):
        module = sys.modules.get(".".join(parts[:count]))
        if getattr(module, kind.__name__, None) is kind:
            return ".".join(parts[:count] + [kind.__name__])
    return kind.__module__ + "." + kind.__name__
