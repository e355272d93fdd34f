/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Saving a vCPU and putting it back: what is the same on every architecture. */

#include "config.h"

#include "kvm-error-private.h"
#include "kvm-ioctl-private.h"
#include "kvm-state-private.h"

#define KIND "vcpu"

#define IS_X86 (KVMOBJ_HOST_ARCH == KVMOBJ_ARCH_X86)

/* Not if it was closed meanwhile, nor in a forked child. */
static void
set_usable (KvmVcpu *self, gboolean is_usable)
{
  guint ours = _kvm_fork_generation, unusable = KVMOBJ_UNUSABLE_GENERATION;

  if (self->vm->generation == ours)
    g_atomic_int_compare_and_exchange (&self->handle.generation, is_usable ? unusable : ours,
                                       is_usable ? ours : unusable);
}

/* The pending operation is finished before the vCPU is taken, since a device may be asked. */
gboolean
_kvm_vcpu_hold (KvmVcpu *self, const char *what, GError **error)
{
  while (TRUE)
    {
      KvmExitReason reason;

      if (!_kvm_vcpu_begin_run (self, what, error))
        return FALSE;
      if (_kvm_vcpu_get_unfinished (self) == 0)
        return TRUE;
      _kvm_vcpu_release (self);

      reason = kvm_vcpu_complete_pending (self, error);
      if (reason == KVM_EXIT_REASON_ERROR)
        {
          _kvm_error_add_detail (error, "%s", what);
          return FALSE;
        }
      if (reason != KVM_EXIT_REASON_INTERRUPTED)
        {
          g_autofree char *exit = kvm_exit_to_string (self->exit);

          g_set_error (error, KVM_ERROR, KVM_ERROR_PENDING,
                       "%s on vCPU %" G_GUINT64_FORMAT
                       ": the guest's instruction goes on with another exit; answer that, too (%s)",
                       what, self->handle.id, exit);
          return FALSE;
        }
    }
}

/* The same for a vCPU that may be unusable, which nothing can be pending on. It is usable for as
 * long as the thread has it. */
gboolean
_kvm_vcpu_hold_to_restore (KvmVcpu *self, gboolean *was_unusable, GError **error)
{
  const char *what = "kvm_vcpu_restore_state ()";

  *was_unusable = _kvm_handle_is_unusable (&self->handle);
  if (!*was_unusable)
    return _kvm_vcpu_hold (self, what, error);

  if (_kvm_run_thread.idle == KVM_STATE_UNPREPARED && !_kvm_run_thread_prepare (error))
    return FALSE;
  if (!_kvm_run_state_enter_run_slow (&self->handle.state))
    {
      g_set_error (error, KVM_ERROR, KVM_ERROR_RUNNING,
                   "%s on vCPU %" G_GUINT64_FORMAT ": another thread restores it", what,
                   self->handle.id);
      return FALSE;
    }
  set_usable (self, TRUE);
  if (_kvm_handle_check (&self->handle, what, error))
    return TRUE;
  _kvm_vcpu_release (self);
  return FALSE;
}

void
_kvm_vcpu_release (KvmVcpu *self)
{
  _kvm_run_state_leave_run_slow (&self->handle.state, self->exit->run);
}

/* When restoring is over. A run looks at its word alone. */
void
_kvm_vcpu_release_restored (KvmVcpu *self, gboolean is_usable)
{
  if (is_usable)
    _kvm_run_state_clear_bits (&self->handle.state, KVM_STATE_UNUSABLE);
  else
    {
      _kvm_run_state_set_bits (&self->handle.state, KVM_STATE_UNUSABLE);
      set_usable (self, FALSE);
    }
  _kvm_vcpu_release (self);
}

gboolean
_kvm_vcpu_save_held (KvmVcpu *self, KvmStateBuilder *builder, GError **error)
{
  gboolean saved;

  _kvm_state_begin (builder, KIND);
  saved = IS_X86 ? _kvm_vcpu_x86_save_state (self, builder, error)
                 : _kvm_vcpu_reg_save_state (self, builder, error);
  if (saved)
    _kvm_state_close (builder);
  return saved;
}

static GVariant *
save_held (KvmVcpu *self, GError **error)
{
  g_auto (KvmStateBuilder) builder;

  _kvm_state_builder_init (&builder);
  return _kvm_vcpu_save_held (self, &builder, error) ? _kvm_state_builder_end (&builder, error)
                                                     : NULL;
}

gboolean
_kvm_vcpu_parse_state (KvmVcpu *self, const KvmStateSlice *dictionary, KvmStateValues *values,
                       GError **error)
{
  g_autofree char *what = _kvm_handle_describe (&self->handle);

  return _kvm_state_parse (dictionary, what, KIND,
                           IS_X86 ? &_kvm_vcpu_x86_state_table : &_kvm_vcpu_reg_state_table, values,
                           error);
}

gboolean
_kvm_vcpu_check_held (KvmVcpu *self, const KvmStateValues *values, GError **error)
{
  return IS_X86 ? _kvm_vcpu_x86_check_state (self, values, error)
                : _kvm_vcpu_reg_check_state (self, values, error);
}

gboolean
_kvm_vcpu_restore_held (KvmVcpu *self, const KvmStateValues *values, KvmStateProgress *progress,
                        GError **error)
{
  return IS_X86 ? _kvm_vcpu_x86_restore_state (self, values, progress, error)
                : _kvm_vcpu_reg_restore_state (self, values, progress, error);
}

