/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <string.h>
#include <unistd.h>

#include "kvm-error-private.h"
#include "kvm-memory-private.h"
#include "kvm-memory-snapshot-private.h"

/**
 * KvmMemorySnapshot:
 *
 * What stood in a piece of memory at one time, made by [method@Kvm.Memory.create_snapshot], to be
 * put back with [method@Kvm.Memory.reset_to] again and again.
 *
 * Only pages that were written to are put back, by whomever:
 *
 * - by guests, if every slot that they can write to has %KVM_MEMORY_SLOT_FLAGS_LOG_DIRTY_PAGES.
 *   Otherwise all pages are compared and put back where they differ. Slots may come, change and go,
 *   also while guests run; the next time after one has gone all pages are compared;
 * - by this library, as with [method@Kvm.Memory.write];
 * - by the program itself, through `kvm_memory_get_pointer ()`, a file descriptor, or a system call
 *   such as `read ()`, if it says so with [method@Kvm.Memory.mark_dirty].
 *
 * ```c
 * g_autoptr (KvmMemorySnapshot) snapshot = kvm_memory_create_snapshot (memory, &error);
 *
 * while (get_input (&input))
 *   {
 *     kvm_memory_write (memory, INPUT_OFFSET, input.data, input.length, &error);
 *     kvm_vcpu_run (vcpu, NULL, &error);
 *     kvm_memory_reset_to (memory, snapshot, &n_bytes, &error);
 *     kvm_vcpu_x86_set_regs (vcpu, &regs, &error);
 *   }
 * ```
 *
 * There may be several snapshots of the same memory, and [class@Kvm.DirtyLog]s besides. A snapshot
 * keeps its memory alive. It takes as much memory as there are pages that are not all zeros.
 *
 * Since: 0.1
 */

/* A slot that the memory is in. */
typedef struct
{
  KvmSlot *slot; /* owned */
  KvmDirtySink sink;
} Track;

struct _KvmMemorySnapshot
{
  GObject parent_instance;
  KvmMemory *memory; /* owned */
  KvmMemory *copy;   /* owned */
  KvmPageSet dirty;  /* what differs, or may */

  /* Guarded by the memory's lock. */
  GPtrArray *tracks; /* of Track, owned */
  gboolean is_blind; /* whether more may differ */
};

G_DEFINE_FINAL_TYPE (KvmMemorySnapshot, kvm_memory_snapshot, G_TYPE_OBJECT)

/* The VM may be on its way out at the same time, and still harvest the slot. */
static void
track_free (Track *self)
{
  _kvm_slot_remove_sink (self->slot, &self->sink);
  _kvm_slot_unref (self->slot);
  g_free (self);
}

static void
kvm_memory_snapshot_finalize (GObject *object)
{
  KvmMemorySnapshot *self = KVM_MEMORY_SNAPSHOT (object);
  GPtrArray *tracks = NULL;

  if (self->memory != NULL && _kvm_fork_lock (&self->memory->lock, self->memory->generation))
    {
      tracks = g_steal_pointer (&self->tracks);
      g_ptr_array_remove_fast (self->memory->snapshots, self);
      g_atomic_int_set (&self->memory->n_snapshots, self->memory->snapshots->len);
      g_mutex_unlock (&self->memory->lock);
    }
  g_clear_pointer (&tracks, g_ptr_array_unref); /* not with the lock held */
  _kvm_page_set_clear (&self->dirty);
  g_clear_object (&self->copy);
  g_clear_object (&self->memory);

  G_OBJECT_CLASS (kvm_memory_snapshot_parent_class)->finalize (object);
}

static void
kvm_memory_snapshot_class_init (KvmMemorySnapshotClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = kvm_memory_snapshot_finalize;
}

static void
kvm_memory_snapshot_init (KvmMemorySnapshot *self)
{
}

static gboolean
is_unseen (const KvmSlot *slot)
{
  return !(slot->flags & (KVM_MEMORY_SLOT_FLAGS_LOG_DIRTY_PAGES | KVM_MEMORY_SLOT_FLAGS_READ_ONLY));
}

