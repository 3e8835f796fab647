import numpy as np
import torch
import torch.nn.functional as F


class STFT(torch.nn.Module):
    """Conv based STFT and comparison with torch.stft."""
    def __init__(self, filter_length=16, hop_length=4):
        super(STFT, self).__init__()
        self.filter_length = filter_length
        self.hop_length = hop_length
        fourier_basis = np.fft.fft(np.eye(filter_length))
        cutoff = int((filter_length / 2 + 1))
        fourier_basis = np.vstack([np.real(fourier_basis[:cutoff, :]), np.imag(fourier_basis[:cutoff, :])])
        self.register_buffer('forward_basis', torch.FloatTensor(fourier_basis[:, None, :]))

    def transform(self, input_data):
        num_batches = input_data.size(0)
        num_samples = input_data.size(1)
        input_data = input_data.view(num_batches, 1, num_samples)
        forward_transform = F.conv1d(input_data, self.forward_basis, stride=self.hop_length, padding=0)
        cutoff = int((self.filter_length / 2) + 1)
        real_part = forward_transform[:, :cutoff, :]
        imag_part = forward_transform[:, cutoff:, :]
        magnitude = torch.sqrt(real_part ** 2 + imag_part ** 2)
        phase = torch.atan2(imag_part.data, real_part.data)
        return magnitude, phase


t = torch.arange(64).float() / 64
wave = (torch.sin(2 * np.pi * 5 * t) + 0.5 * torch.sin(2 * np.pi * 11 * t)).unsqueeze(0)
mag, phase = STFT().transform(wave)
spec = torch.stft(wave, n_fft=16, hop_length=4, center=False)
mag2 = spec.pow(2).sum(-1).sqrt()
same = (mag - mag2).abs().max()
hann = torch.stft(wave[0], 16, 4, window=torch.hann_window(16), normalized=True)
power = hann.norm(2, -1)
print(mag.shape, spec.shape, same.item() < 1e-4)
mel = power.log1p().mean(1)
print(mel)
