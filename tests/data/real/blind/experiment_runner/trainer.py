import math
import os
import torch
import torch.nn as nn
from torch.optim import SGD
from torch.optim.lr_scheduler import ReduceLROnPlateau, _LRScheduler
from torch.utils.data import DataLoader

from curriculum import CompetenceSampler

class WarmRestarts(_LRScheduler):
    def __init__(self, optimizer, T_0, T_mult=2, eta_min=1e-3, last_epoch=-1):
        self.T_0, self.T_mult, self.eta_min = T_0, T_mult, eta_min
        super(WarmRestarts, self).__init__(optimizer, last_epoch)

    def get_lr(self):
        t, T = self.last_epoch, self.T_0
        while t >= T:
            t -= T
            T *= self.T_mult
        return [self.eta_min + (base - self.eta_min) * (1 + math.cos(math.pi * t / T)) / 2 for base in self.base_lrs]

class Trainer(object):
    def __init__(self, net, args, folder):
        self.net, self.args, self.folder = net, args, folder
        if not os.path.exists(folder):
            os.makedirs(folder)
        self.opt = SGD(net.parameters(), lr=args.lr, momentum=0.9, nesterov=True, weight_decay=args.weight_decay)
        self.sched = {'restarts': lambda: WarmRestarts(self.opt, 3),
                      'plateau': lambda: ReduceLROnPlateau(self.opt, 'min', patience=1, factor=0.5)}[args.schedule]()
        self.crit = nn.CrossEntropyLoss(reduce=False)

    def resume(self):
        ck = torch.load(os.path.join(self.folder, 'last.pth'), map_location=lambda s, l: s)
        self.net.load_state_dict(ck['net'])
        self.opt.load_state_dict(ck['opt'])
        if not isinstance(self.sched, ReduceLROnPlateau):
            self.sched.load_state_dict(ck['sched'])
        torch.set_rng_state(ck['rng'])
        return ck['epoch']

    def fit(self, data, test, start, stop, log):
        sampler = CompetenceSampler(data, self.args.epochs, self.args.curriculum)
        hard = torch.zeros(len(data))
        for epoch in range(start, stop):
            if not isinstance(self.sched, ReduceLROnPlateau):
                self.sched.step()
            sampler.set_epoch(epoch)
            self.net.train()
            for batch in DataLoader(data, batch_size=30, sampler=sampler):
                losses = self.crit(self.net(batch['x']), batch['y'])
                # drop the noisiest tenth of the batch
                loss = losses.topk(losses.size(0) * 9 // 10, largest=False, sorted=False)[0].mean()
                self.opt.zero_grad()
                loss.backward()
                nn.utils.clip_grad_norm(self.net.parameters(), 2.)
                self.opt.step()
                hard.index_add_(0, batch['id'], losses.data)
                log.update(loss=loss)
            self.net.eval()
            with torch.no_grad():
                out = self.net(test.x)
                val = self.crit(out, test.y).mean()
                acc = (out.max(1)[1] == test.y).sum().float() / len(test)
            log.update(val=val, acc=acc)
            if isinstance(self.sched, ReduceLROnPlateau):
                self.sched.step(val.item())
            print('  epoch %2d lr %.3f competence %.2f acc %.2f' % (epoch, self.opt.param_groups[0]['lr'], sampler.competence(), acc))
        torch.save({'net': self.net.state_dict(), 'opt': self.opt.state_dict(), 'epoch': stop,
                    'sched': self.sched.state_dict() if hasattr(self.sched, 'state_dict') else None,
                    'rng': torch.get_rng_state()}, os.path.join(self.folder, 'last.pth'))
        print('  most confusing third has loss share %.1f' % (hard.topk(len(hard) // 3)[0].sum() / hard.sum()))
