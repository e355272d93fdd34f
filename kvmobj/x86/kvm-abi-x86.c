/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Nothing here runs: as kvm-abi.c does, this proves our words for what x86 alone has. */

#include "config.h"

#include "kvm-arch-private.h"

#if KVMOBJ_HOST_ARCH == KVMOBJ_ARCH_X86

#include <linux/kvm.h>

#include "kvm-abi-private.h"
#include "kvm-abi-proof-private.h"
#include "kvm-abi-run-private.h"
#include "x86/kvm-x86-msr-filter.h"
#include "x86/kvm-x86-nested-state.h"
#include "x86/kvm-vm-x86-encryption.h"
#include "x86/kvm-x86-pmu-event-filter.h"
#include "x86/kvm-x86-xen-attribute.h"

SAME_REQUEST (KVM_GET_SUPPORTED_CPUID);
SAME_REQUEST (KVM_GET_EMULATED_CPUID);
SAME_REQUEST (KVM_GET_SUPPORTED_HV_CPUID);
SAME_REQUEST (KVM_GET_MSR_INDEX_LIST);
SAME_REQUEST (KVM_GET_MSR_FEATURE_INDEX_LIST);
SAME_REQUEST (KVM_GET_MSRS);
SAME_REQUEST (KVM_SET_MSRS);
SAME_REQUEST (KVM_X86_SET_MSR_FILTER);
SAME_REQUEST (KVM_GET_REGS);
SAME_REQUEST (KVM_SET_REGS);
SAME_REQUEST (KVM_GET_SREGS);
SAME_REQUEST (KVM_SET_SREGS);
SAME_REQUEST (KVM_SET_CPUID2);
SAME_REQUEST (KVM_GET_CPUID2);
SAME_REQUEST (KVM_TRANSLATE);
SAME_REQUEST (KVM_GET_FPU);
SAME_REQUEST (KVM_SET_FPU);
SAME_REQUEST (KVM_GET_VCPU_EVENTS);
SAME_REQUEST (KVM_SET_VCPU_EVENTS);
SAME_REQUEST (KVM_GET_DEBUGREGS);
SAME_REQUEST (KVM_SET_DEBUGREGS);
SAME_REQUEST (KVM_GET_XSAVE);
SAME_REQUEST (KVM_SET_XSAVE);
SAME_REQUEST (KVM_GET_XSAVE2);
SAME_REQUEST (KVM_GET_XCRS);
SAME_REQUEST (KVM_SET_XCRS);
SAME_REQUEST (KVM_GET_SREGS2);
SAME_REQUEST (KVM_SET_SREGS2);
SAME_REQUEST (KVM_GET_NESTED_STATE);
SAME_REQUEST (KVM_SET_NESTED_STATE);
SAME_REQUEST (KVM_SET_NR_MMU_PAGES);
SAME_REQUEST (KVM_SET_IDENTITY_MAP_ADDR);
SAME_REQUEST (KVM_XEN_HVM_CONFIG);
SAME_REQUEST (KVM_SET_CLOCK);
SAME_REQUEST (KVM_GET_CLOCK);
SAME_REQUEST (KVM_X86_SETUP_MCE);
SAME_REQUEST (KVM_X86_GET_MCE_CAP_SUPPORTED);
SAME_REQUEST (KVM_X86_SET_MCE);
SAME_REQUEST (KVM_SET_TSC_KHZ);
SAME_REQUEST (KVM_GET_TSC_KHZ);
SAME_REQUEST (KVM_KVMCLOCK_CTRL);
SAME_REQUEST (KVM_SET_PMU_EVENT_FILTER);
SAME_REQUEST (KVM_MEMORY_ENCRYPT_OP);
SAME_REQUEST (KVM_MEMORY_ENCRYPT_REG_REGION);
SAME_REQUEST (KVM_MEMORY_ENCRYPT_UNREG_REGION);
SAME_REQUEST (KVM_HYPERV_EVENTFD);
SAME_REQUEST (KVM_XEN_HVM_GET_ATTR);
SAME_REQUEST (KVM_XEN_HVM_SET_ATTR);
SAME_REQUEST (KVM_XEN_VCPU_GET_ATTR);
SAME_REQUEST (KVM_XEN_VCPU_SET_ATTR);
SAME_REQUEST (KVM_XEN_HVM_EVTCHN_SEND);
SAME_REQUEST (KVM_GET_IRQCHIP);
SAME_REQUEST (KVM_SET_IRQCHIP);
SAME_REQUEST (KVM_REINJECT_CONTROL);
SAME_REQUEST (KVM_SET_BOOT_CPU_ID);
SAME_REQUEST (KVM_GET_LAPIC);
SAME_REQUEST (KVM_SET_LAPIC);
SAME_REQUEST (KVM_TPR_ACCESS_REPORTING);
SAME_REQUEST (KVM_SET_VAPIC_ADDR);
SAME_REQUEST (KVM_NMI);
SAME_REQUEST (KVM_SMI);
SAME_REQUEST (KVM_GET_PIT2);
SAME_REQUEST (KVM_SET_PIT2);

