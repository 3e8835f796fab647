"""Under which conditions the script runs, and where its random numbers stand.

Part of the worker (worker.py).
"""
import random
import sys
import zlib

import torchlift_cuda
import torchlift_restore

M_PERTURB = -6  # of mallopt, malloc.h
MOVED_DRAWS = ("randn", "rand", "normal", "randn_like", "rand_like")
MOVED_FILLS = ("normal_", "uniform_", "log_normal_", "exponential_", "cauchy_")
FACTORIES = ("tensor", "ones", "zeros", "full", "arange", "linspace", "eye")


def seed_all(seed):
    random.seed(seed)
    if "numpy" in sys.modules:
        sys.modules["numpy"].random.seed(seed % (1 << 32))
    if "torch" in sys.modules:
        sys.modules["torch"].manual_seed(seed)


def random_state():
    """Where the generators of torch, NumPy and Python stand, as one short text.

    The same in every version for the same seed and as many numbers drawn: of torch's state only
    the Mersenne twister counts, which begins it since 0.4; what follows changed its layout."""
    parts = []
    torch = sys.modules.get("torch")
    if torch is not None:
        parts.append(zlib.crc32(torch.get_rng_state().numpy().tobytes()[:24 + 624 * 8]))
    numpy = sys.modules.get("numpy")
    if numpy is not None:
        state = numpy.random.get_state()
        parts.append(zlib.crc32(state[1].tobytes() + str(state[2:]).encode("ascii")))
    state = random.getstate()[1]
    parts.append(zlib.crc32(repr(state[:3] + state[-1:]).encode("ascii")))
    return ".".join("%08x" % part for part in parts)


def conditions():
    """What decides whether the same code gives the same numbers again."""
    torch = sys.modules.get("torch")
    if torch is None:
        return {"threads": 1}
    deterministic = getattr(torch, "are_deterministic_algorithms_enabled", lambda: False)
    return {"threads": int(torch.get_num_threads()),
            "deterministicAlgorithms": bool(deterministic()),
            "deterministicCudnn": bool(torch.backends.cudnn.deterministic)}


def change_torch(job):
    """What a job asks to be otherwise inside torch, which has been imported."""
    if job.get("cudaAsCpu"):
        torchlift_cuda.map_to_cpu()
    if job.get("moveParameters"):
        move_parameters()
    if job.get("restore"):
        torchlift_restore.restore(job["restore"])


def fill_memory(byte):
    """Fresh memory holds that byte from now on: what nobody initialised then differs."""
    import ctypes
    ctypes.CDLL(None).mallopt(M_PERTURB, byte)


# --- parameters moved by one unit in the last place ---------------------------------------------


def move(tensor):
    """Every number to its neighbour, above or below by a fixed pattern; zeros stay. Draws no
    random number, and autograd does not notice."""
    numpy = sys.modules.get("numpy")
    torch = sys.modules["torch"]
    if numpy is None or tensor.dtype not in (torch.float16, torch.float32, torch.float64):
        return tensor
    try:
        values = tensor.detach().numpy()
    except (RuntimeError, TypeError):  # sparse, or not on the CPU
        return tensor
    pattern = (numpy.arange(values.size, dtype=numpy.int64) * 2654435761 >> 16) & 1
    towards = numpy.where(pattern == 1, numpy.inf, -numpy.inf).reshape(values.shape)
    moved = numpy.nextafter(values, towards.astype(values.dtype))
    values[...] = numpy.where((values == 0) | ~numpy.isfinite(values), values, moved)
    return tensor


def move_parameters():
    """From now on each number that the script trains or draws at random is next to its usual one:
    random draws of real numbers, nn.Parameter and tensors made with requires_grad, and what a
    module holds when it is called first. Not data that is read or written down: comparisons with
    exact numbers are to go as they did, and bernoulli and randint give no real numbers."""
    torch = sys.modules.get("torch")
    if torch is None:
        return

    def moving(function, only_trained=False):
        def call(*arguments, **options):
            result = function(*arguments, **options)
            if isinstance(result, torch.Tensor) and (result.requires_grad or not only_trained):
                move(result)
            return result
        return call

    for name in MOVED_DRAWS:
        setattr(torch, name, moving(getattr(torch, name)))
    for name in MOVED_FILLS:
        setattr(torch.Tensor, name, moving(getattr(torch.Tensor, name)))
    for name in FACTORIES:
        setattr(torch, name, moving(getattr(torch, name), True))
    torch.Tensor.requires_grad_ = moving(torch.Tensor.requires_grad_, True)
    torch.nn.Parameter.__new__ = staticmethod(moving(torch.nn.Parameter.__new__))
    move_when_called(torch.nn.Module)


def move_when_called(module_type):
    call = module_type.__call__
    moved = set()

    def call_moved(module, *arguments, **options):
        if id(module) not in moved:
            for parameter in module.parameters():
                move(parameter)
            moved.update(id(part) for part in module.modules())
        return call(module, *arguments, **options)

    module_type.__call__ = call_moved
