"""Trains a small classifier the way it was done in 2018, with PyTorch 1.0."""
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


torch.manual_seed(7)
inputs = torch.randn(32, 4)
targets = (inputs.sum(dim=1) > 0).long()

hidden, output = nn.Linear(4, 8), nn.Linear(8, 2)
criterion = nn.CrossEntropyLoss()
optimizer = torch.optim.SGD(list(hidden.parameters()) + list(output.parameters()), lr=0.5)
for epoch in range(20):
    loss = criterion(output(ScaledReLU(1.5)(hidden(inputs))), targets)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
describe('loss', loss.item())

test = Variable(torch.randn(8, 4), volatile=True)
scores = output(ScaledReLU(1.5)(hidden(test)))
mask = scores[:, 1] > scores[:, 0]
describe('positive', mask.sum().item())
describe('negative', (1 - mask).sum().item())
describe('mean', test.masked_select((1 - mask).unsqueeze(1)).mean().item())

# A ridge regression beside it, solved directly.
A = inputs.t().mm(inputs) + 0.1 * torch.eye(4)
weights, _ = torch.gesv(inputs.t().mm(targets.float().unsqueeze(1)), A)
describe('ridge', weights.norm().item())
