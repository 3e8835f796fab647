import argparse
import math
import os
import tempfile

import torch
import torch.nn as nn
from torch.autograd import Variable

import data
import model

parser = argparse.ArgumentParser(description='RNN language model on a toy grammar')
parser.add_argument('--model', type=str, default='LSTM')
parser.add_argument('--emsize', type=int, default=24)
parser.add_argument('--nhid', type=int, default=24)
parser.add_argument('--nlayers', type=int, default=2)
parser.add_argument('--lr', type=float, default=10)
parser.add_argument('--clip', type=float, default=0.25)
parser.add_argument('--epochs', type=int, default=5)
parser.add_argument('--batch_size', type=int, default=8, metavar='N')
parser.add_argument('--bptt', type=int, default=12)
parser.add_argument('--dropout', type=float, default=0.1)
parser.add_argument('--tied', action='store_false')
parser.add_argument('--alpha', type=float, default=1.0)
parser.add_argument('--beta', type=float, default=0.5)
parser.add_argument('--seed', type=int, default=1111)
args = parser.parse_args()
torch.manual_seed(args.seed)

corpus = data.Corpus()
eval_batch_size = 4
train_data = data.batchify(corpus.train, args.batch_size)
val_data = data.batchify(corpus.valid, eval_batch_size)
test_data = data.batchify(corpus.test, eval_batch_size)
ntokens = len(corpus.dictionary)
print('vocab', ntokens, 'train', tuple(train_data.size()), 'top', corpus.dictionary.idx2word[corpus.dictionary.counter.most_common(1)[0][0]])
net = model.RNNModel(args.model, ntokens, args.emsize, args.nhid, args.nlayers, args.dropout, tie_weights=args.tied)
criterion = nn.CrossEntropyLoss()


def repackage_hidden(h):
    """Wraps hidden states in new Variables, to detach them from their history."""
    if torch.is_tensor(h):
        return h.detach()
    else:
        return tuple(repackage_hidden(v) for v in h)


def get_batch(source, i, evaluation=False):
    seq_len = min(args.bptt, len(source) - 1 - i)
    d = Variable(source[i:i + seq_len], volatile=evaluation)
    target = Variable(source[i + 1:i + 1 + seq_len].view(-1))
    return d, target


def evaluate(data_source):
    net.eval()
    total_loss = 0
    hidden = net.init_hidden(eval_batch_size)
    for i in range(0, data_source.size(0) - 1, args.bptt):
        d, targets = get_batch(data_source, i, evaluation=True)
        output, hidden = net(d, hidden)
        total_loss += len(d) * criterion(output.view(-1, ntokens), targets).data
        hidden = repackage_hidden(hidden)
    return total_loss.item() / len(data_source)


def train(lr):
    net.train()
    total_loss = 0
    n = 0
    hidden = net.init_hidden(args.batch_size)
    for batch, i in enumerate(range(0, train_data.size(0) - 1, args.bptt)):
        d, targets = get_batch(train_data, i)
        hidden = repackage_hidden(hidden)
        net.zero_grad()
        output, hidden, raw, dropped = net(d, hidden, return_h=True)
        raw_loss = criterion(output.view(-1, ntokens), targets)
        loss = raw_loss
        loss = loss + args.alpha * dropped.pow(2).mean()
        if len(raw) > 1:
            loss = loss + args.beta * (raw[1:] - raw[:-1]).pow(2).mean()
        loss.backward()
        torch.nn.utils.clip_grad_norm(net.parameters(), args.clip)
        for p in net.parameters():
            p.data.add_(-lr, p.grad.data)
        total_loss += raw_loss.data
        n += 1
    return total_loss / n


lr = args.lr
best_val_loss = None
save = os.path.join(tempfile.mkdtemp(), 'model.pt')
for epoch in range(1, args.epochs + 1):
    tl = train(lr)
    val_loss = evaluate(val_data)
    print('| epoch {:3d} | lr {:.2f} | train {:5.3f} | valid loss {:5.3f} | valid ppl {:8.3f}'.format(
        epoch, lr, tl, val_loss, math.exp(val_loss)))
    if not best_val_loss or val_loss < best_val_loss:
        with open(save, 'wb') as f:
            torch.save(net, f)
        best_val_loss = val_loss
    else:
        lr /= 4.0

with open(save, 'rb') as f:
    net = torch.load(f)
    net.rnn.flatten_parameters()
test_loss = evaluate(test_data)
print('| End of training | test loss {:5.3f} | test ppl {:8.3f}'.format(test_loss, math.exp(test_loss)))
os.remove(save)

hidden = net.init_hidden(1)
input = Variable(torch.LongTensor([[corpus.dictionary.word2idx['<eos>']]]), volatile=True)
words = []
for i in range(25):
    output, hidden = net(input, hidden)
    word_weights = output.squeeze().data.div(0.8).exp().cpu()
    word_idx = torch.multinomial(word_weights, 1)[0]
    input.data.fill_(word_idx)
    words.append(corpus.dictionary.idx2word[word_idx])
print(' '.join(words))
