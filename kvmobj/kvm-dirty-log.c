/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <unistd.h>

#include "kvm-dirty-log-private.h"
#include "kvm-error-private.h"
#include "kvm-ioctl-private.h"

/**
 * KvmDirtyLog:
 *
 * Which pages of a virtual machine its guest wrote to, made by [method@Kvm.Vm.create_dirty_log].
 *
 * It is about all memory slots that have %KVM_MEMORY_SLOT_FLAGS_LOG_DIRTY_PAGES, those that are
 * added later too. [method@Kvm.DirtyLog.collect] takes what was written to since the last time, and
 * [method@Kvm.DirtyLog.next] goes through it:
 *
 * ```c
 * KvmDirtyRange range;
 *
 * if (!kvm_dirty_log_collect (log, &error))
 *   return FALSE;
 * while (kvm_dirty_log_next (log, &range))
 *   send (range.guest_address, range.length);
 * ```
 *
 * This is the same whether the kernel keeps bitmaps, or a ring for each vCPU, see
 * [method@Kvm.Vm.enable_dirty_ring]. vCPUs may run meanwhile: what is written after collecting is
 * in the next log, so what is read after it may be newer, but never lost. A log says at least what
 * the guest has written to, and may say more. It does not say what the program itself writes.
 *
 * There may be several logs, and snapshots of memory besides: each is told everything. A log keeps
 * its virtual machine alive. One thread at a time may use it.
 *
 * Since: 0.1
 */

/* What the log has of one slot: two sets, of which one is read and one is filled. */
typedef struct
{
  KvmSlot *slot; /* owned */
  KvmPageSet sets[2];
  guint filling; /* which one is */
  KvmDirtySink sink;
  gboolean is_unknown;   /* there was no memory for the sets once: everything may be dirty */
  guint64 guest_address; /* when it was collected */
} Part;

struct _KvmDirtyLog
{
  GObject parent_instance;
  KvmVm *vm;        /* owned */
  GPtrArray *parts; /* of Part, owned; guarded by the VM's lock */
  GPtrArray *shown; /* of Part, not owned: those that were collected, in order */
  guint part;       /* where next () goes on */
  gsize page;
};

G_DEFINE_FINAL_TYPE (KvmDirtyLog, kvm_dirty_log, G_TYPE_OBJECT)
G_DEFINE_BOXED_TYPE (KvmDirtyRange, kvm_dirty_range, kvm_dirty_range_copy, kvm_dirty_range_free)

static void
part_free (Part *self)
{
  _kvm_slot_remove_sink (self->slot, &self->sink);
  _kvm_page_set_clear (&self->sets[0]);
  _kvm_page_set_clear (&self->sets[1]);
  _kvm_slot_unref (self->slot);
  g_free (self);
}

static void
kvm_dirty_log_finalize (GObject *object)
{
  KvmDirtyLog *self = KVM_DIRTY_LOG (object);
  gboolean locked = self->vm != NULL && _kvm_vm_lock (self->vm);

  if (self->vm != NULL && self->vm->dirty_logs != NULL)
    g_ptr_array_remove_fast (self->vm->dirty_logs, self);
  g_clear_pointer (&self->shown, g_ptr_array_unref);
  g_clear_pointer (&self->parts, g_ptr_array_unref);
  if (locked)
    g_mutex_unlock (&self->vm->lock);
  g_clear_object (&self->vm);

  G_OBJECT_CLASS (kvm_dirty_log_parent_class)->finalize (object);
}

static void
kvm_dirty_log_class_init (KvmDirtyLogClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = kvm_dirty_log_finalize;
}

static void
kvm_dirty_log_init (KvmDirtyLog *self)
{
  self->parts = g_ptr_array_new_with_free_func ((GDestroyNotify) part_free);
  self->shown = g_ptr_array_new ();
}

