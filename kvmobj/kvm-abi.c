/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Nothing here runs: this file proves, while it is compiled, that our own words for the kernel's
 * interface say what the builder's <linux/kvm.h> says, wherever that header has the thing. What
 * the header lacks is newer than it. */

#include "config.h"

#include <linux/kvm.h>

#include "kvm-abi-private.h"
#include "kvm-abi-proof-private.h"
#include "kvm-abi-run-private.h"
#include "kvm-device.h"
#include "kvm-exit.h"
#include "kvm-irq.h"
#include "kvm-irq-trigger.h"
#include "kvm-memory-slot.h"
#include "kvm-vm-memory.h"
#include "kvm-stat.h"
#include "kvm-vcpu.h"

#define SAME_RUN(field) SAME_FIELD (KvmAbiRun, field, kvm_run, field)

SAME_REQUEST (KVM_GET_API_VERSION);
SAME_REQUEST (KVM_CREATE_VM);
SAME_REQUEST (KVM_CHECK_EXTENSION);
SAME_REQUEST (KVM_GET_VCPU_MMAP_SIZE);
SAME_REQUEST (KVM_CREATE_VCPU);
SAME_REQUEST (KVM_SET_USER_MEMORY_REGION);
SAME_REQUEST (KVM_GET_DIRTY_LOG);
SAME_REQUEST (KVM_CLEAR_DIRTY_LOG);
SAME_REQUEST (KVM_RESET_DIRTY_RINGS);
SAME_REQUEST (KVM_SET_TSS_ADDR);
SAME_REQUEST (KVM_CREATE_IRQCHIP);
SAME_REQUEST (KVM_REGISTER_COALESCED_MMIO);
SAME_REQUEST (KVM_UNREGISTER_COALESCED_MMIO);
SAME_REQUEST (KVM_IRQ_LINE);
SAME_REQUEST (KVM_IRQ_LINE_STATUS);
SAME_REQUEST (KVM_SET_GSI_ROUTING);
SAME_REQUEST (KVM_SIGNAL_MSI);
SAME_REQUEST (KVM_INTERRUPT);
SAME_REQUEST (KVM_SET_SIGNAL_MASK);
SAME_REQUEST (KVM_IRQFD);
SAME_REQUEST (KVM_CREATE_PIT2);
SAME_REQUEST (KVM_IOEVENTFD);
SAME_REQUEST (KVM_RUN);
SAME_REQUEST (KVM_GET_MP_STATE);
SAME_REQUEST (KVM_SET_MP_STATE);
SAME_REQUEST (KVM_SET_GUEST_DEBUG);
SAME_REQUEST (KVM_ENABLE_CAP);
SAME_REQUEST (KVM_GET_ONE_REG);
SAME_REQUEST (KVM_SET_ONE_REG);
SAME_REQUEST (KVM_GET_REG_LIST);
SAME_REQUEST (KVM_GET_STATS_FD);
SAME_REQUEST (KVM_CREATE_DEVICE);
SAME_REQUEST (KVM_SET_DEVICE_ATTR);
SAME_REQUEST (KVM_GET_DEVICE_ATTR);
SAME_REQUEST (KVM_HAS_DEVICE_ATTR);

