/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <unistd.h>

#include "kvm-dirty-private.h"
#include "kvm-error-private.h"
#include "kvm-ioctl-private.h"
#include "kvm-memory-map-private.h"
#include "kvm-memory-private.h"
#include "kvm-memory-slot-list-private.h"

KvmSlot *
_kvm_slot_new (void)
{
  KvmSlot *slot = g_new0 (KvmSlot, 1);

  g_atomic_ref_count_init (&slot->ref_count);
  g_weak_ref_init (&slot->vm, NULL);
  slot->generation = _kvm_fork_generation;
  g_mutex_init (&slot->lock);
  return slot;
}

KvmSlot *
_kvm_slot_ref (KvmSlot *slot)
{
  g_atomic_ref_count_inc (&slot->ref_count);
  return slot;
}

void
_kvm_slot_unref (KvmSlot *slot)
{
  if (!g_atomic_ref_count_dec (&slot->ref_count))
    return;
  g_clear_object (&slot->memory);
  g_clear_object (&slot->guest_memfd);
  g_clear_pointer (&slot->sinks, g_ptr_array_unref);
  _kvm_fork_clear_lock (&slot->lock, slot->generation);
  g_weak_ref_clear (&slot->vm);
  g_free (slot);
}

/* The end itself may be one past what 64 bits hold. */
static guint64
get_last_address (const KvmSlot *slot)
{
  return slot->guest_address + slot->length - 1;
}

/* Where in the sorted list a slot for @address_space and @guest_address belongs. */
static guint
find_position (GPtrArray *slots, guint address_space, guint64 guest_address)
{
  guint low = 0, high = slots->len;

  while (low < high)
    {
      guint middle = low + (high - low) / 2;
      const KvmSlot *slot = g_ptr_array_index (slots, middle);

      if (slot->address_space < address_space
          || (slot->address_space == address_space && slot->guest_address < guest_address))
        low = middle + 1;
      else
        high = middle;
    }
  return low;
}

KvmSlot *
_kvm_vm_find_slot (KvmVm *vm, guint address_space, guint64 guest_address)
{
  guint position = vm->slots != NULL ? find_position (vm->slots, address_space, guest_address) : 0;

  /* It begins right there, or somewhere before. */
  for (guint i = position == 0 ? 0 : position - 1; vm->slots != NULL && i < vm->slots->len; i++)
    {
      KvmSlot *slot = g_ptr_array_index (vm->slots, i);

      if (i > position)
        break;
      if (slot->address_space == address_space && slot->guest_address <= guest_address
          && guest_address <= get_last_address (slot))
        return slot;
    }
  return NULL;
}

/* Whether nothing is in the way of a slot that is not in the list. */
static gboolean
check_overlap (GPtrArray *slots, const KvmSlot *wanted, guint position, GError **error)
{
  for (guint i = position == 0 ? 0 : position - 1; i < slots->len && i <= position; i++)
    {
      const KvmSlot *slot = g_ptr_array_index (slots, i);

      if (slot->address_space == wanted->address_space
          && slot->guest_address <= get_last_address (wanted)
          && wanted->guest_address <= get_last_address (slot))
        {
          g_set_error (error, KVM_ERROR, KVM_ERROR_OVERLAP,
                       "Memory at 0x%" G_GINT64_MODIFIER "x to 0x%" G_GINT64_MODIFIER
                       "x overlaps slot %u, which is at 0x%" G_GINT64_MODIFIER
                       "x to 0x%" G_GINT64_MODIFIER "x",
                       wanted->guest_address, get_last_address (wanted), slot->number,
                       slot->guest_address, get_last_address (slot));
          return FALSE;
        }
    }
  return TRUE;
}

#define KNOWN_FLAGS (KVM_MEMORY_SLOT_FLAGS_LOG_DIRTY_PAGES | KVM_MEMORY_SLOT_FLAGS_READ_ONLY)

