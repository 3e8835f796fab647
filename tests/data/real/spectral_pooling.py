"""FFT tricks: convolution theorem, spectral pooling, power spectrum."""
import torch

torch.manual_seed(5)


def complex_mul(a, b):
    re = a[..., 0] * b[..., 0] - a[..., 1] * b[..., 1]
    im = a[..., 0] * b[..., 1] + a[..., 1] * b[..., 0]
    return torch.stack([re, im], -1)


def fft_conv(x, k):
    n = x.size(-1)
    fx = torch.rfft(x, 1)
    fk = torch.rfft(k, 1)
    return torch.irfft(complex_mul(fx, fk), 1, signal_sizes=(n,))


x = torch.randn(2, 16)
k = torch.zeros(2, 16)
k[:, :3] = torch.Tensor([0.25, 0.5, 0.25])
print(fft_conv(x, k))

image = torch.randn(1, 8, 8)
f = torch.rfft(image, 2, normalized=True, onesided=False)
power = f.pow(2).sum(-1).sqrt()
print(power.mean().item(), power[0, 0, 0].item())
back = torch.irfft(f, 2, normalized=True, onesided=False)
print((back - image).abs().max().item() < 1e-5)

z = torch.randn(3, 8, 2)
zf = torch.fft(z, 1)
zi = torch.ifft(zf, signal_ndim=1)
print(zf[0], (zi - z).abs().max().item() < 1e-5)
y = x.rfft(1)
print(y.shape, y.norm().item())
