/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "kvm-exit.h"
#include "kvm-io-bus.h"

G_BEGIN_DECLS

/* Where a device is. */
typedef struct
{
  KvmIoSpace space;
  KvmIoDeviceFlags flags;
  guint64 address;
  guint64 length;
  guint64 (*read) (KvmIoDevice *self, guint64 offset, guint size);
  gboolean (*write) (KvmIoDevice *self, guint64 offset, guint size, guint64 value);
  KvmIoDevice *device; /* owned */
  GThread *thread;     /* owned: the one that added it; so no other gets the same address */
} KvmIoRange;

/* All of them, sorted by space and address. A table never changes: a new one takes its place, and
 * the old one goes when the last vCPU that looks into it has noticed. */
typedef struct
{
  gatomicrefcount ref_count;
  guint n;
  KvmIoRange ranges[];
} KvmIoTable;

struct _KvmIoBus
{
  GObject parent_instance;
  guint generation;  /* _kvm_fork_generation of the process that made it */
  GMutex lock;       /* for the following; taken with _kvm_fork_lock () */
  KvmIoTable *table; /* owned */
  KvmVm *vm;         /* not owned; NULL when the VM has ended */
};

KvmIoBus *_kvm_io_bus_new (KvmVm *vm);

/* The VM has ended, or is closed: there is nobody for the devices any more. */
void _kvm_io_bus_clear (KvmIoBus *self);

KvmIoTable *_kvm_io_bus_ref_table (KvmIoBus *self);
void _kvm_io_table_unref (KvmIoTable *table);

/* The range that @address is in, or NULL. */
const KvmIoRange *_kvm_io_table_find (const KvmIoTable *table, KvmIoSpace space, guint64 address);

/* Whether the device may be called in this thread. */
static inline gboolean
_kvm_io_range_is_here (const KvmIoRange *self)
{
  return !(self->flags & KVM_IO_DEVICE_FLAGS_SAME_THREAD) || self->thread == g_thread_self ();
}

/* Gives the device a write that is in its range. Returns whether the guest shall stop. */
gboolean _kvm_io_range_write (const KvmIoRange *self, guint64 offset, guint size, guint64 value);

/* What became of an exit on the bus. */
typedef enum
{
  KVM_IO_RESULT_LEFT,    /* it is for nobody here */
  KVM_IO_RESULT_SERVED,  /* the guest can run on */
  KVM_IO_RESULT_STOPPED, /* it is served, and the device wants the guest to stop */
} KvmIoResult;

/* Gives all of an exit's access to the device of a range that it begins in, if it ends there. */
KvmIoResult _kvm_io_range_serve (const KvmIoRange *range, KvmExit *exit);

/* Does that for a vCPU that stands, if the device may be called in this thread. */
KvmIoResult _kvm_io_bus_dispatch_exit (KvmIoBus *self, KvmExit *exit);

G_END_DECLS
