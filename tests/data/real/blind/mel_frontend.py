# log-mel front end + tiny keyword net
from __future__ import division
import math
import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F

SR = 4000
N_FFT, HOP, WIN = 128, 64, 128


def hz2mel(f):
    return 2595 * math.log10(1 + f / 700.)


def mel2hz(m):
    return 700 * (10 ** (m / 2595.) - 1)


def mel_filters(n_mels):
    edges = np.linspace(hz2mel(50), hz2mel(SR / 2), n_mels + 2)
    bins = [int((N_FFT + 1) * mel2hz(m) / SR) for m in edges]
    bank = torch.zeros(n_mels, N_FFT // 2 + 1)
    for i in range(n_mels):
        l, c, r = bins[i:i + 3]
        for k in range(l, c):
            bank[i, k] = (k - l) / (c - l)
        for k in range(c, max(r, c + 1)):
            bank[i, k] = (r - k) / max(r - c, 1)
    return bank


class LogMel(nn.Module):
    def __init__(self, n_mels=16):
        super(LogMel, self).__init__()
        self.register_buffer('window', torch.hann_window(WIN))
        self.register_buffer('bank', mel_filters(n_mels))

    def forward(self, wav):
        spec = torch.stft(wav, N_FFT, hop_length=HOP, win_length=WIN, window=self.window)
        power = spec.pow(2).sum(-1)
        mel = torch.matmul(self.bank, power)
        return torch.log(mel.clamp(min=1e-5))


def deltas(x, n=2):
    pad = F.pad(x.unsqueeze(1), (n, n, 0, 0), mode='replicate').squeeze(1)
    num = sum(k * (pad[:, :, n + k:pad.size(2) - n + k] - pad[:, :, n - k:pad.size(2) - n - k])
              for k in range(1, n + 1))
    return num / (2 * sum(k * k for k in range(1, n + 1)))


class KeywordNet(nn.Module):
    def __init__(self, n_mels, classes):
        super(KeywordNet, self).__init__()
        self.front = LogMel(n_mels)
        self.norm = nn.BatchNorm1d(2 * n_mels)
        self.conv = nn.Conv1d(2 * n_mels, 12, 5, padding=2)
        self.out = nn.Linear(12, classes)

    def forward(self, wav):
        m = self.front(wav)
        x = self.norm(torch.cat([m, deltas(m)], 1))
        x = F.relu(self.conv(x)).mean(2)
        return F.log_softmax(self.out(x))


def chirps(n, rs):
    t = np.arange(1600) / SR
    wav, lab = [], []
    for i in range(n):
        k = i % 3
        f0 = (300, 800, 1300)[k] + rs.uniform(-60, 60)
        sweep = (200, 0, -200)[k]
        wav.append(np.sin(2 * np.pi * (f0 * t + sweep * t * t)) + 0.3 * rs.randn(len(t)))
        lab.append(k)
    return torch.from_numpy(np.array(wav)).float(), torch.LongTensor(lab)


torch.manual_seed(17)
rs = np.random.RandomState(17)
wav, lab = chirps(30, rs)
net = KeywordNet(16, 3)
feats = net.front(wav)
print('features', tuple(feats.shape), 'mean %.3f' % feats.mean().item())
opt = torch.optim.SGD(net.parameters(), lr=0.3, momentum=0.9)
for it in range(12):
    loss = F.nll_loss(net(wav), lab, size_average=True)
    opt.zero_grad()
    loss.backward()
    opt.step()
    if it % 4 == 3:
        print('iter %d loss %.4f' % (it + 1, loss.item()))
net.eval()
test_wav, test_lab = chirps(12, rs)
guess = net(test_wav).max(1)[1]
acc = guess.eq(test_lab).sum().item() / 12
print('accuracy %.2f' % acc)
