"""Tour over less common layers: STN, super resolution with pixel shuffle, norms, bilinear pooling, unfold conv, checkpointing."""
import math
import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.autograd import Variable
from torch.nn.utils import weight_norm, remove_weight_norm, spectral_norm, parameters_to_vector, vector_to_parameters
from torch.utils.checkpoint import checkpoint, checkpoint_sequential

torch.manual_seed(50)
np.random.seed(50)


class STN(nn.Module):
    def __init__(self):
        super(STN, self).__init__()
        self.localization = nn.Sequential(nn.Conv2d(1, 4, kernel_size=5), nn.MaxPool2d(2, stride=2), nn.ReLU(True))
        self.fc_loc = nn.Sequential(nn.Linear(4 * 6 * 6, 16), nn.ReLU(True), nn.Linear(16, 3 * 2))
        self.fc_loc[2].weight.data.fill_(0)
        self.fc_loc[2].bias.data = torch.FloatTensor([1, 0, 0, 0, 1, 0])
        self.fc = nn.Linear(256, 2)

    def stn(self, x):
        xs = self.localization(x)
        theta = self.fc_loc(xs.view(-1, 4 * 6 * 6)).view(-1, 2, 3)
        grid = F.affine_grid(theta, x.size())
        return F.grid_sample(x, grid), theta

    def forward(self, x):
        x, theta = self.stn(x)
        return F.log_softmax(self.fc(x.view(x.size(0), -1)), dim=1), theta


def bars(n):
    x = torch.zeros(n, 1, 16, 16)
    y = torch.arange(n).long() % 2
    for i in range(n):
        k = np.random.randint(3, 13)
        if y[i] == 0:
            x[i, 0, k, 2:14] = 1
        else:
            x[i, 0, 2:14, k] = 1
    return x + 0.1 * torch.randn_like(x), y


net = STN()
opt = torch.optim.SGD(net.parameters(), lr=0.05, momentum=0.9)
for it in range(40):
    x, y = bars(32)
    out, theta = net(Variable(x))
    loss = F.nll_loss(out, Variable(y))
    opt.zero_grad()
    loss.backward()
    opt.step()
    if it % 10 == 0:
        print('stn', it, '%.4f' % loss.data.item())
x, y = bars(100)
out, theta = net(x)
print('acc', (out.max(1)[1] == y).float().mean().item(), 'theta', theta.mean(0).data)

# rotation through affine grid
ang = math.pi / 2
rot = torch.Tensor([[math.cos(ang), -math.sin(ang), 0], [math.sin(ang), math.cos(ang), 0]]).unsqueeze(0)
img = torch.arange(16.).view(1, 1, 4, 4)
r = F.grid_sample(img, F.affine_grid(rot, img.size()))
print('rotated\n', r[0, 0].round())
shift = torch.eye(2, 3).unsqueeze(0)
shift[0, 0, 2] = 0.5
print('shifted', F.grid_sample(img, F.affine_grid(shift, torch.Size((1, 1, 3, 3))), padding_mode='border')[0, 0])

# sub-pixel net
sr = nn.Sequential(nn.Conv2d(1, 8, 3, padding=1), nn.LocalResponseNorm(2), nn.PReLU(), nn.Conv2d(8, 4, 3, padding=1), nn.PixelShuffle(2))
hr, _ = bars(16)
lr = F.avg_pool2d(hr, 2)
opt = torch.optim.Adam(sr.parameters(), lr=0.01)
for i in range(40):
    opt.zero_grad()
    l = F.mse_loss(sr(lr), hr)
    l.backward()
    opt.step()
up = F.upsample(lr, scale_factor=2, mode='bilinear')
psnr = lambda a, b: -10 * math.log10(F.mse_loss(a, b).item())
print('psnr bilinear %.3f sr %.3f nearest %.3f' % (psnr(up, hr), psnr(sr(lr), hr), psnr(F.interpolate(lr, scale_factor=2), hr)))

# conv = unfold + matmul + fold
inp, w = torch.randn(2, 3, 10, 12), torch.randn(2, 3, 4, 5)
unf = F.unfold(inp, (4, 5))
o = unf.transpose(1, 2).matmul(w.view(w.size(0), -1).t()).transpose(1, 2)
o = F.fold(o, (7, 8), (1, 1))
print('unfold conv', torch.allclose(o, F.conv2d(inp, w), atol=1e-4))
cnt = F.fold(F.unfold(torch.ones(1, 1, 5, 5), 3, padding=1), (5, 5), 3, padding=1)
print('overlap', cnt[0, 0].tolist())

# reparametrisations
lin = weight_norm(nn.Linear(5, 3), name='weight')
before = lin(torch.ones(1, 5))
lin = remove_weight_norm(lin)
print('weight norm same', torch.allclose(before, lin(torch.ones(1, 5))), sorted(dict(lin.named_parameters())))
sn = spectral_norm(nn.Linear(6, 6, bias=False), n_power_iterations=30)
sn(torch.randn(2, 6))
print('sigma %.3f' % torch.svd(sn.weight.data)[1][0])
vec = parameters_to_vector(lin.parameters())
vector_to_parameters(vec * 2, lin.parameters())
print('vector', vec.numel(), '%.4f' % (lin(torch.ones(1, 5)) / before).mean().item())

# checkpoint
blocks = nn.Sequential(*[nn.Sequential(nn.Linear(8, 8), nn.Tanh()) for _ in range(6)])
a = torch.randn(4, 8, requires_grad=True)
checkpoint_sequential(blocks, 3, a).sum().backward()
g1 = a.grad.clone()
a.grad.zero_()
blocks(a).sum().backward()
print('checkpoint grads', torch.allclose(g1, a.grad, atol=1e-6), checkpoint(blocks[0], a).shape)

bil = nn.Bilinear(4, 3, 2)
print('bilinear', bil(torch.ones(1, 4), torch.ones(1, 3)).data.numpy().round(4))
f = torch.randn(2, 5, 9)
bp = torch.bmm(f, f.transpose(1, 2)).view(2, -1) / 9
bp = F.normalize(torch.sign(bp) * torch.sqrt(torch.abs(bp) + 1e-10))
print('bilinear pooling', bp.norm(2, 1))
x = torch.randn(2, 4, 6, 6)
for m in [nn.GroupNorm(2, 4), nn.LayerNorm([4, 6, 6]), nn.InstanceNorm2d(4, track_running_stats=True), nn.BatchNorm2d(4, momentum=None), nn.LocalResponseNorm(3),
          nn.LPPool2d(2, 2), nn.FractionalMaxPool2d(2, output_size=3, _random_samples=torch.ones(2, 4, 2) * 0.5), nn.AdaptiveMaxPool2d((2, 3)), nn.ReplicationPad2d(1), nn.ZeroPad2d((1, 0, 0, 1)),
          nn.RReLU(), nn.SELU(), nn.CELU(0.5), nn.Softshrink(), nn.Hardshrink(), nn.Softsign(), nn.Tanhshrink(), nn.Threshold(0.1, -1), nn.Softmin(dim=1), nn.Softmax2d()]:
    m.eval()
    y = m(x)
    print('%-18s %s %.4f' % (m.__class__.__name__, tuple(y.shape), y.abs().mean().item()))
v, i = F.max_pool2d(x, 2, return_indices=True)
print('unpool %.4f' % F.max_unpool2d(v, i, 2).sum().item(), 'glu', F.glu(x, 1).shape, 'alpha', F.alpha_dropout(x, training=False).sum().item() == x.sum().item())
