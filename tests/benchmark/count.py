#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Does one thing N times under the null KVM, for tests/bench to count:

    count.py run|bus N
"""

import sys

import gi

gi.require_version("Kvm", "1.0")
from gi.repository import GObject, Kvm


class Counter(GObject.Object, Kvm.IoDevice):
    """Lets the guest stop at the last access."""

    def do_write(self, offset, size, value):
        global n
        n -= 1
        return n == 0


what, n = sys.argv[1], int(sys.argv[2])
vm = Kvm.System.new().create_vm()
vcpu = vm.create_vcpu(0)
exit = vcpu.get_exit()
if what == "bus":
    counter = Counter()
    vm.get_io_bus().add_device(Kvm.IoSpace.PORT, 0, 0x10000, counter, Kvm.IoDeviceFlags.NONE)
    vcpu.run(None)
else:
    run, get_value = vcpu.run, exit.get_value
    for _ in range(n):
        run(None)
        get_value()
