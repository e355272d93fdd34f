/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "kvm-exit-private.h"
#include "kvm-handle-private.h"
#include "kvm-vcpu.h"

G_BEGIN_DECLS

struct _KvmVcpu
{
  GObject parent_instance;
  KvmHandle handle;
  KvmExit *exit; /* owned; has the run page */
  int kick;      /* KVM_KICK_… bits: why the run in progress, or else the next one, is to end */

  /* For the thread in run () alone, but for finalize. */
  GCancellable *cancellable; /* owned; of the last run */
  gulong cancellable_handler;

  KvmVm *vm; /* owned */
};

#define KVM_KICK_KICKED (1 << 0)    /* consumed by the run that it ends */
#define KVM_KICK_CANCELLED (1 << 1) /* stands for as long as the cancellable is cancelled */
#define KVM_KICK_CLOSED (1 << 2)    /* stands for ever */

extern GTypeClass *_kvm_vcpu_class G_GNUC_INTERNAL;

/* KVM_IS_VCPU () without the call: the class is final. */
static inline gboolean
_kvm_is_vcpu (gpointer instance)
{
  return instance != NULL && ((GTypeInstance *) instance)->g_class == _kvm_vcpu_class;
}

/* On failure @fd stays the caller's. */
KvmVcpu *_kvm_vcpu_new_take_fd (KvmVm *vm, guint id, int fd, GError **error);

/* For the VM, which knows its vCPUs by their handles. */
void _kvm_vcpu_close_handle (KvmHandle *handle);

/* Whether an fd of unknown kind is a vCPU's. */
gboolean _kvm_vcpu_owns_fd (int fd);

/* Sets a bit of the kick word, and gets the vCPU out of the kernel. */
void _kvm_vcpu_kick_for (KvmVcpu *self, int reason);

/* For finalize. */
void _kvm_vcpu_drop_cancellable (KvmVcpu *self);

G_END_DECLS
