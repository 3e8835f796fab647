
# coding: utf-8

# # Homework 2: learning with plain tensors
# PCA, k-means, logistic regression and softmax regression. *Do not use `torch.nn` layers.*

# In[1]:


import sys
import time
import math
import numpy as np
import torch
from torch.autograd import Variable
# get_ipython().run_line_magic('matplotlib', 'inline')

dtype = torch.FloatTensor
# dtype = torch.cuda.FloatTensor # Uncomment this to run on GPU
torch.manual_seed(446)
np.random.seed(446)
torch.set_printoptions(precision=4, threshold=50)


# ## Data
# Three Gaussian clusters in 10 dimensions that live near a plane.

# In[2]:


N, D, K = 300, 10, 3
labels = torch.arange(0, N).long() / (N / K)
basis = torch.qr(torch.randn(D, 2))[0]
centers = torch.Tensor([[3, 0], [-2, 2.5], [-1, -3]])
X = (centers[labels] + torch.randn(N, 2)).mm(basis.t()) + 0.1 * torch.randn(N, D) + 1
perm = torch.randperm(N)
X, labels = X[perm], labels[perm]
n_train = N * 4 / 5
Xtr, ytr = X[:int(n_train)], labels[:int(n_train)]
Xte, yte = X[int(n_train):], labels[int(n_train):]
print(X.type(), labels.type(), X.size(), torch.bincount(labels))


# ## Problem 1: PCA

# In[3]:


def pca(X, k):
    mean = torch.mean(X, 0)
    Xc = X - mean.expand_as(X)
    U, S, V = torch.svd(Xc.t())
    return torch.mm(Xc, U[:, :k]), U[:, :k], S, mean


Z, comps, S, mean = pca(Xtr, 2)
ratio = S.pow(2) / S.pow(2).sum()
print("explained:", np.cumsum(ratio.numpy())[:3].round(3))
C = torch.mm((Xtr - mean).t(), Xtr - mean) / (Xtr.size(0) - 1)
e, v = torch.symeig(C, eigenvectors=True)
idx = torch.sort(e, descending=True)[1]
e, v = e[idx], v[:, idx]
print("eigenvalues vs singular values: %.2e" % torch.max(torch.abs(e - S ** 2 / (Xtr.size(0) - 1))))
print("subspace angle: %.4f" % torch.svd(torch.mm(comps.t(), basis))[1].min())
vals, vecs = torch.eig(C, eigenvectors=True)
assert torch.equal(vals[:, 1], torch.zeros(D))
recon = Z.mm(comps.t()) + mean
print("reconstruction rmse {:.4f}".format(math.sqrt(((recon - Xtr) ** 2).mean())))


# ## Problem 2: k-means (Lloyd), with k-means++ seeding

# In[4]:


def pdist2(a, b):
    return ((a[:, None, :] - b[None, :, :]) ** 2).sum(2)


def kmeans(X, k, iters=20):
    c = X[np.random.randint(X.size(0))].unsqueeze(0)
    for _ in range(k - 1):
        d = pdist2(X, c).min(1)[0]
        c = torch.cat([c, X[torch.multinomial(d, 1)]])
    history = []
    for it in range(iters):
        d, assign = pdist2(X, c).min(1)
        history.append(d.sum())
        for j in range(k):
            mask = (assign == j)
            if mask.any():
                c[j] = X[mask.nonzero().squeeze()].mean(0)
        if it > 0 and history[-2] == history[-1]:
            break
    return c, assign, history


t0 = time.clock()
c, assign, history = kmeans(Xtr, K)
elapsed = time.clock() - t0
assert elapsed < 10
print("inertia: " + " -> ".join("%.2f" % h for h in history[:4]))
cont = torch.zeros(K, K).long()
for a, y in zip(assign, ytr):
    cont[a, y] += 1
purity = cont.max(1)[0].sum().float() / len(ytr)
print(cont.numpy(), "purity %.3f" % purity)
sizes = torch.IntTensor([(assign == j).sum() for j in range(K)])
print("sizes as percent:", (sizes * 100 / sizes.sum()).tolist())


# ## Problem 3: logistic regression, class 0 against the rest, Newton steps

# In[5]:


y01 = (ytr == 0).type(dtype)
A = torch.cat([Z, torch.ones(Z.size(0), 1)], 1)
w = torch.zeros(3, 1)
for it in range(6):
    p = torch.sigmoid(torch.mm(A, w))
    grad = A.t().mm(p - y01.view(-1, 1)) + 0.1 * w
    H = A.t().mm(A * (p * (1 - p)).expand_as(A)) + 0.1 * torch.eye(3)
    step = torch.gesv(grad, H)[0]
    w -= step
    loss = -(y01 * torch.log(p[:, 0]) + (1 - y01) * torch.log(1 - p[:, 0])).sum()
    print("it %d: loss %.4f, |step| %.4f" % (it, loss, step.norm()))
pred = torch.mm(A, w).squeeze() > 0
tp, fp = (pred * (ytr == 0)).sum(), (pred * (ytr != 0)).sum()
fn = ((1 - pred) * (ytr == 0)).sum()
print("precision %.3f recall %.3f errors %d" % (float(tp) / float(tp + fp), float(tp) / float(tp + fn),
                                                (pred != (ytr == 0)).sum()))


# ## Problem 4: softmax regression by hand, checked against autograd

# In[6]:


def softmax(z):
    z = z - z.max(1, keepdim=True)[0]
    ez = torch.exp(z)
    return ez / ez.sum(1, keepdim=True)


def loss_and_grad(W, b, X, y):
    P = softmax(X.mm(W) + b)
    onehot = torch.zeros(X.size(0), K).scatter_(1, y.view(-1, 1), 1)
    n = X.size(0)
    return -torch.log(P[torch.arange(0, n).long(), y]).sum() / n, X.t().mm(P - onehot) / n, (P - onehot).sum(0) / n


W, b = Variable(torch.randn(D, K).type(dtype), requires_grad=True), Variable(torch.zeros(K), requires_grad=True)
loss, dW, db = loss_and_grad(W.data, b.data, Xtr, ytr)
auto = torch.nn.functional.cross_entropy(Variable(Xtr).mm(W) + b, Variable(ytr))
auto.backward()
print("grad check: %.1e %.1e" % ((W.grad.data - dW).abs().max(), (b.grad.data - db).abs().max()))

lr, batch = 0.2, 40
curve = np.array([], dtype=np.float)
for epoch in range(15):
    order = torch.randperm(Xtr.size(0))
    for i in range(0, Xtr.size(0) / batch if sys.version_info[0] < 3 else Xtr.size(0) // batch):
        sel = order[i * batch:(i + 1) * batch]
        loss, dW, db = loss_and_grad(W.data, b.data, Xtr[sel], ytr[sel])
        W.data.add_(-lr, dW)
        b.data -= lr * db
    curve = np.append(curve, loss)
print("loss", curve[::5].round(4))
scores = softmax(Xte.mm(W.data) + b.data)
conf, guess = torch.max(scores, 1)
correct = guess == yte
print("test accuracy: %.3f, mean confidence %.3f" % (correct.sum().item() / float(yte.size(0)), conf.mean()))
print("least sure:", torch.sort(conf)[1][:5].tolist(), "wrong:", torch.nonzero(1 - correct).view(-1).tolist())
