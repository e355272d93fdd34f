/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Several threads at one vCPU: who may do what, and how a run is made to stop. */

#include "kvm-test.h"

#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

typedef struct
{
  KvmVcpu *vcpu;
  GCancellable *cancellable;
  KvmExitReason reason;
  GError *error;
  pthread_t pthread;
  gint started;
  gint ended;
} Run;

static gpointer
run_thread (gpointer data)
{
  Run *self = data;

  self->pthread = pthread_self ();
  g_atomic_int_set (&self->started, 1);
  self->reason = kvm_vcpu_run (self->vcpu, self->cancellable, &self->error);
  g_atomic_int_set (&self->ended, 1);
  return NULL;
}

static GThread *
run_in_thread (Run *self)
{
  GThread *thread = g_thread_new ("vcpu", run_thread, self);

  kvm_test_wait_until_running (self->vcpu);
  return thread;
}

static void
test_running (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (spin);
  Run run = { .vcpu = guest->vcpu };
  GThread *thread = run_in_thread (&run);
  g_autoptr (GError) error = NULL;
  KvmVcpuState state;

  /* Each would hang in the kernel for as long as the guest runs, which is for ever. */
  g_assert_false (kvm_vcpu_get_mp_state (guest->vcpu, &state, &error));
  kvm_test_assert_error (error, KVM_ERROR_RUNNING,
                         "KVM_GET_MP_STATE on vCPU 0: it is running in another thread");
  g_assert_cmpint (kvm_vcpu_run (guest->vcpu, NULL, &error), ==, KVM_EXIT_REASON_ERROR);
  kvm_test_assert_error (error, KVM_ERROR_RUNNING, "KVM_RUN on vCPU 0");

  kvm_vcpu_kick (guest->vcpu);
  g_thread_join (thread);
  g_assert_no_error (run.error);
  g_assert_cmpint (run.reason, ==, KVM_EXIT_REASON_INTERRUPTED);
  g_assert_cmpint (kvm_exit_get_reason (guest->exit), ==, KVM_EXIT_REASON_INTERRUPTED);
  g_assert_cmpint (kvm_exit_get_interruption (guest->exit), ==, KVM_INTERRUPTION_KICK);
  g_assert_true (kvm_vcpu_get_mp_state (guest->vcpu, &state, &error));
}

/* Short calls from several threads wait for each other, whichever comes first. */
static gpointer
read_thread (gpointer data)
{
  g_autoptr (GError) error = NULL;
  KvmVcpuState state;

  for (guint i = 0; i < kvm_test_rounds (2000); i++)
    {
      kvm_vcpu_get_mp_state (data, &state, &error);
      g_assert_no_error (error);
    }
  return NULL;
}

static void
test_short_calls (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (halt);
  GThread *threads[4];

  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("reader", read_thread, guest->vcpu);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
}

/* A run is never refused because another thread has a look. */
static gpointer
peek_thread (gpointer data)
{
  KvmTestGuest *guest = data;
  KvmVcpuState state;

  while (g_object_get_data (G_OBJECT (guest->vm), "stop") == NULL)
    kvm_vcpu_get_mp_state (guest->vcpu, &state, NULL);
  return NULL;
}

static void
test_run_while_others_look (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (chatter);
  GThread *threads[3];

  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("peeker", peek_thread, guest);
  for (guint i = 0; i < kvm_test_rounds (2000); i++)
    kvm_test_run (guest, KVM_TEST_REASON_IO);
  g_object_set_data (G_OBJECT (guest->vm), "stop", guest);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
}

static void
test_kick_is_sticky (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (print);

  kvm_vcpu_kick (guest->vcpu);
  kvm_vcpu_kick (guest->vcpu);
  kvm_test_run (guest, KVM_EXIT_REASON_INTERRUPTED);
  g_assert_cmpint (kvm_exit_get_interruption (guest->exit), ==, KVM_INTERRUPTION_KICK);
  kvm_test_run (guest, KVM_TEST_REASON_IO); /* used up */
  g_assert_cmpint (kvm_exit_get_interruption (guest->exit), ==, KVM_INTERRUPTION_NONE);
}

