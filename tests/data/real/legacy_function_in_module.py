import torch
import torch.nn as nn
from torch.autograd import Variable


class GradReverse(torch.autograd.Function):
    """Domain adaptation: identity forwards, minus lambda backwards."""

    def __init__(self, lambd):
        self.lambd = lambd

    def forward(self, x):
        return x.view_as(x)

    def backward(self, grad_output):
        return (grad_output * -self.lambd)


def grad_reverse(x, lambd=1.0):
    return GradReverse(lambd)(x)


class DANN(nn.Module):
    def __init__(self):
        super(DANN, self).__init__()
        self.feature = nn.Linear(6, 5)
        self.label = nn.Linear(5, 3)
        self.domain = nn.Linear(5, 2)
        for p in self.parameters():
            p.data.copy_(torch.randn(p.size()) * 0.4)

    def forward(self, x, lambd):
        f = self.feature(x).clamp(min=0)
        reverse = grad_reverse(f, lambd)
        return self.label(f), self.domain(reverse)


torch.manual_seed(11)
model = DANN()
opt = torch.optim.SGD(model.parameters(), lr=0.1)
ce = nn.CrossEntropyLoss()
src = Variable(torch.randn(20, 6))
tgt = Variable(torch.randn(20, 6) + 1)
ys = Variable(torch.LongTensor([i % 3 for i in range(20)]))
for step in range(4):
    opt.zero_grad()
    l, d = model(src, 0.5 * step)
    _, dt = model(tgt, 0.5 * step)
    loss = ce(l, ys) + ce(d, Variable(torch.zeros(20).long())) + ce(dt, Variable(torch.ones(20).long()))
    loss.backward()
    opt.step()
    print(step, round(loss.item(), 5), round(model.feature.weight.grad.norm().item(), 5))
