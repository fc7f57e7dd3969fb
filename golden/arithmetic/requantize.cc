// MultiplyByQuantizedMultiplier of lines "x multiplier shift" from standard input, one result a line.
#include <cstdint>
#include <cstdio>

#include "tensorflow/lite/kernels/internal/common.h"

int main() {
  std::int32_t x, multiplier;
  int shift;
  while (std::scanf("%d %d %d", &x, &multiplier, &shift) == 3) {
    std::printf("%d\n", tflite::MultiplyByQuantizedMultiplier(x, multiplier, shift));
  }
}