/* Called with the locks of the VM and of the memory held. */
static void
track (KvmMemorySnapshot *self, KvmSlot *slot)
{
  Track *new_track;

  if (is_unseen (slot))
    self->is_blind = TRUE;
  for (guint i = 0; i < self->tracks->len; i++)
    if (((Track *) g_ptr_array_index (self->tracks, i))->slot == slot)
      return;

  new_track = g_new0 (Track, 1);
  new_track->slot = _kvm_slot_ref (slot);
  new_track->sink = (KvmDirtySink){ .pages = &self->dirty,
                                    .first_page = slot->offset / sysconf (_SC_PAGESIZE) };
  _kvm_slot_add_sink (slot, &new_track->sink);
  g_ptr_array_add (self->tracks, new_track);
}

void
_kvm_memory_track_slot (KvmMemory *memory, KvmVm *vm, KvmSlot *slot)
{
  g_mutex_lock (&memory->lock);
  if (!g_ptr_array_find (memory->slots, slot, NULL))
    {
      g_weak_ref_set (&slot->vm, vm);
      g_ptr_array_add (memory->slots, slot);
    }
  for (guint i = 0; i < memory->snapshots->len; i++)
    track (g_ptr_array_index (memory->snapshots, i), slot);
  g_mutex_unlock (&memory->lock);
}

static void
untrack (KvmMemorySnapshot *self, KvmSlot *slot, gboolean is_known)
{
  if (!is_known)
    self->is_blind = TRUE;
  for (guint i = 0; i < self->tracks->len; i++)
    {
      if (((Track *) g_ptr_array_index (self->tracks, i))->slot != slot)
        continue;
      g_ptr_array_remove_index_fast (self->tracks, i);
      return;
    }
}

void
_kvm_memory_untrack_slot (KvmMemory *memory, KvmSlot *slot, gboolean is_known)
{
  if (!_kvm_fork_lock (&memory->lock, memory->generation))
    return;
  g_ptr_array_remove_fast (memory->slots, slot);
  for (guint i = 0; i < memory->snapshots->len; i++)
    untrack (g_ptr_array_index (memory->snapshots, i), slot, is_known);
  g_mutex_unlock (&memory->lock);
}

/* Does something with each slot that the memory is in, with its VM's lock held. */
static gboolean
foreach_slot (KvmMemory *memory, gboolean (*function) (KvmVm *, KvmSlot *, gpointer, GError **),
              gpointer data, GError **error)
{
  g_autoptr (GPtrArray) slots = NULL;
  gboolean ret = TRUE;

  g_mutex_lock (&memory->lock);
  slots = g_ptr_array_new_full (memory->slots->len, (GDestroyNotify) _kvm_slot_unref);
  for (guint i = 0; i < memory->slots->len; i++)
    g_ptr_array_add (slots, _kvm_slot_ref (g_ptr_array_index (memory->slots, i)));
  g_mutex_unlock (&memory->lock);

  for (guint i = 0; ret && i < slots->len; i++)
    {
      KvmSlot *slot = g_ptr_array_index (slots, i);
      g_autoptr (KvmVm) vm = g_weak_ref_get (&slot->vm);

      if (vm == NULL || !_kvm_vm_lock (vm))
        continue;
      ret = !slot->vm_has_it || function (vm, slot, data, error);
      g_mutex_unlock (&vm->lock);
    }
  return ret;
}

static gboolean
harvest (KvmVm *vm, KvmSlot *slot, gpointer data, GError **error)
{
  return _kvm_vm_harvest_slot (vm, slot, error);
}

static gboolean
track_present (KvmVm *vm, KvmSlot *slot, gpointer data, GError **error)
{
  KvmMemorySnapshot *self = data;

  g_mutex_lock (&self->memory->lock);
  track (self, slot);
  g_mutex_unlock (&self->memory->lock);
  return TRUE;
}

static gboolean
is_zero (const guint8 *bytes, gsize size)
{
  return bytes[0] == 0 && memcmp (bytes, bytes + 1, size - 1) == 0;
}

