/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "kvm-memory-map-private.h"
#include "kvm-memory-slot-list-private.h"
#include "kvm-memory-slot-private.h"

/**
 * KvmMemorySlotList:
 *
 * The memory slots of a virtual machine, by address space and guest-physical address, made by
 * [method@Kvm.Vm.list_memory_slots].
 *
 * It is a list model of [class@Kvm.MemorySlot] for views and debuggers. Slots come and go in any
 * thread; the list follows, and says so, in the main context that was the thread's default one when
 * it was made. Items are handles of the list's own.
 *
 * A list keeps its virtual machine alive.
 *
 * Since: 0.1
 */

struct _KvmMemorySlotList
{
  GObject parent_instance;
  KvmVm *vm;             /* owned */
  GMainContext *context; /* owned; where it changes */
  GPtrArray *items;      /* of KvmMemorySlot, owned */
  GWeakRef *weak_ref;    /* an atomic box: to the list, for sources that outlive it */
  gint is_stale;         /* whether the context has been told already */
};

static void kvm_memory_slot_list_model_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (KvmMemorySlotList, kvm_memory_slot_list, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL,
                                                      kvm_memory_slot_list_model_init))

static void
weak_ref_release (gpointer data)
{
  g_atomic_rc_box_release_full (data, (GDestroyNotify) g_weak_ref_clear);
}

static void
kvm_memory_slot_list_finalize (GObject *object)
{
  KvmMemorySlotList *self = KVM_MEMORY_SLOT_LIST (object);

  if (self->vm != NULL && _kvm_vm_lock (self->vm))
    {
      g_ptr_array_remove_fast (self->vm->slot_lists, self);
      g_mutex_unlock (&self->vm->lock);
    }
  weak_ref_release (self->weak_ref);
  g_clear_pointer (&self->items, g_ptr_array_unref);
  g_clear_pointer (&self->context, g_main_context_unref);
  g_clear_object (&self->vm);

  G_OBJECT_CLASS (kvm_memory_slot_list_parent_class)->finalize (object);
}

static void
kvm_memory_slot_list_class_init (KvmMemorySlotListClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = kvm_memory_slot_list_finalize;
}

static void
kvm_memory_slot_list_init (KvmMemorySlotList *self)
{
  self->items = g_ptr_array_new_with_free_func (g_object_unref);
  self->weak_ref = g_atomic_rc_box_new0 (GWeakRef);
  g_weak_ref_init (self->weak_ref, self);
}

static GType
kvm_memory_slot_list_get_item_type (GListModel *list)
{
  return KVM_TYPE_MEMORY_SLOT;
}

static guint
kvm_memory_slot_list_get_n_items (GListModel *list)
{
  return KVM_MEMORY_SLOT_LIST (list)->items->len;
}

static gpointer
kvm_memory_slot_list_get_item (GListModel *list, guint position)
{
  KvmMemorySlotList *self = KVM_MEMORY_SLOT_LIST (list);

  return position < self->items->len ? g_object_ref (g_ptr_array_index (self->items, position))
                                     : NULL;
}

static void
kvm_memory_slot_list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = kvm_memory_slot_list_get_item_type;
  iface->get_n_items = kvm_memory_slot_list_get_n_items;
  iface->get_item = kvm_memory_slot_list_get_item;
}

static KvmMemorySlot *
make_item (KvmMemorySlotList *self, KvmSlot *slot)
{
  for (guint i = 0; i < self->items->len; i++)
    {
      KvmMemorySlot *item = g_ptr_array_index (self->items, i);

      if (_kvm_memory_slot_is (item, slot))
        return g_object_ref (item);
    }
  return _kvm_memory_slot_new (self->vm, slot);
}

static void
update (KvmMemorySlotList *self)
{
  g_autoptr (GPtrArray) old = g_steal_pointer (&self->items); /* goes after the lock */
  g_autoptr (GPtrArray) kept = NULL;                          /* a handler may change the list */
  guint first = 0, n_old = old->len, n_new;

  self->items = old;
  g_atomic_int_set (&self->is_stale, FALSE);
  if (_kvm_vm_lock (self->vm))
    {
      GPtrArray *slots = self->vm->slots;
      GPtrArray *items = g_ptr_array_new_with_free_func (g_object_unref);

      for (guint i = 0; slots != NULL && i < slots->len; i++)
        g_ptr_array_add (items, make_item (self, g_ptr_array_index (slots, i)));
      self->items = items;
      g_mutex_unlock (&self->vm->lock);
    }
  else
    g_ptr_array_ref (old);

  /* What is the same at both ends has not changed. */
  n_new = self->items->len;
  while (first < MIN (n_old, n_new)
         && g_ptr_array_index (old, first) == g_ptr_array_index (self->items, first))
    first++;
  while (n_old > first && n_new > first
         && g_ptr_array_index (old, n_old - 1) == g_ptr_array_index (self->items, n_new - 1))
    {
      n_old--;
      n_new--;
    }
  kept = g_ptr_array_ref (self->items);
  if (n_old != first || n_new != first)
    g_list_model_items_changed (G_LIST_MODEL (self), first, n_old - first, n_new - first);
  for (guint i = 0; i < kept->len; i++)
    _kvm_memory_slot_notify_changes (g_ptr_array_index (kept, i));
}

static gboolean
on_change (gpointer user_data)
{
  g_autoptr (KvmMemorySlotList) self = g_weak_ref_get (user_data);

  if (self != NULL)
    update (self);
  return G_SOURCE_REMOVE;
}

void
_kvm_memory_slot_list_note_change (KvmMemorySlotList *self)
{
  g_autoptr (GSource) source = NULL;

  if (!g_atomic_int_compare_and_exchange (&self->is_stale, FALSE, TRUE))
    return;
  source = g_idle_source_new ();
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, on_change, g_atomic_rc_box_acquire (self->weak_ref),
                         weak_ref_release);
  g_source_attach (source, self->context);
}

/**
 * kvm_vm_list_memory_slots:
 * @vm: a virtual machine
 *
 * Lists the memory slots, and goes on doing so: the list changes with them.
 *
 * Returns: (transfer full): a list model of [class@Kvm.MemorySlot]
 *
 * Since: 0.1
 */
KvmMemorySlotList *
kvm_vm_list_memory_slots (KvmVm *vm)
{
  KvmMemorySlotList *self;

  g_return_val_if_fail (KVM_IS_VM (vm), NULL);

  self = g_object_new (KVM_TYPE_MEMORY_SLOT_LIST, NULL);
  self->context = g_main_context_ref_thread_default ();
  if (_kvm_vm_lock (vm))
    {
      self->vm = g_object_ref (vm);
      if (vm->slot_lists == NULL)
        vm->slot_lists = g_ptr_array_new ();
      g_ptr_array_add (vm->slot_lists, self);
      g_mutex_unlock (&vm->lock);
      update (self);
    }
  return self;
}
