# The Function instance is kept on the module and used again and again.
import torch
import torch.nn as nn


class ScaleGrad(torch.autograd.Function):
    def __init__(self, scale):
        super(ScaleGrad, self).__init__()
        self.scale = scale

    def forward(self, x):
        return x.clone()

    def backward(self, grad_out):
        return grad_out * self.scale


class Adapter(nn.Module):
    def __init__(self, width, scale=0.25):
        super(Adapter, self).__init__()
        self.inner = nn.Linear(width, width)
        self.scaler = ScaleGrad(scale)

    def forward(self, x):
        h = torch.tanh(self.inner(x))
        return x + self.scaler(h)


m = Adapter(4)
x = torch.ones(2, 4, requires_grad=True)
m(x).sum().backward()
total = m.inner.weight.grad.sum().item()
print('%.6f' % total, x.grad)