SAME_SIZE (KvmAbiMemoryRegion, kvm_userspace_memory_region);
SAME_FIELD (KvmAbiMemoryRegion, userspace_addr, kvm_userspace_memory_region, userspace_addr);
SAME (KVM_MEMORY_SLOT_FLAGS_LOG_DIRTY_PAGES, KVM_MEM_LOG_DIRTY_PAGES);
SAME (KVM_MEMORY_SLOT_FLAGS_READ_ONLY, KVM_MEM_READONLY);
SAME_SIZE (KvmAbiDirtyLog, kvm_dirty_log);
SAME_FIELD (KvmAbiDirtyLog, dirty_bitmap, kvm_dirty_log, dirty_bitmap);
SAME_SIZE (KvmAbiClearDirtyLog, kvm_clear_dirty_log);
SAME_FIELD (KvmAbiClearDirtyLog, num_pages, kvm_clear_dirty_log, num_pages);
SAME_FIELD (KvmAbiClearDirtyLog, first_page, kvm_clear_dirty_log, first_page);
SAME_FIELD (KvmAbiClearDirtyLog, dirty_bitmap, kvm_clear_dirty_log, dirty_bitmap);
SAME_SIZE (KvmAbiDirtyGfn, kvm_dirty_gfn);
SAME_FIELD (KvmAbiDirtyGfn, flags, kvm_dirty_gfn, flags);
SAME_FIELD (KvmAbiDirtyGfn, slot, kvm_dirty_gfn, slot);
SAME_FIELD (KvmAbiDirtyGfn, offset, kvm_dirty_gfn, offset);
SAME (KVMOBJ_DIRTY_GFN_DIRTY, KVM_DIRTY_GFN_F_DIRTY);
SAME (KVMOBJ_DIRTY_GFN_RESET, KVM_DIRTY_GFN_F_RESET);
SAME (KVMOBJ_DIRTY_LOG_MANUAL_PROTECT, KVM_DIRTY_LOG_MANUAL_PROTECT_ENABLE);
SAME (KVMOBJ_DIRTY_LOG_INITIALLY_SET, KVM_DIRTY_LOG_INITIALLY_SET);
#if KVMOBJ_HOST_ARCH == KVMOBJ_ARCH_X86
SAME (KVMOBJ_DIRTY_LOG_PAGE_OFFSET, KVM_DIRTY_LOG_PAGE_OFFSET);
#endif
#ifdef KVM_SET_USER_MEMORY_REGION2
SAME_REQUEST (KVM_SET_USER_MEMORY_REGION2);
SAME_SIZE (KvmAbiMemoryRegion2, kvm_userspace_memory_region2);
SAME (offsetof (KvmAbiMemoryRegion2, guest_memfd_offset),
      offsetof (struct kvm_userspace_memory_region2, guest_memfd_offset));
SAME (offsetof (KvmAbiMemoryRegion2, guest_memfd),
      offsetof (struct kvm_userspace_memory_region2, guest_memfd));
