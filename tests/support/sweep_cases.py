"""Finds calls of torch 1.0.0's public API that run there. Executed inside its interpreter.

`cases(area, name)` tries arguments from the tables below on one symbol, positional and by keyword,
with out= and with gradients, and gives function bodies whose last line returns what is compared.
Arguments are chosen by the name a parameter has in the signature, else from everything there is.
"""
import inspect
import itertools
import random
import re

import torch

MOST_TRIES = 6000
MOST_CASES = 14

# (kind, text). The first letter of a kind is the dtype, the digit the number of dimensions.
TENSORS = [
    ("f0", "torch.tensor(0.75)"), ("f1", "torch.randn(4)"), ("f2", "torch.randn(4, 4)"),
    ("p2", "torch.rand(4, 4) + 0.1"), ("f3", "torch.randn(2, 4, 4)"),
    ("f4", "torch.randn(2, 4, 4, 4)"), ("d2", "torch.randn(4, 4).double()"),
    ("l0", "torch.tensor(2)"), ("l1", "torch.tensor([2, 0, 1, 3])"),
    ("l2", "torch.randint(0, 4, (4, 4)).long()"), ("i2", "torch.randint(1, 4, (4, 4)).int()"),
    ("m2", "torch.randn(4, 4) > 0"), ("m1", "torch.tensor([0.5, -1, 2, -3]) > 0"),
    ("b2", "torch.tensor([[1, 0, 1, 1], [0, 1, 0, 1], [1, 1, 1, 0], [0, 0, 1, 1]], "
           "dtype=torch.uint8)"),
]
PLAIN = [("int", "2"), ("zero", "0"), ("one", "1"), ("last", "-1"), ("real", "0.5"),
         ("true", "True"), ("size", "(4, 4)"), ("list", "[1, 0]"), ("none", "None")]
# Integers are not divided by zero in 1.0.0: that ends the process.
DIVIDING = ("div", "fmod", "remainder", "addcdiv", "reciprocal", "pixel_shuffle")
WITH_ZEROS = ("l1", "l2", "m2", "m1", "b2", "zero")
TENSOR_LIST = [("tensors", "[torch.randn(4, 4), torch.randn(4, 4)]")]
POOL = TENSORS + PLAIN + TENSOR_LIST
BY_NAME = {
    "dim": ["0", "1", "-1"], "dim0": ["0"], "dim1": ["1"], "dims": ["(0,)", "[0, 1]", "(1, 0)"],
    "keepdim": ["True", "False"], "p": ["2", "1", "0.5"], "k": ["2", "1"], "alpha": ["2", "0.5"],
    "beta": ["2", "0.5"], "value": ["2", "0.5"], "num_samples": ["3"], "replacement": ["True"],
    "largest": ["False"], "sorted": ["True", "False"], "descending": ["True"], "unbiased": ["False"],
    "eps": ["1e-5"], "min": ["-0.5", "0"], "max": ["0.5", "2"], "start": ["0", "1", "0.5"],
    "end": ["3", "2.5"], "steps": ["5"], "step": ["1", "0.5"], "upper": ["True", "False"],
    "diagonal": ["0", "1", "-1"], "bins": ["4"], "n": ["3"], "m": ["4"], "signal_ndim": ["1", "2"],
    "normalized": ["True"], "onesided": ["False"], "reduction": ["'sum'", "'none'"],
    "size_average": ["False", "True"], "reduce": ["False", "True"], "kernel_size": ["2", "3"],
    "stride": ["2"], "padding": ["1"], "training": ["False"], "inplace": ["True"],
    "negative_slope": ["0.2"], "some": ["True", "False"], "eigenvectors": ["True", "False"],
    "compute_uv": ["True"], "index": ["torch.tensor([2, 0])", "torch.tensor([[2, 0, 1, 3]])"],
    "indices": ["torch.tensor([2, 0])"], "mask": ["torch.randn(4, 4) > 0"],
    "sizes": ["(4, 4)", "2"], "size": ["(4, 4)"], "shape": ["(4, 4)"], "low": ["0"], "high": ["4"],
    "weight": ["torch.randn(4, 4)", "torch.rand(4)"], "bias": ["torch.randn(4)"],
    "target": ["torch.rand(4, 4)", "torch.tensor([2, 0, 1, 3])", "torch.rand(4)"],
    "groups": ["2"], "dilation": ["2"], "output_size": ["2", "(2, 2)"], "scale_factor": ["2", "1.5"],
    "mode": ["'nearest'", "'bilinear'", "'sum'", "'mean'"], "align_corners": ["True", "False"],
    "ceil_mode": ["True"], "return_indices": ["True"], "count_include_pad": ["False"],
    "fill_value": ["2", "0.5"], "rounding": ["2"], "sections": ["2"], "chunks": ["2"],
    "split_size_or_sections": ["2", "[1, 3]"], "repeats": ["2"], "equation": ["'ij,jk->ik'"],
    "running_mean": ["torch.zeros(4)"], "running_var": ["torch.ones(4)"], "momentum": ["0.1"],
    "num_groups": ["2"], "normalized_shape": ["(4,)"], "pad": ["(1, 1)"], "margin": ["0.5"],
    "lower": ["0.1"], "log_input": ["False"], "full": ["True"], "hard": ["True"], "tau": ["0.5"],
    "num_classes": ["4"], "upscale_factor": ["2"], "lambd": ["0.3"], "threshold": ["0.5"],
    "max_norm": ["1.0"], "norm_type": ["2"], "return_inverse": ["True"], "weights": ["torch.rand(4)"],
    "minlength": ["6"], "sparse": ["True"], "offset": ["1"], "storage_offset": ["0"], "pos": ["0"],
}
NAMES_OF_TENSORS = re.compile(r"^(input|tensor\d?|mat\d?|vec\d?|batch\d|other|A|B|x\d?|input\d|self|"
                              r"matrix|end|tensors|seq|values|source|src|mask|LU_\w+|x|y|anchor|"
                              r"positive|negative|logits)$")
