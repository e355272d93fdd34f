/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <errno.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "kvm-error-private.h"
#include "kvm-run-state-private.h"
#include "kvm-run-thread-private.h"
#include "kvm-vcpu.h"

__thread KvmRunThread _kvm_run_thread = { .idle = KVM_STATE_UNPREPARED };

static GMutex lock;
static int chosen_signal = 0;    /* 0: the first free one of those below */
static int installed_signal = 0; /* 0: no handler yet */

/* A real-time signal is queued, and when the user's queue is full (RLIMIT_SIGPENDING) tgkill ()
 * fails with EAGAIN: the kick would be lost. A standard signal is one bit, for which there is
 * always room. The first of these is not used by anything, the second only by init. */
static const int candidates[] = { SIGSTKFLT, SIGPWR };

/* The signal interrupts KVM_RUN; that is all. */
static void
on_kick_signal (int signal_number)
{
}

static gboolean
is_free (int signal_number)
{
  struct sigaction action;

  return sigaction (signal_number, NULL, &action) == 0 && !(action.sa_flags & SA_SIGINFO)
         && action.sa_handler == SIG_DFL;
}

/* Called with the lock held. */
static gboolean
install_handler (GError **error)
{
  struct sigaction action = { .sa_handler = on_kick_signal, .sa_flags = SA_RESTART };
  int signal_number = chosen_signal;

  for (guint i = 0; signal_number == 0 && i < G_N_ELEMENTS (candidates); i++)
    if (is_free (candidates[i]) || i == G_N_ELEMENTS (candidates) - 1)
      signal_number = candidates[i];

  if (!is_free (signal_number))
    {
      g_set_error (error, KVM_ERROR, KVM_ERROR_BUSY,
                   "Signal %d has a handler of the program's own; choose another kick signal with "
                   "kvm_set_kick_signal ()",
                   signal_number);
      return FALSE;
    }

  sigfillset (&action.sa_mask);
  if (sigaction (signal_number, &action, NULL) == -1)
    {
      _kvm_error_set_errno (error, errno, "sigaction () for the kick signal %d", signal_number);
      return FALSE;
    }
  g_atomic_int_set (&installed_signal, signal_number);
  return TRUE;
}

gboolean
_kvm_run_thread_prepare (GError **error)
{
  gboolean installed;
  sigset_t set;

  g_mutex_lock (&lock);
  installed = installed_signal != 0 || install_handler (error);
  g_mutex_unlock (&lock);
  if (!installed)
    return FALSE;

  sigemptyset (&set);
  sigaddset (&set, installed_signal);
  pthread_sigmask (SIG_UNBLOCK, &set, NULL);
  _kvm_run_thread.idle = KVM_STATE_IDLE;
  _kvm_run_thread.running = KVM_STATE_IDLE | syscall (SYS_gettid);
  return TRUE;
}

int
_kvm_run_thread_get_signal (void)
{
  return g_atomic_int_get (&installed_signal);
}

void
_kvm_run_thread_signal (int tid)
{
  int errsv = errno;

  syscall (SYS_tgkill, getpid (), tid, g_atomic_int_get (&installed_signal));
  errno = errsv;
}

void
_kvm_run_thread_forget (void)
{
  g_mutex_init (&lock); /* a thread that is not here may have had it */
  _kvm_run_thread = (KvmRunThread){ .idle = KVM_STATE_UNPREPARED };
}

/**
 * kvm_set_kick_signal:
 * @signal_number: the number of a signal that the program does not use, below 32
 * @error: return location for an error
 *
 * Chooses the signal with which [method@Kvm.Vcpu.kick] gets a thread out of the kernel.
 *
 * Unless this is called, the library takes `SIGSTKFLT`, or `SIGPWR` if the program handles the
 * former, when a vCPU first runs. A handler of the program's own is never replaced. A thread's
 * first run unblocks the signal in it; a program must not block it there again, or a kick does not
 * end what the guest is doing.
 *
 * Fails with %KVM_ERROR_INVALID if it is not a signal that can be handled, or is a real-time
 * signal, which can be lost when too many are queued; and with %KVM_ERROR_BUSY if it has a handler,
 * or if a vCPU has run already.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
kvm_set_kick_signal (int signal_number, GError **error)
{
  gboolean ret = FALSE;

  if (signal_number <= 0 || signal_number >= 32 || signal_number == SIGKILL
      || signal_number == SIGSTOP)
    {
      g_set_error (error, KVM_ERROR, KVM_ERROR_INVALID,
                   "%d cannot be the kick signal: it is not a standard signal that can be handled",
                   signal_number);
      return FALSE;
    }

  g_mutex_lock (&lock);
  if (installed_signal == signal_number)
    ret = TRUE;
  else if (installed_signal != 0)
    g_set_error (error, KVM_ERROR, KVM_ERROR_BUSY,
                 "The kick signal is %d since the first vCPU ran; it can only be chosen before",
                 installed_signal);
  else if (!is_free (signal_number))
    g_set_error (error, KVM_ERROR, KVM_ERROR_BUSY, "Signal %d has a handler already",
                 signal_number);
  else
    {
      chosen_signal = signal_number;
      ret = TRUE;
    }
  g_mutex_unlock (&lock);
  return ret;
}
