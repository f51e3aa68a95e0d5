import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from markovsym_diffusion.training import NormClip, QueueClip
from markovsym_diffusion.training.clipping import FIRST, remembered


@given(norms=st.lists(st.floats(0.1, 100), min_size=1, max_size=60))
def test_a_fixed_limit_is_fixed(norms: list[float]) -> None:
    assert float(NormClip(2.0).limit(torch.tensor(norms))) == 2.0


def test_the_queue_asks_for_a_little_more_than_was_usual() -> None:
    limit = QueueClip().limit(torch.tensor([1.0, 3.0]))
    assert float(limit) == pytest.approx(1.5 * 2 + 2 * 1)
    assert float(QueueClip().limit(torch.tensor([FIRST]))) == 4500.0


@given(norms=st.lists(st.floats(0.0, 10.0), min_size=1, max_size=120))
def test_fifty_norms_are_remembered_as_they_were_clipped(norms: list[float]) -> None:
    past = torch.tensor([FIRST])
    for norm in norms:
        past = remembered(past, torch.tensor(norm), torch.tensor(5.0))
    wanted = [FIRST, *(min(norm, 5.0) for norm in norms)][-50:]
    assert past.tolist() == pytest.approx(wanted)


def test_of_fifty_one_norms_the_first_is_forgotten() -> None:
    past = remembered(torch.arange(50.0), torch.tensor(7.0), torch.tensor(5.0))
    assert past.tolist() == [*range(1, 50), 5]