SAME (KVMOBJ_MEM_GUEST_MEMFD, KVM_MEM_GUEST_MEMFD);
#endif
#ifdef KVM_CREATE_GUEST_MEMFD
SAME_REQUEST (KVM_CREATE_GUEST_MEMFD);
SAME_SIZE (KvmAbiGuestMemfd, kvm_create_guest_memfd);
SAME_FIELD (KvmAbiGuestMemfd, flags, kvm_create_guest_memfd, flags);
#endif
#ifdef GUEST_MEMFD_FLAG_INIT_SHARED
SAME (KVM_GUEST_MEMFD_FLAGS_MMAP, GUEST_MEMFD_FLAG_MMAP);
SAME (KVM_GUEST_MEMFD_FLAGS_INIT_SHARED, GUEST_MEMFD_FLAG_INIT_SHARED);
#endif
#ifdef KVM_SET_MEMORY_ATTRIBUTES
SAME_REQUEST (KVM_SET_MEMORY_ATTRIBUTES);
SAME_SIZE (KvmAbiMemoryAttributes, kvm_memory_attributes);
SAME_FIELD (KvmAbiMemoryAttributes, attributes, kvm_memory_attributes, attributes);
SAME (KVM_MEMORY_ATTRIBUTES_PRIVATE, KVM_MEMORY_ATTRIBUTE_PRIVATE);
#endif
#ifdef KVM_PRE_FAULT_MEMORY
SAME_REQUEST (KVM_PRE_FAULT_MEMORY);
SAME_SIZE (KvmAbiPreFaultMemory, kvm_pre_fault_memory);
SAME_FIELD (KvmAbiPreFaultMemory, size, kvm_pre_fault_memory, size);
#endif
SAME_SIZE (KvmAbiEnableCap, kvm_enable_cap);
SAME_FIELD (KvmAbiEnableCap, args, kvm_enable_cap, args);
SAME_SIZE (KvmAbiCreateDevice, kvm_create_device);
SAME_FIELD (KvmAbiCreateDevice, fd, kvm_create_device, fd);
SAME (KVMOBJ_CREATE_DEVICE_TEST, KVM_CREATE_DEVICE_TEST);
SAME_SIZE (KvmAbiDeviceAttr, kvm_device_attr);
SAME_FIELD (KvmAbiDeviceAttr, addr, kvm_device_attr, addr);
SAME_SIZE (KvmAbiOneReg, kvm_one_reg);
SAME (KVMOBJ_REG_SIZE (KVM_REG_SIZE_U1024), 128);
SAME_SIZE (KvmAbiIrqLevel, kvm_irq_level);
SAME_FIELD (KvmAbiIrqLevel, irq, kvm_irq_level, irq);
SAME_FIELD (KvmAbiIrqLevel, status, kvm_irq_level, status);
SAME_FIELD (KvmAbiIrqLevel, level, kvm_irq_level, level);
SAME_SIZE (KvmAbiMsi, kvm_msi);
SAME_FIELD (KvmAbiMsi, data, kvm_msi, data);
SAME_FIELD (KvmAbiMsi, flags, kvm_msi, flags);
SAME_FIELD (KvmAbiMsi, devid, kvm_msi, devid);
SAME (KVM_MSI_FLAGS_VALID_DEVICE_ID, KVM_MSI_VALID_DEVID);
SAME_SIZE (KvmAbiIrqRouting, kvm_irq_routing);
SAME_SIZE (KvmAbiIrqRoutingEntry, kvm_irq_routing_entry);
SAME_FIELD (KvmAbiIrqRoutingEntry, type, kvm_irq_routing_entry, type);
SAME_FIELD (KvmAbiIrqRoutingEntry, flags, kvm_irq_routing_entry, flags);
SAME_FIELD (KvmAbiIrqRoutingEntry, irqchip.pin, kvm_irq_routing_entry, u.irqchip.pin);
SAME_FIELD (KvmAbiIrqRoutingEntry, msi.data, kvm_irq_routing_entry, u.msi.data);
SAME_FIELD (KvmAbiIrqRoutingEntry, msi.devid, kvm_irq_routing_entry, u.msi.devid);
SAME_FIELD (KvmAbiIrqRoutingEntry, hv_sint.sint, kvm_irq_routing_entry, u.hv_sint.sint);
SAME (KVMOBJ_IRQ_ROUTING_IRQCHIP, KVM_IRQ_ROUTING_IRQCHIP);
SAME (KVMOBJ_IRQ_ROUTING_MSI, KVM_IRQ_ROUTING_MSI);
SAME (KVMOBJ_IRQ_ROUTING_HV_SINT, KVM_IRQ_ROUTING_HV_SINT);
#ifdef KVM_IRQ_ROUTING_XEN_EVTCHN
SAME (KVMOBJ_IRQ_ROUTING_XEN_EVTCHN, KVM_IRQ_ROUTING_XEN_EVTCHN);
SAME_FIELD (KvmAbiIrqRoutingEntry, xen_evtchn.vcpu, kvm_irq_routing_entry, u.xen_evtchn.vcpu);
SAME_FIELD (KvmAbiIrqRoutingEntry, xen_evtchn.priority, kvm_irq_routing_entry,
            u.xen_evtchn.priority);
