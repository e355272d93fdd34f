/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
#if !defined(KVMOBJ_INSIDE) && !defined(KVMOBJ_COMPILATION)
#error "Only <kvmobj/kvmobj.h> can be included directly."
#endif

#include <glib-object.h>

#include <kvmobj/kvm-version-macros.h>

G_BEGIN_DECLS

/**
 * KvmArm64VcpuFeatures:
 * @KVM_ARM64_VCPU_FEATURES_NONE: none
 * @KVM_ARM64_VCPU_FEATURES_POWER_OFF: it is switched off until another vCPU's PSCI call starts it
 * @KVM_ARM64_VCPU_FEATURES_EL1_32BIT: it begins in AArch32; %KVM_CAPABILITY_ARM_EL1_32BIT
 * @KVM_ARM64_VCPU_FEATURES_PSCI_0_2: the firmware in the kernel has PSCI 0.2 or later, with which
 *   the guest starts vCPUs and ends the machine; %KVM_CAPABILITY_ARM_PSCI_0_2
 * @KVM_ARM64_VCPU_FEATURES_PMU_V3: it has performance counters; %KVM_CAPABILITY_ARM_PMU_V3
 * @KVM_ARM64_VCPU_FEATURES_SVE: it has scalable vectors, and is to be finalized;
 *   %KVM_CAPABILITY_ARM_SVE
 * @KVM_ARM64_VCPU_FEATURES_PTRAUTH_ADDRESS: it can authenticate pointers with address keys; it goes
 *   with the next one alone; %KVM_CAPABILITY_ARM_PTRAUTH_ADDRESS
 * @KVM_ARM64_VCPU_FEATURES_PTRAUTH_GENERIC: it can authenticate pointers with the generic key;
 *   %KVM_CAPABILITY_ARM_PTRAUTH_GENERIC
 * @KVM_ARM64_VCPU_FEATURES_HAS_EL2: it has EL2, so that the guest can virtualize;
 *   %KVM_CAPABILITY_ARM_EL2
 * @KVM_ARM64_VCPU_FEATURES_HAS_EL2_E2H0: the same without VHE; %KVM_CAPABILITY_ARM_EL2_E2H0
 *
 * What an arm64 vCPU has, and how it begins. See section 4.82 of api.rst.
 *
 * Since: 0.1
 */
typedef enum /*< flags >*/
{
  KVM_ARM64_VCPU_FEATURES_NONE = 0,
  KVM_ARM64_VCPU_FEATURES_POWER_OFF = 1 << 0,
  KVM_ARM64_VCPU_FEATURES_EL1_32BIT = 1 << 1,
  KVM_ARM64_VCPU_FEATURES_PSCI_0_2 = 1 << 2,
  KVM_ARM64_VCPU_FEATURES_PMU_V3 = 1 << 3,
  KVM_ARM64_VCPU_FEATURES_SVE = 1 << 4,
  KVM_ARM64_VCPU_FEATURES_PTRAUTH_ADDRESS = 1 << 5,
  KVM_ARM64_VCPU_FEATURES_PTRAUTH_GENERIC = 1 << 6,
  KVM_ARM64_VCPU_FEATURES_HAS_EL2 = 1 << 7,
  KVM_ARM64_VCPU_FEATURES_HAS_EL2_E2H0 = 1 << 8,
} KvmArm64VcpuFeatures;

#define KVM_TYPE_ARM64_VCPU_INIT (kvm_arm64_vcpu_init_get_type ())

typedef struct _KvmArm64VcpuInit KvmArm64VcpuInit;

/**
 * KvmArm64VcpuInit:
 * @target: the processor, the kernel's `KVM_ARM_TARGET_…`; hosts have one or two, of which
 *   [method@Kvm.Vm.arm64_get_preferred_target] tells the better
 * @features: [flags@Kvm.Arm64VcpuFeatures], as a number
 *
 * What an arm64 vCPU is to be, for [method@Kvm.Vcpu.arm64_init]. It has the layout of the kernel's
 * `struct kvm_vcpu_init`.
 *
 * Since: 0.1
 */
struct _KvmArm64VcpuInit
{
  guint32 target;
  guint32 features;

  /*< private >*/
  guint32 more_features[6];
};

KVMOBJ_AVAILABLE_IN_0_1
GType kvm_arm64_vcpu_init_get_type (void);
KVMOBJ_AVAILABLE_IN_0_1
KvmArm64VcpuInit *kvm_arm64_vcpu_init_new (void);
KVMOBJ_AVAILABLE_IN_0_1
KvmArm64VcpuInit *kvm_arm64_vcpu_init_copy (const KvmArm64VcpuInit *self);
KVMOBJ_AVAILABLE_IN_0_1
void kvm_arm64_vcpu_init_free (KvmArm64VcpuInit *self);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_arm64_vcpu_init_equal (const KvmArm64VcpuInit *self, const KvmArm64VcpuInit *other);
KVMOBJ_AVAILABLE_IN_0_1
char *kvm_arm64_vcpu_init_to_string (const KvmArm64VcpuInit *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (KvmArm64VcpuInit, kvm_arm64_vcpu_init_free)

G_END_DECLS
