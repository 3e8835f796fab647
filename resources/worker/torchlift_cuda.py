"""CUDA mapped to the CPU, where the user asked for it: the same in every version of torch.

Part of the worker (worker.py). `.cuda()` and `.to('cuda')` copy, as moving to a card does. What
asks for one answers as a machine with one card would; nothing that a tensor says of its device
pretends (it is on the CPU). Not mapped: `with torch.device('cuda')` of torch 2, and code that
torch.jit compiles and that makes tensors.
"""
import functools
import sys

FACTORIES = ("tensor", "as_tensor", "zeros", "ones", "full", "empty", "rand", "randn", "randint",
             "randperm", "arange", "range", "linspace", "logspace", "eye", "zeros_like",
             "ones_like", "full_like", "empty_like", "rand_like", "randn_like", "randint_like",
             "sparse_coo_tensor", "empty_strided", "tril_indices", "triu_indices", "asarray",
             "hann_window", "hamming_window", "blackman_window", "bartlett_window",
             "set_default_device")
METHODS = ("new_tensor", "new_zeros", "new_ones", "new_full", "new_empty")
NO_EFFECT = ("synchronize", "empty_cache", "set_device", "init", "_lazy_init", "manual_seed",
             "manual_seed_all", "seed", "seed_all", "reset_peak_memory_stats", "ipc_collect",
             "reset_max_memory_allocated", "reset_max_memory_cached", "set_stream")
NOTHING_USED = ("memory_allocated", "max_memory_allocated", "memory_cached", "max_memory_cached",
                "memory_reserved", "max_memory_reserved", "current_device")
NAME = "CPU in place of CUDA"


class Nothing(object):
    """A stream, an event, a device to be current: does nothing, at once."""

    def __init__(self, *arguments, **options):
        pass

    def __enter__(self):
        return self

    def __exit__(self, *arguments):
        return False

    def record(self, *arguments):
        return self

    def query(self):
        return True

    def elapsed_time(self, other):
        return 0.0

    synchronize = wait = wait_event = wait_stream = record_event = record


class Properties(object):
    name = NAME
    major = minor = multi_processor_count = total_memory = 0


def map_to_cpu():
    torch = sys.modules.get("torch")
    if torch is not None:
        map_values(torch)
        map_module(torch.cuda)
        map_loading(torch)
        map_parallel(torch)


def device_on_cpu(value):
    torch = sys.modules["torch"]
    if isinstance(value, torch.device):
        return torch.device("cpu") if value.type == "cuda" else value
    if isinstance(value, str):
        return "cpu" if value.split(":")[0] == "cuda" else value
    return value


def device_or_number_on_cpu(value):
    return "cpu" if type(value) is int else device_on_cpu(value)


def type_on_cpu(value):
    if isinstance(value, str) and value.startswith("torch.cuda."):
        return "torch." + value[len("torch.cuda."):]
    return value


def with_devices(function, positions=False):
    @functools.wraps(function)
    def call(*arguments, **options):
        if options.get("device") is not None:
            options["device"] = device_or_number_on_cpu(options["device"])
        if positions:
            arguments = tuple(device_on_cpu(value) for value in arguments)
        return function(*arguments, **options)
    return call


def map_values(torch):
    tensor = torch.Tensor
    move_to = tensor.to
    type_of = tensor.type

    def cuda(self, *arguments, **options):
        return self.clone()

    def to(self, *arguments, **options):
        mapped = tuple(device_or_number_on_cpu(value) for value in arguments)
        if options.get("device") is not None:
            mapped = (device_or_number_on_cpu(options.pop("device")),) + mapped
        result = move_to(self, *mapped, **options)
        is_moved = any(value == "cpu" or str(value) == "cpu" for value in mapped
                       if isinstance(value, (str, torch.device)))
        return result.clone() if is_moved and result is self else result

    def type(self, dtype=None, *arguments, **options):
        if dtype is None:
            return type_of(self)
        return type_of(self, type_on_cpu(dtype), *arguments, **options)

    tensor.cuda = cuda
    tensor.to = to
    tensor.type = type
    tensor.pin_memory = lambda self, *arguments, **options: self
    for name in FACTORIES:
        if hasattr(torch, name):
            setattr(torch, name, with_devices(getattr(torch, name), name == "set_default_device"))
    for name in METHODS:
        setattr(tensor, name, with_devices(getattr(tensor, name)))
    set_type = torch.set_default_tensor_type
    torch.set_default_tensor_type = lambda kind: set_type(type_on_cpu(kind))


def map_module(cuda):
    torch = sys.modules["torch"]
    for name in list(vars(cuda)):
        if name.endswith("Tensor") and hasattr(torch, name):
            setattr(cuda, name, getattr(torch, name))
    answers = {"is_available": True, "device_count": 1, "get_device_name": NAME,
               "get_device_capability": (0, 0), "is_initialized": True,
               "is_bf16_supported": False, "get_device_properties": Properties()}
    answers.update((name, None) for name in NO_EFFECT)
    answers.update((name, 0) for name in NOTHING_USED)
    for name, answer in answers.items():
        if hasattr(cuda, name):
            setattr(cuda, name, lambda *arguments, answer=answer, **options: answer)
    for name in ("device", "device_of", "stream", "Stream", "Event", "current_stream",
                 "default_stream"):
        if hasattr(cuda, name):
            setattr(cuda, name, Nothing)


def map_loading(torch):
    load = torch.load

    @functools.wraps(load)
    def load_on_cpu(file, map_location=None, *arguments, **options):
        return load(file, "cpu", *arguments, **options)

    torch.load = load_on_cpu


def map_parallel(torch):
    """One card: the module itself."""
    parallel = torch.nn.DataParallel

    def start(self, module, *arguments, **options):
        torch.nn.Module.__init__(self)
        self.module = module
        self.device_ids = []
        self.dim = 0

    parallel.__init__ = start
