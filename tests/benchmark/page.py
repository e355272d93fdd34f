# SPDX-License-Identifier: LGPL-2.1-or-later
"""The manual's page of the results of tests/bench, and its chart."""

import html
import re

INTRODUCTION = """\
Title: What the library costs
Slug: performance
SPDX-License-Identifier: LGPL-2.1-or-later

# What the library costs

Made by `tests/bench --save` on {date}, on {machine}. Instructions are those of the library and of what it
calls, counted under the null KVM, so they are the same on every machine; times are of this one. Ratios are medians of runs in
which the library and bare ioctls take turns; ± is the spread of these turns.

![Bars: what was measured, as a part of the goal.](performance.svg)
"""
GROUPS = {
    "instructions": "Instructions",
    "footprint": "What a virtual machine takes",
    "nanoseconds": "Nanoseconds under the null KVM",
    "ratio": "Ratios on the real KVM",
    "rate": "Rates on the real KVM",
}
HEAD = """\
<!-- SPDX-License-Identifier: LGPL-2.1-or-later -->
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 760 {height}" width="760" height="{height}"
     role="img" aria-labelledby="title">
  <title id="title">What was measured, as a part of the goal</title>
  <style>
    svg {{ color: #222; }}
    text {{ fill: currentColor; font: 12px sans-serif; }}
    .name {{ text-anchor: end; }}
    .met {{ fill: #1a5fb4; }}
    .missed {{ fill: #a51d2d; }}
    @media (prefers-color-scheme: dark) {{
      svg {{ color: #eee; }}
      .met {{ fill: #99c1f1; }}
      .missed {{ fill: #f66151; }}
    }}
    .goal {{ stroke: currentColor; stroke-dasharray: 3 3; }}
  </style>
"""
LEFT, GOAL, STEP, MOST = 330, 190, 20, 2.05


def write_page(path, saved):
    lines = [INTRODUCTION.format(**saved)]
    for group, title in GROUPS.items():
        rows = [row for row in saved["results"] if row["group"] == group]
        if not rows:
            continue
        lines += [f"## {title}", "", "| | measured | goal: at most |", "|---|---|---|"]
        for row in rows:
            goal = "" if row["goal"] is None else f"{row['goal']:g}"
            lines.append(f"| {row['title']} | {row['value']:g} {row['unit']} | {goal} |")
        lines.append("")
    path.write_text("\n".join(lines), encoding="utf-8")


def write_chart(path, saved):
    """A bar for each result that has a goal; where it is missed the bar goes beyond the line."""
    rows = [row for row in saved["results"] if row["goal"]]
    height = STEP * len(rows) + 40
    lines = [HEAD.format(height=height)]
    for i, row in enumerate(rows):
        part = row["value"] / row["goal"]
        y = 30 + STEP * i
        name = html.escape(re.sub(r" \(\d.*", "", row["title"]))
        kind = "met" if part <= 1 else "missed"
        width = GOAL * min(part, MOST)
        lines += [
            f'  <text class="name" x="{LEFT - 8}" y="{y + 11}">{name}</text>',
            f'  <rect class="{kind}" x="{LEFT}" y="{y}" width="{width:.0f}" height="14"/>',
            f'  <text x="{LEFT + width + 5:.0f}" y="{y + 11}">{part:.0%}</text>',
        ]
    lines += [
        f'  <line class="goal" x1="{LEFT + GOAL}" y1="20" x2="{LEFT + GOAL}" y2="{height - 8}"/>',
        f'  <text x="{LEFT + GOAL - 14}" y="14">goal</text>',
        "</svg>",
    ]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
