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
save_vcpus (GPtrArray *vcpus, KvmStateBuilder *builder, GCancellable *cancellable, GError **error)
{
  _kvm_state_open_item (builder, "vcpus");
  _kvm_state_open (builder);
  for (guint i = 0; i < vcpus->len; i++)
    {
      KvmVcpu *vcpu = g_ptr_array_index (vcpus, i);

      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return FALSE;
      _kvm_state_open_numbered (builder, kvm_vcpu_get_id (vcpu));
      if (!_kvm_vcpu_save_held (vcpu, builder, error))
        return FALSE;
      _kvm_state_close_numbered (builder);
    }
  _kvm_state_close (builder);
  _kvm_state_close_item (builder, "a{ua{sv}}");
  return TRUE;
}

/* The thread has the vCPUs. */
static GVariant *
save_held (KvmVm *self, GPtrArray *vcpus, GCancellable *cancellable, GError **error)
{
  g_auto (KvmStateBuilder) builder;

  _kvm_state_builder_init (&builder);
  _kvm_state_begin (&builder, KIND);
  if (!save_vcpus (vcpus, &builder, cancellable, error)
      || !(IS_X86 ? _kvm_vm_x86_save_state (self, &builder, error)
                  : _kvm_vm_devices_save_state (self, &builder, error)))
    return NULL;
  _kvm_state_close (&builder);
  return _kvm_state_builder_end (&builder, error);
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
  GVariant *state = NULL;
  guint n_held = 0;

  g_return_val_if_fail (KVM_IS_VM (self), NULL);
  g_return_val_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable), NULL);

  if (!_kvm_handle_check (&self->handle, "kvm_vm_save_state ()", error))
    return NULL;
  vcpus = _kvm_vm_get_vcpus (self);
  while (n_held < vcpus->len
         && _kvm_vcpu_hold (g_ptr_array_index (vcpus, n_held), "kvm_vm_save_state ()", error))
    n_held++;
  if (n_held == vcpus->len)
    state = save_held (self, vcpus, cancellable, error);
  release_vcpus (vcpus, n_held);
  return state;
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

/* What a virtual machine is restored from: its own items, and those of each vCPU. */
typedef struct
{
  KvmStateValues values;
  GArray *parts; /* owned; of Part; NULL until it is parsed */
} Plan;

