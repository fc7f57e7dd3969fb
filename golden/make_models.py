"""Train the small networks of `networks.py` and convert them to ``golden/models/<network>/<variant>.tflite``.

    python golden/make_models.py             train and write every model, golden/models/index.json and pytflite/data
    python golden/make_models.py digits      only the networks named
    python golden/make_models.py --check     make everything anew and compare it, byte for byte, with what is stored

Needs tensorflow 2.21 and scikit-learn. Training runs on one thread with fixed seeds; a CPU with other vector
instructions may still round a float differently, so byte equality is promised on the kind of CPU named in the README.
"""

import argparse
import io
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
os.environ["CUDA_VISIBLE_DEVICES"] = "-1"

import networks
import numpy as np
import tensorflow as tf
from pictures import drawn_digits
from sklearn.datasets import load_digits

ROOT = Path(__file__).resolve().parent.parent
MODELS = ROOT / "golden" / "models"
DATA = ROOT / "pytflite" / "data"
LABELS = [str(digit) for digit in range(10)]

INT8 = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
INT16X8 = [tf.lite.OpsSet.EXPERIMENTAL_TFLITE_BUILTINS_ACTIVATIONS_INT16_WEIGHTS_INT8]
VARIANTS: dict[str, dict[str, Any]] = {
    "float32": {},
    "dynamic_range": {"optimize": True},
    "float16": {"optimize": True, "types": [tf.float16]},
    "int8": {"optimize": True, "calibrate": True, "ops": INT8, "io": tf.int8},
    "int8_uint8_io": {"optimize": True, "calibrate": True, "ops": INT8, "io": tf.uint8},
    "int8_float_io": {"optimize": True, "calibrate": True, "ops": INT8},
    "int16x8": {"optimize": True, "calibrate": True, "ops": INT16X8, "io": tf.int16},
    "int8_qat": {"optimize": True, "io": tf.int8},
}


@dataclass(frozen=True)
class Digits:
    """Handwritten digits, 8x8 grey: `images` float32 [n, 8, 8, 1] in [0, 1] (sixteenths) and `labels` int32 [n]."""

    images: np.ndarray
    labels: np.ndarray


def cross_entropy(outputs: networks.Outputs, labels: tf.Tensor) -> tf.Tensor:
    """Mean surprise of "probabilities" at the labels, in nats."""
    likelihood = tf.gather(outputs["probabilities"], labels, batch_dims=1)
    return -tf.reduce_mean(tf.math.log(likelihood + 1e-7))


def squared_error(outputs: networks.Outputs, targets: tf.Tensor) -> tf.Tensor:
    """Mean squared error of the enlarged picture."""
    return tf.reduce_mean((outputs["enlarged"] - targets) ** 2)


def answer_error(outputs: networks.Outputs, targets: tf.Tensor) -> tf.Tensor:
    """Cross entropy of the digit and of the answer; `targets` int32 [batch, 2] holds both."""
    match, truth = outputs["match"][:, 0], tf.cast(targets[:, 1], tf.float32)
    surprise = -tf.math.log(match * truth + (1 - match) * (1 - truth) + 1e-7)
    return cross_entropy(outputs, targets[:, 0]) + tf.reduce_mean(surprise)


def rows(digits: Digits) -> dict[str, np.ndarray]:
    """Pictures as sequences of rows."""
    return {"rows": digits.images[..., 0]}


def small_pictures(digits: Digits) -> dict[str, np.ndarray]:
    """Pictures of half the size, by averages of 2x2 dots."""
    return {"image": digits.images.reshape(-1, 4, 2, 4, 2, 1).mean(axis=(2, 4))}


def questions(digits: Digits) -> dict[str, np.ndarray]:
    """Pictures, and one-hot queries of which about half name the digit shown."""
    generator = np.random.default_rng(len(digits.labels))
    wrong = (digits.labels + generator.integers(1, 10, len(digits.labels))) % 10
    asked = np.where(generator.random(len(digits.labels)) < 0.5, digits.labels, wrong)
    return {"image": digits.images, "query": np.eye(10, dtype=np.float32)[asked]}


