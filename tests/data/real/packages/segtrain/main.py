import torch

from config import cfg
from datasets import get_loader
from models import build
from engine import train_one_epoch, evaluate

torch.manual_seed(cfg.seed)
loader = get_loader(cfg)
net = build(cfg)
optimizer = torch.optim.SGD(net.parameters(), lr=cfg.lr, momentum=0.9)
for epoch in range(cfg.epochs):
    loss = train_one_epoch(net, loader, optimizer, cfg)
metrics = evaluate(net, loader, cfg)
print('%.5f' % loss, metrics)