static void
plan_clear (Plan *self)
{
  g_clear_pointer (&self->parts, g_array_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Plan, plan_clear)

static Part *
plan_find_part (Plan *self, guint32 id)
{
  for (guint i = 0; i < self->parts->len; i++)
    if (kvm_vcpu_get_id (g_array_index (self->parts, Part, i).vcpu) == id)
      return &g_array_index (self->parts, Part, i);
  return NULL;
}

/* Each vCPU gets what is its own. */
static gboolean
parse_parts (Plan *self, GError **error)
{
  KvmStateReader reader;
  KvmStateSlice entry, dictionary;
  gboolean is_whole = _kvm_state_reader_init (&reader, &self->values.values[KVMOBJ_VM_STATE_VCPUS]);

  while (is_whole && _kvm_state_reader_next (&reader, &entry))
    {
      gboolean parsed = FALSE;
      guint32 id = 0;
      Part *part;

      is_whole = _kvm_state_read_numbered (&entry, &id, &dictionary);
      if (!is_whole)
        break;
      part = plan_find_part (self, id);
      if (part == NULL)
        _kvm_state_set_unsupported (error, "vcpus",
                                    "has vCPU %u, which this virtual machine does not have", id);
      else if (part->has_values)
        _kvm_state_set_invalid (error, "vcpus", "has vCPU %u twice", id);
      else
        parsed = part->has_values
            = _kvm_vcpu_parse_state (part->vcpu, &dictionary, &part->values, error);
      if (!parsed && part != NULL)
        _kvm_error_add_detail (error, "vCPU %u", id);
      if (!parsed)
        return FALSE;
    }
  if (!is_whole || reader.i != reader.n)
    {
      _kvm_state_set_invalid (error, "vcpus", "is damaged");
      return FALSE;
    }

  for (guint i = 0; i < self->parts->len; i++)
    if (!g_array_index (self->parts, Part, i).has_values)
      {
        _kvm_state_set_invalid (error, "vcpus", "lacks vCPU %u of this virtual machine",
                                kvm_vcpu_get_id (g_array_index (self->parts, Part, i).vcpu));
        return FALSE;
      }
  return TRUE;
}

static gboolean
plan_parse (Plan *self, GPtrArray *vcpus, GVariant *state, GError **error)
{
  KvmStateSlice dictionary;

  if (!_kvm_state_unpack (state, &dictionary, error)
      || !_kvm_state_parse (&dictionary, "VM", KIND,
                            IS_X86 ? &_kvm_vm_x86_state_table : &_kvm_vm_devices_state_table,
                            &self->values, error))
    return FALSE;

  self->parts = g_array_new (FALSE, TRUE, sizeof (Part));
  g_array_set_size (self->parts, vcpus->len);
  for (guint i = 0; i < vcpus->len; i++)
    g_array_index (self->parts, Part, i).vcpu = g_ptr_array_index (vcpus, i);
  return parse_parts (self, error);
}

static gboolean
plan_check (Plan *self, KvmVm *vm, GError **error)
{
  for (guint i = 0; i < self->parts->len; i++)
    {
      Part *part = &g_array_index (self->parts, Part, i);

      if (!_kvm_vcpu_check_held (part->vcpu, &part->values, error))
        {
          _kvm_error_add_detail (error, "vCPU %u", kvm_vcpu_get_id (part->vcpu));
          return FALSE;
        }
    }
  return IS_X86 ? _kvm_vm_x86_check_state (vm, &self->values, error)
                : _kvm_vm_devices_check_state (vm, &self->values, error);
}

static gboolean
plan_carry_out (Plan *self, KvmVm *vm, KvmStateProgress *progress, GError **error)
{
  for (guint i = 0; i < self->parts->len; i++)
    {
      Part *part = &g_array_index (self->parts, Part, i);

      if (!_kvm_vcpu_restore_held (part->vcpu, &part->values, progress, error))
        return FALSE;
    }
  return IS_X86 ? _kvm_vm_x86_restore_state (vm, &self->values, progress, error)
                : _kvm_vm_devices_restore_state (vm, &self->values, progress, error);
}

/* Whether the state is saved before another is put in its place. */
static gboolean
plan_needs_backup (Plan *self, KvmVm *vm)
{
  gboolean has_run = FALSE;

  for (guint i = 0; i < self->parts->len; i++)
    {
      Part *part = &g_array_index (self->parts, Part, i);

      if (part->was_unusable)
        return FALSE;
      has_run |= _kvm_vcpu_has_run (part->vcpu);
    }
  return has_run && (IS_X86 || !_kvm_vm_devices_are_in_memory (vm));
}

/* Puts back what was there, as if no time had passed. */
static gboolean
put_back (KvmVm *self, GPtrArray *vcpus, GVariant *backup)
{
  g_auto (Plan) plan = { .parts = NULL };
  KvmStateProgress progress = { .has_tsc_shift = TRUE };

  return plan_parse (&plan, vcpus, backup, NULL) && plan_carry_out (&plan, self, &progress, NULL);
}

static gboolean
restore_or_put_back (KvmVm *self, GPtrArray *vcpus, Plan *plan, KvmStateProgress *progress,
                     GError **error)
{
  g_autoptr (GVariant) backup = NULL;

  if (!plan_check (plan, self, error))
    return FALSE;
  if (plan_needs_backup (plan, self))
    {
      backup = save_held (self, vcpus, NULL, error);
      if (backup == NULL)
        return FALSE;
    }
  if (plan_carry_out (plan, self, progress, error))
    return TRUE;
  if (backup != NULL && progress->is_changed)
    progress->is_changed = !put_back (self, vcpus, backup);
  return FALSE;
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
 * If the kernel refuses an item all the same, the virtual machine is put back into the state in
 * which it was, if one of its vCPUs has run. If none has, all are unusable, until a state is
 * restored without an error; so they are if there is an ITS (arm64), which is saved to guest
 * memory.
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
  g_auto (Plan) plan = { .parts = NULL };
  KvmStateProgress progress = { 0 };
  gboolean restored = FALSE;
  guint n_held = 0;

  g_return_val_if_fail (KVM_IS_VM (self) && state != NULL, FALSE);

  if (!_kvm_handle_check (&self->handle, "kvm_vm_restore_state ()", error))
    return FALSE;
  vcpus = _kvm_vm_get_vcpus (self);
  if (!plan_parse (&plan, vcpus, state, error))
    return FALSE;

  while (n_held < plan.parts->len)
    {
      Part *part = &g_array_index (plan.parts, Part, n_held);

      if (!_kvm_vcpu_hold_to_restore (part->vcpu, &part->was_unusable, error))
        break;
      n_held++;
    }
  if (n_held == plan.parts->len)
    restored = restore_or_put_back (self, vcpus, &plan, &progress, error);
  while (n_held-- > 0)
    {
      Part *part = &g_array_index (plan.parts, Part, n_held);

      _kvm_vcpu_release_restored (part->vcpu,
                                  restored || !(part->was_unusable || progress.is_changed));
    }
  return restored;
}
