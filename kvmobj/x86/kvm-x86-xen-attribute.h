/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
#if !defined(KVMOBJ_INSIDE) && !defined(KVMOBJ_COMPILATION)
#error "Only <kvmobj/kvmobj.h> can be included directly."
#endif

#include <glib-object.h>

#include <kvmobj/kvm-version-macros.h>

G_BEGIN_DECLS

/**
 * KvmX86XenHvmFlags:
 * @KVM_X86_XEN_HVM_FLAGS_NONE: nothing of Xen
 * @KVM_X86_XEN_HVM_FLAGS_HYPERCALL_MSR: the guest gets a page for hypercalls by writing to an MSR
 * @KVM_X86_XEN_HVM_FLAGS_INTERCEPT_HYPERCALLS: the kernel makes that page, and a hypercall is an
 *   exit, %KVM_EXIT_REASON_XEN
 * @KVM_X86_XEN_HVM_FLAGS_SHARED_INFO: there are attributes
 * @KVM_X86_XEN_HVM_FLAGS_RUNSTATE: there are attributes about the state of a vCPU
 * @KVM_X86_XEN_HVM_FLAGS_EVENT_CHANNEL_2LEVEL: event channels may be in the routing of interrupts
 * @KVM_X86_XEN_HVM_FLAGS_EVENT_CHANNEL_SEND: the kernel takes part in what guests do with event
 *   channels and timers
 * @KVM_X86_XEN_HVM_FLAGS_RUNSTATE_UPDATE: there is an attribute about updates of the state
 * @KVM_X86_XEN_HVM_FLAGS_TSC_UNSTABLE: the guest is not told that its clock is stable
 * @KVM_X86_XEN_HVM_FLAGS_SHARED_INFO_HVA: pages may be given by their address in the process
 *
 * What the kernel has of Xen, as [method@Kvm.Vm.check_extension] says of %KVM_CAPABILITY_XEN_HVM,
 * and what [method@Kvm.Vm.x86_set_xen_hvm_config] switches on of that.
 *
 * Since: 0.1
 */
typedef enum /*< flags >*/
{
  KVM_X86_XEN_HVM_FLAGS_NONE = 0,
  KVM_X86_XEN_HVM_FLAGS_HYPERCALL_MSR = 1 << 0,
  KVM_X86_XEN_HVM_FLAGS_INTERCEPT_HYPERCALLS = 1 << 1,
  KVM_X86_XEN_HVM_FLAGS_SHARED_INFO = 1 << 2,
  KVM_X86_XEN_HVM_FLAGS_RUNSTATE = 1 << 3,
  KVM_X86_XEN_HVM_FLAGS_EVENT_CHANNEL_2LEVEL = 1 << 4,
  KVM_X86_XEN_HVM_FLAGS_EVENT_CHANNEL_SEND = 1 << 5,
  KVM_X86_XEN_HVM_FLAGS_RUNSTATE_UPDATE = 1 << 6,
  KVM_X86_XEN_HVM_FLAGS_TSC_UNSTABLE = 1 << 7,
  KVM_X86_XEN_HVM_FLAGS_SHARED_INFO_HVA = 1 << 8,
} KvmX86XenHvmFlags;

/**
 * KvmX86XenVmAttributeType:
 * @KVM_X86_XEN_VM_ATTRIBUTE_TYPE_LONG_MODE: whether the guest is in 64-bit mode
 * @KVM_X86_XEN_VM_ATTRIBUTE_TYPE_SHARED_INFO: the number of the page of shared information
 * @KVM_X86_XEN_VM_ATTRIBUTE_TYPE_UPCALL_VECTOR: the vector of events
 * @KVM_X86_XEN_VM_ATTRIBUTE_TYPE_EVENT_CHANNEL: where an event goes that the guest sends
 * @KVM_X86_XEN_VM_ATTRIBUTE_TYPE_VERSION: the version that the guest is told
 * @KVM_X86_XEN_VM_ATTRIBUTE_TYPE_RUNSTATE_UPDATE: whether updates of the state are marked
 * @KVM_X86_XEN_VM_ATTRIBUTE_TYPE_SHARED_INFO_HVA: the address in the process of the page of shared
 *   information
 *
 * The attributes that a virtual machine has as Xen's.
 *
 * Since: 0.1
 */