static void
test_cancellable (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (spin);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  Run run = { .vcpu = guest->vcpu, .cancellable = cancellable };
  g_autoptr (GError) error = NULL;
  GThread *thread = run_in_thread (&run);

  g_cancellable_cancel (cancellable);
  g_thread_join (thread);
  g_assert_no_error (run.error);
  g_assert_cmpint (run.reason, ==, KVM_EXIT_REASON_INTERRUPTED);
  g_assert_cmpint (kvm_exit_get_interruption (guest->exit), ==, KVM_INTERRUPTION_CANCELLED);

  /* It stays cancelled, beforehand too, and a kick does not change that. */
  kvm_vcpu_kick (guest->vcpu);
  for (guint i = 0; i < 3; i++)
    {
      g_assert_cmpint (kvm_vcpu_run (guest->vcpu, cancellable, &error), ==,
                       KVM_EXIT_REASON_INTERRUPTED);
      g_assert_cmpint (kvm_exit_get_interruption (guest->exit), ==, KVM_INTERRUPTION_CANCELLED);
    }

  /* Until it is reset, or is not the one that is passed. */
  g_cancellable_reset (cancellable);
  thread = run_in_thread (&run);
  kvm_vcpu_kick (guest->vcpu);
  g_thread_join (thread);
  g_assert_cmpint (kvm_exit_get_interruption (guest->exit), ==, KVM_INTERRUPTION_KICK);
  g_cancellable_cancel (cancellable);
  run.cancellable = NULL;
  thread = run_in_thread (&run);
  kvm_vcpu_kick (guest->vcpu);
  g_thread_join (thread);
  g_assert_cmpint (kvm_exit_get_interruption (guest->exit), ==, KVM_INTERRUPTION_KICK);
}

static void
test_cancelled_beforehand (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (spin);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  g_cancellable_cancel (cancellable);
  g_assert_cmpint (kvm_vcpu_run (guest->vcpu, cancellable, &error), ==,
                   KVM_EXIT_REASON_INTERRUPTED);
  g_assert_cmpint (kvm_exit_get_interruption (guest->exit), ==, KVM_INTERRUPTION_CANCELLED);
}

/* A cancellable that is cancelled when it is first seen, reset, and cancelled again in a run. */
static void
test_cancelled_again (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (spin);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  Run run = { .vcpu = guest->vcpu, .cancellable = cancellable };
  g_autoptr (GError) error = NULL;
  GThread *thread;

  g_cancellable_cancel (cancellable);
  kvm_vcpu_run (guest->vcpu, cancellable, &error);
  g_assert_no_error (error);
  g_cancellable_reset (cancellable);
  thread = run_in_thread (&run);
  g_cancellable_cancel (cancellable);
  g_thread_join (thread);
  g_assert_cmpint (run.reason, ==, KVM_EXIT_REASON_INTERRUPTED);
  g_assert_cmpint (kvm_exit_get_interruption (guest->exit), ==, KVM_INTERRUPTION_CANCELLED);
}

static void
drop_guest (GCancellable *cancellable, gpointer user_data)
{
  kvm_test_guest_free (user_data);
}

/* The last reference to the vCPU goes while its cancellable is being cancelled. */
static void
test_dropped_by_cancelling (void)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  KvmTestGuest *guest = KVM_TEST_GUEST (halt);
  g_autoptr (GError) error = NULL;

  g_signal_connect (cancellable, "cancelled", G_CALLBACK (drop_guest), guest);
  g_assert_cmpint (kvm_vcpu_run (guest->vcpu, cancellable, &error), ==, KVM_TEST_REASON_HALT);
  g_cancellable_cancel (cancellable);
}

/* A handler of the cancellable's may run the vCPU on, without it. */
static void
run_on (GCancellable *cancellable, gpointer user_data)
{
  KvmTestGuest *guest = user_data;

  kvm_test_run (guest, KVM_TEST_REASON_IO);
  g_assert_cmpuint (kvm_exit_get_value (guest->exit), ==, 'i');
}

static void
test_run_by_cancelling (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (print);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  gulong handler;

  g_assert_cmpint (kvm_vcpu_run (guest->vcpu, cancellable, &error), ==, KVM_TEST_REASON_IO);
  handler = g_signal_connect (cancellable, "cancelled", G_CALLBACK (run_on), guest);
  g_cancellable_cancel (cancellable);
  g_signal_handler_disconnect (cancellable, handler);
}

/* What a vCPU ran with last is let go of with it. */
static void
test_cancellable_is_dropped (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (halt);
  GCancellable *cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  g_object_add_weak_pointer (G_OBJECT (cancellable), (gpointer *) &cancellable);
  kvm_vcpu_run (guest->vcpu, cancellable, &error);
  g_object_unref (cancellable);
  g_assert_nonnull (cancellable);
  g_clear_object (&guest->vcpu);
  g_assert_null (cancellable);
}

/* The kick signal from elsewhere, to a thread that has no vCPU any more. */
static void
test_stray_signal (void)
{
  {
    g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (halt);

    kvm_test_run_to_halt (guest);
  }
  raise (SIGSTKFLT);
}

