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
    """Makes training faster, by less precise products; judging goes without.

    TF32's ten bits are more than VGG's features have, which are bfloat16. On a CPU the transform
    network's products are bfloat16, too, but their sums and all that lies between are not.
    """
    if device.type == "cuda":
        torch.set_float32_matmul_precision("high")
        torch.backends.cudnn.benchmark = True
        # Gram matrices add up tens of thousands of products.
        torch.backends.cuda.matmul.allow_bf16_reduced_precision_reduction = False
    elif hasattr(torch.backends.mkldnn, "conv"):  # since PyTorch 2.9
        torch.backends.mkldnn.conv.fp32_precision = "bf16"


def spare_processes(device: torch.device) -> int:
    """How many processes may draw pictures while the device computes; none where it is the CPU."""
    return max(1, (os.cpu_count() or 1) - 2) if device.type == "cuda" else 0