static gboolean
prepare_part (Part *self, GError **error)
{
  gsize n_pages = self->slot->length / sysconf (_SC_PAGESIZE);

  if (self->sink.pages != NULL || !(self->slot->flags & KVM_MEMORY_SLOT_FLAGS_LOG_DIRTY_PAGES))
    return TRUE;

  for (guint i = 0; i < G_N_ELEMENTS (self->sets); i++)
    if (self->sets[i].words == NULL && !_kvm_page_set_init (&self->sets[i], n_pages))
      {
        g_set_error_literal (error, KVM_ERROR, KVM_ERROR_NO_MEMORY,
                             "There is no room for the bitmaps of a memory slot");
        self->is_unknown = TRUE;
        return FALSE;
      }
  self->sink = (KvmDirtySink){ .pages = &self->sets[0], .is_whole = TRUE, .is_stale = TRUE };
  _kvm_slot_add_sink (self->slot, &self->sink);
  if (self->is_unknown)
    {
      self->sink.is_stale = FALSE;
      _kvm_page_set_add (&self->sets[0], 0, n_pages);
    }
  return TRUE;
}

void
_kvm_dirty_log_track (KvmDirtyLog *self, KvmSlot *slot)
{
  Part *part = NULL;

  for (guint i = 0; part == NULL && i < self->parts->len; i++)
    {
      part = g_ptr_array_index (self->parts, i);
      if (part->slot != slot)
        part = NULL;
    }
  if (part == NULL)
    {
      part = g_new0 (Part, 1);
      part->slot = _kvm_slot_ref (slot);
      g_ptr_array_add (self->parts, part);
    }
  prepare_part (part, NULL);
}

static int
compare_parts (gconstpointer a, gconstpointer b)
{
  const KvmSlot *one = (*(Part *const *) a)->slot;
  const KvmSlot *other = (*(Part *const *) b)->slot;

  if (one->address_space != other->address_space)
    return one->address_space < other->address_space ? -1 : 1;
  return one->guest_address < other->guest_address ? -1 : 1;
}

static void
take_part (Part *self)
{
  if (self->sink.is_stale)
    _kvm_page_set_empty (self->sink.pages); /* nothing was told */
  self->filling ^= 1;
  self->sink.pages = &self->sets[self->filling];
  self->sink.is_stale = TRUE;
  self->guest_address = self->slot->guest_address;
}

/* Called with the VM's lock held. */
static gboolean
collect (KvmDirtyLog *self, gboolean keep, GError **error)
{
  g_ptr_array_set_size (self->shown, 0);
  for (guint i = 0; i < self->parts->len;)
    {
      Part *part = g_ptr_array_index (self->parts, i);

      if (!part->slot->vm_has_it)
        g_ptr_array_remove_index (self->parts, i);
      else if (prepare_part (part, error))
        i++;
      else
        return FALSE;
    }
  if (!_kvm_vm_harvest (self->vm, keep, error))
    return FALSE;

  for (guint i = 0; i < self->parts->len; i++)
    {
      Part *part = g_ptr_array_index (self->parts, i);

      if (part->sink.pages == NULL)
        continue;
      take_part (part);
      g_ptr_array_add (self->shown, part);
    }
  if (self->shown->len > 1)
    g_ptr_array_sort (self->shown, compare_parts);
  return TRUE;
}

static gboolean
lock (KvmDirtyLog *self, GError **error)
{
  if (self->vm == NULL)
    {
      g_set_error_literal (error, KVM_ERROR, KVM_ERROR_CLOSED, "The dirty log was never made");
      return FALSE;
    }
  if (!_kvm_handle_check (&self->vm->handle, "dirty log", error))
    return FALSE;
  if (_kvm_vm_lock (self->vm))
    return TRUE;

  _kvm_handle_set_unusable_error (&self->vm->handle, "dirty log", error);
  return FALSE;
}

static gboolean
lock_and_collect (KvmDirtyLog *self, gboolean keep, GError **error)
{
  gboolean ret;

  self->part = 0;
  self->page = 0;
  if (!lock (self, error))
    return FALSE;
  ret = collect (self, keep, error);
  g_mutex_unlock (&self->vm->lock);
  return ret;
}

