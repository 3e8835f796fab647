"""Point and edge primitives."""
import torch
from torch.autograd import Function, Variable, gradcheck


def square_distance(src, dst):
    B, N, _ = src.shape
    _, M, _ = dst.shape
    dist = -2 * torch.matmul(src, dst.permute(0, 2, 1))
    dist += torch.sum(src ** 2, -1).view(B, N, 1)
    dist += torch.sum(dst ** 2, -1).view(B, 1, M)
    return dist


def farthest_point_sample(xyz, npoint):
    device = xyz.device
    B, N, C = xyz.shape
    centroids = torch.zeros(B, npoint, dtype=torch.long).to(device)
    distance = torch.ones(B, N).to(device) * 1e10
    farthest = torch.randint(0, N, (B,), dtype=torch.long).to(device)
    batch_indices = torch.arange(B, dtype=torch.long).to(device)
    for i in range(npoint):
        centroids[:, i] = farthest
        centroid = xyz[batch_indices, farthest, :].view(B, 1, 3)
        dist = torch.sum((xyz - centroid) ** 2, -1)
        mask = dist < distance
        distance[mask] = dist[mask]
        farthest = torch.max(distance, -1)[1]
    return centroids


def knn_edges(xyz, k):
    n = xyz.size(0)
    dist = square_distance(xyz.unsqueeze(0), xyz.unsqueeze(0))[0]
    dist[torch.eye(n).byte().bool()] = float('inf')
    _, flat = torch.topk(dist.view(-1), n * 2, largest=False)
    close = torch.stack([torch.div(flat, int(n), rounding_mode="trunc"), flat % n])
    _, nn_idx = dist.topk(k, dim=1, largest=False, sorted=False)
    adj = torch.zeros(n, n).scatter_(1, nn_idx, 1.)
    adj[close[0], close[1]] = 1
    adj = ((adj + adj.t()) > 0)
    upper = torch.triu(adj.float(), 1)
    return [tuple(e) for e in upper.nonzero().tolist()]


def normals_by_svd(xyz, k):
    dist = square_distance(xyz.unsqueeze(0), xyz.unsqueeze(0))[0]
    idx = dist.topk(k + 1, dim=1, largest=False)[1]
    normals = torch.Tensor(xyz.size())
    for i, group in enumerate(xyz[idx]):
        c = group - group.mean(0, keepdim=True)
        _, v = torch.linalg.eigh(c.t().mm(c), UPLO="U")
        normals[i] = v[:, 0]
    return normals


class SpecialSpmmFunction(Function):
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


def scatter_add(src, index, num):
    out = Variable(src.data.new(num, src.size(1)).fill_(0))
    return out.scatter_add_(0, index.unsqueeze(1).expand_as(src), src)


def edge_softmax(logits, dst, num):
    """softmax of the edge logits (E x 1) over the edges that share a target"""
    e = torch.exp(logits - logits.max())
    return e / (scatter_add(e, dst, num)[dst] + 1e-16)


def self_test():
    torch.manual_seed(0)
    idx = torch.LongTensor([[0, 0, 1, 2, 3], [1, 2, 0, 3, 3]])
    val = Variable(torch.randn(5).double(), requires_grad=True)
    b = Variable(torch.randn(4, 2).double(), requires_grad=True)
    ok = gradcheck(lambda v, m: SpecialSpmmFunction.apply(idx, v, torch.Size([4, 4]), m), (val, b))
    att = edge_softmax(torch.randn(5, 1), idx[0], 4)
    print('spmm gradcheck', ok, 'attention sums', scatter_add(att, idx[0], 4).view(-1).tolist())
