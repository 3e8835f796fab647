import math
import torch
import torch.nn as nn
from torch.autograd import Variable

oneDivSqrtTwoPI = 1.0 / math.sqrt(2.0 * math.pi)


class MDN(nn.Module):
    def __init__(self, n_hidden, n_gaussians):
        super(MDN, self).__init__()
        self.z_h = nn.Sequential(nn.Linear(1, n_hidden), nn.Tanh())
        self.z_pi = nn.Linear(n_hidden, n_gaussians)
        self.z_mu = nn.Linear(n_hidden, n_gaussians)
        self.z_sigma = nn.Linear(n_hidden, n_gaussians)

    def forward(self, x):
        z_h = self.z_h(x)
        pi = nn.functional.softmax(self.z_pi(z_h), -1)
        return pi, torch.exp(self.z_sigma(z_h)), self.z_mu(z_h)


def gaussian_distribution(y, mu, sigma):
    result = (y.expand_as(mu) - mu) * torch.reciprocal(sigma)
    result = -0.5 * (result * result)
    return (torch.exp(result) * torch.reciprocal(sigma)) * oneDivSqrtTwoPI


def mdn_loss_fn(pi, sigma, mu, y):
    result = gaussian_distribution(y, mu, sigma) * pi
    result = torch.sum(result, dim=1)
    return torch.mean(-torch.log(result))


def robust_loss(pi, sigma, mu, y):
    log_prob = -0.5 * ((y - mu) / sigma) ** 2 - torch.log(sigma) - 0.5 * math.log(2 * math.pi)
    return -torch.logsumexp(torch.log(pi) + log_prob, dim=1).mean()


torch.manual_seed(50)
network = MDN(8, 3)
for p in network.parameters():
    p.data.normal_(0, 0.4)
optimizer = torch.optim.Adam(network.parameters(), lr=0.02)
epsilon = torch.randn(60)
x_data = torch.linspace(-2, 2, 60)
y_data = 0.7 * torch.sin(3 * x_data) + 0.5 * x_data + 0.1 * epsilon
x, y = Variable(y_data.view(-1, 1)), Variable(x_data.view(-1, 1), requires_grad=False)
for epoch in range(10):
    pi, sigma, mu = network(x)
    loss = mdn_loss_fn(pi, sigma, mu, y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if epoch % 3 == 0:
        print(epoch, '%.5f' % loss.data.item(), '%.5f' % robust_loss(pi, sigma, mu, y).item())