/**
 * kvm_vm_create_dirty_log:
 * @vm: a virtual machine
 * @error: return location for an error
 *
 * Makes a log of what the guest writes to from now on (`KVM_GET_DIRTY_LOG`, and then
 * `KVM_CLEAR_DIRTY_LOG` if the log is protected manually; or `KVM_RESET_DIRTY_RINGS`), in slots
 * that have %KVM_MEMORY_SLOT_FLAGS_LOG_DIRTY_PAGES. %KVM_CAPABILITY_MANUAL_DIRTY_LOG_PROTECT2 and
 * %KVM_CAPABILITY_DIRTY_LOG_RING_ACQ_REL are other ways in which the kernel tells the same. See
 * sections 4.8, 4.117 and 7.36 of api.rst.
 *
 * Fails with %KVM_ERROR_NO_MEMORY and %KVM_ERROR_CLOSED.
 *
 * Returns: (transfer full): the log
 *
 * Since: 0.1
 */
KvmDirtyLog *
kvm_vm_create_dirty_log (KvmVm *vm, GError **error)
{
  g_autoptr (KvmDirtyLog) self = NULL;

  g_return_val_if_fail (KVM_IS_VM (vm), NULL);

  if (!_kvm_handle_check (&vm->handle, "kvm_vm_create_dirty_log ()", error))
    return NULL;

  self = g_object_new (KVM_TYPE_DIRTY_LOG, NULL);
  self->vm = g_object_ref (vm);
  if (!lock (self, error))
    return NULL;
  if (vm->dirty_logs == NULL)
    vm->dirty_logs = g_ptr_array_new ();
  g_ptr_array_add (vm->dirty_logs, self);
  for (guint i = 0; vm->slots != NULL && i < vm->slots->len; i++)
    _kvm_dirty_log_track (self, g_ptr_array_index (vm->slots, i));
  g_mutex_unlock (&vm->lock);

  /* What was written to before is not its business. */
  if (!kvm_dirty_log_collect (self, error))
    return NULL;
  g_ptr_array_set_size (self->shown, 0);
  return g_steal_pointer (&self);
}

/**
 * kvm_dirty_log_get_vm:
 * @self: a dirty log
 *
 * Gets the virtual machine that the log is about.
 *
 * Returns: (transfer none) (nullable): the virtual machine; %NULL if the log was never made
 *
 * Since: 0.1
 */
KvmVm *
kvm_dirty_log_get_vm (KvmDirtyLog *self)
{
  g_return_val_if_fail (KVM_IS_DIRTY_LOG (self), NULL);

  return self->vm;
}

