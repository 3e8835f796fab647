import torch
import torch.nn.functional as F
from torch.autograd import Variable

torch.manual_seed(77)
VOCAB, BEAM, EOS = 9, 3, 0
emission = torch.randn(VOCAB, VOCAB)


class Beam(object):
    def __init__(self, size):
        self.size = size
        self.tt = torch
        self.scores = self.tt.FloatTensor(size).zero_()
        self.prevKs = []
        self.nextYs = [self.tt.LongTensor(size).fill_(1)]
        self.nextYs[0][0] = 2
        self.done = False

    def advance(self, wordLk):
        numWords = wordLk.size(1)
        if len(self.prevKs) > 0:
            beamLk = wordLk + self.scores.unsqueeze(1).expand_as(wordLk)
        else:
            beamLk = wordLk[0]
        flatBeamLk = beamLk.view(-1)
        bestScores, bestScoresId = flatBeamLk.topk(self.size, 0, True, True)
        self.scores = bestScores
        # bestScoresId is flattened beam x word array
        prevK = bestScoresId / numWords
        self.prevKs.append(prevK)
        self.nextYs.append(bestScoresId - prevK * numWords)
        if self.nextYs[-1][0] == EOS:
            self.done = True
        return self.done

    def getHyp(self, k):
        hyp = []
        for j in range(len(self.prevKs) - 1, -1, -1):
            hyp.append(self.nextYs[j + 1][k].item())
            k = self.prevKs[j][k]
        return hyp[::-1]


beam = Beam(BEAM)
for t in range(6):
    last = beam.nextYs[-1]
    lk = F.log_softmax(Variable(emission.index_select(0, last)), dim=1).data
    if beam.advance(lk):
        break
for k in range(BEAM):
    print(k, beam.getHyp(k), '%.4f' % beam.scores[k].item())
