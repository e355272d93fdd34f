/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
#if !defined(KVMOBJ_INSIDE) && !defined(KVMOBJ_COMPILATION)
#error "Only <kvmobj/kvmobj.h> can be included directly."
#endif

#include <kvmobj/kvm-types.h>
#include <kvmobj/x86/kvm-x86-irqchip.h>
#include <kvmobj/x86/kvm-x86-msr-filter.h>
#include <kvmobj/x86/kvm-x86-clock.h>
#include <kvmobj/x86/kvm-x86-pmu-event-filter.h>
#include <kvmobj/x86/kvm-x86-xen-attribute.h>
#include <kvmobj/x86/kvm-x86-pit.h>

G_BEGIN_DECLS

KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_vm_x86_create_pit (KvmVm *vm, guint flags, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_vm_x86_set_tss_address (KvmVm *vm, guint64 address, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_vm_x86_set_msr_filter (KvmVm *vm, const KvmX86MsrFilter *filter, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_vm_x86_set_msr_exits (KvmVm *vm, KvmX86MsrExitReasons reasons, GError **error);

KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_vm_x86_set_identity_map_address (KvmVm *vm, guint64 address, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_vm_x86_set_nr_mmu_pages (KvmVm *vm, guint n_pages, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_vm_x86_set_pmu_event_filter (KvmVm *vm, const KvmX86PmuEventFilter *filter,
                                          GError **error);

KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_vm_x86_get_clock (KvmVm *vm, KvmX86Clock *clock, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_vm_x86_set_clock (KvmVm *vm, const KvmX86Clock *clock, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_vm_x86_get_tsc_khz (KvmVm *vm, guint *khz, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_vm_x86_set_tsc_khz (KvmVm *vm, guint khz, GError **error);

KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_vm_x86_set_xen_hvm_config (KvmVm *vm, KvmX86XenHvmFlags flags, guint32 msr,
                                        KvmMemory *page_32, KvmMemory *page_64, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
KvmX86XenAttribute *kvm_vm_x86_get_xen_attribute (KvmVm *vm, KvmX86XenVmAttributeType type,
                                                  GError **error);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_vm_x86_set_xen_attribute (KvmVm *vm, const KvmX86XenAttribute *attribute,
                                       GError **error);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_vm_x86_send_xen_event (KvmVm *vm, guint port, guint vcpu_id, GError **error);

KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_vm_x86_add_hyperv_eventfd (KvmVm *vm, guint connection_id, int fd, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_vm_x86_remove_hyperv_eventfd (KvmVm *vm, guint connection_id, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_vm_x86_enable_split_irqchip (KvmVm *vm, guint n_ioapic_pins, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
KvmX86Irqchip *kvm_vm_x86_get_irqchip (KvmVm *vm, KvmX86IrqchipId id, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_vm_x86_set_irqchip (KvmVm *vm, const KvmX86Irqchip *irqchip, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
KvmX86PitState *kvm_vm_x86_get_pit (KvmVm *vm, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_vm_x86_set_pit (KvmVm *vm, const KvmX86PitState *pit, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_vm_x86_set_pit_reinject (KvmVm *vm, gboolean reinject, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_vm_x86_set_boot_cpu_id (KvmVm *vm, guint id, GError **error);

G_END_DECLS
