/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

#include "kvm-fork-private.h"

G_BEGIN_DECLS

/* What every class that holds a KVM fd has inside: the fd, whether it may be used, and enough to
 * name the object in a message. */

typedef enum
{
  KVM_HANDLE_SYSTEM,
  KVM_HANDLE_VM,
  KVM_HANDLE_VCPU,
  KVM_HANDLE_DEVICE,
  KVM_HANDLE_STATS, /* a file to read, without ioctls */
} KvmHandleKind;

typedef struct _KvmHandle KvmHandle;
struct _KvmHandle
{
  KvmHandleKind kind;
  int fd;             /* the number is ours from open to clear, whatever is behind it */
  guint generation;   /* _kvm_fork_generation while the handle may be used, else 0 or another;
                         KVMOBJ_UNUSABLE_GENERATION of a vCPU that was restored by half */
  guint64 state;      /* of a vCPU: who is using it; see kvm-run-state-private.h */
  guint64 id;         /* of a vCPU its id, of a device its type */
  KvmHandle *parent;  /* the VM of a vCPU or device, the system of a VM, either of statistics */
  int dead_fd;        /* of what has no parent: what a closed descendant's number leads to */
  gboolean is_synced; /* of a vCPU: whether registers are exchanged through its run page */
  gboolean lent;      /* whether somebody else may have the fd, or one of what came from it */
};

void _kvm_handle_init (KvmHandle *self, KvmHandleKind kind);
gboolean _kvm_handle_open_root (KvmHandle *self, int fd, GError **error);
void _kvm_handle_open (KvmHandle *self, int fd, guint64 id, KvmHandle *parent);

/* Nothing reaches KVM through the handle any more; the number stays taken, so that a call in
 * flight in another thread cannot hit an fd that happens to be given the same number. Returns
 * FALSE if the handle was not open. */
gboolean _kvm_handle_close (KvmHandle *self);

/* For finalize, when no call can be in flight. */
void _kvm_handle_clear (KvmHandle *self);

static inline gboolean
_kvm_handle_is_usable (KvmHandle *self)
{
  return (guint) g_atomic_int_get (&self->generation) == _kvm_fork_generation;
}

#define KVMOBJ_UNUSABLE_GENERATION G_MAXUINT

static inline gboolean
_kvm_handle_is_unusable (KvmHandle *self)
{
  return (guint) g_atomic_int_get (&self->generation) == KVMOBJ_UNUSABLE_GENERATION;
}

/* Somebody else may use what is behind the fd from now on. */
static inline void
_kvm_handle_set_lent (KvmHandle *self)
{
  for (; self != NULL; self = self->parent)
    g_atomic_int_set (&self->lent, TRUE);
}

/* To lend: -1 if nothing of KVM's is behind the number. */
static inline int
_kvm_handle_get_fd (KvmHandle *self)
{
  if (g_atomic_int_get (&self->generation) == 0)
    return -1;

  _kvm_handle_set_lent (self);
  return self->fd;
}

/* Whether the handle may be used, else the reason as an error. @what is an ioctl or a method. */
void _kvm_handle_set_unusable_error (KvmHandle *self, const char *what, GError **error);

static inline gboolean
_kvm_handle_check (KvmHandle *self, const char *what, GError **error)
{
  if (G_LIKELY (_kvm_handle_is_usable (self)))
    return TRUE;

  _kvm_handle_set_unusable_error (self, what, error);
  return FALSE;
}

int _kvm_handle_dup_fd (KvmHandle *self, GError **error);

/* "vCPU 0", "VM", … */
char *_kvm_handle_describe (KvmHandle *self);

G_END_DECLS
