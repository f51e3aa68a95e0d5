"""Kernels in noise-outsourced form: a function of the input and of independent noise."""

from collections.abc import Callable
from typing import final

from torch import Tensor, nn

from markovsym.kernels.kernel import Kernel, Randomness
from markovsym.kernels.structure import label_of
from markovsym.randomness import normal
from markovsym.spaces import Kind, Object, Value, dtype_of, parts_of


@final
class NoiseOutsourced(Kernel):
    """x -> f(x, u) with u standard normal.

    Args:
        function: Handed one tensor for each factor of ``dom``, then for each factor of ``noise``.
        noise: Where u lives, real; its named sizes are those of the input. If it carries an action,
            that is how a group moves the noise along with the input.
        dom: Where the kernel starts.
        cod: Where it ends.

    Source:
        Kallenberg (2002), lemma 3.22: every kernel into a nice space has such a form.
    """

    def __init__(
        self, function: nn.Module | Callable[..., Value], noise: Object, dom: Object, cod: Object
    ) -> None:
        if any(factor.kind is not Kind.REAL for factor in noise.space.factors):
            raise ValueError(f"normal noise is real, got the space ({noise})")
        super().__init__(dom, cod)
        self.function = function
        self.noise = noise

    @property
    def label(self) -> str:
        """The name of the function, or of the kind of module."""
        return label_of(self.function)

    def draw(self, value: Value, source: Randomness) -> Value:
        """The value of the function at fresh noise."""
        return self.function(*parts_of(value), *self.noise_at(value, source))

    def noise_at(self, value: Value, source: Randomness) -> tuple[Tensor, ...]:
        """Fresh noise, of the batch shape, named sizes and dtype of ``value``."""
        batch, sizes = self.dom.space.measure(value)
        parts = parts_of(value)
        batch, dtype = (batch, dtype_of(value)) if parts else (source.batch, source.dtype)
        shapes = [
            tuple(sizes[n] if isinstance(n, str) else n for n in factor.shape)
            for factor in self.noise.space.factors
        ]
        return tuple(
            normal(*batch, *shape, generator=source.generator, dtype=dtype) for shape in shapes
        )
