"""Looks at a saved torch file inside the sandbox and prints one line of JSON.

Runs on CPython 3.5 to 3.13 as the script of a run. The host puts a line before it that assigns
REQUEST: {"file", "step": "read" or "load", "modelCode", "model", "input"}. "read" follows the
pickles without executing them; "load" executes them.
"""
import hashlib
import inspect
import io
import json
import pickle
import pickletools
import struct
import sys
import tarfile
import zipfile

MAX_ENTRIES = 20000
MAX_GLOBALS = 5000
MAX_VALUES = 20000
MAX_PICKLE = 256 * 1024 * 1024


def pickles_of(path):
    """(format, list of files that hold pickles, in order)."""
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            entries = [entry for entry in archive.infolist() if entry.filename.endswith(".pkl")]
            if any(entry.file_size > MAX_PICKLE for entry in entries):
                raise ValueError("a pickle inside is too large")
            files = [io.BytesIO(archive.read(entry)) for entry in entries]
            is_script = any("/code/" in name for name in archive.namelist())
        return ("torchscript" if is_script else "zip"), files
    if tarfile.is_tarfile(path):
        with tarfile.open(path) as archive:
            return "tar", [io.BytesIO(archive.extractfile(member).read(MAX_PICKLE))
                           for member in archive.getmembers()
                           if member.isfile() and member.name.split("/")[-1] == "pickle"]
    return "legacy", [open(path, "rb")]


def walk(file, found):
    """Adds the globals that one pickle names. Follows only the strings that STACK_GLOBAL takes."""
    strings, memo = [], {}
    last = None
    for opcode, argument, _ in pickletools.genops(file):
        name = opcode.name
        if name in ("GLOBAL", "INST"):
            found.add(str(argument).replace(" ", ".", 1))
            last = None
        elif "UNICODE" in name:
            last = argument
            strings.append(argument)
        elif name in ("PUT", "BINPUT", "LONG_BINPUT"):
            memo[argument] = last
        elif name == "MEMOIZE":
            memo[len(memo)] = last
        elif name in ("GET", "BINGET", "LONG_BINGET"):
            last = memo.get(argument)
            if last is not None:
                strings.append(last)
        elif name == "STACK_GLOBAL":
            found.add(".".join(strings[-2:]) if len(strings) > 1 else "?")
            last = None
        else:
            last = None
        if len(found) >= MAX_GLOBALS:
            return


def read(request):
    kind, found, error = "unknown", set(), ""
    try:
        kind, files = pickles_of(request["file"])
        # An old file is a row of pickles: magic number, version, system, the object, storage keys.
        count = 5 if kind == "legacy" else 1
        for file in files:
            for _ in range(count):
                walk(file, found)
    except (OSError, ValueError, IndexError, KeyError, EOFError, struct.error,
            pickle.UnpicklingError, tarfile.TarError, zipfile.BadZipFile) as failure:
        error = words(failure)  # what was found before it counts all the same
    return {"format": kind, "globals": sorted(found), "error": error}


def digest(tensor):
    data = tensor.detach().cpu().contiguous()
    try:
        raw = data.numpy().tobytes()
    except (TypeError, RuntimeError):  # types that NumPy lacks
        raw = data.float().numpy().tobytes()
    return hashlib.sha256(raw).hexdigest()


def add_entries(value, key, entries, torch):
    if len(entries) >= MAX_ENTRIES:
        return
    if isinstance(value, torch.Tensor):
        entries.append({"key": key, "type": "tensor", "dtype": str(value.dtype)[len("torch."):],
                        "shape": list(value.shape),
                        "digest": "" if value.is_sparse or value.is_quantized else digest(value)})
    elif isinstance(value, torch.nn.Module):
        for name, tensor in value.state_dict().items():
            add_entries(tensor, key + name, entries, torch)
    elif isinstance(value, dict):
        for name, item in value.items():
            add_entries(item, (key + "." if key else "") + str(name), entries, torch)
    elif isinstance(value, (list, tuple)):
        for place, item in enumerate(value):
            add_entries(item, "%s[%d]" % (key, place), entries, torch)
    else:
        entries.append({"key": key, "type": type(value).__name__, "dtype": "", "shape": [],
                        "digest": hashlib.sha256(repr(value)[:10000].encode("utf-8", "replace"))
                        .hexdigest()})


