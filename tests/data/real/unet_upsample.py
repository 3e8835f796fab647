import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.autograd import Variable

torch.manual_seed(33)


class Up(nn.Module):
    def __init__(self, in_ch, out_ch, bilinear=True):
        super(Up, self).__init__()
        if bilinear:
            self.up = nn.Upsample(scale_factor=2, mode='bilinear')
        else:
            self.up = nn.UpsamplingNearest2d(scale_factor=2)
        self.conv = nn.Conv2d(in_ch, out_ch, 3, padding=1)

    def forward(self, x1, x2):
        x1 = self.up(x1)
        diffX = x2.size()[2] - x1.size()[2]
        diffY = x2.size()[3] - x1.size()[3]
        x1 = F.pad(x1, (diffX // 2, int(diffX / 2), diffY // 2, int(diffY / 2)))
        return F.relu(self.conv(torch.cat([x2, x1], dim=1)))


class UNet(nn.Module):
    def __init__(self):
        super(UNet, self).__init__()
        self.inc = nn.Conv2d(1, 2, 3, padding=1)
        self.down = nn.Conv2d(2, 2, 3, padding=1)
        self.up = Up(4, 2)
        self.up2 = Up(4, 2, bilinear=False)
        self.out = nn.Conv2d(2, 1, 1)

    def forward(self, x):
        x1 = self.inc(x)
        x2 = self.down(F.max_pool2d(x1, 2))
        y = self.up(x2, x1) + self.up2(x2, x1)
        y = self.out(y)
        y = F.upsample(y, size=(10, 10), mode='bilinear')
        return F.sigmoid(y)


def dice_coeff(pred, target):
    smooth = 1.
    num = pred.size(0)
    m1, m2 = pred.view(num, -1), target.view(num, -1)
    return ((m1 * m2).sum() * 2. + smooth) / (m1.sum() + m2.sum() + smooth)


net = UNet()
for p in net.parameters():
    p.data.copy_(torch.randn(p.size()) * 0.3)
img = Variable(torch.randn(2, 1, 8, 8))
mask = (torch.rand(2, 1, 10, 10) > 0.5).float()
opt = torch.optim.SGD(net.parameters(), lr=0.1)
for i in range(3):
    pred = net(img)
    loss = nn.BCELoss()(pred.view(-1), mask.view(-1))
    opt.zero_grad()
    loss.backward()
    opt.step()
    print(i, '%.5f' % loss.item(), '%.4f' % dice_coeff((pred > 0.5).float(), mask).item())
small = F.interpolate(img, scale_factor=0.5, mode='nearest')
print(small.sum().item(), F.upsample(img, scale_factor=2).mean().item())
print(nn.functional.upsample_bilinear(img, size=(5, 5)).sum().item())
