/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "kvm-error-private.h"
#include "kvm-run-thread-private.h"
#include "kvm-vcpu.h"

__thread KvmRunThread _kvm_run_thread;

static GMutex lock;
static int chosen_signal = 0;    /* 0: the first free one */
static int installed_signal = 0; /* 0: no handler yet */

static void
on_kick_signal (int signal_number)
{
  KvmAbiRun *run = _kvm_run_thread.run;

  /* The signal interrupts KVM_RUN by itself; one that came just before makes KVM_RUN return at
   * once in this way. Nobody but the running thread touches the byte, so there is no race. */
  if (run != NULL)
    run->immediate_exit = 1;
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

  if (signal_number == 0)
    for (signal_number = SIGRTMAX; signal_number > SIGRTMIN; signal_number--)
      if (is_free (signal_number))
        break;

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
  _kvm_run_thread.tid = syscall (SYS_gettid);
  return TRUE;
}

void
_kvm_run_thread_signal (int tid)
{
  int signal_number = g_atomic_int_get (&installed_signal);
  siginfo_t info;
  int errsv = errno;

  /* Real-time signals are queued, and at RLIMIT_SIGPENDING tgkill () fails with EAGAIN. The
   * kernel makes an exception for a signal that says it comes from kill (): that one is made
   * pending without a place in the queue. */
  memset (&info, 0, sizeof info);
  info.si_signo = signal_number;
  info.si_code = SI_USER;
  info.si_pid = getpid ();
  info.si_uid = getuid ();
  if (syscall (SYS_rt_tgsigqueueinfo, info.si_pid, tid, signal_number, &info) == -1)
    syscall (SYS_tgkill, info.si_pid, tid, signal_number);
  errno = errsv;
}

void
_kvm_run_thread_forget (void)
{
  _kvm_run_thread = (KvmRunThread){ 0, NULL };
}

/**
 * kvm_set_kick_signal:
 * @signal_number: the number of a signal that the program does not use
 * @error: return location for an error
 *
 * Chooses the signal with which [method@Kvm.Vcpu.kick] gets a thread out of the kernel.
 *
 * Unless this is called, the library takes the highest real-time signal that has no handler when a
 * vCPU first runs. The handler of the program itself is never replaced.
 *
 * Fails with %KVM_ERROR_INVALID if it is no signal that can be handled, and with %KVM_ERROR_BUSY if
 * it has a handler, or if a vCPU has run already.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
kvm_set_kick_signal (int signal_number, GError **error)
{
  gboolean ret = FALSE;

  if (signal_number <= 0 || signal_number > SIGRTMAX || signal_number == SIGKILL
      || signal_number == SIGSTOP || (signal_number >= 32 && signal_number < SIGRTMIN))
    {
      g_set_error (error, KVM_ERROR, KVM_ERROR_INVALID,
                   "%d cannot be the kick signal: it is not a signal that can be handled",
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
