import os
import torch
from torch.autograd import Variable
from metrics import RankMeter


def use_optimizer(network, params):
    if params['optimizer'] == 'sgd':
        return torch.optim.SGD(network.parameters(), lr=params['sgd_lr'], momentum=params['sgd_momentum'],
                               weight_decay=params['l2_regularization'])
    elif params['optimizer'] == 'adam':
        return torch.optim.Adam(network.parameters(), lr=params['adam_lr'], weight_decay=params['l2_regularization'])


class Engine(object):
    def __init__(self, model, config):
        self.model, self.config = model, config
        self.opt = use_optimizer(model, config)
        self.crit = torch.nn.BCELoss()
        self.meter = RankMeter(top_k=3)
        self.best = 0

    def train_single_batch(self, users, items, ratings):
        if self.config['use_cuda']:
            users, items, ratings = users.cuda(), items.cuda(), ratings.cuda()
        self.opt.zero_grad()
        pred = self.model(Variable(users), Variable(items))
        loss = self.crit(pred.view(-1), Variable(ratings))
        loss.backward()
        self.opt.step()
        return loss.data.cpu().numpy()

    def train_an_epoch(self, loader, epoch_id):
        self.model.train()
        total = 0
        for user, item, rating in loader:
            total += self.train_single_batch(user, item, rating.float())
        return total / len(loader)

    def evaluate(self, data, epoch_id):
        self.model.eval()
        tu, ti, nu, ni = [Variable(d, volatile=True) for d in data]
        pos = self.model(tu, ti).data.view(-1)
        neg = self.model(nu, ni).data.view(len(pos), -1)
        self.meter.reset()
        self.meter.add(pos, neg)
        return self.meter.value()

    def save(self, epoch_id, hr, ndcg):
        name = self.config['model_dir'].format(self.config['alias'], epoch_id, hr, ndcg)
        torch.save(self.model.state_dict(), name)
        state = torch.load(name, map_location=lambda storage, loc: storage)
        self.model.load_state_dict(state)
        os.remove(name)
        return name
