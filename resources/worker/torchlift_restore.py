"""Takes known changes inside torch back, so that new code computes as the old version did.

None of them is in the code that was migrated: its text is right, and its numbers still differ. When
they agree once these are taken back, the migration is not what made the difference. Each is named
by the slug of its change in the catalogue; `used` says which of them the run came to need.

Signs of singular vectors cannot be taken back: the library that finds them is another. They are made
to follow one rule instead, in both versions alike, and CONVENTIONS names what needs that.

Part of the worker; patches the target's torch, 2.0 or later, and for CONVENTIONS the old one, too.
"""
import math
import sys

import torchlift_reprs

MCG31_FACTOR = 1132489760  # of VSL_BRNG_MCG31, with which MKL drew what bernoulli_ gave
MCG31_MODULUS = 2 ** 31 - 1

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


# --- random-seed-streams --------------------------------------------------------------------------


def restore_draws(torch, slug):
    """bernoulli_ (and with it dropout), multinomial, gumbel_softmax and shuffling draw otherwise."""
    restore_bernoulli(torch, slug)
    restore_multinomial(torch, slug)
    restore_gumbel(torch, slug)
    restore_shuffling(torch, slug)
    restore_recurrent_dropout(torch)


def raw_draw(torch):
    """The next 32 bits of the generator, which gives them only modulo something below 2 ** 28: from
    two remainders of the same number."""
    first, second = 2 ** 28 - 1, 2 ** 28 - 3
    before = torch.get_rng_state()
    remainders = []
    for modulus in (first, second):
        torch.set_rng_state(before)
        remainders.append(int(torch.empty((), dtype=torch.int64).random_(0, modulus)))
    candidates = range(remainders[0], 2 ** 32, first)
    return next(number for number in candidates if number % second == remainders[1])


def mcg31_below(torch, count, probability):
    state = raw_draw(torch) % MCG31_MODULUS or 1
    limit = probability * MCG31_MODULUS
    values = []
    for _ in range(count):
        values.append(1.0 if state < limit else 0.0)
        state = state * MCG31_FACTOR % MCG31_MODULUS
    return torch.tensor(values)


def restore_bernoulli(torch, slug):
    functional = torch.nn.functional
    usual = torch.Tensor.bernoulli_

    def bernoulli_(self, p=0.5, *, generator=None):
        if isinstance(p, torch.Tensor) or generator is not None or self.is_cuda:
            return usual(self, p, generator=generator)
        used.add(slug)
        with torch.no_grad():
            return self.copy_(mcg31_below(torch, self.numel(), p).view(self.shape))

    def dropped(input, noise_shape, p, inplace):
        noise = input.new_empty(noise_shape).bernoulli_(1 - p).div_(1 - p)
        return input.mul_(noise) if inplace else input * noise

    def dropout(input, p=0.5, training=True, inplace=False):
        if not training or p == 0 or p == 1:
            return usual_dropout(input, p, training, inplace)
        return dropped(input, input.shape, p, inplace)

    def of_channels(usual_function):
        def call(input, p=0.5, training=True, inplace=False):
            if not training or p == 0 or p == 1 or input.dim() < 3:
                return usual_function(input, p, training, inplace)
            shape = tuple(input.shape[:2]) + (1,) * (input.dim() - 2)
            return dropped(input, shape, p, inplace)
        return call

    usual_dropout = functional.dropout
    torch.Tensor.bernoulli_ = bernoulli_
    functional.dropout = torch.dropout = dropout
    functional.dropout2d = of_channels(functional.dropout2d)
    functional.dropout3d = of_channels(functional.dropout3d)


def draw_row(torch, row, count, replacement):
    """`count` places of a row of weights: up to 1.1 they were summed up in double precision, and
    what had been drawn was taken out of the sums."""
    sums = row.double().cumsum(0)
    total = float(sums[-1])
    sums = (sums.to(row.dtype).double() / total).to(row.dtype).double()
    uniforms = torch.rand(count, dtype=torch.float64)
    if replacement:
        return torch.searchsorted(sums, uniforms).clamp(max=len(sums) - 1)
    drawn = []
    for uniform in uniforms:
        place = min(int(torch.searchsorted(sums, uniform)), len(sums) - 1)
        drawn.append(place)
        mass = sums[place] - (sums[place - 1] if place > 0 else 0)
        sums[place:] -= mass
        sums = (sums / (1 - mass)).to(row.dtype).double()
    return torch.tensor(drawn)


def restore_multinomial(torch, slug):
    usual = torch.multinomial

    def multinomial(input, num_samples, replacement=False, *, generator=None, out=None):
        if generator is not None or out is not None or input.is_cuda:
            return usual(input, num_samples, replacement, generator=generator, out=out)
        used.add(slug)
        rows = [draw_row(torch, row, num_samples, replacement)
                for row in input.detach().reshape(-1, input.shape[-1])]
        return torch.stack(rows).view(tuple(input.shape[:-1]) + (num_samples,))

    def sample(self, sample_shape=()):
        shape = self._extended_shape(torch.Size(sample_shape))
        events = self._param.shape[-1]
        rows = self.probs.detach().expand(tuple(shape) + (events,)).reshape(-1, events)
        return multinomial(rows, 1, True).view(shape)

    torch.multinomial = multinomial
    torch.Tensor.multinomial = multinomial
    torch.distributions.Categorical.sample = sample


