"""For all tests: networks this small are faster on one thread, above all on a busy machine."""

import torch

torch.set_num_threads(1)
