// From an accumulator to an int8 code as in the reference kernels of TensorFlow Lite: two roundings, an offset, a clamp.
module requantize (
    input  logic signed [31:0] accumulator,
    input  logic signed [31:0] multiplier,   // Q0.31
    input  logic signed [31:0] shift,        // left positive
    input  logic signed [31:0] offset,
    input  logic signed [31:0] low,
    input  logic signed [31:0] high,
    output logic signed [7:0]  code
);
  logic signed [31:0] left, right, shifted, mask, remainder, threshold, rounded, moved, clamped;
  logic signed [63:0] product, nudged;
  logic signed [31:0] doubled;

  always_comb begin
    left = shift > 0 ? shift : 0;
    right = shift > 0 ? 0 : -shift;
    shifted = accumulator <<< left;
    // First rounding: the high half of the doubled product, ties upward.
    product = 64'(shifted) * 64'(multiplier);
    nudged = product + 64'sd1073741824;
    doubled = 32'(nudged >>> 31);
    // Second rounding: a right shift, ties away from zero.
    mask = (32'sd1 <<< right) - 32'sd1;
    remainder = doubled & mask;
    threshold = (mask >>> 1) + (doubled < 0 ? 32'sd1 : 32'sd0);
    rounded = (doubled >>> right) + (remainder > threshold ? 32'sd1 : 32'sd0);
    moved = rounded + offset;
    clamped = moved < low ? low : moved > high ? high : moved;
  end

  assign code = clamped[7:0];
endmodule
