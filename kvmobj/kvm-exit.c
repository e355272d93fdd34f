/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include "kvm-enum-types.h"
#include "kvm-error-private.h"
#include "kvm-exit-private.h"

/**
 * KvmExit:
 *
 * Why a vCPU stopped, with everything that the kernel says about it, and the way to answer it.
 *
 * Each vCPU has one, got with [method@Kvm.Vcpu.get_exit] once and for all. It is a view of memory
 * that the vCPU shares with the kernel: what it says is true from the return of
 * [method@Kvm.Vcpu.run] until the next run, and an answer is what the guest sees when it runs on.
 * To keep what it says, take a [method@Kvm.Exit.copy]. It does not keep the vCPU alive; when the
 * vCPU is gone, it still shows the last exit. It is for the thread that runs the vCPU, and not for
 * others meanwhile.
 *
 * What can be asked depends on the reason. An accessor called for an exit that does not have the
 * thing logs a critical and returns 0: that is a bug of the caller's.
 *
 * ```c
 * switch (kvm_vcpu_run (vcpu, NULL, &error))
 *   {
 *   case KVM_EXIT_REASON_MMIO:
 *     if (kvm_exit_is_write (exit))
 *       store (kvm_exit_get_address (exit), kvm_exit_get_value (exit));
 *     else
 *       kvm_exit_set_value (exit, load (kvm_exit_get_address (exit)));
 *     break;
 *   …
 *   default:
 *     why = kvm_exit_to_string (exit); // a g_autofree char *
 *     g_printerr ("%s\n", why);
 *   }
 * ```
 *
 * Where a 64-bit value may not fit a JavaScript number, [method@Kvm.Exit.to_bytes] has it exactly.
 *
 * See section 5 of the kernel's api.rst, "The kvm_run structure".
 *
 * Since: 0.1
 */

G_DEFINE_FINAL_TYPE (KvmExit, kvm_exit, G_TYPE_OBJECT)

GTypeClass *_kvm_exit_class;

/* What an exit shows that no vCPU stands behind. */
static KvmAbiRun nothing;

#define REASON(name) _KVM_REASON_BIT (name)

/* On x86 the data of port accesses is in the page after that of the run. */
#define IO_OFFSET 4096

static void
kvm_exit_finalize (GObject *object)
{
  KvmExit *self = KVM_EXIT (object);

  if (self->fork_mapping.size != 0)
    _kvm_fork_remove_mapping (&self->fork_mapping);
  if (self->size != 0)
    munmap (self->run, self->size);

  G_OBJECT_CLASS (kvm_exit_parent_class)->finalize (object);
}

static void
kvm_exit_class_init (KvmExitClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = kvm_exit_finalize;
  _kvm_exit_class = (GTypeClass *) klass;
}

static void
kvm_exit_init (KvmExit *self)
{
  self->run = &nothing;
  self->io_offset = G_MAXUINT64;
  _kvm_exit_latch (self, KVM_EXIT_REASON_UNKNOWN);
}

static KvmExit *
exit_new_take_mapping (gpointer mapping, gsize size)
{
  KvmExit *self = g_object_new (KVM_TYPE_EXIT, NULL);

  self->run = mapping;
  self->size = size;
  if (size >= 2 * IO_OFFSET)
    self->io_offset = IO_OFFSET;
  return self;
}

