/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <signal.h>

#include "kvm-error-private.h"
#include "kvm-fork-private.h"
#include "kvm-vcpu-private.h"
#include "kvm-vcpu-thread-private.h"

struct _KvmVcpuThread
{
  gatomicrefcount ref_count; /* of the vCPU and of the thread */
  guint generation;          /* _kvm_fork_generation of the process that has the thread */
  GThread *thread;           /* owned by the vCPU's reference */
  GMutex lock;               /* for the following */
  GCond changed;
  KvmVcpuJob job; /* NULL if there is none to be begun */
  gpointer data;
  gboolean is_busy; /* from the start of a job until it says that it is done */
  gboolean is_over;
};

static void
vcpu_thread_unref (KvmVcpuThread *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_cond_clear (&self->changed);
  g_mutex_clear (&self->lock);
  g_free (self);
}

static gpointer
vcpu_thread (gpointer data)
{
  KvmVcpuThread *self = data;

  g_mutex_lock (&self->lock);
  for (;;)
    {
      KvmVcpuJob job = self->job;
      gpointer job_data = self->data;

      if (job != NULL)
        {
          self->job = NULL;
          g_mutex_unlock (&self->lock);
          job (job_data);
          g_mutex_lock (&self->lock);
        }
      else if (self->is_over)
        break;
      else
        g_cond_wait (&self->changed, &self->lock);
    }
  g_mutex_unlock (&self->lock);
  vcpu_thread_unref (self);
  return NULL;
}

/* The program's signals are for its own threads: here they would only interrupt the guest. A first
 * run unblocks the kick signal. What a thread does to itself cannot be blocked. */
static GThread *
try_new_thread (const char *name, KvmVcpuThread *data, GError **error)
{
  static const int own_faults[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGSYS, SIGABRT };
  sigset_t blocked, old;
  GThread *thread;

  sigfillset (&blocked);
  for (guint i = 0; i < G_N_ELEMENTS (own_faults); i++)
    sigdelset (&blocked, own_faults[i]);
  pthread_sigmask (SIG_BLOCK, &blocked, &old);
  thread = g_thread_try_new (name, vcpu_thread, data, error);
  pthread_sigmask (SIG_SETMASK, &old, NULL);
  return thread;
}

static KvmVcpuThread *
vcpu_thread_new (KvmVcpu *vcpu, GError **error)
{
  KvmVcpuThread *self = g_new0 (KvmVcpuThread, 1);
  g_autofree char *name = g_strdup_printf ("vcpu-%u", kvm_vcpu_get_id (vcpu));
  g_autoptr (GError) thread_error = NULL;

  g_atomic_ref_count_init (&self->ref_count);
  self->generation = _kvm_fork_generation;
  g_mutex_init (&self->lock);
  g_cond_init (&self->changed);

  g_atomic_ref_count_inc (&self->ref_count);
  self->thread = try_new_thread (name, self, &thread_error);
  if (self->thread == NULL)
    {
      g_set_error (error, KVM_ERROR, KVM_ERROR_AGAIN, "A thread for vCPU %u: %s",
                   kvm_vcpu_get_id (vcpu), thread_error->message);
      vcpu_thread_unref (self);
      vcpu_thread_unref (self);
      return NULL;
    }
  return self;
}

gboolean
_kvm_vcpu_thread_claim (KvmVcpu *vcpu, GError **error)
{
  if (!_kvm_handle_check (&vcpu->handle, "KVM_RUN", error))
    return FALSE;
  if (!g_atomic_int_compare_and_exchange (&vcpu->is_claimed, FALSE, TRUE))
    {
      g_set_error (error, KVM_ERROR, KVM_ERROR_RUNNING,
                   "KVM_RUN on vCPU %u: it is running in the background already",
                   kvm_vcpu_get_id (vcpu));
      return FALSE;
    }

  if (vcpu->thread == NULL)
    g_atomic_pointer_set (&vcpu->thread, vcpu_thread_new (vcpu, error));
  if (vcpu->thread == NULL)
    {
      _kvm_vcpu_thread_release (vcpu);
      return FALSE;
    }
  return TRUE;
}

void
_kvm_vcpu_thread_release (KvmVcpu *vcpu)
{
  g_atomic_int_set (&vcpu->is_claimed, FALSE);
}

void
_kvm_vcpu_thread_start (KvmVcpu *vcpu, KvmVcpuJob job, gpointer data)
{
  KvmVcpuThread *self = vcpu->thread;

  /* A job that is done may still be on its way out of the thread. */
  g_mutex_lock (&self->lock);
  self->job = job;
  self->data = data;
  self->is_busy = TRUE;
  g_cond_signal (&self->changed);
  g_mutex_unlock (&self->lock);
}

void
_kvm_vcpu_thread_done (KvmVcpu *vcpu)
{
  KvmVcpuThread *self = vcpu->thread;

  g_mutex_lock (&self->lock);
  self->is_busy = FALSE;
  g_mutex_unlock (&self->lock);
}

gboolean
_kvm_vcpu_thread_is_busy_elsewhere (KvmVcpu *vcpu)
{
  KvmVcpuThread *self = g_atomic_pointer_get (&vcpu->thread);
  gboolean is_busy;

  if (self == NULL || self->generation != _kvm_fork_generation)
    return FALSE;
  g_mutex_lock (&self->lock);
  is_busy = self->is_busy && self->thread != g_thread_self ();
  g_mutex_unlock (&self->lock);
  return is_busy;
}

void
_kvm_vcpu_thread_end (KvmVcpu *vcpu)
{
  KvmVcpuThread *self = vcpu->thread;
  gboolean is_busy;

  /* A forked child has neither the thread nor a way to know who holds the lock. */
  if (self == NULL || self->generation != _kvm_fork_generation)
    return;

  g_mutex_lock (&self->lock);
  self->is_over = TRUE;
  is_busy = self->is_busy;
  g_cond_signal (&self->changed);
  g_mutex_unlock (&self->lock);

  /* A thread that has nothing to do ends at once, and is waited for so that nothing of it stays.
   * One that is in somebody else's code may need what the caller holds, or be the caller: it ends
   * when it comes back. */
  if (is_busy || self->thread == g_thread_self ())
    g_thread_unref (self->thread);
  else
    g_thread_join (self->thread);
  vcpu_thread_unref (self);
}

static gboolean
dispatch_wake (GSource *source, GSourceFunc callback, gpointer user_data)
{
  return callback (user_data);
}

GSource *
_kvm_wake_source_new (GSourceFunc callback, gpointer data, GDestroyNotify notify)
{
  static GSourceFuncs funcs = { .dispatch = dispatch_wake };
  GSource *source = g_source_new (&funcs, sizeof *source);

  g_source_set_callback (source, callback, data, notify);
  return source;
}