SKIPPED = re.compile(r"^(_|set_|get_|is_grad|manual_seed|initial_seed|save$|load$|from_file|"
                     r"empty|new_empty|new$|cuda|pin_memory|share_memory|record_stream|numpy$|"
                     r"storage|data_ptr|resize|random_|cudnn|mkldnn|miopen|miopen_|grad$|"
                     r"nnpack|s_|th_|native_|register_|apply_|map_|map2_|typename|parse_|wait|fork|"
                     r"merge_type|import_ir|compiled_with|default_generator|unify|to_batch|tensor$|"
                     r"as_tensor|as_strided|set_$|requires_grad|retain_grad|detach|backward|item$|"
                     r"tolist|reinforce|is_shared|get_device|cauchy_|hook)")


def signature_names(owner, name, is_method):
    """[(parameter, default or None)] of the symbol, as far as docs or Python tell."""
    symbol = getattr(owner, name)
    try:
        found = [(p.name, None if p.default is inspect.Parameter.empty else repr(p.default))
                 for p in inspect.signature(symbol).parameters.values()
                 if p.kind == inspect.Parameter.POSITIONAL_OR_KEYWORD]
        return found[1:] if is_method and found and found[0][0] == "self" else found
    except (TypeError, ValueError):
        pass
    match = re.search(re.escape(name) + r"\(([^()]*(?:\([^()]*\)[^()]*)*)\)", symbol.__doc__ or "")
    if not match:
        return []
    parts = re.sub(r"\([^()]*\)", "()", match.group(1)).split(",")
    pairs = [part.strip().partition("=") for part in parts]
    return [(key.strip("* "), value or None) for key, _, value in pairs if key.strip("* ")]


def choices(parameter):
    if parameter in BY_NAME:
        return [("named", text) for text in BY_NAME[parameter]] + TENSORS[:2]
    if NAMES_OF_TENSORS.match(parameter or ""):
        return TENSORS + TENSOR_LIST
    return POOL


def spread(ranges):
    """Up to MOST_TRIES of the products, the same ones every time."""
    count = 1
    for group in ranges:
        count *= len(group)
    if count <= MOST_TRIES:
        return itertools.product(*ranges)
    draw = random.Random(7)
    return ([draw.choice(group) for group in ranges] for _ in range(MOST_TRIES))


def body(call, arguments, receiver=None, is_graded=False):
    """The lines of a case. `arguments`: [(keyword or "", kind, text)]."""
    lines, words = [], []
    everything = ([("", receiver[0], receiver[1])] if receiver else []) + list(arguments)
    for index, (keyword, kind, text) in enumerate(everything):
        is_value = "torch." in text
        name = "abcdefgh"[index]
        if is_value:
            lines.append("%s = %s" % (name, text))
            if is_graded and not index and kind[0] == "f":
                lines.append("a.requires_grad_()")
        words.append((keyword + "=" if keyword else "") + (name if is_value else text))
    if receiver:
        call = "a." + call
        words = words[1:]
    lines.append("r = %s(%s)" % (call, ", ".join(words)))
    if is_graded:
        lines.append("(r[0] if isinstance(r, tuple) else r).sum().backward()")
        lines.append("return r, a.grad")
    else:
        lines.append("return r, a" if call.endswith("_") and receiver else "return r")
    return lines


