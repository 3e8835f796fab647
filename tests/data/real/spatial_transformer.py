import torch
import torch.nn as nn
import torch.nn.functional as F

torch.manual_seed(44)


class STN(nn.Module):
    def __init__(self):
        super(STN, self).__init__()
        self.loc = nn.Linear(36, 6)
        self.loc.weight.data.fill_(0)
        self.loc.bias.data = torch.FloatTensor([1, 0, 0.1, 0, 0.8, 0])

    def forward(self, x):
        theta = self.loc(x.view(-1, 36)).view(-1, 2, 3)
        grid = F.affine_grid(theta, x.size())
        return F.grid_sample(x, grid)


stn = STN()
x = torch.randn(2, 1, 6, 6, requires_grad=True)
y = stn(x)
print(y[0])
y.pow(2).sum().backward()
print('%.5f' % x.grad.norm().item(), stn.loc.bias.grad)
flow = torch.zeros(2, 6, 6, 2)
gx = torch.linspace(-1, 1, 6)
flow[..., 0] = gx.view(1, 1, 6)
flow[..., 1] = gx.view(1, 6, 1)
warped = F.grid_sample(x, flow + 0.05, mode='nearest', padding_mode='border')
print('%.5f' % warped.sum().item())
yy, xx = torch.meshgrid([torch.arange(0, 3), torch.arange(0, 4)])
print(yy.tolist(), xx.tolist())
