"""Short time features without torchaudio."""
import math
import torch


def frame(signal, size, hop):
    n = (signal.size(-1) - size) // hop + 1
    return torch.stack([signal[..., k * hop:k * hop + size] for k in range(n)], -2)


def power_spectrum(signal, size=64, hop=32):
    window = torch.hamming_window(size)
    spec = torch.rfft(frame(signal, size, hop) * window, 1)
    re, im = spec[..., 0], spec[..., 1]
    return re * re + im * im


def dct_matrix(n_out, n_in):
    k = torch.arange(0, n_out).float().unsqueeze(1)
    n = torch.arange(0, n_in).float().unsqueeze(0)
    m = torch.cos(math.pi / n_in * (n + 0.5) * k) * math.sqrt(2.0 / n_in)
    m[0] *= 1 / math.sqrt(2)
    return m


def cepstra(signal, n_cep=8, bands=16):
    p = power_spectrum(signal)
    n_bins = p.size(-1) - 1
    group = n_bins / bands
    p = p[..., 1:].contiguous().view(p.size(0), p.size(1), bands, int(group)).mean(-1)
    return torch.log(p + 1e-6).matmul(dct_matrix(n_cep, bands).t())


def autocorrelation_pitch(signal, rate, lo=60, hi=500):
    n = signal.size(-1)
    padded = torch.cat([signal, signal.new(signal.size()).zero_()], -1)
    f = torch.rfft(padded, 1, onesided=False)
    energy = f.pow(2).sum(-1)
    spec = torch.stack([energy, torch.zeros_like(energy)], -1)
    ac = torch.ifft(spec, 1)[..., 0][..., :n]
    a, b = rate // hi, rate // lo
    lag = ac[..., a:b].max(-1)[1] + a
    return rate / lag
