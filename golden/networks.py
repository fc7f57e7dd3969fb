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

    def __call__(self, name: str, shape: tuple[int, ...], *, constant: float | None = None) -> Tensor:
        """The weight called `name`: drawn from He's normal distribution unless it starts as a `constant`."""
        if name not in self.values:
            deviation = np.sqrt(2 / np.prod(shape[:-1]))
            start = self.generator.normal(0, deviation, shape) if constant is None else np.full(shape, constant)
            with tf.init_scope():
                self.values[name] = tf.Variable(start.astype(np.float32), name=name)
        return tf.convert_to_tensor(self.values[name], name=name)

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
