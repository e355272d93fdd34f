/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "kvm-dirty-log-private.h"
#include "kvm-dirty-private.h"
#include "kvm-error-private.h"
#include "kvm-ioctl-private.h"
#include "kvm-memory-snapshot-private.h"
#include "kvm-vcpu-private.h"

static gsize
get_n_pages (const KvmSlot *slot)
{
  return slot->length / sysconf (_SC_PAGESIZE);
}

void
_kvm_slot_add_sink (KvmSlot *slot, KvmDirtySink *sink)
{
  if (!_kvm_slot_lock (slot))
    return;
  if (slot->sinks == NULL)
    slot->sinks = g_ptr_array_new ();
  g_ptr_array_add (slot->sinks, sink);
  g_mutex_unlock (&slot->lock);
}

void
_kvm_slot_remove_sink (KvmSlot *slot, KvmDirtySink *sink)
{
  gboolean locked = _kvm_slot_lock (slot);

  if (slot->sinks != NULL)
    g_ptr_array_remove_fast (slot->sinks, sink);
  if (locked)
    g_mutex_unlock (&slot->lock);
}

static void
refresh (KvmDirtySink *sink)
{
  if (sink->is_stale)
    _kvm_page_set_empty (sink->pages);
  sink->is_stale = FALSE;
}

/* With the slot's lock held. */
static void
pass_on (KvmSlot *slot, const KvmPageSet *pages, gsize first, const KvmDirtySink *except)
{
  for (guint i = 0; slot->sinks != NULL && i < slot->sinks->len; i++)
    {
      KvmDirtySink *sink = g_ptr_array_index (slot->sinks, i);

      if (sink == except)
        continue;
      refresh (sink);
      _kvm_page_set_merge (sink->pages, pages, sink->first_page + first);
    }
}

void
_kvm_slot_pass_on (KvmSlot *slot, const KvmPageSet *pages, gsize first, const KvmDirtySink *except)
{
  if (!_kvm_slot_lock (slot))
    return;
  pass_on (slot, pages, first, except);
  g_mutex_unlock (&slot->lock);
}

/* Rings. */

/* Another thread may just be enabling rings: the kernel has them then, and this waits for it. */
static guint32
get_n_ring_entries (KvmVm *vm)
{
  guint32 n_entries = 0;

  if (_kvm_vm_lock (vm))
    {
      n_entries = vm->n_ring_entries;
      g_mutex_unlock (&vm->lock);
    }
  return n_entries;
}

gboolean
_kvm_dirty_ring_map (KvmVm *vm, KvmDirtyRing *ring, int vcpu_fd, GError **error)
{
  guint32 n_entries = get_n_ring_entries (vm);
  gsize size = n_entries * sizeof *ring->entries;
  gpointer mapping;

  if (size == 0)
    return TRUE;

  mapping = mmap (NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, vcpu_fd,
                  KVMOBJ_DIRTY_LOG_PAGE_OFFSET * sysconf (_SC_PAGESIZE));
  if (mapping == MAP_FAILED)
    {
      _kvm_error_set_errno (error, errno, "mmap () of the ring of dirty pages");
      return FALSE;
    }
  ring->entries = mapping;
  ring->n_entries = n_entries;
  ring->next = 0;
  ring->fork_mapping.address = mapping;
  ring->fork_mapping.size = size;
  _kvm_fork_add_mapping (&ring->fork_mapping);
  return TRUE;
}

/* NULL also if there is no such slot any more. */
static KvmSlot *
find_and_lock_slot (KvmVm *vm, guint32 id)
{
  for (guint i = 0; vm->slots != NULL && i < vm->slots->len; i++)
    {
      KvmSlot *slot = g_ptr_array_index (vm->slots, i);

      if (_kvm_slot_get_id (slot) == id)
        return _kvm_slot_lock (slot) ? slot : NULL;
    }
  return NULL;
}

static void
unlock_slot (KvmSlot *slot)
{
  if (slot != NULL)
    g_mutex_unlock (&slot->lock);
}

/* As above, one page to all. */
static void
pass_page_on (KvmSlot *slot, guint64 page)
{
  for (guint i = 0; slot->sinks != NULL && i < slot->sinks->len; i++)
    {
      KvmDirtySink *sink = g_ptr_array_index (slot->sinks, i);

      refresh (sink);
      _kvm_page_set_add (sink->pages, sink->first_page + page, 1);
    }
}

