/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "kvm-abi-private.h"
#include "kvm-vm-private.h"

G_BEGIN_DECLS

/* What stands behind the handles that are KvmDoorbell and KvmIrqTrigger: an eventfd that the kernel
 * knows as a part of a VM. The VM owns it until it is removed or the VM ends; the handles and the
 * sources hold it too, so that no fd closes before the kernel has let go of it, nor while it is
 * polled. Methods may be called for one that was never added, NULL. */

typedef enum
{
  KVM_EVENTFD_DOORBELL,
  KVM_EVENTFD_IRQ_TRIGGER,
} KvmEventfdKind;

typedef struct
{
  gatomicrefcount ref_count;
  KvmEventfdKind kind;
  guint generation;       /* _kvm_fork_generation of the process that made it */
  KvmEventfdTable *table; /* owned */
  KvmAbiIoeventfd doorbell;
  KvmAbiIrqfd trigger; /* that of the two which the kind tells is what the kernel was asked for */
  int fd;              /* owned */
  int resample_fd;     /* owned; -1 if there is none */
  int heard_fd;        /* which of the two the guest is heard by; -1 if it is not */
  GMutex lock;         /* for what follows */
  gboolean closed;     /* the VM does not have it any more; heard_fd stays readable */
  gboolean put_back;   /* one event that is in count was written to heard_fd again */
  guint64 count;       /* the events that were read */
} KvmEventfd;

/* Makes the eventfds. The caller completes what the kernel is to be asked for, and adds it. */
KvmEventfd *_kvm_eventfd_new (KvmVm *vm, KvmEventfdKind kind, gboolean resample, GError **error);
KvmEventfd *_kvm_eventfd_ref (KvmEventfd *self);
void _kvm_eventfd_unref (KvmEventfd *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (KvmEventfd, _kvm_eventfd_unref)

gboolean _kvm_eventfd_add (KvmEventfd *self, GError **error);
gboolean _kvm_eventfd_remove (KvmEventfd *self, const char *class_name, GError **error);

/* Signals the eventfd from this side. */
gboolean _kvm_eventfd_signal (KvmEventfd *self, const char *class_name, GError **error);

/* To lend: -1 if there is none to be used. */
int _kvm_eventfd_get_fd (KvmEventfd *self);

/* How many events there were. What is unread stays so for the sources. */
guint64 _kvm_eventfd_get_count (KvmEventfd *self);

GSource *_kvm_eventfd_create_source (KvmEventfd *self, const char *class_name);

/* All that a VM has. It outlives the VM as long as one of them does. */
KvmEventfdTable *_kvm_eventfd_table_new (KvmHandle *vm);
void _kvm_eventfd_table_unref (KvmEventfdTable *self);

/* For a VM that ends. They go quiet when the result is freed, which is for after the kernel's VM
 * has ended, unless @deassign makes it let go of them here. NULL if there is nothing to be done. */
GPtrArray *_kvm_eventfd_table_steal (KvmEventfdTable *self, gboolean deassign);

G_END_DECLS
