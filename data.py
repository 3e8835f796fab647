import numpy as np
import torch

from ops import farthest_point_sample, knn_edges, normals_by_svd


class S2VGraph(object):
    def __init__(self, label, node_tags, edges, node_features):
        '''
            label: an integer graph label
            node_tags: a list of integer node tags
            edges: list of (i, j) pairs, i < j
            node_features: a torch float tensor
        '''
        self.label = label
        self.node_tags = node_tags
        self.node_features = node_features
        self.neighbors = [[] for _ in node_tags]
        for i, j in edges:
            self.neighbors[i].append(j)
            self.neighbors[j].append(i)
        self.max_neighbor = max(map(len, self.neighbors))
        edges = [list(pair) for pair in edges]
        edges.extend([[i, j] for j, i in edges])
        self.edge_mat = torch.LongTensor(edges).transpose(0, 1)


SHAPES = ['sphere', 'torus', 'cube']


def sample_shape(kind, n):
    if kind == 'sphere':
        p = np.random.randn(n, 3)
        p /= np.linalg.norm(p, axis=1)[:, np.newaxis]
    elif kind == 'torus':
        u, v = np.random.uniform(0, 2 * np.pi, (2, n))
        p = np.c_[(1 + 0.3 * np.cos(v)) * np.cos(u), (1 + 0.3 * np.cos(v)) * np.sin(u), 0.3 * np.sin(v)]
    else:
        p = np.random.uniform(-1, 1, (n, 3))
        axis = np.random.randint(0, 3, n)
        p[np.arange(n), axis] = np.random.choice([-1., 1.], n)
    q, _ = np.linalg.qr(np.random.randn(3, 3))
    return p.dot(q) * np.random.uniform(0.8, 1.2) + 0.02 * np.random.randn(n, 3)


def load_data(num, k=5):
    g_list = []
    clouds = [sample_shape(SHAPES[i % len(SHAPES)], np.random.randint(60, 100)) for i in range(num)]
    clouds = np.array(clouds, dtype=object)
    for i, cloud in enumerate(clouds):
        xyz = torch.from_numpy(cloud.astype(np.float32))
        npoint = len(cloud) / 3
        keep = farthest_point_sample(xyz.unsqueeze(0), int(npoint))[0]
        xyz = xyz[keep]
        edges = knn_edges(xyz, k)
        radius = xyz.norm(p=2, dim=1)
        feats = torch.stack([radius, radius - radius.mean(), (xyz * normals_by_svd(xyz, k)).sum(1).abs()], 1)
        tags = np.digitize(radius.numpy(), [0.5, 1.0, 1.5])
        onehot = torch.zeros(len(tags), 4)
        onehot[range(len(tags)), tags.tolist()] = 1
        g_list.append(S2VGraph(i % len(SHAPES), tags, edges, torch.cat([feats, onehot], 1)))
    return g_list, len(SHAPES)


def separate_data(graph_list, seed, fold_idx, n_splits=5):
    assert 0 <= fold_idx and fold_idx < n_splits, "fold_idx must be from 0 to 4."
    labels = np.array([graph.label for graph in graph_list])
    rng = np.random.RandomState(seed)
    fold = np.empty(len(labels), dtype=int)
    for c in np.unique(labels):
        members = np.nonzero(labels == c)[0]
        rng.shuffle(members)
        fold[members] = np.arange(len(members)) % n_splits
    train_idx, test_idx = np.where(np.logical_not(fold == fold_idx))[0], np.where(fold == fold_idx)[0]
    return [graph_list[i] for i in train_idx], [graph_list[i] for i in test_idx]
