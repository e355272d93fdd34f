/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
#if !defined(KVMOBJ_INSIDE) && !defined(KVMOBJ_COMPILATION)
#error "Only <kvmobj/kvmobj.h> can be included directly."
#endif

#include <kvmobj/kvm-runner-exit.h>

G_BEGIN_DECLS

/**
 * KvmRunnerState:
 * @KVM_RUNNER_STATE_STOPPED: the guest does not run
 * @KVM_RUNNER_STATE_RUNNING: it runs, or is about to be paused or stopped
 * @KVM_RUNNER_STATE_PAUSED: every vCPU stands until [method@Kvm.Runner.resume]
 *
 * What a runner is doing.
 *
 * Since: 0.1
 */
typedef enum
{
  KVM_RUNNER_STATE_STOPPED,
  KVM_RUNNER_STATE_RUNNING,
  KVM_RUNNER_STATE_PAUSED,
} KvmRunnerState;

#define KVM_TYPE_RUNNER (kvm_runner_get_type ())

KVMOBJ_AVAILABLE_IN_0_1
G_DECLARE_FINAL_TYPE (KvmRunner, kvm_runner, KVM, RUNNER, GObject)

KVMOBJ_AVAILABLE_IN_0_1
KvmRunner *kvm_runner_new (KvmVm *vm);
KVMOBJ_AVAILABLE_IN_0_1
KvmVm *kvm_runner_get_vm (KvmRunner *self);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_runner_add_vcpu (KvmRunner *self, KvmVcpu *vcpu, GError **error);

KVMOBJ_AVAILABLE_IN_0_1
void kvm_runner_run_async (KvmRunner *self, GCancellable *cancellable, GAsyncReadyCallback callback,
                           gpointer user_data);
KVMOBJ_AVAILABLE_IN_0_1
KvmExit *kvm_runner_run_finish (KvmRunner *self, GAsyncResult *result, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
KvmVcpu *kvm_runner_get_ended_vcpu (KvmRunner *self);

KVMOBJ_AVAILABLE_IN_0_1
KvmRunnerState kvm_runner_get_state (KvmRunner *self);
KVMOBJ_AVAILABLE_IN_0_1
void kvm_runner_pause (KvmRunner *self);
KVMOBJ_AVAILABLE_IN_0_1
void kvm_runner_resume (KvmRunner *self);
KVMOBJ_AVAILABLE_IN_0_1
void kvm_runner_stop (KvmRunner *self);

G_END_DECLS
