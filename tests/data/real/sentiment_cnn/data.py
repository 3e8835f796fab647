import collections
import torch
from torch.utils.data import Dataset
from torch._six import container_abcs


class Vocabulary(collections.MutableMapping):
    def __init__(self):
        self.table = collections.OrderedDict([('<pad>', 0)])

    def __getitem__(self, key):
        return self.table.setdefault(key, len(self.table))

    def __setitem__(self, key, value):
        self.table[key] = value

    def __delitem__(self, key):
        del self.table[key]

    def __iter__(self):
        return iter(self.table)

    def __len__(self):
        return len(self.table)


SENTENCES = [('a good film', 1), ('bad', 0), ('a very good good plot', 1), ('very bad film', 0),
             ('good', 1), ('the plot is bad', 0)]


class Reviews(Dataset):
    def __init__(self, vocab):
        self.rows = [(torch.LongTensor([vocab[w] for w in text.split()]), label) for text, label in SENTENCES]

    def __getitem__(self, index):
        return self.rows[index]

    def __len__(self):
        return len(self.rows)


def pad_collate(batch):
    assert isinstance(batch, container_abcs.Sequence)
    longest = max(len(words) for words, _ in batch)
    padded = torch.LongTensor(len(batch), longest).zero_()
    for i, (words, _) in enumerate(batch):
        padded[i, :len(words)] = words
    return padded, torch.LongTensor([label for _, label in batch])