static gboolean
copy_all (KvmMemorySnapshot *self, GError **error)
{
  gsize page_size = sysconf (_SC_PAGESIZE);
  g_autofree guint8 *page = g_malloc (page_size);

  for (guint64 offset = 0; offset < self->memory->size; offset += page_size)
    {
      if (!_kvm_memory_copy_out (self->memory, offset, page, page_size, error))
        return FALSE;
      if (!is_zero (page, page_size))
        memcpy (self->copy->data + offset, page, page_size);
    }
  return TRUE;
}

/**
 * kvm_memory_create_snapshot:
 * @memory: memory
 * @error: return location for an error
 *
 * Keeps what stands in the memory now. No guest that has it should run meanwhile.
 *
 * Fails with %KVM_ERROR_NO_MEMORY, and as [method@Kvm.Memory.write] and
 * [method@Kvm.DirtyLog.collect] do.
 *
 * Returns: (transfer full): the snapshot
 *
 * Since: 0.1
 */
KvmMemorySnapshot *
kvm_memory_create_snapshot (KvmMemory *memory, GError **error)
{
  g_autoptr (KvmMemorySnapshot) self = NULL;
  g_autoptr (KvmMemory) copy = NULL;

  g_return_val_if_fail (KVM_IS_MEMORY (memory), NULL);

  if (!_kvm_memory_check (memory, error))
    return NULL;
  copy = kvm_memory_new (memory->size, error);
  if (copy == NULL)
    return NULL;

  self = g_object_new (KVM_TYPE_MEMORY_SNAPSHOT, NULL);
  self->copy = g_steal_pointer (&copy);
  if (!_kvm_page_set_init (&self->dirty, memory->size / sysconf (_SC_PAGESIZE)))
    {
      g_set_error_literal (error, KVM_ERROR, KVM_ERROR_NO_MEMORY,
                           "There is no room for the bitmap of a snapshot");
      return NULL;
    }
  self->memory = g_object_ref (memory);
  self->tracks = g_ptr_array_new_with_free_func ((GDestroyNotify) track_free);
  g_mutex_lock (&memory->lock);
  g_ptr_array_add (memory->snapshots, self);
  g_atomic_int_set (&memory->n_snapshots, memory->snapshots->len);
  g_mutex_unlock (&memory->lock);

  if (!foreach_slot (memory, track_present, self, error)
      || !foreach_slot (memory, harvest, NULL, error))
    return NULL;
  _kvm_page_set_empty (&self->dirty);
  if (!copy_all (self, error))
    return NULL;
  return g_steal_pointer (&self);
}

/* Whether all was known, until now; and whether it will be. */
static gboolean
take_blindness (KvmMemorySnapshot *self)
{
  KvmMemory *memory = self->memory;
  gboolean was_blind;

  g_mutex_lock (&memory->lock);
  was_blind = self->is_blind;
  self->is_blind = FALSE;
  for (guint i = 0; i < memory->slots->len; i++)
    if (is_unseen (g_ptr_array_index (memory->slots, i)))
      self->is_blind = TRUE;
  g_mutex_unlock (&memory->lock);
  return was_blind;
}

static gboolean
restore (KvmMemorySnapshot *self, guint64 offset, gsize length, GError **error)
{
  if (!_kvm_memory_copy_in_unnoted (self->memory, offset, self->copy->data + offset, length, error))
    return FALSE;
  _kvm_memory_note_write (self->memory, offset, length, self);
  return TRUE;
}

static gboolean
restore_what_differs (KvmMemorySnapshot *self, guint64 *n_bytes, GError **error)
{
  gsize page_size = sysconf (_SC_PAGESIZE);
  g_autofree guint8 *page = g_malloc (page_size);

  for (guint64 offset = 0; offset < self->memory->size; offset += page_size)
    {
      if (!_kvm_memory_copy_out (self->memory, offset, page, page_size, error))
        return FALSE;
      if (memcmp (page, self->copy->data + offset, page_size) == 0)
        continue;
      if (!restore (self, offset, page_size, error))
        return FALSE;
      *n_bytes += page_size;
    }
  return TRUE;
}

