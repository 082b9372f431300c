"""The unified business number 統一編號: eight digits with a check (Ministry of Finance, rule of April 2023)."""

WEIGHTS = (1, 2, 1, 2, 1, 2, 4, 1)
DIVISOR = 5


def is_tax_id(text: str) -> bool:
    """Whether these are eight digits whose weighted digit sums add up to a multiple of 5.

    A 7 in the seventh place may count as 10, hence 1 or 0: there the sum or the sum plus one must do.
    """
    if len(text) != len(WEIGHTS) or not (text.isascii() and text.isdecimal()):
        return False
    products = (int(digit) * weight for digit, weight in zip(text, WEIGHTS, strict=True))
    total = sum(product // 10 + product % 10 for product in products)
    return total % DIVISOR == 0 or (text[6] == "7" and (total + 1) % DIVISOR == 0)