def runs(lines):
    import warnings

    scope = {"torch": torch, "nn": torch.nn, "F": torch.nn.functional}
    torch.manual_seed(0)
    code = "def case():\n" + "".join("    %s\n" % line for line in lines)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            exec(code, scope)
            result = scope["case"]()
            return isinstance(result, (torch.Tensor, tuple, list, bool, int, float)) \
                and "NotImplemented" not in repr(result)
        except Exception:
            return False


def pick(found):
    """MOST_CASES of what runs: of every number of arguments and of many kinds."""
    draw = random.Random(5)
    groups = {}
    for case in found:
        groups.setdefault(len(case), []).append(case)
    for group in groups.values():
        draw.shuffle(group)
    chosen = []
    while len(chosen) < MOST_CASES and any(groups.values()):
        for size in sorted(groups):
            if groups[size]:
                chosen.append(groups[size].pop())
    return chosen[:MOST_CASES]


def search(name, module, call, is_method):
    """The bodies for a function of `module` or a method of Tensor."""
    parameters = signature_names(torch.Tensor if is_method else module, name, is_method)
    documented = len(parameters)
    most = min(max(documented, 2), 6) if documented else 3
    receivers = TENSORS if is_method else [None]
    found = []
    for count in range(0 if is_method else 1, most + 1):
        names = [parameters[i][0] if i < documented else "" for i in range(count)]
        if "out" in names:
            break
        ranges = [receivers] * is_method + [choices(n) for n in names]
        if name.strip("_") in DIVIDING and len(ranges) > 1:
            ranges[1:] = [[pair for pair in group if pair[0] not in WITH_ZEROS]
                          for group in ranges[1:]]
        for picked in spread(ranges):
            receiver = picked[0] if is_method else None
            arguments = [("", kind, text) for kind, text in picked[is_method:]]
            if quick(call, module, receiver, arguments):
                found.append([receiver] * is_method + arguments)
    cases = []
    for case in pick(found):
        receiver = case[0] if is_method else None
        arguments = case[is_method:]
        variants = [body(call, arguments, receiver)]
        named = [(parameters[i][0] if i and i < documented else "", k, t)
                 for i, (_, k, t) in enumerate(arguments)]
        if is_method:
            named = [(parameters[i][0] if i < documented else "", k, t)
                     for i, (_, k, t) in enumerate(arguments)]
        if named != arguments:
            variants.append(body(call, named, receiver))
        if not is_method and any(n == "out" for n, _ in parameters):
            variants.append(body(call, arguments + [("out", "", "torch.Tensor()")]))
        first = receiver or (arguments[0][1:] if arguments else ("", ""))
        if first[0][:1] == "f" and not call.endswith("_"):
            variants.append(body(call, arguments, receiver, True))
        cases += [lines for lines in variants if runs(lines)]
    return cases


MADE = {}


def made(kind, text):
    """A fresh value of an operand."""
    if text not in MADE:
        torch.manual_seed(0)
        MADE[text] = eval(text, {"torch": torch})
    value = MADE[text]
    return value.clone() if isinstance(value, torch.Tensor) else value


def quick(call, module, receiver, arguments):
    try:
        values = [made(kind, text) for _, kind, text in arguments]
        if receiver:
            result = getattr(made(*receiver), call)(*values)
        else:
            result = getattr(module, call.rpartition(".")[2])(*values)
        return isinstance(result, (torch.Tensor, tuple, list, bool, int, float))
    except Exception:
        return False


def members(area):
    """The names of an area that are worth a search."""
    owner = {"torch": torch, "method": torch.Tensor, "functional": torch.nn.functional}[area]
    return [name for name in sorted(dir(owner))
            if not SKIPPED.match(name) and callable(getattr(owner, name))
            and not isinstance(getattr(owner, name), type)
            and (area != "functional" or getattr(owner, name).__module__
                 in ("torch.nn.functional", "torch", None, "torch.nn._functions"))
            and name not in ("weak_script", "assert_int_or_pair", "multi_head_attention_forward")]


def cases(area, name):
    if area == "torch":
        return search(name, torch, "torch." + name, False)
    if area == "method":
        return search(name, torch, name, True)
    return search(name, torch.nn.functional, "F." + name, False)
