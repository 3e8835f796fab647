"""Takes known changes inside torch back, so that new code computes as the old version did.

None of them is in the code that was migrated: its text is right, and its numbers still differ. When
they agree once these are taken back, the migration is not what made the difference. Each is named
by the slug of its change in the catalogue; `used` says which of them the run came to need.

Signs of singular vectors cannot be taken back (the library that finds them is another), nor can the
order of a hash table. They are made to follow one rule instead, in both versions alike, and
CONVENTIONS names what needs that.

Part of the worker; patches the target's torch, 2.0 or later, and for CONVENTIONS the old one, too.
"""
import sys

import torchlift_compiler
import torchlift_draws
import torchlift_optimizers as optimizers
import torchlift_reprs
import torchlift_ties

used = set()


# --- gels-renamed-lstsq -----------------------------------------------------------------------------


def restore_gels(torch, slug):
    """gels gave as many rows as the matrix has: below the solution what is left over, rotated."""
    usual = torch.linalg.lstsq

    def lstsq(A, B, *rest, **options):
        result = usual(A, B, *rest, **options)
        rows, columns = A.shape[-2:]
        if A.dim() != 2 or B.dim() != 2 or rows <= columns or A.is_cuda:
            return result
        used.add(slug)
        rotated = torch.linalg.qr(A, mode="complete").Q.t().mm(B)
        return type(result)((torch.cat([result.solution, rotated[columns:]]),) + tuple(result)[1:])

    torch.linalg.lstsq = lstsq


# --- norm-layers-start-at-one ---------------------------------------------------------------------


def restore_norm_layers(torch, slug):
    """Up to 1.1 the weights of normalising layers were drawn from the uniform distribution."""
    base = torch.nn.modules.batchnorm._NormBase
    usual = base.reset_parameters

    def reset_parameters(self):
        usual(self)
        if self.affine:
            used.add(slug)
            torch.nn.init.uniform_(self.weight)

    base.reset_parameters = reset_parameters


# --- singular-vector-signs ------------------------------------------------------------------------


def restore_vector_signs(torch, slug):
    """Each pair of singular vectors, each eigenvector, points to where a fixed plane says."""
    def signs(vectors):
        count = vectors.shape[-2]
        weights = [1 + (place * 0.6180339887) % 1 for place in range(count)]
        plane = torch.tensor(weights, dtype=vectors.dtype, device=vectors.device)
        sums = (vectors.detach() * plane.view(count, 1)).sum(-2)
        return (1 - 2 * (sums < 0).to(vectors.dtype)).unsqueeze(-2)

    def flipped(vectors, sign):
        count = sign.shape[-1]
        if vectors.shape[-1] == count:
            return vectors * sign
        return torch.cat([vectors[..., :count] * sign, vectors[..., count:]], -1)

    def of_pairs(usual, is_adjoint):
        def call(*arguments, **options):
            result = usual(*arguments, **options)
            left, values, right = result
            if is_elsewhere(left) or not len(right) or "out" in options:
                return result
            used.add(slug)
            sign = signs(left[..., :values.shape[-1]])
            right = right.transpose(-2, -1) if is_adjoint else right
            right = flipped(right, sign)
            found = (flipped(left, sign), values, right.transpose(-2, -1) if is_adjoint else right)
            return found if type(result) is tuple else type(result)(found)
        return call

    def of_eigenvectors(usual):
        def call(*arguments, **options):
            result = usual(*arguments, **options)
            values, vectors = result
            if is_elsewhere(vectors) or vectors.numel() == 0 or "out" in options:
                return result
            used.add(slug)
            found = (values, vectors * signs(vectors))
            return found if type(result) is tuple else type(result)(found)
        return call

    def is_elsewhere(vectors):
        return vectors.is_cuda or vectors.numel() == 0 or not vectors.dtype.is_floating_point

    for owner in (torch, torch.Tensor):
        owner.svd = of_pairs(owner.svd, False)
        owner.symeig = of_eigenvectors(owner.symeig)
    if hasattr(torch, "linalg"):
        torch.linalg.svd = of_pairs(torch.linalg.svd, True)
        torch.linalg.eigh = of_eigenvectors(torch.linalg.eigh)


