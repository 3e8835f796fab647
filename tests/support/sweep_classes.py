"""Cases of torch 1.0.0's classes: layers, initialisers, optimisers, schedulers, distributions, and of
operators, for sweep_api.py. Executed inside torch 1.0.0's interpreter, after sweep_cases.py.
"""
import inspect
import itertools
import random
import re

import torch
from sweep_cases import runs

VALUES = {
    "in_features": "4", "out_features": "3", "in1_features": "4", "in2_features": "4",
    "in_channels": "4", "out_channels": "4", "kernel_size": "2", "num_features": "4",
    "normalized_shape": "4", "num_groups": "2", "num_channels": "4", "input_size": "4",
    "hidden_size": "4", "num_embeddings": "6", "embedding_dim": "4", "output_size": "2", "size": "3",
    "padding": "1", "upscale_factor": "2", "lambd": "0.3", "threshold": "0.2", "value": "0.5",
    "norm_type": "2", "min_val": "-0.5", "max_val": "0.5", "scale_factor": "2", "cutoffs": "[2, 4]",
    "n_classes": "6", "num_layers": "2", "mode": "'nearest'", "p": "0.5", "dim": "1", "groups": "2",
    "dilation": "2", "stride": "2", "align_corners": "False", "margin": "0.5", "eps": "1e-4",
    "momentum": "0.2", "alpha": "0.5", "negative_slope": "0.2", "beta": "2", "k": "1.5", "init": "0.1",
    "num_parameters": "4", "divisor_override": "2", "lower": "0.1", "upper": "0.4", "blank": "1",
    "weight": "torch.rand(4)", "pos_weight": "torch.rand(4)", "ignore_index": "1", "max_norm": "1.0",
    "padding_idx": "0", "output_padding": "0", "nonlinearity": "'relu'", "dropout": "0.0",
}
CHOICES = {"reduction": ["'sum'", "'none'", "'elementwise_mean'"],
           "mode": ["'bilinear'", "'sum'", "'mean'", "'trilinear'", "'linear'"]}
INPUTS = ["torch.randn(4, 4)", "torch.randn(2, 4, 6)", "torch.randn(2, 4, 6, 6)",
          "torch.randn(2, 4, 6, 6, 6)", "torch.tensor([[1, 2, 4, 5], [4, 3, 2, 5]])",
          "torch.rand(4, 4)", "torch.randn(4)"]
PAIRS = ["torch.randn(4, 4), torch.randn(4, 4)", "torch.rand(4, 4), torch.rand(4, 4)",
         "torch.randn(4, 4), torch.tensor([2, 0, 1, 3])", "torch.rand(4), torch.rand(4)",
         "torch.randn(4, 4), torch.tensor([[1, 0, -1, -1]] * 4)",
         "torch.randn(4, 4), torch.tensor([1., -1, 1, -1])",
         "torch.randn(4, 4), (torch.randn(4, 4) > 0).float()", "torch.rand(4, 1), torch.rand(4)",
         "torch.randn(2, 4, 6, 6), torch.randint(0, 4, (2, 6, 6)).long()",
         "torch.randn(4, 4), torch.randn(4, 4), torch.randn(4, 4)",
         "torch.randn(4, 4), torch.randn(4, 4), torch.tensor([1., -1, 1, -1])",
         "torch.randn(4), torch.randn(4), torch.tensor([1., -1, 1, -1])",
         "torch.tensor([1, 2, 4, 5]), torch.tensor([0, 2])",
         "torch.randn(4, 4), torch.tensor([0, 1, 2, 1])",
         "torch.randn(4, 4), (torch.randn(4, 4), torch.randn(4, 4))",
         "torch.randn(5, 2, 4).log_softmax(2), torch.tensor([[1, 2], [2, 3]]), torch.tensor([5, 5]), "
         "torch.tensor([2, 2])"]
OTHER_LAYERS = {"Module", "Sequential", "ModuleList", "ModuleDict", "ParameterList", "Parameter",
                "ParameterDict", "Container", "DataParallel", "DistributedDataParallel"}


