"""Samples in: .npy, .npz, folders of them, and what Python code hands over."""

from intact.data.open_samples import labels, open_samples
from intact.data.samples import Sample, Samples

__all__ = ["Sample", "Samples", "labels", "open_samples"]
