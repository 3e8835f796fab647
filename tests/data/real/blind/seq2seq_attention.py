"""Reverse a digit string with an attentional seq2seq + teacher forcing, then beam search."""
import random
import torch
import torch.nn as nn
import torch.nn.functional as F
from torch import optim
from torch.autograd import Variable

random.seed(0)
torch.manual_seed(0)

SOS, EOS, PAD = 0, 1, 2
OFF = 3
N = OFF + 6
MAXLEN = 7
use_cuda = torch.cuda.is_available()
device = torch.device("cuda" if use_cuda else "cpu")
teacher_forcing_ratio = 0.7


def batch(bs):
    n = random.randint(3, MAXLEN - 1)
    src = torch.LongTensor(bs, n).random_(OFF, N)
    idx = torch.arange(n - 1, -1, -1).long()
    tgt = torch.cat([src.index_select(1, idx), torch.LongTensor(bs, 1).fill_(EOS)], 1)
    return src.to(device), tgt.to(device)


class EncoderRNN(nn.Module):
    def __init__(self, hidden):
        super(EncoderRNN, self).__init__()
        self.embedding = nn.Embedding(N, hidden)
        self.gru = nn.GRU(hidden, hidden, batch_first=True)

    def forward(self, x):
        return self.gru(self.embedding(x))


class Attn(nn.Module):
    def __init__(self, hidden):
        super(Attn, self).__init__()
        self.attn = nn.Linear(hidden * 2, hidden)
        self.v = nn.Parameter(torch.FloatTensor(1, hidden))
        nn.init.xavier_uniform(self.v)

    def forward(self, h, enc):
        L = enc.size(1)
        H = h.unsqueeze(1).repeat(1, L, 1)
        energy = F.tanh(self.attn(torch.cat([H, enc], 2)))
        e = energy.bmm(self.v.unsqueeze(0).expand(enc.size(0), 1, -1).transpose(1, 2)).squeeze(2)
        return F.softmax(e)


class DecoderRNN(nn.Module):
    def __init__(self, hidden):
        super(DecoderRNN, self).__init__()
        self.embedding = nn.Embedding(N, hidden)
        self.attn = Attn(hidden)
        self.cell = nn.GRUCell(hidden * 2, hidden)
        self.out = nn.Linear(hidden * 2, N)

    def forward(self, tok, h, enc):
        w = self.attn(h, enc)
        c = torch.bmm(w.unsqueeze(1), enc).squeeze(1)
        h = self.cell(torch.cat([self.embedding(tok), c], 1), h)
        return F.log_softmax(self.out(torch.cat([h, c], 1))), h, w


enc, dec = EncoderRNN(32).to(device), DecoderRNN(32).to(device)
criterion = nn.NLLLoss()
eo = optim.Adam(enc.parameters(), lr=0.01)
do = optim.Adam(dec.parameters(), lr=0.01)

total = 0
for it in range(1, 151):
    src, tgt = batch(32)
    eo.zero_grad()
    do.zero_grad()
    out, h = enc(src)
    h = h.squeeze(0)
    tok = Variable(torch.LongTensor([SOS] * 32))
    force = random.random() < teacher_forcing_ratio
    loss = 0
    for t in range(tgt.size(1)):
        logp, h, _ = dec(tok, h, out)
        loss += criterion(logp, tgt[:, t])
        tok = tgt[:, t] if force else logp.topk(1)[1].squeeze(1).detach()
    loss.backward()
    torch.nn.utils.clip_grad_norm(enc.parameters(), 2.0)
    torch.nn.utils.clip_grad_norm(dec.parameters(), 2.0)
    eo.step()
    do.step()
    total += loss.item() / tgt.size(1)
    if it % 50 == 0:
        print('%d avg loss %.3f' % (it, total / 50))
        total = 0


def beam_search(src, k=3):
    out, h = enc(src)
    beams = [(0.0, [SOS], h.squeeze(0))]
    done = []
    for _ in range(MAXLEN + 2):
        cand = []
        for score, toks, h in beams:
            logp, h2, _ = dec(torch.LongTensor([toks[-1]]), h, out)
            v, ix = logp.data.topk(k)
            for a, b in zip(v[0], ix[0]):
                cand.append((score + a.item(), toks + [b.item()], h2))
        cand.sort(key=lambda c: -c[0])
        beams = []
        for c in cand[:k]:
            (done if c[1][-1] == EOS else beams).append(c)
        if not beams:
            break
    done = done or beams
    best = max(done, key=lambda c: c[0] / len(c[1]))
    return [t for t in best[1] if t >= OFF], best[0]


ok = 0
with torch.no_grad():
    for i in range(20):
        src, tgt = batch(1)
        hyp, sc = beam_search(src)
        ref = tgt[0, :-1].tolist()
        ok += hyp == ref
        if i < 3:
            print(src[0].tolist(), '->', hyp, '%.2f' % sc)
print('exact', ok, '/ 20')
