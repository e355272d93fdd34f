/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "kvm-enum-types.h"
#include "kvm-error-private.h"
#include "kvm-memory-map-private.h"
#include "kvm-memory-private.h"
#include "kvm-memory-slot-private.h"

/**
 * KvmMemorySlot:
 *
 * A range of guest-physical addresses with memory behind it, made by [method@Kvm.Vm.add_memory].
 *
 * This is a handle: the virtual machine owns the slot and its memory until
 * [method@Kvm.MemorySlot.remove], or until it ends itself. To drop the handle changes nothing. The
 * handle keeps the virtual machine alive.
 *
 * A memory slot may be used from any thread, and slots may come and go while vCPUs run. What
 * changes is notified on the handle by which it was changed, in that thread, and on the items of a
 * [class@Kvm.MemorySlotList] in the list's main context.
 *
 * Since: 0.1
 */

struct _KvmMemorySlot
{
  GObject parent_instance;
  KvmVm *vm;     /* owned */
  KvmSlot *slot; /* owned */

  /* What was told last; atomic. */
  guint64 told_address;
  KvmMemorySlotFlags told_flags;
};

typedef enum
{
  PROP_VM = 1,
  PROP_MEMORY,
  PROP_GUEST_ADDRESS,
  PROP_OFFSET,
  PROP_LENGTH,
  PROP_NUMBER,
  PROP_ADDRESS_SPACE,
  PROP_FLAGS,
} KvmMemorySlotProperty;

static GParamSpec *properties[PROP_FLAGS + 1];

G_DEFINE_FINAL_TYPE (KvmMemorySlot, kvm_memory_slot, G_TYPE_OBJECT)

static void
kvm_memory_slot_finalize (GObject *object)
{
  KvmMemorySlot *self = KVM_MEMORY_SLOT (object);

  g_clear_pointer (&self->slot, _kvm_slot_unref);
  g_clear_object (&self->vm);

  G_OBJECT_CLASS (kvm_memory_slot_parent_class)->finalize (object);
}