def restore_gumbel(torch, slug):
    usual = torch.nn.functional.gumbel_softmax

    def gumbel_softmax(logits, tau=1, hard=False, eps=1e-10, dim=-1):
        if dim != -1:
            return usual(logits, tau, hard, eps, dim)
        used.add(slug)
        noise = -torch.log(eps - torch.log(torch.rand(logits.shape) + eps))
        soft = torch.softmax((logits + noise) / tau, -1)
        if not hard:
            return soft
        best = soft.max(-1, keepdim=True)[1]
        return torch.zeros_like(logits).scatter_(-1, best, 1.0) - soft.detach() + soft

    torch.nn.functional.gumbel_softmax = gumbel_softmax


def restore_recurrent_dropout(torch):
    """Recurrent layers drop between their layers where no patch reaches: layer by layer instead."""
    calls = {"LSTM": torch.lstm, "GRU": torch.gru, "RNN_TANH": torch.rnn_tanh,
             "RNN_RELU": torch.rnn_relu}
    packed_type = torch.nn.utils.rnn.PackedSequence
    kinds = (torch.nn.LSTM, torch.nn.GRU, torch.nn.RNN)

    def by_layers(self, input, states, sizes):
        count, ends, given = self.num_layers, [], len(self._all_weights[0])
        for layer in range(count):
            begin = layer * (2 if self.bidirectional else 1)
            part = slice(begin, begin + (2 if self.bidirectional else 1))
            weights = self._flat_weights[part.start * given:part.stop * given]
            start = tuple(state[part] for state in states)
            start = start if self.mode == "LSTM" else start[0]
            shared = (weights, self.bias, 1, 0.0, True, self.bidirectional)
            input, *end = calls[self.mode](input, start, *shared, False) if sizes is None \
                else calls[self.mode](input, sizes, start, *shared)
            ends.append(end)
            if layer + 1 < count:
                input = torch.nn.functional.dropout(input, self.dropout, True)
        return input, tuple(torch.cat(parts) for parts in zip(*ends))

    def taking_layers(usual):
        def forward(self, input, hx=None):
            sizes = input.batch_sizes if isinstance(input, packed_type) else None
            data = input if sizes is None else input.data
            is_plain = self.num_layers > 1 and 0 < self.dropout < 1 and self.training \
                and not data.is_cuda and not getattr(self, "proj_size", 0) \
                and (sizes is not None or data.dim() == 3) \
                and (sizes is None or input.sorted_indices is None)
            if not is_plain:
                return usual(self, input, hx)
            is_turned = self.batch_first and sizes is None
            data = data.transpose(0, 1) if is_turned else data
            if hx is None:
                batch = int(sizes[0]) if sizes is not None else data.shape[1]
                count = self.num_layers * (2 if self.bidirectional else 1)
                hx = (data.new_zeros(count, batch, self.hidden_size),) * 2
            output, ends = by_layers(self, data, hx if isinstance(hx, tuple) else (hx,), sizes)
            output = output.transpose(0, 1) if is_turned else output
            output = output if sizes is None else packed_type(output, sizes)
            return output, ends if self.mode == "LSTM" else ends[0]
        return forward

    for kind in kinds:
        kind.forward = taking_layers(kind.forward)


def restore_shuffling(torch, slug):
    sampler = torch.utils.data.RandomSampler
    usual = sampler.__iter__

    def iterate(self):
        if self.generator is not None:
            return usual(self)
        used.add(slug)
        count = len(self.data_source)
        if self.replacement:
            return iter(torch.randint(high=count, size=(self.num_samples,)).tolist())
        return iter(torch.randperm(count).tolist()[:self.num_samples])

    sampler.__iter__ = iterate


# --- argmax-ties-first, median-mode-ties ----------------------------------------------------------


def restore_argmax(torch, slug):
    """Of equal elements of a contiguous tensor 1.0 named the last."""
    def last_of(usual):
        def place(tensor, dim, keepdim):
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


CONVENTIONS = {"singular-vector-signs"}


def printing(restorer):
    return lambda torch, slug: restorer(torch, slug, used)


RESTORERS = {
    "adam-epsilon-after-correction": restore_adam,
    "norm-layers-start-at-one": restore_norm_layers,
    "scheduler-step-order": restore_scheduler,
    "clip-grad-norm-inplace": restore_clipping,
    "random-seed-streams": restore_draws,
    "argmax-ties-first": restore_argmax,
    "median-mode-ties": restore_sort,
    "singular-vector-signs": restore_vector_signs,
    "nll-loss-accumulation": restore_nll,
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
