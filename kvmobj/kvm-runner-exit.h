/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
#if !defined(KVMOBJ_INSIDE) && !defined(KVMOBJ_COMPILATION)
#error "Only <kvmobj/kvmobj.h> can be included directly."
#endif

#include <kvmobj/kvm-types.h>

G_BEGIN_DECLS

#define KVM_TYPE_RUNNER_EXIT (kvm_runner_exit_get_type ())

KVMOBJ_AVAILABLE_IN_0_1
G_DECLARE_FINAL_TYPE (KvmRunnerExit, kvm_runner_exit, KVM, RUNNER_EXIT, GObject)

KVMOBJ_AVAILABLE_IN_0_1
KvmVcpu *kvm_runner_exit_get_vcpu (KvmRunnerExit *self);
KVMOBJ_AVAILABLE_IN_0_1
KvmExit *kvm_runner_exit_get_exit (KvmRunnerExit *self);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_runner_exit_complete (KvmRunnerExit *self, GError **error);

G_END_DECLS
