import os
import tempfile
import torch
import torch.distributed as dist
import torch.nn as nn
from torch.multiprocessing import Process


def average_gradients(model):
    size = float(dist.get_world_size())
    for param in model.parameters():
        dist.all_reduce(param.grad.data, op=dist.reduce_op.SUM)
        param.grad.data /= size


def run(rank, size, out):
    torch.manual_seed(1234)
    model = nn.Linear(2, 1)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    x = torch.linspace(0, 1, 4).view(2, 2) + rank
    for _ in range(3):
        optimizer.zero_grad()
        loss = model(x).pow(2).mean()
        loss.backward()
        average_gradients(model)
        optimizer.step()
    t = torch.ones(1) * (rank + 1)
    dist.broadcast(t, 0)
    if rank == 0:
        torch.save({'w': model.weight.data, 't': t}, out)


def init_processes(rank, size, init, fn, out):
    dist.init_process_group('gloo', init_method='file://' + init, rank=rank, world_size=size)
    fn(rank, size, out)


if __name__ == "__main__":
    folder = tempfile.mkdtemp()
    init, out = os.path.join(folder, 'init'), os.path.join(folder, 'out.pt')
    processes = []
    for rank in range(2):
        p = Process(target=init_processes, args=(rank, 2, init, run, out))
        p.start()
        processes.append(p)
    for p in processes:
        p.join()
    result = torch.load(out)
    print(result['w'], result['t'])
