from torch import nn
import torch.nn.functional as F


class ClientNet(nn.Module):
    def __init__(self, dim_in, dim_hidden, dim_out):
        super(ClientNet, self).__init__()
        self.fc1 = nn.Linear(dim_in, dim_hidden)
        self.bn = nn.BatchNorm1d(dim_hidden)
        self.fc2 = nn.Linear(dim_hidden, dim_out)
        self.bn.weight.data.fill_(1.)

    def forward(self, x):
        x = x.view(-1, x.shape[1] * x.shape[-1])
        return F.log_softmax(self.fc2(F.relu(self.bn(self.fc1(x)))))
