"""How far a script's numbers move when something is rounded otherwise: its numerical noise.

Part of the worker (worker.py). Two runs measure it, both of the old code in its own version:
move_parameters() moves where the script starts from, move_results() moves what it computes, too,
wherever two versions may round differently. Each by one unit in the last place.
"""
import sys

import torchlift_compiler

MOVED_DRAWS = ("randn", "rand", "normal", "randn_like", "rand_like")
MOVED_FILLS = ("normal_", "uniform_", "log_normal_", "exponential_", "cauchy_")
FACTORIES = ("tensor", "ones", "zeros", "full", "arange", "linspace", "eye")

# What libraries round as they like. Sums, differences, products, quotients and square roots of
# single numbers are not among it: IEEE 754 says how those are rounded.
ROUNDED = """
mm bmm matmul mv dot addmm addmv addr addbmm baddbmm einsum bilinear linear
conv1d conv2d conv3d conv_transpose1d conv_transpose2d conv_transpose3d
sum mean std var norm prod logsumexp cumsum cumprod trace dist cosine_similarity pairwise_distance
exp expm1 log log1p log2 log10 sin cos tan asin acos atan atan2 sinh cosh tanh sigmoid
pow rsqrt erf erfc erfinv lgamma digamma polygamma mvlgamma lerp addcdiv addcmul
softmax log_softmax softmin softplus logsigmoid elu selu celu glu tanhshrink gumbel_softmax
inverse cholesky potrf potrs potri gesv trtrs svd symeig eig qr gels pinverse det logdet slogdet
btrifact btrisolve fft ifft rfft irfft stft
batch_norm layer_norm instance_norm group_norm local_response_norm normalize renorm
mse_loss l1_loss smooth_l1_loss nll_loss binary_cross_entropy binary_cross_entropy_with_logits
kl_div poisson_nll_loss cosine_embedding_loss margin_ranking_loss triplet_margin_loss ctc_loss
multilabel_soft_margin_loss multilabel_margin_loss multi_margin_loss soft_margin_loss
hinge_embedding_loss interpolate upsample grid_sample affine_grid embedding_bag index_add
scatter_add avg_pool1d avg_pool2d avg_pool3d adaptive_avg_pool1d adaptive_avg_pool2d
adaptive_avg_pool3d lp_pool1d lp_pool2d
""".split()

# What solves or takes apart a matrix gives the exact result for one that is a little off (backward
# stability), and how far that is from the other depends on the matrix: so it gets one that is off.
BACKWARD_STABLE = set("""
inverse cholesky potrf potrs potri gesv trtrs svd symeig eig qr gels pinverse det logdet slogdet
btrifact btrisolve
""".split())

# Of the 24 (53) bits of a number in single (double) precision: these are zero in numbers that
# come out exactly, such as counts, halves and quarters. Every version agrees on those.
EXACT_TAIL = {"float32": 0xfff, "float64": (1 << 41) - 1}

# By so much results are moved. Versions are apart by one or two in each of many operations; where
# a threshold turns that into another decision, only a run that is moved as far shows it.
UNITS = 16


def patch(owner, name, moving):
    torchlift_compiler.patched.append(
        (owner, name, owner.__dict__.get(name, getattr(owner, name))))
    setattr(owner, name, moving)


def move(tensor, pattern=0, units=1, keeps_exact=False):
    """Every number by so many units in the last place, up or down by a fixed pattern; zeros stay.
    Draws no random number, and autograd does not notice."""
    numpy = sys.modules.get("numpy")
    torch = sys.modules["torch"]
    if numpy is None or tensor.dtype not in (torch.float16, torch.float32, torch.float64):
        return tensor
    try:
        values = tensor.detach().numpy()
    except (RuntimeError, TypeError):  # sparse, or not on the CPU
        return tensor
    if any(step == 0 and size > 1 for step, size in zip(values.strides, values.shape)):
        return tensor  # expanded: several numbers in one place
    places = numpy.arange(values.size, dtype=numpy.int64) + 7919 * pattern
    is_up = (places * 2654435761 >> 16) & 1
    towards = numpy.where(is_up == 1, numpy.inf, -numpy.inf).reshape(values.shape)
    moved = values + units * (numpy.nextafter(values, towards.astype(values.dtype)) - values)
    stays = (values == 0) | ~numpy.isfinite(values)
    if keeps_exact and values.dtype.name in EXACT_TAIL:
        bits = numpy.array(values, order="C").view("u%d" % values.itemsize)
        stays |= (bits & bits.dtype.type(EXACT_TAIL[values.dtype.name])) == 0
    values[...] = numpy.where(stays, values, moved)
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
        patch(torch, name, moving(getattr(torch, name)))
    for name in MOVED_FILLS:
        patch(torch.Tensor, name, moving(getattr(torch.Tensor, name)))
    for name in FACTORIES:
        patch(torch, name, moving(getattr(torch, name), True))
    patch(torch.Tensor, "requires_grad_", moving(torch.Tensor.requires_grad_, True))
    patch(torch.nn.Parameter, "__new__", staticmethod(moving(torch.nn.Parameter.__new__)))
    move_when_called(torch.nn.Module)
    torchlift_compiler.spare(torch)


def move_when_called(module_type):
    call = module_type.__call__
    moved = set()

    def call_moved(module, *arguments, **options):
        if id(module) not in moved:
            for parameter in module.parameters():
                move(parameter)
            moved.update(id(part) for part in module.modules())
        return call(module, *arguments, **options)

    patch(module_type, "__call__", call_moved)


def move_results(pattern):
    """From now on what the functions of ROUNDED give is moved, by one of several patterns: data
    that was read or written down stays, what is computed of it does not. Exact results stay."""
    torch = sys.modules.get("torch")
    if torch is None:
        return
    depth = [0]

    def move_all(result):
        if isinstance(result, torch.Tensor):
            move(result, pattern, UNITS, True)
        elif isinstance(result, (tuple, list)):
            for part in result:
                move_all(part)

    def moved_copy(argument):
        is_moved = isinstance(argument, torch.Tensor) and depth[0] == 0
        return move(argument.clone(), pattern, UNITS) if is_moved else argument

    def moving(function, is_stable=False):
        def call(*arguments, **options):
            if is_stable:
                arguments = [moved_copy(argument) for argument in arguments]
            depth[0] += 1
            try:
                result = function(*arguments, **options)
            finally:
                depth[0] -= 1
            if depth[0] == 0:  # once, and not what one of these calls on its way
                move_all(result)
            return result
        return call

    for owner in (torch, torch.Tensor, torch.nn.functional):
        for name in ROUNDED:
            for form in (name, name + "_"):
                if callable(getattr(owner, form, None)):
                    patch(owner, form, moving(getattr(owner, form), form in BACKWARD_STABLE))
    patch(torch.Tensor, "__matmul__", torch.Tensor.matmul)
    patch(torch.Tensor, "__pow__", torch.Tensor.pow)
    for kind in (torch.nn.modules.rnn.RNNBase, torch.nn.modules.rnn.RNNCellBase):
        for layer in [kind] + kind.__subclasses__():
            if "forward" in layer.__dict__:
                patch(layer, "forward", moving(layer.forward))
