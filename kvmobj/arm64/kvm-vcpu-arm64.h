/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
#if !defined(KVMOBJ_INSIDE) && !defined(KVMOBJ_COMPILATION)
#error "Only <kvmobj/kvmobj.h> can be included directly."
#endif

#include <kvmobj/kvm-types.h>
#include <kvmobj/arm64/kvm-arm64-vcpu-events.h>
#include <kvmobj/arm64/kvm-arm64-vcpu-init.h>

G_BEGIN_DECLS

/**
 * KvmArm64PmuFilterAction:
 * @KVM_ARM64_PMU_FILTER_ACTION_ALLOW: the guest can count the events
 * @KVM_ARM64_PMU_FILTER_ACTION_DENY: it cannot
 *
 * What becomes of events that the guest counts. The numbers are the kernel's `KVM_PMU_EVENT_…`.
 *
 * Since: 0.1
 */
typedef enum
{
  KVM_ARM64_PMU_FILTER_ACTION_ALLOW = 0,
  KVM_ARM64_PMU_FILTER_ACTION_DENY = 1,
} KvmArm64PmuFilterAction;

/**
 * KvmArm64Timer:
 * @KVM_ARM64_TIMER_VIRTUAL: the virtual timer of EL1
 * @KVM_ARM64_TIMER_PHYSICAL: the physical timer of EL1
 * @KVM_ARM64_TIMER_HYP_VIRTUAL: the virtual timer of EL2, for guests that virtualize
 * @KVM_ARM64_TIMER_HYP_PHYSICAL: the physical timer of EL2, for guests that virtualize
 *
 * The timers of a vCPU. The numbers are the kernel's `KVM_ARM_VCPU_TIMER_IRQ_…`.
 *
 * Since: 0.1
 */
typedef enum
{
  KVM_ARM64_TIMER_VIRTUAL = 0,
  KVM_ARM64_TIMER_PHYSICAL = 1,
  KVM_ARM64_TIMER_HYP_VIRTUAL = 2,
  KVM_ARM64_TIMER_HYP_PHYSICAL = 3,
} KvmArm64Timer;

KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_vcpu_arm64_init (KvmVcpu *vcpu, const KvmArm64VcpuInit *init, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_vcpu_arm64_finalize (KvmVcpu *vcpu, KvmArm64VcpuFeatures feature, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_vcpu_arm64_setup (KvmVcpu *vcpu, KvmArm64VcpuFeatures features, guint64 pc,
                               guint64 stack, guint64 argument, GError **error);

KVMOBJ_AVAILABLE_IN_0_1
guint *kvm_vcpu_arm64_get_sve_lengths (KvmVcpu *vcpu, gsize *n_lengths, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_vcpu_arm64_set_sve_lengths (KvmVcpu *vcpu, const guint *lengths, gsize n_lengths,
                                         GError **error);

KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_vcpu_arm64_get_vcpu_events (KvmVcpu *vcpu, KvmArm64VcpuEvents *events, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_vcpu_arm64_set_vcpu_events (KvmVcpu *vcpu, const KvmArm64VcpuEvents *events,
                                         GError **error);

KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_vcpu_arm64_get_pmu_irq (KvmVcpu *vcpu, guint *irq, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_vcpu_arm64_set_pmu_irq (KvmVcpu *vcpu, guint irq, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_vcpu_arm64_set_pmu (KvmVcpu *vcpu, guint pmu, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_vcpu_arm64_set_pmu_filter (KvmVcpu *vcpu, guint event, guint n_events,
                                        KvmArm64PmuFilterAction action, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_vcpu_arm64_set_pmu_n_counters (KvmVcpu *vcpu, guint n_counters, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_vcpu_arm64_init_pmu (KvmVcpu *vcpu, GError **error);

KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_vcpu_arm64_get_timer_irq (KvmVcpu *vcpu, KvmArm64Timer timer, guint *irq,
                                       GError **error);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_vcpu_arm64_set_timer_irq (KvmVcpu *vcpu, KvmArm64Timer timer, guint irq,
                                       GError **error);

KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_vcpu_arm64_get_pvtime_address (KvmVcpu *vcpu, guint64 *address, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_vcpu_arm64_set_pvtime_address (KvmVcpu *vcpu, guint64 address, GError **error);

G_END_DECLS
