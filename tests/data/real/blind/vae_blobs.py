from __future__ import print_function
import argparse
import torch
import torch.utils.data
from torch import nn, optim
from torch.nn import functional as F

parser = argparse.ArgumentParser(description='VAE on rendered blobs')
parser.add_argument('--batch-size', type=int, default=32, metavar='N')
parser.add_argument('--epochs', type=int, default=6, metavar='N')
parser.add_argument('--no-cuda', action='store_true', default=True)
parser.add_argument('--seed', type=int, default=1, metavar='S')
parser.add_argument('--log-interval', type=int, default=10, metavar='N')
args = parser.parse_args()
args.cuda = not args.no_cuda and torch.cuda.is_available()

torch.manual_seed(args.seed)
device = torch.device("cuda" if args.cuda else "cpu")
kwargs = {'num_workers': 1, 'pin_memory': True} if args.cuda else {}

SIZE = 12


class Blobs(torch.utils.data.Dataset):
    """gaussian bumps at random positions, values in [0, 1]"""

    def __init__(self, n):
        yy = torch.arange(0, SIZE).float().view(1, SIZE, 1)
        xx = torch.arange(0, SIZE).float().view(1, 1, SIZE)
        pos = torch.rand(n, 2) * (SIZE - 4) + 2
        sig = torch.rand(n, 1, 1) + 1
        d2 = (yy - pos[:, 0].view(-1, 1, 1)) ** 2 + (xx - pos[:, 1].view(-1, 1, 1)) ** 2
        self.img = torch.exp(-d2 / (2 * sig ** 2)).unsqueeze(1)
        self.pos = pos

    def __getitem__(self, i):
        return self.img[i], self.pos[i]

    def __len__(self):
        return self.img.size(0)


train_loader = torch.utils.data.DataLoader(Blobs(512), batch_size=args.batch_size, shuffle=True, **kwargs)
test_loader = torch.utils.data.DataLoader(Blobs(128), batch_size=args.batch_size, shuffle=False, **kwargs)


class VAE(nn.Module):
    def __init__(self):
        super(VAE, self).__init__()
        self.conv = nn.Conv2d(1, 8, 4, stride=2, padding=1)
        self.fc1 = nn.Linear(8 * 36, 64)
        self.fc21 = nn.Linear(64, 3)
        self.fc22 = nn.Linear(64, 3)
        self.fc3 = nn.Linear(3, 8 * 36)
        self.deconv = nn.ConvTranspose2d(8, 1, 4, stride=2, padding=1)

    def encode(self, x):
        h = F.relu(self.conv(x))
        h1 = F.relu(self.fc1(h.view(h.size(0), -1)))
        return self.fc21(h1), self.fc22(h1)

    def reparameterize(self, mu, logvar):
        if self.training:
            std = torch.exp(0.5 * logvar)
            eps = torch.randn_like(std)
            return eps.mul(std).add_(mu)
        else:
            return mu

    def decode(self, z):
        h = F.relu(self.fc3(z)).view(-1, 8, 6, 6)
        return F.sigmoid(self.deconv(h))

    def forward(self, x):
        mu, logvar = self.encode(x)
        z = self.reparameterize(mu, logvar)
        return self.decode(z), mu, logvar


model = VAE().to(device)
optimizer = optim.Adam(model.parameters(), lr=3e-3)


def loss_function(recon_x, x, mu, logvar):
    BCE = F.binary_cross_entropy(recon_x.view(-1, SIZE * SIZE), x.view(-1, SIZE * SIZE), size_average=False)
    # 0.5 * sum(1 + log(sigma^2) - mu^2 - sigma^2)
    KLD = -0.5 * torch.sum(1 + logvar - mu.pow(2) - logvar.exp())
    return BCE + KLD


def train(epoch):
    model.train()
    train_loss = 0
    for batch_idx, (data, _) in enumerate(train_loader):
        data = data.to(device)
        optimizer.zero_grad()
        recon_batch, mu, logvar = model(data)
        loss = loss_function(recon_batch, data, mu, logvar)
        loss.backward()
        train_loss += loss.item()
        optimizer.step()
        if batch_idx % args.log_interval == 0:
            print('Train Epoch: {} [{}/{} ({:.0f}%)]\tLoss: {:.4f}'.format(
                epoch, batch_idx * len(data), len(train_loader.dataset),
                100. * batch_idx / len(train_loader), loss.item() / len(data)))
    print('====> Epoch: {} Average loss: {:.4f}'.format(epoch, train_loss / len(train_loader.dataset)))


def test(epoch):
    model.eval()
    test_loss = 0
    mus = []
    with torch.no_grad():
        for i, (data, _) in enumerate(test_loader):
            data = data.to(device)
            recon_batch, mu, logvar = model(data)
            test_loss += loss_function(recon_batch, data, mu, logvar).item()
            mus.append(mu)
    test_loss /= len(test_loader.dataset)
    print('====> Test set loss: {:.4f}'.format(test_loss))
    return torch.cat(mus)


for epoch in range(1, args.epochs + 1):
    train(epoch)
    mus = test(epoch)

print('active units:', (mus.var(0) > 1e-2).sum().item())
with torch.no_grad():
    sample = model.decode(torch.randn(16, 3).to(device)).cpu()
    argmax = sample.view(16, -1).max(1)[1]
    print('rows of peaks:', (argmax / SIZE).tolist())
    print('cols of peaks:', (argmax % SIZE).tolist())
