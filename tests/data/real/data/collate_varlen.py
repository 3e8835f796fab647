import collections
import random
import re

import numpy as np
import torch
from torch.utils.data import Dataset, DataLoader
from torch.utils.data.dataloader import default_collate
from torch.utils.data.sampler import Sampler, SubsetRandomSampler
from torch._six import string_classes, int_classes


class TextDataset(Dataset):
    def __init__(self, lines, max_len=6):
        self.vocab = collections.OrderedDict()
        for line in lines:
            for w in re.findall(r'\w+', line):
                self.vocab.setdefault(w, len(self.vocab) + 1)
        self.samples = [(np.array([self.vocab[w] for w in re.findall(r'\w+', l)]), len(l) % 2) for l in lines]

    def __getitem__(self, i):
        words, label = self.samples[i]
        return {'words': torch.from_numpy(words), 'label': label, 'id': 'n%d' % i}

    def __len__(self):
        return len(self.samples)


class BucketSampler(Sampler):
    def __init__(self, lengths):
        self.order = list(np.argsort(lengths, kind='mergesort'))

    def __iter__(self):
        return iter(self.order)

    def __len__(self):
        return len(self.order)


def pad_collate(batch):
    out = {}
    for key in batch[0]:
        values = [d[key] for d in batch]
        if torch.is_tensor(values[0]):
            n = max(v.size(0) for v in values)
            padded = torch.LongTensor(len(values), n).zero_()
            for i, v in enumerate(values):
                padded[i, :v.size(0)] = v
            out[key] = padded
        elif isinstance(values[0], int_classes):
            out[key] = torch.LongTensor(values)
        elif isinstance(values[0], string_classes):
            out[key] = values
        else:
            out[key] = default_collate(values)
    return out


ds = TextDataset(["a b c", "the cat sat", "on the mat today", "b", "cat on cat on mat"])
sampler = BucketSampler([len(s[0]) for s in ds.samples])
loader = DataLoader(ds, batch_size=2, sampler=sampler, collate_fn=pad_collate, num_workers=0)
total, shapes, ids = 0, [], []
for batch in loader:
    mask = batch['words'] != 0
    total += (batch['words'] * mask.long()).sum().item()
    shapes.append(tuple(batch['words'].size()))
    ids.extend(batch['id'])
    labels = batch['label']
weights = torch.zeros(3)
it = iter(loader)
first = it.next()
print(total, shapes, ids, labels, first['words'].sum().item())