#define SAME_REGS(field) SAME_FIELD (KvmX86Regs, field, kvm_regs, field)
SAME_SIZE (KvmX86Regs, kvm_regs);
SAME_REGS (rax);
SAME_REGS (rbx);
SAME_REGS (rcx);
SAME_REGS (rdx);
SAME_REGS (rsi);
SAME_REGS (rdi);
SAME_REGS (rsp);
SAME_REGS (rbp);
SAME_REGS (r8);
SAME_REGS (r9);
SAME_REGS (r10);
SAME_REGS (r11);
SAME_REGS (r12);
SAME_REGS (r13);
SAME_REGS (r14);
SAME_REGS (r15);
SAME_REGS (rip);
SAME_REGS (rflags);

#define SAME_SEGMENT(field) SAME_FIELD (KvmX86Segment, field, kvm_segment, field)
SAME_SIZE (KvmX86Segment, kvm_segment);
SAME_SEGMENT (base);
SAME_SEGMENT (limit);
SAME_SEGMENT (selector);
SAME_SEGMENT (type);
SAME_SEGMENT (present);
SAME_SEGMENT (dpl);
SAME_SEGMENT (db);
SAME_SEGMENT (s);
SAME_SEGMENT (l);
SAME_SEGMENT (g);
SAME_SEGMENT (avl);
SAME_SEGMENT (unusable);

SAME_SIZE (KvmX86Dtable, kvm_dtable);
SAME_FIELD (KvmX86Dtable, base, kvm_dtable, base);
SAME_FIELD (KvmX86Dtable, limit, kvm_dtable, limit);

#define SAME_SREGS(field) SAME_FIELD (KvmX86Sregs, field, kvm_sregs, field)
SAME_SIZE (KvmX86Sregs, kvm_sregs);
SAME_SREGS (cs);
SAME_SREGS (ds);
SAME_SREGS (es);
SAME_SREGS (fs);
SAME_SREGS (gs);
SAME_SREGS (ss);
SAME_SREGS (tr);
SAME_SREGS (ldt);
SAME_SREGS (gdt);
SAME_SREGS (idt);
SAME_SREGS (cr0);
SAME_SREGS (cr2);
SAME_SREGS (cr3);
SAME_SREGS (cr4);
SAME_SREGS (cr8);
SAME_SREGS (efer);
SAME_SREGS (apic_base);
SAME_SREGS (interrupt_bitmap);

#define SAME_FPU(field) SAME_FIELD (KvmX86Fpu, field, kvm_fpu, field)
SAME_SIZE (KvmX86Fpu, kvm_fpu);
SAME_FPU (fpr);
SAME_FPU (fcw);
SAME_FPU (fsw);
SAME_FPU (ftwx);
SAME_FPU (last_opcode);
SAME_FPU (last_ip);
SAME_FPU (last_dp);
SAME_FPU (xmm);
SAME_FPU (mxcsr);

