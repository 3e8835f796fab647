import torch
import torch.nn as nn
import torch.nn.functional as F


def init(m):
    if isinstance(m, nn.Linear):
        nn.init.orthogonal(m.weight, gain=0.5)
        nn.init.constant(m.bias, 0.01)


class G(nn.Module):
    def __init__(self):
        super(G, self).__init__()
        self.fc = nn.Linear(5, 8)
        self.out = nn.Linear(8, 4)

    def forward(self, z, y):
        h = F.relu(self.fc(torch.cat([z, y], 1)))
        return F.tanh(self.out(h))


class MinibatchStd(torch.autograd.Function):
    def __init__(self, eps):
        self.eps = eps

    def forward(self, x):
        m = x.mean(0, keepdim=True)
        c = x - m
        std = (c.pow(2).mean(0, keepdim=True) + self.eps).sqrt()
        self.save_for_backward(c, std)
        return c / std

    def backward(self, grad):
        c, std = self.saved_tensors
        return grad / std


class D(nn.Module):
    def __init__(self):
        super(D, self).__init__()
        self.fc = nn.Linear(7, 8)
        self.out = nn.Linear(8, 1)
        self.eps = 1e-3

    def forward(self, x, y):
        h = F.leaky_relu(self.fc(torch.cat([MinibatchStd(self.eps)(x), y], 1)), 0.2)
        return F.sigmoid(self.out(h)).squeeze(1)