/* The kernel writes an entry and then its flag, and takes it back when it sees that it was read: so
 * the flag is read first and written last. It does so when it is told to reset the rings, also that
 * of a vCPU which is gone; until then nobody's writes to these pages are noted. */
static void
harvest_ring (KvmVm *vm, KvmDirtyRing *ring)
{
  KvmSlot *slot = NULL;

  for (guint n = 0; n < ring->n_entries; n++)
    {
      KvmAbiDirtyGfn *entry = &ring->entries[ring->next & (ring->n_entries - 1)];
      guint32 id;
      guint64 page;

      if (!(__atomic_load_n (&entry->flags, __ATOMIC_ACQUIRE) & KVMOBJ_DIRTY_GFN_DIRTY))
        break;
      id = __atomic_load_n (&entry->slot, __ATOMIC_RELAXED);
      page = __atomic_load_n (&entry->offset, __ATOMIC_RELAXED);
      __atomic_store_n (&entry->flags, KVMOBJ_DIRTY_GFN_RESET, __ATOMIC_RELEASE);
      ring->next++;
      vm->is_reset_due = TRUE;

      if (slot == NULL || _kvm_slot_get_id (slot) != id)
        {
          unlock_slot (slot);
          slot = find_and_lock_slot (vm, id);
        }
      if (slot != NULL && page < get_n_pages (slot))
        pass_page_on (slot, page);
    }
  unlock_slot (slot);
}

void
_kvm_dirty_ring_unmap (KvmVm *vm, KvmDirtyRing *ring)
{
  if (ring->entries == NULL)
    return;

  harvest_ring (vm, ring);
  _kvm_fork_remove_mapping (&ring->fork_mapping);
  munmap (ring->entries, ring->fork_mapping.size);
  ring->entries = NULL;
}

/* The pages are noted again from the reset on, which so must come before they are read. */
static gboolean
harvest_rings (KvmVm *vm, GError **error)
{
  for (guint i = 0; i < vm->children->len; i++)
    {
      KvmHandle *child = g_ptr_array_index (vm->children, i);

      if (child->kind == KVM_HANDLE_VCPU && _kvm_vcpu_from_handle (child)->dirty_ring.entries)
        harvest_ring (vm, &_kvm_vcpu_from_handle (child)->dirty_ring);
    }
  if (vm->is_reset_due && kvm_ioctl_value (&vm->handle, KVM_RESET_DIRTY_RINGS, 0, error) == -1)
    return FALSE;
  vm->is_reset_due = FALSE;
  return TRUE;
}

/* Bitmaps. */

gboolean
_kvm_vm_clear_dirty (KvmVm *vm, KvmSlot *slot, guint64 *words, gsize first_page, gsize n_pages,
                     GError **error)
{
  KvmAbiClearDirtyLog request = {
    .slot = _kvm_slot_get_id (slot),
    .first_page = first_page,
    .num_pages = n_pages,
    .dirty_bitmap = words,
  };

  if (kvm_ioctl (&vm->handle, KVM_CLEAR_DIRTY_LOG, &request, error) != -1)
    return TRUE;

  _kvm_error_add_detail (error, "slot %u, %" G_GSIZE_FORMAT " pages from %" G_GSIZE_FORMAT " on",
                         slot->number, n_pages, first_page);
  return FALSE;
}

/* Where the kernel is to write: right where it is wanted, if one alone wants it. */
static KvmPageSet *
get_destination (KvmVm *vm, KvmSlot *slot, GError **error)
{
  KvmDirtySink *sink = g_ptr_array_index (slot->sinks, 0);
  gsize n_pages = get_n_pages (slot);

  if (slot->sinks->len == 1 && sink->is_whole && sink->is_stale)
    return sink->pages;

  if (vm->dirty_pages.n_pages < n_pages)
    {
      KvmPageSet pages;

      if (!_kvm_page_set_init (&pages, n_pages))
        {
          g_set_error_literal (error, KVM_ERROR, KVM_ERROR_NO_MEMORY,
                               "There is no room for the bitmap of a memory slot");
          return NULL;
        }
      _kvm_page_set_clear (&vm->dirty_pages);
      vm->dirty_pages = pages;
    }
  return &vm->dirty_pages;
}

