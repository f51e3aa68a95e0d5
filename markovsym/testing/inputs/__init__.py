"""What models are tried on: points, group elements, functions without symmetry."""
