import torch
from torch import nn, optim
from torch.autograd import Variable
from torch.nn import functional as F

torch.manual_seed(7)
CUDA = torch.cuda.is_available() and False
ZDIMS = 3


class VAE(nn.Module):
    def __init__(self):
        super(VAE, self).__init__()
        self.fc1 = nn.Linear(12, 10)
        self.relu = nn.ReLU()
        self.fc21 = nn.Linear(10, ZDIMS)
        self.fc22 = nn.Linear(10, ZDIMS)
        self.fc3 = nn.Linear(ZDIMS, 10)
        self.fc4 = nn.Linear(10, 12)
        self.sigmoid = nn.Sigmoid()
        for weight in self.parameters():
            weight.data.normal_(0, 0.1)

    def encode(self, x):
        h1 = self.relu(self.fc1(x))
        return self.fc21(h1), self.fc22(h1)

    def reparameterize(self, mu, logvar):
        if self.training:
            std = logvar.mul(0.5).exp_()
            eps = Variable(std.data.new(std.size()).normal_())
            return eps.mul(std).add_(mu)
        return mu

    def decode(self, z):
        h3 = self.relu(self.fc3(z))
        return F.sigmoid(self.fc4(h3))

    def forward(self, x):
        mu, logvar = self.encode(x.view(-1, 12))
        z = self.reparameterize(mu, logvar)
        return self.decode(z), mu, logvar


def loss_function(recon_x, x, mu, logvar):
    BCE = F.binary_cross_entropy(recon_x, x.view(-1, 12), size_average=False)
    # see Appendix B of the VAE paper
    KLD = -0.5 * torch.sum(1 + logvar - mu.pow(2) - logvar.exp())
    return BCE + KLD


model = VAE()
optimizer = optim.Adam(model.parameters(), lr=1e-2)
images = torch.rand(40, 1, 3, 4).round()
for epoch in range(3):
    model.train()
    train_loss = 0
    for batch_idx in range(4):
        data = Variable(images[batch_idx * 10:(batch_idx + 1) * 10])
        if CUDA:
            data = data.cuda()
        optimizer.zero_grad()
        recon_batch, mu, logvar = model(data)
        loss = loss_function(recon_batch, data, mu, logvar)
        loss.backward()
        train_loss += loss.data.item()
        optimizer.step()
    print('====> Epoch: %d Average loss: %.4f' % (epoch, train_loss / len(images)))
model.eval()
with torch.no_grad():
    recon, mu, logvar = model(images)
    print('test', loss_function(recon, images, mu, logvar).item() / len(images))
