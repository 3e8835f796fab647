from __future__ import division
import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.autograd import Function, Variable
import numpy as np

torch.manual_seed(8)
np.random.seed(8)


class BinActive(Function):
    """Binarize the input activations (old style function, one instance per call)."""
    def forward(self, input):
        self.save_for_backward(input)
        mean = torch.mean(input.abs(), 1, keepdim=True)
        self.mark_non_differentiable(mean)
        return input.sign(), mean

    def backward(self, grad_output, grad_output_mean):
        input, = self.saved_tensors
        grad_input = grad_output.clone()
        grad_input[input.ge(1)] = 0
        grad_input[input.le(-1)] = 0
        return grad_input


class RoundSTE(Function):
    @staticmethod
    def forward(ctx, x, k):
        n = float(2 ** k - 1)
        return torch.round(x * n) / n

    @staticmethod
    def backward(ctx, g):
        return g, None


class Ternarize(Function):
    def __init__(self, t=0.7):
        super(Ternarize, self).__init__()
        self.t = t

    def forward(self, w):
        delta = self.t * w.abs().mean()
        mask = w.abs() > delta
        alpha = w.abs()[mask].mean()
        return alpha * w.sign() * mask.float()

    def backward(self, g):
        return g


def quantize_w(w, bits):
    if bits == 32:
        return w
    if bits == 2:
        return Ternarize()(w)
    t = F.tanh(w)
    t = t / (2 * t.abs().max()) + 0.5
    return 2 * RoundSTE.apply(t, bits) - 1


class QConv2d(nn.Conv2d):
    def __init__(self, *args, **kwargs):
        self.bits = kwargs.pop('bits')
        super(QConv2d, self).__init__(*args, **kwargs)

    def forward(self, x):
        if self.bits == 1:
            x, mean = BinActive()(x)
            s = self.weight.size()
            # XNOR style weights: scale is the mean over everything but the output channel
            m = self.weight.data.norm(1, 3, keepdim=True).sum(2, keepdim=True).sum(1, keepdim=True).div(s[1] * s[2] * s[3])
            w = self.weight
            qw = (w.data.sign() * m.expand(s) - w.data) + w
        else:
            qw = quantize_w(self.weight, self.bits)
        return F.conv2d(x, qw, self.bias, self.stride, self.padding)


class Net(nn.Module):
    def __init__(self, bits):
        super(Net, self).__init__()
        self.c1 = nn.Conv2d(1, 8, 3, padding=1)
        self.b1 = nn.BatchNorm2d(8, eps=1e-4, momentum=0.1, affine=True)
        self.c2 = QConv2d(8, 16, 3, padding=1, bits=bits)
        self.b2 = nn.BatchNorm2d(16)
        self.fc = nn.Linear(16, 4)

    def forward(self, x):
        x = F.max_pool2d(self.b1(self.c1(x)), 2)
        x = F.relu(self.b2(self.c2(F.hardtanh(x))))
        x = F.adaptive_avg_pool2d(x, 1).view(x.size(0), -1)
        return self.fc(x)


def data(n):
    y = np.random.randint(0, 4, n)
    x = 0.5 * np.random.randn(n, 1, 10, 10)
    for i, k in enumerate(y):
        p = np.random.randint(1, 8)
        if k == 0:
            x[i, 0, p:p + 2, :] += 1
        elif k == 1:
            x[i, 0, :, p:p + 2] += 1
        elif k == 2:
            x[i, 0] += np.eye(10) * 1.5
        else:
            x[i, 0] += np.eye(10)[::-1] * 1.5
    return torch.from_numpy(x).float(), torch.from_numpy(y).long()


xtr, ytr = data(320)
xte, yte = data(160)
for bits in (32, 4, 2, 1):
    torch.manual_seed(8)
    net = Net(bits)
    opt = torch.optim.Adam(net.parameters(), lr=0.01)
    for epoch in range(6):
        net.train()
        perm = torch.randperm(len(xtr))
        tot = 0
        for b in perm.split(40):
            x, y = Variable(xtr[b]), Variable(ytr[b])
            loss = F.cross_entropy(net(x), y)
            opt.zero_grad()
            loss.backward()
            opt.step()
            for m in net.modules():
                if isinstance(m, QConv2d) and bits == 1:
                    m.weight.data.clamp_(-1.0, 1.0)
            tot += loss.data.item()
    net.eval()
    pred = net(Variable(xte, volatile=True)).data.max(1, keepdim=True)[1]
    acc = pred.eq(yte.view_as(pred)).sum().item() / len(yte)
    w = quantize_w(net.c2.weight, bits).data if bits > 1 else net.c2.weight.data.sign()
    levels = torch.unique((w * 1e4).round(), sorted=True).numel()
    print('bits %2d  loss %.3f  acc %.2f  levels %s' % (bits, tot / 8, acc, levels if bits < 32 else 'float'))

# post training linear quantisation to uint8
w = net.fc.weight.data
scale = (w.max() - w.min()) / 255
q = ((w - w.min()) / scale).round().byte()
deq = q.float() * scale + w.min()
print(q.dtype, 'max err within half a step:', bool((deq - w).abs().max() <= scale * 0.51))
nibble = (q >> 4) if hasattr(q, '__rshift__') else q / 16
print('high nibble == integer division:', (nibble == q / 16).all().item())