static gboolean
restore_what_is_dirty (KvmMemorySnapshot *self, guint64 *n_bytes, GError **error)
{
  gsize page_size = sysconf (_SC_PAGESIZE);
  gsize position = 0, first, n;

  while (_kvm_page_set_next (&self->dirty, &position, &first, &n))
    {
      _kvm_page_set_remove (&self->dirty, first, n);
      if (!restore (self, first * page_size, n * page_size, error))
        {
          _kvm_page_set_add (&self->dirty, first, n);
          return FALSE;
        }
      *n_bytes += n * page_size;
    }
  return TRUE;
}

/**
 * kvm_memory_reset_to:
 * @memory: memory
 * @snapshot: a snapshot of this memory
 * @n_bytes: (out): how many bytes were put back
 * @error: return location for an error
 *
 * Makes the memory what it was at the snapshot, see [class@Kvm.MemorySnapshot]. No guest that has
 * it should run meanwhile. Registers and devices are not touched.
 *
 * A [class@Kvm.DirtyLog] does not tell what is put back.
 *
 * Fails with %KVM_ERROR_INVALID if the snapshot is of other memory, and as
 * [method@Kvm.Memory.write] and [method@Kvm.DirtyLog.collect] do; then it can be called again.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
kvm_memory_reset_to (KvmMemory *memory, KvmMemorySnapshot *snapshot, guint64 *n_bytes,
                     GError **error)
{
  g_return_val_if_fail (n_bytes != NULL, FALSE);
  *n_bytes = 0;
  g_return_val_if_fail (KVM_IS_MEMORY (memory), FALSE);
  g_return_val_if_fail (KVM_IS_MEMORY_SNAPSHOT (snapshot), FALSE);

  if (!_kvm_memory_check (memory, error))
    return FALSE;
  if (snapshot->memory != memory)
    {
      g_set_error_literal (error, KVM_ERROR, KVM_ERROR_INVALID,
                           "The snapshot is not one of this memory");
      return FALSE;
    }
  if (!foreach_slot (memory, harvest, NULL, error))
    return FALSE;
  if (G_LIKELY (!take_blindness (snapshot)))
    return restore_what_is_dirty (snapshot, n_bytes, error);

  _kvm_page_set_empty (&snapshot->dirty);
  if (restore_what_differs (snapshot, n_bytes, error))
    return TRUE;
  g_mutex_lock (&memory->lock);
  snapshot->is_blind = TRUE;
  g_mutex_unlock (&memory->lock);
  return FALSE;
}

/**
 * kvm_memory_mark_dirty:
 * @memory: memory
 * @offset: where it begins, in bytes from the start of the memory
 * @length: how many bytes
 * @error: return location for an error
 *
 * Says that the program has written to memory by other means than the library's methods, so that
 * [method@Kvm.Memory.reset_to] puts it back.
 *
 * Fails as [method@Kvm.Memory.write] does.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
kvm_memory_mark_dirty (KvmMemory *memory, guint64 offset, guint64 length, GError **error)
{
  g_return_val_if_fail (KVM_IS_MEMORY (memory), FALSE);

  if (!_kvm_memory_check_range (memory, offset, length, error))
    return FALSE;
  _kvm_memory_note_write (memory, offset, length, NULL);
  return TRUE;
}

void
_kvm_memory_tell_snapshots (KvmMemory *memory, guint64 offset, guint64 length,
                            KvmMemorySnapshot *except)
{
  gsize page_size = sysconf (_SC_PAGESIZE);
  gsize first = offset / page_size;

  if (length == 0)
    return;
  g_mutex_lock (&memory->lock);
  for (guint i = 0; i < memory->snapshots->len; i++)
    {
      KvmMemorySnapshot *snapshot = g_ptr_array_index (memory->snapshots, i);

      if (snapshot != except)
        _kvm_page_set_add (&snapshot->dirty, first, (offset + length - 1) / page_size - first + 1);
    }
  g_mutex_unlock (&memory->lock);
}

/**
 * kvm_memory_snapshot_get_memory:
 * @self: a snapshot
 *
 * Gets the memory that it is of.
 *
 * Returns: (transfer none) (nullable): the memory; %NULL if the snapshot was never made
 *
 * Since: 0.1
 */
KvmMemory *
kvm_memory_snapshot_get_memory (KvmMemorySnapshot *self)
{
  g_return_val_if_fail (KVM_IS_MEMORY_SNAPSHOT (self), NULL);

  return self->memory;
}
