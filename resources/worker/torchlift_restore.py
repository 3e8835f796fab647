"""Takes known changes inside torch back, so that new code computes as the old version did.

None of them is in the code that was migrated: its text is right, and its numbers still differ. When
they agree once these are taken back, the migration is not what made the difference. Each is named
by the slug of its change in the catalogue; `used` says which of them the run came to need.

Signs of singular vectors cannot be taken back (the library that finds them is another), nor can the
order of a hash table. They are made to follow one rule instead, in both versions alike, and
CONVENTIONS names what needs that.

Part of the worker; patches the target's torch, 2.0 or later, and for CONVENTIONS the old one, too.
"""
import math
import sys

import torchlift_draws
import torchlift_reprs

used = set()


# --- adam-epsilon-after-correction ----------------------------------------------------------------


def restore_adam(torch, slug):
    """Up to 1.2 epsilon was added before the correction of the second moment's bias."""
    usual = torch.optim.Adam.step

    def step(self, closure=None):
        if any(group.get("decoupled_weight_decay") or group.get("maximize")
               for group in self.param_groups):
            return usual(self, closure)
        used.add(slug)
        loss = None
        if closure is not None:
            with torch.enable_grad():
                loss = closure()
        with torch.no_grad():
            for group in self.param_groups:
                for parameter in group["params"]:
                    if parameter.grad is not None:
                        adam_update(torch, group, parameter, self.state[parameter])
        return loss

    step.hooked = True  # not wrapped once more by each optimizer that is made
    torch.optim.Adam.step = step


def adam_update(torch, group, parameter, state):
    if not state:
        state["step"] = torch.zeros(())
        for name in ("exp_avg", "exp_avg_sq") + ("max_exp_avg_sq",) * bool(group["amsgrad"]):
            state[name] = torch.zeros_like(parameter)
    state["step"] += 1
    count = float(state["step"])
    beta1, beta2 = group["betas"]
    gradient = parameter.grad
    if group["weight_decay"] != 0:
        gradient = gradient.add(parameter, alpha=group["weight_decay"])
    mean, square = state["exp_avg"], state["exp_avg_sq"]
    mean.mul_(beta1).add_(gradient, alpha=1 - beta1)
    square.mul_(beta2).addcmul_(gradient, gradient, value=1 - beta2)
    if group["amsgrad"]:
        square = torch.maximum(state["max_exp_avg_sq"], square, out=state["max_exp_avg_sq"])
    size = float(group["lr"]) * math.sqrt(1 - beta2 ** count) / (1 - beta1 ** count)
    parameter.addcdiv_(mean, square.sqrt().add_(group["eps"]), value=-size)


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


# --- scheduler-step-order -------------------------------------------------------------------------


def restore_scheduler(torch, slug):
    """In 1.0 a new scheduler stood before epoch 0, and its first step() led there."""
    base = torch.optim.lr_scheduler.LRScheduler
    usual = base.__init__

    def initialise(self, optimizer, last_epoch=-1, *arguments, **options):
        usual(self, optimizer, last_epoch, *arguments, **options)
        used.add(slug)
        self.last_epoch = last_epoch

    base.__init__ = initialise


# --- clip-grad-norm-inplace ------------------------------------------------------------------------


def restore_clipping(torch, slug):
    """The norm that clipping returns was a float."""
    utils = torch.nn.utils
    usual = utils.clip_grad_norm_

    def clip_grad_norm_(*arguments, **options):
        used.add(slug)
        return float(usual(*arguments, **options))

    utils.clip_grad_norm_ = utils.clip_grad.clip_grad_norm_ = clip_grad_norm_


# --- argmax-ties-first, median-mode-ties ----------------------------------------------------------


def restore_argmax(torch, slug):
    """Of equal elements of a contiguous tensor 1.0 named the last."""
    def last_of(usual):
        def place(tensor, dim, keepdim):
            if tensor.dtype == torch.bool:  # a mask was a tensor of bytes
                tensor = tensor.byte()
            found = usual(tensor.detach().flip(dim), dim=dim, keepdim=keepdim)
            return tensor.shape[dim] - 1 - found
        return place

    def reducing(usual, last):
        def call(tensor, *arguments, **options):
            result = usual(tensor, *arguments, **options)
            if isinstance(result, torch.Tensor) or "out" in options or is_elsewhere(tensor):
                return result
            dim = arguments[0] if arguments else options["dim"]
            keepdim = bool(arguments[1] if len(arguments) > 1 else options.get("keepdim", False))
            used.add(slug)
            indices = last(tensor, dim, keepdim)
            values = tensor.gather(dim, indices if keepdim else indices.unsqueeze(dim))
            return type(result)((values if keepdim else values.squeeze(dim), indices))
        return call

    def indexing(usual, last):
        def call(tensor, dim=None, keepdim=False):
            used.add(slug)
            if dim is None:
                return last(tensor.contiguous().view(-1), 0, keepdim)
            if is_elsewhere(tensor):
                return usual(tensor, dim=dim, keepdim=keepdim)
            return last(tensor, dim, keepdim)
        return call

    def is_elsewhere(tensor):
        return tensor.is_cuda or tensor.dim() == 0 or not tensor.is_contiguous()

    last_max, last_min = last_of(torch.argmax), last_of(torch.argmin)
    for owner in (torch, torch.Tensor):
        owner.max = reducing(owner.max, last_max)
        owner.min = reducing(owner.min, last_min)
        owner.argmax = indexing(owner.argmax, last_max)
        owner.argmin = indexing(owner.argmin, last_min)


