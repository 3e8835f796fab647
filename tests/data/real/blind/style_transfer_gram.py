"""Gatys style transfer on a random 'VGG', with content/style modules and LBFGS closures."""
from __future__ import print_function
import copy
import torch
import torch.nn as nn
import torch.nn.functional as F
import torch.optim as optim

torch.manual_seed(0)
device = torch.device("cuda" if torch.cuda.is_available() else "cpu")


class ContentLoss(nn.Module):
    def __init__(self, target):
        super(ContentLoss, self).__init__()
        self.target = target.detach()

    def forward(self, input):
        self.loss = F.mse_loss(input, self.target)
        return input


def gram_matrix(input):
    a, b, c, d = input.size()
    features = input.view(a * b, c * d)
    G = torch.mm(features, features.t())
    return G.div(a * b * c * d)


class StyleLoss(nn.Module):
    def __init__(self, target_feature):
        super(StyleLoss, self).__init__()
        self.target = gram_matrix(target_feature).detach()

    def forward(self, input):
        G = gram_matrix(input)
        self.loss = F.mse_loss(G, self.target)
        return input


class Normalization(nn.Module):
    def __init__(self, mean, std):
        super(Normalization, self).__init__()
        self.mean = torch.tensor(mean).view(-1, 1, 1)
        self.std = torch.tensor(std).view(-1, 1, 1)

    def forward(self, img):
        return (img - self.mean) / self.std


class TVLoss(nn.Module):
    def forward(self, x):
        h = (x[:, :, 1:, :] - x[:, :, :-1, :]).abs().sum()
        w = (x[:, :, :, 1:] - x[:, :, :, :-1]).abs().sum()
        return (h + w) / x.numel()


cnn = nn.Sequential(
    nn.Conv2d(3, 8, 3, padding=1), nn.ReLU(inplace=True),
    nn.Conv2d(8, 8, 3, padding=1), nn.ReLU(inplace=True), nn.MaxPool2d(2),
    nn.Conv2d(8, 16, 3, padding=1), nn.InstanceNorm2d(16), nn.ReLU(inplace=True)).to(device).eval()

content_layers_default = ['conv_2']
style_layers_default = ['conv_1', 'conv_2', 'conv_3']


def get_style_model_and_losses(cnn, style_img, content_img):
    cnn = copy.deepcopy(cnn)
    normalization = Normalization([0.485, 0.456, 0.406], [0.229, 0.224, 0.225]).to(device)
    content_losses, style_losses = [], []
    model = nn.Sequential(normalization)
    i = 0
    for layer in cnn.children():
        if isinstance(layer, nn.Conv2d):
            i += 1
            name = 'conv_{}'.format(i)
        elif isinstance(layer, nn.ReLU):
            name = 'relu_{}'.format(i)
            layer = nn.ReLU(inplace=False)
        elif isinstance(layer, nn.MaxPool2d):
            name = 'pool_{}'.format(i)
            layer = nn.AvgPool2d(2)
        elif isinstance(layer, nn.InstanceNorm2d):
            name = 'in_{}'.format(i)
        else:
            raise RuntimeError('Unrecognized layer: {}'.format(layer.__class__.__name__))
        model.add_module(name, layer)
        if name in content_layers_default:
            content_loss = ContentLoss(model(content_img))
            model.add_module("content_loss_{}".format(i), content_loss)
            content_losses.append(content_loss)
        if name in style_layers_default:
            style_loss = StyleLoss(model(style_img).detach())
            model.add_module("style_loss_{}".format(i), style_loss)
            style_losses.append(style_loss)
    for i in range(len(model) - 1, -1, -1):
        if isinstance(model[i], ContentLoss) or isinstance(model[i], StyleLoss):
            break
    return model[:(i + 1)], style_losses, content_losses


size = 16
yy, xx = torch.meshgrid([torch.linspace(0, 1, size), torch.linspace(0, 1, size)])
content_img = torch.stack([xx, yy, ((xx - .5) ** 2 + (yy - .5) ** 2 < 0.1).float()]).unsqueeze(0)
style_img = ((torch.arange(size).view(1, -1) / 2 + torch.arange(size).view(-1, 1)) % 2).float().expand(1, 3, size, size) * 0.8 + 0.1 * torch.rand(1, 3, size, size)

model, style_losses, content_losses = get_style_model_and_losses(cnn, style_img, content_img)
print([n for n, _ in model.named_children()])
input_img = content_img.clone()
optimizer = optim.LBFGS([input_img.requires_grad_()], lr=0.5)
tv = TVLoss()
run = [0]
while run[0] <= 60:
    def closure():
        input_img.data.clamp_(0, 1)
        optimizer.zero_grad()
        model(input_img)
        style_score = 0
        content_score = 0
        for sl in style_losses:
            style_score += sl.loss
        for cl in content_losses:
            content_score += cl.loss
        style_score *= 1e4
        loss = style_score + content_score + 0.01 * tv(input_img)
        loss.backward()
        run[0] += 1
        if run[0] == 1 or run[0] % 30 == 0:
            print("run {}: Style Loss : {:.3f} Content Loss: {:.3f}".format(
                run[0], style_score.item(), content_score.item()))
        return loss
    optimizer.step(closure)

input_img.data.clamp_(0, 1)
print('image mean', '%.2f' % input_img.mean().item())
changed = (input_img.data - content_img).abs() > 0.02
print('more than a third of the pixels changed:', bool(changed.float().mean() > 0.3))

# AdaIN in one line
c, s = torch.randn(1, 4, 6, 6), 2 + 3 * torch.randn(1, 4, 6, 6)
c_mean, c_std = c.view(1, 4, -1).mean(2).view(1, 4, 1, 1), c.view(1, 4, -1).std(2).view(1, 4, 1, 1)
s_mean, s_std = s.view(1, 4, -1).mean(2).view(1, 4, 1, 1), s.view(1, 4, -1).std(2).view(1, 4, 1, 1)
t = (c - c_mean.expand(c.size())) / c_std.expand(c.size()) * s_std.expand(c.size()) + s_mean.expand(c.size())
print('adain mean gap < 1e-4:', ((t.mean(3).mean(2) - s.mean(3).mean(2)).abs().max() < 1e-4).item())
