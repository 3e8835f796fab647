"""Uses of torch 1.0.0's parts that take more than a call: data, autograd, jit, sparse, utilities.

Statements of one function each, the last one returning what is compared; for sweep_api.py, which
leaves out what does not run in 1.0.0. Everything is reached as torch.something.
"""

SNIPPETS = {
    "data": """
d = torch.utils.data.TensorDataset(torch.arange(6).float(), torch.arange(6))|l = torch.utils.data.DataLoader(d, batch_size=4)|return [b for b in l]
d = torch.utils.data.TensorDataset(torch.arange(6).float())|l = torch.utils.data.DataLoader(d, 2, True)|return sum(b[0].sum() for b in l)
l = torch.utils.data.DataLoader([1.5, 2, 3], batch_size=2, drop_last=True)|return list(l)
l = torch.utils.data.DataLoader([{'a': 1, 'b': [1., 2]}] * 3, batch_size=2)|return list(l)
l = torch.utils.data.DataLoader(torch.arange(6), batch_size=2, num_workers=1)|return list(l)
l = torch.utils.data.DataLoader(torch.arange(6), 2)|i = iter(l)|return next(i), i.next()
l = torch.utils.data.DataLoader(torch.arange(6), 2)|return l.__iter__().__next__()
d = torch.utils.data.TensorDataset(torch.arange(6))|a, b = torch.utils.data.random_split(d, [4, 2])|return len(a), len(b), sorted(int(x[0]) for x in list(a) + list(b))
d = torch.utils.data.ConcatDataset([torch.arange(3), torch.arange(2)])|return len(d), [d[i] for i in range(5)]
d = torch.utils.data.Subset(torch.arange(6), [1, 3])|return [x for x in (d[0], d[1])]
s = torch.utils.data.sampler.SequentialSampler(range(4))|return list(s)
s = torch.utils.data.sampler.RandomSampler(range(4))|return sorted(s)
s = torch.utils.data.sampler.RandomSampler(range(4), replacement=True, num_samples=6)|return len(list(s))
s = torch.utils.data.sampler.RandomSampler(data_source=range(4))|return len(s)
s = torch.utils.data.sampler.WeightedRandomSampler([0.1, 0.9, 0.5], 4)|return len(list(s))
s = torch.utils.data.sampler.SubsetRandomSampler([3, 1])|return sorted(s)
s = torch.utils.data.sampler.BatchSampler(torch.utils.data.sampler.SequentialSampler(range(5)), 2, False)|return list(s)
b = torch.utils.data.dataloader.default_collate([(1, 2.5), (3, 4.5)])|return b
b = torch.utils.data.dataloader.default_collate([torch.ones(2), torch.zeros(2)])|return b
b = torch.utils.data.dataloader.default_collate(['a', 'b'])|return b
class D(torch.utils.data.Dataset):|    def __len__(self):|        return 3|    def __getitem__(self, i):|        return torch.full((2,), i), i|return list(torch.utils.data.DataLoader(D(), batch_size=2))
""",
    "autograd": """
x = torch.randn(3, requires_grad=True)|y = (x ** 2).sum()|y.backward(retain_graph=True)|y.backward()|return x.grad
x = torch.randn(3, requires_grad=True)|y = x * 2|y.backward(torch.ones(3))|return x.grad
x = torch.randn(3, requires_grad=True)|g, = torch.autograd.grad((x ** 3).sum(), x, create_graph=True)|g.sum().backward()|return x.grad
x = torch.autograd.Variable(torch.randn(3), requires_grad=True)|x.sum().backward()|return x.grad.data
x = torch.autograd.Variable(torch.randn(3), volatile=True)|return x + 1
x = torch.randn(3, requires_grad=True)|with torch.no_grad():|    y = x * 2|return y.requires_grad
x = torch.randn(3, requires_grad=True)|torch.autograd.backward([x.sum()], [torch.tensor(2.)])|return x.grad
x = torch.randn(3, requires_grad=True)|torch.autograd.backward(x.sum(), grad_variables=torch.tensor(2.))|return x.grad
x = torch.randn(3, dtype=torch.double, requires_grad=True)|return torch.autograd.gradcheck(lambda a: a ** 2, (x,))
x = torch.randn(3, dtype=torch.double, requires_grad=True)|return torch.autograd.gradgradcheck(lambda a: a ** 2, (x,))
x = torch.randn(3, requires_grad=True)|h = x.register_hook(lambda g: g * 2)|x.sum().backward()|h.remove()|return x.grad
x = torch.randn(3, requires_grad=True)|y = x * 2|y.retain_grad()|y.sum().backward()|return y.grad
x = torch.randn(3, requires_grad=True)|x.sum().backward()|x.grad.zero_()|return x.grad
x = torch.randn(3, requires_grad=True)|x.data[0] = 5|x.sum().backward()|return x, x.grad
x = torch.randn(3, requires_grad=True)|x.data = torch.ones(3)|return x
class S(torch.autograd.Function):|    @staticmethod|    def forward(ctx, a):|        ctx.save_for_backward(a)|        return a.sign()|    @staticmethod|    def backward(ctx, g):|        a, = ctx.saved_tensors|        return g * (a.abs() < 1).float()|x = torch.randn(4, requires_grad=True)|S.apply(x).sum().backward()|return x.grad
class S(torch.autograd.Function):|    def forward(self, a):|        self.save_for_backward(a)|        return a.clamp(min=0)|    def backward(self, g):|        a, = self.saved_tensors|        return g * (a > 0).float()|x = torch.randn(4, requires_grad=True)|S()(x).sum().backward()|return x.grad
class S(torch.autograd.Function):|    def __init__(self, k):|        super(S, self).__init__()|        self.k = k|    def forward(self, a):|        return a * self.k|    def backward(self, g):|        return g * self.k|x = torch.randn(4, requires_grad=True)|S(3)(x).sum().backward()|return x.grad
class S(torch.autograd.Function):|    @staticmethod|    def forward(ctx, a, b):|        ctx.mark_non_differentiable(b)|        return a * 2, b|    @staticmethod|    def backward(ctx, g, h):|        return g * 2, None|x = torch.randn(4, requires_grad=True)|r = S.apply(x, torch.ones(2))|r[0].sum().backward()|return x.grad
class S(torch.autograd.Function):|    @staticmethod|    def forward(ctx, a):|        a.mul_(2)|        ctx.mark_dirty(a)|        return a|    @staticmethod|    def backward(ctx, g):|        return g * 2|x = torch.randn(4, requires_grad=True)|S.apply(x * 1).sum().backward()|return x.grad
with torch.autograd.set_detect_anomaly(True):|    x = torch.randn(2, requires_grad=True)|    x.exp().sum().backward()|return x.grad
with torch.set_grad_enabled(False):|    x = torch.randn(2, requires_grad=True) * 2|return x.requires_grad
with torch.enable_grad():|    return torch.is_grad_enabled()
with torch.autograd.profiler.profile() as p:|    torch.randn(2)|return len(p.function_events) > 0
m = nn.Linear(3, 1)|h = m.register_backward_hook(lambda s, i, o: None)|m(torch.randn(2, 3)).sum().backward()|return m.weight.grad
m = nn.Linear(3, 1)|seen = []|m.register_forward_hook(lambda s, i, o: seen.append(o))|m(torch.randn(2, 3))|return seen
x = torch.randn(3, requires_grad=True)|y = F.relu(x)|y += 1|y.sum().backward()|return x.grad
x = torch.randn(3, requires_grad=True)|y = x.sigmoid()|y = y.mul_(2)|return y
x = torch.randn(4, 4, requires_grad=True)|x.norm().backward()|return x.grad
x = torch.zeros(4, requires_grad=True)|x.norm().backward()|return x.grad
x = torch.tensor([1., 1, 0], requires_grad=True)|x.max().backward()|return x.grad
x = torch.tensor([0., 1, -1], requires_grad=True)|x.abs().sum().backward()|return x.grad
x = torch.tensor([0., 1, 2], requires_grad=True)|x.prod().backward()|return x.grad
x = torch.tensor([0., 1, 4], requires_grad=True)|x.clamp(0, 2).sum().backward()|return x.grad
x = torch.tensor([0., 1, 4], requires_grad=True)|x.pow(0).sum().backward()|return x.grad
""",
    "jit": """
f = torch.jit.trace(lambda a: a * 2 + 1, torch.randn(3))|return f(torch.ones(3))
m = torch.jit.trace(nn.Linear(3, 1), torch.randn(2, 3))|return m(torch.ones(2, 3)), list(m.parameters())
m = torch.jit.trace(nn.Linear(3, 1), (torch.randn(2, 3),), check_trace=False)|return m.state_dict()
m = torch.jit.trace(nn.Sequential(nn.Conv2d(1, 2, 3), nn.ReLU()), torch.randn(1, 1, 5, 5))|return m(torch.ones(1, 1, 5, 5))
m = torch.jit.trace(nn.Dropout(0.5).eval(), torch.randn(3))|return m(torch.ones(3))
m = torch.jit.trace(nn.Linear(3, 1), torch.randn(2, 3))|m.save('m.pt')|return torch.jit.load('m.pt')(torch.ones(2, 3))
import io|m = torch.jit.trace(nn.Linear(3, 1), torch.randn(2, 3))|b = io.BytesIO()|torch.jit.save(m, b)|b.seek(0)|return torch.jit.load(b)(torch.ones(2, 3))
f = torch.jit.trace(lambda a: a.view(a.size(0), -1), torch.randn(3, 2))|return f(torch.ones(4, 2))
m = torch.jit.ScriptModule()|return len(list(m.parameters()))
m = torch.jit.trace(nn.LSTM(3, 4), torch.randn(2, 1, 3))|return m(torch.ones(2, 1, 3))[0]
f = torch.jit.trace(lambda a: a[a > 0].sum(), torch.ones(3))|return f(torch.tensor([1., -1, 2]))
f = torch.jit.trace(lambda a, b: a + b, (torch.ones(3), torch.ones(3)), optimize=False)|return f(torch.ones(3), torch.ones(3))
""",
    "sparse": """
s = torch.sparse_coo_tensor([[0, 1], [1, 0]], [2., 3.], (2, 2))|return s.to_dense(), s._nnz()
s = torch.sparse_coo_tensor(torch.tensor([[0, 1], [1, 0]]), torch.tensor([2., 3.]))|return s.to_dense()
s = torch.sparse.FloatTensor(torch.LongTensor([[0, 1], [1, 0]]), torch.FloatTensor([2, 3]), torch.Size([2, 2]))|return torch.mm(s, torch.ones(2, 2))
s = torch.sparse.FloatTensor(torch.LongTensor([[0, 1], [1, 0]]), torch.FloatTensor([2, 3]))|return s.to_dense()
s = torch.sparse.DoubleTensor(torch.LongTensor([[0, 1], [1, 0]]), torch.DoubleTensor([2, 3]), torch.Size([2, 2]))|return s.t().to_dense()
s = torch.sparse.FloatTensor(2, 3)|return s.to_dense()
s = torch.sparse_coo_tensor([[0, 0], [1, 1]], [2., 3.], (2, 2))|c = s.coalesce()|return c.indices(), c.values(), s.is_coalesced()
s = torch.sparse_coo_tensor([[0, 1], [1, 0]], [2., 3.], (2, 2), requires_grad=True)|torch.sparse.mm(s, torch.ones(2, 1)).sum().backward()|return s.grad.to_dense()
s = torch.sparse_coo_tensor([[0, 1], [1, 0]], [2., 3.], (2, 2))|return (s * 2).to_dense(), (s + s).to_dense(), s.transpose(0, 1).to_dense()
s = torch.sparse_coo_tensor([[0, 1], [1, 0]], [2., 3.], (2, 2))|return torch.sparse.sum(s), torch.sparse.sum(s, dim=0).to_dense(), s._indices(), s._values()
s = torch.sparse_coo_tensor([[0, 1], [1, 0]], [2., 3.], (2, 2))|return torch.sparse.addmm(torch.ones(2, 2), s, torch.ones(2, 2))
s = torch.sparse_coo_tensor([[0, 1], [1, 0]], [2., 3.], (2, 2))|return torch.spmm(s, torch.ones(2, 2)), s.matmul(torch.ones(2, 2))
s = torch.sparse_coo_tensor([[0, 1], [1, 0]], [2., 3.], (2, 2))|return torch.addmm(0.5, torch.ones(2, 2), 2, s, torch.ones(2, 2))
s = torch.sparse_coo_tensor([[0, 1], [1, 0]], [2., 3.], (2, 2))|return torch.ones(2, 2).add_(s), torch.ones(2, 2).add_(2, s)
s = torch.sparse_coo_tensor([[0, 1], [1, 0]], [2., 3.], (2, 2))|return torch.ones(2, 2).sparse_mask(s.coalesce()).to_dense()
s = torch.eye(2).to_sparse()|return s.to_dense(), s.sparse_dim(), s.dense_dim()
e = nn.Embedding(5, 2, sparse=True)|e(torch.tensor([1, 3])).sum().backward()|return e.weight.grad.to_dense()
e = nn.Embedding(5, 2, sparse=True)|o = torch.optim.SparseAdam(e.parameters())|e(torch.tensor([1, 3])).sum().backward()|o.step()|return e.weight
""",
    "utils": """
p = nn.Linear(3, 1)|p(torch.ones(1, 3)).sum().backward()|return nn.utils.clip_grad_norm_(p.parameters(), 0.5), p.weight.grad
p = nn.Linear(3, 1)|p(torch.ones(1, 3)).sum().backward()|return nn.utils.clip_grad_norm(p.parameters(), 0.5)
p = nn.Linear(3, 1)|p(torch.ones(1, 3)).sum().backward()|n = nn.utils.clip_grad_norm_(p.parameters(), 1)|return '%.3f' % n, isinstance(n, float), n > 1
p = nn.Linear(3, 1)|p(torch.ones(1, 3)).sum().backward()|nn.utils.clip_grad_value_(p.parameters(), 0.5)|return p.weight.grad
p = nn.Linear(3, 1)|v = nn.utils.parameters_to_vector(p.parameters())|nn.utils.vector_to_parameters(v * 2, p.parameters())|return p.weight
p = nn.utils.weight_norm(nn.Linear(3, 2))|return p(torch.ones(1, 3)), sorted(p.state_dict())
p = nn.utils.weight_norm(nn.Linear(3, 2), name='weight', dim=0)|nn.utils.remove_weight_norm(p)|return p.weight
p = nn.utils.spectral_norm(nn.Linear(3, 2))|return p(torch.ones(1, 3))
p = nn.utils.spectral_norm(nn.Linear(3, 2), n_power_iterations=3)|p.eval()|return p(torch.ones(1, 3))
s = nn.utils.rnn.pack_padded_sequence(torch.randn(3, 2, 4), [3, 2])|o, h = nn.LSTM(4, 5)(s)|return nn.utils.rnn.pad_packed_sequence(o)
s = nn.utils.rnn.pack_padded_sequence(torch.randn(2, 3, 4), torch.tensor([3, 2]), batch_first=True)|return s.data, s.batch_sizes
s = nn.utils.rnn.pack_padded_sequence(torch.randn(2, 3, 4), [3, 2], True)|data, sizes = s|return data, sizes
s = nn.utils.rnn.pack_sequence([torch.randn(3, 2), torch.randn(2, 2)])|return s.data, s.batch_sizes
s = nn.utils.rnn.pad_sequence([torch.randn(3, 2), torch.randn(2, 2)], batch_first=True, padding_value=-1)|return s
s = nn.utils.rnn.PackedSequence(torch.randn(5, 2), torch.tensor([2, 2, 1]))|return nn.GRU(2, 3)(s)[0].data
x = torch.randn(3, requires_grad=True)|y = torch.utils.checkpoint.checkpoint(lambda a: a.exp(), x)|y.sum().backward()|return x.grad
x = torch.randn(2, 3, requires_grad=True)|m = nn.Sequential(nn.Linear(3, 3), nn.Linear(3, 3))|torch.utils.checkpoint.checkpoint_sequential(m, 2, x).sum().backward()|return x.grad
m = nn.Sequential(nn.Linear(3, 3), nn.BatchNorm1d(3))|torch.save(m.state_dict(), 'm.pth')|m.load_state_dict(torch.load('m.pth'))|return sorted(m.state_dict())
m = nn.Linear(3, 3)|torch.save(m, 'm.pth')|return torch.load('m.pth').weight
torch.save({'a': torch.ones(2), 'b': [1, 'x']}, 'm.pth')|return torch.load('m.pth')['a']
m = nn.Linear(3, 3)|torch.save({'epoch': 1, 'model': m, 'o': torch.optim.Adam(m.parameters()).state_dict()}, 'm.pth')|c = torch.load('m.pth', map_location='cpu')|return c['epoch'], c['model'].weight
m = nn.Linear(3, 3)|m.load_state_dict({'weight': torch.ones(3, 3)}, strict=False)|return m.weight
m = nn.Linear(3, 3)|return m.state_dict().keys() == {'weight': 0, 'bias': 0}.keys(), str(m)
m = nn.Sequential(nn.Linear(3, 3), nn.ReLU())|return str(m), len(m), [n for n, _ in m.named_parameters()]
m = nn.Module()|m.register_buffer('b', torch.ones(2))|m.register_parameter('p', nn.Parameter(torch.ones(1)))|return sorted(m.state_dict())
m = nn.Linear(3, 3)|m.zero_grad()|return m.weight.grad
m = nn.Linear(3, 3)|m(torch.ones(1, 3)).sum().backward()|m.zero_grad()|return m.weight.grad.sum()
m = nn.Linear(3, 3)|o = torch.optim.SGD(m.parameters(), lr=0.1)|m(torch.ones(1, 3)).sum().backward()|o.zero_grad()|return [p.grad for p in m.parameters()]
m = nn.Linear(3, 3).double()|return m.weight.dtype, m.weight.type(), m.float().weight.type()
m = nn.ModuleDict({'a': nn.Linear(2, 2)})|m.update({'b': nn.ReLU()})|return list(m.keys())
m = nn.ParameterList([nn.Parameter(torch.ones(1))])|m.append(nn.Parameter(torch.zeros(1)))|return len(m), [p for p in m]
torch.manual_seed(3)|a = torch.rand(3)|s = torch.get_rng_state()|b = torch.rand(2)|torch.set_rng_state(s)|return a, b, torch.rand(2)
torch.manual_seed(3)|return torch.randn(20), torch.rand(20), torch.randperm(9), torch.randint(0, 9, (5,))
torch.manual_seed(3)|return torch.randn(20).double(), torch.normal(torch.zeros(4), 1.0), torch.randn(3, dtype=torch.double)
torch.manual_seed(3)|x = torch.empty(20)|return x.uniform_(0, 2), x.normal_(1, 2), x.exponential_(), x.log_normal_(), x.geometric_(0.3), x.cauchy_()
torch.manual_seed(3)|x = torch.empty(20)|return x.bernoulli_(0.3), x.random_(0, 5), torch.bernoulli(torch.full((5,), 0.5))
torch.manual_seed(3)|return torch.multinomial(torch.ones(5), 3), torch.multinomial(torch.ones(5), 3, True)
torch.set_printoptions(precision=2)|s = str(torch.tensor([1.23456, 2]))|torch.set_printoptions(precision=4)|return s
return str(torch.tensor([1, 2])), str(torch.tensor(1.5)), str(torch.randn(2) > 5), repr(torch.zeros(0))
return torch.tensor([1, 2]).type(), torch.tensor([1.]).dtype, torch.Tensor([1]).type('torch.LongTensor')
return torch.is_tensor(torch.ones(1)), torch.is_storage(torch.ones(1).storage()), torch.numel(torch.ones(3))
import numpy as np|return torch.from_numpy(np.arange(3.)), torch.ones(2).numpy(), torch.as_tensor(np.ones(2))
import numpy as np|return torch.tensor(np.float32(2)), torch.tensor(np.array([True, False])), torch.Tensor(np.ones(2))
import numpy as np|x = torch.ones(2)|return np.mean(x.numpy()), np.sqrt(x), x * np.float64(2), np.float64(2) * x
import numpy as np|return np.array(torch.ones(2)), np.array([t for t in torch.ones(2)]), torch.ones(2).__array__()
x = torch.arange(4)|return x / 2, x.float() / 2, x // 2, x % 3, -x // 2
return torch.full((2,), 3), torch.full([2], 2.5), torch.full((2,), 1, dtype=torch.long)
return torch.arange(5), torch.arange(1, 4, 0.5), torch.range(0, 4), torch.linspace(0, 1), torch.logspace(0, 1, 4)
return torch.tensor(3.7).long(), int(torch.tensor(3.7)), torch.tensor([2]).item(), float(torch.tensor([2]))
x = torch.ones(2, 3)|return x.size(), x.shape, x.dim(), list(x.size()), x.size()[0], x.nelement(), x.stride()
h = torch.nn.utils.convert_parameters.parameters_to_vector(nn.Linear(2, 2).parameters())|return h.shape
a, b = torch.ones(2, 3), torch.ones(3)|return torch.einsum('ij,j->i', [a, b]), torch.einsum('ij,j->i', (a, b))
x, y = torch.meshgrid([torch.arange(2), torch.arange(3)])|return x, y
x, y = torch.meshgrid(torch.arange(2), torch.arange(3))|return x, y
import copy|m = nn.Linear(2, 2)|n = copy.deepcopy(m)|return n.weight, m.weight.data_ptr() == n.weight.data_ptr()
import pickle|return pickle.loads(pickle.dumps(torch.ones(2))), pickle.loads(pickle.dumps(nn.Linear(2, 2))).weight
m = nn.DataParallel(nn.Linear(2, 2))|return m(torch.ones(1, 2)), m.module.weight
d = torch.device('cpu')|return torch.ones(2, device=d).device == d, str(d), torch.ones(1).to('cpu', torch.long)
return torch.cuda.is_available(), torch.cuda.device_count(), torch.backends.cudnn.enabled
return torch.finfo(torch.float).eps, torch.iinfo(torch.int).max
from torch._six import string_classes|return isinstance('a', string_classes)
from torch._six import inf, container_abcs|return inf
from torch.nn.modules.utils import _pair|return _pair(3)
from torch.nn import Parameter|return Parameter(torch.ones(2)), Parameter(torch.ones(2), requires_grad=False)
from torch.nn.parameter import Parameter|return Parameter(data=torch.ones(2))
from torch.autograd import Variable|v = Variable(torch.ones(2))|return v.data, isinstance(v, Variable), type(v) is torch.Tensor
""",
}


def snippets(area):
    """[[line]] of an area."""
    return [line.split("|") for line in SNIPPETS[area].strip().splitlines()]
