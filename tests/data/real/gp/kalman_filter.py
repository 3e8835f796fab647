"""Linear Kalman filter written with gesv and inverse."""
import numpy as np
import torch


class KalmanFilter:
    def __init__(self, F, H, Q, R, x0, P0):
        self.F, self.H, self.Q, self.R = F, H, Q, R
        self.x, self.P = x0, P0

    def predict(self):
        self.x = self.F.mm(self.x)
        self.P = self.F.mm(self.P).mm(self.F.t()) + self.Q

    def update(self, z):
        innovation = z - self.H.mm(self.x)
        S = self.H.mm(self.P).mm(self.H.t()) + self.R
        K_t, _ = torch.gesv(self.H.mm(self.P.t()), S.t())
        K = K_t.t()
        self.x = self.x + K.mm(innovation)
        self.P = self.P - K.mm(self.H).mm(self.P)
        return innovation


dt = 0.1
F = torch.Tensor([[1, dt], [0, 1]])
H = torch.Tensor([[1, 0], [0, 1]])
kf = KalmanFilter(F, H, 0.01 * torch.eye(2), torch.Tensor([[.1, .02], [.02, .3]]),
                  torch.zeros(2, 1), torch.eye(2))
rng = np.random.RandomState(3)
track = []
for i in range(20):
    kf.predict()
    z = torch.from_numpy(np.array([[i * dt], [1.0]]) + 0.1 * rng.randn(2, 1)).float()
    kf.update(z)
    track.append(kf.x.t().clone())
track = torch.cat(track)
cov = kf.P
print(track[-1], cov)
