from collections import defaultdict, deque
import torch

class MetricLogger(object):
    def __init__(self):
        self.meters = defaultdict(lambda: deque(maxlen=20))

    def update(self, **kwargs):
        for k, v in kwargs.items():
            self.meters[k].append(v.item() if isinstance(v, torch.Tensor) else v)

    def __str__(self):
        return "  ".join("{}: {:.2f}".format(n, torch.tensor(list(m)).median().item()) for n, m in sorted(self.meters.items()))

def expected_calibration_error(p, y, n_bins):
    conf, pred = p.max(1)
    acc = pred.eq(y)
    edges = torch.linspace(0, 1, n_bins + 1)
    ece = torch.zeros(1)
    for lo, hi in zip(edges[:-1], edges[1:]):
        in_bin = conf.gt(lo.item()) * conf.le(hi.item())
        prop = in_bin.float().mean()
        if prop.item() > 0:
            ece += torch.abs(conf[in_bin].mean() - acc[in_bin].float().mean()) * prop
    return ece.item()