# --- unique-sorted-default ------------------------------------------------------------------------


def restore_unique(torch, slug):
    """The order of a hash table cannot be had again: sorted in both."""
    def sorting(usual):
        def unique(tensor, sorted=True, *arguments, **options):
            if options.get("dim") is not None or tensor.is_cuda:
                return usual(tensor, sorted, *arguments, **options)
            found = usual(tensor, True, *arguments, **options)
            if len(found[0] if isinstance(found, tuple) else found) > 1:
                used.add(slug)
            return found
        return unique

    torch.unique = sorting(torch.unique)
    torch.Tensor.unique = sorting(torch.Tensor.unique)


# --- load-state-dict-returns ----------------------------------------------------------------------


def restore_loading(torch, slug):
    usual = torch.nn.Module.load_state_dict

    def load_state_dict(self, *arguments, **options):
        used.add(slug)
        usual(self, *arguments, **options)

    torch.nn.Module.load_state_dict = load_state_dict


# --- num-batches-tracked-kept ---------------------------------------------------------------------


def restore_batch_count(torch, slug):
    """A state without a count and without a version reset it."""
    layers = torch.nn.modules.batchnorm._NormBase
    usual = layers._load_from_state_dict

    def load(self, state_dict, prefix, local_metadata, *rest):
        count = prefix + "num_batches_tracked"
        if (local_metadata.get("version") or 0) < 2 and self.track_running_stats \
                and count not in state_dict:
            used.add(slug)
            state_dict[count] = torch.tensor(0)
        usual(self, state_dict, prefix, local_metadata, *rest)

    layers._load_from_state_dict = load


# --- nll-loss-accumulation -------------------------------------------------------------------------


def restore_nll(torch, slug):
    """nll_loss (and with it cross_entropy) was summed up one by one in single precision."""
    functional = torch.nn.functional
    usual, usual_entropy = functional.nll_loss, functional.cross_entropy

    def one_by_one(values):
        return float(values.detach().numpy().reshape(-1).cumsum(dtype="float32")[-1])

    def nll_loss(input, target, weight=None, size_average=None, ignore_index=-100, reduce=None,
                 reduction="mean"):
        each = usual(input, target, weight, size_average, ignore_index, reduce, "none")
        is_plain = size_average is None and reduce is None and reduction in ("mean", "sum") \
            and each.dtype == torch.float32 and not each.is_cuda and each.numel() > 1
        if not is_plain:
            return usual(input, target, weight, size_average, ignore_index, reduce, reduction)
        counts = (target != ignore_index).float()
        if weight is not None:
            counts = counts * weight[target.clamp(0, len(weight) - 1)]
        total = one_by_one(counts) if reduction == "mean" else 1.0
        if total == 0:
            return usual(input, target, weight, size_average, ignore_index, reduce, reduction)
        used.add(slug)
        loss = each.sum() / total
        return loss + (one_by_one(each) / total - loss.detach())

    def cross_entropy(input, target, weight=None, size_average=None, ignore_index=-100,
                      reduce=None, reduction="mean", label_smoothing=0.0):
        if label_smoothing != 0 or target.is_floating_point() or input.dim() < 2:
            return usual_entropy(input, target, weight, size_average, ignore_index, reduce,
                                 reduction, label_smoothing)
        return functional.nll_loss(functional.log_softmax(input, 1), target, weight, size_average,
                                   ignore_index, reduce, reduction)

    functional.nll_loss, functional.cross_entropy = nll_loss, cross_entropy


# --- linspace-from-both-ends -----------------------------------------------------------------------


