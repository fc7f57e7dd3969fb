/* Recomputes an int8 CONV_2D from its test vectors, in integers, and compares every stage.

   pytflite vectors model.tflite out --op 0
   cc -std=c99 -I out/000_conv_2d examples/vectors/conv_2d.c && ./a.out

   The rounding is that of tf.lite's reference kernels (requantizer "DoubleRounding" in the manifest). */
#include <stdio.h>

#include "vectors.h"

/* The high half of 2 * a * b, ties toward plus infinity; both operands are never INT32_MIN here. */
static int32_t doubling_high_multiply(int32_t a, int32_t b) {
  return (int32_t)(((int64_t)a * b + (1 << 30)) >> 31);
}

/* x / 2^exponent, ties away from zero. */
static int32_t divide_by_power_of_two(int32_t x, int exponent) {
  int32_t mask = (int32_t)((1LL << exponent) - 1);
  return (x >> exponent) + ((x & mask) > (mask >> 1) + (x < 0));
}

static int32_t requantize(int32_t x, int32_t m, int32_t s) {
  int32_t shifted = s > 0 ? x * (1 << s) : x;
  return divide_by_power_of_two(doubling_high_multiply(shifted, m), s < 0 ? -s : 0);
}

static int wrong;

static void check(const char *what, int index, int32_t computed, int32_t wanted) {
  if (computed != wanted && wrong++ < 10) printf("%s %d is %d, not %d\n", what, index, (int)computed, (int)wanted);
}

static int32_t dot(int n, int y, int x, int o) {
  int32_t sum = 0;
  for (int i = 0; i < FILTER_DIM_1; i++)
    for (int j = 0; j < FILTER_DIM_2; j++) {
      int row = y * STRIDE_H + i * DILATION_H - PAD_TOP, column = x * STRIDE_W + j * DILATION_W - PAD_LEFT;
      if (row < 0 || row >= INPUT_DIM_1 || column < 0 || column >= INPUT_DIM_2) continue;
      for (int c = 0; c < INPUT_DIM_3; c++) {
        int pixel = input_data[((n * INPUT_DIM_1 + row) * INPUT_DIM_2 + column) * INPUT_DIM_3 + c];
        int weight = filter_data[((o * FILTER_DIM_1 + i) * FILTER_DIM_2 + j) * FILTER_DIM_3 + c];
        sum += (pixel + INPUT_OFFSET) * weight;
      }
    }
  return sum + bias_data[o];
}

int main(void) {
  int index = 0;
  for (int n = 0; n < OUTPUT_DIM_0; n++)
    for (int y = 0; y < OUTPUT_DIM_1; y++)
      for (int x = 0; x < OUTPUT_DIM_2; x++)
        for (int o = 0; o < OUTPUT_DIM_3; o++, index++) {
          int32_t sum = dot(n, y, x, o), value = requantize(sum, multiplier_data[o], shift_data[o]);
          check("accumulator", index, sum, accumulator_data[index]);
          check("requantized", index, value, (int32_t)requantized_data[index]);
          value += OUTPUT_OFFSET;
          value = value < ACTIVATION_MIN ? ACTIVATION_MIN : value > ACTIVATION_MAX ? ACTIVATION_MAX : value;
          check("output", index, value, output_data[index]);
        }
  printf("%d elements, %d stages wrong\n", index, wrong);
  return wrong != 0;
}
