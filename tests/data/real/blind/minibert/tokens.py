import random
import torch

SPECIAL = ['[PAD]', '[CLS]', '[SEP]', '[MASK]', '[UNK]']
LINES = ["the sun rises in the east", "the moon rises at night", "the sun sets in the west", "stars shine at night",
         "the moon shines at night", "birds sing in the morning", "the sun shines in the morning", "birds fly in the east",
         "owls fly at night", "the stars set in the west"]


class Tokenizer(object):
    def __init__(self, lines):
        self.itos = list(SPECIAL)
        for l in lines:
            for w in l.split():
                if w not in self.itos:
                    self.itos.append(w)
        self.stoi = {w: i for i, w in enumerate(self.itos)}

    def encode(self, a, b, max_len):
        ids = [1] + [self.stoi.get(w, 4) for w in a.split()] + [2]
        seg = [0] * len(ids)
        more = [self.stoi.get(w, 4) for w in b.split()] + [2]
        ids += more
        seg += [1] * len(more)
        n = max_len - len(ids)
        return ids + [0] * n, seg + [0] * n, [1] * len(ids) + [0] * n

    def __len__(self):
        return len(self.itos)


def pairs(tok, seed, max_len=16):
    rnd = random.Random(seed)
    rows, nxt = [], []
    for i in range(len(LINES)):
        follows = rnd.random() < 0.5
        b = LINES[(i + 1) % len(LINES)] if follows else LINES[(i + 4) % len(LINES)]
        rows.append(tok.encode(LINES[i], b, max_len))
        nxt.append(int(follows))
    ids, seg, mask = [torch.LongTensor(list(t)) for t in zip(*rows)]
    return ids, seg, mask, torch.LongTensor(nxt)


def mask_tokens(inputs, tok, p=0.2):
    """ 80% MASK, 10% random, 10% original """
    labels = inputs.clone()
    special = torch.zeros_like(inputs).byte()
    for i in range(4):
        special |= inputs == i
    u = torch.rand(inputs.size())
    masked = (u < p) & ~special
    labels[~masked] = -1
    inputs = inputs.clone()
    v = torch.rand(inputs.size())
    replace = (v < 0.8) & masked
    inputs[replace] = tok.stoi['[MASK]']
    rand = (v > 0.9) & masked & ~replace
    words = (torch.rand(inputs.size()) * len(tok)).long()
    inputs[rand] = words[rand]
    return inputs, labels, masked
