"""One file with everything the schema can say, made by the schema's own classes and not by the code under test."""

import io
import zipfile

import flatbuffers
import numpy as np
from ai_edge_litert import schema_py_generated as s

OUTSIDE = np.arange(100, dtype=np.uint8)
LARGE = bytes(range(7))


def numbers(*values: float, dtype: str = "float32") -> np.ndarray:
    return np.array(values, dtype)


def tensor(name: str, shape: tuple[int, ...], /, **fields: object) -> s.TensorT:
    return s.TensorT(name=name, shape=np.array(shape, np.int32), hasRank=True, **fields)


def operator(code: int, inputs: list[int], outputs: list[int], **fields: object) -> s.OperatorT:
    return s.OperatorT(opcodeIndex=code, inputs=inputs, outputs=outputs, **fields)


def first_union(name: str, /, **fields: object) -> dict[str, object]:
    return {
        "builtinOptionsType": getattr(s.BuiltinOptions, name),
        "builtinOptions": getattr(s, f"{name}T")(**fields),
    }


def second_union(name: str, /, **fields: object) -> dict[str, object]:
    return {
        "builtinOptions2Type": getattr(s.BuiltinOptions2, name),
        "builtinOptions2": getattr(s, f"{name}T")(**fields),
    }


def quantization(**fields: object) -> dict[str, object]:
    return {"quantization": s.QuantizationParametersT(**fields)}


def details(name: str, /, **fields: object) -> dict[str, object]:
    kind, record = getattr(s.QuantizationDetails, name), getattr(s, f"{name}T")(**fields)
    return quantization(detailsType=kind, details=record)


def sparsity() -> s.SparsityParametersT:
    dense = s.DimensionMetadataT(format=s.DimensionType.DENSE, denseSize=2)
    sparse = s.DimensionMetadataT(
        format=s.DimensionType.SPARSE_CSR,
        arraySegmentsType=s.SparseIndexVector.Uint8Vector,
        arraySegments=s.Uint8VectorT(values=numbers(0, 1, 2, dtype="uint8")),
        arrayIndicesType=s.SparseIndexVector.Uint16Vector,
        arrayIndices=s.Uint16VectorT(values=numbers(3, 0, dtype="uint16")),
    )
    order = numbers(0, 1, 2, dtype="int32")
    return s.SparsityParametersT(traversalOrder=order, blockMap=numbers(1, dtype="int32"), dimMetadata=[dense, sparse])


