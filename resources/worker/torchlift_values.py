"""What values look like: what can be said of a variable without running its code again.

Part of the worker (worker.py); numbers of tensors, arrays and containers become lists of doubles.
"""
import array
import base64
import hashlib
import sys
import types

MAX_VALUES = 100000  # of one variable
MAX_ALL_VALUES = 1000000  # of all variables together
MAX_VARIABLES = 2000
MAX_TEXT = 10000
MAX_SAMPLE = 64  # numbers kept of one traced value, evenly spread


class NotComparable(Exception):
    pass


def shorten(text):
    return text.encode("utf-8", "replace")[:MAX_TEXT].decode("utf-8", "ignore")


# Classes that torch.jit.load gives, under the name they had in 1.0.
RENAMED = {"torch.jit._script.RecursiveScriptModule": "torch.jit.ScriptModule"}


def type_name(value):
    kind = type(value)
    if kind.__module__ == "builtins":
        return kind.__qualname__
    name = kind.__module__ + "." + kind.__qualname__
    return RENAMED.get(name, name)


def plain_tensor(tensor):
    """The same numbers on the CPU, dense, as real numbers."""
    torch = sys.modules["torch"]
    tensor = tensor.detach()
    if tensor.is_sparse:
        tensor = tensor.to_dense()
    if getattr(tensor, "is_quantized", False):
        tensor = tensor.dequantize()
    tensor = tensor.cpu()
    if "complex" in str(tensor.dtype):
        tensor = torch.view_as_real(tensor.resolve_conj())
    return tensor.contiguous().view(-1)


def plain_array(values):
    numpy = sys.modules["numpy"]
    if values.dtype.kind not in "biufc":
        raise NotComparable()
    if values.dtype.kind == "c":
        return numpy.stack([values.real, values.imag], -1).reshape(-1)
    return values.reshape(-1)


def is_tensor(value):
    torch = sys.modules.get("torch")
    return torch is not None and isinstance(value, torch.Tensor)


def is_array(value):
    numpy = sys.modules.get("numpy")
    return numpy is not None and isinstance(value, numpy.ndarray)


# Of optimizers, since 1.7: what they are in 1.0 cannot be said, and they change no result.
LATER_OPTIONS = ("maximize", "foreach", "capturable", "differentiable", "fused",
                 "decoupled_weight_decay")


def compared_items(mapping):
    is_group = "params" in mapping and "lr" in mapping
    return [item for item in mapping.items() if not (is_group and item[0] in LATER_OPTIONS)]


def compared_parts(sequence):
    """A packed sequence has two parts more since 1.1, of which 1.0 knew nothing."""
    is_packed = type_name(sequence) == "torch.nn.utils.rnn.PackedSequence"
    return sequence[:2] if is_packed else sequence


class Flattener:
    """All numbers of a nested value in order, and its shape as text without the numbers."""

    def __init__(self):
        self.values = array.array("d")
        self.parts = []
        self.nodes = 0

    def numbers(self, numbers):
        if len(self.values) + len(numbers) > MAX_VALUES:
            raise NotComparable()
        self.values.extend(numbers)

    def add(self, value, depth=0):
        self.nodes += 1
        if depth > 20 or self.nodes > MAX_VALUES:
            raise NotComparable()
        kind = type(value)
        if kind is bool or kind is float:
            self.numbers([float(value)])
        elif kind is int:
            self.numbers([float(value)] if abs(value) < 2 ** 53 else [])
            self.parts.append("" if abs(value) < 2 ** 53 else str(value))
        elif kind is complex:
            self.numbers([value.real, value.imag])
        elif value is None or kind in (str, bytes):
            self.parts.append(repr(value))
        elif isinstance(value, (list, tuple)):
            self.parts.append("[")
            for item in compared_parts(value):
                self.add(item, depth + 1)
                self.parts.append(",")
            self.parts.append("]")
        elif isinstance(value, dict):
            self.parts.append("{")
            for key, item in compared_items(value):
                self.parts.append(repr(key) if type(key) in (str, int, float, bool) else "?")
                self.parts.append(":")
                self.add(item, depth + 1)
                self.parts.append(",")
            self.parts.append("}")
        else:
            self.add_numeric(value)

    def add_numeric(self, value):
        if is_tensor(value):
            self.check_room(value.numel())
            self.parts.append("t" + str(tuple(value.shape)))
            self.numbers(plain_tensor(value).double().tolist())
        elif is_array(value):
            self.check_room(value.size)
            self.parts.append("t" + str(value.shape))
            self.numbers([float(number) for number in plain_array(value).tolist()])
        elif hasattr(type(value), "dtype") and hasattr(value, "item"):  # a NumPy scalar
            self.add(value.item(), 1)
        else:
            raise NotComparable()

    def check_room(self, count):
        if len(self.values) + count > MAX_VALUES:
            raise NotComparable()


