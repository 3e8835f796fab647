import torch
import torch.nn as nn
import torch.optim as optim
from torch.autograd import Variable


def weights_init(m):
    classname = m.__class__.__name__
    if classname.find('Conv') != -1:
        nn.init.normal(m.weight.data, 0.0, 0.02)
    elif classname.find('BatchNorm') != -1:
        nn.init.constant(m.weight.data, 1.0)
        nn.init.constant(m.bias.data, 0)


class _netG(nn.Module):
    def __init__(self, nz=4, ngf=4):
        super(_netG, self).__init__()
        self.main = nn.Sequential(
            nn.ConvTranspose2d(nz, ngf * 2, 4, 1, 0, bias=False),
            nn.BatchNorm2d(ngf * 2), nn.ReLU(True),
            nn.ConvTranspose2d(ngf * 2, 1, 4, 2, 1, bias=False), nn.Tanh())

    def forward(self, input):
        return self.main(input)


class _netD(nn.Module):
    def __init__(self, ndf=4):
        super(_netD, self).__init__()
        self.main = nn.Sequential(
            nn.Conv2d(1, ndf, 4, 2, 1, bias=False), nn.LeakyReLU(0.2, inplace=True),
            nn.Conv2d(ndf, 1, 4, 1, 0, bias=False), nn.Sigmoid())

    def forward(self, input):
        return self.main(input).view(-1, 1).squeeze(1)


netG, netD = _netG(), _netD()
torch.manual_seed(5)
netG.apply(weights_init)
netD.apply(weights_init)
criterion = nn.BCELoss()
fixed_noise = torch.FloatTensor(2, 4, 1, 1).fill_(0.5)
noise = torch.FloatTensor(2, 4, 1, 1)
label = torch.FloatTensor(2)
real_label, fake_label = 1, 0
optimizerD = optim.Adam(netD.parameters(), lr=0.0002, betas=(0.5, 0.999))
optimizerG = optim.Adam(netG.parameters(), lr=0.0002, betas=(0.5, 0.999))
real = torch.linspace(-1, 1, 128).view(2, 1, 8, 8)
for i in range(3):
    netD.zero_grad()
    label.resize_(2).fill_(real_label)
    labelv = Variable(label)
    output = netD(Variable(real))
    errD_real = criterion(output, labelv)
    errD_real.backward()
    D_x = output.data.mean()
    noise.resize_(2, 4, 1, 1).copy_(fixed_noise * (i + 1))
    fake = netG(Variable(noise))
    labelv = Variable(label.fill_(fake_label))
    output = netD(fake.detach())
    errD_fake = criterion(output, labelv)
    errD_fake.backward()
    errD = errD_real + errD_fake
    optimizerD.step()
    netG.zero_grad()
    labelv = Variable(label.fill_(real_label))
    output = netD(fake)
    errG = criterion(output, labelv)
    errG.backward()
    optimizerG.step()
    print('[%d] Loss_D: %.4f Loss_G: %.4f D(x): %.4f' % (i, errD.item(), errG.item(), D_x))