KvmExit *
_kvm_exit_new (int fd, gsize size, GError **error)
{
  gpointer mapping = mmap (NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  KvmExit *self;

  if (mapping == MAP_FAILED)
    {
      _kvm_error_set_errno (error, errno, "mmap () of a vCPU's run page");
      return NULL;
    }

  self = exit_new_take_mapping (mapping, size);
  self->fork_mapping.address = mapping;
  self->fork_mapping.size = size;
  _kvm_fork_add_mapping (&self->fork_mapping);
  return self;
}

void
_kvm_exit_detach (KvmExit *self)
{
  gpointer copy
      = mmap (NULL, self->size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

  if (copy == MAP_FAILED)
    return;

  /* Another thread that is reading sees the page or its copy, and nothing in between. */
  memcpy (copy, self->run, self->size);
  if (mremap (copy, self->size, self->size, MREMAP_MAYMOVE | MREMAP_FIXED, self->run) == MAP_FAILED)
    munmap (copy, self->size);
}

void
_kvm_exit_complain (gpointer exit, const char *function)
{
  g_autoptr (GEnumClass) klass = NULL;
  GEnumValue *value;

  if (!_kvm_is_exit (exit))
    {
      g_critical ("%s: this is not a KvmExit", function);
      return;
    }

  klass = g_type_class_ref (KVM_TYPE_EXIT_REASON);
  value = g_enum_get_value (klass, _kvm_exit_get_latched (exit));
  g_critical ("%s: the exit is %s, which has no such thing", function, value->value_name);
}

guint64 *
_kvm_exit_copy_words (const guint64 *words, gsize n, gsize *n_words)
{
  guint64 *copy = g_new (guint64, MAX (n, 1));

  for (gsize i = 0; i < n; i++)
    copy[i] = _KVM_READ_ONCE (words[i]);
  *n_words = n;
  return copy;
}

/**
 * kvm_exit_get_reason:
 * @self: an exit
 *
 * Tells why the vCPU stopped: what the last [method@Kvm.Vcpu.run] returned.
 *
 * Returns: the reason; %KVM_EXIT_REASON_UNKNOWN before the first run
 *
 * Since: 0.1
 */
KvmExitReason
kvm_exit_get_reason (KvmExit *self)
{
  g_return_val_if_fail (_kvm_is_exit (self), KVM_EXIT_REASON_ERROR);

  return _kvm_exit_get_latched (self);
}

/**
 * kvm_exit_get_raw_reason:
 * @self: an exit
 *
 * Gets the kernel's number of the reason, the `exit_reason` of the run page. It tells what stands
 * behind %KVM_EXIT_REASON_OTHER.
 *
 * Returns: the number
 *
 * Since: 0.1
 */
guint
kvm_exit_get_raw_reason (KvmExit *self)
{
  KvmExitReason reason;

  g_return_val_if_fail (_kvm_is_exit (self), 0);

  reason = _kvm_exit_get_latched (self);
  return reason == KVM_EXIT_REASON_OTHER ? self->raw_reason : (guint) reason;
}

/**
 * kvm_exit_get_interruption:
 * @self: an exit
 *
 * Tells what interrupted the run.
 *
 * Returns: the cause; %KVM_INTERRUPTION_NONE if the reason is not %KVM_EXIT_REASON_INTERRUPTED
 *
 * Since: 0.1
 */
KvmInterruption
kvm_exit_get_interruption (KvmExit *self)
{
  g_return_val_if_fail (_kvm_is_exit (self), KVM_INTERRUPTION_NONE);

  return _kvm_exit_get_latched (self) == KVM_EXIT_REASON_INTERRUPTED ? self->interruption
                                                                     : KVM_INTERRUPTION_NONE;
}

/**
 * kvm_exit_to_bytes:
 * @self: an exit
 *
 * Gets the payload of the exit as the kernel laid it out: the 256 bytes of the union in
 * `struct kvm_run`, little-endian. With it an exit that has no accessors here can be decoded, and
 * 64-bit values be read in JavaScript without loss.
 *
 * Returns: (transfer full): a copy of the bytes
 *
 * Since: 0.1
 */
GBytes *
kvm_exit_to_bytes (KvmExit *self)
{
  g_return_val_if_fail (_kvm_is_exit (self), NULL);

  return g_bytes_new (self->run->payload, sizeof self->run->payload);
}

/**
 * kvm_exit_copy:
 * @self: an exit
 * @error: return location for an error
 *
 * Makes an exit that keeps what this one says now, whatever the vCPU does later. Answers given to
 * the copy reach nobody.
 *
 * Fails with %KVM_ERROR_NO_MEMORY.
 *
 * Returns: (transfer full): the copy
 *
 * Since: 0.1
 */
KvmExit *
kvm_exit_copy (KvmExit *self, GError **error)
{
  gsize size;
  gpointer mapping;
  KvmExit *copy;

  g_return_val_if_fail (_kvm_is_exit (self), NULL);

  size = MAX (self->size, sizeof *self->run);
  mapping = mmap (NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (mapping == MAP_FAILED)
    {
      _kvm_error_set_errno (error, errno, "mmap () for the copy of an exit");
      return NULL;
    }

  memcpy (mapping, self->run, size);
  copy = exit_new_take_mapping (mapping, size);
  copy->latch = self->latch;
  copy->unfinished = self->unfinished;
  copy->raw_reason = self->raw_reason;
  copy->interruption = self->interruption;
  copy->error_number = self->error_number;
  copy->rip_known = self->rip_known;
  copy->rip = self->rip;
  return copy;
}