def answers(digits: Digits) -> np.ndarray:
    """The label, and whether the query of `questions` names it: int32 [n, 2]."""
    asked = questions(digits)["query"].argmax(axis=1)
    return np.stack([digits.labels, asked == digits.labels], axis=1).astype(np.int32)


@dataclass(frozen=True)
class Recipe:
    """How one network is trained and converted.

    Attributes:
        network: the function in `networks.py`, called with the weights and the inputs by name.
        inputs: shape of each input by name, as converted; None is a free dimension.
        variants: names of `VARIANTS` to convert.
        seed: seed of the initial weights and of the order of the batches.
        epochs: rounds of training.
        examples, targets: what it learns from, made from digits.
        loss: of its outputs against the targets.
    """

    network: Callable[..., networks.Outputs]
    inputs: dict[str, tuple[int | None, ...]]
    variants: list[str]
    seed: int
    epochs: int = 40
    examples: Callable[[Digits], dict[str, np.ndarray]] = lambda digits: {"image": digits.images}
    targets: Callable[[Digits], np.ndarray] = lambda digits: digits.labels
    loss: Callable[[networks.Outputs, tf.Tensor], tf.Tensor] = cross_entropy


RECIPES = {
    "digits": Recipe(networks.digits, {"image": (1, 8, 8, 1)}, list(VARIANTS), seed=1),
    "separable": Recipe(networks.separable, {"image": (1, 8, 8, 1)}, ["float32", "int8", "int16x8"], seed=2, epochs=80),
    "residual": Recipe(networks.residual, {"image": (1, 8, 8, 1)}, ["float32", "int8"], seed=3),
    "lstm": Recipe(networks.lstm, {"rows": (1, 8, 8)}, ["float32", "dynamic_range", "int8"], seed=4, examples=rows),
    "upsampling": Recipe(
        networks.upsampling,
        {"image": (1, 4, 4, 1)},
        ["float32", "int8", "int16x8"],
        seed=5,
        examples=small_pictures,
        targets=lambda digits: digits.images,
        loss=squared_error,
    ),
    "multi_io": Recipe(
        networks.multi_io,
        {"image": (1, 8, 8, 1), "query": (1, 10)},
        ["float32", "int8"],
        seed=6,
        examples=questions,
        targets=answers,
        loss=answer_error,
    ),
    "dynamic": Recipe(networks.dynamic, {"image": (None, 8, 8, 1)}, ["float32", "dynamic_range", "int8"], seed=7),
    "attention": Recipe(
        networks.attention, {"rows": (1, 8, 8)}, ["float32", "dynamic_range", "int8", "int16x8"], seed=8, examples=rows
    ),
}


def split_digits() -> tuple[Digits, Digits]:
    """scikit-learn's 1797 digits, shuffled with seed 0: 1437 to train with and 360 to test with."""
    bunch = load_digits()
    images = (bunch.images / 16).astype(np.float32)[..., np.newaxis]
    labels = bunch.target.astype(np.int32)
    order = np.random.default_rng(0).permutation(len(labels))
    return tuple(Digits(images[part], labels[part]) for part in (order[:1437], order[1437:]))  # type: ignore[return-value]


def train(w: networks.Weights, recipe: Recipe, digits: Digits, *, epochs: int, rate: float) -> None:
    """Minimise the recipe's loss with Adam, its rate falling linearly to 0, in batches of 60."""
    batch = 60
    inputs, targets = recipe.examples(digits), recipe.targets(digits)
    recipe.network(w, **{name: tf.constant(values[:batch]) for name, values in inputs.items()})
    weights = list(w.values.values())
    moments = [(tf.Variable(tf.zeros_like(v)), tf.Variable(tf.zeros_like(v))) for v in weights]

    @tf.function
    def step(inputs: dict[str, tf.Tensor], targets: tf.Tensor, rate: tf.Tensor, count: tf.Tensor) -> None:
        with tf.GradientTape() as tape:
            loss = recipe.loss(recipe.network(w, **inputs), targets)
        for value, slope, (first, second) in zip(weights, tape.gradient(loss, weights), moments, strict=True):
            first.assign(0.9 * first + 0.1 * slope)
            second.assign(0.999 * second + 0.001 * slope * slope)
            unbiased = tf.sqrt(second / (1 - 0.999**count))
            value.assign_sub(rate * first / (1 - 0.9**count) / (unbiased + 1e-7))

    generator = np.random.default_rng(recipe.seed)
    whole = len(targets) // batch * batch
    picks = np.concatenate([generator.permutation(len(targets))[:whole] for _ in range(epochs)]).reshape(-1, batch)
    for count, pick in enumerate(picks, start=1):
        falling = tf.constant(rate * (1 - (count - 1) / len(picks)), tf.float32)
        picked = {name: tf.constant(values[pick]) for name, values in inputs.items()}
        step(picked, tf.constant(targets[pick]), falling, tf.constant(count, tf.float32))


