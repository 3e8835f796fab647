"""Custom autograd Functions: old-style instances, new-style static methods, gradcheck."""
import torch
import torch.nn as nn
from torch.autograd import Function, Variable, gradcheck

torch.manual_seed(3)


class GradReverse(Function):
    def __init__(self, lambd):
        self.lambd = lambd

    def forward(self, x):
        return x.view_as(x)

    def backward(self, grad_output):
        return grad_output.neg() * self.lambd


def grad_reverse(x, lambd=1.0):
    return GradReverse(lambd)(x)


class Binarize(Function):
    """sign with straight through estimator"""

    def forward(self, input):
        self.save_for_backward(input)
        return input.sign()

    def backward(self, grad_output):
        input, = self.saved_tensors
        g = grad_output.clone()
        g[input.ge(1)] = 0
        g[input.le(-1)] = 0
        return g


class Swish(Function):
    @staticmethod
    def forward(ctx, x):
        s = torch.sigmoid(x)
        ctx.save_for_backward(x, s)
        return x * s

    @staticmethod
    def backward(ctx, g):
        x, s = ctx.saved_variables
        return g * (s + x * s * (1 - s))


class ClampedLinear(Function):
    @staticmethod
    def forward(ctx, x, w, b, lo, hi):
        out = x.mm(w.t()) + b
        ctx.mask = (out > lo) * (out < hi)
        ctx.save_for_backward(x, w)
        return out.clamp(lo, hi)

    @staticmethod
    def backward(ctx, g):
        x, w = ctx.saved_tensors
        g = g * ctx.mask.type_as(g)
        gx = gw = gb = None
        if ctx.needs_input_grad[0]:
            gx = g.mm(w)
        if ctx.needs_input_grad[1]:
            gw = g.t().mm(x)
        if ctx.needs_input_grad[2]:
            gb = g.sum(0)
        return gx, gw, gb, None, None


x = Variable(torch.randn(4, 5).double(), requires_grad=True)
w = Variable(torch.randn(3, 5).double(), requires_grad=True)
b = Variable(torch.zeros(3).double(), requires_grad=True)
print('gradcheck swish', gradcheck(Swish.apply, (x,)))
print('gradcheck clamp', gradcheck(lambda x, w, b: ClampedLinear.apply(x, w, b, -1.0, 1.0), (x, w, b)))

x = Variable(torch.linspace(-2, 2, 9), requires_grad=True)
Binarize()(x).sum().backward()
print(x.grad.data.view(-1).tolist())


class BinLinear(nn.Module):
    def __init__(self, i, o):
        super(BinLinear, self).__init__()
        self.weight = nn.Parameter(torch.Tensor(o, i).uniform_(-1, 1))
        self.scale = nn.Parameter(torch.ones(o))

    def forward(self, x):
        return nn.functional.linear(x, Binarize()(self.weight)) * self.scale / x.size(1)


class DANN(nn.Module):
    def __init__(self):
        super(DANN, self).__init__()
        self.feat = nn.Linear(6, 12)
        self.cls = nn.Sequential(BinLinear(12, 2))
        self.dom = nn.Linear(12, 2)

    def forward(self, x, lambd):
        h = Swish.apply(self.feat(x))
        return self.cls(h), self.dom(grad_reverse(h, lambd))


net = DANN()
opt = torch.optim.Adam(net.parameters(), lr=0.02)
ce = nn.CrossEntropyLoss()
for i in range(50):
    src = torch.randn(32, 6)
    tgt = torch.randn(32, 6) + 0.5
    ys = (src[:, 0] + src[:, 1] > 0).long()
    lam = 2.0 / (1 + 2.718 ** (-i / 10.)) - 1
    c, d1 = net(Variable(src), lam)
    _, d2 = net(Variable(tgt), lam)
    lc = ce(c, ys)
    ld = ce(torch.cat([d1, d2]), torch.cat([torch.zeros(32), torch.ones(32)]).long())
    loss = lc + 0.3 * ld
    opt.zero_grad()
    loss.backward()
    opt.step()
    if i % 10 == 9:
        print('it %d cls %.4f dom %.4f' % (i, lc.data[0] if lc.dim() else lc.item(), ld.item()))

c, _ = net(tgt, 0.)
acc = (c.max(1)[1] == (tgt[:, 0] + tgt[:, 1] > 0).long()).float().mean()
print('target acc %.3f' % acc)
print('binary weights', sorted(set(Binarize()(net.cls[0].weight).data.view(-1).tolist())))
