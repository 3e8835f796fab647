import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.autograd import Variable
import torch.nn.init as init
import numpy as np

torch.manual_seed(2)
np.random.seed(2)
N_CLASSES = 3


class double_conv(nn.Module):
    def __init__(self, in_ch, out_ch):
        super(double_conv, self).__init__()
        self.conv = nn.Sequential(
            nn.Conv2d(in_ch, out_ch, 3, padding=1), nn.BatchNorm2d(out_ch), nn.ReLU(inplace=True),
            nn.Conv2d(out_ch, out_ch, 3, padding=1), nn.BatchNorm2d(out_ch), nn.ReLU(inplace=True))

    def forward(self, x):
        return self.conv(x)


class up(nn.Module):
    def __init__(self, in_ch, out_ch, bilinear=True):
        super(up, self).__init__()
        if bilinear:
            self.up = nn.Upsample(scale_factor=2, mode='bilinear', align_corners=True)
        else:
            self.up = nn.ConvTranspose2d(in_ch // 2, in_ch // 2, 2, stride=2)
        self.conv = double_conv(in_ch, out_ch)

    def forward(self, x1, x2):
        x1 = self.up(x1)
        diffX = x2.size()[2] - x1.size()[2]
        diffY = x2.size()[3] - x1.size()[3]
        x1 = F.pad(x1, (diffY // 2, diffY - diffY // 2, diffX // 2, diffX - diffX // 2))
        return self.conv(torch.cat([x2, x1], dim=1))


class UNet(nn.Module):
    def __init__(self):
        super(UNet, self).__init__()
        self.inc = double_conv(1, 8)
        self.down1 = double_conv(8, 16)
        self.down2 = double_conv(16, 16)
        self.up1 = up(32, 8)
        self.up2 = up(16, 8, bilinear=False)
        self.outc = nn.Conv2d(8, N_CLASSES, 1)
        self.dsn = nn.Conv2d(16, N_CLASSES, 1)
        for m in self.modules():
            if isinstance(m, nn.Conv2d):
                init.kaiming_normal(m.weight)
                init.constant(m.bias, 0)

    def forward(self, x):
        x1 = self.inc(x)
        x2 = self.down1(F.max_pool2d(x1, 2))
        x3 = self.down2(F.max_pool2d(x2, 2))
        y = self.up2(self.up1(x3, x2), x1)
        aux = F.upsample(self.dsn(x3), size=x.size()[2:], mode='bilinear')
        return self.outc(y), aux


def dice_loss(logits, target, ignore=255):
    valid = target != ignore
    t = target.clone()
    t[1 - valid] = 0
    onehot = torch.zeros(logits.size()).scatter_(1, t.unsqueeze(1), 1)
    v = valid.unsqueeze(1).float()
    p = F.softmax(logits, dim=1) * v
    inter = (p * onehot).sum(3).sum(2)
    card = (p + onehot * v).sum(3).sum(2)
    return 1 - (2 * inter / (card + 1.)).mean()


def make_batch(n, size=21):
    yy, xx = np.mgrid[:size, :size]
    imgs, masks = [], []
    for _ in range(n):
        m = np.zeros((size, size), dtype=np.int)
        cy, cx, r = np.random.randint(5, size - 5, 2).tolist() + [np.random.randint(3, 6)]
        m[(yy - cy) ** 2 + (xx - cx) ** 2 < r ** 2] = 1
        a, b = np.random.randint(0, size - 7, 2)
        m[a:a + 6, b:b + 6] = 2
        img = m * 0.5 + np.random.randn(size, size) * 0.15
        m[0, :] = 255
        imgs.append(img[None].astype(np.float32))
        masks.append(m)
    return torch.from_numpy(np.stack(imgs)), torch.from_numpy(np.stack(masks))


def fast_hist(label, pred, n):
    k = (label >= 0) & (label < n)
    return torch.bincount(n * label[k] + pred[k], minlength=n ** 2).view(n, n)


net = UNet()
optimizer = torch.optim.SGD(net.parameters(), lr=0.05, momentum=0.9, weight_decay=5e-4)
scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda it: (1 - it / 40.) ** 0.9)
criterion = nn.CrossEntropyLoss(weight=torch.Tensor([0.5, 1, 1]), ignore_index=255)

net.train()
for it in range(40):
    scheduler.step()
    x, y = make_batch(6)
    x, y = Variable(x), Variable(y)
    out, aux = net(x)
    ce = criterion(out, y) + 0.4 * criterion(aux, y)
    d = dice_loss(out, y)
    loss = ce + d
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if it % 10 == 9:
        print('it %d lr %.4f ce %.3f dice %.3f' % (it + 1, scheduler.get_lr()[0], ce.item(), d.item()))

net.eval()
hist = torch.zeros(N_CLASSES, N_CLASSES).long()
for _ in range(4):
    x, y = make_batch(6)
    with torch.no_grad():
        pred = net(x)[0].max(1)[1]
    hist += fast_hist(y.view(-1), pred.view(-1), N_CLASSES)
h = hist.float()
iu = h.diag() / (h.sum(1) + h.sum(0) - h.diag())
print('pixel acc %.2f' % (h.diag().sum() / h.sum()))
print('IoU', ['%.2f' % i for i in iu], 'mIoU %.2f' % iu.mean())
print('labelled pixels', hist.sum().item())
