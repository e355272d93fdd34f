/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The exits that a vCPU remembers, for who looks at it after it has stopped. A bit in its word
 * keeps such a vCPU off the fast ways; the others pay nothing. */

#include "config.h"

#include "kvm-vcpu-dump-private.h"

struct _KvmExitHistory
{
  guint generation; /* _kvm_fork_generation of the process that made it */
  GMutex lock;      /* for the following; taken with _kvm_fork_lock () */
  guint length;     /* how many are remembered at most */
  GQueue lines;     /* of char *, owned: the last one at the end */
};

static KvmExitHistory *
history_new (void)
{
  KvmExitHistory *self = g_new0 (KvmExitHistory, 1);

  self->generation = _kvm_fork_generation;
  g_mutex_init (&self->lock);
  g_queue_init (&self->lines);
  return self;
}

void
_kvm_exit_history_free (KvmExitHistory *self)
{
  g_queue_clear_full (&self->lines, g_free);
  _kvm_fork_clear_lock (&self->lock, self->generation);
  g_free (self);
}

/* With the lock held. */
static void
forget (KvmExitHistory *self)
{
  while (self->lines.length > self->length)
    g_free (g_queue_pop_head (&self->lines));
}

void
_kvm_vcpu_remember_exit_slow (KvmVcpu *self, gboolean is_served)
{
  KvmExitHistory *history = g_atomic_pointer_get (&self->history);
  g_autofree char *text = kvm_exit_to_string (self->exit);

  if (!_kvm_fork_lock (&history->lock, history->generation))
    return;
  g_queue_push_tail (&history->lines,
                     g_strconcat (text, is_served ? ", served on the bus" : NULL, NULL));
  forget (history);
  g_mutex_unlock (&history->lock);
}

void
_kvm_dump_add_history (KvmVcpu *self, GString *string)
{
  KvmExitHistory *history = g_atomic_pointer_get (&self->history);

  if (history == NULL || !_kvm_fork_lock (&history->lock, history->generation))
    return;
  if (history->length != 0)
    g_string_append_printf (string, "last exits, of at most %u:\n", history->length);
  for (GList *link = history->lines.head; link != NULL; link = link->next)
    g_string_append_printf (string, "  %s\n", (const char *) link->data);
  g_mutex_unlock (&history->lock);
}

void
_kvm_vcpu_set_history_length (KvmVcpu *self, guint length)
{
  KvmExitHistory *history = g_atomic_pointer_get (&self->history);

  if (history == NULL)
    {
      KvmExitHistory *made = history_new ();

      if (!g_atomic_pointer_compare_and_exchange (&self->history, NULL, made))
        _kvm_exit_history_free (made);
      history = g_atomic_pointer_get (&self->history);
    }
  if (!_kvm_fork_lock (&history->lock, history->generation))
    return;
  history->length = length;
  forget (history);
  if (length != 0)
    _kvm_run_state_set_bits (&self->handle.state, KVM_STATE_REMEMBERS);
  else
    _kvm_run_state_clear_bits (&self->handle.state, KVM_STATE_REMEMBERS);
  g_mutex_unlock (&history->lock);
}

/**
 * kvm_vcpu_get_exit_history:
 * @self: a vCPU
 *
 * Gets how many of its last exits the vCPU remembers, see [method@Kvm.Vcpu.set_exit_history].
 *
 * Returns: so many at most; 0 if it remembers none
 *
 * Since: 0.1
 */
guint
kvm_vcpu_get_exit_history (KvmVcpu *self)
{
  KvmExitHistory *history;
  guint length;

  g_return_val_if_fail (KVM_IS_VCPU (self), 0);

  history = g_atomic_pointer_get (&self->history);
  if (history == NULL || !_kvm_fork_lock (&history->lock, history->generation))
    return 0;
  length = history->length;
  g_mutex_unlock (&history->lock);
  return length;
}
