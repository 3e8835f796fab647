"""Defines functions and calls none: running this file proves nothing about them."""
import torch


def solve(b, A):
    x, _ = torch.gesv(b, A)
    return x


def factor(A):
    return torch.potrf(A)