def layers():
    return [name for name in sorted(dir(torch.nn)) if isinstance(getattr(torch.nn, name), type)
            and issubclass(getattr(torch.nn, name), torch.nn.Module)] + ["Parameter"]


def constructors(cls, prefix):
    """Argument texts worth a try: what is required, then one optional argument more."""
    required, optional = [], []
    try:
        parameters = list(inspect.signature(cls.__init__).parameters.values())[1:]
    except (TypeError, ValueError):
        return ["%s()" % prefix]
    for parameter in parameters:
        if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
            if cls.__name__ in ("RNN", "LSTM", "GRU"):
                required = ["4", "4"]
                optional += [("num_layers", "2"), ("bidirectional", "True"), ("batch_first", "True"),
                             ("bias", "False")]
            continue
        if parameter.default is parameter.empty:
            required.append(VALUES.get(parameter.name, "2"))
        elif parameter.name in CHOICES:
            optional += [(parameter.name, value) for value in CHOICES[parameter.name]]
        elif isinstance(parameter.default, bool):
            optional.append((parameter.name, str(not parameter.default)))
        elif parameter.name in ("size_average", "reduce"):
            optional += [(parameter.name, "True"), (parameter.name, "False")]
        elif parameter.name in VALUES:
            optional.append((parameter.name, VALUES[parameter.name]))
    texts = [", ".join(required)]
    texts += [", ".join(required + ["%s=%s" % pair]) for pair in optional]
    texts += [", ".join(required + ["%s=%s" % a, "%s=%s" % b])
              for a, b in itertools.combinations(optional, 2)][:40]
    return ["%s(%s)" % (prefix, text) for text in texts]


def of_layer(name):
    found = []
    for made in constructors(getattr(torch.nn, name), "nn." + name):
        count = 0
        for given in PAIRS + INPUTS:
            lines = ["layer = %s" % made, "r = layer(%s)" % given, "return r"]
            if runs(lines):
                found.append(lines)
                graded = ["layer = %s" % made, "r = layer(%s)" % given,
                          "r = r[0] if isinstance(r, tuple) else r", "r.sum().backward()",
                          "return [p.grad for p in layer.parameters()], layer.state_dict()"]
                if not count and "softmax" not in made:
                    found += [graded] * runs(graded)
                count += 1
            if count == 2:
                break
    random.Random(3).shuffle(found)
    return found[:20]


def of_init(name):
    shapes = ["4, 4", "4", "2, 4, 3, 3", "4, 4, 3", "3, 3, 3"]
    extra = ["", ", 0.5", ", 0.2, 1.5", ", gain=2.0", ", a=0.2", ", mode='fan_out'", ", sparsity=0.25",
             ", nonlinearity='relu'"]
    cases = [["w = torch.zeros(%s)" % shape, "r = nn.init.%s(w%s)" % (name, more), "return r, w"]
             for shape in shapes for more in extra]
    gains = ["'relu'", "'tanh'", "'linear'", "'leaky_relu', 0.1"]
    cases += [["return nn.init.%s(%s)" % (name, gain)] for gain in gains]
    return [case for case in cases if runs(case)][:14]


MODEL = ["torch.manual_seed(1)", "model = nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 1))",
         "x, y = torch.randn(6, 3), torch.randn(6, 1)"]
STEPS = ["for i in range(4):", "    optimizer.zero_grad()", "    loss = F.mse_loss(model(x), y)",
         "    loss.backward()", "    optimizer.step()"]
OPTIONS = {"SGD": ["lr=0.1", "lr=0.1, momentum=0.9", "lr=0.1, momentum=0.9, nesterov=True",
                   "lr=0.1, weight_decay=0.01", "0.1", "lr=0.1, momentum=0.5, dampening=0.1"]}
USUAL = ["", "lr=0.05", "lr=0.05, weight_decay=0.01", "lr=0.05, momentum=0.5", "amsgrad=True", "0.02",
         "centered=True", "lr_decay=0.1", "lr=0.05, betas=(0.8, 0.9)", "rho=0.8", "t0=2, lr=0.1",
         "lr=0.1, eps=1e-4", "max_iter=4", "initial_accumulator_value=0.1"]


