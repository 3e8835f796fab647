# Encoder-decoder with Luong attention + teacher forcing; the task is to reverse the digits.
import random
import torch
import torch.nn as nn
import torch.nn.functional as F
from torch import optim
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

PAD, SOS, EOS = 0, 1, 2
device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
random.seed(7)
torch.manual_seed(7)


class EncoderRNN(nn.Module):
    def __init__(self, vocab, hidden_size):
        super(EncoderRNN, self).__init__()
        self.hidden_size = hidden_size
        self.embedding = nn.Embedding(vocab, hidden_size, padding_idx=PAD)
        self.gru = nn.GRU(hidden_size, hidden_size, bidirectional=True)

    def forward(self, input_seqs, input_lengths, hidden=None):
        embedded = self.embedding(input_seqs)
        packed = pack_padded_sequence(embedded, input_lengths)
        outputs, hidden = self.gru(packed, hidden)
        outputs, _ = pad_packed_sequence(outputs)
        outputs = outputs[:, :, :self.hidden_size] + outputs[:, :, self.hidden_size:]
        return outputs, hidden[0:1] + hidden[1:2]


class Attn(nn.Module):
    def __init__(self, hidden_size):
        super(Attn, self).__init__()
        self.attn = nn.Linear(hidden_size, hidden_size)

    def forward(self, hidden, encoder_outputs, mask):
        energy = self.attn(encoder_outputs)                      # T x B x H
        scores = torch.sum(hidden * energy, dim=2).t()           # B x T
        scores.data.masked_fill_(1 - mask, -1e9)
        return F.softmax(scores).unsqueeze(1)


class LuongAttnDecoderRNN(nn.Module):
    def __init__(self, vocab, hidden_size):
        super(LuongAttnDecoderRNN, self).__init__()
        self.embedding = nn.Embedding(vocab, hidden_size, padding_idx=PAD)
        self.gru = nn.GRU(hidden_size, hidden_size)
        self.concat = nn.Linear(hidden_size * 2, hidden_size)
        self.out = nn.Linear(hidden_size, vocab)
        self.attn = Attn(hidden_size)

    def forward(self, input_seq, last_hidden, encoder_outputs, mask):
        embedded = self.embedding(input_seq).unsqueeze(0)
        rnn_output, hidden = self.gru(embedded, last_hidden)
        attn_weights = self.attn(rnn_output, encoder_outputs, mask)
        context = attn_weights.bmm(encoder_outputs.transpose(0, 1))
        concat_output = F.tanh(self.concat(torch.cat((rnn_output.squeeze(0), context.squeeze(1)), 1)))
        return self.out(concat_output), hidden, attn_weights


def maskNLLLoss(inp, target, mask):
    nTotal = mask.sum()
    crossEntropy = -torch.log(torch.gather(inp, 1, target.view(-1, 1)).squeeze(1) + 1e-12)
    loss = crossEntropy.masked_select(mask).mean()
    return loss, nTotal.item()


def batch(n):
    pairs = []
    for _ in range(n):
        s = [random.randint(3, 9) for _ in range(random.randint(2, 5))]
        pairs.append((s + [EOS], s[::-1] + [EOS]))
    pairs.sort(key=lambda p: len(p[0]), reverse=True)
    lengths = [len(p[0]) for p in pairs]
    T = max(lengths)
    src = torch.LongTensor([p[0] + [PAD] * (T - len(p[0])) for p in pairs]).t()
    trg = torch.LongTensor([p[1] + [PAD] * (T - len(p[1])) for p in pairs]).t()
    return src.to(device), lengths, trg.to(device)


hidden_size = 32
encoder = EncoderRNN(10, hidden_size).to(device)
decoder = LuongAttnDecoderRNN(10, hidden_size).to(device)
enc_opt = optim.Adam(encoder.parameters(), lr=0.01)
dec_opt = optim.Adam(decoder.parameters(), lr=0.01)
teacher_forcing_ratio = 0.8

for it in range(1, 181):
    src, lengths, trg = batch(24)
    enc_opt.zero_grad(); dec_opt.zero_grad()
    encoder_outputs, hidden = encoder(src, lengths)
    src_mask = (src != PAD).t()
    decoder_input = torch.LongTensor([SOS] * src.size(1)).to(device)
    loss, print_losses, n_totals = 0, [], 0
    use_teacher_forcing = True if random.random() < teacher_forcing_ratio else False
    for t in range(trg.size(0)):
        out, hidden, _ = decoder(decoder_input, hidden, encoder_outputs, src_mask)
        if use_teacher_forcing:
            decoder_input = trg[t]
        else:
            _, topi = out.topk(1)
            decoder_input = topi.squeeze(1).detach()
        mask_loss, nTotal = maskNLLLoss(F.softmax(out, dim=1), trg[t], trg[t].ne(PAD))
        loss += mask_loss
        print_losses.append(mask_loss.item() * nTotal)
        n_totals += nTotal
    loss.backward()
    _ = torch.nn.utils.clip_grad_norm_(encoder.parameters(), 5.0)
    _ = torch.nn.utils.clip_grad_norm_(decoder.parameters(), 5.0)
    enc_opt.step(); dec_opt.step()
    if it % 30 == 0:
        print("Iteration: {}; Average loss: {:.3f}".format(it, sum(print_losses) / n_totals))

with torch.no_grad():
    src, lengths, trg = batch(50)
    encoder_outputs, hidden = encoder(src, lengths)
    inp = torch.full((50,), SOS, dtype=torch.long)
    decoded = []
    for t in range(trg.size(0)):
        out, hidden, att = decoder(inp, hidden, encoder_outputs, (src != PAD).t())
        inp = out.max(1)[1]
        decoded.append(inp)
    decoded = torch.stack(decoded)
    mask = trg != PAD
    ok = ((decoded == trg) | (mask == 0)).sum(0) == trg.size(0)
    print("exact match: {}/{}".format(ok.sum().item(), len(ok)))
    print("src", src[:, 0].tolist(), "->", decoded[:, 0].tolist())
