"""How torch 1.0 stepped, scheduled and cleared gradients.

Part of the worker (torchlift_restore.py); patches the target's torch. `note` tells that something
came to need it.
"""
import math
import sys
import weakref

counts_in_numbers = False  # whether Adam's state["step"] is a Python number


def loss_of(torch, closure):
    if closure is None:
        return None
    with torch.enable_grad():
        return closure()


# --- adam-epsilon-after-correction ----------------------------------------------------------------


def restore_adam(torch, note):
    """Up to 1.2 epsilon was added before the correction of the second moment's bias."""
    usual = torch.optim.Adam.step

    def step(self, closure=None):
        if any(group.get("decoupled_weight_decay") or group.get("maximize")
               for group in self.param_groups):
            return usual(self, closure)
        note()
        loss = loss_of(torch, closure)
        with torch.no_grad():
            for group in self.param_groups:
                for parameter in group["params"]:
                    if parameter.grad is not None:
                        adam_update(torch, group, parameter, self.state[parameter])
        return loss

    step.hooked = True  # not wrapped once more by each optimizer that is made
    torch.optim.Adam.step = step


def adam_update(torch, group, parameter, state):
    if not state:
        state["step"] = 0 if counts_in_numbers else torch.zeros(())
        for name in ("exp_avg", "exp_avg_sq") + ("max_exp_avg_sq",) * bool(group["amsgrad"]):
            state[name] = torch.zeros_like(parameter)
    state["step"] += 1
    count = float(state["step"])
    beta1, beta2 = group["betas"]
    gradient = parameter.grad
    if group["weight_decay"] != 0:
        gradient = gradient.add(parameter, alpha=group["weight_decay"])
    mean, square = state["exp_avg"], state["exp_avg_sq"]
    mean.mul_(beta1).add_(gradient, alpha=1 - beta1)
    square.mul_(beta2).addcmul_(gradient, gradient, value=1 - beta2)
    if group["amsgrad"]:
        square = torch.maximum(state["max_exp_avg_sq"], square, out=state["max_exp_avg_sq"])
    size = float(group["lr"]) * math.sqrt(1 - beta2 ** count) / (1 - beta1 ** count)
    parameter.addcdiv_(mean, square.sqrt().add_(group["eps"]), value=-size)


# --- optimizers-keep-gradients ----------------------------------------------------------------------


def restore_decayed_gradients(torch, note):
    """SGD and Adam added the weight decay to the gradients themselves."""
    for optimizer in (torch.optim.SGD, torch.optim.Adam):
        optimizer.step = decaying(torch, optimizer.step, note)


def decaying(torch, usual, note):
    def step(self, closure=None):
        loss = loss_of(torch, closure)
        decays = []
        for group in self.param_groups:
            decay = group["weight_decay"]
            if decay == 0 or group.get("decoupled_weight_decay") or group.get("maximize"):
                continue
            note()
            with torch.no_grad():
                for parameter in group["params"]:
                    if parameter.grad is not None and not parameter.grad.is_sparse:
                        parameter.grad.add_(parameter, alpha=decay)
            decays.append((group, decay))
            group["weight_decay"] = 0
        try:
            usual(self)
        finally:
            for group, decay in decays:
                group["weight_decay"] = decay
        return loss

    step.hooked = True  # not wrapped once more by each optimizer that is made
    return step


# --- optimizer-state-step-tensor --------------------------------------------------------------------


def restore_step_numbers(torch, note):
    """Adam counted its steps in a Python number, in what was loaded, too."""
    global counts_in_numbers
    counts_in_numbers = True
    usual = torch.optim.Adam.load_state_dict

    def load(self, state_dict):
        usual(self, state_dict)
        for state in self.state.values():
            if isinstance(state.get("step"), torch.Tensor):
                state["step"] = int(state["step"])

    def told(self):
        if any("step" in state for state in self.state.values()):
            note()
        return usual_state(self)

    usual_state = torch.optim.Adam.state_dict
    torch.optim.Adam.load_state_dict, torch.optim.Adam.state_dict = load, told


# --- scheduler-step-order -------------------------------------------------------------------------


