import torch

torch.manual_seed(8)
A = torch.randn(5, 5) + 5 * torch.eye(5)
B = torch.randn(5, 2)
X, LU = torch.gesv(B, A)
print('residual ok', (A.mm(X) - B).abs().max().item() < 1e-4)
print(X)
x2, _ = B.gesv(A)
print(torch.equal(X, x2))

batch = torch.randn(3, 4, 4) + 4 * torch.eye(4)
rhs = torch.randn(3, 4)
A_LU, pivots = torch.btrifact(batch)
sol = torch.btrisolve(rhs, A_LU, pivots)
print(sol)
A_LU2, pivots2, info = batch.btrifact_with_info()
if info.nonzero().size(0) == 0:
    print('LU succeeded for all samples')
P, L, U = torch.btriunpack(A_LU, pivots)
print((torch.bmm(P, torch.bmm(L, U)) - batch).abs().max().item() < 1e-4)

# over-determined least squares
M = torch.randn(8, 3)
t = torch.randn(8, 2)
sol, _ = torch.gels(t, M)
print(sol[:M.size(1)])
q, r = torch.qr(M)
print((q.mm(r) - M).abs().max().item() < 1e-5, r.diag().abs())

sym = A.mm(A.t())
e, v = torch.symeig(sym, eigenvectors=True)
print(e)
print((v.mm(torch.diag(e)).mm(v.t()) - sym).abs().max().item() < 1e-3)
vals = torch.symeig(sym)[0]
print(vals.sum().item())
ev, _ = torch.eig(torch.Tensor([[2, 0], [1, 3]]))
print(ev[:, 0].sort()[0], ev[:, 1])
u, s, v = torch.svd(M)
print(s, (u.mm(s.diag()).mm(v.t()) - M).abs().max().item() < 1e-5)
print('rank', torch.matrix_rank(M))