static void
kvm_memory_slot_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  KvmMemorySlot *self = KVM_MEMORY_SLOT (object);

  switch ((KvmMemorySlotProperty) id)
    {
    case PROP_VM:
      g_value_set_object (value, self->vm);
      break;
    case PROP_MEMORY:
      g_value_take_object (value, kvm_memory_slot_get_memory (self));
      break;
    case PROP_GUEST_ADDRESS:
      g_value_set_uint64 (value, kvm_memory_slot_get_guest_address (self));
      break;
    case PROP_OFFSET:
      g_value_set_uint64 (value, kvm_memory_slot_get_offset (self));
      break;
    case PROP_LENGTH:
      g_value_set_uint64 (value, kvm_memory_slot_get_length (self));
      break;
    case PROP_NUMBER:
      g_value_set_uint (value, kvm_memory_slot_get_number (self));
      break;
    case PROP_ADDRESS_SPACE:
      g_value_set_uint (value, kvm_memory_slot_get_address_space (self));
      break;
    case PROP_FLAGS:
      g_value_set_flags (value, kvm_memory_slot_get_flags (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
kvm_memory_slot_class_init (KvmMemorySlotClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = kvm_memory_slot_finalize;
  object_class->get_property = kvm_memory_slot_get_property;

  /**
   * KvmMemorySlot:vm:
   *
   * The virtual machine that the slot is in.
   *
   * Since: 0.1
   */
  properties[PROP_VM] = g_param_spec_object ("vm", NULL, NULL, KVM_TYPE_VM,
                                             G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);

  /**
   * KvmMemorySlot:memory:
   *
   * The memory in the slot; %NULL once it is removed. That is notified by
   * [method@Kvm.MemorySlot.remove], in its thread, and not when the virtual machine is closed.
   *
   * Since: 0.1
   */
  properties[PROP_MEMORY] = g_param_spec_object ("memory", NULL, NULL, KVM_TYPE_MEMORY,
                                                 G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);

  /**
   * KvmMemorySlot:guest-address:
   *
   * The guest-physical address at which the slot begins, in bytes. A change is notified by
   * [method@Kvm.MemorySlot.move], in its thread; an item of a [class@Kvm.MemorySlotList] notifies
   * it in the list's main context.
   *
   * Since: 0.1
   */
  properties[PROP_GUEST_ADDRESS] = g_param_spec_uint64 (
      "guest-address", NULL, NULL, 0, G_MAXUINT64, 0, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);

  /**
   * KvmMemorySlot:offset:
   *
   * Where in the memory the slot begins, in bytes.
   *
   * Since: 0.1
   */
  properties[PROP_OFFSET] = g_param_spec_uint64 ("offset", NULL, NULL, 0, G_MAXUINT64, 0,
                                                 G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);

  /**
   * KvmMemorySlot:length:
   *
   * The length of the slot in bytes.
   *
   * Since: 0.1
   */
  properties[PROP_LENGTH] = g_param_spec_uint64 ("length", NULL, NULL, 0, G_MAXUINT64, 0,
                                                 G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);

  /**
   * KvmMemorySlot:number:
   *
   * The number of the slot in the kernel.
   *
   * Since: 0.1
   */
  properties[PROP_NUMBER] = g_param_spec_uint ("number", NULL, NULL, 0, G_MAXUINT, 0,
                                               G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);

  /**
   * KvmMemorySlot:address-space:
   *
   * The address space that the slot is in: 0, or on x86 1 for system management mode.
   *
   * Since: 0.1
   */
  properties[PROP_ADDRESS_SPACE] = g_param_spec_uint ("address-space", NULL, NULL, 0, G_MAXUINT, 0,
                                                      G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);

  /**
   * KvmMemorySlot:flags:
   *
   * What kind of memory the guest sees. A change is notified by
   * [method@Kvm.MemorySlot.set_flags], in its thread; an item of a [class@Kvm.MemorySlotList]
   * notifies it in the list's main context.
   *
   * Since: 0.1
   */
  properties[PROP_FLAGS] = g_param_spec_flags ("flags", NULL, NULL, KVM_TYPE_MEMORY_SLOT_FLAGS, 0,
                                               G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);

  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);
}

static void
kvm_memory_slot_init (KvmMemorySlot *self)
{
}

KvmMemorySlot *
_kvm_memory_slot_new (KvmVm *vm, KvmSlot *slot)
{
  KvmMemorySlot *self = g_object_new (KVM_TYPE_MEMORY_SLOT, NULL);

  self->vm = g_object_ref (vm);
  self->slot = _kvm_slot_ref (slot);
  self->told_address = kvm_memory_slot_get_guest_address (self);
  self->told_flags = kvm_memory_slot_get_flags (self);
  return self;
}

void
_kvm_memory_slot_notify_changes (KvmMemorySlot *self)
{
  guint64 address = kvm_memory_slot_get_guest_address (self);
  KvmMemorySlotFlags flags = kvm_memory_slot_get_flags (self);

  if (__atomic_exchange_n (&self->told_address, address, __ATOMIC_SEQ_CST) != address)
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_GUEST_ADDRESS]);
  if (__atomic_exchange_n (&self->told_flags, flags, __ATOMIC_SEQ_CST) != flags)
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_FLAGS]);
}

gboolean
_kvm_memory_slot_is (KvmMemorySlot *self, KvmSlot *slot)
{
  return self->slot == slot;
}

/**
 * kvm_vm_add_memory:
 * @vm: a virtual machine
 * @guest_address: the guest-physical address, a multiple of the host's page size
 * @memory: the memory
 * @flags: what kind of memory the guest sees
 * @error: return location for an error
 *
 * Lets the guest use all of a piece of memory (`KVM_SET_USER_MEMORY_REGION`). This is
 * [method@Kvm.Vm.add_memory_full] without its rarer choices.
 *
 * ```c
 * g_autoptr (KvmMemory) memory = kvm_memory_new (0x10000, &error);
 * g_autoptr (KvmMemorySlot) slot
 *     = kvm_vm_add_memory (vm, 0x0, memory, KVM_MEMORY_SLOT_FLAGS_NONE, &error);
 * ```
 *
 * Fails as [method@Kvm.Vm.add_memory_full] does.
 *
 * Returns: (transfer full): a handle on the slot
 *
 * Since: 0.1
 */
