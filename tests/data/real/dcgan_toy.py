"""A DCGAN cut down to 8x8 images."""
import torch
import torch.nn as nn
import torch.optim as optim
from torch.autograd import Variable

torch.manual_seed(99)
nz, ngf, ndf, nc = 6, 4, 4, 1
real_label, fake_label = 1, 0


def weights_init(m):
    classname = m.__class__.__name__
    if classname.find('Conv') != -1:
        m.weight.data.normal_(0.0, 0.02)
    elif classname.find('BatchNorm') != -1:
        m.weight.data.normal_(1.0, 0.02)
        m.bias.data.fill_(0)


class _netG(nn.Module):
    def __init__(self):
        super(_netG, self).__init__()
        self.main = nn.Sequential(
            nn.ConvTranspose2d(nz, ngf * 2, 4, 1, 0, bias=False),
            nn.BatchNorm2d(ngf * 2),
            nn.ReLU(True),
            nn.ConvTranspose2d(ngf * 2, nc, 4, 2, 1, bias=False),
            nn.Tanh()
        )

    def forward(self, input):
        return self.main(input)


class _netD(nn.Module):
    def __init__(self):
        super(_netD, self).__init__()
        self.main = nn.Sequential(
            nn.Conv2d(nc, ndf, 4, 2, 1, bias=False),
            nn.LeakyReLU(0.2, inplace=True),
            nn.Conv2d(ndf, 1, 4, 1, 0, bias=False),
            nn.Sigmoid()
        )

    def forward(self, input):
        return self.main(input).view(-1, 1).squeeze(1)


netG, netD = _netG(), _netD()
torch.manual_seed(5)
netG.apply(weights_init)
netD.apply(weights_init)
criterion = nn.BCELoss()

input = torch.FloatTensor(8, nc, 8, 8)
noise = torch.FloatTensor(8, nz, 1, 1)
fixed_noise = torch.FloatTensor(8, nz, 1, 1).normal_(0, 1)
label = torch.FloatTensor(8)
optimizerD = optim.Adam(netD.parameters(), lr=0.0002, betas=(0.5, 0.999))
optimizerG = optim.Adam(netG.parameters(), lr=0.0002, betas=(0.5, 0.999))

data = torch.rand(8, nc, 8, 8) * 2 - 1
for i in range(2):
    netD.zero_grad()
    batch_size = data.size(0)
    input.resize_as_(data).copy_(data)
    label.resize_(batch_size).fill_(real_label)
    inputv, labelv = Variable(input), Variable(label)
    output = netD(inputv)
    errD_real = criterion(output, labelv)
    errD_real.backward()
    D_x = output.data.mean()

    noise.resize_(batch_size, nz, 1, 1).normal_(0, 1)
    fake = netG(Variable(noise))
    output = netD(fake.detach())
    errD_fake = criterion(output, Variable(label.fill_(fake_label)))
    errD_fake.backward()
    D_G_z1 = output.data.mean()
    errD = errD_real + errD_fake
    optimizerD.step()

    netG.zero_grad()
    errG = criterion(netD(fake), Variable(label.fill_(real_label)))
    errG.backward()
    optimizerG.step()
    print('[%d] Loss_D: %.3f Loss_G: %.3f D(x): %.3f D(G(z)): %.3f' % (
        i, errD.item(), errG.item(), D_x, D_G_z1))
fake = netG(Variable(fixed_noise))
print(tuple(fake.shape), '%.4f' % fake.data.std().item())
