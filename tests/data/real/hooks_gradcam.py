import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.autograd import Variable

torch.manual_seed(18)


class GradCam(object):
    def __init__(self, model, layer):
        self.model = model.eval()
        self.gradient = None
        self.activation = None
        layer.register_forward_hook(self.save_activation)
        layer.register_backward_hook(self.save_gradient)

    def save_activation(self, module, input, output):
        self.activation = output

    def save_gradient(self, module, grad_in, grad_out):
        self.gradient = grad_out[0]

    def __call__(self, x, index=None):
        output = self.model(x)
        if index is None:
            index = output.data.max(1)[1][0]
        one_hot = torch.zeros(1, output.size()[-1])
        one_hot[0][index] = 1
        loss = torch.sum(Variable(one_hot, requires_grad=True) * output)
        self.model.zero_grad()
        loss.backward(retain_graph=True)
        weights = self.gradient.mean(3).mean(2)
        cam = (weights[:, :, None, None] * self.activation).sum(1)
        return F.relu(cam).data


class Flatten(nn.Module):
    def forward(self, x):
        return x.view(x.size()[0], -1)


conv = nn.Conv2d(1, 3, 3)
model = nn.Sequential(conv, nn.ReLU(), Flatten(), nn.Linear(48, 4))
for p in model.parameters():
    p.data.normal_(0, 0.3)
cam = GradCam(model, conv)
x = Variable(torch.randn(1, 1, 6, 6))
print(cam(x))
print(cam(x, 2).sum().item())
grads = {}
h = torch.randn(3, requires_grad=True)
handle = h.register_hook(lambda g: grads.update(h=g.clone()) or g * 2)
(h ** 2).sum().backward()
handle.remove()
print(h.grad / grads['h'])
