import torch
from torch.utils.data import DataLoader

from data import Reviews, Vocabulary, pad_collate
from model import TextCNN
from train import run_epoch

torch.manual_seed(83)
vocab = Vocabulary()
loader = DataLoader(Reviews(vocab), batch_size=2, shuffle=False, collate_fn=pad_collate)
model = TextCNN(len(vocab), 5, 2)
torch.manual_seed(84)
model.init_weights()
optimizer = torch.optim.Adadelta(model.parameters(), lr=1.0)
for epoch in range(4):
    loss, accuracy = run_epoch(model, loader, optimizer)
    print('epoch %d loss %.4f accuracy %d%%' % (epoch, loss, accuracy))
loss, accuracy = run_epoch(model, loader)
print('final %.4f' % loss, accuracy)
