import torch
import torch.nn as nn
import torch.nn.functional as F


class Attn(nn.Module):
    def __init__(self, method, hidden_size):
        super(Attn, self).__init__()
        self.method = method
        self.hidden_size = hidden_size
        if self.method == 'general':
            self.attn = nn.Linear(self.hidden_size, hidden_size)
        elif self.method == 'concat':
            self.attn = nn.Linear(self.hidden_size * 2, hidden_size)
            self.v = nn.Parameter(torch.FloatTensor(hidden_size).fill_(0.3))

    def dot_score(self, hidden, encoder_output):
        return torch.sum(hidden * encoder_output, dim=2)

    def general_score(self, hidden, encoder_output):
        return torch.sum(hidden * self.attn(encoder_output), dim=2)

    def concat_score(self, hidden, encoder_output):
        energy = self.attn(torch.cat((hidden.expand(encoder_output.size(0), -1, -1), encoder_output), 2)).tanh()
        return torch.sum(self.v * energy, dim=2)

    def forward(self, hidden, encoder_outputs, mask=None):
        score = {'general': self.general_score, 'concat': self.concat_score,
                 'dot': self.dot_score}[self.method]
        attn_energies = score(hidden, encoder_outputs).t()
        if mask is not None:
            attn_energies = attn_energies.masked_fill(1 - mask, -1e10)
        return F.softmax(attn_energies, dim=1).unsqueeze(1)


class LuongAttnDecoderRNN(nn.Module):
    def __init__(self, attn_model, hidden_size, output_size):
        super(LuongAttnDecoderRNN, self).__init__()
        self.embedding = nn.Embedding(output_size, hidden_size)
        self.gru = nn.GRU(hidden_size, hidden_size, 1)
        self.concat = nn.Linear(hidden_size * 2, hidden_size)
        self.out = nn.Linear(hidden_size, output_size)
        self.attn = Attn(attn_model, hidden_size)

    def forward(self, input_step, last_hidden, encoder_outputs, mask):
        embedded = self.embedding(input_step)
        rnn_output, hidden = self.gru(embedded, last_hidden)
        attn_weights = self.attn(rnn_output, encoder_outputs, mask)
        context = attn_weights.bmm(encoder_outputs.transpose(0, 1))
        concat_input = torch.cat((rnn_output.squeeze(0), context.squeeze(1)), 1)
        output = F.softmax(self.out(F.tanh(self.concat(concat_input))))
        return output, hidden


def maskNLLLoss(inp, target, mask):
    nTotal = mask.sum()
    crossEntropy = -torch.log(torch.gather(inp, 1, target.view(-1, 1)).squeeze(1))
    loss = crossEntropy.masked_select(mask).mean()
    return loss, nTotal.item()


torch.manual_seed(1)
results = {}
enc = torch.linspace(-1, 1, 4 * 3 * 6).view(4, 3, 6)
lengths = torch.tensor([4, 3, 2])
src_mask = (torch.arange(4).unsqueeze(0) < lengths.unsqueeze(1))
for m in ('dot', 'general', 'concat'):
    dec = LuongAttnDecoderRNN(m, 6, 5)
    out, h = dec(torch.LongTensor([[1, 2, 3]]), torch.zeros(1, 3, 6), enc, src_mask)
    mask = torch.ByteTensor([1, 1, 0])
    loss, n = maskNLLLoss(out, torch.LongTensor([0, 4, 2]), mask)
    results[m] = (round(loss.item(), 4), n)
print(results)
