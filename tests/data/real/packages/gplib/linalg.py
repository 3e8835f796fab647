import torch


def chol_solve(L, b):
    """L L^T x = b"""
    if not L.requires_grad:
        return torch.potrs(b.unsqueeze(1), L, upper=False).squeeze(1)
    z, _ = torch.trtrs(b.unsqueeze(1), L, upper=False)
    return torch.trtrs(z, L, upper=False, transpose=True)[0].squeeze(1)


def jitter_chol(K, tries=3):
    jitter = 1e-6
    for i in range(tries):
        try:
            return torch.potrf(K + jitter * torch.eye(K.size(0)), upper=False)
        except RuntimeError:
            jitter *= 10
    raise RuntimeError('not positive definite')


def half_logdet(L):
    return torch.diag(L).log().sum()
