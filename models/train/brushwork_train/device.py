"""Where the arithmetic is done, and in which numbers."""

import os

import torch


def best_device() -> torch.device:
    """A CUDA GPU if there is one, else the CPU."""
    if not torch.cuda.is_available():
        return torch.device("cpu")
    # TF32: its ten bits are more than the features have, and sums are in float32 all the same.
    torch.set_float32_matmul_precision("high")
    torch.backends.cudnn.benchmark = True
    return torch.device("cuda")


def fast_dtype(device: torch.device) -> torch.dtype:
    """bfloat16 where the hardware multiplies it, else float32."""
    if device.type == "cuda":
        return torch.bfloat16 if torch.cuda.is_bf16_supported() else torch.float32
    return torch.bfloat16 if torch.backends.mkldnn.is_available() else torch.float32


def spare_processes(device: torch.device) -> int:
    """How many processes may draw pictures while the device computes; none where it is the CPU."""
    return max(1, (os.cpu_count() or 1) - 2) if device.type == "cuda" else 0
