"""Curriculum over sequence addition: own Dataset/Sampler/collate, ConcatDataset, random_split, plateau scheduler."""
from __future__ import division
import bisect
import random
import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.autograd import Variable
from torch.nn.utils.rnn import pack_sequence, pad_sequence, pack_padded_sequence, pad_packed_sequence
from torch.optim.lr_scheduler import ReduceLROnPlateau
from torch.utils.data import Dataset, ConcatDataset, DataLoader, Subset, random_split
from torch.utils.data.sampler import Sampler, SequentialSampler

SEED = 99
random.seed(SEED)
np.random.seed(SEED)
torch.manual_seed(SEED)


class AddingProblem(Dataset):
    def __init__(self, n, length):
        self.n = n
        self.length = length
        rs = np.random.RandomState(length)
        self.lens = rs.randint(max(2, length // 2), length + 1, n)
        self.vals = [rs.rand(l).astype('f') for l in self.lens]
        self.marks = [rs.choice(l, 2, replace=False) for l in self.lens]

    def __len__(self):
        return self.n

    def __getitem__(self, i):
        if i < 0 or i >= self.n:
            raise IndexError
        m = np.zeros(self.lens[i], dtype=np.float32)
        m[self.marks[i]] = 1
        x = np.stack([self.vals[i], m], axis=1)
        y = self.vals[i][self.marks[i]].sum()
        return torch.from_numpy(x), float(y)


class CurriculumSampler(Sampler):
    """only the first `level` data sets of the concatenation, harder ones more often"""

    def __init__(self, concat, per_epoch):
        self.concat = concat
        self.per_epoch = per_epoch
        self.level = 1

    def __iter__(self):
        sizes = self.concat.cumulative_sizes
        limit = sizes[self.level - 1]
        w = torch.ones(limit)
        for k in range(self.level):
            lo = 0 if k == 0 else sizes[k - 1]
            w[lo:sizes[k]] = (k + 1) / (sizes[k] - lo)
        return iter(torch.multinomial(w, self.per_epoch, replacement=True).tolist())

    def __len__(self):
        return self.per_epoch


def collate(batch):
    batch.sort(key=lambda b: len(b[0]), reverse=True)
    xs, ys = zip(*batch)
    lens = torch.LongTensor([len(x) for x in xs])
    return pad_sequence(xs, batch_first=True), lens, torch.Tensor(ys)


class Net(nn.Module):
    def __init__(self, h=24):
        super(Net, self).__init__()
        self.rnn = nn.GRU(2, h, batch_first=True)
        self.out = nn.Linear(h, 1)
        for name, p in self.rnn.named_parameters():
            if 'weight_hh' in name:
                for i in range(3):
                    nn.init.orthogonal(p.data[i * h:(i + 1) * h])
            elif 'bias' in name:
                nn.init.constant(p, 0)

    def forward(self, x, lens):
        packed = pack_padded_sequence(x, lens.tolist(), batch_first=True)
        o, _ = self.rnn(packed)
        o, l = pad_packed_sequence(o, batch_first=True)
        mask = torch.arange(o.size(1)).unsqueeze(0) == (l - 1).unsqueeze(1)
        last = o.masked_select(mask.unsqueeze(2)).view(len(l), -1)
        assert torch.equal(last, o[torch.arange(len(l)), l - 1])
        return self.out(last).squeeze(1)


levels = [AddingProblem(200, L) for L in (4, 7, 10)]
full = ConcatDataset(levels)
print('sizes', full.cumulative_sizes, 'bisect', bisect.bisect_right(full.cumulative_sizes, 250))
test_sets = []
for i, ds in enumerate(levels):
    tr, te = random_split(ds, [160, 40])
    levels[i] = tr
    test_sets.append(te)
train = ConcatDataset(levels)
sampler = CurriculumSampler(train, 256)
loader = DataLoader(train, batch_size=32, sampler=sampler, collate_fn=collate, drop_last=True)
net = Net()
opt = torch.optim.Adam(net.parameters(), lr=0.01)
plateau = ReduceLROnPlateau(opt, 'min', factor=0.5, patience=1, verbose=False, threshold=0.05)


def evaluate(ds):
    tot = 0
    for x, lens, y in DataLoader(ds, batch_size=20, sampler=SequentialSampler(ds), collate_fn=collate):
        x = Variable(x, volatile=True)
        tot += F.mse_loss(net(x, lens), y, size_average=False).data.item()
    return tot / len(ds)


for epoch in range(14):
    run = 0
    for x, lens, y in loader:
        loss = F.smooth_l1_loss(net(x, lens), y)
        opt.zero_grad()
        loss.backward()
        nn.utils.clip_grad_value_(net.parameters(), 0.5)
        opt.step()
        run += loss.item()
    val = evaluate(test_sets[sampler.level - 1])
    plateau.step(val)
    print('epoch %2d level %d train %.4f val %.4f lr %g' % (epoch, sampler.level, run / len(loader), val, opt.param_groups[0]['lr']))
    if val < 0.09 and sampler.level < 3:
        sampler.level += 1

print('per level', ['%.4f' % evaluate(t) for t in test_sets])
print('per level baseline', ['%.4f' % np.var([y for _, y in t]) for t in test_sets])
sub = Subset(full, [0, 200, 599])
print('subset lengths', [len(x) for x, _ in sub])
ps = pack_sequence([sub[2][0], sub[1][0], sub[0][0]] if len(sub[2][0]) >= len(sub[1][0]) >= len(sub[0][0]) else [sub[0][0]])
print('packed', ps.batch_sizes.tolist(), tuple(ps.data.size()))
seed_run = []
for _ in range(2):
    torch.manual_seed(3)
    seed_run.append([l.sum().item() for _, l, _ in loader])
print('repeatable order', seed_run[0] == seed_run[1], seed_run[0][:3])
