"""
Comparing optimisers of second order on small problems: L-BFGS, Newton with the full Hessian,
truncated Newton with Hessian-vector products, and Levenberg-Marquardt.
"""
import numpy as np
import torch
from torch import autograd, optim
from torch.autograd import Variable
import torch.nn.functional as F

torch.set_default_tensor_type(torch.DoubleTensor)
torch.manual_seed(1)


def rosenbrock(x):
    return (100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2).sum()


def eval_hessian(loss, params):
    grads = autograd.grad(loss, params, create_graph=True)
    g = torch.cat([gr.contiguous().view(-1) for gr in grads])
    n = g.size(0)
    hess = torch.zeros(n, n)
    for idx in range(n):
        g2 = autograd.grad(g[idx], params, create_graph=True)
        hess[idx] = torch.cat([x.contiguous().view(-1) for x in g2]).data
    return g.data, hess


def hvp(loss_fn, x, v):
    g, = autograd.grad(loss_fn(x), x, create_graph=True)
    return autograd.grad((g * Variable(v)).sum(), x)[0].data


def conjugate_gradients(Av, b, nsteps=10, residual_tol=1e-10):
    x = torch.zeros(b.size())
    r, p = b.clone(), b.clone()
    rdotr = torch.dot(r, r)
    for i in range(nsteps):
        _Avp = Av(p)
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


def run_lbfgs(x0, **kw):
    x = Variable(x0.clone(), requires_grad=True)
    opt = optim.LBFGS([x], **kw)
    calls = [0]

    def closure():
        opt.zero_grad()
        loss = rosenbrock(x)
        loss.backward()
        calls[0] += 1
        return loss
    for _ in range(6):
        loss = opt.step(closure)
    return x.data, calls[0], opt.state[opt._params[0]]['n_iter']


def run_newton(x0, iters=15):
    x = Variable(x0.clone(), requires_grad=True)
    lam, history = 1e-3, []
    for it in range(iters):
        loss = rosenbrock(x)
        g, H = eval_hessian(loss, [x])
        e, _ = torch.symeig(H)
        if e[0] < 0:
            H = H + (lam - e[0]) * torch.eye(H.size(0))
        step, LU = torch.gesv(-g.unsqueeze(1), H)
        t = 1.0
        while rosenbrock(x.data + t * step.squeeze()) > loss.data and t > 1e-6:
            t /= 2
        x.data.add_(t, step.squeeze())
        history.append((loss.data.item(), g.norm().item(), e[0].item()))
        if history[-1][1] < 1e-8:
            break
    return x.data, history


def trpo_like_step(x0, iters=25):
    x = Variable(x0.clone(), requires_grad=True)
    for it in range(iters):
        loss = rosenbrock(x)
        g = autograd.grad(loss, x)[0].data
        d = conjugate_gradients(lambda v: hvp(rosenbrock, x, v) + 0.5 * v, -g)
        if torch.dot(d, g) > 0:
            d = -g
        t = 1.
        while rosenbrock(x.data.add(t, d)) > loss.data + 1e-4 * t * torch.dot(g, d) and t > 1e-8:
            t *= .5
        x.data.add_(t, d)
    return x.data, rosenbrock(x).data


def levenberg_marquardt(x, y, p0, iters=30):
    """y = a * exp(-b x) + c"""
    p = Variable(p0.clone(), requires_grad=True)
    lam = 1e-2

    def residual(p):
        return p[0] * torch.exp(-p[1] * x) + p[2] - y
    for it in range(iters):
        r = residual(p)
        J = torch.stack([autograd.grad(r[i], p, retain_graph=True)[0] for i in range(r.size(0))]).data
        JTJ = torch.mm(J.t(), J)
        A = JTJ + lam * torch.diag(torch.diag(JTJ))
        u = torch.potrf(A)
        delta = torch.potrs(torch.mv(J.t(), r.data), u).squeeze()
        new = p.data - delta
        if residual(new).pow(2).sum() < r.data.pow(2).sum():
            p.data.copy_(new)
            lam /= 3
        else:
            lam *= 4
    cov = torch.inverse(JTJ) * (r.data.pow(2).sum() / (len(x) - 3))
    return p.data, torch.diag(cov).sqrt(), lam


def irls_logistic(n=200, d=4):
    X = torch.cat([torch.randn(n, d - 1), torch.ones(n, 1)], 1)
    w_true = torch.linspace(-1.5, 1.5, d)
    y = torch.bernoulli(F.sigmoid(X.mv(w_true)))
    w = Variable(torch.zeros(d), requires_grad=True)
    for it in range(7):
        loss = F.binary_cross_entropy_with_logits(X.mv(w), y, size_average=False) + 0.05 * w.dot(w)
        g, H = eval_hessian(loss, w)
        p = F.sigmoid(X.mv(w.data))
        H_exact = X.t().mm(X * (p * (1 - p)).unsqueeze(1)) + 0.1 * torch.eye(d)
        print('  it {} loss {:.6f} |g| {:.2e} hessian ok {}'.format(it, loss.data.item(), max(g.norm(), 1e-9), torch.max(torch.abs(H - H_exact)) < 1e-8))
        w.data -= torch.gesv(g.view(-1, 1), H)[0].view(-1)
    return w.data, w_true


def least_squares():
    A = torch.cat([torch.linspace(0, 1, 20).view(-1, 1) ** k for k in range(4)], 1)
    b = torch.sin(3 * A[:, 1:2])
    X, _ = torch.gels(b, A)
    q, r = torch.qr(A)
    X2, _ = torch.trtrs(q.t().mm(b), r)
    print('polynomial %s  qr agrees %s  residual %.6f' % (X[:4].squeeze().numpy().round(4), bool((X[:4] - X2).abs().max() < 1e-8), (A.mm(X2) - b).norm()))
    companion = torch.diag(torch.ones(2), -1)
    companion[0] = torch.Tensor([6, -11, 6])
    ev = torch.eig(companion)[0]
    print('roots', torch.sort(ev[:, 0])[0].numpy().round(6), 'imaginary', np.abs(ev[:, 1].numpy()).max().round(6))


if __name__ == '__main__':
    x0 = torch.Tensor([-1.2, 1, -0.5, 0.8])
    x, calls, n_iter = run_lbfgs(x0, lr=0.5, max_iter=25, history_size=10)
    print('lbfgs   f %.3e x %s closure calls %d iterations %d' % (max(rosenbrock(x), 1e-9), x.numpy().round(4), calls, n_iter))
    x, hist = run_newton(x0)
    for i, (f, gn, e) in enumerate(hist[:6]):
        print('newton  %2d f %.5f |g| %.4f smallest eigenvalue %.4f' % (i, f, gn, e))
    print('newton  x', x.numpy().round(4), 'after', len(hist))
    x, f = trpo_like_step(x0)
    print('cg      x', x.numpy().round(3), 'f %.5f' % f)
    t = torch.linspace(0, 4, steps=25)
    y = 2.5 * torch.exp(-1.3 * t) + 0.5 + 0.02 * torch.from_numpy(np.random.RandomState(3).randn(25))
    p, se, lam = levenberg_marquardt(t, y, torch.ones(3))
    print('LM      p', p.numpy().round(4), 'se', se.numpy().round(4))
    print('logistic regression')
    w, w_true = irls_logistic()
    print('  w', np.round(w.numpy(), 3), 'true', w_true.numpy())
    least_squares()
    inp = Variable(torch.randn(4), requires_grad=True)
    print('gradcheck', autograd.gradcheck(rosenbrock, (inp,)), 'gradgradcheck', autograd.gradgradcheck(rosenbrock, (inp,)))
