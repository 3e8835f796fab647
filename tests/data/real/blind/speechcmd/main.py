from __future__ import print_function
import torch
from torch.autograd import Variable
from torch.utils.data import DataLoader
from torch.utils.data.sampler import SubsetRandomSampler

from dataset import Tones, pad_batch, LABELS, RATE
from features import cepstra, autocorrelation_pitch
from net import CommandNet


def n_frames(lengths, size=64, hop=32):
    return (lengths - size) / hop + 1


def confusion(pred, truth, k):
    m = torch.zeros(k, k).long()
    for p, t in zip(pred, truth):
        m[t, p] += 1
    return m


def main():
    torch.manual_seed(123)
    train = DataLoader(Tones(48, 0), batch_size=12, collate_fn=pad_batch, num_workers=0)
    test = DataLoader(Tones(16, 1), batch_size=16, collate_fn=pad_batch)
    net = CommandNet(8, 16, len(LABELS))
    criterion = torch.nn.CrossEntropyLoss(size_average=True)
    optimizer = torch.optim.Adam(net.parameters(), lr=0.01, amsgrad=True)
    for epoch in range(6):
        for wav, lengths, labels in train:
            frames = n_frames(lengths)
            out, _ = net(Variable(cepstra(wav)), frames)
            loss = criterion(out, Variable(labels))
            optimizer.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm(net.parameters(), 2)
            optimizer.step()
        print('epoch', epoch, 'loss %.4f' % loss.item())
    net.eval()
    wav, lengths, labels = next(iter(test))
    frames = n_frames(lengths)
    out, w = net(Variable(cepstra(wav), volatile=True), frames)
    pred = out.data.max(1)[1]
    m = confusion(pred, labels, len(LABELS))
    errors = (pred != labels)
    tonal = labels < 3
    print('errors', errors.sum().item(), 'of which tonal', (errors * tonal).sum().item())
    print('confusion', m.tolist())
    pitch = autocorrelation_pitch(wav[:, :400], RATE)
    print('pitch', pitch[tonal].tolist()[:6])
    print('frames', frames.tolist()[:5], 'weights of padding %.3f' % w.data[0, int(frames[0]):].sum().item())
    return m, pitch, loss


if __name__ == '__main__':
    matrix, pitches, last_loss = main()
