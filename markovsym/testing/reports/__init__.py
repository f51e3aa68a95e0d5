"""Every check at once, beside a model that was broken on purpose."""
