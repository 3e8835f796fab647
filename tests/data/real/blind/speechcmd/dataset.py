import numpy as np
import torch
from torch.utils.data import Dataset
from torch.utils.data.sampler import WeightedRandomSampler, SubsetRandomSampler, SequentialSampler

RATE = 2000
LABELS = ['low', 'mid', 'high', 'noise']


class Tones(Dataset):
    def __init__(self, n, seed, transform=None):
        rs = np.random.RandomState(seed)
        self.transform = transform
        self.items = []
        for i in range(n):
            lab = i % 4
            length = rs.randint(400, 600)
            t = np.arange(length) / float(RATE)
            f = (100., 180., 320.)[lab] + rs.uniform(-10, 10) if lab < 3 else 0
            wav = 0.2 * rs.randn(length)
            if lab < 3:
                wav += np.sin(2 * np.pi * f * t) + 0.5 * np.sin(4 * np.pi * f * t)
            self.items.append((wav, lab))

    def __len__(self):
        return len(self.items)

    def __getitem__(self, i):
        wav, lab = self.items[i]
        x = torch.from_numpy(wav).type(torch.FloatTensor)
        if self.transform is not None:
            x = self.transform(x)
        return x, lab


def pad_batch(batch):
    lengths = torch.LongTensor([len(x) for x, _ in batch])
    longest = lengths.max()
    out = torch.FloatTensor(len(batch), longest).fill_(0)
    for i, (x, _) in enumerate(batch):
        out[i][:len(x)].copy_(x)
    labels = torch.LongTensor([l for _, l in batch])
    return out, lengths, labels