def restore_linspace(torch, slug):
    """linspace counted from its start alone; the grids of affine_grid are made of it."""
    functional = torch.nn.functional
    usual, usual_grid = torch.linspace, functional.affine_grid

    def steps_of(start, end, steps):
        step = torch.tensor(end - start).float() / (steps - 1)
        return torch.arange(steps).float() * step + start

    def linspace(start, end, steps=100, *rest, **options):
        values = usual(start, end, steps, *rest, **options)
        is_plain = values.dtype == torch.float32 and not values.is_cuda and steps > 1
        if is_plain and "out" not in options:
            used.add(slug)
            with torch.no_grad():
                values.copy_(steps_of(float(start), float(end), steps))
        return values

    def affine_grid(theta, size, align_corners=None):
        if not align_corners or len(size) != 4 or theta.dtype != torch.float32 \
                or min(size[2:]) < 2:
            return usual_grid(theta, size, align_corners)
        used.add(slug)
        count, _, height, width = size
        base = theta.new_ones(count, height, width, 3)
        base[..., 0] = steps_of(-1.0, 1.0, width)
        base[..., 1] = steps_of(-1.0, 1.0, height).unsqueeze(1)
        grid = base.view(count, height * width, 3).bmm(theta.transpose(1, 2))
        return grid.view(count, height, width, 2)

    torch.linspace, functional.affine_grid = linspace, affine_grid


CONVENTIONS = {"singular-vector-signs", "unique-sorted-default"}


def printing(restorer):
    return lambda torch, slug: restorer(torch, slug, used)


def noting(restorer):
    return lambda torch, slug: restorer(torch, lambda: used.add(slug))


# In place of another, and no part of "all".
ALTERNATIVES = {"every-scheduler-step-order"}

RESTORERS = {
    "adam-epsilon-after-correction": noting(optimizers.restore_adam),
    "norm-layers-start-at-one": restore_norm_layers,
    "scheduler-step-order": noting(optimizers.restore_scheduler),
    "every-scheduler-step-order": noting(optimizers.restore_every_scheduler),
    "scheduler-chainable": noting(optimizers.restore_closed_forms),
    "scheduler-verbose-removed": noting(optimizers.restore_plateau_messages),
    "zero-grad-sets-none": noting(optimizers.restore_zero_grad),
    "clip-grad-norm-inplace": noting(optimizers.restore_clipping),
    "random-seed-streams": noting(torchlift_draws.restore_draws),
    "argmax-ties-first": noting(torchlift_ties.restore_argmax),
    "median-mode-ties": noting(torchlift_ties.restore_order),
    "singular-vector-signs": restore_vector_signs,
    "unique-sorted-default": restore_unique,
    "nll-loss-accumulation": restore_nll,
    "gels-renamed-lstsq": restore_gels,
    "optimizers-keep-gradients": noting(optimizers.restore_decayed_gradients),
    "optimizer-state-step-tensor": noting(optimizers.restore_step_numbers),
    "linspace-from-both-ends": restore_linspace,
    "load-state-dict-returns": restore_loading,
    "num-batches-tracked-kept": restore_batch_count,
    "module-repr-arguments": printing(torchlift_reprs.restore_module_reprs),
    "argparse-namespace-order": printing(torchlift_reprs.restore_namespaces),
    "numpy-scalar-repr": printing(torchlift_reprs.restore_scalar_reprs),
}


def restore(slugs):
    """From now on the changes of these slugs are as before; "all" is short for all, "-SLUG" is left
    out of them."""
    torch = sys.modules.get("torch")
    if torch is None:
        return
    import torch.utils.data
    is_old = torch.__version__.startswith(("0.", "1."))
    owners = (torch, torch.Tensor, torch.nn.functional, getattr(torch, "linalg", torch))
    before = [(owner, dict(vars(owner))) for owner in owners]
    for slug in sorted(CONVENTIONS if is_old else RESTORERS):
        is_usual = slug not in ALTERNATIVES and "-" + slug not in slugs
        if slug in slugs or ("all" in slugs and is_usual):
            RESTORERS[slug](torch, slug)
    for owner, usual in before:
        torchlift_compiler.patched.extend(
            (owner, name, usual[name]) for name, value in vars(owner).items()
            if name in usual and value is not usual[name])
    torchlift_compiler.spare(torch)
