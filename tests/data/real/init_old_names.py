import torch
import torch.nn as nn
import torch.nn.init as init
from torch.nn.init import kaiming_normal, xavier_normal

torch.manual_seed(100)


def weights_init(m):
    if isinstance(m, nn.Conv2d):
        kaiming_normal(m.weight.data, mode='fan_out')
        init.constant(m.bias.data, 0.1)
    elif isinstance(m, nn.Linear):
        xavier_normal(m.weight.data, gain=init.calculate_gain('relu'))
        init.normal(m.bias.data, mean=0, std=0.01)


net = nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU(inplace=True))
fc = nn.Linear(4, 2)
torch.manual_seed(101)
net.apply(weights_init)
fc.apply(weights_init)
x = torch.randn(2, 3, 5, 5)
out = fc(net(x).mean(3).mean(2))
print(out)
w = torch.Tensor(4, 4)
print(init.eye(w).sum().item())
print(init.xavier_uniform(torch.empty(3, 5), gain=1).abs().max().item())
print(init.kaiming_uniform(torch.empty(3, 5)).std().item())
q = nn.init.orthogonal(torch.empty(4, 4))
print((q.mm(q.t()) - torch.eye(4)).abs().max().item() < 1e-5)
print(nn.init.dirac(torch.empty(2, 2, 3)).sum().item())
print(init.sparse(torch.empty(6, 3), sparsity=0.5).eq(0).sum().item())
print(init.uniform(torch.empty(3), a=-1, b=1))
