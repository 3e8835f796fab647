import random
from collections import Counter, OrderedDict

import numpy as np
import torch
import torch.nn.functional as F
import torch.optim as optim
import torch.optim.lr_scheduler as sched
import torch.utils.data as data

from model import BiDAF, EMA
from qa_data import Stories, collate_fn, WORDS, CHARS

seed = 224
random.seed(seed)
np.random.seed(seed)
torch.manual_seed(seed)
torch.cuda.manual_seed_all(seed)


def discretize(p_start, p_end, max_len=3):
    c_len = p_start.size(1)
    p_joint = torch.matmul(p_start.unsqueeze(2), p_end.unsqueeze(1))
    is_legal_pair = torch.triu(torch.ones((c_len, c_len)))
    is_legal_pair -= torch.triu(torch.ones((c_len, c_len)), diagonal=max_len)
    p_joint *= is_legal_pair
    max_in_row, _ = torch.max(p_joint, dim=2)
    max_in_col, _ = torch.max(p_joint, dim=1)
    return torch.argmax(max_in_row, dim=-1), torch.argmax(max_in_col, dim=-1)


def f1(pred, gold):
    common = Counter(pred) & Counter(gold)
    same = sum(common.values())
    if same == 0:
        return 0
    p, r = 1.0 * same / len(pred), 1.0 * same / len(gold)
    return 2 * p * r / (p + r)


def evaluate(model, loader, ema=None):
    model.eval()
    if ema:
        ema.assign(model)
    nll, em, fs, n = 0, 0, 0, 0
    shown = []
    with torch.no_grad():
        for cw, cc, qw, qc, y1, y2, ctx in loader:
            log_p1, log_p2 = model(cw, cc, qw, qc)
            nll += (F.nll_loss(log_p1, y1) + F.nll_loss(log_p2, y2)).item() * len(cw)
            starts, ends = discretize(log_p1.exp(), log_p2.exp())
            for c, s, e, a, b in zip(ctx, starts.tolist(), ends.tolist(), y1.tolist(), y2.tolist()):
                em += (s, e) == (a, b)
                fs += f1(c[s:e + 1], c[a:b + 1])
                n += 1
                if len(shown) < 2:
                    shown.append((' '.join(c[s:e + 1]), ' '.join(c[a:b + 1])))
    if ema:
        ema.resume(model)
    model.train()
    return OrderedDict([('NLL', nll / n), ('F1', 100. * fs / n), ('EM', 100. * em / n)]), shown


train_loader = data.DataLoader(Stories(240, 1), batch_size=24, shuffle=True, collate_fn=collate_fn)
dev_loader = data.DataLoader(Stories(60, 2), batch_size=30, shuffle=False, collate_fn=collate_fn)
model = BiDAF(len(WORDS), len(CHARS))
ema = EMA(model, 0.9)
optimizer = optim.Adadelta(model.parameters(), 1.0, weight_decay=0)
scheduler = sched.LambdaLR(optimizer, lambda s: 1.)
print('params', sum(p.numel() for p in model.parameters()))
step = 0
for epoch in range(1, 11):
    total = 0
    for cw, cc, qw, qc, y1, y2, ctx in train_loader:
        optimizer.zero_grad()
        log_p1, log_p2 = model(cw, cc, qw, qc)
        loss = F.nll_loss(log_p1, y1) + F.nll_loss(log_p2, y2)
        loss_val = loss.item()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 5.0)
        optimizer.step()
        scheduler.step(step)
        step += 1
        ema(model, step)
        total += loss_val
    if epoch % 2 == 0:
        res, shown = evaluate(model, dev_loader, ema)
        print('Epoch %d train %.4f' % (epoch, total / len(train_loader)), 'Dev', ', '.join('{}: {:05.2f}'.format(k, v) for k, v in res.items()))
for p, g in shown:
    print('pred: %s | gold: %s' % (p, g))
print('no ema', {k: round(v, 3) for k, v in evaluate(model, dev_loader)[0].items()})
