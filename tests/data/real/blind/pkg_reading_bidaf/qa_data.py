import random

import numpy as np
import torch
from torch.utils.data import Dataset

NAMES = ['anna', 'bob', 'carl', 'dora', 'emil']
PLACES = [['red', 'house'], ['park'], ['old', 'train', 'station'], ['sea'], ['school', 'yard']]
VERBS = ['went', 'ran', 'walked']
WORDS = ['<pad>', 'where', 'is', 'to', 'the', '.'] + NAMES + VERBS + sorted(set(w for p in PLACES for w in p))
W2I = {w: i for i, w in enumerate(WORDS)}
CHARS = ['<pad>'] + list('abcdefghijklmnopqrstuvwxyz.<>')
MAXW = 7


class Stories(Dataset):
    def __init__(self, n, seed):
        rng = random.Random(seed)
        self.examples = []
        for _ in range(n):
            people = rng.sample(NAMES, rng.randint(2, 3))
            ctx, spans = [], {}
            for p in people:
                place = rng.choice(PLACES)
                ctx += [p, rng.choice(VERBS), 'to', 'the']
                spans[p] = (len(ctx), len(ctx) + len(place) - 1)
                ctx += place + ['.']
            who = rng.choice(people)
            self.examples.append((ctx, ['where', 'is', who], spans[who]))

    def __len__(self):
        return len(self.examples)

    def __getitem__(self, i):
        return self.examples[i]


def ids(tokens):
    w = torch.tensor([W2I[t] for t in tokens])
    c = np.zeros((len(tokens), MAXW), dtype=np.int)
    for i, t in enumerate(tokens):
        for j, ch in enumerate(t[:MAXW]):
            c[i, j] = CHARS.index(ch)
    return w, torch.from_numpy(c)


def collate_fn(examples):
    def merge_1d(arrays, dtype=torch.int64, pad_value=0):
        lengths = [(a != pad_value).sum() for a in arrays]
        padded = torch.zeros(len(arrays), max(lengths), dtype=dtype)
        for i, seq in enumerate(arrays):
            end = lengths[i]
            padded[i, :end] = seq[:end]
        return padded

    def merge_2d(matrices, dtype=torch.int64, pad_value=0):
        heights = [(m.sum(1) != pad_value).sum() for m in matrices]
        widths = [(m.sum(0) != pad_value).sum() for m in matrices]
        padded = torch.zeros(len(matrices), max(heights), max(widths), dtype=dtype)
        for i, seq in enumerate(matrices):
            height, width = heights[i], widths[i]
            padded[i, :height, :width] = seq[:height, :width]
        return padded

    ctx, qs, spans = zip(*examples)
    cw, cc = zip(*[ids(c) for c in ctx])
    qw, qc = zip(*[ids(q) for q in qs])
    y1, y2 = zip(*spans)
    return merge_1d(cw), merge_2d(cc), merge_1d(qw), merge_2d(qc), torch.tensor(y1), torch.tensor(y2), ctx
