from collections import defaultdict
import torch


class Logger(object):
    def __init__(self):
        self.values = defaultdict(list)

    def add(self, **kwargs):
        for k, v in kwargs.items():
            self.values[k].append(v.item() if torch.is_tensor(v) else v)

    def means(self):
        return {k: round(sum(v) / len(v), 4) for k, v in sorted(self.values.items())}


def one_hot(idx, n):
    out = torch.zeros(idx.size(0), n)
    return out.scatter_(1, idx.unsqueeze(1), 1)