#endif
SAME_SIZE (KvmAbiInterrupt, kvm_interrupt);
SAME_SIZE (KvmAbiSignalMask, kvm_signal_mask);
SAME (offsetof (KvmAbiSignalMask, sigset), offsetof (struct kvm_signal_mask, sigset));
SAME_SIZE (KvmAbiIrqfd, kvm_irqfd);
SAME_FIELD (KvmAbiIrqfd, fd, kvm_irqfd, fd);
SAME_FIELD (KvmAbiIrqfd, gsi, kvm_irqfd, gsi);
SAME_FIELD (KvmAbiIrqfd, flags, kvm_irqfd, flags);
SAME_FIELD (KvmAbiIrqfd, resamplefd, kvm_irqfd, resamplefd);
SAME (KVMOBJ_IRQFD_DEASSIGN, KVM_IRQFD_FLAG_DEASSIGN);
SAME (KVM_IRQ_TRIGGER_FLAGS_RESAMPLE, KVM_IRQFD_FLAG_RESAMPLE);
SAME_SIZE (KvmAbiIoeventfd, kvm_ioeventfd);
SAME_FIELD (KvmAbiIoeventfd, datamatch, kvm_ioeventfd, datamatch);
SAME_FIELD (KvmAbiIoeventfd, addr, kvm_ioeventfd, addr);
SAME_FIELD (KvmAbiIoeventfd, len, kvm_ioeventfd, len);
SAME_FIELD (KvmAbiIoeventfd, fd, kvm_ioeventfd, fd);
SAME_FIELD (KvmAbiIoeventfd, flags, kvm_ioeventfd, flags);
SAME (KVMOBJ_IOEVENTFD_DATAMATCH, KVM_IOEVENTFD_FLAG_DATAMATCH);
SAME (KVMOBJ_IOEVENTFD_PIO, KVM_IOEVENTFD_FLAG_PIO);
SAME (KVMOBJ_IOEVENTFD_DEASSIGN, KVM_IOEVENTFD_FLAG_DEASSIGN);
SAME_SIZE (KvmAbiCoalescedZone, kvm_coalesced_mmio_zone);
SAME_FIELD (KvmAbiCoalescedZone, size, kvm_coalesced_mmio_zone, size);
SAME_FIELD (KvmAbiCoalescedZone, pio, kvm_coalesced_mmio_zone, pio);
SAME_SIZE (KvmAbiCoalescedWrite, kvm_coalesced_mmio);
SAME_FIELD (KvmAbiCoalescedWrite, phys_addr, kvm_coalesced_mmio, phys_addr);
SAME_FIELD (KvmAbiCoalescedWrite, len, kvm_coalesced_mmio, len);
SAME_FIELD (KvmAbiCoalescedWrite, pio, kvm_coalesced_mmio, pio);
SAME_FIELD (KvmAbiCoalescedWrite, data, kvm_coalesced_mmio, data);
SAME_SIZE (KvmAbiCoalescedRing, kvm_coalesced_mmio_ring);
SAME_FIELD (KvmAbiCoalescedRing, first, kvm_coalesced_mmio_ring, first);
SAME_FIELD (KvmAbiCoalescedRing, last, kvm_coalesced_mmio_ring, last);
SAME_SIZE (KvmAbiGuestDebug, kvm_guest_debug);
SAME (KVM_GUEST_DEBUG_FLAGS_ENABLE, KVM_GUESTDBG_ENABLE);
SAME (KVM_GUEST_DEBUG_FLAGS_SINGLE_STEP, KVM_GUESTDBG_SINGLESTEP);
#if KVMOBJ_HOST_ARCH != KVMOBJ_ARCH_RISCV
SAME (KVM_GUEST_DEBUG_FLAGS_SOFTWARE_BREAKPOINTS, KVM_GUESTDBG_USE_SW_BP);
#endif
#if KVMOBJ_HOST_ARCH == KVMOBJ_ARCH_X86
SAME (KVM_GUEST_DEBUG_FLAGS_HARDWARE_BREAKPOINTS, KVM_GUESTDBG_USE_HW_BP);
SAME (KVM_GUEST_DEBUG_FLAGS_X86_INJECT_DB, KVM_GUESTDBG_INJECT_DB);
SAME (KVM_GUEST_DEBUG_FLAGS_X86_INJECT_BP, KVM_GUESTDBG_INJECT_BP);
SAME (KVM_GUEST_DEBUG_FLAGS_X86_BLOCK_IRQ, KVM_GUESTDBG_BLOCKIRQ);
#elif KVMOBJ_HOST_ARCH == KVMOBJ_ARCH_ARM64
SAME (KVM_GUEST_DEBUG_FLAGS_HARDWARE_BREAKPOINTS, KVM_GUESTDBG_USE_HW);
#endif