SAME_SIZE (KvmX86DebugRegs, kvm_debugregs);
SAME_FIELD (KvmX86DebugRegs, dr0, kvm_debugregs, db[0]);
SAME_FIELD (KvmX86DebugRegs, dr1, kvm_debugregs, db[1]);
SAME_FIELD (KvmX86DebugRegs, dr2, kvm_debugregs, db[2]);
SAME_FIELD (KvmX86DebugRegs, dr3, kvm_debugregs, db[3]);
SAME_FIELD (KvmX86DebugRegs, dr6, kvm_debugregs, dr6);
SAME_FIELD (KvmX86DebugRegs, dr7, kvm_debugregs, dr7);
SAME_FIELD (KvmX86DebugRegs, flags, kvm_debugregs, flags);

SAME_SIZE (KvmX86VcpuEvents, kvm_vcpu_events);
SAME_FIELD (KvmX86VcpuEvents, exception_injected, kvm_vcpu_events, exception.injected);
SAME_FIELD (KvmX86VcpuEvents, exception_nr, kvm_vcpu_events, exception.nr);
SAME_FIELD (KvmX86VcpuEvents, exception_has_error_code, kvm_vcpu_events, exception.has_error_code);
SAME_FIELD (KvmX86VcpuEvents, exception_pending, kvm_vcpu_events, exception.pending);
SAME_FIELD (KvmX86VcpuEvents, exception_error_code, kvm_vcpu_events, exception.error_code);
SAME_FIELD (KvmX86VcpuEvents, interrupt_injected, kvm_vcpu_events, interrupt.injected);
SAME_FIELD (KvmX86VcpuEvents, interrupt_nr, kvm_vcpu_events, interrupt.nr);
SAME_FIELD (KvmX86VcpuEvents, interrupt_soft, kvm_vcpu_events, interrupt.soft);
SAME_FIELD (KvmX86VcpuEvents, interrupt_shadow, kvm_vcpu_events, interrupt.shadow);
SAME_FIELD (KvmX86VcpuEvents, nmi_injected, kvm_vcpu_events, nmi.injected);
SAME_FIELD (KvmX86VcpuEvents, nmi_pending, kvm_vcpu_events, nmi.pending);
SAME_FIELD (KvmX86VcpuEvents, nmi_masked, kvm_vcpu_events, nmi.masked);
SAME_FIELD (KvmX86VcpuEvents, sipi_vector, kvm_vcpu_events, sipi_vector);
SAME_FIELD (KvmX86VcpuEvents, flags, kvm_vcpu_events, flags);
SAME_FIELD (KvmX86VcpuEvents, smi_smm, kvm_vcpu_events, smi.smm);
SAME_FIELD (KvmX86VcpuEvents, smi_pending, kvm_vcpu_events, smi.pending);
SAME_FIELD (KvmX86VcpuEvents, smi_smm_inside_nmi, kvm_vcpu_events, smi.smm_inside_nmi);
SAME_FIELD (KvmX86VcpuEvents, smi_latched_init, kvm_vcpu_events, smi.latched_init);
SAME_FIELD (KvmX86VcpuEvents, triple_fault_pending, kvm_vcpu_events, triple_fault.pending);
SAME_FIELD (KvmX86VcpuEvents, exception_has_payload, kvm_vcpu_events, exception_has_payload);
SAME_FIELD (KvmX86VcpuEvents, exception_payload, kvm_vcpu_events, exception_payload);
SAME (KVM_X86_VCPU_EVENT_FLAGS_NMI_PENDING, KVM_VCPUEVENT_VALID_NMI_PENDING);
SAME (KVM_X86_VCPU_EVENT_FLAGS_SIPI_VECTOR, KVM_VCPUEVENT_VALID_SIPI_VECTOR);
SAME (KVM_X86_VCPU_EVENT_FLAGS_SHADOW, KVM_VCPUEVENT_VALID_SHADOW);
SAME (KVM_X86_VCPU_EVENT_FLAGS_SMM, KVM_VCPUEVENT_VALID_SMM);
SAME (KVM_X86_VCPU_EVENT_FLAGS_PAYLOAD, KVM_VCPUEVENT_VALID_PAYLOAD);
SAME (KVM_X86_VCPU_EVENT_FLAGS_TRIPLE_FAULT, KVM_VCPUEVENT_VALID_TRIPLE_FAULT);

