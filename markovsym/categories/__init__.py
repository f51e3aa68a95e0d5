"""Markov categories: the worlds in which a diagram can be run."""

from markovsym.categories.affine import Affine
from markovsym.categories.category import HasConditionals, HasDensity, HasMean, MarkovCategory
from markovsym.categories.finstoch import FinStoch
from markovsym.categories.function import Functions
from markovsym.categories.functor import Functor, RunsAsCode
from markovsym.categories.gauss import Gauss
from markovsym.categories.sampler import Samplers
from markovsym.categories.stochastic import Stochastic
from markovsym.categories.straight import StraightLine

__all__ = [
    "Affine",
    "FinStoch",
    "Functions",
    "Functor",
    "Gauss",
    "HasConditionals",
    "HasDensity",
    "HasMean",
    "MarkovCategory",
    "RunsAsCode",
    "Samplers",
    "Stochastic",
    "StraightLine",
]
