/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <string.h>

#include "kvm-abi-run-private.h"
#include "kvm-exit.h"
#include "kvm-fork-private.h"

G_BEGIN_DECLS

/* The run page is written by the kernel while the guest runs, and by whatever else has gone wrong
 * in the process. So the reason is latched here when run () returns, and a field of the page is
 * read once, into a local, before it is checked and used. */
struct _KvmExit
{
  GObject parent_instance;
  KvmAbiRun *run;     /* owned mapping, or a page of zeros that belongs to nobody */
  gsize size;         /* of the mapping; 0 for the page of zeros */
  guint32 latch;      /* the reason; see below */
  guint raw_reason;   /* of KVM_EXIT_REASON_OTHER */
  guint64 io_offset;  /* where port accesses have their data, unless the page says otherwise */
  guint32 unfinished; /* of an interrupted run: the latch of the exit that it left so; else 0 */
  KvmInterruption interruption;
  int error_number;   /* of an exit that comes as a failure of KVM_RUN */
  gboolean rip_known; /* x86: whether rip tells where an internal error stopped the guest */
  guint64 rip;
  KvmForkMapping fork_mapping; /* of a run page; not of a copy */
};

extern GTypeClass *_kvm_exit_class G_GNUC_INTERNAL;

/* KVM_IS_EXIT () without the call: the class is final. */
static inline gboolean
_kvm_is_exit (gpointer instance)
{
  return instance != NULL && ((GTypeInstance *) instance)->g_class == _kvm_exit_class;
}

/* Maps the run page of a vCPU. */
KvmExit *_kvm_exit_new (int fd, gsize size, GError **error);

/* Puts a private copy in the place of the run page, at the same address, so that the exit stays
 * readable and the kernel's vCPU can go. */
void _kvm_exit_detach (KvmExit *self);

/* The reason has with it whether the exit was answered, and a number that stands nowhere else: so
 * one compare tells that this is an exit, which one, and that it has no answer yet. */
#define KVM_LATCH_MAGIC 0x45780000u
#define KVM_LATCH_ANSWERED 0x8000u
#define KVM_LATCH(reason) (KVM_LATCH_MAGIC | ((guint) (reason) &0x7fff))

static inline KvmExitReason
_kvm_exit_get_latched (KvmExit *self)
{
  gint16 reason = (gint16) (self->latch << 1); /* the sign is in the 15th bit */

  return reason >> 1;
}

/* Whether there was none yet. Any thread may ask. */
static inline gboolean
_kvm_exit_was_never (KvmExit *self)
{
  return __atomic_load_n (&self->latch, __ATOMIC_RELAXED) == KVM_LATCH (KVM_EXIT_REASON_UNKNOWN);
}

static inline gboolean
_kvm_exit_is_answered (KvmExit *self)
{
  return (self->latch & KVM_LATCH_ANSWERED) != 0;
}

/* Takes over what the last run returns. */
static inline void
_kvm_exit_latch (KvmExit *self, KvmExitReason reason)
{
  __atomic_store_n (&self->latch, KVM_LATCH (reason), __ATOMIC_RELAXED);
}

#define _KVM_REASON_BIT(reason) (G_GUINT64_CONSTANT (1) << KVM_EXIT_REASON_##reason)

/* The reasons that need no more than to be passed on. The first ones are most of what there is. */
#define _KVM_LAST_FREQUENT_REASON KVM_EXIT_REASON_TPR_ACCESS
#define _KVM_REASONS_COMMON                                                                        \
  (((_KVM_REASON_BIT (TPR_ACCESS) << 1) - 1) | _KVM_REASON_BIT (SYSTEM_EVENT)                      \
   | ((_KVM_REASON_BIT (NOTIFY) << 1) - _KVM_REASON_BIT (IOAPIC_EOI))                              \
   | ((_KVM_REASON_BIT (SNP_REQ_CERTS) << 1) - _KVM_REASON_BIT (MEMORY_FAULT)))

/* Those of which the guest's instruction is over only with the next KVM_RUN. Section 5 of api.rst
 * names them, or the kernel's code does. */
