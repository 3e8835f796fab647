"""DoReFa style quantisation: a factory that returns a function of an inner Function class."""
import torch
import torch.nn as nn
import torch.nn.functional as F


def uniform_quantize(k):
    class qfn(torch.autograd.Function):

        @staticmethod
        def forward(ctx, input):
            if k == 32:
                out = input
            elif k == 1:
                out = torch.sign(input)
            else:
                n = float(2 ** k - 1)
                out = torch.round(input * n) / n
            return out

        @staticmethod
        def backward(ctx, grad_output):
            grad_input = grad_output.clone()
            return grad_input

    return qfn().apply


class weight_quantize_fn(nn.Module):
    def __init__(self, w_bit):
        super(weight_quantize_fn, self).__init__()
        assert w_bit <= 8 or w_bit == 32
        self.w_bit = w_bit
        self.uniform_q = uniform_quantize(k=w_bit)

    def forward(self, x):
        if self.w_bit == 32:
            weight_q = x
        elif self.w_bit == 1:
            E = torch.mean(torch.abs(x)).detach()
            weight_q = self.uniform_q(x / E) * E
        else:
            weight = torch.tanh(x)
            weight = weight / 2 / torch.max(torch.abs(weight)) + 0.5
            weight_q = 2 * self.uniform_q(weight) - 1
        return weight_q


class QLinear(nn.Linear):
    def __init__(self, i, o, w_bit):
        super(QLinear, self).__init__(i, o)
        self.quantize_fn = weight_quantize_fn(w_bit=w_bit)

    def forward(self, input):
        return F.linear(input, self.quantize_fn(self.weight), self.bias)


net = nn.Sequential(QLinear(4, 6, 4), nn.ReLU(), QLinear(6, 2, 1))
x = torch.linspace(-1, 1, 12).view(3, 4)
out = net(x)
out.sum().backward()
g = net[0].weight.grad
print(out, g.abs().sum().item())
