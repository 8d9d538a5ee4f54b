"""The models that the C kernels are measured on: small and large, 8 and 16 bits, of several converters."""

from __future__ import annotations

import pathlib
from typing import Final

import numpy as np

import intact
import intact.ops  # registers the operators
from intact.ir.model import Model
from intact.ir.text import parse

SHARED: Final = pathlib.Path(__file__).parents[2] / "shared" / "models"

PATHS: Final = {
    "MobileNetV2 1.0 224 int8": "google-coral+test_data/tf2_mobilenet_v2_1.0_224_ptq.tflite",
    "MobileNetV2 1.0 224 uint8": "google-coral+test_data/mobilenet_v2_1.0_224_quant.tflite",
    "MobileNetV1 0.25 128 uint8": "google-coral+test_data/mobilenet_v1_0.25_128_quant.tflite",
    "MobileNetV1 0.25 224 uint8": "tensorflow+tflite-support/tensorflow_lite_support/cc/test/testdata/task/vision/"
    "mobilenet_v1_0.25_224_quant.tflite",
    "ResNet8 int8": "mlcommons+tiny/benchmark/training/image_classification/trained_models/"
    "pretrainedResnet_quant.tflite",
    "DS-CNN int8 (mlcommons)": "mlcommons+tiny/benchmark/training/keyword_spotting/trained_models/kws_ref_model.tflite",
    "DS-CNN S int8 (Arm)": "ARM-software+ML-examples/tflu-kws-cortex-m/Pretrained_models/DS_CNN/DS_CNN_S/"
    "ds_cnn_s_quantized.tflite",
    "DeepLabV3 0.5 uint8": "google-coral+test_data/deeplabv3_mnv2_dm05_pascal_quant.tflite",
    "Decoder of 4 TRANSPOSE_CONV int8": "",
    "one TRANSPOSE_CONV int8 (SECDA)": "gicLAB+SECDA-TFLite/src/benchmark_suite/model_gen/files/simple_model.tflite",
    "LSTM int8 (MNIST)": "google-coral+test_data/keras_lstm_mnist_ptq.tflite",
    "LSTM int8 (DTLN)": "tensorflow+tflite-micro/tensorflow/lite/micro/examples/dtln/dtln_noise_suppression.tflite",
    "DS-CNN S int16x8 (Arm)": "ARM-software+ML-zoo/models/keyword_spotting/ds_cnn_small/tflite_int16/"
    "ds_cnn_quantized.tflite",
    "ResNet8 int16x8": "derived/resnet8__static_a16w8.tflite",
}
"""By a name for tables; without a path the model that `decoder` makes."""

_DECODER: Final = """graph main(%x: float32[1,8,8,128]) -> (%y) {
  %s1 = const int32[4] [1, 16, 16, 64]
  %w1 = const float32[64,4,4,128] random(1)
  %a1 = TRANSPOSE_CONV(%s1, %w1, %x) {padding=SAME, stride_h=2, stride_w=2}
  %r1 = RELU(%a1)
  %s2 = const int32[4] [1, 32, 32, 32]
  %w2 = const float32[32,4,4,64] random(2)
  %a2 = TRANSPOSE_CONV(%s2, %w2, %r1) {padding=SAME, stride_h=2, stride_w=2}
  %r2 = RELU(%a2)
  %s3 = const int32[4] [1, 64, 64, 16]
  %w3 = const float32[16,4,4,32] random(3)
  %a3 = TRANSPOSE_CONV(%s3, %w3, %r2) {padding=SAME, stride_h=2, stride_w=2}
  %r3 = RELU(%a3)
  %s4 = const int32[4] [1, 128, 128, 3]
  %w4 = const float32[3,4,4,16] random(4)
  %y = TRANSPOSE_CONV(%s4, %w4, %r3) {padding=SAME, stride_h=2, stride_w=2}
}"""


def decoder() -> Model:
    """Returns what makes an image of 128 by 128 pixels of 8 by 8, quantized; published decoders are of floats."""
    model = parse(_DECODER)
    samples = np.random.default_rng(0).uniform(-1, 1, (4, 8, 8, 128)).astype(np.float32)
    return intact.quantize(model, intact.calibrate(model, samples), input_type="int8", output_type="int8").model


def models(wanted: list[str]) -> dict[str, Model]:
    """Returns the models of which a name or path has one of these in it, all of them for []; a path is a model too."""
    found = {name: path for name, path in PATHS.items() if not wanted or any(w in name or w in path for w in wanted)}
    made = {name: intact.load(SHARED / path) if path else decoder() for name, path in found.items()}
    return made | {w: intact.load(w) for w in wanted if pathlib.Path(w).is_file()}
