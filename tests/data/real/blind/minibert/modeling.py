import copy
import json
import math
import torch
from torch import nn
from torch.nn import CrossEntropyLoss


def gelu(x):
    return x * 0.5 * (1.0 + torch.erf(x / math.sqrt(2.0)))


class Config(object):
    def __init__(self, vocab_size, hidden_size=24, num_layers=2, heads=4, max_positions=16):
        self.vocab_size = vocab_size
        self.hidden_size = hidden_size
        self.num_layers = num_layers
        self.heads = heads
        self.max_positions = max_positions

    @classmethod
    def from_dict(cls, d):
        c = cls(vocab_size=-1)
        for k, v in d.items():
            c.__dict__[k] = v
        return c

    def to_json_string(self):
        return json.dumps(copy.deepcopy(self.__dict__), sort_keys=True)


class Norm(nn.Module):
    def __init__(self, n, eps=1e-12):
        super(Norm, self).__init__()
        self.gamma = nn.Parameter(torch.ones(n))
        self.beta = nn.Parameter(torch.zeros(n))
        self.eps = eps

    def forward(self, x):
        u = x.mean(-1, keepdim=True)
        s = (x - u).pow(2).mean(-1, keepdim=True)
        return self.gamma * (x - u) / torch.sqrt(s + self.eps) + self.beta


class Layer(nn.Module):
    def __init__(self, c):
        super(Layer, self).__init__()
        self.h, self.d = c.heads, c.hidden_size / c.heads
        self.qkv = nn.Linear(c.hidden_size, 3 * c.hidden_size)
        self.proj = nn.Linear(c.hidden_size, c.hidden_size)
        self.up = nn.Linear(c.hidden_size, 2 * c.hidden_size)
        self.down = nn.Linear(2 * c.hidden_size, c.hidden_size)
        self.n1, self.n2 = Norm(c.hidden_size), Norm(c.hidden_size)

    def forward(self, x, bias):
        b, n, w = x.size()
        q, k, v = [t.view(b, n, self.h, int(self.d)).permute(0, 2, 1, 3) for t in self.qkv(x).chunk(3, -1)]
        a = torch.matmul(q, k.transpose(-1, -2)) / math.sqrt(self.d)
        a = nn.Softmax(dim=-1)(a + bias)
        o = torch.matmul(a, v).permute(0, 2, 1, 3).contiguous().view(b, n, w)
        x = self.n1(x + self.proj(o))
        return self.n2(x + self.down(gelu(self.up(x))))


class Bert(nn.Module):
    def __init__(self, c):
        super(Bert, self).__init__()
        self.config = c
        self.word = nn.Embedding(c.vocab_size, c.hidden_size)
        self.pos = nn.Embedding(c.max_positions, c.hidden_size)
        self.seg = nn.Embedding(2, c.hidden_size)
        layer = Layer(c)
        self.layers = nn.ModuleList([copy.deepcopy(layer) for _ in range(c.num_layers)])
        self.norm = Norm(c.hidden_size)
        self.bias = nn.Parameter(torch.zeros(c.vocab_size))
        self.nsp = nn.Linear(c.hidden_size, 2)
        self.apply(self.init_weights)

    def init_weights(self, m):
        if isinstance(m, (nn.Linear, nn.Embedding)):
            m.weight.data.normal_(mean=0.0, std=0.1)
        if isinstance(m, nn.Linear) and m.bias is not None:
            m.bias.data.zero_()

    def forward(self, ids, seg, mask, labels=None, nxt=None):
        ext = mask.unsqueeze(1).unsqueeze(2)
        ext = ext.to(dtype=next(self.parameters()).dtype)
        ext = (1.0 - ext) * -10000.0
        where = torch.arange(ids.size(1), dtype=torch.long).unsqueeze(0).expand_as(ids)
        x = self.norm(self.word(ids) + self.pos(where) + self.seg(seg))
        for l in self.layers:
            x = l(x, ext)
        scores = torch.matmul(x, self.word.weight.t()) + self.bias
        rel = self.nsp(torch.tanh(x[:, 0]))
        if labels is None:
            return scores, rel
        f = CrossEntropyLoss(ignore_index=-1)
        return f(scores.view(-1, self.config.vocab_size), labels.view(-1)) + f(rel.view(-1, 2), nxt.view(-1))
