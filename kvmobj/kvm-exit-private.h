/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "kvm-abi-private.h"
#include "kvm-exit.h"
#include "kvm-fork-private.h"

G_BEGIN_DECLS

/* The run page is written by the kernel while the guest runs, and by whatever else has gone wrong
 * in the process. So the reason is latched here when run () returns, and a field of the page is
 * read once, into a local, before it is checked and used. */
struct _KvmExit
{
  GObject parent_instance;
  KvmAbiRun *run; /* owned mapping, or a page of zeros that belongs to nobody */
  gsize size;     /* of the mapping; 0 for the page of zeros */
  KvmExitReason reason;
  guint raw_reason;
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

#define _KVM_REASON_BIT(reason) (G_GUINT64_CONSTANT (1) << KVM_EXIT_REASON_##reason)

/* The reasons that have a name here and need no more than to be passed on. */
#define _KVM_REASONS_COMMON                                                                        \
  (((_KVM_REASON_BIT (TPR_ACCESS) << 1) - 1) | _KVM_REASON_BIT (SYSTEM_EVENT)                      \
   | ((_KVM_REASON_BIT (NOTIFY) << 1) - _KVM_REASON_BIT (IOAPIC_EOI))                              \
   | ((_KVM_REASON_BIT (SNP_REQ_CERTS) << 1) - _KVM_REASON_BIT (MEMORY_FAULT)))

static inline gboolean
_kvm_exit_is_common (guint raw_reason)
{
  return raw_reason < 64 && (_KVM_REASONS_COMMON >> raw_reason & 1);
}

/* Takes over the reason that the kernel gave, and what it is here. */
static inline KvmExitReason
_kvm_exit_latch (KvmExit *self, guint raw_reason, KvmExitReason reason)
{
  self->raw_reason = raw_reason;
  self->reason = reason;
  return reason;
}

/* Whether the exit is one of those in @reasons. */
static inline gboolean
_kvm_exit_is (KvmExit *self, guint64 reasons)
{
  return _kvm_is_exit (self) && (guint) self->reason < 64 && (reasons >> self->reason & 1);
}

#define _KVM_READ_ONCE(place) (*(const volatile __typeof__ (place) *) &(place))

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
