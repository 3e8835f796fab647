"""Under which conditions the script runs, and where its random numbers stand.

Part of the worker (worker.py).
"""
import random
import sys
import zlib

import torchlift_cuda
import torchlift_noise
import torchlift_restore

M_PERTURB = -6  # of mallopt, malloc.h


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
        torchlift_noise.move_parameters()
    if job.get("moveResults"):
        torchlift_noise.move_results(job["moveResults"])
    if job.get("restore"):
        torchlift_restore.restore(job["restore"])


def fill_memory(byte):
    """Fresh memory holds that byte from now on: what nobody initialised then differs."""
    import ctypes
    ctypes.CDLL(None).mallopt(M_PERTURB, byte)
