import copy
import torch
from torch import nn
from torch.autograd import Variable
from torch.utils.data import DataLoader
from sampling import DatasetSplit


class LocalUpdate(object):
    def __init__(self, args, dataset, idxs):
        self.args = args
        self.loss_func = nn.NLLLoss(size_average=True)
        self.train = DataLoader(DatasetSplit(dataset, idxs), batch_size=args.local_bs, shuffle=False, drop_last=True)

    def update_weights(self, net):
        net.train()
        optimizer = torch.optim.SGD(net.parameters(), lr=self.args.lr, momentum=0.5)
        epoch_loss = []
        for _ in range(self.args.local_ep):
            batch_loss = []
            for images, labels in self.train:
                if torch.cuda.is_available():
                    images, labels = images.cuda(async=True), labels.cuda(async=True)
                images, labels = Variable(images), Variable(labels)
                net.zero_grad()
                loss = self.loss_func(net(images), labels)
                loss.backward()
                optimizer.step()
                batch_loss.append(loss.data.item())
            epoch_loss.append(sum(batch_loss) / len(batch_loss))
        return net.state_dict(), sum(epoch_loss) / len(epoch_loss)


def average_weights(w):
    w_avg = copy.deepcopy(w[0])
    for k in w_avg.keys():
        for i in range(1, len(w)):
            w_avg[k] += w[i][k]
        w_avg[k] = torch.div(w_avg[k], len(w))
    return w_avg


def weight_divergence(a, b):
    num = sum((a[k].float() - b[k].float()).norm().item() for k in a)
    return num / sum(b[k].float().norm().item() for k in b)
