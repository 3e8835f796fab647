import torch
import torch.nn as nn
import torch.nn.functional as F


class ContrastiveLoss(torch.nn.Module):
    def __init__(self, margin=2.0):
        super(ContrastiveLoss, self).__init__()
        self.margin = margin

    def forward(self, output1, output2, label):
        euclidean_distance = F.pairwise_distance(output1, output2)
        loss_contrastive = torch.mean((1 - label) * torch.pow(euclidean_distance, 2) +
                                      (label) * torch.pow(torch.clamp(self.margin - euclidean_distance, min=0.0), 2))
        return loss_contrastive


class SiameseNetwork(nn.Module):
    def __init__(self):
        super(SiameseNetwork, self).__init__()
        self.cnn1 = nn.Sequential(nn.ReflectionPad2d(1), nn.Conv2d(1, 2, kernel_size=3), nn.ReLU(inplace=True))
        self.fc1 = nn.Sequential(nn.Linear(2 * 6 * 6, 5))

    def forward_once(self, x):
        output = self.cnn1(x)
        output = output.view(output.size()[0], -1)
        return self.fc1(output)

    def forward(self, input1, input2):
        return self.forward_once(input1), self.forward_once(input2)


torch.manual_seed(9)
net = SiameseNetwork()
criterion = ContrastiveLoss()
opt = torch.optim.Adam(net.parameters(), lr=0.0005)
a = torch.linspace(-1, 1, 4 * 36).view(4, 1, 6, 6)
b = a.flip(3)
label = torch.tensor([[0], [1], [1], [0]]).float().squeeze(1)
for i in range(3):
    o1, o2 = net(a, b)
    opt.zero_grad()
    loss = criterion(o1, o2, label)
    loss.backward()
    opt.step()
cos = F.cosine_similarity(o1, o2)
dist = nn.PairwiseDistance(p=2)(o1, o2)
threshold = dist.mean()
pred = (dist > threshold)
acc = (pred == label.byte()).sum().item() / float(len(pred))
print(loss.item(), cos.sum().item(), acc)
