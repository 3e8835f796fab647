import torch
import torch.autograd as autograd
import torch.nn as nn

torch.manual_seed(3)
LAMBDA = 10
use_cuda = False
critic = nn.Sequential(nn.Linear(2, 16), nn.Tanh(), nn.Linear(16, 1))
gen = nn.Sequential(nn.Linear(3, 16), nn.ReLU(True), nn.Linear(16, 2))
torch.manual_seed(4)
for net in (critic, gen):
    for p in net.parameters():
        p.data.uniform_(-0.3, 0.3)


def calc_gradient_penalty(netD, real_data, fake_data):
    alpha = torch.rand(real_data.size(0), 1)
    alpha = alpha.expand(real_data.size())
    alpha = alpha.cuda() if use_cuda else alpha
    interpolates = alpha * real_data + ((1 - alpha) * fake_data)
    interpolates = autograd.Variable(interpolates, requires_grad=True)
    disc_interpolates = netD(interpolates)
    gradients = autograd.grad(outputs=disc_interpolates, inputs=interpolates,
                              grad_outputs=torch.ones(disc_interpolates.size()),
                              create_graph=True, retain_graph=True, only_inputs=True)[0]
    return ((gradients.norm(2, dim=1) - 1) ** 2).mean() * LAMBDA


optD = torch.optim.RMSprop(critic.parameters(), lr=5e-3)
optG = torch.optim.RMSprop(gen.parameters(), lr=5e-3)
one = torch.FloatTensor([1])
mone = one * -1

for it in range(5):
    for p in critic.parameters():
        p.requires_grad = True
    for _ in range(2):
        real = torch.randn(32, 2) * 0.5 + 2
        critic.zero_grad()
        D_real = critic(autograd.Variable(real)).mean(0)
        D_real.backward(mone)
        noise = autograd.Variable(torch.randn(32, 3), volatile=True)
        fake = autograd.Variable(gen(noise).data)
        D_fake = critic(fake).mean(0)
        D_fake.backward(one)
        gp = calc_gradient_penalty(critic, real, fake.data)
        gp.backward()
        optD.step()
    for p in critic.parameters():
        p.requires_grad = False
    gen.zero_grad()
    G = critic(gen(autograd.Variable(torch.randn(32, 3)))).mean(0)
    G.backward(mone)
    optG.step()
    print('iter', it, 'W %.4f' % (D_real - D_fake).item(), 'gp %.4f' % gp.item())
