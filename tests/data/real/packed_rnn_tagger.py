import torch
import torch.nn as nn
from torch.autograd import Variable
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence, pad_sequence

torch.manual_seed(23)


class Tagger(nn.Module):
    def __init__(self, vocab, tags, hidden=6):
        super(Tagger, self).__init__()
        self.hidden = hidden
        self.emb = nn.Embedding(vocab, 5, padding_idx=0)
        self.rnn = nn.LSTM(5, hidden, batch_first=True, bidirectional=True)
        self.out = nn.Linear(2 * hidden, tags)

    def init_hidden(self, batch):
        weight = next(self.parameters()).data
        return (Variable(weight.new(2, batch, self.hidden).zero_()),
                Variable(weight.new(2, batch, self.hidden).zero_()))

    def forward(self, x, lengths):
        packed = pack_padded_sequence(self.emb(x), lengths.tolist(), batch_first=True)
        out, _ = self.rnn(packed, self.init_hidden(x.size(0)))
        out, lens = pad_packed_sequence(out, batch_first=True)
        return nn.functional.log_softmax(self.out(out), dim=2)


model = Tagger(11, 4)
for p in model.parameters():
    nn.init.uniform(p, -0.2, 0.2)
model.emb.weight.data[0].fill_(0)
seqs = [torch.LongTensor([1, 4, 5, 6, 2]), torch.LongTensor([3, 8, 10]), torch.LongTensor([7, 9])]
lengths = torch.LongTensor([len(s) for s in seqs])
x = pad_sequence(seqs, batch_first=True)
tags = x % 4
loss_fn = nn.NLLLoss(size_average=False, ignore_index=-1)
tags[x == 0] = -1
opt = torch.optim.Adam(model.parameters(), lr=0.05)
for epoch in range(5):
    opt.zero_grad()
    logp = model(Variable(x), lengths)
    loss = loss_fn(logp.view(-1, 4), Variable(tags.view(-1)))
    loss.backward()
    norm = nn.utils.clip_grad_norm(model.parameters(), 1.0)
    opt.step()
    print(epoch, '%.4f' % loss.item(), '%.4f' % norm)
_, best = logp.max(2)
mask = x != 0
correct = ((best == tags) * mask).sum().item()
print('accuracy', float(correct) / mask.sum().item())
print('errors', ((best != tags) & mask).sum().item(), (1 - mask).sum().item())