static void
on_signal (int signal_number)
{
}

static void
test_foreign_signal (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (spin);
  struct sigaction action = { .sa_handler = on_signal, .sa_flags = SA_RESTART }, old;
  Run run = { .vcpu = guest->vcpu };
  GThread *thread;

  g_assert_cmpint (sigaction (SIGUSR1, &action, &old), ==, 0);
  thread = run_in_thread (&run);
  /* One that comes just before the guest is entered ends nothing. */
  while (!g_atomic_int_get (&run.ended))
    {
      pthread_kill (run.pthread, SIGUSR1);
      g_usleep (1000);
    }
  g_thread_join (thread);
  g_assert_no_error (run.error);
  g_assert_cmpint (run.reason, ==, KVM_EXIT_REASON_INTERRUPTED);
  g_assert_cmpint (kvm_exit_get_interruption (guest->exit), ==, KVM_INTERRUPTION_SIGNAL);
  sigaction (SIGUSR1, &old, NULL);
}

/* A program that blocks every signal in every thread, and one that may have none queued. */
static void
test_kick_without_room_for_signals (void)
{
  const struct rlimit none = { 0, 0 };
  struct rlimit limit;
  sigset_t all, old;

  g_assert_cmpint (getrlimit (RLIMIT_SIGPENDING, &limit), ==, 0);
  g_assert_cmpint (setrlimit (RLIMIT_SIGPENDING, &(struct rlimit){ none.rlim_cur, limit.rlim_max }),
                   ==, 0);
  sigfillset (&all);
  sigdelset (&all, SIGALRM); /* the bound on this program */
  sigdelset (&all, SIGTERM);
  pthread_sigmask (SIG_BLOCK, &all, &old);

  for (guint i = 0; i < 20; i++)
    {
      g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (spin);
      Run run = { .vcpu = guest->vcpu };
      GThread *thread = run_in_thread (&run);

      kvm_vcpu_kick (guest->vcpu);
      g_thread_join (thread);
      g_assert_cmpint (run.reason, ==, KVM_EXIT_REASON_INTERRUPTED);
    }

  pthread_sigmask (SIG_SETMASK, &old, NULL);
  setrlimit (RLIMIT_SIGPENDING, &limit);
}

/* The signal is chosen once in a process, so each of these is a process of its own. */
static void
in_process (const char *path)
{
  g_test_trap_subprocess (path, 0, G_TEST_SUBPROCESS_INHERIT_STDERR);
  g_test_trap_assert_passed ();
}

static struct sigaction
get_action (int signal_number)
{
  struct sigaction action;

  g_assert_cmpint (sigaction (signal_number, NULL, &action), ==, 0);
  return action;
}

static void
kick_once (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (spin);
  Run run = { .vcpu = guest->vcpu };
  GThread *thread = run_in_thread (&run);

  kvm_vcpu_kick (guest->vcpu);
  g_thread_join (thread);
  g_assert_no_error (run.error);
  g_assert_cmpint (run.reason, ==, KVM_EXIT_REASON_INTERRUPTED);
}

static void
test_chosen_signal (void)
{
  static const int wrong[] = { 0, -1, SIGKILL, SIGSTOP, 32, 64, 1000 };
  g_autoptr (GError) error = NULL;

  if (!g_test_subprocess ())
    {
      in_process (NULL);
      return;
    }

  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_assert_false (kvm_set_kick_signal (wrong[i], &error));
      kvm_test_assert_error (error, KVM_ERROR_INVALID, "cannot be the kick signal");
    }
  signal (SIGUSR1, on_signal);
  g_assert_false (kvm_set_kick_signal (SIGUSR1, &error));
  kvm_test_assert_error (error, KVM_ERROR_BUSY, "Signal 10 has a handler already");

  g_assert_true (kvm_set_kick_signal (SIGUSR2, &error));
  g_assert_true (get_action (SIGUSR2).sa_handler == SIG_DFL); /* not before it is needed */
  kick_once ();
  g_assert_true (get_action (SIGUSR2).sa_handler != SIG_DFL);
  g_assert_true (get_action (SIGSTKFLT).sa_handler == SIG_DFL);
  g_assert_true (kvm_set_kick_signal (SIGUSR2, &error));
  g_assert_false (kvm_set_kick_signal (SIGSTKFLT, &error));
  kvm_test_assert_error (error, KVM_ERROR_BUSY, "The kick signal is 12 since the first vCPU ran");
}