#define SAME_SREGS2(field) SAME_FIELD (KvmX86Sregs2, field, kvm_sregs2, field)
SAME_SIZE (KvmX86Sregs2, kvm_sregs2);
SAME_SREGS2 (cs);
SAME_SREGS2 (ds);
SAME_SREGS2 (es);
SAME_SREGS2 (fs);
SAME_SREGS2 (gs);
SAME_SREGS2 (ss);
SAME_SREGS2 (tr);
SAME_SREGS2 (ldt);
SAME_SREGS2 (gdt);
SAME_SREGS2 (idt);
SAME_SREGS2 (cr0);
SAME_SREGS2 (cr2);
SAME_SREGS2 (cr3);
SAME_SREGS2 (cr4);
SAME_SREGS2 (cr8);
SAME_SREGS2 (efer);
SAME_SREGS2 (apic_base);
SAME_SREGS2 (flags);
SAME_FIELD (KvmX86Sregs2, pdptr0, kvm_sregs2, pdptrs[0]);
SAME_FIELD (KvmX86Sregs2, pdptr1, kvm_sregs2, pdptrs[1]);
SAME_FIELD (KvmX86Sregs2, pdptr2, kvm_sregs2, pdptrs[2]);
SAME_FIELD (KvmX86Sregs2, pdptr3, kvm_sregs2, pdptrs[3]);
SAME (KVM_X86_SREGS2_FLAGS_PDPTRS_VALID, KVM_SREGS2_FLAGS_PDPTRS_VALID);

#define SAME_XCRS(field) SAME_FIELD (KvmX86Xcrs, field, kvm_xcrs, field)
SAME_SIZE (KvmX86Xcrs, kvm_xcrs);
SAME_XCRS (nr_xcrs);
SAME_XCRS (flags);
SAME_XCRS (xcrs);
SAME_XCRS (xcrs[1].xcr);
SAME_XCRS (xcrs[1].value);

SAME_SIZE (KvmAbiXsave, kvm_xsave);

#define SAME_NESTED(field) SAME_FIELD (KvmAbiNestedState, field, kvm_nested_state, field)
SAME_SIZE (KvmAbiNestedState, kvm_nested_state);
SAME_NESTED (flags);
SAME_NESTED (format);
SAME_NESTED (size);
SAME (offsetof (KvmAbiNestedState, data), offsetof (struct kvm_nested_state, data));
SAME (KVM_X86_NESTED_STATE_FLAGS_GUEST_MODE, KVM_STATE_NESTED_GUEST_MODE);
SAME (KVM_X86_NESTED_STATE_FLAGS_RUN_PENDING, KVM_STATE_NESTED_RUN_PENDING);
SAME (KVM_X86_NESTED_STATE_FLAGS_EVMCS, KVM_STATE_NESTED_EVMCS);
SAME (KVM_X86_NESTED_STATE_FLAGS_MTF_PENDING, KVM_STATE_NESTED_MTF_PENDING);
SAME (KVM_X86_NESTED_STATE_FLAGS_GIF_SET, KVM_STATE_NESTED_GIF_SET);
SAME (KVM_X86_NESTED_STATE_FORMAT_VMX, KVM_STATE_NESTED_FORMAT_VMX);
SAME (KVM_X86_NESTED_STATE_FORMAT_SVM, KVM_STATE_NESTED_FORMAT_SVM);

SAME_SIZE (KvmAbiTranslation, kvm_translation);
SAME_FIELD (KvmAbiTranslation, linear_address, kvm_translation, linear_address);
SAME_FIELD (KvmAbiTranslation, physical_address, kvm_translation, physical_address);
SAME_FIELD (KvmAbiTranslation, valid, kvm_translation, valid);
SAME_FIELD (KvmAbiTranslation, writeable, kvm_translation, writeable);
SAME_FIELD (KvmAbiTranslation, usermode, kvm_translation, usermode);

