import numpy as np
import torch
import torch.nn as nn
import torch.autograd as autograd
import torch.optim as optim

LAMBDA = .1
CRITIC_ITERS = 2
rng = np.random.RandomState(7)


class Generator(nn.Module):
    def __init__(self):
        super(Generator, self).__init__()
        self.main = nn.Sequential(nn.Linear(2, 16), nn.ReLU(True), nn.Linear(16, 2))

    def forward(self, noise, real_data):
        return self.main(noise)


class Discriminator(nn.Module):
    def __init__(self):
        super(Discriminator, self).__init__()
        self.main = nn.Sequential(nn.Linear(2, 16), nn.ReLU(True), nn.Linear(16, 1))

    def forward(self, inputs):
        return self.main(inputs).view(-1)


def calc_gradient_penalty(netD, real_data, fake_data):
    alpha = torch.from_numpy(rng.rand(real_data.size(0), 1).astype('float32'))
    alpha = alpha.expand(real_data.size())
    interpolates = alpha * real_data + ((1 - alpha) * fake_data)
    interpolates = autograd.Variable(interpolates, requires_grad=True)
    disc_interpolates = netD(interpolates)
    gradients = autograd.grad(outputs=disc_interpolates, inputs=interpolates,
                              grad_outputs=torch.ones(disc_interpolates.size()),
                              create_graph=True, retain_graph=True, only_inputs=True)[0]
    return ((gradients.norm(2, dim=1) - 1) ** 2).mean() * LAMBDA


netG, netD = Generator(), Discriminator()
optD = optim.Adam(netD.parameters(), lr=1e-3, betas=(0.5, 0.9))
optG = optim.Adam(netG.parameters(), lr=1e-3, betas=(0.5, 0.9))
one = torch.tensor(1, dtype=torch.float)
mone = one * -1
for iteration in range(4):
    for p in netD.parameters():
        p.requires_grad = True
    for iter_d in range(CRITIC_ITERS):
        real = autograd.Variable(torch.Tensor(rng.randn(8, 2)))
        netD.zero_grad()
        D_real = netD(real).mean()
        D_real.backward(mone)
        noise = torch.Tensor(rng.randn(8, 2))
        with torch.no_grad():
            noisev = autograd.Variable(noise)
        fake = autograd.Variable(netG(noisev, real).data)
        D_fake = netD(fake).mean()
        D_fake.backward(one)
        gp = calc_gradient_penalty(netD, real.data, fake.data)
        gp.backward()
        D_cost = D_fake - D_real + gp
        Wasserstein_D = D_real - D_fake
        optD.step()
    for p in netD.parameters():
        p.requires_grad = False
    netG.zero_grad()
    G = netD(netG(autograd.Variable(torch.Tensor(rng.randn(8, 2))), real)).mean()
    G.backward(mone)
    optG.step()
    print('%d D %.5f W %.5f' % (iteration, D_cost.cpu().data.numpy(), Wasserstein_D.item()))