static void
test_signal_in_use (void)
{
  g_autoptr (GError) error = NULL;

  if (!g_test_subprocess ())
    {
      in_process (NULL);
      return;
    }

  signal (SIGSTKFLT, on_signal);
  signal (SIGPWR, on_signal);
  {
    g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (spin);

    g_assert_cmpint (kvm_vcpu_run (guest->vcpu, NULL, &error), ==, KVM_EXIT_REASON_ERROR);
    kvm_test_assert_error (error, KVM_ERROR_BUSY, "kvm_set_kick_signal ()");
  }
  signal (SIGPWR, SIG_DFL);
  kick_once ();
  g_assert_true (get_action (SIGSTKFLT).sa_handler == on_signal);
}

/* Each kick is followed by a return, whatever the guest is doing. */
typedef struct
{
  KvmTestGuest *guest;
  gint interruptions;
  gint stop;
} Storm;

static gpointer
storm_thread (gpointer data)
{
  Storm *self = data;

  while (!g_atomic_int_get (&self->stop))
    {
      g_autoptr (GError) error = NULL;
      KvmExitReason reason = kvm_vcpu_run (self->guest->vcpu, NULL, &error);

      g_assert_no_error (error);
      if (reason == KVM_EXIT_REASON_INTERRUPTED)
        g_atomic_int_inc (&self->interruptions);
      else
        g_assert_cmpint (reason, ==, KVM_TEST_REASON_IO);
    }
  return NULL;
}

static void
test_no_kick_is_lost (void)
{
  static const struct
  {
    const guint8 *code, *end;
  } guests[] = { { guest_spin, guest_spin_end }, { guest_chatter, guest_chatter_end } };

  for (guint g = 0; g < G_N_ELEMENTS (guests); g++)
    {
      g_autoptr (KvmTestGuest) guest = kvm_test_guest_new (guests[g].code, guests[g].end);
      Storm storm = { .guest = guest };
      GThread *thread = g_thread_new ("vcpu", storm_thread, &storm);

      for (guint i = 0; i < kvm_test_rounds (2000); i++)
        {
          kvm_vcpu_kick (guest->vcpu);
          while (g_atomic_int_get (&storm.interruptions) <= (gint) i) /* the alarm is the bound */
            g_thread_yield ();
        }
      g_atomic_int_set (&storm.stop, 1);
      kvm_vcpu_kick (guest->vcpu);
      g_thread_join (thread);
      g_assert_cmpuint (storm.interruptions, >=, kvm_test_rounds (2000));
    }
}

static void
test_close_while_running (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (spin);
  Run run = { .vcpu = guest->vcpu };
  GThread *thread = run_in_thread (&run);

  kvm_vcpu_close (guest->vcpu);
  g_thread_join (thread);
  g_assert_cmpint (run.reason, ==, KVM_EXIT_REASON_ERROR);
  kvm_test_assert_error (run.error, KVM_ERROR_CLOSED, "KVM_RUN on vCPU 0: it is closed");
  g_assert_cmpint (kvm_exit_get_reason (guest->exit), ==, KVM_EXIT_REASON_UNKNOWN);
}

static void
test_close_vm_while_running (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (spin);
  g_autoptr (GError) error = NULL;
  g_autoptr (KvmVcpu) second = kvm_vm_create_vcpu (guest->vm, 1, &error);
  Run runs[] = { { .vcpu = guest->vcpu }, { .vcpu = second } };
  GThread *threads[2];

  kvm_test_setup_vcpu (second, KVM_TEST_ENTRY, 0);
  g_assert_no_error (error);
  for (guint i = 0; i < 2; i++)
    threads[i] = run_in_thread (&runs[i]);
  kvm_vm_close (guest->vm);
  for (guint i = 0; i < 2; i++)
    {
      g_thread_join (threads[i]);
      g_assert_cmpint (runs[i].reason, ==, KVM_EXIT_REASON_ERROR);
      kvm_test_assert_error (runs[i].error, KVM_ERROR_CLOSED, "it is closed");
    }
}

/* While one thread asks, another closes, and a third opens what would get the same number if it
 * were free. The asker must never reach it. */
static gpointer
ask_thread (gpointer data)
{
  g_autoptr (GError) error = NULL;

  while (kvm_vm_check_extension (data, KVM_CAPABILITY_USER_MEMORY, &error) == 1)
    ;
  g_assert_error (error, KVM_ERROR, KVM_ERROR_CLOSED);
  return NULL;
}

