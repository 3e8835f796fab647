import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.autograd import Variable
from torch.nn.modules.module import Module

criterion = nn.CrossEntropyLoss()


def train(args, model, device, train_graphs, optimizer, epoch):
    model.train()
    loss_accum = 0
    for pos in range(args.iters_per_epoch):
        selected_idx = np.random.permutation(len(train_graphs))[:args.batch_size]
        batch_graph = [train_graphs[idx] for idx in selected_idx]
        output = model(batch_graph)
        labels = torch.LongTensor([graph.label for graph in batch_graph]).to(device)
        loss = criterion(output, labels)
        if optimizer is not None:
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        loss = loss.detach().cpu().numpy()
        loss_accum += loss
    return loss_accum / args.iters_per_epoch


def pass_data_iteratively(model, graphs, minibatch_size=64):
    # pass data to model with minibatch during testing to avoid memory overflow (does not perform backpropagation)
    model.eval()
    output = []
    idx = np.arange(len(graphs))
    for i in range(0, len(graphs), minibatch_size):
        sampled_idx = idx[i:i + minibatch_size]
        if len(sampled_idx) == 0:
            continue
        output.append(model([graphs[j] for j in sampled_idx]).detach())
    return torch.cat(output, 0)


def test(args, model, device, train_graphs, test_graphs, epoch):
    accs = []
    for graphs in (train_graphs, test_graphs):
        pred = pass_data_iteratively(model, graphs).max(1, keepdim=True)[1]
        labels = torch.LongTensor([graph.label for graph in graphs]).to(device)
        correct = pred.eq(labels.view_as(pred)).sum().cpu().item()
        accs.append(correct / float(len(graphs)))
    return accs


# --- semi-supervised node classification on a stochastic block model, as a check of the sparse path

def normalize(mx):
    """Row-normalize"""
    rowsum = np.array(mx.sum(1))
    r_inv = np.power(rowsum, -1.).flatten()
    r_inv[np.isinf(r_inv)] = 0.
    return np.diag(r_inv).dot(mx)


def dense_to_torch_sparse(mx):
    row, col = np.nonzero(mx)
    indices = torch.from_numpy(np.vstack((row, col)).astype(np.int64))
    values = torch.from_numpy(mx[row, col].astype(np.float32))
    return torch.sparse_coo_tensor(indices, values, torch.Size(mx.shape), dtype=torch.float32)


class GraphConvolution(Module):
    """Simple GCN layer, similar to https://arxiv.org/abs/1609.02907"""
    def __init__(self, in_features, out_features):
        super(GraphConvolution, self).__init__()
        self.weight = nn.Parameter(torch.FloatTensor(in_features, out_features))
        self.bias = nn.Parameter(torch.FloatTensor(out_features))
        stdv = 1. / np.sqrt(self.weight.size(1))
        self.weight.data.uniform_(-stdv, stdv)
        self.bias.data.uniform_(-stdv, stdv)

    def forward(self, input, adj):
        return torch.spmm(adj, torch.mm(input, self.weight)) + self.bias


def citation_baseline(seed, n=90, classes=3):
    rng = np.random.RandomState(seed)
    y = np.arange(n) * classes / n
    y = y.astype(int)
    p = np.where(y[:, None] == y[None, :], 0.2, 0.01)
    adj = np.triu(rng.rand(n, n) < p, 1).astype(float)
    adj = adj + adj.T
    features = rng.randn(n, 8) + 0.5 * np.eye(classes)[y].dot(rng.randn(classes, 8))
    A = dense_to_torch_sparse(normalize(adj + np.eye(n)))
    X, labels = Variable(torch.FloatTensor(features)), Variable(torch.LongTensor(y))
    idx = rng.permutation(n)
    idx_train, idx_test = torch.LongTensor(idx[:15]), torch.LongTensor(idx[15:])
    gc1, gc2 = GraphConvolution(8, 16), GraphConvolution(16, classes)
    opt = torch.optim.Adam(list(gc1.parameters()) + list(gc2.parameters()), lr=0.02, weight_decay=5e-4)
    for epoch in range(80):
        opt.zero_grad()
        out = F.log_softmax(gc2(F.dropout(F.relu(gc1(X, A)), 0.3), A), dim=1)
        loss = F.nll_loss(out[idx_train], labels[idx_train])
        loss.backward()
        opt.step()
    out = gc2(F.relu(gc1(X, A)), A)
    preds = out[idx_test].max(1)[1].type_as(labels)
    correct = preds.eq(labels[idx_test]).double().sum()
    print('gcn: train loss %.4f, test accuracy %.4f, nnz %d, smoothness %.4f' % (
        loss.item(), correct / len(idx_test), A._nnz(), (torch.spmm(A, out) - out).data.norm() / out.data.norm()))
