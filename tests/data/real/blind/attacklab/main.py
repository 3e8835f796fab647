from __future__ import print_function
import torch
import torch.nn as nn
import torch.nn.functional as F
import numpy as np
from torch.autograd import Variable
from attacks import fgsm, pgd, deepfool, L2Attack


class Net(nn.Module):
    def __init__(self):
        super(Net, self).__init__()
        self.inp = nn.Linear(64, 20)
        self.fc = nn.Linear(20, 3)

    def forward(self, x):
        return self.fc(F.relu(self.inp(x.view(x.size(0), -1))))


def blobs(n, rs):
    y = np.arange(n) % 3
    x = 0.4 * rs.rand(n, 1, 8, 8)
    for i, k in enumerate(y):
        x[i, 0, 2 * k + 1:2 * k + 3, 2:6] += 0.25
    return torch.from_numpy(x).float(), torch.from_numpy(y)


def adv_train(model, x, y, epochs, eps):
    opt = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    for _ in range(epochs):
        data = fgsm(model, x, y, eps) if eps else x
        loss = F.cross_entropy(model(Variable(data)), Variable(y))
        opt.zero_grad()
        loss.backward()
        opt.step()
    return loss.item()


torch.manual_seed(33)
x, y = blobs(45, np.random.RandomState(33))
report = {}
for name, eps in (('plain', 0), ('hardened', 0.1)):
    net = Net()
    loss = adv_train(net, x, y, 25, eps)
    clean = net(Variable(x)).data.max(1)[1] == y
    row = []
    for adv in (fgsm(net, x, y, 0.2), pgd(net, x, y, 0.2, 0.05, 6)):
        still = net(Variable(adv)).data.max(1)[1] == y
        fooled = clean * (1 - still)
        row.append(fooled.sum().item())
    best, found, l2 = L2Attack().run(net, x[:9], y[:9], 3)
    report[name] = row
    print('%-8s loss %.4f clean %d fooled by fgsm %d pgd %d' % (name, loss, clean.sum().item(), row[0], row[1]))
    print('   l2 attack %d of 9, mean distortion %.3f' % (found.sum().item(), l2[found].mean().item()))
r, iters, before, after = deepfool(net, x[0], 3)
print('deepfool %d -> %d changed %s norm %.3f' % (before, after, before != after, np.linalg.norm(r)))