#define _KVM_REASONS_COMPLETED_BY_RUN                                                              \
  (_KVM_REASON_BIT (IO) | _KVM_REASON_BIT (MMIO) | _KVM_REASON_BIT (HYPERCALL)                     \
   | _KVM_REASON_BIT (HYPERV) | _KVM_REASON_BIT (X86_RDMSR) | _KVM_REASON_BIT (X86_WRMSR)          \
   | _KVM_REASON_BIT (XEN) | _KVM_REASON_BIT (RISCV_SBI) | _KVM_REASON_BIT (RISCV_CSR)             \
   | _KVM_REASON_BIT (TDX) | _KVM_REASON_BIT (SNP_REQ_CERTS))

static inline gboolean
_kvm_exit_is_common (guint raw_reason)
{
  return raw_reason < 64 && (_KVM_REASONS_COMMON >> raw_reason & 1);
}

/* Whether the exit is one of those in @reasons. */
static inline gboolean
_kvm_exit_is (KvmExit *self, guint64 reasons)
{
  guint reason;

  if (!_kvm_is_exit (self))
    return FALSE;
  reason = _kvm_exit_get_latched (self);
  return reason < 64 && (reasons >> reason & 1);
}

#define _KVM_READ_ONCE(place) (*(const volatile __typeof__ (place) *) &(place))

/* All three architectures' guests are little-endian here, as is the page. A copy of a length that
 * the compiler knows is one instruction. */
static inline guint64
_kvm_load_16 (const guint8 *data)
{
  guint16 value;

  memcpy (&value, data, sizeof value);
  return value;
}

static inline guint64
_kvm_load_32 (const guint8 *data)
{
  guint32 value;

  memcpy (&value, data, sizeof value);
  return value;
}

static inline guint64
_kvm_load_64 (const guint8 *data)
{
  guint64 value;

  memcpy (&value, data, sizeof value);
  return value;
}

guint64 _kvm_load_odd (const guint8 *data, guint size);
void _kvm_store_odd (guint8 *data, guint size, guint64 value);

static inline guint64
_kvm_load (const guint8 *data, guint size)
{
  if (G_LIKELY (size == 1))
    return *data;
  if (G_LIKELY (size == 4))
    return _kvm_load_32 (data);
  if (size == 2)
    return _kvm_load_16 (data);
  return size == 8 ? _kvm_load_64 (data) : _kvm_load_odd (data, size);
}

static inline void
_kvm_store (guint8 *data, guint size, guint64 value)
{
  if (G_LIKELY (size == 1))
    *data = value;
  else if (G_LIKELY (size == 4))
    memcpy (data, &value, 4);
  else if (size == 2)
    memcpy (data, &value, 2);
  else if (size == 8)
    memcpy (data, &value, 8);
  else
    _kvm_store_odd (data, size, value);
}

/* Says which exit there is instead of the one that an accessor is for: a bug of the caller's. */
void _kvm_exit_complain (gpointer exit, const char *function);

#define _kvm_return_val_unless_exit(self, reasons, value)                                          \
  G_STMT_START                                                                                     \
  {                                                                                                \
    if (G_UNLIKELY (!_kvm_exit_is ((self), (reasons))))                                            \
      {                                                                                            \
        _kvm_exit_complain ((self), G_STRFUNC);                                                    \
        return (value);                                                                            \
      }                                                                                            \
  }                                                                                                \
  G_STMT_END

#define _kvm_return_unless_exit(self, reasons)                                                     \
  G_STMT_START                                                                                     \
  {                                                                                                \
    if (G_UNLIKELY (!_kvm_exit_is ((self), (reasons))))                                            \
      {                                                                                            \
        _kvm_exit_complain ((self), G_STRFUNC);                                                    \
        return;                                                                                    \
      }                                                                                            \
  }                                                                                                \
  G_STMT_END

/* The body of an accessor that reads one field of the exits in @reasons. */
#define _KVM_EXIT_FIELD(self, reasons, field)                                                      \
  _kvm_return_val_unless_exit (self, reasons, 0);                                                  \
  return _KVM_READ_ONCE ((self)->run->field)

/* A copy of @n 64-bit words of the page. */
guint64 *_kvm_exit_copy_words (const guint64 *words, gsize n, gsize *n_words);

G_END_DECLS
