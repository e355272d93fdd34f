/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
#if !defined(KVMOBJ_INSIDE) && !defined(KVMOBJ_COMPILATION)
#error "Only <kvmobj/kvmobj.h> can be included directly."
#endif

#include <kvmobj/kvm-stat.h>

G_BEGIN_DECLS

#define KVM_TYPE_STATS (kvm_stats_get_type ())

KVMOBJ_AVAILABLE_IN_0_1
G_DECLARE_FINAL_TYPE (KvmStats, kvm_stats, KVM, STATS, GObject)

KVMOBJ_AVAILABLE_IN_0_1
KvmStats *kvm_vm_get_stats (KvmVm *vm, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
KvmStats *kvm_vcpu_get_stats (KvmVcpu *vcpu, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
KvmStats *kvm_stats_new_take_fd (int fd, GError **error);

KVMOBJ_AVAILABLE_IN_0_1
void kvm_stats_close (KvmStats *self);
KVMOBJ_AVAILABLE_IN_0_1
int kvm_stats_get_fd (KvmStats *self);
KVMOBJ_AVAILABLE_IN_0_1
int kvm_stats_dup_fd (KvmStats *self, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
KvmVm *kvm_stats_get_vm (KvmStats *self);
KVMOBJ_AVAILABLE_IN_0_1
KvmVcpu *kvm_stats_get_vcpu (KvmStats *self);
KVMOBJ_AVAILABLE_IN_0_1
const char *kvm_stats_get_id (KvmStats *self);

KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_stats_update (KvmStats *self, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
KvmStat *kvm_stats_find (KvmStats *self, const char *name);

G_END_DECLS
