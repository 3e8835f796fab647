"""Quantile regression with an LSTM over series of different lengths."""
import argparse
import numpy as np
import torch
from torch import nn, optim
from torch.autograd import Variable
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence
from torch.utils.data import Dataset, DataLoader
from torch.utils.data.dataloader import default_collate

QUANTILES = (0.1, 0.5, 0.9)


class Demand(Dataset):
    def __init__(self, n, seed):
        rs = np.random.RandomState(seed)
        self.rows = []
        for i in range(n):
            length = rs.randint(8, 20)
            t = np.arange(length + 1)
            y = np.sin(t / 3. + rs.rand() * 6) + 0.2 * rs.randn(length + 1)
            self.rows.append((y.astype(np.float), rs.randint(0, 3)))

    def __len__(self):
        return len(self.rows)

    def __getitem__(self, i):
        y, store = self.rows[i]
        return torch.from_numpy(y[:-1]).float(), torch.from_numpy(y[1:]).float(), store


def collate(batch):
    batch = sorted(batch, key=lambda r: -r[0].size(0))
    lengths = [r[0].size(0) for r in batch]
    x = batch[0][0].new(len(batch), lengths[0]).fill_(0)
    y = batch[0][1].new(len(batch), lengths[0]).fill_(0)
    for i, (a, b, _) in enumerate(batch):
        x[i, :lengths[i]] = a
        y[i, :lengths[i]] = b
    return x, y, default_collate([r[2] for r in batch]), lengths


class QuantileRNN(nn.Module):
    def __init__(self, hidden, stores=3):
        super().__init__()
        self.store = nn.Embedding(stores, 3)
        self.rnn = nn.LSTM(4, hidden, batch_first=True)
        self.head = nn.Linear(hidden, len(QUANTILES))
        for name, p in self.rnn.named_parameters():
            if 'weight_hh' in name:
                nn.init.orthogonal(p)
            elif 'bias' in name:
                nn.init.constant(p, 0)

    def forward(self, x, store, lengths):
        s = self.store(store).unsqueeze(1).expand(-1, x.size(1), -1)
        packed = pack_padded_sequence(torch.cat([x.unsqueeze(2), s], 2), lengths, batch_first=True)
        out, _ = pad_packed_sequence(self.rnn(packed)[0], batch_first=True)
        return self.head(out)


def pinball(pred, y, lengths):
    total = Variable(torch.zeros(1))
    steps = torch.arange(0, y.size(1)).unsqueeze(0)
    valid = steps < torch.LongTensor(lengths).unsqueeze(1)
    n = valid.sum()
    for k, q in enumerate(QUANTILES):
        e = (y - pred[:, :, k]).masked_select(valid)
        total = total + torch.max(q * e, (q - 1) * e).sum() / n.float()
    return total


def coverage(model, loader):
    inside, count = 0, 0
    for x, y, store, lengths in loader:
        x = Variable(x, volatile=True)
        p = model(x, store, lengths).data
        valid = torch.arange(0, y.size(1)).unsqueeze(0) < torch.LongTensor(lengths).unsqueeze(1)
        ok = (y > p[:, :, 0]) * (y < p[:, :, 2]) * valid
        outside = valid - ok
        inside += ok.sum()
        count += (ok + outside).sum()
    return inside, count


parser = argparse.ArgumentParser()
parser.add_argument('--epochs', type=int, default=8)
parser.add_argument('--hidden', type=int, default=16)
opts = parser.parse_args()
torch.manual_seed(0)
model = QuantileRNN(opts.hidden)
optimizer = optim.Adam(model.parameters(), lr=0.02)
scheduler = optim.lr_scheduler.MultiStepLR(optimizer, [3, 6], gamma=0.5)
loader = DataLoader(Demand(48, 0), batch_size=12, collate_fn=collate)
for epoch in range(opts.epochs):
    scheduler.step()
    running = 0
    for x, y, store, lengths in loader:
        loss = pinball(model(Variable(x), Variable(store), lengths), Variable(y), lengths)
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm(model.parameters(), 1.)
        optimizer.step()
        running += loss.data[0]
    print('epoch %d lr %.4f pinball %.4f' % (epoch, optimizer.param_groups[0]['lr'], running / len(loader)))
inside, count = coverage(model, loader)
print('coverage %d / %d' % (inside, count), 'percent', int(100 * inside / count))