KvmMemorySlot *
kvm_vm_add_memory (KvmVm *vm, guint64 guest_address, KvmMemory *memory, KvmMemorySlotFlags flags,
                   GError **error)
{
  g_return_val_if_fail (KVM_IS_MEMORY (memory), NULL);

  return kvm_vm_add_memory_full (vm, guest_address, memory, 0, memory->size, flags, 0, NULL, 0,
                                 error);
}

/**
 * kvm_vm_add_memory_full:
 * @vm: a virtual machine
 * @guest_address: the guest-physical address, a multiple of the host's page size
 * @memory: the memory
 * @offset: where in the memory the slot begins, in bytes; a multiple of the page size
 * @length: the length of the slot in bytes, a multiple of the page size
 * @flags: what kind of memory the guest sees
 * @address_space: 0, or on x86 1 for the memory of system management mode
 *   (%KVM_CAPABILITY_MULTI_ADDRESS_SPACE)
 * @guest_memfd: (nullable): where the guest's private memory is, made by
 *   [method@Kvm.Vm.create_guest_memfd]; %NULL if it has none
 * @guest_memfd_offset: where in @guest_memfd the slot begins, in bytes; a multiple of the page size
 * @error: return location for an error
 *
 * Lets the guest use a part of a piece of memory (`KVM_SET_USER_MEMORY_REGION`;
 * %KVM_CAPABILITY_USER_MEMORY), or with @guest_memfd two pieces, of which it sees the one or the
 * other page by page (`KVM_SET_USER_MEMORY_REGION2`; %KVM_CAPABILITY_USER_MEMORY2); see
 * [method@Kvm.Vm.set_memory_attributes]. The library chooses the number of the slot. The virtual
 * machine keeps the memory until the slot is removed. See sections 4.35 and 4.140 of api.rst.
 *
 * Fails with %KVM_ERROR_OVERLAP if another slot is in the way, which the message names;
 * %KVM_ERROR_INVALID if a number is not a multiple of the page size, if there are no such bytes in
 * the memory, or if the range goes past the end of the address space; %KVM_ERROR_INVALID_ARGUMENT
 * if the kernel refuses the slot, for example when there are too many; %KVM_ERROR_NOT_SUPPORTED if
 * the memory in @guest_memfd is not a guest_memfd's, or the kernel has none; and with
 * %KVM_ERROR_CLOSED.
 *
 * Returns: (transfer full): a handle on the slot
 *
 * Since: 0.1
 */
KvmMemorySlot *
kvm_vm_add_memory_full (KvmVm *vm, guint64 guest_address, KvmMemory *memory, guint64 offset,
                        guint64 length, KvmMemorySlotFlags flags, guint address_space,
                        KvmMemory *guest_memfd, guint64 guest_memfd_offset, GError **error)
{
  KvmMemorySlot *self = NULL;
  KvmSlot *slot;

  g_return_val_if_fail (KVM_IS_VM (vm), NULL);
  g_return_val_if_fail (KVM_IS_MEMORY (memory), NULL);
  g_return_val_if_fail (guest_memfd == NULL || KVM_IS_MEMORY (guest_memfd), NULL);

  if (!_kvm_handle_check (&vm->handle, "kvm_vm_add_memory ()", error)
      || !_kvm_memory_check (memory, error))
    return NULL;

  slot = _kvm_slot_new ();
  slot->memory = g_object_ref (memory);
  slot->guest_memfd = guest_memfd != NULL ? g_object_ref (guest_memfd) : NULL;
  slot->guest_memfd_offset = guest_memfd_offset;
  slot->guest_address = guest_address;
  slot->offset = offset;
  slot->length = length;
  slot->address_space = address_space;
  slot->flags = flags;

  if (_kvm_vm_add_slot (vm, slot, error))
    self = _kvm_memory_slot_new (vm, slot);
  _kvm_slot_unref (slot);
  return self;
}

static gboolean
check_added (KvmMemorySlot *self, GError **error)
{
  if (self->slot != NULL)
    return TRUE;

  g_set_error_literal (error, KVM_ERROR, KVM_ERROR_CLOSED, "The memory slot was never added");
  return FALSE;
}