static void
test_close_against_calls (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (KvmSystem) system = kvm_system_new (&error);

  for (guint i = 0; i < kvm_test_rounds (200); i++)
    {
      g_autoptr (KvmVm) vm = kvm_system_create_vm (system, &error);
      GThread *thread = g_thread_new ("asker", ask_thread, vm);
      int fd = kvm_vm_get_fd (vm);
      int other;

      g_usleep (i);
      kvm_vm_close (vm);
      other = dup (0);
      g_assert_cmpint (other, !=, fd);
      g_thread_join (thread);
      close (other);
    }
}

/* Whoever is looking at an exit does not notice that its vCPU is closed. */
static gpointer
look_thread (gpointer data)
{
  KvmTestGuest *guest = data;

  while (g_object_get_data (G_OBJECT (guest->vm), "stop") == NULL)
    {
      g_assert_cmphex (kvm_exit_get_address (guest->exit), ==, KVM_TEST_PORT (0x3f8));
      g_assert_cmpuint (kvm_exit_get_value (guest->exit), ==, 'H');
    }
  return NULL;
}

static void
test_close_against_looking (void)
{
  for (guint i = 0; i < kvm_test_rounds (100); i++)
    {
      g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (print);
      GThread *thread;

      kvm_test_run (guest, KVM_TEST_REASON_IO);
      thread = g_thread_new ("looker", look_thread, guest);
      g_usleep (i);
      kvm_vcpu_close (guest->vcpu);
      g_usleep (10);
      g_object_set_data (G_OBJECT (guest->vm), "stop", guest);
      g_thread_join (thread);
    }
}

static gpointer
close_thread (gpointer data)
{
  kvm_vcpu_close (data);
  return NULL;
}

static void
test_close_against_close (void)
{
  for (guint i = 0; i < kvm_test_rounds (100); i++)
    {
      g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (halt);
      GThread *thread = g_thread_new ("closer", close_thread, guest->vcpu);

      kvm_vm_close (guest->vm);
      g_thread_join (thread);
    }
}

/* Memory comes and goes while a guest runs. */
static void
test_slots_while_running (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (spin);
  g_autoptr (GError) error = NULL;
  g_autoptr (KvmMemory) memory = kvm_memory_new (0x10000, &error);
  Run run = { .vcpu = guest->vcpu };
  GThread *thread = run_in_thread (&run);

  for (guint i = 0; i < kvm_test_rounds (50); i++)
    {
      g_autoptr (KvmMemorySlot) slot = kvm_vm_add_memory (guest->vm, 0x100000, memory, 0, &error);

      g_assert_no_error (error);
      g_assert_true (kvm_memory_slot_remove (slot, &error));
    }
  kvm_vcpu_kick (guest->vcpu);
  g_thread_join (thread);
  g_assert_cmpint (run.reason, ==, KVM_EXIT_REASON_INTERRUPTED);
}

int
main (int argc, char **argv)
{
  kvm_test_init (&argc, &argv);
  kvm_test_add ("/threads/running", test_running);
  kvm_test_add ("/threads/short-calls", test_short_calls);
  kvm_test_add ("/threads/run-while-others-look", test_run_while_others_look);
  kvm_test_add ("/threads/kick-is-sticky", test_kick_is_sticky);
  kvm_test_add ("/threads/cancellable", test_cancellable);
  kvm_test_add ("/threads/cancelled-beforehand", test_cancelled_beforehand);
  kvm_test_add ("/threads/cancelled-again", test_cancelled_again);
  kvm_test_add ("/threads/dropped-by-cancelling", test_dropped_by_cancelling);
  kvm_test_add ("/threads/run-by-cancelling", test_run_by_cancelling);
  kvm_test_add ("/threads/cancellable-is-dropped", test_cancellable_is_dropped);
  kvm_test_add ("/threads/stray-signal", test_stray_signal);
  kvm_test_add ("/threads/foreign-signal", test_foreign_signal);
  kvm_test_add ("/threads/no-room-for-signals", test_kick_without_room_for_signals);
  g_test_add_func ("/threads/chosen-signal", test_chosen_signal);
  g_test_add_func ("/threads/signal-in-use", test_signal_in_use);
  kvm_test_add ("/threads/no-kick-is-lost", test_no_kick_is_lost);
  kvm_test_add ("/threads/close-while-running", test_close_while_running);
  kvm_test_add ("/threads/close-vm-while-running", test_close_vm_while_running);
  kvm_test_add ("/threads/close-against-calls", test_close_against_calls);
  kvm_test_add ("/threads/close-against-looking", test_close_against_looking);
  kvm_test_add ("/threads/close-against-close", test_close_against_close);
  kvm_test_add ("/threads/slots-while-running", test_slots_while_running);
  return g_test_run ();
}
