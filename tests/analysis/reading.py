"""The table of a page, as a reader sees it."""

import re
from html import unescape


def table(html: str) -> dict[str, list[str]]:
    """Row (its words joined by a space) → texts of its cells; "" is the heading."""
    part = html[html.index("analysis-table") :]
    part = part[: part.index("</table>")]
    found = {}
    for row in re.findall(r"<tr role=\"row\">(.*?)</tr>", part, re.DOTALL):
        words = [
            _text(one) for one in re.findall(r"<th scope=\"row\"[^>]*>(.*?)</th>", row, re.DOTALL)
        ]
        cells = re.findall(r"<td[^>]*>(.*?)</td>", row, re.DOTALL)
        if not words:
            cells = re.findall(r"<th[^>]*>(.*?)</th>", row, re.DOTALL)
        found[" ".join(words)] = [_text(one) for one in cells]
    return found


def links(html: str) -> list[str]:
    """Where the cells lead."""
    part = html[html.index("analysis-table") :]
    return [
        unescape(one) for one in re.findall(r'<a href="([^"]*)"', part[: part.index("</table>")])
    ]


def _text(cell: str) -> str:
    return unescape(re.sub(r"<[^>]+>", "", cell)).strip()
