from __future__ import print_function
import torch
import torch.nn as nn
import torch.nn.functional as F
import torch.multiprocessing as mp
import torch.optim as optim


class Net(nn.Module):
    def __init__(self):
        super(Net, self).__init__()
        self.fc = nn.Linear(4, 2)

    def forward(self, x):
        return F.log_softmax(self.fc(x))


def train(rank, model, queue):
    torch.manual_seed(rank)
    optimizer = optim.SGD(model.parameters(), lr=0.01, momentum=0.5)
    x = torch.linspace(-1, 1, 12).view(3, 4)
    y = torch.LongTensor([0, 1, 1])
    for _ in range(2):
        optimizer.zero_grad()
        loss = F.nll_loss(model(x), y)
        loss.backward()
        optimizer.step()
    queue.put(loss.item())


if __name__ == '__main__':
    model = Net()
    model.share_memory()
    queue = mp.Queue()
    values = []
    for rank in range(2):
        p = mp.Process(target=train, args=(rank, model, queue))
        p.start()
        p.join()
        values.append(queue.get())
    pred = model(torch.ones(2, 4)).data.max(1, keepdim=True)[1]
    print(['%.5f' % v for v in values], pred.tolist())
