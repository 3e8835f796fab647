"""A training loop of the 0.3 era: it reads the loss with .data[0]."""
import torch
import torch.nn as nn
from torch.autograd import Variable

torch.manual_seed(0)
x = Variable(torch.randn(16, 3))
y = Variable(torch.randn(16, 1))
model = nn.Linear(3, 1)
criterion = nn.MSELoss()
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)

total = 0.0
for epoch in range(5):
    optimizer.zero_grad()
    loss = criterion(model(x), y)
    loss.backward()
    optimizer.step()
    total += loss.data[0]
    print('epoch %d loss %.4f' % (epoch, loss.data[0]))
print('total %.4f' % total)
