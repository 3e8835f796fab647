import argparse
import json
import torch
from tokens import Tokenizer, LINES, pairs, mask_tokens
from modeling import Bert, Config
from optimization import WarmAdam

parser = argparse.ArgumentParser()
parser.add_argument('--num_train_epochs', default=10, type=int)
parser.add_argument('--learning_rate', default=1e-2, type=float)
args = parser.parse_args()

torch.manual_seed(0)
tok = Tokenizer(LINES)
config = Config.from_dict(json.loads(Config(len(tok)).to_json_string()))
model = Bert(config)
no_decay = ['bias', 'gamma', 'beta']
named = list(model.named_parameters())
groups = [{'params': [p for n, p in named if not any(nd in n for nd in no_decay)], 'weight_decay': 0.01},
          {'params': [p for n, p in named if any(nd in n for nd in no_decay)], 'weight_decay': 0.0}]
optimizer = WarmAdam(groups, lr=args.learning_rate, warmup=0.1, t_total=args.num_train_epochs)
ids, seg, mask, nxt = pairs(tok, 1)
print('vocabulary', len(tok), 'tokens', mask.sum().item(), 'padding', (1 - mask).sum().item())
for epoch in range(args.num_train_epochs):
    inputs, labels, masked = mask_tokens(ids, tok)
    loss = model(inputs, seg, mask, labels, nxt)
    loss.backward()
    optimizer.step()
    optimizer.zero_grad()
    if epoch % 3 == 0:
        print('epoch %d loss %.4f masked %d lr %.5f' % (epoch, loss.item(), masked.sum().item(), optimizer.get_lr()[0]))
model.eval()
with torch.no_grad():
    inputs, labels, masked = mask_tokens(ids, tok, 0.3)
    scores, rel = model(inputs, seg, mask)
    hits = (scores.max(-1)[1] == labels) * masked
    acc = hits.sum().item() / float(masked.sum().item())
    nsp = (rel.max(-1)[1] == nxt).float().mean()
print('masked accuracy %.3f nsp %.2f' % (acc, nsp.item()))
