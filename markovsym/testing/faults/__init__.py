"""A symmetrised kernel in steps, and its faults: what tests are tested on."""