def model(offset: int, large_offset: int) -> s.ModelT:
    """The file's records; what is outside the flatbuffer is at the offsets."""
    filter_ = quantization(
        scale=numbers(0.5, 0.25),
        zeroPoint=numbers(0, 0, dtype="int64"),
        min=numbers(-1, -2),
        max=numbers(1, 2),
        quantizedDimension=3,
    )
    tensors = [
        tensor("x", (1, 8, 8, 1), shapeSignature=numbers(-1, 8, 8, 1, dtype="int32")),
        tensor("filter", (1, 1, 1, 2), type=s.TensorType.INT8, buffer=2, **filter_),
        tensor("y", (1, 8, 8, 2), **quantization(min=numbers(-3), max=numbers(float("inf")))),
        tensor("shared 1", (2,), type=s.TensorType.INT8, buffer=2),
        tensor("state", (4,), isVariable=True, buffer=3),
        tensor("none", (0,), type=s.TensorType.INT32, buffer=4),
        tensor("sparse", (2, 4), buffer=5, sparsity=sparsity()),
        tensor("outside", (100,), type=s.TensorType.UINT8, buffer=6),
        tensor("scales", (4,), type=s.TensorType.FLOAT16, buffer=7),
        tensor(
            "blocks",
            (2, 8),
            type=s.TensorType.INT4,
            buffer=8,
            **details("BlockwiseQuantization", scales=8, zeroPoints=-1, blockSize=4, blockShape=[1, 4]),
        ),
        tensor(
            "axes",
            (2, 8),
            type=s.TensorType.INT8,
            **details("MultiAxisQuantization", scales=8, zeroPoints=3, blockSize=4, quantizedDimensions=[0, 1]),
        ),
        tensor("foreign", (2,), type=s.TensorType.INT2, **details("CustomQuantization", custom=b"\0tool")),
        s.TensorT(name="handle", type=s.TensorType.RESOURCE),  # rank unknown
        tensor(
            "variant",
            (),
            type=s.TensorType.VARIANT,
            variantTensors=[s.VariantSubTypeT(shape=[3, -1], type=s.TensorType.BFLOAT16, hasRank=True)],
        ),
        tensor("elsewhere", (5,), externalBuffer=1),
        tensor("float8", (1,), type=s.TensorType.FLOAT8_E5M2),
        tensor("condition", (), type=s.TensorType.BOOL),
        tensor("z", (1, 8, 8, 2)),
        tensor("unread", (3,), buffer=9),
    ]
    conv = first_union("Conv2DOptions", strideW=2, strideH=3, fusedActivationFunction=3, dilationHFactor=2)
    operators = [
        operator(0, [0, 1, -1], [2], **conv),
        operator(1, [0], [15]),
        operator(2, [16, 2], [17], **first_union("IfOptions", thenSubgraphIndex=1, elseSubgraphIndex=2)),
        operator(
            3,
            [2, -1],
            [13],
            customOptions=b"\1\2\3",
            mutatingVariableInputs=[True, False],
            intermediates=[4, -1],
            debugMetadataIndex=11,
        ),
        operator(3, [], [12], largeCustomOptionsOffset=large_offset, largeCustomOptionsSize=len(LARGE)),
        operator(
            4,
            [2],
            [14],
            **second_union(
                "StableHLOCompositeOptions", name="gelu", decompositionSubgraphIndex=2, compositeAttributes=b"\7\7"
            ),
        ),
        operator(5, [], [], **second_union("StablehloCaseOptions", branchSubgraphIndices=[2, 1])),
        operator(6, [0], [10]),  # a code this schema does not have
        operator(7, [4], [11], **first_union("MulOptions", fusedActivationFunction=1)),  # ADD with options of MUL
    ]
    codes = [
        # As old converters write it: in the field of 8 bits alone.
        s.OperatorCodeT(deprecatedBuiltinCode=s.BuiltinOperator.CONV_2D, version=3),
        s.OperatorCodeT(builtinCode=s.BuiltinOperator.RELU, deprecatedBuiltinCode=s.BuiltinOperator.RELU),
        s.OperatorCodeT(builtinCode=s.BuiltinOperator.IF, deprecatedBuiltinCode=s.BuiltinOperator.IF),
        s.OperatorCodeT(builtinCode=32, deprecatedBuiltinCode=32, customCode="Mine", version=2),
        s.OperatorCodeT(builtinCode=s.BuiltinOperator.STABLEHLO_COMPOSITE, deprecatedBuiltinCode=127),
        s.OperatorCodeT(builtinCode=s.BuiltinOperator.STABLEHLO_CASE, deprecatedBuiltinCode=127),
        s.OperatorCodeT(builtinCode=1234, deprecatedBuiltinCode=127, version=9),
        s.OperatorCodeT(builtinCode=s.BuiltinOperator.ADD),
        s.OperatorCodeT(builtinCode=s.BuiltinOperator.TANH, deprecatedBuiltinCode=28, version=7),  # unused
    ]
    branches = [
        s.SubGraphT(
            name=name,
            tensors=[tensor("in", (1, 8, 8, 2)), tensor("shared 2", (1,), buffer=7)],
            inputs=[0],
            outputs=[0],
            operators=[],
            debugMetadataIndex=debug,
        )
        for name, debug in (("then", -1), ("else", 5))
    ]
    contents = {
        2: numbers(3, -4, dtype="int8"),
        4: numbers(),
        5: numbers(1, 2),
        7: numbers(1, 2, 3, 4, dtype="float16"),
        8: numbers(*range(8), dtype="uint8"),
        9: numbers(1, 2, 3),
        10: np.frombuffer(b"1.5.0\0\0", np.uint8),
        11: np.frombuffer(b"legacy", np.uint8),
        12: np.frombuffer(b"orphan", np.uint8),
    }
    buffers = [s.BufferT(data=contents[i].view(np.uint8) if i in contents else None) for i in range(14)]
    buffers[6] = s.BufferT(offset=offset, size=OUTSIDE.size)
    buffers[13] = s.BufferT(offset=1)  # a converter's note that the place is not known yet
    return s.ModelT(
        version=3,
        description="everything",
        operatorCodes=codes,
        subgraphs=[
            s.SubGraphT(tensors=tensors, inputs=[0, 16], outputs=[2, 17, 1, 2], operators=operators, name="main"),
            *branches,
        ],
        buffers=buffers,
        metadata=[s.MetadataT("min_runtime_version", 10), s.MetadataT("again", 10)],
        metadataBuffer=[11],
        signatureDefs=[
            s.SignatureDefT([s.TensorMapT("image", 0)], [s.TensorMapT("b", 17), s.TensorMapT("a", 2)], "serve", 0),
            s.SignatureDefT([], [], "other", 2),
        ],
        externalBufferGroups=[s.ExternalBufferGroupT("weights.bin")],
        externalBuffers=[s.ExternalBufferT(7, 0, 64, 20, "raw")],
    )


def pack(records: s.ModelT) -> bytes:
    builder = flatbuffers.Builder(1024)
    builder.Finish(records.Pack(builder), b"TFL3")
    return bytes(builder.Output())


def archive() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as file:
        file.writestr("labels.txt", "cat\ndog\n")
        file.writestr("vocabulary.txt", "a b c")
    return stream.getvalue()


def everything(tail: bytes = b"") -> bytes:
    """The file, with OUTSIDE and LARGE behind the flatbuffer and a tail behind these."""
    size = len(pack(model(2, 2)))
    return pack(model(size, size + OUTSIDE.size)) + OUTSIDE.tobytes() + LARGE + tail