/**
 * kvm_dirty_log_collect:
 * @self: a dirty log
 * @error: return location for an error
 *
 * Takes what was written to since the last time. From now on pages are noted again, so what is read
 * of them afterwards is as new as this log, or newer.
 *
 * Fails with %KVM_ERROR_NO_MEMORY, %KVM_ERROR_CLOSED, and with the errors of the kernel's; then the
 * log is empty, and what was written to is in the next one.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
kvm_dirty_log_collect (KvmDirtyLog *self, GError **error)
{
  g_return_val_if_fail (KVM_IS_DIRTY_LOG (self), FALSE);

  return lock_and_collect (self, FALSE, error);
}

/**
 * kvm_dirty_log_peek:
 * @self: a dirty log
 * @error: return location for an error
 *
 * Takes what was written to, as [method@Kvm.DirtyLog.collect] does, but leaves it to the program
 * when pages are noted again: before a range is read, [method@Kvm.DirtyLog.clear_range] is called
 * for it. What is not cleared is in the next log once more. This is so where
 * [method@Kvm.Vm.enable_manual_dirty_log] was called; elsewhere it is the same as
 * [method@Kvm.DirtyLog.collect].
 *
 * Fails as [method@Kvm.DirtyLog.collect] does.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
kvm_dirty_log_peek (KvmDirtyLog *self, GError **error)
{
  g_return_val_if_fail (KVM_IS_DIRTY_LOG (self), FALSE);

  return lock_and_collect (self, TRUE, error);
}

static Part *
find_part (KvmDirtyLog *self, const KvmDirtyRange *range)
{
  for (guint i = 0; i < self->shown->len; i++)
    {
      Part *part = g_ptr_array_index (self->shown, i);

      if (part->slot->number == range->slot_number
          && part->slot->address_space == range->address_space)
        return part;
    }
  return NULL;
}

/* Called with the VM's lock held. */
static gboolean
clear_pages (KvmDirtyLog *self, Part *part, gsize first, gsize n, GError **error)
{
  const KvmPageSet *shown = &part->sets[!part->filling];
  gsize start = first / KVM_PAGES_PER_WORD;
  gsize n_words = (first + n + KVM_PAGES_PER_WORD - 1) / KVM_PAGES_PER_WORD - start;
  KvmPageSet cleared;
  gboolean ret;

  if (!_kvm_page_set_init (&cleared, n_words * KVM_PAGES_PER_WORD))
    {
      g_set_error_literal (error, KVM_ERROR, KVM_ERROR_NO_MEMORY,
                           "There is no room for the bitmap of a range");
      return FALSE;
    }
  _kvm_page_set_add (&cleared, first - start * KVM_PAGES_PER_WORD, n);
  for (gsize i = 0; i < n_words; i++)
    cleared.words[i] &= shown->words[start + i];

  /* The others may have been told of these pages before, and taken care of them. */
  _kvm_slot_pass_on (part->slot, &cleared, start * KVM_PAGES_PER_WORD, &part->sink);
  ret = _kvm_vm_clear_dirty (self->vm, part->slot, cleared.words, start * KVM_PAGES_PER_WORD,
                             MIN (cleared.n_pages, shown->n_pages - start * KVM_PAGES_PER_WORD),
                             error);
  _kvm_page_set_clear (&cleared);
  return ret;
}

/**
 * kvm_dirty_log_clear_range:
 * @self: a dirty log
 * @range: a range of it, or a part of one
 * @error: return location for an error
 *
 * Says that a range is about to be read, so that what is written to from now on is noted again. It
 * is for [method@Kvm.DirtyLog.peek]; where that need not be done, this does nothing.
 *
 * Fails with %KVM_ERROR_INVALID if the log has no such slot, or the range is not one of whole pages
 * in it; %KVM_ERROR_CLOSED, also if the slot was removed; and with %KVM_ERROR_NO_MEMORY.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
kvm_dirty_log_clear_range (KvmDirtyLog *self, const KvmDirtyRange *range, GError **error)
{
  guint64 page_size = sysconf (_SC_PAGESIZE);
  gboolean ret = FALSE;
  Part *part;

  g_return_val_if_fail (KVM_IS_DIRTY_LOG (self), FALSE);
  g_return_val_if_fail (range != NULL, FALSE);

  if (!lock (self, error))
    return FALSE;
  part = find_part (self, range);
  if (part == NULL || range->length == 0 || range->length % page_size != 0
      || (range->guest_address - part->guest_address) % page_size != 0
      || range->guest_address - part->guest_address >= part->slot->length
      || range->length > part->slot->length - (range->guest_address - part->guest_address))
    g_set_error (error, KVM_ERROR, KVM_ERROR_INVALID,
                 "The dirty log has no pages of slot %u, 0x%" G_GINT64_MODIFIER
                 "x bytes at 0x%" G_GINT64_MODIFIER "x",
                 range->slot_number, range->length, range->guest_address);
  else if (!part->slot->vm_has_it)
    g_set_error (error, KVM_ERROR, KVM_ERROR_CLOSED, "The memory slot %u is removed already",
                 range->slot_number);
  else
    ret = !self->vm->is_log_manual || self->vm->n_ring_entries != 0
          || clear_pages (self, part, (range->guest_address - part->guest_address) / page_size,
                          range->length / page_size, error);
  g_mutex_unlock (&self->vm->lock);
  return ret;
}

static gboolean
find_next (KvmDirtyLog *self, guint *index, gsize *page, KvmDirtyRange *range)
{
  guint64 page_size = sysconf (_SC_PAGESIZE);

  for (; *index < self->shown->len; ++*index, *page = 0)
    {
      Part *part = g_ptr_array_index (self->shown, *index);
      gsize first, n;

      if (!_kvm_page_set_next (&part->sets[!part->filling], page, &first, &n))
        continue;
      range->guest_address = part->guest_address + first * page_size;
      range->length = n * page_size;
      range->slot_number = part->slot->number;
      range->address_space = part->slot->address_space;
      return TRUE;
    }
  return FALSE;
}

/**
 * kvm_dirty_log_next:
 * @self: a dirty log
 * @range: (out caller-allocates): the next range
 *
 * Goes to the next range of what was collected, by address. Ranges are as long as they can be
 * within a slot.
 *
 * Returns: %TRUE if there is one; %FALSE if that was all
 *
 * Since: 0.1
 */