def trained(recipe: Recipe, digits: Digits) -> networks.Weights:
    """The recipe's weights, trained and frozen."""
    w = networks.Weights(recipe.seed)
    train(w, recipe, digits, epochs=recipe.epochs, rate=3e-3)
    w.freeze()
    return w


def quantization_aware(w: networks.Weights, recipe: Recipe, digits: Digits) -> networks.Weights:
    """Trained weights, trained on with fake quantization in place, and frozen together with the learned ranges."""
    aware = networks.Weights(recipe.seed, fake_quantize=True)
    aware.values = {name: tf.Variable(value, name=name) for name, value in w.values.items()}
    train(aware, recipe, digits, epochs=15, rate=5e-4)
    aware.freeze()
    return aware


def convert(w: networks.Weights, recipe: Recipe, digits: Digits, variant: str) -> bytes:
    """One ``.tflite`` file, with a ``serving_default`` signature that has the network's own names."""
    options = VARIANTS[variant]
    module = tf.Module()
    module.serve = tf.function(lambda **inputs: recipe.network(w, **inputs))
    specs = {name: tf.TensorSpec(shape, tf.float32, name=name) for name, shape in recipe.inputs.items()}
    with tempfile.TemporaryDirectory() as folder:
        tf.saved_model.save(module, folder, signatures={"serving_default": module.serve.get_concrete_function(**specs)})
        converter = tf.lite.TFLiteConverter.from_saved_model(folder)
        if options.get("optimize"):
            converter.optimizations = [tf.lite.Optimize.DEFAULT]
        if "types" in options:
            converter.target_spec.supported_types = options["types"]
        if options.get("calibrate"):
            converter.representative_dataset = lambda: calibration(recipe, digits)
            converter.target_spec.supported_ops = options["ops"]
        if "io" in options:
            converter.inference_input_type = converter.inference_output_type = options["io"]
        return bytes(converter.convert())


def check_ranges(w: networks.Weights, content: bytes) -> None:
    """Raise unless every scale in the file is, bit for bit, the one that training rounded with.

    That is 1/255 of an activation's range, and 1/127 of a filter's largest magnitude, per channel of a convolution.
    """
    interpreter = tf.lite.Interpreter(model_content=content)
    scales = {d["index"]: d["quantization_parameters"]["scales"] for d in interpreter.get_tensor_details()}
    operators = [op for op in interpreter._get_ops_details() if op["op_name"] in ("CONV_2D", "FULLY_CONNECTED")]
    layers = [name for name in w.ranges if name != "image"]
    found = {"image": scales[operators[0]["inputs"][0]]}
    for name, operator in zip(layers, operators, strict=True):
        found |= {name: scales[operator["outputs"][0]], f"{name}/filter": scales[operator["inputs"][1]]}
    expected = {name: np.float32((np.float64(high) - low) / 255) for name, (low, high) in w.ranges.items()}
    for name in layers:
        values = w.values[f"{name}/filter"]
        limit = np.abs(values).max(axis=tuple(range(values.ndim - 1)) if values.ndim > 2 else None)
        expected[f"{name}/filter"] = limit / np.float32(127)
    for name, scale in expected.items():
        if not np.array_equal(np.atleast_1d(scale), found[name]):
            raise ValueError(f"{name}: scale {found[name]} in the file, {scale} while training")


def calibration(recipe: Recipe, digits: Digits) -> Iterator[dict[str, np.ndarray]]:
    """Inputs of the first 200 training digits, one at a time."""
    inputs = recipe.examples(digits)
    for i in range(200):
        yield {name: values[i : i + 1] for name, values in inputs.items()}