static gboolean
check_arguments (const KvmSlot *slot, GError **error)
{
  guint64 page_size = sysconf (_SC_PAGESIZE);
  const struct
  {
    const char *name;
    guint64 value;
  } aligned[] = { { "guest address", slot->guest_address },
                  { "offset", slot->offset },
                  { "length", slot->length } };

  for (guint i = 0; i < G_N_ELEMENTS (aligned); i++)
    if (aligned[i].value % page_size != 0)
      {
        g_set_error (error, KVM_ERROR, KVM_ERROR_INVALID,
                     "The %s 0x%" G_GINT64_MODIFIER "x of a memory slot is not a multiple of the "
                     "page size, %" G_GUINT64_FORMAT,
                     aligned[i].name, aligned[i].value, page_size);
        return FALSE;
      }

  if (slot->length == 0)
    g_set_error_literal (error, KVM_ERROR, KVM_ERROR_INVALID, "The length of a memory slot is 0");
  else if (slot->offset > slot->memory->size || slot->length > slot->memory->size - slot->offset)
    g_set_error (error, KVM_ERROR, KVM_ERROR_INVALID,
                 "A memory slot of 0x%" G_GINT64_MODIFIER
                 "x bytes at the offset 0x%" G_GINT64_MODIFIER
                 "x is not within the memory's 0x%" G_GINT64_MODIFIER "x bytes",
                 slot->length, slot->offset, slot->memory->size);
  else if (get_last_address (slot) < slot->guest_address)
    g_set_error (error, KVM_ERROR, KVM_ERROR_INVALID,
                 "A memory slot of 0x%" G_GINT64_MODIFIER "x bytes at the guest address "
                 "0x%" G_GINT64_MODIFIER "x goes past the end of the address space",
                 slot->length, slot->guest_address);
  else if (slot->address_space > G_MAXUINT16)
    g_set_error (error, KVM_ERROR, KVM_ERROR_INVALID, "There is no address space %u",
                 slot->address_space);
  else if (slot->flags & ~KNOWN_FLAGS)
    g_set_error (error, KVM_ERROR, KVM_ERROR_INVALID, "A memory slot has no flags 0x%x",
                 slot->flags & ~KNOWN_FLAGS);
  else if (slot->guest_memfd != NULL && !slot->guest_memfd->is_guest_memfd)
    g_set_error_literal (error, KVM_ERROR, KVM_ERROR_NOT_SUPPORTED,
                         "The memory given for private use is not a guest_memfd's");
  else if (slot->guest_memfd != NULL && slot->guest_memfd_offset % page_size != 0)
    g_set_error (error, KVM_ERROR, KVM_ERROR_INVALID,
                 "The offset 0x%" G_GINT64_MODIFIER
                 "x in a guest_memfd is not a multiple of the page size, %" G_GUINT64_FORMAT,
                 slot->guest_memfd_offset, page_size);
  else if (slot->guest_memfd != NULL
           && (slot->guest_memfd_offset > slot->guest_memfd->size
               || slot->length > slot->guest_memfd->size - slot->guest_memfd_offset))
    g_set_error (error, KVM_ERROR, KVM_ERROR_INVALID,
                 "A memory slot of 0x%" G_GINT64_MODIFIER
                 "x bytes at the offset 0x%" G_GINT64_MODIFIER
                 "x is not within the guest_memfd's 0x%" G_GINT64_MODIFIER "x bytes",
                 slot->length, slot->guest_memfd_offset, slot->guest_memfd->size);
  else
    return TRUE;
  return FALSE;
}

/* Tells the kernel of the slot, or with a @length of 0 to forget it. */
static gboolean
set_region (KvmVm *vm, const KvmSlot *slot, guint64 length, GError **error)
{
  KvmAbiMemoryRegion2 region = {
    .region.slot = _kvm_slot_get_id (slot),
    .region.flags = length != 0 ? slot->flags : 0,
    .region.guest_phys_addr = slot->guest_address,
    .region.memory_size = length,
    .region.userspace_addr = (gulong) slot->memory->data + slot->offset,
  };

  if (slot->guest_memfd == NULL || length == 0)
    return kvm_ioctl (&vm->handle, KVM_SET_USER_MEMORY_REGION, &region.region, error) != -1;

  region.region.flags |= KVMOBJ_MEM_GUEST_MEMFD;
  region.guest_memfd = slot->guest_memfd->fd;
  region.guest_memfd_offset = slot->guest_memfd_offset;
  return kvm_ioctl (&vm->handle, KVM_SET_USER_MEMORY_REGION2, &region, error) != -1;
}

static void
add_slot_detail (KvmVm *vm, const KvmSlot *slot, GError **error)
{
  int n_slots = _kvm_handle_peek_extension (&vm->handle, KVM_CAPABILITY_NR_MEMSLOTS);
  int n_spaces = _kvm_handle_peek_extension (&vm->handle, KVM_CAPABILITY_MULTI_ADDRESS_SPACE);

  if (error == NULL || *error == NULL)
    return;

  /* Slots that something else made are in the way. */
  if ((*error)->code == KVM_ERROR_EXISTS)
    (*error)->code = KVM_ERROR_OVERLAP;

  if (slot->address_space >= (guint) MAX (n_spaces, 1))
    _kvm_error_add_detail (error, "there is no address space %u", slot->address_space);
  else if (slot->number >= (guint) n_slots)
    _kvm_error_add_detail (error, "the VM has its %d slots already", n_slots);
  else
    _kvm_error_add_detail (
        error, "slot %u at 0x%" G_GINT64_MODIFIER "x to 0x%" G_GINT64_MODIFIER "x, flags 0x%x",
        slot->number, slot->guest_address, get_last_address (slot), slot->flags);
}

