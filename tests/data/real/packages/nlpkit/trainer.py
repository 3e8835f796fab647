import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.nn.utils.rnn import pack_padded_sequence as pack
from torch.nn.utils.rnn import pad_packed_sequence as unpack

from masking import lengths_to_mask, masked_mean, masked_max


class Tagger(nn.Module):
    def __init__(self, vocab, tags):
        super(Tagger, self).__init__()
        self.emb = nn.Embedding(vocab, 5, padding_idx=0)
        self.rnn = nn.GRU(5, 6, batch_first=True)
        self.out = nn.Linear(12, tags)

    def forward(self, x, lengths):
        packed = pack(self.emb(x), lengths.tolist(), batch_first=True)
        h, _ = unpack(self.rnn(packed)[0], batch_first=True)
        mask = lengths_to_mask(lengths, h.size(1))
        context = masked_max(h, mask).unsqueeze(1).expand_as(h)
        return self.out(torch.cat([h, context], 2)), mask


class Trainer(object):
    def __init__(self, vocab, tags):
        self.net = Tagger(vocab, tags)
        self.opt = torch.optim.Adam(self.net.parameters(), lr=0.05)

    def step(self, batch, target):
        logits, mask = self.net(*batch)
        loss = F.cross_entropy(logits.view(-1, logits.size(2)), target.view(-1), reduce=False)
        loss = masked_mean(loss.view_as(target), mask)
        self.opt.zero_grad()
        loss.backward()
        self.opt.step()
        return loss.item()

    def predict(self, batch):
        logits, mask = self.net(*batch)
        best = logits.max(2)[1]
        return best.masked_select(mask).tolist()
