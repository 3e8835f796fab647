import argparse

import numpy as np
import torch
from torch.utils.data import DataLoader

from episodes import PrototypicalBatchSampler, StrokeClasses
from proto import MatchingLoss, PrototypicalLoss, ProtoNet


def get_parser():
    parser = argparse.ArgumentParser()
    parser.add_argument('-nep', '--epochs', type=int, default=4)
    parser.add_argument('-lr', '--learning_rate', type=float, default=0.005)
    parser.add_argument('-lrS', '--lr_scheduler_step', type=int, default=2)
    parser.add_argument('-lrG', '--lr_scheduler_gamma', type=float, default=0.5)
    parser.add_argument('-its', '--iterations', type=int, default=20)
    parser.add_argument('-cTr', '--classes_per_it_tr', type=int, default=8)
    parser.add_argument('-nsTr', '--num_support_tr', type=int, default=3)
    parser.add_argument('-nqTr', '--num_query_tr', type=int, default=4)
    parser.add_argument('-cVa', '--classes_per_it_val', type=int, default=5)
    parser.add_argument('-seed', '--manual_seed', type=int, default=7)
    parser.add_argument('--cuda', action='store_true')
    return parser


def train(opt, tr_loader, val_loader, model, crit, name):
    device = 'cuda:0' if torch.cuda.is_available() and opt.cuda else 'cpu'
    optim = torch.optim.Adam(params=model.parameters(), lr=opt.learning_rate)
    lr_scheduler = torch.optim.lr_scheduler.StepLR(optimizer=optim, gamma=opt.lr_scheduler_gamma,
                                                   step_size=opt.lr_scheduler_step)
    best_acc, best_state = 0, None
    for epoch in range(opt.epochs):
        model.train()
        hist = []
        for x, y in tr_loader:
            optim.zero_grad()
            x, y = x.to(device), y.to(device)
            loss, acc = crit(model(x), y)
            loss.backward()
            optim.step()
            hist.append((loss.item(), acc.item()))
        model.eval()
        val = [crit(model(x.to(device)), y.to(device)) for x, y in val_loader]
        val_loss = np.mean([v[0].item() for v in val])
        val_acc = np.mean([v[1].item() for v in val])
        tl, ta = np.mean(hist, axis=0)
        postfix = ' (Best)' if val_acc >= best_acc else ' (Best: {:.4f})'.format(best_acc)
        print('{} epoch {} train {:.4f}/{:.4f} val {:.4f}/{:.4f}{}'.format(name, epoch, tl, ta, val_loss, val_acc, postfix))
        if val_acc >= best_acc:
            best_acc, best_state = val_acc, {k: v.clone() for k, v in model.state_dict().items()}
        lr_scheduler.step()
    model.load_state_dict(best_state)
    return model


def main():
    opt = get_parser().parse_args()
    tr, va = StrokeClasses(30, 10, seed=1), StrokeClasses(15, 10, seed=2)
    for name, cls in (('proto', PrototypicalLoss), ('matching', MatchingLoss)):
        np.random.seed(opt.manual_seed)
        torch.manual_seed(opt.manual_seed)
        n = opt.num_support_tr + opt.num_query_tr
        tr_loader = DataLoader(tr, batch_sampler=PrototypicalBatchSampler(tr.y, opt.classes_per_it_tr, n, opt.iterations))
        val_loader = DataLoader(va, batch_sampler=PrototypicalBatchSampler(va.y, opt.classes_per_it_val, n, 10))
        model = ProtoNet()
        model = train(opt, tr_loader, val_loader, model, cls(opt.num_support_tr), name)
        with torch.no_grad():
            one = [cls(1)(model(x), y)[1].item() for x, y in val_loader]
        print(name, '1-shot acc %.4f' % np.mean(one), 'embedding', tuple(model(va.x[:2]).size()))


if __name__ == '__main__':
    main()
