import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.autograd import Variable


class FeatureExtractor():
    """ Class for extracting activations and registering gradients """
    def __init__(self, model, target_layers):
        self.model = model
        self.target_layers = target_layers
        self.gradients = []

    def save_gradient(self, grad):
        self.gradients.append(grad)

    def __call__(self, x):
        outputs = []
        self.gradients = []
        for name, module in self.model._modules.items():
            x = module(x)
            if name in self.target_layers:
                x.register_hook(self.save_gradient)
                outputs += [x]
        return outputs, x


torch.manual_seed(2)
model = nn.Sequential(nn.Conv2d(1, 3, 3, padding=1), nn.ReLU(), nn.Conv2d(3, 2, 3, padding=1))
acts = {}
handle = model[2].register_forward_hook(lambda m, i, o: acts.update(out=o.data.clone()))
ext = FeatureExtractor(model, ['1'])
x = Variable(torch.linspace(-1, 1, 36).view(1, 1, 6, 6), requires_grad=True)
feats, out = ext(x)
score = out.mean(3).mean(2)
one_hot = torch.zeros(1, 2)
one_hot[0][score.data.max(1)[1]] = 1
one_hot = torch.sum(Variable(one_hot, requires_grad=True) * score)
one_hot.backward(retain_graph=True)
grads = ext.gradients[-1].cpu().data.numpy()
weights = grads.mean(axis=(2, 3))[0, :]
cam = sum(w * feats[0].data[0, i] for i, w in enumerate(weights.tolist()))
cam = F.relu(cam)
cam = cam / (cam.max() + 1e-8)
handle.remove()
print(cam.sum().item(), acts['out'].mean().item(), x.grad.abs().sum().item())
