import os
import tempfile
import torch
import torch.nn as nn


class Net(nn.Module):
    def __init__(self, hidden):
        super(Net, self).__init__()
        self.hidden = hidden
        self.fc = nn.Linear(3, hidden)
        self.out = nn.Linear(hidden, 1)

    def forward(self, x):
        return self.out(torch.relu(self.fc(x)))


def save_checkpoint(state, is_best, folder):
    name = os.path.join(folder, 'checkpoint.pth.tar')
    torch.save(state, name)
    if is_best:
        torch.save(state['model'], os.path.join(folder, 'model_best.pkl'))
    return name


folder = tempfile.mkdtemp()
net = Net(4)
opt = torch.optim.Adam(net.parameters())
x = torch.linspace(0, 1, 6).view(2, 3)
net(x).sum().backward()
opt.step()
path = save_checkpoint({'epoch': 3, 'model': net, 'state_dict': net.state_dict(), 'optimizer': opt.state_dict(),
                        'best_acc': torch.tensor(0.5)}, True, folder)
ckpt = torch.load(path, map_location=lambda storage, loc: storage)
again = Net(4)
again.load_state_dict(ckpt['state_dict'])
opt2 = torch.optim.Adam(again.parameters())
opt2.load_state_dict(ckpt['optimizer'])
best = torch.load(os.path.join(folder, 'model_best.pkl'), 'cpu')
best.eval()
same = torch.equal(best(x), net(x)) and torch.equal(again(x), ckpt['model'](x))
lr = opt2.param_groups[0]['lr']
print(same, ckpt['epoch'], lr, ckpt['best_acc'].item())
