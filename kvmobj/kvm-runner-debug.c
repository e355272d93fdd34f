/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What a runner is for a debugger. */

#include "config.h"

#include "kvm-runner-private.h"
#include "kvm-vcpu.h"

/* With the lock held. */
static void
hold (KvmRunner *self, KvmVcpu *vcpu, gboolean is_held)
{
  if (vcpu == NULL)
    self->is_held = is_held;
  for (guint i = 0; i < self->members->len; i++)
    {
      KvmRunnerMember *member = self->members->pdata[i];

      if (vcpu == NULL || vcpu == member->vcpu)
        member->is_held = is_held;
    }
  _kvm_runner_start_standing (self);
}

void
_kvm_runner_hold (KvmRunner *self, KvmVcpu *vcpu, gboolean is_held)
{
  if (!_kvm_runner_lock (self))
    return;
  hold (self, vcpu, is_held);
  g_mutex_unlock (&self->lock);
}

gboolean
_kvm_runner_begin_debug (KvmRunner *self)
{
  gboolean can_be;

  if (!_kvm_runner_lock (self))
    return FALSE;
  can_be = !self->is_debugged && self->members->len > 0;
  if (can_be)
    {
      self->is_debugged = TRUE;
      hold (self, NULL, TRUE);
    }
  g_mutex_unlock (&self->lock);
  return can_be;
}

void
_kvm_runner_end_debug (KvmRunner *self)
{
  if (!_kvm_runner_lock (self))
    return;
  self->is_debugged = FALSE;
  hold (self, NULL, FALSE);
  g_mutex_unlock (&self->lock);
}

gboolean
_kvm_runner_is_at_rest (KvmRunner *self)
{
  gboolean is_at_rest;

  if (!_kvm_runner_lock (self))
    return FALSE;
  is_at_rest = self->task == NULL || self->is_paused;
  for (GList *link = self->events.head; link != NULL; link = link->next)
    is_at_rest = is_at_rest && link->data == NULL;
  g_mutex_unlock (&self->lock);
  return is_at_rest;
}

GPtrArray *
_kvm_runner_dup_vcpus (KvmRunner *self)
{
  GPtrArray *vcpus = g_ptr_array_new_with_free_func (g_object_unref);

  if (!_kvm_runner_lock (self))
    return vcpus;
  for (guint i = 0; i < self->members->len; i++)
    g_ptr_array_add (vcpus, g_object_ref (((KvmRunnerMember *) self->members->pdata[i])->vcpu));
  g_mutex_unlock (&self->lock);
  return vcpus;
}
