import os
import shutil
import tempfile
import torch
import torch.nn as nn


class Net(nn.Module):
    def __init__(self):
        super(Net, self).__init__()
        self.conv = nn.Conv2d(1, 2, 3)
        self.bn = nn.BatchNorm2d(2)
        self.fc = nn.Linear(2 * 4 * 4, 3)

    def forward(self, x):
        x = self.bn(self.conv(x)).clamp(min=0)
        return self.fc(x.view(x.size(0), -1))


def save_checkpoint(state, is_best, folder):
    filename = os.path.join(folder, 'checkpoint.pth.tar')
    torch.save(state, filename)
    if is_best:
        shutil.copyfile(filename, os.path.join(folder, 'model_best.pth.tar'))


torch.manual_seed(55)
folder = tempfile.mkdtemp()
model = Net()
torch.manual_seed(56)
for p in model.parameters():
    p.data.copy_(torch.randn(p.size()) * 0.2)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
x, y = torch.randn(4, 1, 6, 6), torch.LongTensor([0, 1, 2, 0])
for _ in range(2):
    optimizer.zero_grad()
    loss = nn.CrossEntropyLoss()(model(x), y)
    loss.backward()
    optimizer.step()
torch.save(model, os.path.join(folder, 'model.pth'))
save_checkpoint({'epoch': 2, 'state_dict': model.state_dict(), 'best_prec1': loss.data,
                 'optimizer': optimizer.state_dict()}, True, folder)

restored = torch.load(os.path.join(folder, 'model.pth'))
restored.eval()
model.eval()
print((restored(x) - model(x)).abs().max().item())
checkpoint = torch.load(os.path.join(folder, 'model_best.pth.tar'),
                        map_location=lambda storage, loc: storage)
fresh = Net()
fresh.load_state_dict(checkpoint['state_dict'])
fresh.eval()
optimizer.load_state_dict(checkpoint['optimizer'])
print(checkpoint['epoch'], checkpoint['best_prec1'], torch.equal(fresh(x), model(x)))
print(fresh(x))
pretrained = {k: v for k, v in torch.load(os.path.join(folder, 'checkpoint.pth.tar'))['state_dict'].items()
              if not k.startswith('fc')}
print(sorted(pretrained))
shutil.rmtree(folder)
