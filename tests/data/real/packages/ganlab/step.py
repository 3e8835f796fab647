import torch
import torch.nn.functional as F
from torch.autograd import Variable


def bce(p, value):
    return F.binary_cross_entropy(p, Variable(p.data.new(p.size()).fill_(value)))


def gan_step(g, d, og, od, z, y, real):
    fake = g(z, y)
    loss_d = bce(d(real, y), 1) + bce(d(fake.detach(), y), 0)
    od.zero_grad()
    loss_d.backward()
    od.step()
    p = d(fake, y)
    loss_g = bce(p, 1)
    og.zero_grad()
    loss_g.backward()
    og.step()
    wins = (p > 0.5)
    return dict(d=loss_d.data, g=loss_g.data, win=wins.float().mean(), lose=(1 - wins).float().mean())
