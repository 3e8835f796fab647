import torch


class Kernel(object):
    def __add__(self, other):
        return Sum(self, other)

    def params(self):
        return []


class Sum(Kernel):
    def __init__(self, a, b):
        self.a, self.b = a, b

    def params(self):
        return self.a.params() + self.b.params()

    def __call__(self, x, z=None):
        return self.a(x, z) + self.b(x, z)


class RBF(Kernel):
    def __init__(self):
        self.log_scale = torch.zeros(1, requires_grad=True)

    def params(self):
        return [self.log_scale]

    def __call__(self, x, z=None):
        z = x if z is None else z
        r = torch.norm(x[:, None] - z[None], 2, 2)
        return torch.exp(-0.5 * r ** 2 / self.log_scale.exp())


class White(Kernel):
    def __init__(self, noise):
        self.noise = noise

    def __call__(self, x, z=None):
        if z is None:
            return self.noise * torch.eye(x.size(0))
        return torch.zeros(x.size(0), z.size(0))