def restore_sort(torch, slug):
    """Equal elements came in the order that a quicksort with the median of three leaves them."""
    usual_sort = torch.sort

    def sort(tensor, dim=-1, descending=False, **options):
        result = usual_sort(tensor, dim=dim, descending=descending, **options)
        if options or tensor.is_cuda or tensor.dim() == 0 or tensor.numel() > 200000:
            return result
        values = result[0].detach().transpose(dim, -1)
        if not bool((values[..., 1:] == values[..., :-1]).any()):
            return result
        used.add(slug)
        rows = tensor.detach().transpose(dim, -1).contiguous()
        order = [quicksort_order(row, descending)
                 for row in rows.view(-1, rows.shape[-1]).tolist()]
        indices = torch.tensor(order).view(rows.shape).transpose(dim, -1).contiguous()
        return type(result)((tensor.gather(dim, indices), indices))

    def argsort(tensor, dim=-1, descending=False, **options):
        return sort(tensor, dim, descending, **options)[1]

    torch.sort = torch.Tensor.sort = sort
    torch.argsort = torch.Tensor.argsort = argsort


SMALL = 10  # files of up to so many elements and one are left to the insertion sort at the end


def quicksort_order(keys, descending):
    """The order in which the quicksort of torch 1.0 (TH) leaves the places of `keys`."""
    sign = -1 if descending else 1
    items = [(sign * key, place) for place, key in enumerate(keys)]
    waiting = [(0, len(items) - 1)] if len(items) - 1 > SMALL else []
    while waiting:
        low, high = waiting.pop()
        left, right = partition(items, low, high)
        parts = [part for part in ((low, left - 1), (right, high))
                 if part[1] - part[0] + 1 > SMALL]
        waiting += parts  # parts do not meet: their turn does not matter
    for start in range(len(items) - 2, -1, -1):
        item, place = items[start], start + 1
        if item[0] > items[place][0]:
            while place < len(items) and items[place][0] < item[0]:
                items[place - 1] = items[place]
                place += 1
            items[place - 1] = item
    return [place for _, place in items]


def partition(items, low, high):
    """Splits items[low..high] at the median of three; where the left part ends and the right one
    begins."""
    def swap(one, other):
        items[one], items[other] = items[other], items[one]

    swap((low + high) // 2, low + 1)
    for one, other in ((low + 1, high), (low, high), (low + 1, low)):
        if items[one][0] > items[other][0]:
            swap(one, other)
    left, right, pivot = low + 1, high, items[low][0]
    while True:
        left += 1
        while items[left][0] < pivot:
            left += 1
        right -= 1
        while items[right][0] > pivot:
            right -= 1
        if right < left:
            break
        swap(left, right)
    swap(low, right)
    return right, left


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


CONVENTIONS = {"singular-vector-signs", "unique-sorted-default"}


def printing(restorer):
    return lambda torch, slug: restorer(torch, slug, used)


def noting(restorer):
    return lambda torch, slug: restorer(torch, lambda: used.add(slug))


RESTORERS = {
    "adam-epsilon-after-correction": restore_adam,
    "norm-layers-start-at-one": restore_norm_layers,
    "scheduler-step-order": restore_scheduler,
    "clip-grad-norm-inplace": restore_clipping,
    "random-seed-streams": noting(torchlift_draws.restore_draws),
    "argmax-ties-first": restore_argmax,
    "median-mode-ties": restore_sort,
    "singular-vector-signs": restore_vector_signs,
    "unique-sorted-default": restore_unique,
    "nll-loss-accumulation": restore_nll,
    "load-state-dict-returns": restore_loading,
    "num-batches-tracked-kept": restore_batch_count,
    "module-repr-arguments": printing(torchlift_reprs.restore_module_reprs),
    "argparse-namespace-order": printing(torchlift_reprs.restore_namespaces),
    "numpy-scalar-repr": printing(torchlift_reprs.restore_scalar_reprs),
}


def restore(slugs):
    """From now on the changes of these slugs ("all" is short for all) are as before."""
    torch = sys.modules.get("torch")
    if torch is None:
        return
    import torch.utils.data
    is_old = torch.__version__.startswith(("0.", "1."))
    for slug in sorted(CONVENTIONS if is_old else RESTORERS):
        if slug in slugs or "all" in slugs:
            RESTORERS[slug](torch, slug)