/* A vCPU that has not run can be made anew; one that has is saved before a state is put into it. */
gboolean
_kvm_vcpu_has_run (KvmVcpu *self)
{
  return !_kvm_exit_was_never (self->exit)
         || _KVM_READ_ONCE (self->exit->run->exit_reason) != KVM_EXIT_REASON_UNKNOWN;
}

/* Puts back what was there, as if no time had passed. */
static gboolean
put_back (KvmVcpu *self, GVariant *backup)
{
  KvmStateProgress progress = { .has_tsc_shift = TRUE };
  KvmStateSlice dictionary;
  KvmStateValues values;

  return _kvm_state_unpack (backup, &dictionary, NULL)
         && _kvm_vcpu_parse_state (self, &dictionary, &values, NULL)
         && _kvm_vcpu_restore_held (self, &values, &progress, NULL);
}

static gboolean
restore_or_put_back (KvmVcpu *self, const KvmStateValues *values, gboolean with_backup,
                     KvmStateProgress *progress, GError **error)
{
  g_autoptr (GVariant) backup = with_backup ? save_held (self, error) : NULL;

  if (with_backup && backup == NULL)
    return FALSE;
  if (_kvm_vcpu_restore_held (self, values, progress, error))
    return TRUE;
  if (backup != NULL && progress->is_changed)
    progress->is_changed = !put_back (self, backup);
  return FALSE;
}

/**
 * kvm_vcpu_save_state:
 * @self: a vCPU
 * @error: return location for an error
 *
 * Saves all that the kernel holds of the vCPU: its registers, what is on its way to it, and on x86
 * its local APIC, time-stamp counter and CPUID. [The manual](state.html) has the items, their form
 * and their order. [method@Kvm.Vm.save_state] saves the vCPUs of a virtual machine with what they
 * share.
 *
 * What the guest stopped for is finished first, as [method@Kvm.Vcpu.complete_pending] does.
 * Otherwise this changes nothing, and the vCPU can run on.
 *
 * Guest memory is not a part of the state.
 *
 * Fails with %KVM_ERROR_PENDING if the guest waits for an answer, %KVM_ERROR_RUNNING if the vCPU
 * runs in another thread, %KVM_ERROR_CLOSED, %KVM_ERROR_UNUSABLE, and as the ioctls do that read
 * the items.
 *
 * Returns: (transfer full): the state, a dictionary
 *
 * Since: 0.1
 */
GVariant *
kvm_vcpu_save_state (KvmVcpu *self, GError **error)
{
  GVariant *state;

  g_return_val_if_fail (_kvm_is_vcpu (self), NULL);

  if (!_kvm_vcpu_hold (self, "kvm_vcpu_save_state ()", error))
    return NULL;
  state = save_held (self, error);
  _kvm_vcpu_release (self);
  return state;
}

/**
 * kvm_vcpu_restore_state:
 * @self: a vCPU
 * @state: what [method@Kvm.Vcpu.save_state] gave, here or on another host, also after a way through
 *   [func@Kvm.state_to_bytes]
 * @error: return location for an error
 *
 * Puts a vCPU into a state that was saved. It may be that of another vCPU, of another process, or
 * of another machine. What the vCPU was created with has to be the same, such as whether its local
 * APIC is in the kernel, or the features that it was initialized with on arm64.
 *
 * Before anything is changed, all is checked that can be: the version, the architecture, that no
 * item is missing, unknown or of another size, and that the host has the features, the registers
 * and the time-stamp frequency. If the kernel refuses an item all the same, the error names it. A
 * vCPU that has run is then put back into the state in which it was, which is saved before for that
 * purpose. One that has not is unusable, if other items were set before: every call then fails with
 * %KVM_ERROR_UNUSABLE, until a state is restored without an error.
 *
 * What the guest stopped for before is finished first, and forgotten. The guest's time goes on from
 * where it was saved.
 *
 * Fails with %KVM_ERROR_INVALID if the state is damaged or of something else;
 * %KVM_ERROR_NOT_SUPPORTED if it is of another version or architecture, or has what this host does
 * not; %KVM_ERROR_PENDING if the guest waits for an answer, %KVM_ERROR_RUNNING, %KVM_ERROR_CLOSED,
 * and as the ioctls do that set the items.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
kvm_vcpu_restore_state (KvmVcpu *self, GVariant *state, GError **error)
{
  KvmStateProgress progress = { 0 };
  KvmStateSlice dictionary;
  KvmStateValues values;
  gboolean was_unusable, restored;

  g_return_val_if_fail (_kvm_is_vcpu (self) && state != NULL, FALSE);

  if (!_kvm_state_unpack (state, &dictionary, error)
      || !_kvm_vcpu_parse_state (self, &dictionary, &values, error))
    return FALSE;

  if (!_kvm_vcpu_hold_to_restore (self, &was_unusable, error))
    return FALSE;
  restored = _kvm_vcpu_check_held (self, &values, error)
             && restore_or_put_back (self, &values, !was_unusable && _kvm_vcpu_has_run (self),
                                     &progress, error);
  _kvm_vcpu_release_restored (self, restored || !(was_unusable || progress.is_changed));
  return restored;
}
