/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Saving a whole virtual machine, but for its memory, and putting it back. */

#include "config.h"

#include "kvm-error-private.h"
#include "kvm-state-private.h"

#define KIND "vm"

#define IS_X86 (KVMOBJ_HOST_ARCH == KVMOBJ_ARCH_X86)

/* The first @n that were taken. */
static void
release_vcpus (GPtrArray *vcpus, guint n)
{
  while (n-- > 0)
    _kvm_vcpu_release (g_ptr_array_index (vcpus, n));
}

static gboolean
save_vcpus (GPtrArray *vcpus, GVariantBuilder *builder, GCancellable *cancellable, GError **error)
{
  GVariantBuilder states;

  g_variant_builder_init (&states, G_VARIANT_TYPE ("a{ua{sv}}"));
  for (guint i = 0; i < vcpus->len; i++)
    {
      KvmVcpu *vcpu = g_ptr_array_index (vcpus, i);
      GVariant *state = NULL;

      if (!g_cancellable_set_error_if_cancelled (cancellable, error))
        state = _kvm_vcpu_save_held (vcpu, error);
      if (state == NULL)
        {
          g_variant_builder_clear (&states);
          return FALSE;
        }
      g_variant_builder_add (&states, "{u@a{sv}}", kvm_vcpu_get_id (vcpu), state);
    }
  _kvm_state_add (builder, "vcpus", g_variant_builder_end (&states));
  return TRUE;
}

/**
 * kvm_vm_save_state:
 * @self: a virtual machine
 * @cancellable: (nullable): cancels it between two vCPUs
 * @error: return location for an error
 *
 * Saves all that the kernel holds of the virtual machine and its vCPUs, but for guest memory: the
 * states of the vCPUs as [method@Kvm.Vcpu.save_state] saves them; on x86 the interrupt controllers,
 * the timer and the paravirtual clock; on arm64 and riscv64 the interrupt controllers that were
 * made with [method@Kvm.Vm.create_device]. [The manual](state.html) has the items, and what is not
 * among them.
 *
 * No vCPU may be running; this stops none. What the guests stopped for is finished first, as
 * [method@Kvm.Vcpu.complete_pending] does. Otherwise nothing is changed, and the guest can run on.
 *
 * On arm64 an ITS writes its tables to guest memory, so save the memory after this.
 *
 * Fails with %KVM_ERROR_RUNNING if a vCPU runs, %KVM_ERROR_PENDING if one waits for an answer,
 * %G_IO_ERROR_CANCELLED, %KVM_ERROR_CLOSED, %KVM_ERROR_UNUSABLE, and as the ioctls do that read the
 * items.
 *
 * Returns: (transfer full): the state, a dictionary
 *
 * Since: 0.1
 */
GVariant *
kvm_vm_save_state (KvmVm *self, GCancellable *cancellable, GError **error)
{
  g_autoptr (GPtrArray) vcpus = NULL;
  GVariantBuilder builder;
  gboolean saved;
  guint n_held = 0;

  g_return_val_if_fail (KVM_IS_VM (self), NULL);
  g_return_val_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable), NULL);

  if (!_kvm_handle_check (&self->handle, "kvm_vm_save_state ()", error))
    return NULL;
  vcpus = _kvm_vm_get_vcpus (self);
  while (n_held < vcpus->len
         && _kvm_vcpu_hold (g_ptr_array_index (vcpus, n_held), "kvm_vm_save_state ()", error))
    n_held++;
  if (n_held < vcpus->len)
    {
      release_vcpus (vcpus, n_held);
      return NULL;
    }

  _kvm_state_begin (&builder, KIND);
  saved = save_vcpus (vcpus, &builder, cancellable, error)
          && (IS_X86 ? _kvm_vm_x86_save_state (self, &builder, error)
                     : _kvm_vm_devices_save_state (self, &builder, error));
  release_vcpus (vcpus, n_held);
  if (saved)
    return g_variant_ref_sink (g_variant_builder_end (&builder));

  g_variant_builder_clear (&builder);
  return NULL;
}

static void
save_in_thread (GTask *task, gpointer source_object, gpointer task_data, GCancellable *cancellable)
{
  GError *error = NULL;
  GVariant *state = kvm_vm_save_state (source_object, cancellable, &error);

  if (state != NULL)
    g_task_return_pointer (task, state, (GDestroyNotify) g_variant_unref);
  else
    g_task_return_error (task, error);
}

/**
 * kvm_vm_save_state_async:
 * @self: a virtual machine
 * @cancellable: (nullable): cancels it between two vCPUs
 * @callback: (scope async): is called in the caller's main context when it is done
 * @user_data: for the callback
 *
 * Does what [method@Kvm.Vm.save_state] does in another thread. Until it is done, the vCPUs cannot
 * be run.
 *
 * Since: 0.1
 */
void
kvm_vm_save_state_async (KvmVm *self, GCancellable *cancellable, GAsyncReadyCallback callback,
                         gpointer user_data)
{
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (KVM_IS_VM (self));
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, kvm_vm_save_state_async);
  g_task_set_name (task, "kvm_vm_save_state_async");
  g_task_run_in_thread (task, save_in_thread);
}

/**
 * kvm_vm_save_state_finish:
 * @self: a virtual machine
 * @result: what the callback got
 * @error: return location for an error
 *
 * Ends what [method@Kvm.Vm.save_state_async] began. Fails as [method@Kvm.Vm.save_state] does.
 *
 * Returns: (transfer full): the state, a dictionary
 *
 * Since: 0.1
 */
