import torch

sizes = {'rows': 2, 'columns': 3}
for name, size in sizes.iteritems():
    print name, size
try:
    x, _ = torch.gesv(torch.ones(2, 1), torch.eye(2))
except Exception, error:
    print >> None, error
print x.sum()
