"""The small networks of our own, written with plain TensorFlow operations over one store of named weights.

Every network is a function of the store and its inputs, and returns its outputs by name. The same function is trained,
frozen and converted: `Weights` decides whether a name means a variable (training) or a constant (conversion), and
whether fake quantization is applied (quantization-aware training).
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import tensorflow as tf

Tensor = tf.Tensor
Outputs = dict[str, Tensor]
Activation = Callable[[Tensor], Tensor]


class Weights:
    """Named weights, made on first use from one seeded generator.

    Attributes:
        values: every weight by name, a `tf.Variable` while training and an array once `frozen`.
        ranges: observed [minimum, maximum] of each fake-quantized activation by name; empty unless `fake_quantize`.
    """

    def __init__(self, seed: int, *, fake_quantize: bool = False) -> None:
        self.generator = np.random.default_rng(seed)
        self.fake_quantize = fake_quantize
        self.learning = True
        self.values: dict[str, Any] = {}
        self.ranges: dict[str, Any] = {}

    def __call__(
        self, name: str, shape: tuple[int, ...], *, constant: float | None = None, fan_in: int | None = None
    ) -> Tensor:
        """The weight called `name`: drawn from He's normal distribution unless it starts as a `constant`.

        `fan_in` is the number of inputs that add up to one output, by default all axes but the last.
        """
        if name not in self.values:
            deviation = np.sqrt(2 / (fan_in or np.prod(shape[:-1])))
            start = self.generator.normal(0, deviation, shape) if constant is None else np.full(shape, constant)
            with tf.init_scope():
                self.values[name] = tf.Variable(start.astype(np.float32), name=name)
        return tf.convert_to_tensor(self.values[name], name=name.rpartition("/")[-1])

    def filter(self, name: str, shape: tuple[int, ...]) -> Tensor:
        """A filter; while `fake_quantize`, rounded to 8 symmetric bits: one scale a channel, or one if it is 2-D."""
        values = self(name, shape)
        if not self.fake_quantize:
            return values
        axes = range(len(shape) - 1) if len(shape) > 2 else None
        limit = tf.reduce_max(tf.abs(values), axis=axes)
        if axes is None:
            return tf.quantization.fake_quant_with_min_max_vars(values, -limit, limit, narrow_range=True)
        return tf.quantization.fake_quant_with_min_max_vars_per_channel(values, -limit, limit, narrow_range=True)

    def activation(self, name: str, values: Tensor) -> Tensor:
        """An activation; while `fake_quantize`, rounded to 8 bits over the moving average of its range."""
        if not self.fake_quantize:
            return values
        seen = tf.stack([tf.minimum(tf.reduce_min(values), 0.0), tf.maximum(tf.reduce_max(values), 0.0)])
        if name not in self.ranges:
            self.ranges[name] = tf.Variable(seen, trainable=False, name=name)
        if self.learning:
            self.ranges[name].assign(0.99 * self.ranges[name] + 0.01 * seen)
        return tf.quantization.fake_quant_with_min_max_vars(values, self.ranges[name][0], self.ranges[name][1])

    def freeze(self) -> None:
        """Turn every variable into a constant."""
        self.learning = False
        self.values = {name: value.numpy() for name, value in self.values.items()}
        self.ranges = {name: value.numpy() for name, value in self.ranges.items()}


def conv(
    w: Weights,
    name: str,
    x: Tensor,
    channels: int,
    size: int,
    activation: Activation = tf.identity,
    strides: int = 1,
    padding: str = "SAME",
) -> Tensor:
    """A biased square convolution, its activation, and its fake quantization."""
    with tf.name_scope(name):
        y = tf.nn.conv2d(x, w.filter(f"{name}/filter", (size, size, x.shape[-1], channels)), strides, padding)
        y = tf.nn.bias_add(y, w(f"{name}/bias", (channels,), constant=0.0))
        return w.activation(name, activation(y))


def dense(w: Weights, name: str, x: Tensor, channels: int, activation: Activation = tf.identity) -> Tensor:
    """A biased fully connected layer, its activation, and its fake quantization."""
    with tf.name_scope(name):
        y = tf.matmul(x, w.filter(f"{name}/filter", (x.shape[-1], channels)))
        y = tf.nn.bias_add(y, w(f"{name}/bias", (channels,), constant=0.0))
        return w.activation(name, activation(y))


def digits(w: Weights, image: Tensor) -> Outputs:
    """The plain classifier: two convolutions, a max pool, two dense layers and a softmax."""
    x = w.activation("image", image)
    x = conv(w, "conv1", x, 8, 3, tf.nn.relu)
    x = conv(w, "conv2", x, 16, 3, tf.nn.relu, padding="VALID")
    x = tf.nn.max_pool2d(x, 2, 2, "VALID")
    x = tf.reshape(x, (x.shape[0], 3 * 3 * 16))
    x = dense(w, "dense1", x, 32, tf.nn.relu6)
    x = dense(w, "dense2", x, 10)
    return {"probabilities": tf.nn.softmax(x)}


def depthwise(
    w: Weights, name: str, x: Tensor, multiplier: int = 1, activation: Activation = tf.identity, strides: int = 1
) -> Tensor:
    """A biased 3x3 depthwise convolution, each input channel giving `multiplier` output channels."""
    with tf.name_scope(name):
        kernel = w(f"{name}/filter", (3, 3, x.shape[-1], multiplier), fan_in=9)
        y = tf.nn.depthwise_conv2d(x, kernel, (1, strides, strides, 1), "SAME")
        return activation(tf.nn.bias_add(y, w(f"{name}/bias", (x.shape[-1] * multiplier,), constant=0.0)))


def classify(w: Weights, x: Tensor) -> Tensor:
    """Probabilities of the ten digits from features [batch, channels]."""
    return tf.nn.softmax(dense(w, "logits", x, 10))


def separable(w: Weights, image: Tensor) -> Outputs:
    """Depthwise and pointwise convolutions, a residual connection and average pools, as in the MobileNets."""
    x = conv(w, "stem", image, 8, 3, tf.nn.relu6)
    y = depthwise(w, "depthwise1", x, 1, tf.nn.relu6)
    x = x + conv(w, "pointwise1", y, 8, 1)
    y = depthwise(w, "depthwise2", x, 3, tf.nn.relu6, strides=2)
    x = conv(w, "pointwise2", y, 24, 1, tf.nn.relu)
    x = tf.nn.avg_pool2d(x, 2, 1, "SAME")
    return {"probabilities": classify(w, tf.reduce_mean(x, axis=(1, 2)))}


def residual(w: Weights, image: Tensor) -> Outputs:
    """Branches that are added, multiplied and concatenated, each with another activation."""
    x = conv(w, "stem", image, 8, 3, tf.nn.leaky_relu)
    with tf.name_scope("prelu"):
        y = conv(w, "branch1", x, 8, 3)
        y = tf.nn.relu(y) + -w("prelu/alpha", (1, 1, 8), constant=0.25) * tf.nn.relu(-y)
    x = tf.nn.relu(x + y)
    gate = conv(w, "gate", x, 8, 1, tf.nn.sigmoid)
    with tf.name_scope("hard_swish"):
        swish = conv(w, "branch2", x, 8, 3)
        swish = swish * tf.nn.relu6(swish + 3) * (1 / 6)
    x = tf.concat([x * gate, swish, tf.nn.tanh(conv(w, "branch3", x, 4, 3))], axis=-1)
    x = tf.nn.max_pool2d(x, 2, 2, "VALID")
    return {"probabilities": classify(w, tf.reshape(x, (x.shape[0], 4 * 4 * 20)))}


@tf.function(experimental_attributes={"api_implements": "lstm_rows", "time_major": False, "go_backwards": False})
def sequence_lstm(
    x: Tensor, hidden: Tensor, cell: Tensor, kernel: Tensor, recurrent: Tensor, bias: Tensor
) -> tuple[Tensor, ...]:
    """A long short-term memory, in the form that the converter replaces with UNIDIRECTIONAL_SEQUENCE_LSTM.

    Takes and returns what the converter expects of a Keras LSTM: the last output, all outputs [batch, time, units], the
    last hidden and cell states, and a number that is not used. Gates are in the order input, forget, cell, output.
    """
    outputs = []
    for step in tf.unstack(x, axis=1):
        gates = tf.matmul(step, kernel) + tf.matmul(hidden, recurrent) + bias
        entry, forget, candidate, exit_ = tf.split(gates, 4, axis=-1)
        cell = tf.sigmoid(forget) * cell + tf.sigmoid(entry) * tf.tanh(candidate)
        hidden = tf.sigmoid(exit_) * tf.tanh(cell)
        outputs.append(hidden)
    return hidden, tf.stack(outputs, axis=1), hidden, cell, tf.constant(1.0)


def lstm(w: Weights, rows: Tensor) -> Outputs:
    """The rows of a picture, from top to bottom, as a sequence [batch, 8, 8] for a long short-term memory."""
    batch, units = rows.shape[0], 32
    x = tf.nn.tanh(tf.matmul(rows, w("embed/filter", (8, units))))
    state = tf.zeros((batch, units))
    kernel, recurrent = w("lstm/kernel", (units, 4 * units)), w("lstm/recurrent", (units, 4 * units))
    last, *_ = sequence_lstm(x, state, state, kernel, recurrent, w("lstm/bias", (4 * units,), constant=0.0))
    return {"probabilities": classify(w, last)}


def upsampling(w: Weights, image: Tensor) -> Outputs:
    """A 4x4 picture enlarged to 8x8 in three ways, which are mixed."""
    x = tf.pad(image, [(0, 0), (2, 0), (0, 2), (0, 0)])
    x = conv(w, "stem", x, 8, 3, tf.nn.relu, padding="VALID")
    x = tf.pad(x, [(0, 0), (1, 1), (1, 1), (0, 0)], "REFLECT")
    x = conv(w, "body", x, 8, 3, tf.nn.relu, padding="VALID")
    batch = x.shape[0]
    kernel = w("transpose/filter", (3, 3, 4, 8), fan_in=18)
    learned = tf.nn.conv2d_transpose(x, kernel, (batch, 8, 8, 4), 2, "SAME")
    learned = tf.nn.relu(tf.nn.bias_add(learned, w("transpose/bias", (4,), constant=0.0)))
    smooth = tf.image.resize(x, (8, 8), "bilinear")
    blocks = tf.compat.v1.image.resize_nearest_neighbor(image, (8, 8), half_pixel_centers=True)
    x = conv(w, "mix", tf.concat([learned, smooth, blocks], axis=-1), 1, 3)
    return {"enlarged": tf.nn.sigmoid(x)}


def multi_io(w: Weights, image: Tensor, query: Tensor) -> Outputs:
    """Is this a picture of the queried digit (one-hot [batch, 10])? Also the digit itself, and the features used."""
    x = conv(w, "conv1", image, 8, 3, tf.nn.relu, strides=2)
    features = conv(w, "conv2", x, 16, 3, tf.nn.relu, strides=2)
    flat = tf.reshape(features, (image.shape[0], 2 * 2 * 16))
    asked = dense(w, "asked", query, 16, tf.nn.relu)
    seen = dense(w, "seen", flat, 16, tf.nn.relu)
    match = dense(w, "match", tf.concat([seen * asked, seen], axis=-1), 1, tf.nn.sigmoid)
    return {"probabilities": classify(w, flat), "match": match, "features": features}


def dynamic(w: Weights, image: Tensor) -> Outputs:
    """A classifier of any number of pictures at once: it computes the shapes that it reshapes to."""
    x = conv(w, "conv1", image, 8, 3, tf.nn.relu, strides=2)
    x = tf.reshape(x, (tf.shape(image)[0], 16, 8))
    x = tf.concat([tf.reduce_max(x, axis=1), tf.reshape(x, (tf.shape(x)[0], 16 * 8))], axis=-1)
    probabilities = classify(w, x)
    return {"probabilities": probabilities, "digit": tf.argmax(probabilities, axis=-1, output_type=tf.int32)}


def layer_norm(w: Weights, name: str, x: Tensor) -> Tensor:
    """Each position moved to mean 0 and scaled to deviation 1, then to a learned mean and deviation."""
    with tf.name_scope(name):
        centred = x - tf.reduce_mean(x, axis=-1, keepdims=True)
        variance = tf.reduce_mean(centred * centred, axis=-1, keepdims=True)
        normal = centred * tf.math.rsqrt(variance + 1e-3)
        channels = (x.shape[-1],)
        return normal * w(f"{name}/gain", channels, constant=1.0) + w(f"{name}/offset", channels, constant=0.0)


def attention(w: Weights, rows: Tensor) -> Outputs:
    """One block of a transformer over the eight rows of a picture, with two heads."""
    batch, time, heads, size = rows.shape[0], 8, 2, 8
    width = heads * size

    def project(name: str, x: Tensor) -> Tensor:
        with tf.name_scope(name):
            return tf.matmul(x, w(f"{name}/filter", (x.shape[-1], width))) + w(f"{name}/bias", (width,), constant=0.0)

    def split(x: Tensor) -> Tensor:
        return tf.transpose(tf.reshape(x, (batch, time, heads, size)), (0, 2, 1, 3))

    x = project("embed", rows) + w("position", (1, time, width), fan_in=8)
    query, key, value = (split(project(name, x)) for name in ("query", "key", "value"))
    shares = tf.nn.softmax(tf.matmul(query, key, transpose_b=True) * size**-0.5)
    mixed = tf.reshape(tf.transpose(tf.matmul(shares, value), (0, 2, 1, 3)), (batch, time, width))
    x = layer_norm(w, "norm1", x + project("mixed", mixed))
    x = layer_norm(w, "norm2", x + project("narrow", tf.nn.relu(project("wide", x))))
    return {"probabilities": classify(w, tf.reshape(x, (batch, time * width)))}
