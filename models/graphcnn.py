import torch
import torch.nn as nn
import torch.nn.functional as F

from ops import SpecialSpmmFunction, edge_softmax


class MLP(nn.Module):
    def __init__(self, num_layers, input_dim, hidden_dim, output_dim):
        super(MLP, self).__init__()
        self.num_layers = num_layers
        self.linears = torch.nn.ModuleList()
        self.batch_norms = torch.nn.ModuleList()
        dims = [input_dim] + [hidden_dim] * (num_layers - 1) + [output_dim]
        for layer in range(num_layers):
            self.linears.append(nn.Linear(dims[layer], dims[layer + 1]))
        for layer in range(num_layers - 1):
            self.batch_norms.append(nn.BatchNorm1d(hidden_dim))

    def forward(self, x):
        h = x
        for layer in range(self.num_layers - 1):
            h = F.relu(self.batch_norms[layer](self.linears[layer](h)))
        return self.linears[self.num_layers - 1](h)


class GraphCNN(nn.Module):
    def __init__(self, num_layers, num_mlp_layers, input_dim, hidden_dim, output_dim, final_dropout, learn_eps,
                 graph_pooling_type, neighbor_pooling_type, device):
        super(GraphCNN, self).__init__()
        self.final_dropout = final_dropout
        self.device = device
        self.num_layers = num_layers
        self.graph_pooling_type = graph_pooling_type
        self.neighbor_pooling_type = neighbor_pooling_type
        self.learn_eps = learn_eps
        self.eps = nn.Parameter(torch.zeros(self.num_layers - 1))
        self.mlps = torch.nn.ModuleList()
        self.batch_norms = torch.nn.ModuleList()
        self.atts = torch.nn.ModuleList()
        self.linears_prediction = torch.nn.ModuleList([nn.Linear(input_dim, output_dim)])
        for layer in range(self.num_layers - 1):
            dim = input_dim if layer == 0 else hidden_dim
            self.mlps.append(MLP(num_mlp_layers, dim, hidden_dim, hidden_dim))
            self.atts.append(nn.Linear(2 * dim, 1))
            self.batch_norms.append(nn.BatchNorm1d(hidden_dim))
            self.linears_prediction.append(nn.Linear(hidden_dim, output_dim))

    def __offsets(self, batch_graph):
        start_idx = [0]
        for i, graph in enumerate(batch_graph):
            start_idx.append(start_idx[i] + len(graph.node_tags))
        return start_idx

    def __preprocess_neighbors_maxpool(self, batch_graph):
        # padded neighbour lists, -1 points at the row of minima
        max_deg = max([graph.max_neighbor for graph in batch_graph])
        padded_neighbor_list = []
        start_idx = self.__offsets(batch_graph)
        for i, graph in enumerate(batch_graph):
            for j in range(len(graph.neighbors)):
                pad = [n + start_idx[i] for n in graph.neighbors[j]]
                pad.extend([-1] * (max_deg - len(pad)))
                pad.append(j + start_idx[i])
                padded_neighbor_list.append(pad)
        return torch.LongTensor(padded_neighbor_list)

    def __preprocess_neighbors_sumavepool(self, batch_graph):
        start_idx = self.__offsets(batch_graph)
        Adj_block_idx = torch.cat([g.edge_mat + start_idx[i] for i, g in enumerate(batch_graph)], 1)
        Adj_block_elem = torch.ones(Adj_block_idx.shape[1])
        # Add self-loops in the adjacency matrix
        num_node = start_idx[-1]
        self_loop_edge = torch.LongTensor([range(num_node), range(num_node)])
        Adj_block_idx = torch.cat([Adj_block_idx, self_loop_edge], 1)
        Adj_block_elem = torch.cat([Adj_block_elem, torch.ones(num_node)], 0)
        return torch.sparse_coo_tensor(Adj_block_idx, Adj_block_elem, torch.Size([num_node, num_node]), dtype=torch.float32).to(self.device)

    def __preprocess_graphpool(self, batch_graph):
        start_idx, idx, elem = self.__offsets(batch_graph), [], []
        for i, graph in enumerate(batch_graph):
            n = len(graph.node_tags)
            elem.extend([1. / n if self.graph_pooling_type == "average" else 1.] * n)
            idx.extend([[i, j] for j in range(start_idx[i], start_idx[i + 1], 1)])
        idx = torch.LongTensor(idx).transpose(0, 1)
        return torch.sparse_coo_tensor(idx, torch.FloatTensor(elem), torch.Size([len(batch_graph), start_idx[-1]]), dtype=torch.float32).to(self.device)

    def maxpool(self, h, padded_neighbor_list):
        dummy = torch.min(h, dim=0)[0]
        h_with_dummy = torch.cat([h, dummy.reshape((1, -1)).to(self.device)])
        return torch.max(h_with_dummy[padded_neighbor_list], dim=1)[0]

    def next_layer(self, h, layer, padded_neighbor_list, Adj_block):
        n = h.size(0)
        if self.neighbor_pooling_type == "max":
            pooled = self.maxpool(h, padded_neighbor_list)
        elif self.neighbor_pooling_type == "attention":
            idx = Adj_block._indices()
            logits = F.leaky_relu(self.atts[layer](torch.cat([h[idx[0]], h[idx[1]]], 1)), 0.2)
            att = edge_softmax(logits, idx[0], n)
            pooled = SpecialSpmmFunction.apply(idx, att.squeeze(1), torch.Size([n, n]), h)
        else:
            pooled = torch.spmm(Adj_block, h)
            if self.neighbor_pooling_type == "average":
                degree = torch.spmm(Adj_block, torch.ones((Adj_block.shape[0], 1)).to(self.device))
                pooled = pooled / degree
        if self.learn_eps:
            pooled = pooled + (1 + self.eps[layer]) * h
        return F.relu(self.batch_norms[layer](self.mlps[layer](pooled)))

    def forward(self, batch_graph):
        X_concat = torch.cat([graph.node_features for graph in batch_graph], 0).to(self.device)
        graph_pool = self.__preprocess_graphpool(batch_graph)
        padded, Adj_block = None, None
        if self.neighbor_pooling_type == "max":
            padded = self.__preprocess_neighbors_maxpool(batch_graph)
        else:
            Adj_block = self.__preprocess_neighbors_sumavepool(batch_graph)
        hidden_rep = [X_concat]
        for layer in range(self.num_layers - 1):
            hidden_rep.append(self.next_layer(hidden_rep[-1], layer, padded, Adj_block))
        score_over_layer = 0
        for layer, h in enumerate(hidden_rep):
            pooled_h = torch.spmm(graph_pool, h)
            score_over_layer += F.dropout(self.linears_prediction[layer](pooled_h), self.final_dropout, training=self.training)
        return score_over_layer
