"""Image captioning toy with a recursive collate function of its own."""
import collections
import re
from collections import Mapping, Sequence
import numpy as np
import torch
import torch.nn as nn
from torch._six import string_classes, int_classes
from torch.utils.data import Dataset, DataLoader, ConcatDataset
from torch.nn.utils.rnn import pack_padded_sequence

numpy_ok = re.compile(r'^(int|float|uint|bool)')
WORDS = ['<pad>', '<start>', '<end>', 'red', 'green', 'blue', 'square', 'disc', 'big', 'small']
Caption = collections.namedtuple('Caption', ['ids', 'length'])


def my_collate(batch):
    first = batch[0]
    if torch.is_tensor(first):
        return torch.stack(batch, 0)
    elif type(first).__module__ == 'numpy':
        if type(first).__name__ == 'ndarray':
            return torch.stack([torch.from_numpy(b) for b in batch], 0)
        return torch.tensor([b.item() for b in batch])
    elif isinstance(first, Caption):
        longest = max(c.length for c in batch)
        ids = torch.zeros(len(batch), longest).long()
        for i, c in enumerate(batch):
            ids[i, :c.length] = torch.LongTensor(c.ids)
        return ids, torch.LongTensor([c.length for c in batch])
    elif isinstance(first, int_classes):
        return torch.LongTensor(batch)
    elif isinstance(first, float):
        return torch.DoubleTensor(batch)
    elif isinstance(first, string_classes):
        return batch
    elif isinstance(first, Mapping):
        return {k: my_collate([d[k] for d in batch]) for k in first}
    elif isinstance(first, Sequence):
        return [my_collate(s) for s in zip(*batch)]
    raise TypeError('cannot collate %s' % type(first))


class Shapes(Dataset):
    def __init__(self, n, seed, prefix):
        self.rs = np.random.RandomState(seed)
        self.items = [self.make(i) for i in range(n)]
        self.prefix = prefix

    def make(self, i):
        colour, shape, big = self.rs.randint(3), self.rs.randint(2), self.rs.randint(2)
        img = np.zeros((3, 8, 8), dtype=np.float32)
        r = 3 if big else 1
        yy, xx = np.mgrid[-4:4, -4:4]
        region = (abs(xx) <= r) & (abs(yy) <= r) if shape == 0 else xx ** 2 + yy ** 2 <= r * r
        img[colour][region] = 1
        words = ['<start>'] + (['big' if big else 'small'] if i % 2 else []) + [WORDS[3 + colour], WORDS[6 + shape], '<end>']
        ids = [WORDS.index(w) for w in words]
        return img, Caption(ids, len(ids)), np.float64(r)

    def __len__(self):
        return len(self.items)

    def __getitem__(self, i):
        img, cap, r = self.items[i]
        return {'image': img, 'caption': cap, 'radius': r, 'name': '%s_%03d' % (self.prefix, i), 'idx': i}


class Captioner(nn.Module):
    def __init__(self, vocab, dim=24):
        super(Captioner, self).__init__()
        self.cnn = nn.Sequential(nn.Conv2d(3, 8, 3), nn.ReLU(), nn.MaxPool2d(2))
        self.feat = nn.Linear(8 * 9, dim)
        self.embed = nn.Embedding(vocab, dim, padding_idx=0)
        self.lstm = nn.LSTM(dim, dim, batch_first=True)
        self.out = nn.Linear(dim, vocab)

    def encode(self, img):
        return self.feat(self.cnn(img).view(img.size(0), -1))

    def forward(self, img, ids, lengths):
        h0 = self.encode(img).unsqueeze(0)
        packed = pack_padded_sequence(self.embed(ids), lengths, batch_first=True)
        out, _ = self.lstm(packed, (h0, torch.zeros_like(h0)))
        return self.out(out.data)

    def sample(self, img, limit=5):
        h = self.encode(img).unsqueeze(0)
        state = (h, torch.zeros_like(h))
        tok = torch.ones(img.size(0), 1).long()
        finished = torch.zeros(img.size(0)).byte()
        res = []
        for _ in range(limit):
            o, state = self.lstm(self.embed(tok), state)
            tok = self.out(o).max(2)[1]
            tok = tok.masked_fill(finished.unsqueeze(1), 0)
            finished |= tok.squeeze(1) == 2
            res.append(tok)
        return torch.cat(res, 1)


torch.manual_seed(44)
data = ConcatDataset([Shapes(24, 1, 'a'), Shapes(24, 2, 'b')])
loader = DataLoader(data, batch_size=12, collate_fn=my_collate)
model = Captioner(len(WORDS))
opt = torch.optim.Adam(model.parameters(), lr=0.02)
for epoch in range(8):
    total = 0
    for batch in loader:
        ids, lengths = batch['caption']
        lengths, order = lengths.sort(0, descending=True)
        ids, img = ids[order], batch['image'][order]
        inp_len = lengths - 1
        target = pack_padded_sequence(ids[:, 1:], inp_len, batch_first=True)[0]
        logits = model(img, ids[:, :-1], inp_len)
        loss = nn.functional.cross_entropy(logits, target)
        opt.zero_grad(); loss.backward(); opt.step()
        total += loss.item()
    if epoch % 3 == 1:
        print('epoch %d loss %.4f' % (epoch, total / len(loader)))
print('batch', batch['name'][0], batch['radius'].dtype, tuple(batch['image'].shape), batch['idx'].tolist()[:3])
with torch.no_grad():
    out = model.sample(batch['image'])
for row, name in list(zip(out.tolist(), batch['name']))[:3]:
    print(name, ' '.join(WORDS[t] for t in row if t > 2))
