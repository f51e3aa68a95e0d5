"""Equivariance in a test suite: with Hypothesis, with pytest, and for a sampler of molecules."""

import subprocess
import sys
import tempfile
from pathlib import Path

SUITE = '''
import torch
from hypothesis import given, settings, strategies as st
from markovsym.actions import GSpace, gspace, matrix, trivial
from markovsym.groups import Group, O
from markovsym.kernels import Deterministic
from markovsym.spaces import CentreFree
from markovsym.symmetrise import default_gamma, sym
from markovsym.testing import (
    assert_equivariant_in_law, assert_in_space, assert_invariant_law, check_action, elements,
    over_examples, space_points,
)

CLOUDS = gspace((5, 3), matrix(O(3)), constraint=CentreFree())


def jiggle(x):
    """A step of a sampler: noise that is as wide in all directions, and centred."""
    u = torch.randn_like(x)
    return 0.9 * x + 0.3 * (u - u.mean(-2, keepdim=True))


def clouds(n, generator):
    """A distribution of clouds."""
    u = torch.randn(n, 5, 3, generator=generator)
    return jiggle(u - u.mean(-2, keepdim=True))


@settings(max_examples=5, deadline=None)
@given(X=st.from_type(GSpace))
def test_any_space_is_acted_on(X):
    check_action(X)


@given(x=space_points(CLOUDS), g=elements(O(3)))
@settings(max_examples=10, deadline=None)
@over_examples(alpha=1e-9)  # shared by the examples; the noise is a function of the example
def test_a_step_of_the_sampler(x, g):
    assert_equivariant_in_law(jiggle, x, [g], X=CLOUDS)


def test_a_step_keeps_the_centre(equivariance_effort):
    assert_in_space(jiggle, CLOUDS)


def test_the_law_of_clouds(equivariance_effort):
    assert_invariant_law(clouds, CLOUDS)
'''

with tempfile.TemporaryDirectory() as folder:
    Path(folder, "test_sampler.py").write_text(SUITE)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider",
               "--equivariance-examples", "4", folder]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, cwd=folder, check=False)
    print(done.stdout)
    assert done.returncode == 0, done.stderr
