import math
import torch
from torch.distributions import Normal, MultivariateNormal, Categorical, Bernoulli, kl_divergence
from torch.nn import functional as F

torch.manual_seed(70)
p = Normal(torch.Tensor([0.0, 1.0]), torch.Tensor([1.0, 2.0]))
q = Normal(torch.zeros(2), torch.ones(2))
print(kl_divergence(p, q), p.entropy(), p.log_prob(torch.Tensor([0.5, 0.5])))
z = p.rsample()
print(z)

cov = torch.Tensor([[2.0, 0.3], [0.3, 0.5]])
mvn = MultivariateNormal(torch.zeros(2), covariance_matrix=cov)
print(mvn.log_prob(torch.Tensor([0.2, -0.1])), mvn.entropy())
L = torch.potrf(cov, upper=False)
print(L, 2 * L.diag().log().sum(), torch.logdet(cov))

logits = torch.randn(4, 5)
c = Categorical(logits=logits)
print(c.log_prob(torch.LongTensor([0, 1, 2, 3])), c.entropy().mean())
b = Bernoulli(torch.Tensor([0.2, 0.9]))
print(b.log_prob(torch.ones(2)), b.mean, b.variance)

# KL between softmax outputs the old way
student, teacher = torch.randn(6, 4), torch.randn(6, 4)
T = 2.0
kd = F.kl_div(F.log_softmax(student / T), F.softmax(teacher / T), size_average=False) / student.size(0)
print('kd', kd.item())
print(F.kl_div(F.log_softmax(student, dim=1), F.softmax(teacher, dim=1)).item())
print(F.mse_loss(student, teacher, size_average=False).item(),
      F.smooth_l1_loss(student, teacher, reduce=False).mean().item(),
      F.binary_cross_entropy_with_logits(student, (teacher > 0).float(), size_average=True).item())
