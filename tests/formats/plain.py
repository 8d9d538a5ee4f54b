"""What a .tflite file says, by the schema's own object API: a judge that shares no code with the reader and the writer.

Two ways to say nothing (no vector, an empty one) are the same; tables of operators and buffers are resolved.
"""

from typing import Any

import numpy as np
from ai_edge_litert import schema_py_generated as s

from intact.formats.tflite.reader import IDENTIFIER


def plain(data: bytes) -> dict[str, Any]:
    """Nested dicts, lists and scalars that are equal where two files say the same."""
    assert data[4:8] == IDENTIFIER
    model = s.ModelT.InitFromPackedBuf(data)
    codes = [(max(c.builtinCode, c.deprecatedBuiltinCode), c.customCode, c.version) for c in model.operatorCodes or []]
    for graph in model.subgraphs:
        for node in graph.operators or []:
            node.opcodeIndex = codes[node.opcodeIndex]
            if node.largeCustomOptionsOffset:
                node.largeCustomOptionsOffset = _outside(
                    data, node.largeCustomOptionsOffset, node.largeCustomOptionsSize
                )
            if node.builtinOptions is None:
                node.builtinOptionsType = 0
    # An entry that is there twice says nothing more than once.
    model.operatorCodes = list(dict.fromkeys(codes))
    for buffer in model.buffers or []:
        if buffer.data is None and buffer.offset > 1:
            buffer.data = np.frombuffer(_outside(data, buffer.offset, buffer.size), np.uint8)
        buffer.data = b"nothing" if buffer.data is None else buffer.data.tobytes()
        buffer.offset = buffer.size = 0
    model.buffers = model.buffers or [s.BufferT(data=b"nothing")]
    result: dict[str, Any] = _plain(model)
    return result


def _outside(data: bytes, offset: int, size: int) -> bytes:
    return data[offset : offset + size]


def _plain(item: Any) -> Any:
    if isinstance(item, np.ndarray):
        return item.tolist() or None
    if isinstance(item, list | tuple):
        return [_plain(i) for i in item] or None
    if isinstance(item, float):
        return item.hex()
    if not hasattr(item, "__dict__"):
        return item or (None if isinstance(item, bytes) else item)
    fields = {name: _plain(value) for name, value in vars(item).items()}
    empty_quantization = isinstance(item, s.QuantizationParametersT) and not any(
        value for name, value in fields.items() if name != "quantizedDimension"
    )
    return None if empty_quantization else fields
