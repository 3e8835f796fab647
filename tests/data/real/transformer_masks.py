import math
import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.autograd import Variable

torch.manual_seed(19)


def subsequent_mask(size):
    "Mask out subsequent positions."
    attn_shape = (1, size, size)
    mask = np.triu(np.ones(attn_shape), k=1).astype('uint8')
    return torch.from_numpy(mask) == 0


def get_attn_padding_mask(seq_q, seq_k):
    mb_size, len_q = seq_q.size()
    mb_size, len_k = seq_k.size()
    return seq_k.data.eq(0).unsqueeze(1).expand(mb_size, len_q, len_k)


class ScaledDotProductAttention(nn.Module):
    def __init__(self, d_model):
        super(ScaledDotProductAttention, self).__init__()
        self.temper = np.power(d_model, 0.5)
        self.softmax = nn.Softmax()

    def forward(self, q, k, v, attn_mask=None):
        attn = torch.bmm(q, k.transpose(1, 2)) / self.temper
        if attn_mask is not None:
            attn.data.masked_fill_(attn_mask, -float('inf'))
        size = attn.size()
        attn = self.softmax(attn.view(-1, size[2])).view(size)
        return torch.bmm(attn, v), attn


src = Variable(torch.LongTensor([[4, 5, 6, 0, 0], [7, 8, 9, 3, 0]]))
emb = nn.Embedding(10, 8)
emb.weight.data.copy_(torch.randn(10, 8))
x = emb(src)
pad_mask = get_attn_padding_mask(src, src)
sub = 1 - subsequent_mask(5)
dec_mask = torch.gt(pad_mask + sub.expand_as(pad_mask), 0)
layer = ScaledDotProductAttention(8)
for mask in (None, pad_mask, dec_mask):
    out, attn = layer(x, x, x, mask)
    print(out.sum().item(), attn[1, 2].data)
std_mask = (src != 0).unsqueeze(-2)
std_mask = std_mask & Variable(subsequent_mask(src.size(-1)).type_as(std_mask.data))
scores = torch.matmul(x, x.transpose(-2, -1)) / math.sqrt(8)
scores = scores.masked_fill(std_mask == 0, -1e9)
print(F.softmax(scores, dim=-1)[0, 3])
print(std_mask.sum().item())
