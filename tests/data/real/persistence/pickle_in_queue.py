import pickle
import copy
import torch
import torch.nn as nn
from torch.autograd import Variable


class Memory(object):
    def __init__(self):
        self.items = []

    def add(self, **kwargs):
        self.items.append(kwargs)

    def __getstate__(self):
        return {'items': [{k: v.cpu().numpy() for k, v in d.items()} for d in self.items]}

    def __setstate__(self, state):
        self.items = [{k: torch.from_numpy(v) for k, v in d.items()} for d in state['items']]


mem = Memory()
for i in range(3):
    mem.add(x=torch.arange(0., 4.) * i, done=torch.ByteTensor([i == 2]))
mem2 = pickle.loads(pickle.dumps(mem))
done = torch.cat([d['done'] for d in mem2.items])
xs = torch.stack([d['x'] for d in mem2.items])
alive = xs[1 - done]
dead = xs[done]
p = nn.Parameter(torch.ones(2))
q = copy.deepcopy(p)
v = Variable(p.data.new([1, 2]))
w = p.data.new(2, 2).fill_(3)
print(alive.sum().item(), dead.sum().item(), (q + v).sum().item(), w)
