/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#define KVMOBJ_INSIDE

#include <kvmobj/kvm-version-macros.h>

#include <kvmobj/kvm-capability.h>
#include <kvmobj/kvm-error.h>

#include <kvmobj/kvm-types.h>

#include <kvmobj/kvm-system.h>
#include <kvmobj/kvm-vm.h>
#include <kvmobj/kvm-io-device.h>
#include <kvmobj/kvm-io-bus.h>
#include <kvmobj/kvm-vcpu.h>
#include <kvmobj/kvm-runner-exit.h>
#include <kvmobj/kvm-runner.h>
#include <kvmobj/kvm-device.h>
#include <kvmobj/kvm-memory.h>
#include <kvmobj/kvm-memory-slot.h>
#include <kvmobj/kvm-memory-slot-list.h>
#include <kvmobj/kvm-vm-memory.h>
#include <kvmobj/kvm-dirty-log.h>
#include <kvmobj/kvm-memory-snapshot.h>
#include <kvmobj/kvm-doorbell.h>
#include <kvmobj/kvm-irq-trigger.h>
#include <kvmobj/kvm-coalesced-zone.h>
#include <kvmobj/kvm-irq.h>
#include <kvmobj/kvm-irq-routing.h>
#include <kvmobj/kvm-stat.h>
#include <kvmobj/kvm-stats.h>
#include <kvmobj/kvm-state.h>
#include <kvmobj/kvm-exit.h>
#include <kvmobj/kvm-diagnosis.h>

#include <kvmobj/devices/kvm-debug-exit.h>
#include <kvmobj/devices/kvm-i8042.h>
#include <kvmobj/devices/kvm-rtc.h>
#include <kvmobj/devices/kvm-serial.h>

#include <kvmobj/gdb/kvm-gdb-server.h>

#include <kvmobj/boot/kvm-boot.h>
#include <kvmobj/boot/kvm-device-tree.h>

#include <kvmobj/x86/kvm-x86-clock.h>
#include <kvmobj/x86/kvm-x86-cpuid.h>
#include <kvmobj/x86/kvm-x86-msrs.h>
#include <kvmobj/x86/kvm-x86-msr-filter.h>
#include <kvmobj/x86/kvm-x86-debug-regs.h>
#include <kvmobj/x86/kvm-x86-fpu.h>
#include <kvmobj/x86/kvm-x86-nested-state.h>
#include <kvmobj/x86/kvm-x86-regs.h>
#include <kvmobj/x86/kvm-x86-sregs.h>
#include <kvmobj/x86/kvm-x86-sregs2.h>
#include <kvmobj/x86/kvm-x86-vcpu-events.h>
#include <kvmobj/x86/kvm-x86-xcrs.h>
#include <kvmobj/x86/kvm-x86-xsave.h>
#include <kvmobj/x86/kvm-x86-mce.h>
#include <kvmobj/x86/kvm-x86-pmu-event-filter.h>
#include <kvmobj/x86/kvm-x86-xen-attribute.h>
#include <kvmobj/x86/kvm-x86-irqchip.h>
#include <kvmobj/x86/kvm-x86-pit.h>
#include <kvmobj/x86/kvm-x86-lapic.h>
#include <kvmobj/x86/kvm-system-x86.h>
#include <kvmobj/x86/kvm-vm-x86.h>
#include <kvmobj/x86/kvm-vm-x86-encryption.h>
#include <kvmobj/x86/kvm-vcpu-x86.h>
#include <kvmobj/x86/kvm-exit-x86.h>
#include <kvmobj/arm64/kvm-arm64-reg.h>
#include <kvmobj/arm64/kvm-arm64-reg-masks.h>
#include <kvmobj/arm64/kvm-arm64-vcpu-init.h>
#include <kvmobj/arm64/kvm-arm64-vcpu-events.h>
#include <kvmobj/arm64/kvm-system-arm64.h>
#include <kvmobj/arm64/kvm-vm-arm64.h>
#include <kvmobj/arm64/kvm-vcpu-arm64.h>
#include <kvmobj/arm64/kvm-device-arm64-vgic.h>
#include <kvmobj/arm64/kvm-exit-arm64.h>
#include <kvmobj/riscv/kvm-riscv-extension.h>
#include <kvmobj/riscv/kvm-riscv-reg.h>
#include <kvmobj/riscv/kvm-vcpu-riscv.h>
#include <kvmobj/riscv/kvm-device-riscv-aia.h>
#include <kvmobj/riscv/kvm-exit-riscv.h>

#include <kvmobj/kvm-enum-types.h>

#undef KVMOBJ_INSIDE
