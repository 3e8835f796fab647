import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.autograd import Variable


class GramMatrix(nn.Module):
    def forward(self, input):
        a, b, c, d = input.size()
        features = input.view(a * b, c * d)
        G = torch.mm(features, features.t())
        return G.div(a * b * c * d)


class TVLoss(nn.Module):
    def forward(self, x):
        h_tv = torch.pow((x[:, :, 1:, :] - x[:, :, :-1, :]), 2).sum()
        w_tv = torch.pow((x[:, :, :, 1:] - x[:, :, :, :-1]), 2).sum()
        return 2 * (h_tv / x[:, :, 1:, :].nelement() + w_tv / x[:, :, :, 1:].nelement())


torch.manual_seed(0)
feat = nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU(inplace=True), nn.AvgPool2d(2))
for p in feat.parameters():
    p.requires_grad = False
style = Variable(torch.linspace(0, 1, 192).view(1, 3, 8, 8))
image = Variable(style.data.clone().mul_(0.5), requires_grad=True)
target = GramMatrix()(feat(style)).detach()
opt = torch.optim.LBFGS([image], lr=0.5, max_iter=3)
run = [0]
while run[0] <= 6:
    def closure():
        image.data.clamp_(0, 1)
        opt.zero_grad()
        loss = F.mse_loss(GramMatrix()(feat(image)), target, size_average=False) * 100 + TVLoss()(image)
        loss.backward()
        run[0] += 1
        closure.value = loss.data
        return loss
    opt.step(closure)
print(run, closure.value.item())
