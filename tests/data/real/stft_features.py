import math
import torch
from torch import nn


class LogSpectrogram(nn.Module):
    def __init__(self, n_fft=32, hop=8):
        super(LogSpectrogram, self).__init__()
        self.n_fft = n_fft
        self.hop = hop
        self.register_buffer('window', torch.hann_window(n_fft))

    def forward(self, wav):
        spec = torch.stft(wav, self.n_fft, self.hop, window=self.window)
        real = spec[:, :, :, 0]
        imag = spec[..., 1]
        magnitude = torch.sqrt(real ** 2 + imag ** 2)
        return torch.log(magnitude + 1e-3)


torch.manual_seed(13)
t = torch.arange(0, 256).float() / 256
wave = torch.stack([torch.sin(2 * math.pi * 40 * t), torch.cos(2 * math.pi * 70 * t)])
wave = wave + 0.01 * torch.randn(2, 256)
features = LogSpectrogram()(wave)
print(features.size())
print(features.mean(2).max(1)[1])
print('%.4f' % features.std().item())
raw = torch.stft(wave, n_fft=16, center=False)
print(raw.size(), '%.4f' % raw.abs().sum().item())
