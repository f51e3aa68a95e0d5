"""A Markov category in ten lines: boxes, wires, and what equality of diagrams means."""

from fractions import Fraction

from markovsym import Box, Diagram, FinStoch, Functor, Ob, Ty

X, Y = Ty("X"), Ty("Y")
f = Box("f", X, Y)  # a kernel: it may draw
d = Box("d", X, Y, deterministic=True)  # a function: it may not


def main() -> None:
    """Discarding is natural, copying is not, and matrices agree."""
    print("f then discard = discard:", f >> Diagram.discard(Y) == Diagram.discard(X))
    print("f then copy = copy then f @ f:", f >> Diagram.copy(Y) == Diagram.copy(X) >> f @ f)
    print("d then copy = copy then d @ d:", d >> Diagram.copy(Y) == Diagram.copy(X) >> d @ d)

    exact = FinStoch(exact=True)
    coin = exact.matrix([[Fraction(1, 3), Fraction(2, 3)], [1, 0]], (2,), (2,))
    F = Functor(exact, {Ob("X"): (2,), Ob("Y"): (2,)}, {f: coin})
    once, twice = F(f >> Diagram.copy(Y)), F(Diagram.copy(X) >> f @ f)
    print("one draw, used twice:", [str(p) for p in once.matrix[0]])
    print("two draws:           ", [str(p) for p in twice.matrix[0]])


if __name__ == "__main__":
    main()
