"""Where the arithmetic is done, and in which numbers."""

import os

import torch


def best_device() -> torch.device:
    """A CUDA GPU if there is one, else the CPU."""
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def fast_dtype(device: torch.device) -> torch.dtype:
    """bfloat16 where the hardware multiplies it, else float32."""
    if device.type == "cuda":
        return torch.bfloat16 if torch.cuda.is_bf16_supported() else torch.float32
    return torch.bfloat16 if torch.backends.mkldnn.is_available() else torch.float32


def hasten(device: torch.device):
    """Makes training faster on a GPU, by less precise sums of products; judging goes without.

    TF32's ten bits are more than the features have, which are bfloat16.
    """
    if device.type == "cuda":
        torch.set_float32_matmul_precision("high")
        torch.backends.cudnn.benchmark = True


def spare_processes(device: torch.device) -> int:
    """How many processes may draw pictures while the device computes; none where it is the CPU."""
    return max(1, (os.cpu_count() or 1) - 2) if device.type == "cuda" else 0
