"""Tools that read plans and runs; they never steer them."""