typedef enum
{
  KVM_X86_XEN_VM_ATTRIBUTE_TYPE_LONG_MODE,
  KVM_X86_XEN_VM_ATTRIBUTE_TYPE_SHARED_INFO,
  KVM_X86_XEN_VM_ATTRIBUTE_TYPE_UPCALL_VECTOR,
  KVM_X86_XEN_VM_ATTRIBUTE_TYPE_EVENT_CHANNEL,
  KVM_X86_XEN_VM_ATTRIBUTE_TYPE_VERSION,
  KVM_X86_XEN_VM_ATTRIBUTE_TYPE_RUNSTATE_UPDATE,
  KVM_X86_XEN_VM_ATTRIBUTE_TYPE_SHARED_INFO_HVA,
} KvmX86XenVmAttributeType;

/**
 * KvmX86XenVcpuAttributeType:
 * @KVM_X86_XEN_VCPU_ATTRIBUTE_TYPE_VCPU_INFO: the guest-physical address of its `vcpu_info`
 * @KVM_X86_XEN_VCPU_ATTRIBUTE_TYPE_TIME_INFO: that of its second clock
 * @KVM_X86_XEN_VCPU_ATTRIBUTE_TYPE_RUNSTATE_ADDRESS: that of its state
 * @KVM_X86_XEN_VCPU_ATTRIBUTE_TYPE_RUNSTATE_CURRENT: its state
 * @KVM_X86_XEN_VCPU_ATTRIBUTE_TYPE_RUNSTATE_DATA: its state, and how long it was in each
 * @KVM_X86_XEN_VCPU_ATTRIBUTE_TYPE_RUNSTATE_ADJUST: times to be added to these
 * @KVM_X86_XEN_VCPU_ATTRIBUTE_TYPE_VCPU_ID: its number as Xen's
 * @KVM_X86_XEN_VCPU_ATTRIBUTE_TYPE_TIMER: its timer
 * @KVM_X86_XEN_VCPU_ATTRIBUTE_TYPE_UPCALL_VECTOR: its own vector of events
 * @KVM_X86_XEN_VCPU_ATTRIBUTE_TYPE_VCPU_INFO_HVA: the address in the process of its `vcpu_info`
 *
 * The attributes that a vCPU has as Xen's.
 *
 * Since: 0.1
 */
typedef enum
{
  KVM_X86_XEN_VCPU_ATTRIBUTE_TYPE_VCPU_INFO,
  KVM_X86_XEN_VCPU_ATTRIBUTE_TYPE_TIME_INFO,
  KVM_X86_XEN_VCPU_ATTRIBUTE_TYPE_RUNSTATE_ADDRESS,
  KVM_X86_XEN_VCPU_ATTRIBUTE_TYPE_RUNSTATE_CURRENT,
  KVM_X86_XEN_VCPU_ATTRIBUTE_TYPE_RUNSTATE_DATA,
  KVM_X86_XEN_VCPU_ATTRIBUTE_TYPE_RUNSTATE_ADJUST,
  KVM_X86_XEN_VCPU_ATTRIBUTE_TYPE_VCPU_ID,
  KVM_X86_XEN_VCPU_ATTRIBUTE_TYPE_TIMER,
  KVM_X86_XEN_VCPU_ATTRIBUTE_TYPE_UPCALL_VECTOR,
  KVM_X86_XEN_VCPU_ATTRIBUTE_TYPE_VCPU_INFO_HVA,
} KvmX86XenVcpuAttributeType;

#define KVM_TYPE_X86_XEN_ATTRIBUTE (kvm_x86_xen_attribute_get_type ())

typedef struct _KvmX86XenAttribute KvmX86XenAttribute;

