import torch
import torch.nn as nn
import torch.nn.functional as F


class Attend(nn.Module):
    def __init__(self, dim):
        super(Attend, self).__init__()
        self.score = nn.Linear(dim, 1)

    def forward(self, x, lengths):
        e = self.score(F.tanh(x)).squeeze(2)
        steps = torch.arange(x.size(1)).unsqueeze(0)
        pad = steps >= lengths.unsqueeze(1)
        e.data.masked_fill_(pad, -float('inf'))
        w = F.softmax(e)
        return torch.bmm(w.unsqueeze(1), x).squeeze(1), w


class CommandNet(nn.Module):
    def __init__(self, n_in, hidden, classes):
        super(CommandNet, self).__init__()
        self.rnn = nn.GRU(n_in, hidden, batch_first=True)
        self.attend = Attend(hidden)
        self.out = nn.Linear(hidden, classes)

    def forward(self, x, lengths):
        h, _ = self.rnn(x)
        pooled, w = self.attend(h, lengths)
        return self.out(pooled), w
