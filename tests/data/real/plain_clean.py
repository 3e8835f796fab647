"""Nothing in here has changed between the two versions."""
import torch
import torch.nn as nn
import torch.nn.functional as F


class Residual(nn.Module):
    def __init__(self, width):
        super(Residual, self).__init__()
        self.a = nn.Linear(width, width)
        self.b = nn.Linear(width, width)

    def forward(self, x):
        return x + self.b(F.relu(self.a(x)))


def potrf(matrix):
    """A function of our own that only has an old name."""
    return matrix.sum()


class Range(object):
    def range(self, a, b):
        return list(range(a, b))

    def gesv(self, a):
        return a * 2


torch.manual_seed(0)
net = nn.Sequential(Residual(4), nn.Linear(4, 2))
with torch.no_grad():
    for p in net.parameters():
        p.copy_(torch.randn(p.size()) * 0.5)
opt = torch.optim.Adam(net.parameters(), lr=0.01)
x, y = torch.randn(12, 4), torch.randint(0, 2, (12,)).long()
for i in range(4):
    opt.zero_grad()
    loss = F.cross_entropy(net(x), y, reduction='sum')
    loss.backward()
    opt.step()
    print(i, '%.5f' % loss.item())
print(potrf(x).item(), Range().range(1, 3), Range().gesv(4))
print(F.softmax(net(x), dim=1)[0], torch.arange(3).tolist())
print('torch.gesv and F.sigmoid are only words here')  # torch.potrf(x) too
