import random
from collections import Counter

import torch
from torch.utils.data import Dataset
from torch.autograd import Variable

POS = 'great superb lovely fun brilliant touching'.split()
NEG = 'awful boring dull bad terrible stupid'.split()
FILL = 'the a film movie plot actor scene was is very really quite and but of with this that'.split()

def generate_corpus(n):
    docs = []
    for _ in range(n):
        label = random.randint(0, 2)           # 0 neg, 1 neutral, 2 pos
        words = [random.choice(FILL) for _ in range(random.randint(4, 12))]
        k = random.randint(1, 3)
        for i in range(k):
            if label == 1:
                src = POS if i % 2 == 0 and k > 1 else (NEG if k > 1 else FILL)
            else:
                src = POS if label == 2 else NEG
            words.insert(random.randrange(len(words)), random.choice(src))
        if label != 1 and random.random() < 0.3:
            pos = next(i for i, w in enumerate(words) if w in POS + NEG)
            words.insert(pos, 'not')
            label = 2 - label
        docs.append((words, label))
    return docs

class Vocab(object):
    def __init__(self, docs, min_freq=1):
        cnt = Counter(w for d, _ in docs for w in d)
        self.itos = ['<pad>', '<unk>'] + [w for w, c in sorted(cnt.items(), key=lambda t: (-t[1], t[0])) if c >= min_freq]
        self.stoi = {w: i for i, w in enumerate(self.itos)}

    def __len__(self):
        return len(self.itos)

    def encode(self, words):
        return torch.LongTensor([self.stoi.get(w, 1) for w in words])

class ReviewDataset(Dataset):
    def __init__(self, docs):
        self.vocab = Vocab(docs)
        self.data = [(self.vocab.encode(d), l) for d, l in docs]

    def __getitem__(self, index):
        return self.data[index]

    def __len__(self):
        return len(self.data)

def offsets_collate(batch):
    text = torch.cat([b[0] for b in batch])
    lens = torch.LongTensor([0] + [len(b[0]) for b in batch[:-1]])
    return text, lens.cumsum(0), torch.LongTensor([b[1] for b in batch])

def padded_collate(batch):
    batch = sorted(batch, key=lambda b: len(b[0]), reverse=True)
    lengths = torch.LongTensor([len(b[0]) for b in batch])
    out = torch.zeros(len(batch), max(5, lengths[0].item())).long()
    for i, (t, _) in enumerate(batch):
        out[i, :len(t)] = t
    return Variable(out), lengths, Variable(torch.LongTensor([b[1] for b in batch]))