#define SAME_CPUID(field) SAME_FIELD (KvmX86CpuidEntry, field, kvm_cpuid_entry2, field)
SAME_SIZE (KvmX86CpuidEntry, kvm_cpuid_entry2);
SAME_CPUID (function);
SAME_CPUID (index);
SAME_CPUID (flags);
SAME_CPUID (eax);
SAME_CPUID (ebx);
SAME_CPUID (ecx);
SAME_CPUID (edx);
SAME (KVM_X86_CPUID_FLAGS_SIGNIFICANT_INDEX, KVM_CPUID_FLAG_SIGNIFCANT_INDEX);
SAME (KVM_X86_CPUID_FLAGS_STATEFUL_FUNCTION, KVM_CPUID_FLAG_STATEFUL_FUNC);
SAME (KVM_X86_CPUID_FLAGS_STATE_READ_NEXT, KVM_CPUID_FLAG_STATE_READ_NEXT);

SAME_SIZE (struct _KvmX86Irqchip, kvm_irqchip);
SAME_FIELD (struct _KvmX86Irqchip, pic, kvm_irqchip, chip.pic);
SAME_FIELD (struct _KvmX86Irqchip, bytes, kvm_irqchip, chip.dummy);
SAME_FIELD (struct _KvmX86Irqchip, ioapic, kvm_irqchip, chip.ioapic);
SAME_FIELD (struct _KvmX86Irqchip, ioapic.ioregsel, kvm_irqchip, chip.ioapic.ioregsel);
SAME_FIELD (struct _KvmX86Irqchip, ioapic.id, kvm_irqchip, chip.ioapic.id);
SAME_FIELD (struct _KvmX86Irqchip, ioapic.irr, kvm_irqchip, chip.ioapic.irr);
SAME_FIELD (struct _KvmX86Irqchip, ioapic.redirtbl, kvm_irqchip, chip.ioapic.redirtbl);
SAME (KVMOBJ_IOAPIC_N_PINS, KVM_IOAPIC_NUM_PINS);
SAME (KVM_X86_IRQCHIP_ID_PIC_MASTER, KVM_IRQCHIP_PIC_MASTER);
SAME (KVM_X86_IRQCHIP_ID_PIC_SLAVE, KVM_IRQCHIP_PIC_SLAVE);
SAME (KVM_X86_IRQCHIP_ID_IOAPIC, KVM_IRQCHIP_IOAPIC);

#define SAME_PIC(field) SAME_FIELD (KvmX86PicState, field, kvm_pic_state, field)
SAME_SIZE (KvmX86PicState, kvm_pic_state);
SAME_PIC (last_irr);
SAME_PIC (irr);
SAME_PIC (imr);
SAME_PIC (isr);
SAME_PIC (priority_add);
SAME_PIC (irq_base);
SAME_PIC (read_reg_select);
SAME_PIC (poll);
SAME_PIC (special_mask);
SAME_PIC (init_state);
SAME_PIC (auto_eoi);
SAME_PIC (rotate_on_auto_eoi);
SAME_PIC (special_fully_nested_mode);
SAME_PIC (init4);
SAME_PIC (elcr);
SAME_PIC (elcr_mask);

#define SAME_PIT(field) SAME_FIELD (KvmX86PitChannel, field, kvm_pit_channel_state, field)
SAME_SIZE (KvmX86PitChannel, kvm_pit_channel_state);
SAME_PIT (count);
SAME_PIT (latched_count);
SAME_PIT (count_latched);
SAME_PIT (status_latched);
SAME_PIT (status);
SAME_PIT (read_state);
SAME_PIT (write_state);
SAME_PIT (write_latch);
SAME_PIT (rw_mode);
SAME_PIT (mode);
SAME_PIT (bcd);
SAME_PIT (gate);
SAME_PIT (count_load_time);
SAME_SIZE (struct _KvmX86PitState, kvm_pit_state2);
SAME_FIELD (struct _KvmX86PitState, channels, kvm_pit_state2, channels);
SAME_FIELD (struct _KvmX86PitState, flags, kvm_pit_state2, flags);