def restore_scheduler(torch, note):
    """In 1.0 a new scheduler stood before epoch 0, and its first step() led there. One whose
    optimizer steps first is as it is now: migrated code has that order."""
    base = torch.optim.lr_scheduler.LRScheduler
    usual, usual_step = base.__init__, base.step
    fresh = weakref.WeakSet()

    def initialise(self, optimizer, last_epoch=-1, *arguments, **options):
        usual(self, optimizer, last_epoch, *arguments, **options)
        self.last_epoch = last_epoch
        optimizer._opt_called = False  # set by its steps: each scheduler sees to that
        fresh.add(self)

    def step(self, *arguments, **options):
        if self in fresh:
            fresh.remove(self)
            if self.optimizer._opt_called:
                self.last_epoch += 1
            else:
                note()
        return usual_step(self, *arguments, **options)

    base.__init__, base.step = initialise, step


def restore_every_scheduler(torch, note):
    """The same, whoever steps first."""
    base = torch.optim.lr_scheduler.LRScheduler
    usual = base.__init__

    def initialise(self, optimizer, last_epoch=-1, *arguments, **options):
        usual(self, optimizer, last_epoch, *arguments, **options)
        note()
        self.last_epoch = last_epoch

    base.__init__ = initialise


# --- scheduler-chainable ----------------------------------------------------------------------------


def restore_closed_forms(torch, note):
    """Each rate came from base_lrs, whatever else had set the optimizer's meanwhile."""
    for name in ("StepLR", "MultiStepLR", "ExponentialLR", "CosineAnnealingLR"):
        scheduler = getattr(torch.optim.lr_scheduler, name)
        scheduler.get_lr = closed_form(scheduler, note)


def closed_form(scheduler, note):
    usual = scheduler.get_lr

    def get_lr(self):
        rates = self._get_closed_form_lr()
        if rates != usual(self):
            note()
        return rates

    return get_lr


# --- scheduler-verbose-removed --------------------------------------------------------------------


def restore_plateau_messages(torch, note):
    """ReduceLROnPlateau said so when it reduced a rate, where it was asked to. That is not in the new
    code: each is taken for one that was."""
    plateau = torch.optim.lr_scheduler.ReduceLROnPlateau
    usual, usual_step = plateau._reduce_lr, plateau.step
    earlier = 0  # its own count began at zero

    def step(self, metrics, epoch=None):
        nonlocal earlier
        earlier = 1 if epoch is None else 0
        usual_step(self, metrics, epoch)

    def reduce(self, epoch):
        before = [group["lr"] for group in self.optimizer.param_groups]
        usual(self, epoch)
        for place, group in enumerate(self.optimizer.param_groups):
            if group["lr"] != before[place]:
                note()
                print("Epoch {:5d}: reducing learning rate of group {} to {:.4e}.".format(
                    epoch - earlier, place, group["lr"]))

    plateau._reduce_lr, plateau.step = reduce, step


# --- zero-grad-sets-none ----------------------------------------------------------------------------


def restore_zero_grad(torch, note):
    """zero_grad filled gradients with zeros: who held one saw it, and what no backward() filled
    again was still stepped, by momentum and weight decay."""
    optimizer, module = torch.optim.Optimizer, torch.nn.Module
    optimizer.zero_grad = filling(optimizer.zero_grad, note, lambda self: (
        parameter for group in self.param_groups for parameter in group["params"]))
    module.zero_grad = filling(module.zero_grad, note, lambda self: self.parameters())


def filling(usual, note, parameters_of):
    def zero_grad(self, *arguments, **options):
        if arguments or options:
            return usual(self, *arguments, **options)
        for parameter in parameters_of(self):
            gradient = parameter.grad
            if gradient is None:
                continue
            is_held = sys.getrefcount(gradient) > 2 or is_shared(gradient)
            if is_held or is_zero(gradient):
                note()
            if gradient.grad_fn is not None:
                gradient.detach_()
            else:
                gradient.requires_grad_(False)
            gradient.zero_()
    return zero_grad


def is_shared(gradient):
    torch = sys.modules["torch"]
    if gradient.layout != torch.strided:
        return False
    storage = gradient.untyped_storage()
    return torch._C._storage_Use_Count(storage._cdata) > 2  # the gradient's own and this one


def is_zero(gradient):
    values = gradient._values() if gradient.is_sparse else gradient
    return not bool(values.any())


# --- clip-grad-norm-inplace ------------------------------------------------------------------------


def restore_clipping(torch, note):
    """The norm that clipping returns was a float."""
    utils = torch.nn.utils
    usual = utils.clip_grad_norm_

    def clip_grad_norm_(*arguments, **options):
        note()
        return float(usual(*arguments, **options))

    utils.clip_grad_norm_ = utils.clip_grad.clip_grad_norm_ = clip_grad_norm_
