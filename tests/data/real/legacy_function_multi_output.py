"""Stateful function with several outputs, attributes set in forward, integer results."""
import torch
from torch.autograd import Function, Variable


class MaxAndMean(Function):
    def __init__(self, dim, keep=False):
        super(MaxAndMean, self).__init__()
        self.dim = dim
        self.keep = keep

    def forward(self, input):
        values, self.indices = input.max(self.dim)
        self.input_size = input.size()
        mean = input.mean(self.dim)
        self.mark_non_differentiable()
        return values, mean

    def backward(self, grad_max, grad_mean):
        grad = grad_max.new(self.input_size).zero_()
        grad.scatter_(self.dim, self.indices.unsqueeze(self.dim), grad_max.unsqueeze(self.dim))
        n = self.input_size[self.dim]
        return grad + grad_mean.unsqueeze(self.dim).expand(self.input_size) / n


class Bilinear(Function):
    def forward(self, a, b, bias=None):
        self.save_for_backward(a, b)
        self.has_bias = bias is not None
        out = a.mm(b.t())
        if bias is not None:
            out += bias.unsqueeze(0).expand_as(out)
        return out

    def backward(self, g):
        a, b = self.saved_tensors
        if self.has_bias:
            return g.mm(b), g.t().mm(a), g.sum(0)
        return g.mm(b), g.t().mm(a)


torch.manual_seed(21)
x = Variable(torch.randn(3, 4), requires_grad=True)
mx, mean = MaxAndMean(1)(x)
(mx * 2 + mean * 3).sum().backward()
print(mx.data, mean.data)
print(x.grad.data)

a = Variable(torch.randn(2, 3), requires_grad=True)
b = Variable(torch.randn(4, 3), requires_grad=True)
c = Variable(torch.randn(4), requires_grad=True)
out = Bilinear()(a, b, c)
out.pow(2).sum().backward()
print(out.data.sum().item(), a.grad.norm().item(), b.grad.norm().item(), c.grad.norm().item())
