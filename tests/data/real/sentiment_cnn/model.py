import torch
import torch.nn as nn
import torch.nn.functional as F


class TextCNN(nn.Module):
    def __init__(self, vocab, dim, classes, kernels=(1, 2)):
        super(TextCNN, self).__init__()
        self.embed = nn.Embedding(vocab, dim, padding_idx=0)
        self.convs = nn.ModuleList([nn.Conv1d(dim, 4, k, padding=k - 1) for k in kernels])
        self.fc = nn.Linear(4 * len(kernels), classes)

    def init_weights(self):
        for name, p in self.named_parameters():
            if 'bias' in name:
                nn.init.constant(p, 0)
            else:
                nn.init.uniform(p, -0.3, 0.3)

    def forward(self, x):
        x = self.embed(x).transpose(1, 2)
        pooled = [F.max_pool1d(F.tanh(conv(x)), conv(x).size(2)).squeeze(2) for conv in self.convs]
        return F.log_softmax(self.fc(torch.cat(pooled, 1)))