/**
 * kvm_memory_slot_remove:
 * @self: a memory slot
 * @error: return location for an error
 *
 * Takes the memory away from the guest (`KVM_SET_USER_MEMORY_REGION` with a size of 0). The memory
 * itself lives on if something else has a reference. See section 4.35 of api.rst.
 *
 * Fails with %KVM_ERROR_CLOSED if the slot is removed already, or if its virtual machine is closed.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
kvm_memory_slot_remove (KvmMemorySlot *self, GError **error)
{
  g_return_val_if_fail (KVM_IS_MEMORY_SLOT (self), FALSE);

  if (!check_added (self, error) || !_kvm_vm_remove_slot (self->vm, self->slot, error))
    return FALSE;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_MEMORY]);
  return TRUE;
}

/**
 * kvm_memory_slot_move:
 * @self: a memory slot
 * @guest_address: the new guest-physical address, a multiple of the host's page size
 * @error: return location for an error
 *
 * Moves the memory to another place in the guest (`KVM_SET_USER_MEMORY_REGION`). A guest that is
 * running may see it in neither for a moment. See section 4.35 of api.rst.
 *
 * Fails with %KVM_ERROR_OVERLAP if another slot is in the way, which the message names;
 * %KVM_ERROR_INVALID if the address is not a multiple of the page size or too high, or if the slot
 * has a guest_memfd; %KVM_ERROR_INVALID_ARGUMENT, or %KVM_ERROR_FAULT on arm64, if the kernel
 * refuses an address that is too high; and with %KVM_ERROR_CLOSED if the slot is removed. It then
 * is where it was.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
kvm_memory_slot_move (KvmMemorySlot *self, guint64 guest_address, GError **error)
{
  g_return_val_if_fail (KVM_IS_MEMORY_SLOT (self), FALSE);

  if (!check_added (self, error) || !_kvm_vm_move_slot (self->vm, self->slot, guest_address, error))
    return FALSE;
  _kvm_memory_slot_notify_changes (self);
  return TRUE;
}

/**
 * kvm_memory_slot_set_flags:
 * @self: a memory slot
 * @flags: the new flags
 * @error: return location for an error
 *
 * Switches %KVM_MEMORY_SLOT_FLAGS_LOG_DIRTY_PAGES on or off (`KVM_SET_USER_MEMORY_REGION`), also
 * while the guest runs. The kernel changes no other flag of a slot that is there. See section 4.35
 * of api.rst.
 *
 * Fails with %KVM_ERROR_INVALID if another flag differs, or if the slot has a guest_memfd;
 * %KVM_ERROR_NO_MEMORY; and with %KVM_ERROR_CLOSED if the slot is removed.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
kvm_memory_slot_set_flags (KvmMemorySlot *self, KvmMemorySlotFlags flags, GError **error)
{
  g_return_val_if_fail (KVM_IS_MEMORY_SLOT (self), FALSE);

  if (!check_added (self, error) || !_kvm_vm_set_slot_flags (self->vm, self->slot, flags, error))
    return FALSE;
  _kvm_memory_slot_notify_changes (self);
  return TRUE;
}

/**
 * kvm_memory_slot_get_vm:
 * @self: a memory slot
 *
 * Gets the virtual machine that the slot is in.
 *
 * Returns: (transfer none) (nullable): the virtual machine; %NULL if the slot was never added
 *
 * Since: 0.1
 */
KvmVm *
kvm_memory_slot_get_vm (KvmMemorySlot *self)
{
  g_return_val_if_fail (KVM_IS_MEMORY_SLOT (self), NULL);

  return self->vm;
}

static KvmMemory *
ref_memory (KvmMemorySlot *self, gboolean is_private)
{
  KvmMemory *memory = NULL;

  if (self->slot != NULL && _kvm_vm_lock (self->vm))
    {
      memory = is_private ? self->slot->guest_memfd : self->slot->memory;
      if (memory != NULL)
        g_object_ref (memory);
      g_mutex_unlock (&self->vm->lock);
    }
  return memory;
}