def of_optimizer(name):
    cases = []
    for option in OPTIONS.get(name, USUAL):
        for given in ("model.parameters()", "[{'params': model[0].parameters()}, "
                      "{'params': model[2].parameters(), 'lr': 0.01}]", "list(model.parameters())"):
            made = "optimizer = torch.optim.%s(%s)" % (name, ", ".join(filter(None, [given, option])))
            cases.append(MODEL + [made] + STEPS + ["return list(model.parameters())"])
            closure = ["def closure():"] + ["    " + line[4:] for line in STEPS[1:4]]
            cases.append(MODEL + [made] + closure + ["    return loss", "for i in range(3):",
                         "    loss = optimizer.step(closure)",
                         "return loss, list(model.parameters())"])
    return [case for case in cases if runs(case)][:24]


SCHEDULES = {"StepLR": ["2", "step_size=2, gamma=0.5", "2, 0.5, -1"],
             "MultiStepLR": ["[2, 4]", "milestones=[1, 3], gamma=0.5"],
             "ExponentialLR": ["0.5", "gamma=0.9"],
             "CosineAnnealingLR": ["4", "T_max=4, eta_min=0.01"],
             "LambdaLR": ["lambda e: 0.9 ** e", "lr_lambda=[lambda e: 1 / (e + 1)]"],
             "ReduceLROnPlateau": ["", "'min', patience=1", "mode='max', factor=0.5, patience=0",
                                   "patience=0, threshold=0.1, cooldown=1", "patience=0, min_lr=0.01",
                                   "patience=1, verbose=False", "patience=0, verbose=True"]}


def of_scheduler(name):
    step = "    scheduler.step(%s)" % ("[1., 2, 2, 2, 1, 1][i]" if "Plateau" in name else "")
    rate = "    rates.append(optimizer.param_groups[0]['lr'])"
    steps = ["    optimizer.zero_grad()", "    F.mse_loss(model(x), y).backward()",
             "    optimizer.step()"]
    orders = [[step] + steps + [rate], steps + [step, rate], steps + [rate, step],
              [step, rate] + steps]
    if "Plateau" not in name:
        orders += [["    scheduler.step(i)"] + steps + [rate], steps + ["    scheduler.step(i)", rate],
                   ["    scheduler.step(epoch=i)"] + steps + [rate],
                   [step] + steps + ["    rates.append(scheduler.get_lr())"],
                   steps + [step, "    rates.append(scheduler.get_lr()[0])"]]
    cases = []
    for option in SCHEDULES.get(name, [""]):
        for order in orders:
            cases.append(MODEL + ["optimizer = torch.optim.SGD(model.parameters(), lr=0.1)",
                                  "scheduler = torch.optim.lr_scheduler.%s(%s)"
                                  % (name, ", ".join(filter(None, ["optimizer", option]))),
                                  "rates = []", "for i in range(6):"] + order
                         + ["return rates, list(model.parameters())"])
    return [case for case in cases if runs(case)]


ARGUMENTS = {"loc": "torch.tensor([0.5, -0.5])", "scale": "torch.tensor([1.0, 2.0])",
             "probs": "torch.tensor([0.3, 0.7])", "rate": "torch.tensor([1.0, 2.0])",
             "concentration": "torch.tensor([1.5, 2.0])", "concentration0": "torch.tensor([1.5, 2.0])",
             "concentration1": "torch.tensor([1.0, 2.5])", "low": "torch.tensor([0.0, -1.0])",
             "high": "torch.tensor([1.0, 2.0])", "df": "torch.tensor([3.0, 5.0])",
             "df1": "torch.tensor([3.0, 5.0])", "df2": "torch.tensor([4.0, 5.0])",
             "total_count": "4", "temperature": "torch.tensor(0.5)", "alpha": "torch.tensor([1.5, 2.0])",
             "covariance_matrix": "torch.eye(2) * 2", "cov_factor": "torch.ones(2, 1)",
             "cov_diag": "torch.ones(2)", "base_distribution": "dist.Normal(torch.zeros(2), 1.0)",
             "transforms": "[dist.transforms.ExpTransform()]", "reinterpreted_batch_ndims": "1"}