SAME_SIZE (KvmAbiStatsHeader, kvm_stats_header);
SAME_FIELD (KvmAbiStatsHeader, name_size, kvm_stats_header, name_size);
SAME_FIELD (KvmAbiStatsHeader, num_desc, kvm_stats_header, num_desc);
SAME_FIELD (KvmAbiStatsHeader, id_offset, kvm_stats_header, id_offset);
SAME_FIELD (KvmAbiStatsHeader, desc_offset, kvm_stats_header, desc_offset);
SAME_FIELD (KvmAbiStatsHeader, data_offset, kvm_stats_header, data_offset);
SAME_SIZE (KvmAbiStatsDesc, kvm_stats_desc);
SAME_FIELD (KvmAbiStatsDesc, exponent, kvm_stats_desc, exponent);
SAME_FIELD (KvmAbiStatsDesc, size, kvm_stats_desc, size);
SAME_FIELD (KvmAbiStatsDesc, offset, kvm_stats_desc, offset);
SAME_FIELD (KvmAbiStatsDesc, bucket_size, kvm_stats_desc, bucket_size);
SAME (offsetof (KvmAbiStatsDesc, name), offsetof (struct kvm_stats_desc, name));
#define SAME_STAT(field, ours, theirs) SAME (ours, KVMOBJ_STATS_##field (KVM_STATS_##theirs))
SAME_STAT (TYPE, KVM_STAT_KIND_CUMULATIVE, TYPE_CUMULATIVE);
SAME_STAT (TYPE, KVM_STAT_KIND_INSTANT, TYPE_INSTANT);
SAME_STAT (TYPE, KVM_STAT_KIND_PEAK, TYPE_PEAK);
SAME_STAT (TYPE, KVM_STAT_KIND_LINEAR_HISTOGRAM, TYPE_LINEAR_HIST);
SAME_STAT (TYPE, KVM_STAT_KIND_LOG_HISTOGRAM, TYPE_LOG_HIST);
SAME_STAT (UNIT, KVM_STAT_UNIT_NONE, UNIT_NONE);
SAME_STAT (UNIT, KVM_STAT_UNIT_BYTES, UNIT_BYTES);
SAME_STAT (UNIT, KVM_STAT_UNIT_SECONDS, UNIT_SECONDS);
SAME_STAT (UNIT, KVM_STAT_UNIT_CYCLES, UNIT_CYCLES);
SAME_STAT (UNIT, KVM_STAT_UNIT_BOOLEAN, UNIT_BOOLEAN);
SAME_STAT (BASE, 0, BASE_POW10);
SAME_STAT (BASE, 1, BASE_POW2);

SAME (KVM_DEVICE_TYPE_VFIO, KVM_DEV_TYPE_VFIO);
SAME (KVM_DEVICE_TYPE_ARM_VGIC_V2, KVM_DEV_TYPE_ARM_VGIC_V2);
SAME (KVM_DEVICE_TYPE_ARM_VGIC_V3, KVM_DEV_TYPE_ARM_VGIC_V3);
SAME (KVM_DEVICE_TYPE_ARM_VGIC_ITS, KVM_DEV_TYPE_ARM_VGIC_ITS);
#ifdef KVM_DEV_TYPE_RISCV_AIA
SAME (KVM_DEVICE_TYPE_RISCV_AIA, KVM_DEV_TYPE_RISCV_AIA);
#endif
#ifdef KVM_DEV_TYPE_ARM_VGIC_V5
SAME (KVM_DEVICE_TYPE_ARM_VGIC_V5, KVM_DEV_TYPE_ARM_VGIC_V5);
#endif

