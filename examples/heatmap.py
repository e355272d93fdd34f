#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Draws which pages of its memory a guest writes to, while it runs: heatmap.py FILE.svg. Each row of the
picture is a moment, each column one of 64 pages; a page that was just written to is white, and cools
down to black."""

import sys

import gi

gi.require_version("Kvm", "1.0")
from gi.repository import Kvm

# Two writers, one of which goes up a page at a time, and the other down three: mov %bx,%ax;
# shl $8,%ax; add $0x1000,%ax; mov %ax,%es; incb %es:0; the same for %dx; inc %bx; and $63,%bx;
# sub $3,%dx; and $63,%dx; out %al,$0x10; jmp to the begin
CODE = bytes.fromhex("""
    89d8 c1e008 050010 8ec0 26fe060000  89d0 c1e008 050010 8ec0 26fe060000
    43 83e33f 83ea03 83e23f  e610 ebd4""")
START, WATCHED = 0x1000, 0x10000
PAGES, ROWS, CELL = 64, 128, 8


def colour(heat):
    """From black over red and yellow to white, as iron does."""
    return "#" + "".join(f"{round(255 * min(max(3 * heat - i, 0), 1)):02x}" for i in range(3))


def draw(rows):
    yield (f'<svg xmlns="http://www.w3.org/2000/svg" width="{PAGES * CELL}" '
           f'height="{ROWS * CELL}"><rect width="100%" height="100%"/>\n')
    for y, row in enumerate(rows):
        for x, heat in enumerate(row):
            if heat > 0.02:
                yield (f'<rect x="{x * CELL}" y="{y * CELL}" width="{CELL}" height="{CELL}" '
                       f'fill="{colour(heat)}"/>\n')
    yield "</svg>\n"


def watch():
    """A row of heat each time that the guest writes to its port."""
    vm = Kvm.System.new().create_vm()
    # The pages that are watched have a slot of their own; the code is elsewhere.
    vm.add_memory(WATCHED, Kvm.Memory.new(PAGES << 12), Kvm.MemorySlotFlags.LOG_DIRTY_PAGES)
    memory = Kvm.Memory.new(0x1000)
    vm.add_memory(START, memory, Kvm.MemorySlotFlags.NONE)
    memory[:len(CODE)] = CODE
    vcpu = vm.create_vcpu(0)
    vcpu.x86_setup_real_mode(START)
    log = vm.create_dirty_log()

    heat = [0.0] * PAGES
    for _ in vcpu:
        log.collect()  # what was written to since the last time
        heat = [0.85 * value for value in heat]
        for written in log.get_ranges() or ():
            first = (written.guest_address - WATCHED) >> 12
            for page in range(first, first + (written.length >> 12)):
                heat[page] = 1.0
        yield heat


try:
    if len(sys.argv) != 2:
        raise SystemExit("Usage: heatmap.py FILE.svg")
    with open(sys.argv[1], "w", encoding="utf-8") as file:
        rows = []
        for row in watch():
            rows.append(row)
            print("".join(" .:*#"[round(4 * value)] for value in row), flush=True)
            if len(rows) == ROWS:
                break
        file.writelines(draw(rows))
except (Kvm.Error, OSError) as error:
    raise SystemExit(getattr(error, "message", error))