USES = ["d.sample()", "d.sample((3,))", "d.sample(torch.Size([2]))", "d.rsample((2,))",
        "d.log_prob(d.sample())", "d.log_prob(torch.tensor([0.25, 0.6]))",
        "d.log_prob(torch.tensor([1.0, 0.0]))", "d.log_prob(torch.tensor([1.5, -0.5]))",
        "d.log_prob(torch.tensor(1.0))", "d.log_prob(d.mean)",
        "d.entropy()", "d.mean", "d.variance", "d.stddev", "d.cdf(torch.tensor([0.25, 0.6]))",
        "d.icdf(torch.tensor([0.25, 0.6]))", "d.enumerate_support()", "d.perplexity()",
        "d.batch_shape, d.event_shape", "d.sample_n(3)", "dist.kl_divergence(d, d)"]


def of_distribution(name):
    cls = getattr(torch.distributions, name)
    try:
        parameters = list(inspect.signature(cls.__init__).parameters.values())[1:]
    except (TypeError, ValueError):
        return []
    required = [p.name for p in parameters if p.default is p.empty and p.name in ARGUMENTS]
    made = [", ".join(ARGUMENTS[n] for n in required),
            ", ".join("%s=%s" % (n, ARGUMENTS[n]) for n in required)]
    extra = [p.name for p in parameters if p.name in ("probs", "logits", "covariance_matrix", "scale")
             and p.name not in required]
    made = [", ".join(filter(None, [text, "%s=%s" % (n, ARGUMENTS.get(n, "torch.randn(2)"))]))
            for text in made for n in extra] + ([] if extra and "probs" in extra else made)
    made.append(", ".join("0.5" if n != "total_count" else "4" for n in required + extra[:1]))
    cases = [["d = dist.%s(%s)" % (name, text), "return " + use]
             for text in dict.fromkeys(made) for use in USES]
    return [case for case in cases if runs([line.replace("dist.", "torch.distributions.")
                                            for line in case])][:44]


OPERANDS = [("f2", "torch.randn(4, 4)"), ("l2", "torch.randint(1, 5, (4, 4)).long()"),
            ("n2", "torch.randint(-4, 0, (4, 4)).long()"), ("i2", "torch.randint(1, 4, (4, 4)).int()"),
            ("m2", "torch.randn(4, 4) > 0"), ("c2", "torch.rand(4, 4) < 0.5"),
            ("b2", "torch.randint(0, 2, (4, 4), dtype=torch.uint8)"), ("d2", "torch.rand(4, 4).double()"),
            ("f0", "torch.tensor(0.5)"), ("l0", "torch.tensor(3)"), ("two", "2"), ("real", "0.5"),
            ("one", "1"), ("v4", "torch.tensor([1., 2, 3, 4])"), ("l4", "torch.tensor([1, 2, 3, 4])")]
OPERATORS = ["+", "-", "*", "/", "//", "%", "**", "&", "|", "^", "==", "!=", "<", ">=", "@"]
FORMS = ["-a", "~a", "a[b]", "abs(a)", "a.sum()", "a.sum(0)", "a.sum(1, keepdim=True)", "a.sum().item()",
         "a.mean()", "a.float().mean()", "a.long()", "a.prod()", "a.cumsum(0)", "a.max()", "a.max(1)",
         "a.any()", "a.all()", "a.nonzero()", "a.numpy()", "a.tolist()", "a.type()", "a.dtype",
         "torch.sum(a)", "float(a.sum())", "int(a.sum())", "a.sort()", "a.topk(2)", "a.unique()",
         "a.t()", "a.view(-1)", "a.masked_fill(b, 0)", "a.masked_select(b)", "torch.where(a, a, a)",
         "torch.where(b, a, a)", "a.index_select(0, torch.tensor([1]))", "a.expand(2, 4, 4)", "a.std()",
         "a.norm()", "a.argmax()", "a.argmax(1)", "a.min(0)[0]", "a.byte()", "1 - a", "2 * a", "1 / a",
         "a.new(2, 2).zero_()", "a.new_ones(2)", "a.clone().fill_(1)", "a.type(torch.FloatTensor)",
         "torch.stack([a, a])", "torch.cat([a, a], 1)", "a.eq(b)", "a.eq(b).sum()", "a.ne(b).float()",
         "torch.eq(a, b)", "(a == b).sum().item()", "a.gt(0)", "bool((a == a).all())", "a.repeat(2, 1)",
         "(a > 0) + (b > 0)", "(a > 0) * (b > 0)", "(a > 0) - (b > 0)", "1 - (a > 0)", "~(a > 0)",
         "(a > 0) & (b > 0)", "(a > 0) == 1", "(a > 0).sum(1)", "(a > 0).cumsum(0)", "(a > 0) * 2",
         "(a > 0).float() * a", "a * (a > 0).float()", "a.mul(b)", "a.add(b)", "a.add(2, b)",
         "a.div(b)", "a.pow(2)", "a.fmod(2)", "a.remainder(2)", "a.clamp(0, 1)", "a.round()",
         "sum(a)", "len(a)", "a in b", "[x for x in a]", "a is b", "a.size(0) / 2", "a[0].item()"]