gboolean
kvm_dirty_log_next (KvmDirtyLog *self, KvmDirtyRange *range)
{
  g_return_val_if_fail (KVM_IS_DIRTY_LOG (self), FALSE);
  g_return_val_if_fail (range != NULL, FALSE);

  if (find_next (self, &self->part, &self->page, range))
    return TRUE;

  *range = (KvmDirtyRange){ 0 };
  return FALSE;
}

/**
 * kvm_dirty_log_get_ranges:
 * @self: a dirty log
 * @n_ranges: (out): how many there are
 * @error: return location for an error
 *
 * Gets all that was collected at once, wherever [method@Kvm.DirtyLog.next] is.
 *
 * Fails with %KVM_ERROR_NO_MEMORY.
 *
 * Returns: (array length=n_ranges) (transfer container) (nullable): the ranges, by address; %NULL
 *   without an error if there are none
 *
 * Since: 0.1
 */
KvmDirtyRange *
kvm_dirty_log_get_ranges (KvmDirtyLog *self, gsize *n_ranges, GError **error)
{
  KvmDirtyRange *ranges;
  KvmDirtyRange range;
  guint part = 0;
  gsize page = 0;
  gsize n = 0;

  g_return_val_if_fail (n_ranges != NULL, NULL);
  *n_ranges = 0;
  g_return_val_if_fail (KVM_IS_DIRTY_LOG (self), NULL);

  while (find_next (self, &part, &page, &range))
    n++;
  if (n == 0)
    return NULL;
  ranges = g_try_new (KvmDirtyRange, n);
  if (ranges == NULL)
    {
      g_set_error (error, KVM_ERROR, KVM_ERROR_NO_MEMORY,
                   "There is no room for %" G_GSIZE_FORMAT " ranges of dirty pages", n);
      return NULL;
    }
  part = 0;
  page = 0;
  for (*n_ranges = 0; *n_ranges < n; ++*n_ranges)
    find_next (self, &part, &page, &ranges[*n_ranges]);
  return ranges;
}

/**
 * kvm_dirty_range_new: (constructor)
 *
 * Makes a range that is empty.
 *
 * Returns: (transfer full): the range
 *
 * Since: 0.1
 */
KvmDirtyRange *
kvm_dirty_range_new (void)
{
  return g_new0 (KvmDirtyRange, 1);
}

/**
 * kvm_dirty_range_copy:
 * @self: a range
 *
 * Makes a copy.
 *
 * Returns: (transfer full): the copy
 *
 * Since: 0.1
 */
KvmDirtyRange *
kvm_dirty_range_copy (const KvmDirtyRange *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return g_memdup2 (self, sizeof *self);
}

/**
 * kvm_dirty_range_free:
 * @self: (transfer full): a range
 *
 * Frees a range.
 *
 * Since: 0.1
 */
void
kvm_dirty_range_free (KvmDirtyRange *self)
{
  g_free (self);
}
