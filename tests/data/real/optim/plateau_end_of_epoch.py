import torch
import torch.nn as nn
import torch.optim as optim

model = nn.Linear(2, 1)
model.weight.data.fill_(0.5)
model.bias.data.zero_()
optimizer = optim.SGD(model.parameters(), lr=0.1, momentum=0.9, nesterov=True)
plateau = optim.lr_scheduler.ReduceLROnPlateau(optimizer, mode='min', factor=0.5, patience=1, verbose=True)
x = torch.linspace(-1, 1, 8).view(4, 2)
y = torch.tensor([[1.], [0.], [1.], [0.]])
criterion = nn.MSELoss(reduce=False)
rates = []
for epoch in range(8):
    losses = criterion(model(x), y)
    loss = losses.mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    plateau.step(round(loss.item(), 1))
    rates.append(optimizer.param_groups[0]['lr'])
print(rates[-1], loss.item())
