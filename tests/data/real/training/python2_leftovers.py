# -*- coding: utf-8 -*-
from __future__ import absolute_import, division, print_function
import sys
try:
    import cPickle as pickle
except ImportError:
    import pickle
from functools import reduce
import collections
import inspect
from fractions import gcd
import numpy as np
import torch

if sys.version_info[0] >= 3:
    xrange = range
    unicode = str


def product(xs):
    return reduce(lambda a, b: a * b, xs, 1)


def flatten(x):
    if isinstance(x, collections.Iterable) and not isinstance(x, str):
        return [a for i in x for a in flatten(i)]
    return [x]


def arg_names(fn):
    return inspect.getargspec(fn).args


shape = (4, 6)
stride = gcd(*shape)
x = torch.zeros(*shape)
for i in xrange(shape[0]):
    x[i, :i] = i
arr = x.numpy().astype(np.float)
mask = np.zeros(shape, dtype=np.bool)
mask[::2] = True
sel = torch.from_numpy(mask.astype(np.uint8))
picked = x[sel].sum()
blob = pickle.dumps({'a': arr.tolist(), u'ключ': 1})
back = pickle.loads(blob)
names = arg_names(product)
flat = flatten([[1, [2, 3]], (4,)])
best = np.inf if picked.item() > 1e9 else np.Inf
print(product(shape), stride, picked.item(), names, flat, len(back), best)
