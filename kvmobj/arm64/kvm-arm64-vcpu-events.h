/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
#if !defined(KVMOBJ_INSIDE) && !defined(KVMOBJ_COMPILATION)
#error "Only <kvmobj/kvmobj.h> can be included directly."
#endif

#include <glib-object.h>

#include <kvmobj/kvm-version-macros.h>

G_BEGIN_DECLS

#define KVM_TYPE_ARM64_VCPU_EVENTS (kvm_arm64_vcpu_events_get_type ())

typedef struct _KvmArm64VcpuEvents KvmArm64VcpuEvents;

/**
 * KvmArm64VcpuEvents:
 * @serror_pending: 1 if an SError is pending, or is to be
 * @serror_has_esr: 1 if it has the syndrome @serror_esr, for which the host needs
 *   %KVM_CAPABILITY_ARM_INJECT_SERROR_ESR
 * @ext_dabt_pending: 1 to inject an external data abort, for which the host needs
 *   %KVM_CAPABILITY_ARM_INJECT_EXT_DABT; it is 0 when the events are got, since it is given to the
 *   guest at once
 * @serror_esr: the instruction specific syndrome: the lower 25 bits of the guest's ESR_EL1
 *
 * What is on its way to an arm64 vCPU, as [method@Kvm.Vcpu.arm64_get_vcpu_events] gets it and
 * [method@Kvm.Vcpu.arm64_set_vcpu_events] sets it. It has the layout of the kernel's `struct
 * kvm_vcpu_events`.
 *
 * Since: 0.1
 */
struct _KvmArm64VcpuEvents
{
  guint8 serror_pending;
  guint8 serror_has_esr;
  guint8 ext_dabt_pending;

  /*< private >*/
  guint8 pad[5];

  /*< public >*/
  guint64 serror_esr;

  /*< private >*/
  guint32 reserved[12];
};

KVMOBJ_AVAILABLE_IN_0_1
GType kvm_arm64_vcpu_events_get_type (void);
KVMOBJ_AVAILABLE_IN_0_1
KvmArm64VcpuEvents *kvm_arm64_vcpu_events_new (void);
KVMOBJ_AVAILABLE_IN_0_1
KvmArm64VcpuEvents *kvm_arm64_vcpu_events_new_from_bytes (GBytes *bytes, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
KvmArm64VcpuEvents *kvm_arm64_vcpu_events_copy (const KvmArm64VcpuEvents *self);
KVMOBJ_AVAILABLE_IN_0_1
void kvm_arm64_vcpu_events_free (KvmArm64VcpuEvents *self);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_arm64_vcpu_events_equal (const KvmArm64VcpuEvents *self,
                                      const KvmArm64VcpuEvents *other);
KVMOBJ_AVAILABLE_IN_0_1
GBytes *kvm_arm64_vcpu_events_to_bytes (const KvmArm64VcpuEvents *self);
KVMOBJ_AVAILABLE_IN_0_1
char *kvm_arm64_vcpu_events_to_string (const KvmArm64VcpuEvents *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (KvmArm64VcpuEvents, kvm_arm64_vcpu_events_free)

G_END_DECLS