SAME_SIZE (struct _KvmX86Lapic, kvm_lapic_state);
SAME_SIZE (KvmAbiReinjectControl, kvm_reinject_control);
SAME_FIELD (KvmAbiReinjectControl, pit_reinject, kvm_reinject_control, pit_reinject);
SAME_SIZE (KvmAbiTprAccessCtl, kvm_tpr_access_ctl);
SAME_FIELD (KvmAbiTprAccessCtl, enabled, kvm_tpr_access_ctl, enabled);
SAME_FIELD (KvmAbiTprAccessCtl, flags, kvm_tpr_access_ctl, flags);
SAME_SIZE (KvmAbiVapicAddr, kvm_vapic_addr);
SAME (offsetof (KvmAbiMsrList, indices), offsetof (struct kvm_msr_list, indices));
SAME (offsetof (KvmAbiMsrs, entries), offsetof (struct kvm_msrs, entries));
SAME_SIZE (KvmAbiMsrEntry, kvm_msr_entry);
SAME_FIELD (KvmAbiMsrEntry, index, kvm_msr_entry, index);
SAME_FIELD (KvmAbiMsrEntry, data, kvm_msr_entry, data);
SAME_SIZE (KvmAbiMsrFilterRange, kvm_msr_filter_range);
SAME_FIELD (KvmAbiMsrFilterRange, flags, kvm_msr_filter_range, flags);
SAME_FIELD (KvmAbiMsrFilterRange, nmsrs, kvm_msr_filter_range, nmsrs);
SAME_FIELD (KvmAbiMsrFilterRange, base, kvm_msr_filter_range, base);
SAME_FIELD (KvmAbiMsrFilterRange, bitmap, kvm_msr_filter_range, bitmap);
SAME_SIZE (KvmAbiMsrFilter, kvm_msr_filter);
SAME_FIELD (KvmAbiMsrFilter, flags, kvm_msr_filter, flags);
SAME_FIELD (KvmAbiMsrFilter, ranges, kvm_msr_filter, ranges);
SAME (KVMOBJ_MSR_FILTER_RANGES, KVM_MSR_FILTER_MAX_RANGES);
SAME (KVMOBJ_MSR_FILTER_MSRS, KVM_MSR_FILTER_MAX_BITMAP_SIZE * 8);
SAME (KVM_X86_MSR_FILTER_FLAGS_DEFAULT_DENY, KVM_MSR_FILTER_DEFAULT_DENY);
SAME (KVM_X86_MSR_ACCESSES_READ, KVM_MSR_FILTER_READ);
SAME (KVM_X86_MSR_ACCESSES_WRITE, KVM_MSR_FILTER_WRITE);
SAME (KVM_X86_MSR_EXIT_REASONS_INVALID, KVM_MSR_EXIT_REASON_INVAL);
SAME (KVM_X86_MSR_EXIT_REASONS_UNKNOWN, KVM_MSR_EXIT_REASON_UNKNOWN);
SAME (KVM_X86_MSR_EXIT_REASONS_FILTERED, KVM_MSR_EXIT_REASON_FILTER);
#define SAME_CLOCK(field) SAME_FIELD (KvmX86Clock, field, kvm_clock_data, field)
SAME_SIZE (KvmX86Clock, kvm_clock_data);
SAME_CLOCK (clock);
SAME_CLOCK (flags);
SAME_CLOCK (realtime);
SAME_CLOCK (host_tsc);
SAME (KVM_X86_CLOCK_FLAGS_TSC_STABLE, KVM_CLOCK_TSC_STABLE);
SAME (KVM_X86_CLOCK_FLAGS_REALTIME, KVM_CLOCK_REALTIME);
SAME (KVM_X86_CLOCK_FLAGS_HOST_TSC, KVM_CLOCK_HOST_TSC);

#define SAME_MCE(field) SAME_FIELD (KvmX86Mce, field, kvm_x86_mce, field)
SAME_SIZE (KvmX86Mce, kvm_x86_mce);
SAME_MCE (status);
SAME_MCE (addr);
SAME_MCE (misc);
SAME_MCE (mcg_status);
SAME_MCE (bank);

