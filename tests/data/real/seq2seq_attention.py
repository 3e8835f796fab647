import torch
import torch.nn as nn
import torch.nn.functional as F
from torch import optim
from torch.autograd import Variable

torch.manual_seed(29)
SOS_token, EOS_token, MAX_LENGTH = 0, 1, 6
use_cuda = torch.cuda.is_available() and False


class EncoderRNN(nn.Module):
    def __init__(self, input_size, hidden_size):
        super(EncoderRNN, self).__init__()
        self.hidden_size = hidden_size
        self.embedding = nn.Embedding(input_size, hidden_size)
        self.gru = nn.GRU(hidden_size, hidden_size)

    def forward(self, input, hidden):
        embedded = self.embedding(input).view(1, 1, -1)
        return self.gru(embedded, hidden)

    def initHidden(self):
        result = Variable(torch.zeros(1, 1, self.hidden_size))
        return result.cuda() if use_cuda else result


class AttnDecoderRNN(nn.Module):
    def __init__(self, hidden_size, output_size, max_length=MAX_LENGTH):
        super(AttnDecoderRNN, self).__init__()
        self.embedding = nn.Embedding(output_size, hidden_size)
        self.attn = nn.Linear(hidden_size * 2, max_length)
        self.attn_combine = nn.Linear(hidden_size * 2, hidden_size)
        self.gru = nn.GRU(hidden_size, hidden_size)
        self.out = nn.Linear(hidden_size, output_size)

    def forward(self, input, hidden, encoder_outputs):
        embedded = self.embedding(input).view(1, 1, -1)
        attn_weights = F.softmax(self.attn(torch.cat((embedded[0], hidden[0]), 1)))
        attn_applied = torch.bmm(attn_weights.unsqueeze(0), encoder_outputs.unsqueeze(0))
        output = torch.cat((embedded[0], attn_applied[0]), 1)
        output = F.relu(self.attn_combine(output).unsqueeze(0))
        output, hidden = self.gru(output, hidden)
        return F.log_softmax(self.out(output[0])), hidden, attn_weights


encoder, decoder = EncoderRNN(8, 7), AttnDecoderRNN(7, 8)
for net in (encoder, decoder):
    for p in net.parameters():
        p.data.uniform_(-0.3, 0.3)
enc_opt = optim.SGD(encoder.parameters(), lr=0.1)
dec_opt = optim.SGD(decoder.parameters(), lr=0.1)
criterion = nn.NLLLoss()
source = Variable(torch.LongTensor([3, 5, 4, 1]).view(-1, 1))
target = Variable(torch.LongTensor([6, 2, 7, 1]).view(-1, 1))
for it in range(4):
    enc_opt.zero_grad()
    dec_opt.zero_grad()
    hidden = encoder.initHidden()
    encoder_outputs = Variable(torch.zeros(MAX_LENGTH, encoder.hidden_size))
    loss = 0
    for ei in range(source.size(0)):
        out, hidden = encoder(source[ei], hidden)
        encoder_outputs[ei] = out[0][0]
    decoder_input = Variable(torch.LongTensor([[SOS_token]]))
    for di in range(target.size(0)):
        decoder_output, hidden, attention = decoder(decoder_input, hidden, encoder_outputs)
        topv, topi = decoder_output.data.topk(1)
        ni = topi[0][0]
        loss += criterion(decoder_output, target[di])
        decoder_input = Variable(torch.LongTensor([[ni]]))
        if ni == EOS_token:
            break
    loss.backward()
    enc_opt.step()
    dec_opt.step()
    print('%d %.4f' % (it, loss.item() / target.size(0)), attention.data[0][:3])
