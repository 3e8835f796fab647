# Char RNN with repackaged hidden state, as in word_language_model.
import math
import torch
import torch.nn as nn
from torch.autograd import Variable

text = "the quick brown fox jumps over the lazy dog " * 4
chars = sorted(set(text))
stoi = {c: i for i, c in enumerate(chars)}
corpus = torch.LongTensor([stoi[c] for c in text])


def batchify(data, bsz):
    nbatch = data.size(0) // bsz
    data = data.narrow(0, 0, nbatch * bsz)
    return data.view(bsz, -1).t().contiguous()


def repackage_hidden(h):
    """Wraps hidden states in new Variables, to detach them from their history."""
    if torch.is_tensor(h):
        return Variable(h.data)
    else:
        return tuple(repackage_hidden(v) for v in h)


class RNNModel(nn.Module):
    def __init__(self, ntoken, ninp, nhid, nlayers):
        super(RNNModel, self).__init__()
        self.encoder = nn.Embedding(ntoken, ninp)
        self.rnn = nn.LSTM(ninp, nhid, nlayers)
        self.decoder = nn.Linear(nhid, ntoken)
        self.init_weights()
        self.nhid, self.nlayers = nhid, nlayers

    def init_weights(self):
        initrange = 0.1
        self.encoder.weight.data.uniform_(-initrange, initrange)
        self.decoder.bias.data.fill_(0)
        self.decoder.weight.data.uniform_(-initrange, initrange)

    def forward(self, input, hidden):
        emb = self.encoder(input)
        output, hidden = self.rnn(emb, hidden)
        decoded = self.decoder(output.view(output.size(0) * output.size(1), output.size(2)))
        return decoded.view(output.size(0), output.size(1), decoded.size(1)), hidden

    def init_hidden(self, bsz):
        weight = next(self.parameters()).data
        return (Variable(weight.new(self.nlayers, bsz, self.nhid).zero_()),
                Variable(weight.new(self.nlayers, bsz, self.nhid).zero_()))


def get_batch(source, i, bptt=8):
    seq_len = min(bptt, len(source) - 1 - i)
    return Variable(source[i:i + seq_len]), Variable(source[i + 1:i + 1 + seq_len].view(-1))


torch.manual_seed(11)
train_data = batchify(corpus, 4)
model = RNNModel(len(chars), 8, 12, 2)
criterion = nn.CrossEntropyLoss()
lr = 2.0
hidden = model.init_hidden(4)
total_loss = 0
for batch, i in enumerate(range(0, train_data.size(0) - 1, 8)):
    data, targets = get_batch(train_data, i)
    hidden = repackage_hidden(hidden)
    model.zero_grad()
    output, hidden = model(data, hidden)
    loss = criterion(output.view(-1, len(chars)), targets)
    loss.backward()
    torch.nn.utils.clip_grad_norm(model.parameters(), 0.25)
    for p in model.parameters():
        p.data.add_(-lr, p.grad.data)
    total_loss += loss.data
cur_loss = total_loss.item() / (batch + 1)
print('loss {:5.3f} ppl {:8.3f}'.format(cur_loss, math.exp(cur_loss)))