static guint
allocate_number (KvmVm *vm)
{
  guint number;

  if (vm->free_slots == NULL || vm->free_slots->len == 0)
    {
      number = vm->n_numbered++;
      return vm->last_number != 0 ? vm->last_number - number : number;
    }

  number = g_array_index (vm->free_slots, guint, vm->free_slots->len - 1);
  g_array_set_size (vm->free_slots, vm->free_slots->len - 1);
  return number;
}

static void
free_number (KvmVm *vm, guint number)
{
  if (vm->free_slots == NULL)
    vm->free_slots = g_array_new (FALSE, FALSE, sizeof (guint));
  g_array_append_val (vm->free_slots, number);
}

/* Called with the VM's lock held. */
static void
note_change (KvmVm *vm)
{
  for (guint i = 0; vm->slot_lists != NULL && i < vm->slot_lists->len; i++)
    _kvm_memory_slot_list_note_change (g_ptr_array_index (vm->slot_lists, i));
}

/* Called with the VM's lock held. */
static gboolean
insert_slot (KvmVm *vm, KvmSlot *slot, GError **error)
{
  guint position;

  if (vm->slots == NULL)
    vm->slots = g_ptr_array_new_with_free_func ((GDestroyNotify) _kvm_slot_unref);
  position = find_position (vm->slots, slot->address_space, slot->guest_address);
  if (!check_overlap (vm->slots, slot, position, error))
    return FALSE;

  slot->number = allocate_number (vm);
  if (!set_region (vm, slot, slot->length, error))
    {
      add_slot_detail (vm, slot, error);
      free_number (vm, slot->number);
      return FALSE;
    }
  slot->vm_has_it = TRUE;
  g_ptr_array_insert (vm->slots, position, _kvm_slot_ref (slot));
  _kvm_vm_track_slot (vm, slot);
  note_change (vm);
  return TRUE;
}

static gboolean
lock_vm (KvmVm *vm, GError **error)
{
  if (_kvm_vm_lock (vm))
    return TRUE;

  _kvm_handle_set_unusable_error (&vm->handle, "KVM_SET_USER_MEMORY_REGION", error);
  return FALSE;
}

gboolean
_kvm_vm_add_slot (KvmVm *vm, KvmSlot *slot, GError **error)
{
  gboolean ret;

  if (!check_arguments (slot, error) || !lock_vm (vm, error))
    return FALSE;

  ret = insert_slot (vm, slot, error);
  g_mutex_unlock (&vm->lock);
  return ret;
}

/* Called with the VM's lock held. */
static gboolean
check_present (const KvmSlot *slot, GError **error)
{
  if (slot->vm_has_it)
    return TRUE;

  g_set_error (error, KVM_ERROR, KVM_ERROR_CLOSED,
               "The memory slot at 0x%" G_GINT64_MODIFIER "x is removed already",
               slot->guest_address);
  return FALSE;
}

static gboolean
check_changeable (const KvmSlot *slot, GError **error)
{
  if (!check_present (slot, error))
    return FALSE;
  if (slot->guest_memfd == NULL)
    return TRUE;

  g_set_error (error, KVM_ERROR, KVM_ERROR_INVALID,
               "The memory slot at 0x%" G_GINT64_MODIFIER
               "x has a guest_memfd, and can only be removed",
               slot->guest_address);
  return FALSE;
}

/* The kernel takes it away and puts it in the new place. Called with the VM's lock held. */
static gboolean
move_slot (KvmVm *vm, KvmSlot *slot, guint64 guest_address, GError **error)
{
  guint64 old_address = slot->guest_address;
  gboolean moved;
  guint position;

  if (!check_changeable (slot, error))
    return FALSE;
  g_ptr_array_remove (vm->slots, _kvm_slot_ref (slot));
  __atomic_store_n (&slot->guest_address, guest_address, __ATOMIC_RELAXED);
  position = find_position (vm->slots, slot->address_space, guest_address);
  moved = check_arguments (slot, error) && check_overlap (vm->slots, slot, position, error);
  if (moved && !set_region (vm, slot, slot->length, error))
    {
      add_slot_detail (vm, slot, error);
      moved = FALSE;
    }
  if (!moved)
    {
      __atomic_store_n (&slot->guest_address, old_address, __ATOMIC_RELAXED);
      position = find_position (vm->slots, slot->address_space, old_address);
    }
  g_ptr_array_insert (vm->slots, position, slot);
  note_change (vm);
  return moved;
}

