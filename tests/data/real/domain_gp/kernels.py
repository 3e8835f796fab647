import math
import torch


def squared_distance(a, b):
    result = a.pow(2).sum(1, keepdim=True).expand(a.size(0), b.size(0)).clone()
    result.add_(b.pow(2).sum(1).unsqueeze(0).expand_as(result))
    return result.addmm_(1, -2, a, b.t()).clamp_(min=0)


def rbf(a, b, scale=0.5):
    return torch.exp(-0.5 * squared_distance(a, b) / scale ** 2)


def spectral(a, b):
    return torch.cos(2 * math.pi * (a - b.t())) * rbf(a, b)
