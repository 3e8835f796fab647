import torch
x = torch.zeros(4, 2)
x[0, 0] = 1
y = torch.fft(x, 1)
print(y)
