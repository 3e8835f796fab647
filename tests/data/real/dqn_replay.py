import random
from collections import namedtuple
import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.autograd import Variable

FloatTensor = torch.FloatTensor
LongTensor = torch.LongTensor
ByteTensor = torch.ByteTensor
Transition = namedtuple('Transition', ('state', 'action', 'next_state', 'reward'))
random.seed(2)
torch.manual_seed(2)
GAMMA, BATCH = 0.95, 6
net = nn.Linear(3, 2)
net.weight.data.normal_(0, 0.3)
net.bias.data.zero_()
memory = []
state = torch.randn(1, 3)
for i in range(30):
    action = LongTensor([[i % 2]])
    nxt = torch.randn(1, 3) if i % 4 else None
    memory.append(Transition(state, action, nxt, FloatTensor([i % 3 - 1.0])))
    state = nxt if nxt is not None else torch.randn(1, 3)
optimizer = torch.optim.RMSprop(net.parameters(), lr=0.01)
for step in range(5):
    batch = Transition(*zip(*memory[step * BATCH:(step + 1) * BATCH]))
    non_final_mask = ByteTensor(tuple(map(lambda s: s is not None, batch.next_state)))
    non_final_next_states = Variable(torch.cat([s for s in batch.next_state if s is not None]), volatile=True)
    state_batch = Variable(torch.cat(batch.state))
    action_batch = Variable(torch.cat(batch.action))
    reward_batch = Variable(torch.cat(batch.reward))
    state_action_values = net(state_batch).gather(1, action_batch)
    next_state_values = Variable(torch.zeros(BATCH).type(torch.Tensor))
    next_state_values[non_final_mask] = net(non_final_next_states).max(1)[0]
    expected = (next_state_values.detach() * GAMMA) + reward_batch
    loss = F.smooth_l1_loss(state_action_values, expected.view(-1, 1))
    optimizer.zero_grad()
    loss.backward()
    for param in net.parameters():
        param.grad.data.clamp_(-1, 1)
    optimizer.step()
    print(step, '%.5f' % loss.item(), non_final_mask.sum().item())
