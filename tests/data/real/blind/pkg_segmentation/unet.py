import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.nn import init


class double_conv(nn.Module):
    def __init__(self, i, o):
        super(double_conv, self).__init__()
        self.conv = nn.Sequential(
            nn.Conv2d(i, o, 3, padding=1), nn.BatchNorm2d(o), nn.ReLU(inplace=True),
            nn.Conv2d(o, o, 3, padding=1), nn.BatchNorm2d(o), nn.ReLU(inplace=True))

    def forward(self, x):
        return self.conv(x)


class up(nn.Module):
    def __init__(self, i, o, bilinear=True):
        super(up, self).__init__()
        if bilinear:
            self.up = nn.Upsample(scale_factor=2, mode='bilinear', align_corners=True)
        else:
            self.up = nn.ConvTranspose2d(i // 2, i // 2, 2, stride=2)
        self.conv = double_conv(i, o)

    def forward(self, x1, x2):
        x1 = self.up(x1)
        diffY = x2.size()[2] - x1.size()[2]
        diffX = x2.size()[3] - x1.size()[3]
        x1 = F.pad(x1, (diffX // 2, diffX - diffX // 2, diffY // 2, diffY - diffY // 2))
        return self.conv(torch.cat([x2, x1], dim=1))


class UNet(nn.Module):
    def __init__(self, nc, ncls, w=8, deep_supervision=True):
        super(UNet, self).__init__()
        self.inc = double_conv(nc, w)
        self.down1 = nn.Sequential(nn.MaxPool2d(2), double_conv(w, w * 2))
        self.down2 = nn.Sequential(nn.MaxPool2d(2), double_conv(w * 2, w * 2))
        self.up1 = up(w * 4, w)
        self.up2 = up(w * 2, w, bilinear=False)
        self.outc = nn.Conv2d(w, ncls, 1)
        self.aux = nn.Conv2d(w, ncls, 1) if deep_supervision else None
        self.apply(self._init)

    @staticmethod
    def _init(m):
        if isinstance(m, nn.Conv2d):
            init.kaiming_normal(m.weight.data, a=0, mode='fan_in')
            init.constant(m.bias.data, 0)

    def forward(self, x):
        x1 = self.inc(x)
        x2 = self.down1(x1)
        x3 = self.down2(x2)
        u1 = self.up1(x3, x2)
        u2 = self.up2(u1, x1)
        out = self.outc(u2)
        if self.training and self.aux is not None:
            aux = F.upsample(self.aux(u1), size=x.size()[2:], mode='bilinear')
            return out, aux
        return out
