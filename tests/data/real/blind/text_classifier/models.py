import torch
import torch.nn as nn
import torch.nn.functional as F
import torch.nn.init as init
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

class BowClassifier(nn.Module):
    def __init__(self, vocab, dim, n_class):
        super(BowClassifier, self).__init__()
        self.emb = nn.EmbeddingBag(vocab, dim, mode='mean')
        self.fc = nn.Linear(dim, n_class)
        init.uniform(self.emb.weight, -0.5, 0.5)
        init.constant(self.fc.bias, 0)

    def forward(self, text, offsets):
        return self.fc(self.emb(text, offsets))

class SelfAttentiveLSTM(nn.Module):
    def __init__(self, V, D, H, C, hops=2):
        super(SelfAttentiveLSTM, self).__init__()
        self.embed = nn.Embedding(V, D, padding_idx=0)
        self.rnn = nn.LSTM(D, H, batch_first=True, bidirectional=True)
        self.ws1 = nn.Linear(2 * H, 16, bias=False)
        self.ws2 = nn.Linear(16, hops, bias=False)
        self.fc = nn.Linear(2 * H * hops, C)
        self.hops = hops

    def forward(self, x, lengths):
        packed = pack_padded_sequence(self.embed(x), lengths, batch_first=True)
        H, _ = pad_packed_sequence(self.rnn(packed)[0], batch_first=True, total_length=x.size(1))
        scores = self.ws2(F.tanh(self.ws1(H))).transpose(1, 2)           # B x r x T
        pad = (x == 0).unsqueeze(1).expand_as(scores)
        scores = scores.masked_fill(pad, -float('inf'))
        self.A = F.softmax(scores, dim=2)
        M = torch.bmm(self.A, H)
        return self.fc(M.view(x.size(0), -1))

    def penalty(self):
        AAT = torch.bmm(self.A, self.A.transpose(1, 2))
        I = torch.eye(self.hops).unsqueeze(0).expand_as(AAT)
        return ((AAT - I) ** 2).sum(2).sum(1).mean()
