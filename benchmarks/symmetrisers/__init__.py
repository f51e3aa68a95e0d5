"""The four tasks of Cornish (2024), section 7.3, and ways to symmetrise a network for them."""
