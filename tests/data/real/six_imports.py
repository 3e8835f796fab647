import collections
import torch
import torch._six
from torch._six import inf, string_classes
from torch.nn.modules.utils import _pair
from torch.nn.parameter import Parameter


def to_device(obj, device):
    if isinstance(obj, torch.Tensor):
        return obj.to(device)
    if isinstance(obj, torch._six.string_classes):
        return obj
    if isinstance(obj, collections.Mapping):
        return {k: to_device(v, device) for k, v in obj.items()}
    if isinstance(obj, collections.Sequence):
        return [to_device(v, device) for v in obj]
    return obj


def total_norm(parameters, norm_type):
    if norm_type == inf:
        return max(p.data.abs().max() for p in parameters)
    total = 0
    for p in parameters:
        total += p.data.norm(norm_type) ** norm_type
    return total ** (1. / norm_type)


torch.manual_seed(1)
params = [Parameter(torch.randn(3, 2)), Parameter(torch.randn(4))]
print(total_norm(params, inf), total_norm(params, 2))
batch = to_device({'a': torch.ones(2), 'b': ['x', torch.zeros(1)], 'n': 3}, torch.device('cpu'))
print(sorted(batch), batch['b'][0], batch['a'].sum().item())
print(_pair(3), isinstance('s', string_classes))
