import copy
import torch
import torch.nn as nn
import torch.optim as optim
from torch.autograd import Variable

torch.manual_seed(66)


class GramMatrix(nn.Module):
    def forward(self, input):
        a, b, c, d = input.size()
        features = input.view(a * b, c * d)
        G = torch.mm(features, features.t())
        return G.div(a * b * c * d)


class StyleLoss(nn.Module):
    def __init__(self, target, weight):
        super(StyleLoss, self).__init__()
        self.target = target.detach() * weight
        self.weight = weight
        self.gram = GramMatrix()
        self.criterion = nn.MSELoss()

    def forward(self, input):
        self.output = input.clone()
        self.G = self.gram(input)
        self.G.mul_(self.weight)
        self.loss = self.criterion(self.G, self.target)
        return self.output

    def backward(self, retain_graph=True):
        self.loss.backward(retain_graph=retain_graph)
        return self.loss


cnn = nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU(), nn.Conv2d(4, 4, 3))
for p in cnn.parameters():
    p.data.normal_(0, 0.3)
style = Variable(torch.rand(1, 3, 8, 8))
model = nn.Sequential()
losses = []
i = 1
for layer in list(copy.deepcopy(cnn)):
    if isinstance(layer, nn.Conv2d):
        model.add_module('conv_' + str(i), layer)
        s = StyleLoss(GramMatrix()(model(style)), 10)
        model.add_module('style_loss_' + str(i), s)
        losses.append(s)
        i += 1
    else:
        model.add_module('relu_' + str(i), nn.ReLU(inplace=False))
image = nn.Parameter(torch.rand(1, 3, 8, 8))
optimizer = optim.LBFGS([image], max_iter=3)
for run in range(3):
    def closure():
        image.data.clamp_(0, 1)
        optimizer.zero_grad()
        model(image)
        score = 0
        for sl in losses:
            score += sl.backward()
        return score
    value = optimizer.step(closure)
    print(run, '%.5f' % value.item())
print('%.3f' % image.data.mean())
