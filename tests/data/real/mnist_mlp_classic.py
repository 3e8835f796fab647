"""Small MLP on synthetic digits, the way everybody trained in 2017."""
from __future__ import print_function
import argparse
import torch
import torch.nn as nn
import torch.nn.functional as F
import torch.optim as optim
from torch.autograd import Variable

parser = argparse.ArgumentParser(description='PyTorch digits')
parser.add_argument('--batch-size', type=int, default=16)
parser.add_argument('--epochs', type=int, default=2)
parser.add_argument('--lr', type=float, default=0.1)
parser.add_argument('--no-cuda', action='store_true', default=True)
args = parser.parse_args([])
args.cuda = not args.no_cuda and torch.cuda.is_available()

torch.manual_seed(1)
if args.cuda:
    torch.cuda.manual_seed(1)

train_x = torch.randn(96, 20)
train_y = (train_x[:, :4].max(1)[1]).long()


class Net(nn.Module):
    def __init__(self):
        super(Net, self).__init__()
        self.fc1 = nn.Linear(20, 32)
        self.fc2 = nn.Linear(32, 4)
        for p in self.parameters():
            if p.dim() > 1:
                nn.init.xavier_uniform(p)
            else:
                nn.init.constant(p, 0.0)

    def forward(self, x):
        x = F.tanh(self.fc1(x))
        x = F.dropout(x, p=0.0, training=self.training)
        return F.log_softmax(self.fc2(x))


model = Net()
if args.cuda:
    model.cuda()
optimizer = optim.SGD(model.parameters(), lr=args.lr, momentum=0.9)


def train(epoch):
    model.train()
    for start in range(0, train_x.size(0), args.batch_size):
        data = train_x[start:start + args.batch_size]
        target = train_y[start:start + args.batch_size]
        if args.cuda:
            data, target = data.cuda(), target.cuda()
        data, target = Variable(data), Variable(target)
        optimizer.zero_grad()
        loss = F.nll_loss(model(data), target)
        loss.backward()
        optimizer.step()
    print('Train Epoch: {} Loss: {:.4f}'.format(epoch, loss.item()))


def test():
    model.eval()
    test_loss = 0
    correct = 0
    data, target = Variable(train_x, volatile=True), Variable(train_y)
    output = model(data)
    test_loss += F.nll_loss(output, target, size_average=False).item()
    pred = output.data.max(1, keepdim=True)[1]
    correct += pred.eq(target.data.view_as(pred)).cpu().sum()
    test_loss /= len(train_x)
    print('Average loss: {:.4f}, Accuracy: {}/{} ({:.0f}%)'.format(
        test_loss, correct, len(train_x), 100. * correct / len(train_x)))


for epoch in range(1, args.epochs + 1):
    train(epoch)
    test()
