import torch
from torch.optim import lr_scheduler

torch.manual_seed(9)


def make():
    w = torch.nn.Parameter(torch.Tensor([2.0, -3.0]))
    return w, torch.optim.SGD([w], lr=1.0)


w, opt = make()
scheduler = lr_scheduler.StepLR(opt, step_size=2, gamma=0.1)
for epoch in range(6):
    scheduler.step()
    opt.zero_grad()
    (w ** 2).sum().mul(0.1).backward()
    opt.step()
    print(epoch, '%.5f' % opt.param_groups[0]['lr'], w.data.tolist())

w, opt = make()
scheduler = lr_scheduler.MultiStepLR(opt, milestones=[2, 4], gamma=0.5)
for epoch in range(5):
    opt.zero_grad()
    (w ** 2).sum().mul(0.1).backward()
    opt.step()
    scheduler.step()
    print(epoch, scheduler.get_lr(), '%.5f' % w.data.norm().item())

w, opt = make()
plateau = lr_scheduler.ReduceLROnPlateau(opt, 'min', patience=0, factor=0.5, verbose=False)
for epoch in range(5):
    opt.zero_grad()
    loss = (w ** 2).sum() + epoch
    loss.backward()
    opt.step()
    plateau.step(loss.item(), epoch)
    print(epoch, opt.param_groups[0]['lr'])


def adjust_learning_rate(optimizer, epoch):
    """Sets the learning rate to the initial LR decayed by 10 every 2 epochs"""
    lr = 0.1 * (0.1 ** (epoch // 2))
    for param_group in optimizer.param_groups:
        param_group['lr'] = lr
    return lr


print([round(adjust_learning_rate(opt, e), 6) for e in range(5)])
lam = lr_scheduler.LambdaLR(opt, lr_lambda=lambda e: 0.95 ** e)
lam.step(3)
print('%.6f' % opt.param_groups[0]['lr'])
