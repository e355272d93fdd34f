/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "kvm-dirty-private.h"
#include "kvm-exit-private.h"
#include "kvm-handle-private.h"
#include "kvm-io-bus-private.h"
#include "kvm-run-state-private.h"
#include "kvm-vcpu.h"
#include "arm64/kvm-arm64-vcpu-init.h"

G_BEGIN_DECLS

typedef struct _KvmVcpuThread KvmVcpuThread;
typedef struct _KvmExitHistory KvmExitHistory;

struct _KvmVcpu
{
  GObject parent_instance;
  KvmHandle handle;
  KvmExit *exit; /* owned; has the run page */

  /* For the thread in run () alone, but for finalize. */
  GCancellable *cancellable; /* owned; of the last run */
  gulong cancellable_handler;
  KvmIoTable *io_table;        /* owned; where accesses were looked up last; NULL at first */
  const KvmIoRange *io_hit[2]; /* by space: the range in it that was accessed last, or NULL */

  gboolean is_stopped_by_device; /* in the last run on a bus */

  KvmExitHistory *history; /* owned; NULL until exits are to be remembered */

  gboolean is_debugged;   /* as set_guest_debug () said */
  guint sync_settled;     /* x86: KVMOBJ_X86_SYNC_… that the kernel was asked for, or cannot do */
  gboolean is_sync_known; /* whether the following was asked of the kernel */
  guint syncable;         /* x86: KVMOBJ_X86_SYNC_… that the kernel has */

  gpointer x86_msrs;           /* owned; KvmX86StateMsrs, NULL until a state is saved */
  gboolean is_msr_set_changed; /* whether that may be others since, and not by the CPUID */

  gboolean is_arm64_initialized; /* and so: */
  KvmArm64VcpuInit arm64_init;   /* what it was initialized with last */

  KvmDirtyRing dirty_ring; /* guarded by the VM's lock */

  gboolean is_claimed;   /* whether something has the thread */
  KvmVcpuThread *thread; /* owned; NULL until it is claimed for the first time */

  guint n_pins;         /* these three under the VM's lock: who must not be let down by finalize */
  gboolean is_kept;     /* they have a reference, which was to be the last */
  gboolean is_disposed; /* it cannot be pinned any more */
  KvmVm *vm;            /* owned */
};

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

/* For the VM, with its lock held: the vCPU stays until it is unpinned, which is done without the
 * lock. FALSE if it is on its way out. */
gboolean _kvm_vcpu_pin (KvmVcpu *self);
void _kvm_vcpu_unpin (KvmVcpu *self);

/* Whether an fd of unknown kind is a vCPU's. */
gboolean _kvm_vcpu_owns_fd (int fd);

static inline KvmVcpu *
_kvm_vcpu_from_handle (KvmHandle *handle)
{
  return (KvmVcpu *) ((guint8 *) handle - G_STRUCT_OFFSET (KvmVcpu, handle));
}

/* For the VM, which knows its vCPUs by their handles: there is an I/O bus from now on; and, it has
 * changed. What the vCPU had of the bus before is returned, unless it is running. */
void _kvm_vcpu_put_on_bus (KvmHandle *handle);
KvmIoTable *_kvm_vcpu_note_bus_change (KvmHandle *handle);

/* The parts of a run. An @errsv tells how the guest was left: 0 with an exit, an errno when KVM_RUN
 * failed, EAGAIN when it is to be called (again).
 *
 *   begin_run    takes the vCPU for this thread
 *   enter_again  calls KVM_RUN if the @errsv says so and no kick is in the way
 *   run_on_bus   gives accesses to devices and runs on, until there is none that wants the exit
 *   finish_run   takes over the reason, or sets the error, and gives the vCPU back */
gboolean _kvm_vcpu_begin_run (KvmVcpu *self, const char *what, GError **error);
int _kvm_vcpu_enter_again (KvmVcpu *self, int errsv);
int _kvm_vcpu_run_on_bus (KvmVcpu *self, int errsv);
KvmExitReason _kvm_vcpu_finish_run (KvmVcpu *self, int errsv, GError **error);

/* After a run on the bus: a device that was removed meanwhile does not wait for the next one. */
void _kvm_vcpu_leave_bus (KvmVcpu *self);

/* Gives an access to the device on the bus. FALSE if the exit is to be returned. */
gboolean _kvm_vcpu_serve_on_bus (KvmVcpu *self);

/* The latch of the exit that only the next KVM_RUN finishes; 0 if there is none. */
guint32 _kvm_vcpu_get_unfinished (KvmVcpu *self);

/* Whether registers may be set: not while an answer is to come into them; and, for the program
 * counter, not while the end of an instruction is to move it on. */
gboolean _kvm_vcpu_check_settable_slow (KvmVcpu *self, gboolean is_pc, const char *what,
                                        GError **error);

static inline gboolean
_kvm_vcpu_check_pc_settable (KvmVcpu *self, gboolean is_pc, const char *what, GError **error)
{
  const guint64 finished = ~(_KVM_REASONS_COMPLETED_BY_RUN | _KVM_REASON_BIT (INTERRUPTED));
  guint reason = _kvm_exit_get_latched (self->exit);

  return (reason < 64 && (finished >> reason & 1))
         || _kvm_vcpu_check_settable_slow (self, is_pc, what, error);
}

static inline gboolean
_kvm_vcpu_check_settable (KvmVcpu *self, const char *what, GError **error)
{
  return _kvm_vcpu_check_pc_settable (self, FALSE, what, error);
}

/* For the thread that has the vCPU: its exit, and whether a device on the bus has served it. */
void _kvm_vcpu_remember_exit_slow (KvmVcpu *self, gboolean is_served);

static inline void
_kvm_vcpu_remember_exit (KvmVcpu *self, gboolean is_served)
{
  if (G_UNLIKELY (_kvm_run_state_get (&self->handle.state) & KVM_STATE_REMEMBERS))
    _kvm_vcpu_remember_exit_slow (self, is_served);
}

void _kvm_vcpu_set_history_length (KvmVcpu *self, guint length);
void _kvm_exit_history_free (KvmExitHistory *self);

/* For who kicked a run that ended by itself: the next one is not to end for that. */
void _kvm_vcpu_forget_kick (KvmVcpu *self);

/* For finalize. */
void _kvm_vcpu_drop_cancellable (KvmVcpu *self);

G_END_DECLS
