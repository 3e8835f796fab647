import argparse
import random
import torch
import torch.nn as nn
from torch.utils.data import DataLoader, random_split

from dataset import ReviewDataset, generate_corpus, offsets_collate, padded_collate
from models import BowClassifier, SelfAttentiveLSTM
from utils import AverageMeter, accuracy, confusion_matrix

def get_args():
    p = argparse.ArgumentParser()
    p.add_argument('--seed', type=int, default=2018)
    p.add_argument('--epochs', type=int, default=4)
    p.add_argument('--batch-size', type=int, default=20)
    p.add_argument('--lr', type=float, default=0.02)
    return p.parse_args([])

def run_epoch(model, loader, criterion, optimizer=None):
    losses, top1, top2 = [AverageMeter() for _ in range(3)]
    model.train(optimizer is not None)
    outs, golds = [], []
    for batch in loader:
        inputs, target = batch[:-1], batch[-1]
        output = model(*inputs)
        loss = criterion(output, target)
        if hasattr(model, 'penalty') and optimizer is not None:
            loss += 0.1 * model.penalty()
        prec1, prec2 = accuracy(output.data, target, topk=(1, 2))
        losses.update(loss.data.item(), target.size(0))
        top1.update(prec1[0], target.size(0))
        top2.update(prec2[0], target.size(0))
        if optimizer is not None:
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm(model.parameters(), 3)
            optimizer.step()
        outs.append(output.data.max(1)[1])
        golds.append(target)
    return losses.avg, top1.avg, top2.avg, torch.cat(outs), torch.cat(golds)

def main():
    args = get_args()
    torch.manual_seed(args.seed)
    random.seed(args.seed)
    dataset = ReviewDataset(generate_corpus(400))
    train, valid = random_split(dataset, [320, 80])
    print('vocab', len(dataset.vocab), 'train', len(train), 'valid', len(valid))
    makers = {
        'bow': (lambda: BowClassifier(len(dataset.vocab), 16, 3), offsets_collate),
        'lstm': (lambda: SelfAttentiveLSTM(len(dataset.vocab), 16, 24, 3), padded_collate),
    }
    for name in ('bow', 'lstm'):
        torch.manual_seed(args.seed)
        make, collate = makers[name]
        model = make()
        criterion = nn.CrossEntropyLoss(torch.Tensor([1., 1., 1.2]))
        optimizer = torch.optim.Adam(model.parameters(), lr=args.lr)
        scheduler = torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer, 'max', factor=0.5, patience=0)
        tl = DataLoader(train, args.batch_size, shuffle=True, collate_fn=collate)
        vl = DataLoader(valid, args.batch_size, shuffle=False, collate_fn=collate)
        for epoch in range(args.epochs):
            loss, acc, _, _, _ = run_epoch(model, tl, criterion, optimizer)
            with torch.no_grad():
                vloss, vacc, vacc2, pred, gold = run_epoch(model, vl, criterion)
            scheduler.step(vacc)
            print('%-4s epoch %d train %.3f/%.1f valid %.3f/%.1f top2 %.1f' % (name, epoch, loss, acc, vloss, vacc, vacc2))
        print(confusion_matrix(pred, gold, 3).tolist())

if __name__ == '__main__':
    main()