GVariant *
kvm_vm_save_state_finish (KvmVm *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (KVM_IS_VM (self), NULL);
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/* A vCPU that is restored, and with what. */
typedef struct
{
  KvmVcpu *vcpu; /* the array's that it was found in */
  KvmStateValues values;
  gboolean has_values;
  gboolean was_unusable;
} Part;

static void
part_clear (gpointer data)
{
  Part *self = data;

  _kvm_state_values_clear (&self->values);
}

/* Each vCPU gets what is its own. */
static gboolean
parse_parts (GArray *parts, GVariant *states, GError **error)
{
  GVariantIter iter;
  GVariant *state;
  guint32 id;

  g_variant_iter_init (&iter, states);
  while (g_variant_iter_next (&iter, "{u@a{sv}}", &id, &state))
    {
      Part *part = NULL;
      gboolean parsed = FALSE;

      for (guint i = 0; i < parts->len && part == NULL; i++)
        if (kvm_vcpu_get_id (g_array_index (parts, Part, i).vcpu) == id)
          part = &g_array_index (parts, Part, i);
      if (part == NULL)
        _kvm_state_set_unsupported (error, "vcpus",
                                    "has vCPU %u, which this virtual machine does not have", id);
      else if (part->has_values)
        _kvm_state_set_invalid (error, "vcpus", "has vCPU %u twice", id);
      else
        parsed = part->has_values = _kvm_vcpu_parse_state (part->vcpu, state, &part->values, error);
      if (!parsed && part != NULL)
        _kvm_error_add_detail (error, "vCPU %u", id);
      g_variant_unref (state);
      if (!parsed)
        return FALSE;
    }

  for (guint i = 0; i < parts->len; i++)
    if (!g_array_index (parts, Part, i).has_values)
      {
        _kvm_state_set_invalid (error, "vcpus", "lacks vCPU %u of this virtual machine",
                                kvm_vcpu_get_id (g_array_index (parts, Part, i).vcpu));
        return FALSE;
      }
  return TRUE;
}

static gboolean
restore_held (KvmVm *self, GArray *parts, const KvmStateValues *values, KvmStateProgress *progress,
              GError **error)
{
  for (guint i = 0; i < parts->len; i++)
    {
      Part *part = &g_array_index (parts, Part, i);

      if (!_kvm_vcpu_check_held (part->vcpu, &part->values, error))
        {
          _kvm_error_add_detail (error, "vCPU %u", kvm_vcpu_get_id (part->vcpu));
          return FALSE;
        }
    }
  if (!(IS_X86 ? _kvm_vm_x86_check_state (self, values, error)
               : _kvm_vm_devices_check_state (self, values, error)))
    return FALSE;

  for (guint i = 0; i < parts->len; i++)
    {
      Part *part = &g_array_index (parts, Part, i);

      if (!_kvm_vcpu_restore_held (part->vcpu, &part->values, progress, error))
        return FALSE;
    }
  return IS_X86 ? _kvm_vm_x86_restore_state (self, values, progress, error)
                : _kvm_vm_devices_restore_state (self, values, progress, error);
}

/**
 * kvm_vm_restore_state:
 * @self: a virtual machine
 * @state: what [method@Kvm.Vm.save_state] gave, here or on another host, also after a way through
 *   [func@Kvm.state_to_bytes]
 * @error: return location for an error
 *
 * Puts a virtual machine and its vCPUs into a state that was saved. The virtual machine has to have
 * been set up as the saved one was: vCPUs with the same ids, the same interrupt controllers, and
 * memory with the same content.
 *
 * All is checked that can be before anything is changed, as [method@Kvm.Vcpu.restore_state] does.
 * If the kernel refuses an item all the same, all vCPUs are unusable, until a state is restored
 * without an error.
 *
 * The guest's clock and time-stamp counters go on from where they were saved, and differ among the
 * vCPUs by what they differed by.
 *
 * Fails as [method@Kvm.Vcpu.restore_state] does.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
kvm_vm_restore_state (KvmVm *self, GVariant *state, GError **error)
{
  g_autoptr (GPtrArray) vcpus = NULL;
  g_autoptr (GArray) parts = NULL;
  g_auto (KvmStateValues) values = { 0 };
  KvmStateProgress progress = { 0 };
  gboolean restored = FALSE;
  guint n_held = 0;

  g_return_val_if_fail (KVM_IS_VM (self) && state != NULL, FALSE);

  if (!_kvm_handle_check (&self->handle, "kvm_vm_restore_state ()", error)
      || !_kvm_state_parse (state, "VM", KIND,
                            IS_X86 ? &_kvm_vm_x86_state_table : &_kvm_vm_devices_state_table,
                            &values, error))
    return FALSE;

  vcpus = _kvm_vm_get_vcpus (self);
  parts = g_array_new (FALSE, TRUE, sizeof (Part));
  g_array_set_clear_func (parts, part_clear);
  g_array_set_size (parts, vcpus->len);
  for (guint i = 0; i < vcpus->len; i++)
    g_array_index (parts, Part, i).vcpu = g_ptr_array_index (vcpus, i);
  if (!parse_parts (parts, values.values[KVMOBJ_VM_STATE_VCPUS], error))
    return FALSE;

  while (n_held < parts->len)
    {
      Part *part = &g_array_index (parts, Part, n_held);

      if (!_kvm_vcpu_hold_to_restore (part->vcpu, &part->was_unusable, error))
        break;
      n_held++;
    }
  if (n_held == parts->len)
    restored = restore_held (self, parts, &values, &progress, error);
  while (n_held-- > 0)
    {
      Part *part = &g_array_index (parts, Part, n_held);

      _kvm_vcpu_release_restored (part->vcpu,
                                  restored || !(part->was_unusable || progress.is_changed));
    }
  return restored;
}
