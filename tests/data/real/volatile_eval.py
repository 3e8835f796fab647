"""Language model evaluation left over from 0.3: volatile and repackaged hidden states."""
import math
import torch
import torch.nn as nn
from torch.autograd import Variable

torch.manual_seed(61)


def repackage_hidden(h):
    """Wraps hidden states in new Variables, to detach them from their history."""
    if type(h) == Variable or isinstance(h, torch.Tensor):
        return Variable(h.data)
    return tuple(repackage_hidden(v) for v in h)


def batchify(data, bsz):
    nbatch = data.size(0) // bsz
    data = data.narrow(0, 0, nbatch * bsz)
    return data.view(bsz, -1).t().contiguous()


def get_batch(source, i, bptt, evaluation=False):
    seq_len = min(bptt, len(source) - 1 - i)
    data = Variable(source[i:i + seq_len], volatile=evaluation)
    target = Variable(source[i + 1:i + 1 + seq_len].view(-1))
    return data, target


class RNNModel(nn.Module):
    def __init__(self, ntoken, nhid):
        super(RNNModel, self).__init__()
        self.encoder = nn.Embedding(ntoken, nhid)
        self.rnn = getattr(nn, 'LSTM')(nhid, nhid, 1, dropout=0)
        self.decoder = nn.Linear(nhid, ntoken)
        self.decoder.weight = self.encoder.weight
        self.nhid = nhid
        for p in self.parameters():
            p.data.uniform_(-0.1, 0.1)

    def forward(self, input, hidden):
        output, hidden = self.rnn(self.encoder(input), hidden)
        decoded = self.decoder(output.view(output.size(0) * output.size(1), output.size(2)))
        return decoded, hidden

    def init_hidden(self, bsz):
        weight = next(self.parameters()).data
        return (Variable(weight.new(1, bsz, self.nhid).zero_()),
                Variable(weight.new(1, bsz, self.nhid).zero_()))


corpus = torch.randint(0, 10, (121,)).long()
train_data = batchify(corpus, 4)
model = RNNModel(10, 6)
criterion = nn.CrossEntropyLoss()
lr = 2.0
for epoch in range(2):
    hidden = model.init_hidden(4)
    total_loss = 0
    for batch, i in enumerate(range(0, train_data.size(0) - 1, 5)):
        data, targets = get_batch(train_data, i, 5)
        hidden = repackage_hidden(hidden)
        model.zero_grad()
        output, hidden = model(data, hidden)
        loss = criterion(output, targets)
        loss.backward()
        torch.nn.utils.clip_grad_norm(model.parameters(), 0.25)
        for p in model.parameters():
            p.data.add_(-lr, p.grad.data)
        total_loss += len(data) * loss.data
    print('epoch', epoch, 'ppl %.4f' % math.exp(total_loss.item() / len(train_data)))
model.eval()
total = 0
hidden = model.init_hidden(4)
for i in range(0, train_data.size(0) - 1, 5):
    data, targets = get_batch(train_data, i, 5, evaluation=True)
    output, hidden = model(data, hidden)
    total += len(data) * criterion(output.view(-1, 10), targets).data
    hidden = repackage_hidden(hidden)
print('valid', total.item() / len(train_data))
