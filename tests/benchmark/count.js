#!/usr/bin/gjs -m
// SPDX-License-Identifier: LGPL-2.1-or-later
// Does one thing N times under the null KVM, and prints how many nanoseconds each took:
//
//     count.js run|bus N

import GLib from 'gi://GLib';
import GObject from 'gi://GObject';
import Kvm from 'gi://Kvm?version=1.0';

// Lets the guest stop at the last access.
const Counter = GObject.registerClass({Implements: [Kvm.IoDevice]},
    class Counter extends GObject.Object {
        vfunc_write(_offset, _size, _value) {
            return --this.left === 0;
        }
    });

const [what, number] = ARGV;
const n = Number(number);
const vm = Kvm.System.new().create_vm();
const vcpu = vm.create_vcpu(0);
const exit = vcpu.get_exit();
const counter = new Counter();
if (what === 'bus')
    vm.get_io_bus().add_device(Kvm.IoSpace.PORT, 0, 0x10000, counter, Kvm.IoDeviceFlags.NONE);

function run(times) {
    if (what === 'bus') {
        counter.left = times;
        vcpu.run(null);
    } else {
        for (let i = 0; i < times; i++) {
            vcpu.run(null);
            exit.get_value();
        }
    }
}

run(n / 10); // so that it is compiled
const begun = GLib.get_monotonic_time();
run(n);
print((GLib.get_monotonic_time() - begun) * 1000 / n);
