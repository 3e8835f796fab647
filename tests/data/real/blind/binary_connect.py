"""Binarised MLP, straight through estimator (Courbariaux et al.), plus k-bit activations a la DoReFa."""
import math

import torch
import torch.nn as nn
import torch.nn.functional as F
import torch.optim as optim
from torch.autograd import Function, Variable
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(2018)


def Binarize(tensor, quant_mode='det'):
    if quant_mode == 'det':
        return tensor.sign()
    else:
        return tensor.add_(1).div_(2).add_(torch.rand(tensor.size()).add(-0.5)).clamp_(0, 1).round().mul_(2).add_(-1)


class QuantizeK(Function):
    @staticmethod
    def forward(ctx, x, k):
        n = float(2 ** k - 1)
        return torch.round(x * n) / n

    @staticmethod
    def backward(ctx, g):
        return g, None


class BinarizeLinear(nn.Linear):
    def __init__(self, *kargs, **kwargs):
        super(BinarizeLinear, self).__init__(*kargs, **kwargs)

    def forward(self, input):
        if not hasattr(self.weight, 'org'):
            self.weight.org = self.weight.data.clone()
        self.weight.data = Binarize(self.weight.org)
        out = F.linear(input, self.weight)
        if self.bias is not None:
            self.bias.org = self.bias.data.clone()
            out += self.bias.view(1, -1).expand_as(out)
        return out


class HingeLoss(nn.Module):
    def __init__(self):
        super(HingeLoss, self).__init__()
        self.margin = 1.0

    def forward(self, input, target):
        output = self.margin - input.mul(target)
        output[output.le(0)] = 0
        return output.mean()


class Net(nn.Module):
    def __init__(self, bits):
        super(Net, self).__init__()
        self.bits = bits
        self.fc1 = BinarizeLinear(16, 64)
        self.bn1 = nn.BatchNorm1d(64)
        self.fc2 = BinarizeLinear(64, 64)
        self.bn2 = nn.BatchNorm1d(64)
        self.fc3 = BinarizeLinear(64, 4, bias=False)
        self.htanh = nn.Hardtanh(0, 1)

    def act(self, x):
        return QuantizeK.apply(self.htanh(x), self.bits)

    def forward(self, x):
        x = self.act(self.bn1(self.fc1(x)))
        x = self.act(self.bn2(self.fc2(x)))
        return self.fc3(x) / 8


centers = torch.randn(4, 16)
labels = torch.LongTensor([i % 4 for i in range(400)])
data = centers[labels] + torch.randn(400, 16) * 0.9
train_loader = DataLoader(TensorDataset(data[:320], labels[:320]), batch_size=32, shuffle=True, drop_last=True)
test_x, test_y = data[320:], labels[320:]


def onehot(y, n=4):
    return torch.zeros(y.size(0), n).fill_(-1).scatter_(1, y.unsqueeze(1), 1)


for bits in (1, 2, 4):
    torch.manual_seed(bits)
    model = Net(bits)
    criterion = HingeLoss()
    optimizer = optim.Adam(model.parameters(), lr=5e-3)
    for epoch in range(1, 7):
        if epoch % 3 == 0:
            for g in optimizer.param_groups:
                g['lr'] = g['lr'] * 0.3
        model.train()
        running = 0.
        for x, y in train_loader:
            x, y = Variable(x), Variable(onehot(y))
            optimizer.zero_grad()
            loss = criterion(model(x), y)
            loss.backward()
            for p in list(model.parameters()):
                if hasattr(p, 'org'):
                    p.data.copy_(p.org)
            optimizer.step()
            for p in list(model.parameters()):
                if hasattr(p, 'org'):
                    p.org.copy_(p.data.clamp_(-1, 1))
            running += loss.item()
    model.eval()
    out = model(Variable(test_x, volatile=True))
    pred = out.data.max(1)[1]
    print('bits %d loss %.4f test acc %.3f levels %d' % (
        bits, running / len(train_loader), pred.eq(test_y).float().mean().item(),
        torch.unique(model.act(torch.linspace(-0.5, 1.5, 200))).size(0)))

w = model.fc2.weight.data
print('weights', torch.unique(w).tolist(), 'positive', (w > 0).sum().item(), 'of', w.numel())
print('stochastic', Binarize(torch.zeros(1000), 'stoch').eq(1).sum().item())
