import torch


def fit(gp, x, y, steps):
    opt = torch.optim.Adam(gp.kernel.params(), lr=0.1)
    values = []
    for i in range(steps):
        opt.zero_grad()
        nll = gp.nll(x, y)
        nll.backward()
        opt.step()
        values.append(nll.item())
    return values
