import torch
import torch.nn as nn
import torch.nn.functional as F


class FPN(nn.Module):
    def __init__(self):
        super(FPN, self).__init__()
        self.c1 = nn.Conv2d(1, 2, 3, stride=2, padding=1)
        self.c2 = nn.Conv2d(2, 2, 3, stride=2, padding=1)
        self.lat = nn.Conv2d(2, 2, 1)
        self.up = nn.Upsample(scale_factor=2, mode='bilinear')
        self.nearest = nn.UpsamplingNearest2d(scale_factor=2)

    def _upsample_add(self, x, y):
        _, _, H, W = y.size()
        return F.upsample(x, size=(H, W), mode='bilinear') + y

    def forward(self, x):
        c1 = F.relu(self.c1(x))
        c2 = F.relu(self.c2(c1))
        p1 = self._upsample_add(c2, self.lat(c1))
        return p1, self.up(p1), self.nearest(c2)


torch.manual_seed(4)
net = FPN()
x = torch.linspace(0, 1, 81).view(1, 1, 9, 9)
p1, big, near = net(x)
again = F.upsample_bilinear(p1, scale_factor=3)
inter = F.interpolate(p1, scale_factor=0.5, mode='bilinear', align_corners=True)
print(p1.shape, big.sum().item(), near.sum().item(), again.mean().item(), inter.shape)