def can_quantize(torch):
    if not hasattr(torch.Tensor, "is_quantized"):  # before 1.3
        torch.Tensor.is_quantized = False


def words(error):
    return "%s: %s" % (type(error).__name__, str(error)[:2000])


def load(request):
    import torch
    can_quantize(torch)
    torch.set_grad_enabled(False)
    namespace = load_model_code(request)
    options = {"map_location": "cpu"}
    knows = "weights_only" in inspect.signature(torch.load).parameters
    result = {"weightsOnly": "not-known", "weightsOnlyReason": "", "error": "", "className": "",
              "isModule": False, "entries": [], "output": None, "outputError": ""}
    if knows:
        try:
            torch.load(request["file"], weights_only=True, **options)
            result["weightsOnly"] = "accepted"
        except Exception as error:
            result["weightsOnly"] = "refused"
            result["weightsOnlyReason"] = words(error)
        options["weights_only"] = False
    try:
        value = torch.load(request["file"], **options)
    except Exception as error:
        result["error"] = words(error)
        return result
    result["className"] = type(value).__module__ + "." + type(value).__name__
    result["isModule"] = isinstance(value, torch.nn.Module)
    add_entries(value, "", result["entries"], torch)
    try:
        model = model_of(value, request, namespace, torch)
        if model is not None:
            result["output"] = output_of(model, request, torch)
    except Exception as error:
        result["outputError"] = words(error)
    return result


def load_model_code(request):
    """The user's module under its own name; a file saved by a script wants it in __main__."""
    if not request["modelCode"]:
        return {}
    import importlib
    module = importlib.import_module(request["modelCode"][:-len(".py")])
    main = sys.modules["__main__"]
    for name, value in vars(module).items():
        if not name.startswith("__") and not hasattr(main, name):
            setattr(main, name, value)
    return vars(module)


def model_of(value, request, namespace, torch):
    if isinstance(value, torch.nn.Module):
        return value
    if not request["model"]:
        return None
    model = eval(request["model"], dict(namespace))
    for key in ("state_dict", "model_state_dict", "model"):  # checkpoints of training scripts
        if isinstance(value, dict) and isinstance(value.get(key), dict):
            value = value[key]
    model.load_state_dict(value)
    return model


def input_shape(model, request, torch):
    if request["input"]:
        return request["input"]
    for layer in model.modules():
        if isinstance(layer, torch.nn.Linear):
            return [2, layer.in_features]
        if isinstance(layer, torch.nn.Conv2d):
            return [2, layer.in_channels, 64, 64]
        if isinstance(layer, torch.nn.Conv1d):
            return [2, layer.in_channels, 64]
        if isinstance(layer, (torch.nn.LSTM, torch.nn.GRU, torch.nn.RNN)):
            return [3, 2, layer.input_size]
    raise ValueError("the shape of its input is not known: name it")


def output_of(model, request, torch):
    """The same numbers go in in every version: no random stream is drawn from."""
    model.eval()
    shape = input_shape(model, request, torch)
    count = 1
    for size in shape:
        count *= size
    numbers = (torch.arange(count, dtype=torch.float64) * 0.7).sin().float().view(*shape)
    output = model(numbers)
    while isinstance(output, (tuple, list)):
        output = output[0]
    flat = output.contiguous().view(-1)[:MAX_VALUES]
    return {"inputShape": shape, "shape": list(output.shape),
            "dtype": str(output.dtype)[len("torch."):], "values": flat.double().tolist()}


def main(request):
    return read(request) if request["step"] == "read" else load(request)


def finite(value):
    """JSON has no NaN."""
    if isinstance(value, float) and (value != value or value in (float("inf"), float("-inf"))):
        return str(value)
    if isinstance(value, dict):
        return {key: finite(item) for key, item in value.items()}
    return [finite(item) for item in value] if isinstance(value, list) else value


print(json.dumps(finite(main(REQUEST))))  # noqa: F821