/* With the slot's lock held. The pages that were found stay for as long as the VM's lock is held.
 */
static gboolean
get_log (KvmVm *vm, KvmSlot *slot, KvmPageSet *found, GError **error)
{
  KvmPageSet *destination = get_destination (vm, slot, error);
  KvmAbiDirtyLog request = { .slot = _kvm_slot_get_id (slot) };

  if (destination == NULL)
    return FALSE;
  *found = (KvmPageSet){ destination->words, get_n_pages (slot) };
  request.dirty_bitmap = found->words;
  if (kvm_ioctl (&vm->handle, KVM_GET_DIRTY_LOG, &request, error) == -1)
    {
      _kvm_error_add_detail (error, "slot %u", slot->number);
      return FALSE;
    }

  if (destination == &vm->dirty_pages)
    pass_on (slot, found, 0, NULL);
  else
    ((KvmDirtySink *) g_ptr_array_index (slot->sinks, 0))->is_stale = FALSE;
  return TRUE;
}

static gboolean
has_sinks (const KvmSlot *slot)
{
  return slot->sinks != NULL && slot->sinks->len != 0;
}

static gboolean
harvest_bitmap (KvmVm *vm, KvmSlot *slot, gboolean keep, GError **error)
{
  gsize position = 0, first, n;
  KvmPageSet found = { 0 };
  gboolean ret;

  if (!_kvm_slot_lock (slot))
    return TRUE;
  ret = !has_sinks (slot) || get_log (vm, slot, &found, error);
  g_mutex_unlock (&slot->lock);
  if (!ret)
    return FALSE;

  return !vm->is_log_manual || keep || !_kvm_page_set_next (&found, &position, &first, &n)
         || _kvm_vm_clear_dirty (vm, slot, found.words, 0, found.n_pages, error);
}

static gboolean
is_logged (KvmSlot *slot)
{
  gboolean ret;

  if (!(slot->flags & KVM_MEMORY_SLOT_FLAGS_LOG_DIRTY_PAGES) || !_kvm_slot_lock (slot))
    return FALSE;
  ret = has_sinks (slot);
  g_mutex_unlock (&slot->lock);
  return ret;
}

gboolean
_kvm_vm_harvest_slot (KvmVm *vm, KvmSlot *slot, GError **error)
{
  if (!is_logged (slot))
    return TRUE;
  if (vm->n_ring_entries != 0 && !harvest_rings (vm, error))
    return FALSE;
  return (vm->n_ring_entries != 0 && !vm->has_ring_and_bitmap)
         || harvest_bitmap (vm, slot, FALSE, error);
}

gboolean
_kvm_vm_harvest (KvmVm *vm, gboolean keep, GError **error)
{
  if (vm->n_ring_entries != 0)
    {
      if (!harvest_rings (vm, error))
        return FALSE;
      if (!vm->has_ring_and_bitmap)
        return TRUE;
    }
  for (guint i = 0; vm->slots != NULL && i < vm->slots->len; i++)
    {
      KvmSlot *slot = g_ptr_array_index (vm->slots, i);

      if (is_logged (slot) && !harvest_bitmap (vm, slot, keep, error))
        return FALSE;
    }
  return TRUE;
}

/* Slots that come, change and go. */

void
_kvm_vm_track_slot (KvmVm *vm, KvmSlot *slot)
{
  for (guint i = 0; vm->dirty_logs != NULL && i < vm->dirty_logs->len; i++)
    _kvm_dirty_log_track (g_ptr_array_index (vm->dirty_logs, i), slot);
  _kvm_memory_track_slot (slot->memory, vm, slot);
  if (slot->guest_memfd != NULL && slot->guest_memfd != slot->memory)
    _kvm_memory_track_slot (slot->guest_memfd, vm, slot); /* such a slot is never logged */
}

static gboolean
has_vcpus (KvmVm *vm)
{
  for (guint i = 0; vm->children != NULL && i < vm->children->len; i++)
    if (((KvmHandle *) g_ptr_array_index (vm->children, i))->kind == KVM_HANDLE_VCPU)
      return TRUE;
  return FALSE;
}

