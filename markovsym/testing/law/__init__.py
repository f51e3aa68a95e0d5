"""Tests in law: whether two distributions are one."""