SAME (KVM_VCPU_STATE_RUNNABLE, KVM_MP_STATE_RUNNABLE);
SAME (KVM_VCPU_STATE_UNINITIALIZED, KVM_MP_STATE_UNINITIALIZED);
SAME (KVM_VCPU_STATE_INIT_RECEIVED, KVM_MP_STATE_INIT_RECEIVED);
SAME (KVM_VCPU_STATE_HALTED, KVM_MP_STATE_HALTED);
SAME (KVM_VCPU_STATE_SIPI_RECEIVED, KVM_MP_STATE_SIPI_RECEIVED);
SAME (KVM_VCPU_STATE_STOPPED, KVM_MP_STATE_STOPPED);
SAME (KVM_VCPU_STATE_AP_RESET_HOLD, KVM_MP_STATE_AP_RESET_HOLD);
SAME (KVM_VCPU_STATE_SUSPENDED, KVM_MP_STATE_SUSPENDED);

#define SAME_REASON(name) SAME (KVM_EXIT_REASON_##name, KVM_EXIT_##name)
SAME_REASON (UNKNOWN);
SAME_REASON (EXCEPTION);
SAME_REASON (IO);
SAME_REASON (HYPERCALL);
SAME_REASON (DEBUG);
SAME_REASON (HLT);
SAME_REASON (MMIO);
SAME_REASON (IRQ_WINDOW_OPEN);
SAME_REASON (SHUTDOWN);
SAME_REASON (FAIL_ENTRY);
SAME (KVM_EXIT_REASON_INTERRUPTED, KVM_EXIT_INTR);
SAME_REASON (SET_TPR);
SAME_REASON (TPR_ACCESS);
SAME_REASON (INTERNAL_ERROR);
SAME_REASON (SYSTEM_EVENT);
SAME_REASON (IOAPIC_EOI);
SAME_REASON (HYPERV);
SAME_REASON (ARM_NISV);
SAME_REASON (X86_RDMSR);
SAME_REASON (X86_WRMSR);
SAME_REASON (DIRTY_RING_FULL);
SAME_REASON (AP_RESET_HOLD);
SAME_REASON (X86_BUS_LOCK);
SAME_REASON (XEN);
SAME_REASON (RISCV_SBI);
SAME_REASON (RISCV_CSR);
SAME_REASON (NOTIFY);
#ifdef KVM_EXIT_MEMORY_FAULT
SAME_REASON (MEMORY_FAULT);
SAME_RUN (memory_fault.flags);
SAME_RUN (memory_fault.gpa);
SAME_RUN (memory_fault.size);
#endif
#ifdef KVM_EXIT_TDX
SAME_REASON (TDX);
SAME_RUN (tdx.flags);
SAME_RUN (tdx.nr);
SAME_FIELD (KvmAbiRun, tdx.ret, kvm_run, tdx.unknown.ret);
#endif
#ifdef KVM_EXIT_ARM_SEA
SAME_REASON (ARM_SEA);
SAME_RUN (arm_sea.gpa);
#endif
#ifdef KVM_EXIT_ARM_LDST64B
SAME_REASON (ARM_LDST64B);
#endif
#ifdef KVM_EXIT_SNP_REQ_CERTS
SAME_REASON (SNP_REQ_CERTS);
SAME_RUN (snp_req_certs.ret);
#endif

