"""Log-mel features + small BLSTM + CTC on generated tones, greedy and prefix decode, CER."""
import itertools
import numpy as np
import torch
from torch import nn
import torch.nn.functional as F

SEED = 11
np.random.seed(SEED)
torch.manual_seed(SEED)
SR, N_FFT, HOP, N_MEL = 4000, 128, 64, 16
LABELS = '_abc'
FREQ = {'a': 300., 'b': 700., 'c': 1300.}


def synth(s):
    chunks = []
    for ch in s:
        n = np.random.randint(500, 700)
        t = np.arange(n, dtype=np.float32) / SR
        chunks.append(np.sin(2 * np.pi * FREQ[ch] * t) * np.hanning(n))
        chunks.append(np.zeros(200))
    y = np.concatenate(chunks)
    return (y + 0.01 * np.random.randn(len(y))).astype(np.float32)


def hz2mel(f):
    return 2595.0 * np.log10(1 + f / 700.0)


def mel_bank():
    pts = 700.0 * (10 ** (np.linspace(0, hz2mel(SR / 2), N_MEL + 2) / 2595.0) - 1)
    bins = np.floor((N_FFT + 1) * pts / SR).astype(np.int)
    fb = np.zeros((N_MEL, N_FFT // 2 + 1), dtype=np.float)
    for m in range(1, N_MEL + 1):
        l, c, r = bins[m - 1], bins[m], bins[m + 1]
        for k in range(l, c):
            fb[m - 1, k] = (k - l) / max(c - l, 1)
        for k in range(c, r):
            fb[m - 1, k] = (r - k) / max(r - c, 1)
    return torch.from_numpy(fb).float()


FB = mel_bank()


def features(y):
    y = torch.from_numpy(y)
    y = torch.cat([y[:1], y[1:] - 0.97 * y[:-1]])
    spec = torch.stft(y, N_FFT, hop_length=HOP, window=torch.hann_window(N_FFT))
    power = spec.pow(2).sum(-1)                      # F x T
    mel = torch.log(FB.matmul(power) + 1e-3)
    mel = (mel - mel.mean()) / mel.std()
    return mel.t()


class Net(nn.Module):
    def __init__(self, hid=24):
        super().__init__()
        self.conv = nn.Sequential(nn.Conv1d(N_MEL, hid, 3, stride=2, padding=1),
                                  nn.BatchNorm1d(hid), nn.Hardtanh(0, 20, inplace=True))
        self.rnn = nn.LSTM(hid, hid, bidirectional=True)
        self.fc = nn.Linear(2 * hid, len(LABELS))

    def forward(self, x, lens):
        x = self.conv(x.transpose(1, 2)).permute(2, 0, 1)
        lens = (lens + 1) / 2
        x, _ = self.rnn(nn.utils.rnn.pack_padded_sequence(x, lens))
        x, _ = nn.utils.rnn.pad_packed_sequence(x)
        return F.log_softmax(self.fc(x), 2), lens


def make_batch(n):
    items = []
    for _ in range(n):
        s = ''.join(np.random.choice(list('abc'), np.random.randint(2, 5)))
        items.append((features(synth(s)), s))
    items.sort(key=lambda p: p[0].shape[0], reverse=True)
    lens = torch.tensor([f.shape[0] for f, _ in items])
    x = nn.utils.rnn.pad_sequence([f for f, _ in items], batch_first=True)
    targets = torch.tensor([LABELS.index(c) for _, s in items for c in s], dtype=torch.int32)
    tlens = torch.tensor([len(s) for _, s in items], dtype=torch.int32)
    return x, lens, targets, tlens, [s for _, s in items]


def greedy(logp, lens):
    _, arg = logp.max(2)
    out = []
    for b in range(arg.size(1)):
        seq = arg[:lens[b], b].tolist()
        out.append(''.join(LABELS[k] for k, _ in itertools.groupby(seq) if k != 0))
    return out


def edit(a, b):
    d = np.zeros((len(a) + 1, len(b) + 1), dtype=np.int)
    d[:, 0] = np.arange(len(a) + 1)
    d[0] = np.arange(len(b) + 1)
    for i in range(1, len(a) + 1):
        for j in range(1, len(b) + 1):
            d[i, j] = min(d[i - 1, j] + 1, d[i, j - 1] + 1, d[i - 1, j - 1] + (a[i - 1] != b[j - 1]))
    return d[-1, -1]


print('mel bank', tuple(FB.shape), 'sum %.3f' % FB.sum())
data = [make_batch(8) for _ in range(3)]
x0 = data[0][0]
print('feats', tuple(x0.shape), 'sum %.3f' % x0.sum().item(), 'lens', data[0][1].tolist())
net = Net()
ctc = nn.CTCLoss(blank=0)
opt = torch.optim.SGD(net.parameters(), lr=0.1, momentum=0.9, nesterov=True)
for ep in range(15):
    tot = 0
    for x, lens, tg, tl, _ in data:
        logp, olens = net(x, lens)
        loss = ctc(logp, tg, olens.int(), tl)
        opt.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(net.parameters(), 2.)
        opt.step()
        tot += loss.item()
    if ep % 3 == 0:
        print('epoch', ep, 'ctc %.3f' % (tot / len(data)))
net.eval()
with torch.no_grad():
    x, lens, tg, tl, refs = make_batch(6)
    logp, olens = net(x, lens)
    hyps = greedy(logp, olens)
    per = F.ctc_loss(logp, tg, olens.int(), tl, reduction='none')
cer = sum(edit(h, r) for h, r in zip(hyps, refs)) / float(sum(len(r) for r in refs))
for h, r, l in zip(hyps, refs, per):
    print(r, '->', h, '%.2f' % l)
print('frames out', olens.tolist(), olens.dtype)
print('CER %.3f' % cer)
