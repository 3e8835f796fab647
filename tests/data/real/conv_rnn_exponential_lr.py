import torch
from torch import nn
from torch.nn import functional as F
from torch.utils.data import DataLoader, TensorDataset


class ConvGRU(nn.Module):
    def __init__(self, channels, hidden, classes):
        super().__init__()
        self.conv = nn.Conv1d(channels, hidden, kernel_size=3, padding=1)
        self.gru = nn.GRU(hidden, hidden, batch_first=True)
        self.head = nn.Linear(hidden, classes)

    def forward(self, x):
        y = torch.relu(self.conv(x)).transpose(1, 2)
        _, h = self.gru(y)
        return self.head(h.squeeze(0))


def evaluate(model, loader, device):
    model.eval()
    correct = total = 0
    with torch.no_grad():
        for x, y in loader:
            pred = model(x.to(device)).argmax(dim=1)
            correct += pred.eq(y.to(device)).sum().item()
            total += y.size(0)
    return correct / total


torch.manual_seed(64)
device = torch.device('cuda' if False else 'cpu')
model = ConvGRU(2, 6, 3).to(device)
for p in model.parameters():
    nn.init.normal_(p, std=0.3)
data = TensorDataset(torch.randn(24, 2, 7), torch.randint(0, 3, (24,), dtype=torch.long))
loader = DataLoader(data, batch_size=8, shuffle=False)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9, nesterov=True)
scheduler = torch.optim.lr_scheduler.ExponentialLR(optimizer, 0.5)
for epoch in range(2):
    model.train()
    for x, y in loader:
        optimizer.zero_grad()
        loss = F.cross_entropy(model(x.to(device)), y.to(device))
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
    scheduler.step()
    print(epoch, f'{loss.item():.5f}', f'{evaluate(model, loader, device):.3f}')
