import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.autograd import Variable


class SkipGram(nn.Module):
    def __init__(self, emb_size, emb_dimension):
        super(SkipGram, self).__init__()
        self.u_embeddings = nn.Embedding(emb_size, emb_dimension, sparse=True)
        self.v_embeddings = nn.Embedding(emb_size, emb_dimension, sparse=True)
        initrange = 0.5 / emb_dimension
        self.u_embeddings.weight.data.uniform_(-initrange, initrange)
        self.v_embeddings.weight.data.uniform_(-0, 0)

    def forward(self, pos_u, pos_v, neg_v):
        emb_u = self.u_embeddings(pos_u)
        emb_v = self.v_embeddings(pos_v)
        score = torch.mul(emb_u, emb_v).squeeze()
        score = torch.sum(score, dim=1)
        score = F.logsigmoid(score)
        neg_emb_v = self.v_embeddings(neg_v)
        neg_score = torch.bmm(neg_emb_v, emb_u.unsqueeze(2)).squeeze()
        neg_score = F.logsigmoid(-1 * neg_score)
        return -1 * (torch.sum(score) + torch.sum(neg_score))


torch.manual_seed(15)
model = SkipGram(12, 4)
torch.manual_seed(16)
model.u_embeddings.weight.data.uniform_(-0.125, 0.125)
optimizer = torch.optim.SGD(model.parameters(), lr=0.3)
for i in range(5):
    pos_u = Variable(torch.LongTensor(torch.randint(0, 12, (6,)).long().tolist()))
    pos_v = Variable(torch.randint(0, 12, (6,)).long())
    neg_v = Variable(torch.randint(0, 12, (6, 3)).long())
    optimizer.zero_grad()
    loss = model(pos_u, pos_v, neg_v)
    loss.backward()
    optimizer.step()
    print(i, '%.5f' % loss.data)
print(model.u_embeddings.weight.grad.coalesce()._indices().tolist())
bag = nn.EmbeddingBag(12, 4, mode='sum')
bag.weight.data.copy_(model.u_embeddings.weight.data)
words = torch.LongTensor([1, 2, 3, 4, 5])
offsets = torch.LongTensor([0, 3])
print(bag(words, offsets))
print(F.embedding_bag(bag.weight, words, offsets, mode='mean'))
print(F.embedding_bag(words, bag.weight, offsets))
