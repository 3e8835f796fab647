"""Domain adversarial training: gradient reversal layer with a lambda that is scheduled."""
import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
import torch.optim as optim


class GradReverse(torch.autograd.Function):
    def __init__(self, lambd):
        self.lambd = lambd

    def forward(self, x):
        return x.view_as(x)

    def backward(self, grad_output):
        return (grad_output * -self.lambd)


def grad_reverse(x, lambd=1.0):
    return GradReverse(lambd)(x)


class Predictor(nn.Module):
    def __init__(self, inc=8, num_class=3):
        super(Predictor, self).__init__()
        self.fc1 = nn.Linear(inc, 16)
        self.fc2 = nn.Linear(16, num_class)
        self.lambd = 1.0

    def set_lambda(self, lambd):
        self.lambd = lambd

    def forward(self, x, reverse=False):
        x = self.fc1(x)
        if reverse:
            x = grad_reverse(x, self.lambd)
        return self.fc2(F.relu(x))


rng = np.random.RandomState(0)
data = torch.from_numpy(rng.randn(12, 8)).float()
label = torch.from_numpy(rng.randint(0, 3, 12))
C = Predictor()
opt = optim.SGD(C.parameters(), lr=0.05, momentum=0.9)
for step in range(6):
    p = float(step) / 6
    C.set_lambda(2. / (1. + np.exp(-10 * p)) - 1)
    opt.zero_grad()
    loss = F.cross_entropy(C(data, reverse=(step % 2 == 1)), label)
    loss.backward()
    opt.step()
final = loss.item()
weights = C.fc2.weight.data.clone()
print(final)