def encode_values(values):
    if sys.byteorder != "little":
        values = array.array("d", values)
        values.byteswap()
    return base64.b64encode(values.tobytes()).decode("ascii")


def describe_large(value, result):
    """More than MAX_VALUES numbers: a digest of the exact bytes, and what they are like."""
    torch = sys.modules.get("torch")
    if is_tensor(value):
        flat = plain_tensor(value)
        wide = flat.double()
        result["statistics"] = [wide.mean().item(), wide.std().item(), wide.min().item(),
                                wide.max().item()]
        data = wide.numpy()
    else:
        data = plain_array(value).astype("float64")
        result["statistics"] = [float(data.mean()), float(data.std(ddof=1)), float(data.min()),
                                float(data.max())]
    result["statistics"] = encode_values(array.array("d", result["statistics"]))
    result["digest"] = hashlib.sha256(data.tobytes()).hexdigest()


def is_numeric_object(value):
    return is_tensor(value) or is_array(value)


def observe(value):
    """What can be said of a value without its numbers, its text, and its numbers, or None."""
    result = {"type": type_name(value)}
    torch = sys.modules.get("torch")
    if is_numeric_object(value):
        result["dtype"] = str(value.dtype).replace("torch.", "")
        result["shape"] = [int(size) for size in value.shape]
        if is_tensor(value):
            result["device"] = str(value.device)
        result["requiresGrad"] = bool(getattr(value, "requires_grad", False))
    elif torch is not None and isinstance(value, torch.nn.Module):
        state = value.state_dict()
        is_scripted = isinstance(value, torch.jit.ScriptModule)
        value = dict(sorted(state.items()) if is_scripted else state)  # 1.0 sorted their names
    elif torch is not None and isinstance(value, (torch.dtype, torch.device)):
        value = str(value)

    flat = Flattener()
    try:
        flat.add(value)
    except NotComparable:
        if is_numeric_object(value):
            describe_large(value, result)
        return result, "", None
    text = value if type(value) is str else "".join(flat.parts)
    return result, "" if is_numeric_object(value) else text, flat.values


def describe(value, room):
    result, text, values = observe(value)
    if values is None or len(values) > room:
        return result, 0
    result["text"] = shorten(text)
    if len(text) > MAX_TEXT:
        result["digest"] = hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()
    result["values"] = encode_values(values)
    result["comparable"] = True
    return result, len(values)


def describe_briefly(value):
    """The same with a sample of the numbers, and a digest of all."""
    result, text, values = observe(value)
    if values is None:
        return result
    count = len(values)
    if count > MAX_SAMPLE:
        sample = [values[i * (count - 1) // (MAX_SAMPLE - 1)] for i in range(MAX_SAMPLE)]
        mean = sum(values) / count
        deviation = (sum((number - mean) ** 2 for number in values) / count) ** 0.5
        result["statistics"] = encode_values(
            array.array("d", [mean, deviation, min(values), max(values)]))
        result["values"] = encode_values(array.array("d", sample))
    else:
        result["values"] = encode_values(values)
    data = text.encode("utf-8", "replace")
    result["digest"] = hashlib.sha256(data + b"\0" + values.tobytes()).hexdigest()[:32]
    result["text"] = text[:200]
    result["comparable"] = True
    return result


UNWANTED = (types.ModuleType, types.FunctionType, types.BuiltinFunctionType, type,
            types.MethodType)


def collect_variables(module):
    found = {}
    room = MAX_ALL_VALUES
    for name, value in list(module.__dict__.items()):
        if name.startswith("__") or len(found) >= MAX_VARIABLES or len(name) > 1000:
            continue
        try:
            if isinstance(value, UNWANTED):
                continue
            found[shorten(name)], used = describe(value, room)
            room -= used
        except BaseException:  # an object of the script's own may do anything when looked at
            found[shorten(name)] = {"type": type(value).__name__}
    return found
