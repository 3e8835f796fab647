import torch
import torch.nn as nn
import torch.nn.functional as F


class STN(nn.Module):
    def __init__(self):
        super(STN, self).__init__()
        self.localization = nn.Sequential(nn.Conv2d(1, 2, kernel_size=3), nn.MaxPool2d(2, stride=2), nn.ReLU(True))
        self.fc_loc = nn.Sequential(nn.Linear(2 * 3 * 3, 8), nn.ReLU(True), nn.Linear(8, 3 * 2))
        self.fc_loc[2].weight.data.fill_(0.01)
        self.fc_loc[2].bias.data = torch.FloatTensor([0.9, 0.1, 0, -0.1, 1.1, 0.2])

    def forward(self, x):
        xs = self.localization(x)
        theta = self.fc_loc(xs.view(-1, 18)).view(-1, 2, 3)
        grid = F.affine_grid(theta, x.size())
        return F.grid_sample(x, grid)


torch.manual_seed(1)
net = STN()
x = torch.linspace(-1, 1, 2 * 64).view(2, 1, 8, 8)
out = net(x)
loss = out.pow(2).mean()
loss.backward()
border = F.grid_sample(x, F.affine_grid(torch.tensor([[[1., 0, .5], [0, 1., 0]]] * 2), x.size()),
                       mode='bilinear', padding_mode='border')
print(loss.item(), border.sum().item(), net.fc_loc[0].weight.grad.norm().item())
