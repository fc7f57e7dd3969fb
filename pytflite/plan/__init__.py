"""From a model to a plan: rules chosen, shapes inferred, params derived, kernels bound."""
