"""Draws random numbers as the old version did: the change random-seed-streams, taken back.

Part of the worker (torchlift_restore.py); patches the target's torch, 2.0 or later.
"""
import sys

MCG31_FACTOR = 1132489760  # of VSL_BRNG_MCG31, with which MKL drew what bernoulli_ gave
MCG31_MODULUS = 2 ** 31 - 1


def restore_draws(torch, note):
    """bernoulli_ (and with it dropout), multinomial, gumbel_softmax, shuffling and gradgradcheck draw
    otherwise. `note` is called where one of them is needed."""
    if drew_by_mkl():
        restore_bernoulli(torch, note)
        restore_recurrent_dropout(torch)
    restore_multinomial(torch, note)
    restore_gumbel(torch, note)
    restore_shuffling(torch, note)
    restore_gradient_checks(torch, note)


def drew_by_mkl():
    """The old version let MKL draw what bernoulli_ gives on processors of Intel alone; on others it
    drew as the new one does."""
    try:
        with open("/proc/cpuinfo") as file:
            return "GenuineIntel" in file.read()
    except OSError:
        return True


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


def restore_bernoulli(torch, note):
    functional = torch.nn.functional
    usual = torch.Tensor.bernoulli_

    def bernoulli_(self, p=0.5, *, generator=None):
        if isinstance(p, torch.Tensor) or generator is not None or self.is_cuda:
            return usual(self, p, generator=generator)
        note()
        with torch.no_grad():
            return self.copy_(mcg31_below(torch, self.numel(), p).view(self.shape))

    def dropped(input, noise_shape, p, inplace):
        noise = input.new_empty(noise_shape).bernoulli_(1 - p).div_(1 - p)
        return input.mul_(noise) if inplace else input * noise

    def alpha_dropped(input, noise_shape, p, inplace):
        alpha = 1.7580993408473766  # of SELU: dropped elements become what it saturates at
        scale = ((alpha * alpha * p + 1) * (1 - p)) ** -0.5
        noise = input.new_empty(noise_shape).bernoulli_(1 - p)
        shift = noise.add(-1).mul_(alpha * scale).add_(alpha * scale * p)
        noise.mul_(scale)
        return input.mul_(noise).add_(shift) if inplace else (input * noise).add_(shift)

    def masking(usual_function, drop, masks_channels, default):
        def call(input, p=0.5, training=default, inplace=False):
            if not training or p == 0 or p == 1 or (masks_channels and input.dim() < 3):
                return usual_function(input, p, training, inplace)
            shape = tuple(input.shape)
            if masks_channels:
                shape = shape[:2] + (1,) * (input.dim() - 2)
            return drop(input, shape, p, inplace)
        return call

    torch.Tensor.bernoulli_ = bernoulli_
    functional.dropout = torch.dropout = masking(functional.dropout, dropped, False, True)
    functional.dropout2d = masking(functional.dropout2d, dropped, True, True)
    functional.dropout3d = masking(functional.dropout3d, dropped, True, True)
    functional.alpha_dropout = masking(functional.alpha_dropout, alpha_dropped, False, False)
    functional.feature_alpha_dropout = masking(functional.feature_alpha_dropout, alpha_dropped,
                                               True, False)


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


def restore_multinomial(torch, note):
    usual = torch.multinomial

    def multinomial(input, num_samples, replacement=False, *, generator=None, out=None):
        if generator is not None or out is not None or input.is_cuda:
            return usual(input, num_samples, replacement, generator=generator, out=out)
        note()
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


def restore_gumbel(torch, note):
    usual = torch.nn.functional.gumbel_softmax

    def gumbel_softmax(logits, tau=1, hard=False, eps=1e-10, dim=-1):
        if dim != -1:
            return usual(logits, tau, hard, eps, dim)
        note()
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


def restore_shuffling(torch, note):
    sampler = torch.utils.data.RandomSampler
    usual = sampler.__iter__

    def iterate(self):
        if self.generator is not None:
            return usual(self)
        note()
        count = len(self.data_source)
        if self.replacement:
            return iter(torch.randint(high=count, size=(self.num_samples,)).tolist())
        return iter(torch.randperm(count).tolist()[:self.num_samples])

    sampler.__iter__ = iterate


def as_tuple(values):
    return tuple(values) if isinstance(values, (tuple, list)) else (values,)


def restore_gradient_checks(torch, note):
    """gradgradcheck drew the gradients that it begins with from the normal distribution."""
    module = sys.modules["torch.autograd.gradcheck"]
    usual = module.gradgradcheck

    def gradgradcheck(func, inputs, grad_outputs=None, **options):
        if grad_outputs is None and not options.get("gen_non_contig_grad_outputs"):
            note()
            outputs = as_tuple(func(*as_tuple(inputs)))
            drawn = [torch.randn_like(output if output.is_floating_point() else output.double())
                     for output in outputs]
            grad_outputs = tuple(gradient.requires_grad_()
                                 for output, gradient in zip(outputs, drawn)
                                 if output.requires_grad)
        return usual(func, inputs, grad_outputs, **options)

    module.gradgradcheck = torch.autograd.gradgradcheck = gradgradcheck
