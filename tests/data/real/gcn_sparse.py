import math
import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.nn.parameter import Parameter
from torch.nn.modules.module import Module


class GraphConvolution(Module):
    def __init__(self, in_features, out_features, bias=True):
        super(GraphConvolution, self).__init__()
        self.weight = Parameter(torch.FloatTensor(in_features, out_features))
        self.bias = Parameter(torch.FloatTensor(out_features))
        self.reset_parameters()

    def reset_parameters(self):
        stdv = 1. / math.sqrt(self.weight.size(1))
        self.weight.data.uniform_(-stdv, stdv)
        self.bias.data.uniform_(-stdv, stdv)

    def forward(self, input, adj):
        support = torch.mm(input, self.weight)
        output = torch.spmm(adj, support)
        return output + self.bias


class GCN(nn.Module):
    def __init__(self, nfeat, nhid, nclass):
        super(GCN, self).__init__()
        self.gc1 = GraphConvolution(nfeat, nhid)
        self.gc2 = GraphConvolution(nhid, nclass)

    def forward(self, x, adj):
        x = F.relu(self.gc1(x, adj))
        x = F.dropout(x, 0.5, training=False)
        return F.log_softmax(self.gc2(x, adj), dim=1)


def accuracy(output, labels):
    preds = output.max(1)[1].type_as(labels)
    correct = preds.eq(labels).double()
    return correct.sum() / len(labels)


torch.manual_seed(42)
n = 12
edges = np.array([[i, (i * 5 + 1) % n] for i in range(n)])
dense = np.eye(n, dtype=np.float32)
dense[edges[:, 0], edges[:, 1]] = 1
dense = dense / dense.sum(1, keepdims=True)
rows, cols = dense.nonzero()
indices = torch.from_numpy(np.vstack((rows, cols)).astype(np.int64))
adj = torch.sparse.FloatTensor(indices, torch.from_numpy(dense[rows, cols]), torch.Size(dense.shape))
features = torch.randn(n, 6)
labels = torch.LongTensor(np.where(np.eye(3)[np.arange(n) % 3])[1])
model = GCN(6, 5, 3)
optimizer = torch.optim.Adam(model.parameters(), lr=0.05, weight_decay=5e-4)
for epoch in range(6):
    optimizer.zero_grad()
    output = model(features, adj)
    loss = F.nll_loss(output[:8], labels[:8])
    loss.backward()
    optimizer.step()
    print('Epoch: {:04d}'.format(epoch + 1), 'loss: {:.4f}'.format(loss.item()),
          'acc: {:.4f}'.format(accuracy(output[8:], labels[8:]).item()))
print(torch.sparse.mm(adj, features).sum().item(), adj._nnz(), adj.to_dense().sum().item())
