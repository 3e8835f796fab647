import random
import numpy as np
import torch
from torch.autograd import Variable
from torch.utils.data import DataLoader

from dataset import Shapes, RandomFlip, Compose, my_collate
from unet import UNet
from losses import CrossEntropyLoss2d, DiceLoss, FocalLoss2d
from metrics import ConfusionMeter, poly_lr

random.seed(0)
np.random.seed(0)
torch.manual_seed(0)

train_set = Shapes(48, transform=Compose([RandomFlip()]), seed=1)
val_set = Shapes(16, seed=2)
train_loader = DataLoader(train_set, batch_size=8, shuffle=True, collate_fn=my_collate)
val_loader = DataLoader(val_set, batch_size=8, collate_fn=my_collate)

counts = sum(torch.bincount(d['mask'].view(-1), minlength=256)[:3] for d in val_set).float()
weight = 1 / torch.log(1.1 + counts / counts.sum())
print('class counts', counts.long().tolist(), 'weights', weight)

net = UNet(3, 3)
head = list(map(id, net.outc.parameters())) + list(map(id, net.aux.parameters()))
base_params = filter(lambda p: id(p) not in head, net.parameters())
optimizer = torch.optim.SGD([{'params': base_params, 'mult': 1},
                             {'params': list(net.outc.parameters()) + list(net.aux.parameters()), 'mult': 2}],
                            lr=0.1, momentum=0.9, weight_decay=1e-4, nesterov=True)
ce, dice, focal = CrossEntropyLoss2d(weight), DiceLoss(3), FocalLoss2d()
EPOCHS = 5
it, max_iter = 0, EPOCHS * len(train_loader)
for epoch in range(EPOCHS):
    net.train()
    run = np.zeros(3)
    for data in train_loader:
        lr = poly_lr(optimizer, 0.1, it, max_iter)
        img, mask = Variable(data['image']), Variable(data['mask'])
        out, aux = net(img)
        l1, l2, l3 = ce(out, mask), dice(out, mask), focal(aux, mask)
        loss = l1 + l2 + 0.4 * l3
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        run += [l1.item(), l2.item(), l3.item()]
        it += 1
    run /= len(train_loader)
    net.eval()
    meter = ConfusionMeter(3)
    with torch.no_grad():
        for data in val_loader:
            pred = net(data['image']).max(1)[1]
            meter.add(pred, data['mask'])
    print('epoch %d lr %.4f ce %.4f dice %.4f focal %.4f | acc %.4f miou %.4f' % (
        (epoch, lr) + tuple(run) + (meter.acc(), meter.iou().mean())))
print('iou per class', ['%.3f' % v for v in meter.iou()])

# flip test-time augmentation and a worst list
worst = []
with torch.no_grad():
    for data in val_loader:
        img = data['image']
        p = (net(img).softmax(1) + net(img.flip(3)).flip(3).softmax(1)) / 2
        pred = p.argmax(1)
        bad = (pred != data['mask']) * (data['mask'] != 255)
        err = bad.view(len(img), -1).sum(1)
        worst += zip(err.tolist(), data['name'])
worst.sort(key=lambda t: (-t[0], t[1]))
print(worst[:3], 'total', sum(e for e, _ in worst))
