// Prints what gemmlowp's fixed-point functions, and those that tf.lite adds, give for the raw values read from stdin.
// Each input line: a function, integer bits, and raw values; each output line: the results. See record_gemmlowp.py.

#include <cstdint>
#include <iostream>
#include <sstream>
#include <string>

#include "tflite/kernels/internal/common.h"

template <typename Raw, int kIntegerBits>
Raw Evaluate(const std::string& function, Raw raw) {
  const auto a = gemmlowp::FixedPoint<Raw, kIntegerBits>::FromRaw(raw);
  if (function == "exp") return gemmlowp::exp_on_negative_values(a).raw();
  if (function == "logistic") return gemmlowp::logistic(a).raw();
  return gemmlowp::tanh(a).raw();
}

template <typename Raw>
Raw Evaluate(const std::string& function, int integer_bits, Raw raw) {
  switch (integer_bits) {
    case 0: return Evaluate<Raw, 0>(function, raw);
    case 3: return Evaluate<Raw, 3>(function, raw);
    case 4: return Evaluate<Raw, 4>(function, raw);
    case 5: return Evaluate<Raw, 5>(function, raw);
    default: return Evaluate<Raw, 6>(function, raw);
  }
}

int main() {
  for (std::string line; std::getline(std::cin, line);) {
    std::istringstream words(line);
    std::string function;
    int integer_bits;
    words >> function >> integer_bits;
    const bool narrow = function.back() == '6';
    const std::string name = function.substr(0, function.find('_'));
    for (int64_t raw; words >> raw;) {
      if (name == "reciprocal") {
        int bits_over_unit;
        const int32_t mantissa = tflite::GetReciprocal(raw, integer_bits, &bits_over_unit);
        std::cout << mantissa << ' ' << bits_over_unit << ' ';
      } else if (name == "log") {
        const auto x = gemmlowp::FixedPoint<int32_t, 12>::FromRaw(raw);
        std::cout << tflite::log_x_for_x_greater_than_or_equal_to_1<5>(x).raw() << ' ';
      } else if (narrow) {
        std::cout << Evaluate<int16_t>(name, integer_bits, raw) << ' ';
      } else {
        std::cout << Evaluate<int32_t>(name, integer_bits, raw) << ' ';
      }
    }
    std::cout << '\n';
  }
}
