import torch
from torch.autograd import Variable, grad


def hessian_vector_product(f, params, v):
    df = grad(f, params, create_graph=True)
    flat = torch.cat([g.contiguous().view(-1) for g in df])
    prod = (flat * Variable(v)).sum()
    hv = grad(prod, params, retain_graph=True)
    return torch.cat([h.contiguous().view(-1) for h in hv])


def conjugate_gradient(Avp, b, nsteps, residual_tol=1e-10):
    x = torch.zeros(b.size())
    r = b.clone()
    p = b.clone()
    rdotr = torch.dot(r, r)
    for i in range(nsteps):
        _Avp = Avp(p)
        alpha = rdotr / torch.dot(p, _Avp)
        x += alpha * p
        r -= alpha * _Avp
        new_rdotr = torch.dot(r, r)
        betta = new_rdotr / rdotr
        p = r + betta * p
        rdotr = new_rdotr
        if rdotr < residual_tol:
            break
    return x


w = Variable(torch.Tensor([0.5, -0.3, 0.8]), requires_grad=True)
X = Variable(torch.linspace(-1, 1, 12).view(4, 3))
loss = ((X.mv(w) ** 2).mean() + 0.1 * w.pow(2).sum())
b = torch.Tensor([1, 2, 3])
sol = conjugate_gradient(lambda p: hessian_vector_product(loss, [w], p).data, b, 10)
print(sol)
check = hessian_vector_product(loss, [w], sol).data
err = (check - b).abs().max()
print(err < 1e-3)