/* The kernel forgets what it has noted together with the slot: what a vCPU that runs writes until
 * then nobody can tell. */
void
_kvm_vm_untrack_slot (KvmVm *vm, KvmSlot *slot)
{
  g_autoptr (GError) error = NULL;

  if (!_kvm_vm_harvest_slot (vm, slot, &error))
    g_debug ("What is dirty in a slot that goes is not known: %s", error->message);
  _kvm_memory_untrack_slot (slot->memory, slot, error == NULL && !has_vcpus (vm));
  if (slot->guest_memfd != NULL && slot->guest_memfd != slot->memory)
    _kvm_memory_untrack_slot (slot->guest_memfd, slot, FALSE);
}

/**
 * kvm_vm_enable_dirty_ring:
 * @vm: a virtual machine without vCPUs and memory
 * @n_entries: how many pages a vCPU can note before it must stop; a power of 2
 * @error: return location for an error
 *
 * Lets each vCPU note the pages that it writes to in a ring, and not in a bitmap
 * (`KVM_ENABLE_CAP`; %KVM_CAPABILITY_DIRTY_LOG_RING_ACQ_REL, or %KVM_CAPABILITY_DIRTY_LOG_RING of
 * older kernels on x86). To harvest it costs as much as there are pages in it, however large the
 * memory is. It must come before the first vCPU; a [class@Kvm.DirtyLog] and a
 * [class@Kvm.MemorySnapshot] need not know.
 *
 * When a ring is nearly full the vCPU stops with %KVM_EXIT_REASON_DIRTY_RING_FULL: call
 * [method@Kvm.DirtyLog.collect] or [method@Kvm.Vm.harvest_dirty_rings], and let it run on.
 *
 * Where %KVM_CAPABILITY_DIRTY_LOG_RING_WITH_BITMAP says so (arm64), what is written by no vCPU,
 * such as an interrupt controller's tables, is noted in a bitmap, which the library reads, too. See
 * section 7.36 of api.rst.
 *
 * Fails with %KVM_ERROR_INVALID if the number is not a power of 2, or too large;
 * %KVM_ERROR_INVALID_ARGUMENT if it is too small, or if there are vCPUs or rings already;
 * %KVM_ERROR_NOT_SUPPORTED; and with %KVM_ERROR_CLOSED.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
kvm_vm_enable_dirty_ring (KvmVm *vm, guint n_entries, GError **error)
{
  guint64 size = (guint64) n_entries * sizeof (KvmAbiDirtyGfn);
  guint capability = KVM_CAPABILITY_DIRTY_LOG_RING_ACQ_REL;
  gboolean enabled;
  int most;

  g_return_val_if_fail (KVM_IS_VM (vm), FALSE);

  if (n_entries == 0 || (n_entries & (n_entries - 1)) != 0)
    {
      g_set_error (error, KVM_ERROR, KVM_ERROR_INVALID,
                   "The ring of dirty pages has a power of 2 of entries, not %u", n_entries);
      return FALSE;
    }
  if (!_kvm_handle_check (&vm->handle, "kvm_vm_enable_dirty_ring ()", error))
    return FALSE;
  most = _kvm_handle_peek_extension (&vm->handle, capability);
  if (most <= 0)
    {
      capability = KVM_CAPABILITY_DIRTY_LOG_RING;
      most = _kvm_handle_peek_extension (&vm->handle, capability);
    }
  if (most <= 0)
    {
      g_set_error_literal (error, KVM_ERROR, KVM_ERROR_NOT_SUPPORTED,
                           "kvm_vm_enable_dirty_ring (): this kernel has no rings of dirty pages "
                           "(KVM_CAP_DIRTY_LOG_RING_ACQ_REL is 0)");
      return FALSE;
    }
  if (size > (guint) most)
    {
      g_set_error (error, KVM_ERROR, KVM_ERROR_INVALID,
                   "The ring of dirty pages has at most %zu entries, not %u",
                   most / sizeof (KvmAbiDirtyGfn), n_entries);
      return FALSE;
    }
  if (!_kvm_vm_lock (vm))
    {
      _kvm_handle_set_unusable_error (&vm->handle, "KVM_ENABLE_CAP", error);
      return FALSE;
    }
  enabled = _kvm_handle_enable_capability (&vm->handle, capability, &size, 1, error);
  if (enabled)
    {
      vm->n_ring_entries = n_entries;
      capability = KVM_CAPABILITY_DIRTY_LOG_RING_WITH_BITMAP;
      if (_kvm_handle_peek_extension (&vm->handle, capability) > 0)
        {
          enabled = _kvm_handle_enable_capability (&vm->handle, capability, NULL, 0, error);
          vm->has_ring_and_bitmap = enabled;
        }
    }
  g_mutex_unlock (&vm->lock);
  if (!enabled)
    _kvm_error_add_detail (error, "%u entries; it must come before vCPUs and memory", n_entries);
  return enabled;
}

/**
 * kvm_vm_enable_manual_dirty_log:
 * @vm: a virtual machine
 * @initially_set: whether all pages of a slot are dirty when it is first logged, so that they need
 *   not all be protected at once
 * @error: return location for an error
 *
 * Lets dirty pages be read without clearing them (`KVM_ENABLE_CAP`;
 * %KVM_CAPABILITY_MANUAL_DIRTY_LOG_PROTECT2), for [method@Kvm.DirtyLog.peek] and
 * [method@Kvm.DirtyLog.clear_range]: a program that copies much memory clears a part of it right
 * before it copies that part, and so need not copy again what was written to meanwhile. It must
 * come before the first slot that is logged. See section 7.18 of api.rst.
 *
 * Fails with %KVM_ERROR_NOT_SUPPORTED, %KVM_ERROR_INVALID_ARGUMENT, and with %KVM_ERROR_CLOSED.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
kvm_vm_enable_manual_dirty_log (KvmVm *vm, gboolean initially_set, GError **error)
{
  guint64 flags
      = KVMOBJ_DIRTY_LOG_MANUAL_PROTECT | (initially_set ? KVMOBJ_DIRTY_LOG_INITIALLY_SET : 0);
  int known;

  g_return_val_if_fail (KVM_IS_VM (vm), FALSE);

  if (!_kvm_handle_check (&vm->handle, "kvm_vm_enable_manual_dirty_log ()", error))
    return FALSE;
  known = _kvm_handle_peek_extension (&vm->handle, KVM_CAPABILITY_MANUAL_DIRTY_LOG_PROTECT2);
  if ((known & flags) != flags)
    {
      g_set_error (error, KVM_ERROR, KVM_ERROR_NOT_SUPPORTED,
                   "kvm_vm_enable_manual_dirty_log (): this kernel does not have it "
                   "(KVM_CAP_MANUAL_DIRTY_LOG_PROTECT2 is %d)",
                   known);
      return FALSE;
    }
  if (!_kvm_handle_enable_capability (&vm->handle, KVM_CAPABILITY_MANUAL_DIRTY_LOG_PROTECT2, &flags,
                                      1, error))
    return FALSE;
  g_atomic_int_set (&vm->is_log_manual, TRUE);
  return TRUE;
}

/**
 * kvm_vm_harvest_dirty_rings:
 * @vm: a virtual machine
 * @error: return location for an error
 *
 * Empties the vCPUs' rings into every [class@Kvm.DirtyLog] and [class@Kvm.MemorySnapshot], so that
 * a vCPU which stopped with %KVM_EXIT_REASON_DIRTY_RING_FULL can run on (`KVM_RESET_DIRTY_RINGS`;
 * %KVM_CAPABILITY_DIRTY_LOG_RING_ACQ_REL). vCPUs may run meanwhile. Without rings it does nothing.
 * See section 7.36 of api.rst.
 *
 * Fails with %KVM_ERROR_CLOSED.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
kvm_vm_harvest_dirty_rings (KvmVm *vm, GError **error)
{
  gboolean ret;

  g_return_val_if_fail (KVM_IS_VM (vm), FALSE);

  if (!_kvm_handle_check (&vm->handle, "KVM_RESET_DIRTY_RINGS", error))
    return FALSE;
  if (!_kvm_vm_lock (vm))
    {
      _kvm_handle_set_unusable_error (&vm->handle, "KVM_RESET_DIRTY_RINGS", error);
      return FALSE;
    }
  ret = vm->n_ring_entries == 0 || harvest_rings (vm, error);
  g_mutex_unlock (&vm->lock);
  return ret;
}
