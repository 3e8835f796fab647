import random
from collections import Counter

import torch


class Dictionary(object):
    def __init__(self):
        self.word2idx = {}
        self.idx2word = []
        self.counter = Counter()

    def add_word(self, word):
        if word not in self.word2idx:
            self.idx2word.append(word)
            self.word2idx[word] = len(self.idx2word) - 1
        token_id = self.word2idx[word]
        self.counter[token_id] += 1
        return self.word2idx[word]

    def __len__(self):
        return len(self.idx2word)


GRAMMAR = {
    'S': [['NP', 'VP']],
    'NP': [['the', 'N'], ['a', 'ADJ', 'N'], ['the', 'ADJ', 'N']],
    'VP': [['V', 'NP'], ['sleeps'], ['V', 'NP', 'ADV']],
    'N': [['cat'], ['dog'], ['robot'], ['student']],
    'V': [['sees'], ['likes'], ['trains']],
    'ADJ': [['small'], ['deep'], ['lazy']],
    'ADV': [['slowly'], ['quickly']],
}


def expand(sym, rng):
    if sym not in GRAMMAR:
        return [sym]
    out = []
    for s in rng.choice(GRAMMAR[sym]):
        out += expand(s, rng)
    return out


class Corpus(object):
    def __init__(self, seed=0):
        self.dictionary = Dictionary()
        rng = random.Random(seed)
        self.train = self.tokenize([expand('S', rng) for _ in range(400)])
        self.valid = self.tokenize([expand('S', rng) for _ in range(60)])
        self.test = self.tokenize([expand('S', rng) for _ in range(60)])

    def tokenize(self, sentences):
        tokens = 0
        for words in sentences:
            words = words + ['<eos>']
            tokens += len(words)
            for w in words:
                self.dictionary.add_word(w)
        ids = torch.LongTensor(tokens)
        token = 0
        for words in sentences:
            for w in words + ['<eos>']:
                ids[token] = self.dictionary.word2idx[w]
                token += 1
        return ids


def batchify(data, bsz):
    nbatch = data.size(0) // bsz
    data = data.narrow(0, 0, nbatch * bsz)
    data = data.view(bsz, -1).t().contiguous()
    return data
