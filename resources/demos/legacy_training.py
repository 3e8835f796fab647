"""Trains a small regression the way it was done in 2018, with PyTorch 1.0."""
import torch
import torch.nn as nn
from torch._six import string_classes
from torch.autograd import Function, Variable


class ScaledReLU(Function):
    """A rectifier whose slope is kept in the object."""

    def __init__(self, slope):
        super(ScaledReLU, self).__init__()
        self.slope = slope

    def forward(self, x):
        self.save_for_backward(x)
        return x.clamp(min=0) * self.slope

    def backward(self, grad_output):
        x, = self.saved_tensors
        return grad_output * (x > 0).type_as(x) * self.slope


def describe(name, value):
    label = name if isinstance(name, string_classes) else str(name)
    print('%-10s %.4f' % (label, value))


inputs = (torch.arange(32).view(8, 4) * 7 % 5 - 2).float()
targets = inputs.abs().sum(dim=1, keepdim=True)

hidden, output = nn.Linear(4, 4), nn.Linear(4, 1)
hidden.weight.data.copy_(torch.eye(4))
output.weight.data.fill_(0.5)
for layer in (hidden, output):
    layer.bias.data.zero_()
criterion = nn.MSELoss()
optimizer = torch.optim.SGD(list(hidden.parameters()) + list(output.parameters()), lr=0.0625)
for epoch in range(2):
    loss = criterion(output(ScaledReLU(2.0)(hidden(inputs))), targets)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    describe('loss', loss.item())

test = Variable(torch.eye(4), volatile=True)
scores = output(ScaledReLU(2.0)(hidden(test)))
mask = scores > scores.mean()
describe('above', mask.sum().item())
describe('below', (1 - mask).sum().item())
describe('rest', scores.masked_select(1 - mask).sum().item())

# Least squares beside it, solved directly.
A = torch.tensor([[4., 2.], [2., 2.]])
weights, _ = torch.gesv(torch.tensor([[8.], [6.]]), A)
describe('solution', weights.sum().item())
