# 2d fourier unit, tensors of shape (..., 2)
import torch
import torch.nn as nn


class ComplexLinear(nn.Module):
    def __init__(self, i, o):
        super(ComplexLinear, self).__init__()
        self.re = nn.Linear(i, o, bias=False)
        self.im = nn.Linear(i, o, bias=False)

    def forward(self, z):
        a, b = z[..., 0], z[..., 1]
        return torch.stack([self.re(a) - self.im(b), self.re(b) + self.im(a)], dim=-1)


class SpectralMix(nn.Module):
    def __init__(self, width):
        super(SpectralMix, self).__init__()
        self.width = width
        self.lin = ComplexLinear(width, width)

    def forward(self, x):
        z = torch.stack([x, torch.zeros_like(x)], -1)
        f = torch.fft(z, 1, normalized=True)
        f = self.lin(f)
        return torch.ifft(f, 1, normalized=True)[..., 0]


def roll_fft(x, signal_ndim):
    c = x.rfft(signal_ndim, onesided=False)
    return c.ifft(signal_ndim).select(-1, 0)


m = SpectralMix(6)
x = torch.linspace(-1, 1, 18).view(3, 6).requires_grad_()
y = m(x)
y.pow(2).sum().backward()
r = roll_fft(x.detach(), 1)
close = torch.allclose(r, x.detach(), atol=1e-5)
energy = torch.rfft(x, 1, True, True).pow(2).sum()
print(y.shape, x.grad.norm().item(), close, energy.item())
