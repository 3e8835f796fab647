import torch
import torch.nn as nn
import torch.nn.functional as F

import layers


class CharCNN(nn.Module):
    def __init__(self, n, dim, out):
        super(CharCNN, self).__init__()
        self.embed = nn.Embedding(n, dim, padding_idx=0)
        self.conv = nn.Conv2d(1, out, (dim, 3), padding=(0, 1))

    def forward(self, x):
        b, l, w = x.size()
        e = self.embed(x.view(-1, w)).transpose(1, 2).unsqueeze(1)
        h = F.relu(self.conv(e)).squeeze(2)
        return F.max_pool1d(h, h.size(2)).squeeze().view(b, l, -1)


class BiDAF(nn.Module):
    def __init__(self, vocab, nchars, h=16):
        super(BiDAF, self).__init__()
        self.word = nn.Embedding(vocab, h, padding_idx=0)
        self.char = CharCNN(nchars, 6, h)
        self.proj = nn.Linear(2 * h, h, bias=False)
        self.hwy = layers.HighwayEncoder(2, h)
        self.enc = layers.RNNEncoder(h, h)
        self.att = layers.BiDAFAttention(2 * h)
        self.mod = layers.RNNEncoder(8 * h, h)
        self.start = nn.Linear(10 * h, 1)
        self.end = nn.Linear(10 * h, 1)

    def embed(self, w, c):
        return self.hwy(self.proj(torch.cat([self.word(w), self.char(c)], 2)))

    def forward(self, cw, cc, qw, qc):
        c_mask = torch.zeros_like(cw) != cw
        q_mask = torch.zeros_like(qw) != qw
        c_len, q_len = c_mask.sum(-1), q_mask.sum(-1)
        c = self.enc(self.embed(cw, cc), c_len)
        q = self.enc(self.embed(qw, qc), q_len)
        a = self.att(c, q, c_mask, q_mask)
        m = self.mod(a, c_len)
        g = torch.cat([a, m], 2)
        p1 = layers.masked_softmax(self.start(g).squeeze(-1), c_mask, log_softmax=True)
        p2 = layers.masked_softmax(self.end(g).squeeze(-1), c_mask, log_softmax=True)
        return p1, p2


class EMA(object):
    def __init__(self, model, decay):
        self.decay = decay
        self.shadow = {}
        self.original = {}
        for name, param in model.named_parameters():
            if param.requires_grad:
                self.shadow[name] = param.data.clone()

    def __call__(self, model, num_updates):
        decay = min(self.decay, (1.0 + num_updates) / (10.0 + num_updates))
        for name, param in model.named_parameters():
            if param.requires_grad:
                self.shadow[name] = ((1.0 - decay) * param.data + decay * self.shadow[name]).clone()

    def assign(self, model):
        for name, param in model.named_parameters():
            self.original[name] = param.data.clone()
            param.data = self.shadow[name]

    def resume(self, model):
        for name, param in model.named_parameters():
            param.data = self.original[name]