SAME (KVM_INTERNAL_ERROR_TYPE_EMULATION, KVM_INTERNAL_ERROR_EMULATION);
SAME (KVM_INTERNAL_ERROR_TYPE_SIMULTANEOUS_EXCEPTION, KVM_INTERNAL_ERROR_SIMUL_EX);
SAME (KVM_INTERNAL_ERROR_TYPE_EVENT_DELIVERY, KVM_INTERNAL_ERROR_DELIVERY_EV);
SAME (KVM_INTERNAL_ERROR_TYPE_UNEXPECTED_EXIT, KVM_INTERNAL_ERROR_UNEXPECTED_EXIT_REASON);
SAME (KVM_SYSTEM_EVENT_TYPE_SHUTDOWN, KVM_SYSTEM_EVENT_SHUTDOWN);
SAME (KVM_SYSTEM_EVENT_TYPE_RESET, KVM_SYSTEM_EVENT_RESET);
SAME (KVM_SYSTEM_EVENT_TYPE_CRASH, KVM_SYSTEM_EVENT_CRASH);
SAME (KVM_SYSTEM_EVENT_TYPE_WAKEUP, KVM_SYSTEM_EVENT_WAKEUP);
SAME (KVM_SYSTEM_EVENT_TYPE_SUSPEND, KVM_SYSTEM_EVENT_SUSPEND);
SAME (KVM_SYSTEM_EVENT_TYPE_SEV_TERM, KVM_SYSTEM_EVENT_SEV_TERM);
#ifdef KVM_SYSTEM_EVENT_TDX_FATAL
SAME (KVM_SYSTEM_EVENT_TYPE_TDX_FATAL, KVM_SYSTEM_EVENT_TDX_FATAL);
#endif

