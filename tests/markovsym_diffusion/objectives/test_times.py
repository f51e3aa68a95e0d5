import torch
from hypothesis import given
from hypothesis import strategies as st

from markovsym_diffusion.objectives import TimeDraw


@given(seed=st.integers(0, 1000), count=st.integers(1, 40))
def test_stratified_times_lie_one_in_each_part(seed: int, count: int) -> None:
    draw = TimeDraw(stratified=True)
    t = draw.between(0.0, 1.0, count, generator=torch.Generator().manual_seed(seed))
    assert torch.equal((t.double() * count).floor().clamp(max=count - 1).sort().values,
                       torch.arange(count).double())  # fmt: skip


def test_each_stratified_time_is_even_by_itself() -> None:
    generator = torch.Generator().manual_seed(0)
    draw = TimeDraw(stratified=True)
    first = torch.stack([draw.between(0.0, 1.0, 8, generator=generator)[0] for _ in range(4000)])
    parts = torch.histc(first, 8, 0, 1) / 4000
    torch.testing.assert_close(parts, torch.full((8,), 1 / 8), atol=0.02, rtol=0)


def test_powers_favour_early_times_stratified_or_not() -> None:
    for stratified in (False, True):
        draw = TimeDraw(power=2.0, stratified=stratified)
        t = draw.draw(20_000, 999, generator=torch.Generator().manual_seed(0))
        assert abs(float((t < 250).float().mean()) - 0.5) < 0.02
