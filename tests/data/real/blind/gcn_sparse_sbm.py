import math
import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.nn.parameter import Parameter
from torch.nn.modules.module import Module

np.random.seed(42)
torch.manual_seed(42)


def sbm(sizes, p_in, p_out):
    n = sum(sizes)
    y = np.repeat(np.arange(len(sizes)), sizes)
    P = np.where(y[:, None] == y[None, :], p_in, p_out)
    A = np.triu(np.random.rand(n, n) < P, 1).astype(np.float)
    return A + A.T, y


def normalize(mx):
    rowsum = mx.sum(1)
    r_inv = np.power(rowsum, -0.5).flatten()
    r_inv[np.isinf(r_inv)] = 0.
    return mx * r_inv[:, None] * r_inv[None, :]


def to_sparse_tensor(mx):
    rows, cols = np.nonzero(mx)
    indices = torch.from_numpy(np.vstack((rows, cols)).astype(np.int64))
    values = torch.from_numpy(mx[rows, cols].astype(np.float32))
    return torch.sparse.FloatTensor(indices, values, torch.Size(mx.shape))


class SpecialSpmmFunction(torch.autograd.Function):
    """Special function for only sparse region backpropataion layer."""
    @staticmethod
    def forward(ctx, indices, values, shape, b):
        assert indices.requires_grad == False
        a = torch.sparse_coo_tensor(indices, values, shape)
        ctx.save_for_backward(a, b)
        ctx.N = shape[0]
        return torch.matmul(a, b)

    @staticmethod
    def backward(ctx, grad_output):
        a, b = ctx.saved_tensors
        grad_values = grad_b = None
        if ctx.needs_input_grad[1]:
            grad_a_dense = grad_output.matmul(b.t())
            edge_idx = a._indices()[0, :] * ctx.N + a._indices()[1, :]
            grad_values = grad_a_dense.view(-1)[edge_idx]
        if ctx.needs_input_grad[3]:
            grad_b = a.t().matmul(grad_output)
        return None, grad_values, None, grad_b


class GraphConvolution(Module):
    def __init__(self, in_features, out_features, bias=True):
        super(GraphConvolution, self).__init__()
        self.in_features = in_features
        self.out_features = out_features
        self.weight = Parameter(torch.FloatTensor(in_features, out_features))
        if bias:
            self.bias = Parameter(torch.FloatTensor(out_features))
        else:
            self.register_parameter('bias', None)
        self.reset_parameters()

    def reset_parameters(self):
        stdv = 1. / math.sqrt(self.weight.size(1))
        self.weight.data.uniform_(-stdv, stdv)
        if self.bias is not None:
            self.bias.data.uniform_(-stdv, stdv)

    def forward(self, input, adj):
        support = torch.mm(input, self.weight)
        output = torch.spmm(adj, support)
        if self.bias is not None:
            return output + self.bias
        return output

    def __repr__(self):
        return self.__class__.__name__ + ' (' + str(self.in_features) + ' -> ' + str(self.out_features) + ')'


class EdgeWeightedConv(Module):
    def __init__(self, adj, d_in, d_out):
        super(EdgeWeightedConv, self).__init__()
        self.register_buffer('idx', adj._indices())
        self.n = adj.size(0)
        self.edge = Parameter(adj._values().clone())
        self.lin = nn.Linear(d_in, d_out)

    def forward(self, x, adj=None):
        return SpecialSpmmFunction.apply(self.idx, self.edge, torch.Size([self.n, self.n]), self.lin(x))


class GCN(nn.Module):
    def __init__(self, l1, l2, dropout):
        super(GCN, self).__init__()
        self.gc1, self.gc2, self.dropout = l1, l2, dropout

    def forward(self, x, adj):
        x = F.relu(self.gc1(x, adj))
        x = F.dropout(x, self.dropout, training=self.training)
        x = self.gc2(x, adj)
        return F.log_softmax(x, dim=1)


def accuracy(output, labels):
    preds = output.max(1)[1].type_as(labels)
    correct = preds.eq(labels).double()
    correct = correct.sum()
    return correct / len(labels)


A, y = sbm([25, 25, 20], 0.35, 0.04)
labels = torch.LongTensor(y)
features = torch.from_numpy(np.eye(3)[y] * 0.5 + np.random.randn(len(y), 3)).float()
adj = to_sparse_tensor(normalize(A + np.eye(len(y))))
print('edges', adj._nnz(), 'weight sum %.3f' % adj.to_dense().sum())
deg = torch.bincount(torch.from_numpy(A.sum(1).astype(np.int64)))
print('degree histogram', deg.tolist())
perm = torch.from_numpy(np.random.permutation(len(y)))
idx_train, idx_val, idx_test = perm[:15], perm[15:30], perm[30:]

models = [('gcn', GCN(GraphConvolution(3, 16), GraphConvolution(16, 3), 0.3)),
          ('edge', GCN(EdgeWeightedConv(adj, 3, 16), EdgeWeightedConv(adj, 16, 3), 0.3))]
print(models[0][1].gc1)
for name, model in models:
    optimizer = torch.optim.Adam(model.parameters(), lr=0.02, weight_decay=5e-4)
    for epoch in range(80):
        model.train()
        optimizer.zero_grad()
        output = model(features, adj)
        loss_train = F.nll_loss(output[idx_train], labels[idx_train])
        loss_train.backward()
        optimizer.step()
        if epoch % 20 == 19:
            model.eval()
            output = model(features, adj)
            print(name, 'Epoch: {:04d}'.format(epoch + 1),
                  'loss_train: {:.3f}'.format(loss_train.item()),
                  'acc_val: {:.2f}'.format(accuracy(output[idx_val], labels[idx_val]).item()))
    output = model(features, adj)
    print(name, 'test acc %.2f' % accuracy(output[idx_test], labels[idx_test]))

# spectral clustering sanity check with the normalised Laplacian
Lap = torch.eye(len(y)) - adj.to_dense()
e, v = torch.symeig(Lap, eigenvectors=True)
print('smallest eigenvalues', ['%.3f' % abs(t) for t in e[:4]])
