import copy
import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.nn.utils import parameters_to_vector

torch.manual_seed(33)


class MaskedLinear(nn.Linear):
    def __init__(self, in_features, out_features, bias=True):
        super(MaskedLinear, self).__init__(in_features, out_features, bias)
        self.mask_flag = False
        self.register_buffer('mask', torch.ones(out_features, in_features).byte())

    def set_mask(self, mask):
        self.mask.copy_(mask)
        self.weight.data.mul_(self.mask.float())
        self.mask_flag = True

    def forward(self, x):
        if self.mask_flag:
            weight = self.weight * self.mask.float()
            return F.linear(x, weight, self.bias)
        return F.linear(x, self.weight, self.bias)


class MLP(nn.Module):
    def __init__(self):
        super(MLP, self).__init__()
        self.linear1 = MaskedLinear(16, 48)
        self.linear2 = MaskedLinear(48, 48)
        self.linear3 = MaskedLinear(48, 4)

    def forward(self, x):
        return self.linear3(F.relu(self.linear2(F.relu(self.linear1(x)))))

    def masked(self):
        return [m for m in self.modules() if isinstance(m, MaskedLinear)]


def weight_prune(model, pruning_perc):
    """global magnitude threshold, only surviving weights count"""
    alive = torch.cat([m.weight.data.abs()[m.mask] for m in model.masked()])
    k = int(pruning_perc * alive.numel())
    threshold = alive.kthvalue(k)[0]
    return [(m.weight.data.abs() > threshold) * m.mask for m in model.masked()]


def filter_prune(model, n):
    # rank hidden units of linear1 by normalised L2 norm
    w = model.linear1.weight.data
    norm = w.pow(2).sum(1).sqrt()
    norm = norm / norm.mean()
    _, idx = norm.topk(n, largest=False)
    mask = model.linear1.mask.clone()
    mask.index_fill_(0, idx, 0)
    return mask, idx.sort()[0]


def prune_rate(model):
    total = zero = 0
    for p in model.parameters():
        if p.dim() != 1:
            total += p.numel()
            zero += (p.data == 0).sum().item()
    return 100. * zero / total


teacher = nn.Sequential(nn.Linear(16, 12), nn.Tanh(), nn.Linear(12, 4))
for p in teacher.parameters():
    p.data.mul_(3)
X = torch.randn(700, 16)
Y = teacher(X).detach().max(1)[1]
xtr, ytr, xte, yte = X[:500], Y[:500], X[500:], Y[500:]


def train(model, epochs=15):
    opt = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9, weight_decay=1e-4)
    sched = torch.optim.lr_scheduler.MultiStepLR(opt, milestones=[8, 12], gamma=0.3)
    for epoch in range(epochs):
        sched.step()
        perm = torch.randperm(500)
        for b in perm.view(-1, 50):
            opt.zero_grad()
            F.cross_entropy(model(xtr[b]), ytr[b]).backward()
            opt.step()
            for m in model.masked():
                if m.mask_flag:
                    m.weight.data.masked_fill_(1 - m.mask, 0)


def test(model):
    with torch.no_grad():
        return (model(xte).max(1)[1] == yte).float().mean().item()


net = MLP()
init_state = copy.deepcopy(net.state_dict())
train(net)
print('dense   acc %.2f params %d' % (test(net), parameters_to_vector(net.parameters()).numel()))

for rnd in range(4):
    masks = weight_prune(net, 0.5)
    # rewind to the initial weights, keep the masks
    state = {k: v for k, v in init_state.items() if not k.endswith('mask')}
    net.load_state_dict(state, strict=False)
    for m, mask in zip(net.masked(), masks):
        m.set_mask(mask)
    train(net)
    print('round %d pruned %.1f%% acc %.2f' % (rnd + 1, prune_rate(net), test(net)),
          [m.mask.sum().item() for m in net.masked()])

# random masks of the same size for comparison
rand_net = MLP()
for m, ref in zip(rand_net.masked(), net.masked()):
    flat = ref.mask.view(-1)
    m.set_mask(flat[torch.randperm(flat.numel())].view_as(ref.mask))
train(rand_net)
print('random  pruned %.1f%% acc %.2f' % (prune_rate(rand_net), test(rand_net)))

dense = MLP()
train(dense)
mask, idx = filter_prune(dense, 12)
dense.linear1.set_mask(mask)
print('units removed', len(idx), 'rows zero', (dense.linear1.weight.data.abs().sum(1) == 0).sum().item(), 'acc %.2f' % test(dense))
col_alive = (net.linear2.mask.sum(0) > 0)
print('alive columns in linear2: %d of %d' % (col_alive.sum(), col_alive.numel()))