STORES = ["a[b] = 0", "a[a > 0] = 1", "a[0] = b[0]", "a[:, 1] = 2.5", "a[b > 0] = a[b > 0] * 2",
          "a.masked_fill_(b, 2)", "a[0, 0] += 1", "a[b] += 1", "a += 1", "a -= b", "a *= 2", "a /= 2",
          "a //= 2", "a **= 2", "a %= 2", "a &= b", "a |= b", "a *= 0.5", "a.mul_(0.5)",
          "a.scatter_(1, torch.tensor([[0], [1], [2], [3]]), 1)", "a.index_fill_(0, torch.tensor([1]), 2)",
          "a.add_(b)", "a.add_(2, b)", "a.copy_(b)", "a.fill_(True)", "a.clamp_(0, 1)", "a.zero_()"]


def operators():
    return OPERATORS + ["forms", "stores"]


def written(a, b, expression):
    """A case of one expression of `a` and `b`, numbers standing in it as people write them."""
    lines = []
    for name, (_, text) in (("a", a), ("b", b)):
        if "torch" in text:
            lines.append("%s = %s" % (name, text))
        else:
            expression = re.sub(r"\b%s\b" % name, text, expression)
    return lines + ["return " + expression]


def of_operator(name):
    def is_divided_by_zero(form, divisor):
        return re.search(r"/|%|\bdiv|mod|remainder", form) and divisor in ("m2", "c2", "b2")

    pairs = [(a, b) for a in OPERANDS for b in OPERANDS if "torch" in a[1] or "torch" in b[1]]
    if name in OPERATORS:
        pairs = [(a, b) for a, b in pairs if not is_divided_by_zero(name, b[0])]
        return [case for case in (written(a, b, "a %s b" % name) for a, b in pairs) if runs(case)]
    draw = random.Random(11)
    cases = []
    for form in FORMS if name == "forms" else STORES:
        last = ["return %s" % form] if name == "forms" else [form, "return a"]
        other = " b" in " " + form.replace("(", " ").replace("[", " ")
        group = pairs if other else [(a, None) for a in OPERANDS]
        group = [(a, b) for a, b in group
                 if not is_divided_by_zero(form, a[0] if form == "1 / a" else b[0] if b else "")]
        found = [case for case in (["a = %s" % a[1]] + ["b = %s" % b[1] for b in [b] if b] + last
                                   for a, b in group) if runs(case)]
        draw.shuffle(found)
        cases += found[:9]
    return cases


AREAS = {
    "layer": (layers, of_layer),
    "init": (lambda: [n for n in sorted(dir(torch.nn.init)) if n[0] != "_"
                      and inspect.isfunction(getattr(torch.nn.init, n))], of_init),
    "optimizer": (lambda: [n for n in sorted(dir(torch.optim)) if n[0].isupper()
                           and n != "Optimizer"], of_optimizer),
    "scheduler": (lambda: sorted(SCHEDULES), of_scheduler),
    "distribution": (lambda: [n for n in torch.distributions.__all__ if n[0].isupper()],
                     of_distribution),
    "operator": (operators, of_operator),
}