KVMOBJ_AVAILABLE_IN_0_1
GType kvm_x86_xen_attribute_get_type (void);
KVMOBJ_AVAILABLE_IN_0_1
KvmX86XenAttribute *kvm_x86_xen_attribute_new_long_mode (gboolean long_mode);
KVMOBJ_AVAILABLE_IN_0_1
KvmX86XenAttribute *kvm_x86_xen_attribute_new_shared_info (guint64 page);
KVMOBJ_AVAILABLE_IN_0_1
KvmX86XenAttribute *kvm_x86_xen_attribute_new_shared_info_hva (guint64 address);
KVMOBJ_AVAILABLE_IN_0_1
KvmX86XenAttribute *kvm_x86_xen_attribute_new_upcall_vector (guint8 vector);
KVMOBJ_AVAILABLE_IN_0_1
KvmX86XenAttribute *kvm_x86_xen_attribute_new_version (guint32 version);
KVMOBJ_AVAILABLE_IN_0_1
KvmX86XenAttribute *kvm_x86_xen_attribute_new_runstate_update (gboolean mark);
KVMOBJ_AVAILABLE_IN_0_1
KvmX86XenAttribute *kvm_x86_xen_attribute_new_event_to_port (guint32 send_port, guint32 type,
                                                             guint32 port, guint32 vcpu_id,
                                                             gboolean update);
KVMOBJ_AVAILABLE_IN_0_1
KvmX86XenAttribute *kvm_x86_xen_attribute_new_event_to_eventfd (guint32 send_port, guint32 type,
                                                                int fd);
KVMOBJ_AVAILABLE_IN_0_1
KvmX86XenAttribute *kvm_x86_xen_attribute_new_event_removed (guint32 send_port);
KVMOBJ_AVAILABLE_IN_0_1
KvmX86XenAttribute *kvm_x86_xen_attribute_new_events_reset (void);
KVMOBJ_AVAILABLE_IN_0_1
KvmX86XenAttribute *kvm_x86_xen_attribute_new_vcpu_info (guint64 address);
KVMOBJ_AVAILABLE_IN_0_1
KvmX86XenAttribute *kvm_x86_xen_attribute_new_vcpu_info_hva (guint64 address);
KVMOBJ_AVAILABLE_IN_0_1
KvmX86XenAttribute *kvm_x86_xen_attribute_new_time_info (guint64 address);
KVMOBJ_AVAILABLE_IN_0_1
KvmX86XenAttribute *kvm_x86_xen_attribute_new_runstate_address (guint64 address);
KVMOBJ_AVAILABLE_IN_0_1
KvmX86XenAttribute *kvm_x86_xen_attribute_new_runstate_current (guint64 state);
KVMOBJ_AVAILABLE_IN_0_1
KvmX86XenAttribute *kvm_x86_xen_attribute_new_runstate_data (guint64 state, guint64 entry_time,
                                                             guint64 running, guint64 runnable,
                                                             guint64 blocked, guint64 offline);
KVMOBJ_AVAILABLE_IN_0_1
KvmX86XenAttribute *
kvm_x86_xen_attribute_new_runstate_adjustment (guint64 state, guint64 entry_time, guint64 running,
                                               guint64 runnable, guint64 blocked, guint64 offline);
KVMOBJ_AVAILABLE_IN_0_1
KvmX86XenAttribute *kvm_x86_xen_attribute_new_vcpu_id (guint32 id);
KVMOBJ_AVAILABLE_IN_0_1
KvmX86XenAttribute *kvm_x86_xen_attribute_new_timer (guint32 port, guint64 expires);
KVMOBJ_AVAILABLE_IN_0_1
KvmX86XenAttribute *kvm_x86_xen_attribute_new_vcpu_upcall_vector (guint8 vector);
KVMOBJ_AVAILABLE_IN_0_1
KvmX86XenAttribute *kvm_x86_xen_attribute_copy (const KvmX86XenAttribute *self);
KVMOBJ_AVAILABLE_IN_0_1
void kvm_x86_xen_attribute_free (KvmX86XenAttribute *self);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_x86_xen_attribute_equal (const KvmX86XenAttribute *self,
                                      const KvmX86XenAttribute *other);
KVMOBJ_AVAILABLE_IN_0_1
guint64 kvm_x86_xen_attribute_get_value (const KvmX86XenAttribute *self);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_x86_xen_attribute_get_runstate (const KvmX86XenAttribute *self, guint64 *entry_time,
                                             guint64 *running, guint64 *runnable, guint64 *blocked,
                                             guint64 *offline);
KVMOBJ_AVAILABLE_IN_0_1
guint64 kvm_x86_xen_attribute_get_timer_expiry (const KvmX86XenAttribute *self);
KVMOBJ_AVAILABLE_IN_0_1
GBytes *kvm_x86_xen_attribute_to_bytes (const KvmX86XenAttribute *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (KvmX86XenAttribute, kvm_x86_xen_attribute_free)

G_END_DECLS
