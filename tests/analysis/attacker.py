"""A reader who solves the published table: exact bounds of a hidden number by linear programming.

Knows every number that is shown, that rows and columns add up to their totals, and that nothing is
negative. A simplex in fractions, so that nothing is hidden by rounding.
"""

from collections.abc import Mapping
from fractions import Fraction

Cell = tuple[int, int]


def equations(rows: int, columns: int) -> list[dict[Cell, int]]:
    """Every sum of a table with totals: cell → sign, together zero."""
    of_rows = [
        {(row, c): 1 for c in range(columns)} | {(row, columns): -1} for row in range(rows + 1)
    ]
    of_columns = [
        {(r, column): 1 for r in range(rows)} | {(rows, column): -1}
        for column in range(columns + 1)
    ]
    return of_rows + of_columns


def bounds(
    rows: int, columns: int, shown: Mapping[Cell, int], wanted: Cell
) -> tuple[Fraction, Fraction | None]:
    """The smallest and the largest the hidden ``wanted`` can be; None: any number."""
    unknown = [(r, c) for r in range(rows + 1) for c in range(columns + 1) if (r, c) not in shown]
    matrix, right = [], []
    for line in equations(rows, columns):
        coefficients = [Fraction(line.get(cell, 0)) for cell in unknown]
        known = -sum(sign * shown[cell] for cell, sign in line.items() if cell in shown)
        if any(coefficients):
            matrix.append(coefficients)
            right.append(Fraction(known))
    aim = [Fraction(cell == wanted) for cell in unknown]
    lowest = _minimum(matrix, right, aim)
    highest = _minimum(matrix, right, [-one for one in aim])
    assert lowest is not None
    return lowest, None if highest is None else -highest


def _minimum(
    matrix: list[list[Fraction]], right: list[Fraction], aim: list[Fraction]
) -> Fraction | None:
    """The least value of ``aim`` over x ≥ 0 with matrix · x = right; None: without bound.

    Two phases, Bland's rule, so that it ends.
    """
    count, lines = len(aim), len(matrix)
    tableau = []
    for number, (line, value) in enumerate(zip(matrix, right, strict=True)):
        sign = -1 if value < 0 else 1
        helpers = [Fraction(number == other) for other in range(lines)]
        tableau.append([sign * one for one in line] + helpers + [sign * value])
    basis = [count + number for number in range(lines)]
    price = [Fraction(0)] * count + [Fraction(1)] * lines + [Fraction(0)]
    assert _pivot_until_best(tableau, basis, _reduced(price, tableau, basis), count + lines)
    feasible = sum((tableau[n][-1] for n, b in enumerate(basis) if b >= count), Fraction(0))
    assert feasible == 0, "the published numbers contradict each other"
    for number, entry in enumerate(basis):
        if entry >= count:
            column = next((c for c in range(count) if tableau[number][c]), None)
            if column is not None:
                _pivot(tableau, basis, number, column)
    price = [*aim, *[Fraction(0)] * lines, Fraction(0)]
    reduced = _reduced(price, tableau, basis)
    if not _pivot_until_best(tableau, basis, reduced, count):
        return None
    return sum((aim[b] * tableau[n][-1] for n, b in enumerate(basis) if b < count), Fraction(0))


def _reduced(
    price: list[Fraction], tableau: list[list[Fraction]], basis: list[int]
) -> list[Fraction]:
    reduced = list(price)
    for line, entry in zip(tableau, basis, strict=True):
        factor = reduced[entry]
        if factor:
            reduced[:] = [one - factor * other for one, other in zip(reduced, line, strict=True)]
    return reduced


def _pivot_until_best(
    tableau: list[list[Fraction]], basis: list[int], reduced: list[Fraction], usable: int
) -> bool:
    """False when the aim falls without bound."""
    while True:
        column = next((c for c in range(usable) if reduced[c] < 0), None)
        if column is None:
            return True
        ratios = [
            (line[-1] / line[column], basis[n], n)
            for n, line in enumerate(tableau)
            if line[column] > 0
        ]
        if not ratios:
            return False
        row = min(ratios)[2]
        _pivot(tableau, basis, row, column)
        factor = reduced[column]
        reduced[:] = [a - factor * b for a, b in zip(reduced, tableau[row], strict=True)]


def _pivot(tableau: list[list[Fraction]], basis: list[int], row: int, column: int) -> None:
    by = tableau[row][column]
    tableau[row] = [one / by for one in tableau[row]]
    for number, line in enumerate(tableau):
        factor = line[column]
        if number != row and factor:
            tableau[number] = [
                one - factor * other for one, other in zip(line, tableau[row], strict=True)
            ]
    basis[row] = column
