"""What tests of equivariance do not see: supports, padding, translations."""
