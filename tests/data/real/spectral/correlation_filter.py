"""Discriminative correlation filter (DCFNet) with complex numbers in the last dimension."""
import torch
import torch.nn as nn


def complex_mul(x, z):
    out_real = x[..., 0] * z[..., 0] - x[..., 1] * z[..., 1]
    out_imag = x[..., 0] * z[..., 1] + x[..., 1] * z[..., 0]
    return torch.stack((out_real, out_imag), -1)


def complex_mulconj(x, z):
    out_real = x[..., 0] * z[..., 0] + x[..., 1] * z[..., 1]
    out_imag = x[..., 1] * z[..., 0] - x[..., 0] * z[..., 1]
    return torch.stack((out_real, out_imag), -1)


def gaussian_shaped_labels(sigma, sz):
    h = torch.arange(sz).float() - sz // 2
    g = torch.exp(-0.5 / (sigma * sigma) * (h.unsqueeze(1) ** 2 + h.unsqueeze(0) ** 2))
    g = torch.cat([g[sz // 2:], g[:sz // 2]], 0)
    return torch.cat([g[:, sz // 2:], g[:, :sz // 2]], 1)


class DCFNet(nn.Module):
    def __init__(self, size=8, lambda0=1e-2):
        super(DCFNet, self).__init__()
        self.feature = nn.Sequential(nn.Conv2d(1, 3, 3, padding=1))
        self.y = gaussian_shaped_labels(1.5, size)
        self.yf = torch.rfft(self.y.view(1, 1, size, size), signal_ndim=2)
        self.lambda0 = lambda0

    def forward(self, z, x):
        z = self.feature(z)
        x = self.feature(x)
        zf = torch.rfft(z, signal_ndim=2)
        xf = torch.rfft(x, signal_ndim=2)
        kzzf = torch.sum(torch.sum(zf ** 2, dim=4, keepdim=True), dim=1, keepdim=True)
        kxzf = torch.sum(complex_mulconj(xf, zf), dim=1, keepdim=True)
        alphaf = self.yf / (kzzf + self.lambda0)
        response = torch.irfft(complex_mul(kxzf, alphaf), signal_ndim=2, signal_sizes=self.y.shape)
        return response


net = DCFNet()
z = torch.linspace(0, 1, 64).view(1, 1, 8, 8)
x = torch.cat([z[:, :, 1:], z[:, :, :1]], 2)
r = net(z, x)
loss = (r - net.y).pow(2).mean()
loss.backward()
print(r.shape, loss.item(), net.feature[0].weight.grad.sum().item())