SAME_SIZE (KvmAbiRun, kvm_run);
SAME_RUN (request_interrupt_window);
SAME_RUN (immediate_exit);
SAME_RUN (exit_reason);
SAME_RUN (ready_for_interrupt_injection);
SAME_RUN (if_flag);
SAME_RUN (flags);
SAME_RUN (cr8);
SAME_RUN (apic_base);
SAME_RUN (hw.hardware_exit_reason);
SAME_RUN (fail_entry.hardware_entry_failure_reason);
SAME_RUN (fail_entry.cpu);
SAME_RUN (ex.exception);
SAME_RUN (ex.error_code);
SAME_RUN (io.direction);
SAME_RUN (io.size);
SAME_RUN (io.port);
SAME_RUN (io.count);
SAME_RUN (io.data_offset);
SAME (KVMOBJ_IO_OUT, KVM_EXIT_IO_OUT);
#if KVMOBJ_HOST_ARCH == KVMOBJ_ARCH_X86
SAME_FIELD (KvmAbiRun, debug_x86.exception, kvm_run, debug.arch.exception);
SAME_FIELD (KvmAbiRun, debug_x86.pc, kvm_run, debug.arch.pc);
SAME_FIELD (KvmAbiRun, debug_x86.dr6, kvm_run, debug.arch.dr6);
SAME_FIELD (KvmAbiRun, debug_x86.dr7, kvm_run, debug.arch.dr7);
#elif KVMOBJ_HOST_ARCH == KVMOBJ_ARCH_ARM64
SAME_FIELD (KvmAbiRun, debug_arm64.hsr, kvm_run, debug.arch.hsr);
SAME_FIELD (KvmAbiRun, debug_arm64.hsr_high, kvm_run, debug.arch.hsr_high);
SAME_FIELD (KvmAbiRun, debug_arm64.far, kvm_run, debug.arch.far);
#endif
SAME_RUN (mmio.phys_addr);
SAME_RUN (mmio.data);
SAME_RUN (mmio.len);
SAME_RUN (mmio.is_write);
SAME_RUN (hypercall.nr);
SAME_RUN (hypercall.args);
SAME_RUN (hypercall.ret);
SAME (offsetof (KvmAbiRun, hypercall.flags), offsetof (struct kvm_run, hypercall.longmode));
SAME_RUN (tpr_access.rip);
SAME_RUN (tpr_access.is_write);
SAME_RUN (internal.suberror);
SAME_RUN (internal.ndata);
SAME_RUN (internal.data);
SAME_RUN (emulation_failure.flags);
SAME_RUN (emulation_failure.insn_size);
SAME_RUN (emulation_failure.insn_bytes);
SAME_RUN (system_event.type);
SAME_RUN (system_event.ndata);
SAME_RUN (system_event.data);
SAME_RUN (eoi.vector);
SAME_RUN (hyperv.type);
SAME_FIELD (KvmAbiRun, hyperv.synic.msr, kvm_run, hyperv.u.synic.msr);
SAME_FIELD (KvmAbiRun, hyperv.synic.control, kvm_run, hyperv.u.synic.control);
SAME_FIELD (KvmAbiRun, hyperv.synic.evt_page, kvm_run, hyperv.u.synic.evt_page);
SAME_FIELD (KvmAbiRun, hyperv.synic.msg_page, kvm_run, hyperv.u.synic.msg_page);
SAME_FIELD (KvmAbiRun, hyperv.hcall.input, kvm_run, hyperv.u.hcall.input);
SAME_FIELD (KvmAbiRun, hyperv.hcall.result, kvm_run, hyperv.u.hcall.result);
SAME_FIELD (KvmAbiRun, hyperv.hcall.params, kvm_run, hyperv.u.hcall.params);
SAME_FIELD (KvmAbiRun, hyperv.syndbg.msr, kvm_run, hyperv.u.syndbg.msr);
SAME_FIELD (KvmAbiRun, hyperv.syndbg.control, kvm_run, hyperv.u.syndbg.control);
SAME_FIELD (KvmAbiRun, hyperv.syndbg.status, kvm_run, hyperv.u.syndbg.status);
SAME_FIELD (KvmAbiRun, hyperv.syndbg.send_page, kvm_run, hyperv.u.syndbg.send_page);
SAME_FIELD (KvmAbiRun, hyperv.syndbg.recv_page, kvm_run, hyperv.u.syndbg.recv_page);
SAME_FIELD (KvmAbiRun, hyperv.syndbg.pending_page, kvm_run, hyperv.u.syndbg.pending_page);
SAME (KVMOBJ_HYPERV_SYNIC, KVM_EXIT_HYPERV_SYNIC);
SAME (KVMOBJ_HYPERV_HCALL, KVM_EXIT_HYPERV_HCALL);
SAME (KVMOBJ_HYPERV_SYNDBG, KVM_EXIT_HYPERV_SYNDBG);
SAME_RUN (arm_nisv.esr_iss);
SAME_RUN (arm_nisv.fault_ipa);
SAME_RUN (msr.error);
SAME_RUN (msr.reason);
SAME_RUN (msr.index);
SAME_RUN (msr.data);
SAME_RUN (xen.type);
SAME_FIELD (KvmAbiRun, xen.longmode, kvm_run, xen.u.hcall.longmode);
SAME_FIELD (KvmAbiRun, xen.cpl, kvm_run, xen.u.hcall.cpl);
SAME_FIELD (KvmAbiRun, xen.input, kvm_run, xen.u.hcall.input);
SAME_FIELD (KvmAbiRun, xen.result, kvm_run, xen.u.hcall.result);
SAME_FIELD (KvmAbiRun, xen.params, kvm_run, xen.u.hcall.params);
SAME_RUN (riscv_sbi.extension_id);
SAME_RUN (riscv_sbi.function_id);
SAME_RUN (riscv_sbi.args);
SAME_RUN (riscv_sbi.ret);
SAME_RUN (riscv_csr.csr_num);
SAME_RUN (riscv_csr.new_value);
SAME_RUN (riscv_csr.write_mask);
SAME_RUN (riscv_csr.ret_value);
SAME_RUN (notify.flags);
SAME (offsetof (KvmAbiRun, valid_regs), offsetof (struct kvm_run, kvm_valid_regs));
SAME (offsetof (KvmAbiRun, dirty_regs), offsetof (struct kvm_run, kvm_dirty_regs));
SAME (offsetof (KvmAbiRun, regs), offsetof (struct kvm_run, s));
