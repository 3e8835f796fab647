import torch
import torch.nn as nn
import torch.nn.functional as F


class Tiny(nn.Module):
    def __init__(self, classes):
        super(Tiny, self).__init__()
        self.down = nn.Conv2d(3, 4, 3, stride=2, padding=1)
        self.head = nn.Conv2d(4, classes, 1)

    def forward(self, x):
        y = self.head(F.relu(self.down(x)))
        return F.upsample(y, size=x.size()[2:], mode='bilinear')


def build(cfg):
    net = Tiny(cfg.classes)
    for m in net.modules():
        if isinstance(m, nn.Conv2d):
            torch.nn.init.xavier_uniform(m.weight)
            m.bias.data.zero_()
    return net
