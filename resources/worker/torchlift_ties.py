"""Which of equal elements torch 1.0 named: the last for max and argmax, and for sort, topk, kthvalue,
median and mode the one that its quicksort and quickselect (TH) happen to leave in that place.

Part of the worker (torchlift_restore.py); patches the target's torch. `note` tells that something
came to need it.
"""


def restore_argmax(torch, note):
    """Of equal elements of a contiguous tensor 1.0 named the last."""
    def last_of(usual):
        def place(tensor, dim, keepdim):
            if tensor.dtype == torch.bool:  # a mask was a tensor of bytes
                tensor = tensor.byte()
            found = usual(tensor.detach().flip(dim), dim=dim, keepdim=keepdim)
            return tensor.shape[dim] - 1 - found
        return place

    def reducing(usual, last):
        def call(tensor, *arguments, **options):
            result = usual(tensor, *arguments, **options)
            if isinstance(result, torch.Tensor) or "out" in options or is_elsewhere(tensor):
                return result
            dim = arguments[0] if arguments else options["dim"]
            keepdim = bool(arguments[1] if len(arguments) > 1 else options.get("keepdim", False))
            note()
            indices = last(tensor, dim, keepdim)
            values = tensor.gather(dim, indices if keepdim else indices.unsqueeze(dim))
            return type(result)((values if keepdim else values.squeeze(dim), indices))
        return call

    def indexing(usual, last):
        def call(tensor, dim=None, keepdim=False):
            note()
            if dim is None:
                return last(tensor.contiguous().view(-1), 0, keepdim)
            if is_elsewhere(tensor):
                return usual(tensor, dim=dim, keepdim=keepdim)
            return last(tensor, dim, keepdim)
        return call

    def is_elsewhere(tensor):
        return tensor.is_cuda or tensor.dim() == 0 or not tensor.is_contiguous()

    last_max, last_min = last_of(torch.argmax), last_of(torch.argmin)
    for owner in (torch, torch.Tensor):
        owner.max = reducing(owner.max, last_max)
        owner.min = reducing(owner.min, last_min)
        owner.argmax = indexing(owner.argmax, last_max)
        owner.argmin = indexing(owner.argmin, last_min)


def restore_sort(torch, note):
    """Equal elements came in the order that a quicksort with the median of three leaves them."""
    usual_sort = torch.sort

    def sort(tensor, dim=-1, descending=False, **options):
        result = usual_sort(tensor, dim=dim, descending=descending, **options)
        if options or is_large(tensor):
            return result
        values = result[0].detach().transpose(dim, -1)
        if not bool((values[..., 1:] == values[..., :-1]).any()):
            return result
        note()
        rows = tensor.detach().transpose(dim, -1).contiguous()
        order = [quicksort_order(row, descending)
                 for row in rows.view(-1, rows.shape[-1]).tolist()]
        indices = torch.tensor(order).view(rows.shape).transpose(dim, -1).contiguous()
        return type(result)((tensor.gather(dim, indices), indices))

    def argsort(tensor, dim=-1, descending=False, **options):
        return sort(tensor, dim, descending, **options)[1]

    torch.sort = torch.Tensor.sort = sort
    torch.argsort = torch.Tensor.argsort = argsort


SMALL = 10  # files of up to so many elements and one are left to the insertion sort at the end


def quicksort_order(keys, descending):
    """The order in which the quicksort of torch 1.0 (TH) leaves the places of `keys`."""
    sign = -1 if descending else 1
    items = [(sign * key, place) for place, key in enumerate(keys)]
    waiting = [(0, len(items) - 1)] if len(items) - 1 > SMALL else []
    while waiting:
        low, high = waiting.pop()
        left, right = partition(items, low, high)
        parts = [part for part in ((low, left - 1), (right, high))
                 if part[1] - part[0] + 1 > SMALL]
        waiting += parts  # parts do not meet: their turn does not matter
    for start in range(len(items) - 2, -1, -1):
        item, place = items[start], start + 1
        if item[0] > items[place][0]:
            while place < len(items) and items[place][0] < item[0]:
                items[place - 1] = items[place]
                place += 1
            items[place - 1] = item
    return [place for _, place in items]