def score(content: bytes, recipe: Recipe, digits: Digits) -> str:
    """How well the file does on digits, run by tf.lite's reference kernels: right answers, or else the loss."""
    resolver = tf.lite.experimental.OpResolverType.BUILTIN_REF
    interpreter = tf.lite.Interpreter(model_content=content, experimental_op_resolver_type=resolver)
    runner = interpreter.get_signature_runner()
    inputs = recipe.examples(digits)
    answers = []
    for i in range(len(digits.labels)):
        one = {name: quantize(inputs[name][i : i + 1], details) for name, details in runner.get_input_details().items()}
        answers.append(runner(**one))
        interpreter.reset_all_variables()
    outputs = {
        name: dequantize(np.concatenate([answer[name] for answer in answers]), details)
        for name, details in runner.get_output_details().items()
    }
    if "probabilities" in outputs:
        return f"{np.mean(outputs['probabilities'].argmax(axis=1) == digits.labels):.2%} right"
    return f"loss {recipe.loss(outputs, recipe.targets(digits)):.5f}"


def quantize(values: np.ndarray, details: dict[str, Any]) -> np.ndarray:
    """Real values as the codes of a tensor; unchanged if it is a float tensor."""
    scale, zero_point = details["quantization"]
    if not scale:
        return values
    limits = np.iinfo(details["dtype"])
    return np.clip(np.round(values / scale) + zero_point, limits.min, limits.max).astype(details["dtype"])


def dequantize(codes: np.ndarray, details: dict[str, Any]) -> np.ndarray:
    """The real values of a tensor's codes; unchanged if it is a float tensor."""
    scale, zero_point = details["quantization"]
    return ((codes.astype(np.int64) - zero_point) * scale).astype(np.float32) if scale else codes


def make(name: str, digits: Digits) -> dict[str, bytes]:
    """Every variant of one network, by variant."""
    recipe = RECIPES[name]
    w = trained(recipe, digits)
    files = {variant: convert(w, recipe, digits, variant) for variant in recipe.variants if variant != "int8_qat"}
    if "int8_qat" in recipe.variants:
        aware = quantization_aware(w, recipe, digits)
        files["int8_qat"] = convert(aware, recipe, digits, "int8_qat")
        check_ranges(aware, files["int8_qat"])
    return files


def demo(model: bytes) -> dict[Path, bytes]:
    """The data that the package carries: the int8 classifier, its labels, and drawings to try it on."""
    drawings = io.BytesIO()
    np.savez_compressed(drawings, images=drawn_digits(), labels=np.arange(10, dtype=np.uint8))
    labels = "".join(f"{label}\n" for label in LABELS).encode()
    return {
        DATA / "digits.tflite": model,
        DATA / "digits.npz": drawings.getvalue(),
        DATA / "digits_labels.txt": labels,
        MODELS / "digits" / "labels.txt": labels,
    }


def check(files: dict[Path, bytes]) -> int:
    """Say which stored files differ from those made anew; the exit status is 1 if any does."""
    different = [path for path, content in files.items() if not path.exists() or path.read_bytes() != content]
    for path in different:
        print(f"{path.relative_to(ROOT)}: differs from what is made here", file=sys.stderr)
    print(f"{len(files) - len(different)} of {len(files)} files are made here byte for byte")
    return int(bool(different))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("networks", nargs="*", help="networks to make (all)")
    parser.add_argument("--check", action="store_true", help="compare with what is stored instead of writing")
    options = parser.parse_args()
    tf.config.experimental.enable_op_determinism()
    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    training, test = split_digits()
    files: dict[Path, bytes] = {}
    for name in options.networks or RECIPES:
        made = {MODELS / name / f"{variant}.tflite": content for variant, content in make(name, training).items()}
        for path, content in made.items():
            quality = score(content, RECIPES[name], test)
            print(f"{path.relative_to(ROOT)}: {len(content)} bytes, {quality}")
        files |= made
        if name == "digits":
            files |= demo(made[MODELS / "digits" / "int8.tflite"])
    if options.check:
        return check(files)
    for path, content in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return 0


if __name__ == "__main__":
    sys.exit(main())