#define SAME_PMU(field) SAME_FIELD (KvmAbiPmuEventFilter, field, kvm_pmu_event_filter, field)
SAME_SIZE (KvmAbiPmuEventFilter, kvm_pmu_event_filter);
SAME_PMU (action);
SAME_PMU (nevents);
SAME_PMU (fixed_counter_bitmap);
SAME_PMU (flags);
SAME (offsetof (KvmAbiPmuEventFilter, events), offsetof (struct kvm_pmu_event_filter, events));
SAME (KVM_X86_PMU_EVENT_ACTION_ALLOW, KVM_PMU_EVENT_ALLOW);
SAME (KVM_X86_PMU_EVENT_ACTION_DENY, KVM_PMU_EVENT_DENY);
#ifdef KVM_PMU_EVENT_FLAG_MASKED_EVENTS
SAME (KVMOBJ_PMU_EVENT_FLAG_MASKED, KVM_PMU_EVENT_FLAG_MASKED_EVENTS);
#endif
#ifdef KVM_X86_TDX_VM
SAME (KVMOBJ_VM_TYPE_TDX, KVM_X86_TDX_VM);
#endif
SAME (KVMOBJ_VCPU_TSC_CTRL, KVM_VCPU_TSC_CTRL);
SAME (KVMOBJ_VCPU_TSC_OFFSET, KVM_VCPU_TSC_OFFSET);

#define SAME_XEN_CONFIG(field) SAME_FIELD (KvmAbiXenHvmConfig, field, kvm_xen_hvm_config, field)
SAME_SIZE (KvmAbiXenHvmConfig, kvm_xen_hvm_config);
SAME_XEN_CONFIG (flags);
SAME_XEN_CONFIG (msr);
SAME_XEN_CONFIG (blob_addr_32);
SAME_XEN_CONFIG (blob_addr_64);
SAME_XEN_CONFIG (blob_size_32);
SAME_XEN_CONFIG (blob_size_64);
SAME (KVM_X86_XEN_HVM_FLAGS_HYPERCALL_MSR, KVM_XEN_HVM_CONFIG_HYPERCALL_MSR);
SAME (KVM_X86_XEN_HVM_FLAGS_INTERCEPT_HYPERCALLS, KVM_XEN_HVM_CONFIG_INTERCEPT_HCALL);
SAME (KVM_X86_XEN_HVM_FLAGS_SHARED_INFO, KVM_XEN_HVM_CONFIG_SHARED_INFO);
SAME (KVM_X86_XEN_HVM_FLAGS_RUNSTATE, KVM_XEN_HVM_CONFIG_RUNSTATE);
SAME (KVM_X86_XEN_HVM_FLAGS_EVENT_CHANNEL_2LEVEL, KVM_XEN_HVM_CONFIG_EVTCHN_2LEVEL);
SAME (KVM_X86_XEN_HVM_FLAGS_EVENT_CHANNEL_SEND, KVM_XEN_HVM_CONFIG_EVTCHN_SEND);