def partition(items, low, high):
    """Splits items[low..high] at the median of three; where the left part ends and the right one
    begins."""
    def swap(one, other):
        items[one], items[other] = items[other], items[one]

    swap((low + high) // 2, low + 1)
    for one, other in ((low + 1, high), (low, high), (low + 1, low)):
        if items[one][0] > items[other][0]:
            swap(one, other)
    left, right, pivot = low + 1, high, items[low][0]
    while True:
        left += 1
        while items[left][0] < pivot:
            left += 1
        right -= 1
        while items[right][0] > pivot:
            right -= 1
        if right < left:
            break
        swap(left, right)
    swap(low, right)
    return right, left


def select(items, wanted):
    """Moves items so that those before the place `wanted` are no greater than it, as the
    quickselect of torch 1.0 (TH) does."""
    def swap(one, other):
        items[one], items[other] = items[other], items[one]

    low, high = 0, len(items) - 1
    while high > low:
        if high == low + 1:
            if items[low][0] > items[high][0]:
                swap(low, high)
            return
        right, left = partition(items, low, high)
        if right <= wanted:
            low = left
        if right >= wanted:
            high = right - 1


def largest_places(keys, count, is_sorted):
    items = [(key, place) for place, key in enumerate(keys)]
    start = len(items) - count
    if start > 0:
        select(items, start - 1)
    return sorted_places(items[start:], True) if is_sorted else [place for _, place in items[start:]]


def smallest_places(keys, count, is_sorted):
    items = [(key, place) for place, key in enumerate(keys)]
    select(items, count - 1)
    if not is_sorted:
        return [place for _, place in items[:count]]
    return sorted_places(items[:count - 1], False) + [items[count - 1][1]]


def sorted_places(items, descending):
    order = quicksort_order([key for key, _ in items], descending)
    return [items[number][1] for number in order]


def selected_place(keys, number):
    items = [(key, place) for place, key in enumerate(keys)]
    select(items, number)
    return [items[number][1]]


def mode_place(keys):
    """The end of the first of the longest runs of the sorted elements."""
    order = quicksort_order(keys, False)
    longest, length, place = 0, 0, 0
    for number, key in enumerate(order):
        length += 1
        if number + 1 == len(order) or keys[order[number + 1]] != keys[key]:
            if length > longest:
                longest, place = length, key
            length = 0
    return [place]


def restore_selections(torch, note):
    """topk, kthvalue, median and mode: the same values by other indices."""
    def chosen(tensor, dim, choose, needs_ties=True):
        """(values, indices) of the places that `choose` names in each row, or None."""
        if is_large(tensor):
            return None
        rows = tensor.detach().transpose(dim, -1).contiguous()
        values = rows.sort(-1)[0]
        has_ties = bool((values[..., 1:] == values[..., :-1]).any())
        if rows.numel() == 0 or (needs_ties and not has_ties):
            return None
        note()
        places = [choose(row) for row in rows.view(-1, rows.shape[-1]).tolist()]
        shape = rows.shape[:-1] + (len(places[0]),)
        indices = torch.tensor(places).view(shape).transpose(dim, -1).contiguous()
        return tensor.gather(dim, indices), indices

    def replaced(result, pair, dim=None):
        if pair is None:
            return result
        return type(result)(pair if dim is None else [part.squeeze(dim) for part in pair])

    usual_topk, usual_kth = torch.topk, torch.kthvalue
    usual_median, usual_mode = torch.median, torch.mode

    def topk(input, k, dim=-1, largest=True, sorted=True, **options):
        result = usual_topk(input, k, dim, largest, sorted, **options)
        places = largest_places if largest else smallest_places
        if options or k == 0:
            return result
        return replaced(result, chosen(input, dim, lambda row: places(row, k, sorted), sorted))

    def kthvalue(input, k, dim=-1, keepdim=False, **options):
        result = usual_kth(input, k, dim, keepdim, **options)
        pair = None if options else chosen(input, dim, lambda row: selected_place(row, k - 1))
        return replaced(result, pair, None if keepdim else dim)

    def median(input, *rest, **options):
        result = usual_median(input, *rest, **options)
        if isinstance(result, torch.Tensor) or "out" in options:
            return result
        dim = rest[0] if rest else options["dim"]
        keepdim = rest[1] if len(rest) > 1 else options.get("keepdim", False)
        pair = chosen(input, dim, lambda row: selected_place(row, (len(row) - 1) // 2))
        return replaced(result, pair, None if keepdim else dim)

    def mode(input, dim=-1, keepdim=False, **options):
        result = usual_mode(input, dim, keepdim, **options)
        pair = None if options else chosen(input, dim, mode_place)
        return replaced(result, pair, None if keepdim else dim)

    for function in (topk, kthvalue, median, mode):
        setattr(torch, function.__name__, function)
        setattr(torch.Tensor, function.__name__, function)


def is_large(tensor):
    return tensor.is_cuda or tensor.dim() == 0 or tensor.numel() > 200000


def restore_order(torch, note):
    restore_selections(torch, note)
    restore_sort(torch, note)