gboolean
_kvm_vm_move_slot (KvmVm *vm, KvmSlot *slot, guint64 guest_address, GError **error)
{
  gboolean ret;

  if (!lock_vm (vm, error))
    return FALSE;

  ret = move_slot (vm, slot, guest_address, error);
  g_mutex_unlock (&vm->lock);
  return ret;
}

/* Called with the VM's lock held. */
static gboolean
set_flags (KvmVm *vm, KvmSlot *slot, KvmMemorySlotFlags flags, GError **error)
{
  KvmMemorySlotFlags old_flags = slot->flags;

  if (!check_changeable (slot, error))
    return FALSE;
  if ((flags ^ old_flags) & ~KVM_MEMORY_SLOT_FLAGS_LOG_DIRTY_PAGES)
    {
      g_set_error (error, KVM_ERROR, KVM_ERROR_INVALID,
                   "Of the flags of a memory slot only KVM_MEMORY_SLOT_FLAGS_LOG_DIRTY_PAGES can "
                   "be changed, and not 0x%x to 0x%x: remove the slot and add another",
                   old_flags, flags);
      return FALSE;
    }
  if (!_kvm_vm_harvest_slot (vm, slot, error)) /* which a slot that is not logged loses */
    return FALSE;
  __atomic_store_n (&slot->flags, flags, __ATOMIC_RELAXED);
  if (set_region (vm, slot, slot->length, error))
    {
      _kvm_vm_track_slot (vm, slot);
      note_change (vm);
      return TRUE;
    }

  add_slot_detail (vm, slot, error);
  __atomic_store_n (&slot->flags, old_flags, __ATOMIC_RELAXED);
  return FALSE;
}

gboolean
_kvm_vm_set_slot_flags (KvmVm *vm, KvmSlot *slot, KvmMemorySlotFlags flags, GError **error)
{
  gboolean ret;

  if (!lock_vm (vm, error))
    return FALSE;

  ret = set_flags (vm, slot, flags, error);
  g_mutex_unlock (&vm->lock);
  return ret;
}

/* What was written to is told first. Called with the VM's lock held. */
static gboolean
take_away (KvmVm *vm, KvmSlot *slot, GError **error)
{
  _kvm_vm_untrack_slot (vm, slot);
  if (set_region (vm, slot, 0, error))
    return TRUE;

  _kvm_vm_track_slot (vm, slot);
  return FALSE;
}

gboolean
_kvm_vm_remove_slot (KvmVm *vm, KvmSlot *slot, GError **error)
{
  g_autoptr (KvmMemory) memory = NULL; /* goes after the lock */
  g_autoptr (KvmMemory) guest_memfd = NULL;
  gboolean removed = FALSE;

  if (!lock_vm (vm, error))
    return FALSE;

  if (check_present (slot, error) && take_away (vm, slot, error))
    {
      removed = TRUE;
      slot->vm_has_it = FALSE;
      memory = g_steal_pointer (&slot->memory);
      guest_memfd = g_steal_pointer (&slot->guest_memfd);
      free_number (vm, slot->number);
      g_ptr_array_remove (vm->slots, slot);
      note_change (vm);
    }
  g_mutex_unlock (&vm->lock);
  return removed;
}

GPtrArray *
_kvm_vm_steal_memory (KvmVm *vm, gboolean delete_slots)
{
  GPtrArray *slots = g_steal_pointer (&vm->slots);
  GPtrArray *memories = g_ptr_array_new_with_free_func (g_object_unref);

  note_change (vm);

  for (guint i = 0; slots != NULL && i < slots->len; i++)
    {
      KvmSlot *slot = g_ptr_array_index (slots, i);
      g_autoptr (GError) error = NULL;

      _kvm_vm_untrack_slot (vm, slot);
      /* Whoever else holds an fd of the VM must not see this memory's addresses once something else
       * is mapped there. A forked child has neither the VM nor the memory. */
      if (delete_slots && !set_region (vm, slot, 0, &error)
          && !g_error_matches (error, KVM_ERROR, KVM_ERROR_WRONG_PROCESS))
        {
          g_warning ("Memory is kept mapped, since its slot cannot be removed: %s", error->message);
          g_object_ref (slot->memory);
        }
      slot->vm_has_it = FALSE;
      g_ptr_array_add (memories, g_steal_pointer (&slot->memory));
      if (slot->guest_memfd != NULL)
        g_ptr_array_add (memories, g_steal_pointer (&slot->guest_memfd));
    }
  g_clear_pointer (&slots, g_ptr_array_unref);
  return memories;
}