/**
 * kvm_memory_slot_get_memory:
 * @self: a memory slot
 *
 * Gets the memory in the slot.
 *
 * Returns: (transfer full) (nullable): the memory; %NULL once the slot is removed
 *
 * Since: 0.1
 */
KvmMemory *
kvm_memory_slot_get_memory (KvmMemorySlot *self)
{
  g_return_val_if_fail (KVM_IS_MEMORY_SLOT (self), NULL);

  return ref_memory (self, FALSE);
}

/**
 * kvm_memory_slot_get_guest_address:
 * @self: a memory slot
 *
 * Gets where the guest sees the memory.
 *
 * Returns: the guest-physical address in bytes
 *
 * Since: 0.1
 */
guint64
kvm_memory_slot_get_guest_address (KvmMemorySlot *self)
{
  g_return_val_if_fail (KVM_IS_MEMORY_SLOT (self), 0);

  return self->slot != NULL ? __atomic_load_n (&self->slot->guest_address, __ATOMIC_RELAXED) : 0;
}

/**
 * kvm_memory_slot_get_guest_memfd:
 * @self: a memory slot
 *
 * Gets where the guest's private memory is.
 *
 * Returns: (transfer full) (nullable): the guest_memfd; %NULL if the slot has none, and once it is
 *   removed
 *
 * Since: 0.1
 */
KvmMemory *
kvm_memory_slot_get_guest_memfd (KvmMemorySlot *self)
{
  g_return_val_if_fail (KVM_IS_MEMORY_SLOT (self), NULL);

  return ref_memory (self, TRUE);
}

/**
 * kvm_memory_slot_get_offset:
 * @self: a memory slot
 *
 * Gets where in the memory the slot begins.
 *
 * Returns: the offset in bytes
 *
 * Since: 0.1
 */
guint64
kvm_memory_slot_get_offset (KvmMemorySlot *self)
{
  g_return_val_if_fail (KVM_IS_MEMORY_SLOT (self), 0);

  return self->slot != NULL ? self->slot->offset : 0;
}

/**
 * kvm_memory_slot_get_length:
 * @self: a memory slot
 *
 * Gets how much memory the guest sees in the slot.
 *
 * Returns: the length in bytes
 *
 * Since: 0.1
 */
guint64
kvm_memory_slot_get_length (KvmMemorySlot *self)
{
  g_return_val_if_fail (KVM_IS_MEMORY_SLOT (self), 0);

  return self->slot != NULL ? self->slot->length : 0;
}

/**
 * kvm_memory_slot_get_number:
 * @self: a memory slot
 *
 * Gets the number that the slot has in the kernel. The library chose it; it is used again once the
 * slot is removed.
 *
 * Returns: the number
 *
 * Since: 0.1
 */
guint
kvm_memory_slot_get_number (KvmMemorySlot *self)
{
  g_return_val_if_fail (KVM_IS_MEMORY_SLOT (self), 0);

  return self->slot != NULL ? self->slot->number : 0;
}

/**
 * kvm_memory_slot_get_address_space:
 * @self: a memory slot
 *
 * Gets the address space that the slot is in.
 *
 * Returns: 0, or on x86 1 for the memory of system management mode
 *
 * Since: 0.1
 */
guint
kvm_memory_slot_get_address_space (KvmMemorySlot *self)
{
  g_return_val_if_fail (KVM_IS_MEMORY_SLOT (self), 0);

  return self->slot != NULL ? self->slot->address_space : 0;
}

/**
 * kvm_memory_slot_get_flags:
 * @self: a memory slot
 *
 * Gets what kind of memory the guest sees.
 *
 * Returns: the flags
 *
 * Since: 0.1
 */
KvmMemorySlotFlags
kvm_memory_slot_get_flags (KvmMemorySlot *self)
{
  g_return_val_if_fail (KVM_IS_MEMORY_SLOT (self), KVM_MEMORY_SLOT_FLAGS_NONE);

  return self->slot != NULL ? __atomic_load_n (&self->slot->flags, __ATOMIC_RELAXED)
                            : KVM_MEMORY_SLOT_FLAGS_NONE;
}
