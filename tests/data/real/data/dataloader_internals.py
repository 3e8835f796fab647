# Extending the loader the way people did: own default_collate over containers.
import collections
import torch
import torch.utils.data as data
import torch.utils.data.dataloader as dataloader_module
from torch.utils.data.dataloader import DataLoader, _DataLoaderIter, _use_shared_memory
from torch.utils.data.dataset import ConcatDataset, Subset, random_split


class Pairs(data.Dataset):
    def __init__(self, n):
        self.n = n

    def __len__(self):
        return self.n

    def __getitem__(self, i):
        return torch.full((2,), float(i)), {'idx': i, 'nested': [i, i * 2.0]}


def collate(batch):
    elem = batch[0]
    if torch.is_tensor(elem):
        out = None
        if dataloader_module._use_shared_memory:
            numel = sum([x.numel() for x in batch])
            out = elem.new(elem.storage()._new_shared(numel))
        return torch.stack(batch, 0, out=out)
    elif isinstance(elem, collections.Mapping):
        return {key: collate([d[key] for d in batch]) for key in elem}
    elif isinstance(elem, collections.Sequence):
        return [collate(samples) for samples in zip(*batch)]
    elif isinstance(elem, int):
        return torch.LongTensor(batch)
    elif isinstance(elem, float):
        return torch.DoubleTensor(batch)
    raise TypeError(type(elem))


class InfiniteLoader(DataLoader):
    def __iter__(self):
        while True:
            for x in super(InfiniteLoader, self).__iter__():
                yield x


whole = ConcatDataset([Pairs(4), Pairs(3)])
part = Subset(whole, [0, 2, 4, 6])
loader = DataLoader(part, batch_size=2, collate_fn=collate)
seen = []
for x, info in loader:
    seen.append((x.sum().item(), info['idx'].tolist(), info['nested'][1].sum().item()))
inf = InfiniteLoader(part, batch_size=3, collate_fn=collate)
steps = [b[0].mean().item() for b, _ in zip(inf, range(4))]
print(seen, steps)
