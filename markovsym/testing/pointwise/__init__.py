"""Checks point by point, and draw by draw."""