#define SAME_XEN_ATTR(field, theirs) SAME_FIELD (KvmAbiXenAttr, u.field, kvm_xen_hvm_attr, u.theirs)
SAME_SIZE (KvmAbiXenAttr, kvm_xen_hvm_attr);
SAME_FIELD (KvmAbiXenAttr, type, kvm_xen_hvm_attr, type);
SAME_XEN_ATTR (byte, long_mode);
SAME_XEN_ATTR (byte, vector);
SAME_XEN_ATTR (value, shared_info.gfn);
SAME_XEN_ATTR (word, xen_version);
SAME_XEN_ATTR (evtchn.send_port, evtchn.send_port);
SAME_XEN_ATTR (evtchn.type, evtchn.type);
SAME_XEN_ATTR (evtchn.flags, evtchn.flags);
SAME_XEN_ATTR (evtchn.deliver.port, evtchn.deliver.port);
SAME_XEN_ATTR (evtchn.deliver.eventfd, evtchn.deliver.eventfd);
SAME (KVMOBJ_XEN_EVTCHN_DEASSIGN, KVM_XEN_EVTCHN_DEASSIGN);
SAME (KVMOBJ_XEN_EVTCHN_UPDATE, KVM_XEN_EVTCHN_UPDATE);
SAME (KVMOBJ_XEN_EVTCHN_RESET, KVM_XEN_EVTCHN_RESET);
#define SAME_XEN_TYPE(ours, theirs)                                                                \
  SAME (KVM_X86_XEN_VM_ATTRIBUTE_TYPE_##ours, KVM_XEN_ATTR_TYPE_##theirs)
SAME_XEN_TYPE (LONG_MODE, LONG_MODE);
SAME_XEN_TYPE (SHARED_INFO, SHARED_INFO);
SAME_XEN_TYPE (UPCALL_VECTOR, UPCALL_VECTOR);
SAME_XEN_TYPE (EVENT_CHANNEL, EVTCHN);
SAME_XEN_TYPE (VERSION, XEN_VERSION);

#define SAME_XEN_VCPU(field, theirs)                                                               \
  SAME_FIELD (KvmAbiXenAttr, u.field, kvm_xen_vcpu_attr, u.theirs)
SAME_SIZE (KvmAbiXenAttr, kvm_xen_vcpu_attr);
SAME_XEN_VCPU (value, gpa);
SAME_XEN_VCPU (byte, vector);
SAME_XEN_VCPU (word, vcpu_id);
SAME_XEN_VCPU (runstate, runstate);
SAME_XEN_VCPU (timer, timer);
#define SAME_XEN_VCPU_TYPE(ours, theirs)                                                           \
  SAME (KVM_X86_XEN_VCPU_ATTRIBUTE_TYPE_##ours, KVM_XEN_VCPU_ATTR_TYPE_##theirs)
SAME_XEN_VCPU_TYPE (VCPU_INFO, VCPU_INFO);
SAME_XEN_VCPU_TYPE (TIME_INFO, VCPU_TIME_INFO);
SAME_XEN_VCPU_TYPE (RUNSTATE_ADDRESS, RUNSTATE_ADDR);
SAME_XEN_VCPU_TYPE (RUNSTATE_CURRENT, RUNSTATE_CURRENT);
SAME_XEN_VCPU_TYPE (RUNSTATE_DATA, RUNSTATE_DATA);
SAME_XEN_VCPU_TYPE (RUNSTATE_ADJUST, RUNSTATE_ADJUST);
SAME_XEN_VCPU_TYPE (VCPU_ID, VCPU_ID);
SAME_XEN_VCPU_TYPE (TIMER, TIMER);
SAME_XEN_VCPU_TYPE (UPCALL_VECTOR, UPCALL_VECTOR);
SAME_SIZE (KvmAbiXenEvtchn, kvm_irq_routing_xen_evtchn);
SAME_FIELD (KvmAbiXenEvtchn, vcpu, kvm_irq_routing_xen_evtchn, vcpu);
SAME (KVMOBJ_XEN_EVTCHN_PRIORITY_2LEVEL, KVM_IRQ_ROUTING_XEN_EVTCHN_PRIO_2LEVEL);

SAME_SIZE (KvmAbiHypervEventfd, kvm_hyperv_eventfd);
SAME_FIELD (KvmAbiHypervEventfd, fd, kvm_hyperv_eventfd, fd);
SAME_FIELD (KvmAbiHypervEventfd, flags, kvm_hyperv_eventfd, flags);
SAME (KVMOBJ_HYPERV_CONN_ID_MASK, KVM_HYPERV_CONN_ID_MASK);
SAME (KVMOBJ_HYPERV_EVENTFD_DEASSIGN, KVM_HYPERV_EVENTFD_DEASSIGN);

SAME_SIZE (KvmAbiSevCmd, kvm_sev_cmd);
SAME_FIELD (KvmAbiSevCmd, data, kvm_sev_cmd, data);
SAME_FIELD (KvmAbiSevCmd, error, kvm_sev_cmd, error);
SAME_FIELD (KvmAbiSevCmd, sev_fd, kvm_sev_cmd, sev_fd);
SAME (KVM_X86_SEV_COMMAND_INIT, KVM_SEV_INIT);
SAME (KVM_X86_SEV_COMMAND_LAUNCH_FINISH, KVM_SEV_LAUNCH_FINISH);
SAME (KVM_X86_SEV_COMMAND_RECEIVE_FINISH, KVM_SEV_RECEIVE_FINISH);
SAME (KVM_X86_SEV_COMMAND_SEND_CANCEL, KVM_SEV_SEND_CANCEL);
SAME_SIZE (KvmAbiEncRegion, kvm_enc_region);
SAME_FIELD (KvmAbiEncRegion, size, kvm_enc_region, size);

#endif
