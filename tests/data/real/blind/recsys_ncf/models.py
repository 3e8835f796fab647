import torch
import torch.nn as nn


class GMF(nn.Module):
    def __init__(self, config):
        super(GMF, self).__init__()
        self.embedding_user = nn.Embedding(config['num_users'], config['latent_dim'])
        self.embedding_item = nn.Embedding(config['num_items'], config['latent_dim'])
        self.affine_output = nn.Linear(config['latent_dim'], 1)
        self.logistic = nn.Sigmoid()
        self.init_weight()

    def init_weight(self):
        nn.init.normal(self.embedding_user.weight, std=0.3)
        nn.init.normal(self.embedding_item.weight, std=0.3)
        nn.init.constant(self.affine_output.weight, 1.)

    def forward(self, u, i):
        z = torch.mul(self.embedding_user(u), self.embedding_item(i))
        return self.logistic(self.affine_output(z))


class MLP(nn.Module):
    def __init__(self, config):
        super(MLP, self).__init__()
        d = config['latent_dim']
        self.embedding_user = nn.Embedding(config['num_users'], d)
        self.embedding_item = nn.Embedding(config['num_items'], d)
        self.fc_layers = nn.ModuleList()
        for (i, o) in zip(config['layers'][:-1], config['layers'][1:]):
            self.fc_layers.append(nn.Linear(i, o))
        self.affine_output = nn.Linear(config['layers'][-1], 1)

    def forward(self, u, i):
        v = torch.cat([self.embedding_user(u), self.embedding_item(i)], dim=-1)
        for idx, _ in enumerate(range(len(self.fc_layers))):
            v = nn.functional.relu(self.fc_layers[idx](v))
        return nn.functional.sigmoid(self.affine_output(v))
