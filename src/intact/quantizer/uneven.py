"""Weights with one scale whose channels reach differently far: the likely cause of a low SQNR.

A channel that reaches a thousandth of what the largest one does has no step of 255 left. MobileNets are known for it:
batch normalization is folded into depthwise filters, each channel by a factor of its own; Nagel et al., "Data-Free
Quantization Through Weight Equalization and Bias Correction", 2019, figure 2.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from intact.arith import affine
from intact.ir.quant_rule import Weight
from intact.quantizer.assign import Assignment
from intact.quantizer.report import Uneven
from intact.quantizer.select import operand_name, rule_of


def uneven(plan: Assignment) -> Iterator[Uneven]:
    """Yields the constant weights of a graph that get one scale where their kernels take one for each channel.

    To be asked before the graph is rewritten: the weights are float32, batch normalization folded into them.
    """
    for node in plan.graph.nodes:
        if not plan.is_integer(node) or plan.treatments[node].per_channel:
            continue
        for index, value in enumerate(node.inputs):
            constraint = rule_of(node).input(operand_name(node, index))
            if value is None or value.array is None or not isinstance(constraint, Weight) or constraint.axis is None:
                continue
            reach = affine.magnitudes(value.array, constraint.axis)
            reach = reach[np.isfinite(reach) & (reach > 0)]  # channels of zeros need no step
            if reach.size:
                largest, smallest = float(reach.max()), float(reach.min())
                yield Uneven(node.op.name, node.outputs[0].name, value.name, largest, smallest)
