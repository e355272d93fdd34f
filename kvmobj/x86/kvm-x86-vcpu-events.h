/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
#if !defined(KVMOBJ_INSIDE) && !defined(KVMOBJ_COMPILATION)
#error "Only <kvmobj/kvmobj.h> can be included directly."
#endif

#include <glib-object.h>

#include <kvmobj/kvm-version-macros.h>

G_BEGIN_DECLS

/**
 * KvmX86VcpuEventFlags:
 * @KVM_X86_VCPU_EVENT_FLAGS_NONE: none
 * @KVM_X86_VCPU_EVENT_FLAGS_NMI_PENDING: @nmi_pending is to be set
 * @KVM_X86_VCPU_EVENT_FLAGS_SIPI_VECTOR: @sipi_vector is to be set
 * @KVM_X86_VCPU_EVENT_FLAGS_SHADOW: @interrupt_shadow says something, or is to be set
 * @KVM_X86_VCPU_EVENT_FLAGS_SMM: the fields of system management mode say something, or are to be
 *   set
 * @KVM_X86_VCPU_EVENT_FLAGS_PAYLOAD: the pending exception and its payload say something, or are to
 *   be set; it takes %KVM_CAPABILITY_EXCEPTION_PAYLOAD, enabled
 * @KVM_X86_VCPU_EVENT_FLAGS_TRIPLE_FAULT: @triple_fault_pending says something, or is to be set; it
 *   takes %KVM_CAPABILITY_X86_TRIPLE_FAULT_EVENT, enabled
 *
 * Which fields of [struct@Kvm.X86VcpuEvents] count. The names are those of its fields.
 *
 * Since: 0.1
 */
typedef enum /*< flags >*/
{
  KVM_X86_VCPU_EVENT_FLAGS_NONE = 0,
  KVM_X86_VCPU_EVENT_FLAGS_NMI_PENDING = 1 << 0,
  KVM_X86_VCPU_EVENT_FLAGS_SIPI_VECTOR = 1 << 1,
  KVM_X86_VCPU_EVENT_FLAGS_SHADOW = 1 << 2,
  KVM_X86_VCPU_EVENT_FLAGS_SMM = 1 << 3,
  KVM_X86_VCPU_EVENT_FLAGS_PAYLOAD = 1 << 4,
  KVM_X86_VCPU_EVENT_FLAGS_TRIPLE_FAULT = 1 << 5,
} KvmX86VcpuEventFlags;

#define KVM_TYPE_X86_VCPU_EVENTS (kvm_x86_vcpu_events_get_type ())

typedef struct _KvmX86VcpuEvents KvmX86VcpuEvents;

/**
 * KvmX86VcpuEvents:
 * @exception_injected: 1 if an exception is on its way to the guest and cannot be taken back
 * @exception_nr: the vector of the exception
 * @exception_has_error_code: 1 if it has an error code
 * @exception_pending: 1 if it is to come, but has not begun; see %KVM_X86_VCPU_EVENT_FLAGS_PAYLOAD
 * @exception_error_code: its error code
 * @interrupt_injected: 1 if an interrupt is on its way to the guest
 * @interrupt_nr: its vector
 * @interrupt_soft: 1 if an instruction made it
 * @interrupt_shadow: whether interrupts are held off for one instruction: 1 after MOV SS, 2 after
 *   STI
 * @nmi_injected: 1 if a non-maskable interrupt is on its way to the guest
 * @nmi_pending: how many are waiting
 * @nmi_masked: 1 while the guest handles one
 * @sipi_vector: the vector of the start-up interrupt that the vCPU got
 * @flags: [flags@Kvm.X86VcpuEventFlags], as a number
 * @smi_smm: 1 in system management mode
 * @smi_pending: 1 if a system management interrupt is waiting
 * @smi_smm_inside_nmi: 1 if the guest was handling an NMI when it came
 * @smi_latched_init: 1 if an INIT is waiting
 * @triple_fault_pending: 1 if a triple fault is waiting
 * @exception_has_payload: 1 if the pending exception has a payload
 * @exception_payload: its payload: of a page fault the address, of a debug exception what goes to
 *   DR6
 *
 * What is on its way to an x86 vCPU, as [method@Kvm.Vcpu.x86_get_vcpu_events] gets it and
 * [method@Kvm.Vcpu.x86_set_vcpu_events] sets it. It has the layout of the kernel's `struct
 * kvm_vcpu_events`.
 *
 * Since: 0.1
 */
struct _KvmX86VcpuEvents
{
  guint8 exception_injected;
  guint8 exception_nr;
  guint8 exception_has_error_code;
  guint8 exception_pending;
  guint32 exception_error_code;
  guint8 interrupt_injected;
  guint8 interrupt_nr;
  guint8 interrupt_soft;
  guint8 interrupt_shadow;
  guint8 nmi_injected;
  guint8 nmi_pending;
  guint8 nmi_masked;

  /*< private >*/
  guint8 padding;

  /*< public >*/
  guint32 sipi_vector;
  guint32 flags;
  guint8 smi_smm;
  guint8 smi_pending;
  guint8 smi_smm_inside_nmi;
  guint8 smi_latched_init;
  guint8 triple_fault_pending;

  /*< private >*/
  guint8 reserved[26];

  /*< public >*/
  guint8 exception_has_payload;
  guint64 exception_payload;
};

KVMOBJ_AVAILABLE_IN_0_1
GType kvm_x86_vcpu_events_get_type (void);
KVMOBJ_AVAILABLE_IN_0_1
KvmX86VcpuEvents *kvm_x86_vcpu_events_new (void);
KVMOBJ_AVAILABLE_IN_0_1
KvmX86VcpuEvents *kvm_x86_vcpu_events_new_from_bytes (GBytes *bytes, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
KvmX86VcpuEvents *kvm_x86_vcpu_events_copy (const KvmX86VcpuEvents *self);
KVMOBJ_AVAILABLE_IN_0_1
void kvm_x86_vcpu_events_free (KvmX86VcpuEvents *self);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_x86_vcpu_events_equal (const KvmX86VcpuEvents *self, const KvmX86VcpuEvents *other);
KVMOBJ_AVAILABLE_IN_0_1
GBytes *kvm_x86_vcpu_events_to_bytes (const KvmX86VcpuEvents *self);
KVMOBJ_AVAILABLE_IN_0_1
char *kvm_x86_vcpu_events_to_string (const KvmX86VcpuEvents *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (KvmX86VcpuEvents, kvm_x86_vcpu_events_free)

G_END_DECLS
