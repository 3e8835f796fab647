# A pairwise function in old style: two inputs, non-tensor state, needs_input_grad.
import torch
from torch.autograd import Function
from torch.nn import Module, Parameter


class PairwiseWeighted(Function):
    def __init__(self, margin, squared=True):
        super(PairwiseWeighted, self).__init__()
        self.margin = margin
        self.squared = squared
        self.count = 0

    def forward(self, a, b, weight):
        diff = a - b
        self.count = a.size(0)
        self.save_for_backward(diff, weight)
        d = diff.pow(2) if self.squared else diff.abs()
        return ((d * weight).sum(1) - self.margin).clamp(min=0)

    def backward(self, grad_output):
        diff, weight = self.saved_tensors
        d = diff.pow(2) if self.squared else diff.abs()
        active = ((d * weight).sum(1) > self.margin).type_as(grad_output)
        g = (grad_output * active).unsqueeze(1)
        inner = 2 * diff if self.squared else diff.sign()
        grad_a = grad_b = grad_w = None
        if self.needs_input_grad[0]:
            grad_a = g * inner * weight
        if self.needs_input_grad[1]:
            grad_b = -g * inner * weight
        if self.needs_input_grad[2]:
            grad_w = (g * d).sum(0)
        return grad_a, grad_b, grad_w


class PairLoss(Module):
    def __init__(self, dim, margin=0.5):
        super(PairLoss, self).__init__()
        self.weight = Parameter(torch.linspace(0.5, 1.5, dim))
        self.margin = margin

    def forward(self, a, b):
        return PairwiseWeighted(self.margin)(a, b, self.weight)


a = torch.linspace(-1, 1, 15).view(5, 3).requires_grad_()
b = torch.linspace(1, 0, 15).view(5, 3)
crit = PairLoss(3)
out = crit(a, b)
out.mean().backward()
abs_version = PairwiseWeighted(0.1, squared=False)(a, b, crit.weight)
print(out.data, a.grad, crit.weight.grad)
print(abs_version.sum().item())
