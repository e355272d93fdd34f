/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Kicks under bad conditions: each ends a run, once, and no signal goes where it should not. What
 * a kick is stands in test-threads.c. */

#include "kvm-test.h"

#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define KICK_SIGNAL SIGSTKFLT /* unless the program chooses another */

/* A thread that runs a guest until it is told to stop, and counts what ended the runs. */
typedef struct
{
  KvmVcpu *vcpu;
  GCancellable *cancellable;
  guint *kicks_begun; /* if not NULL, there is one return for each kick, in their order */
  GThread *thread;
  pthread_t pthread;
  gint started;
  gint stop;
  gint kicks, cancellations, signals, exits;
  gint resets; /* of the cancellable */
} Runner;

static gpointer
runner_thread (gpointer data)
{
  Runner *self = data;
  KvmExit *exit = kvm_vcpu_get_exit (self->vcpu);

  self->pthread = pthread_self ();
  g_atomic_int_set (&self->started, 1);
  while (!g_atomic_int_get (&self->stop))
    {
      g_autoptr (GError) error = NULL;
      KvmExitReason reason = kvm_vcpu_run (self->vcpu, self->cancellable, &error);

      g_assert_no_error (error);
      if (reason != KVM_EXIT_REASON_INTERRUPTED)
        {
          g_assert_true (reason == KVM_TEST_REASON_IO || reason == KVM_EXIT_REASON_MMIO);
          g_atomic_int_inc (&self->exits);
          continue;
        }
      switch (kvm_exit_get_interruption (exit))
        {
        case KVM_INTERRUPTION_KICK:
          if (self->kicks_begun != NULL)
            g_assert_cmpint (self->kicks + 1, ==, g_atomic_int_get (self->kicks_begun));
          g_atomic_int_inc (&self->kicks);
          break;
        case KVM_INTERRUPTION_CANCELLED:
          g_atomic_int_inc (&self->cancellations);
          /* A cancellable must not be reset while it is used. */
          while (g_atomic_int_get (&self->resets) < self->cancellations)
            g_thread_yield ();
          break;
        case KVM_INTERRUPTION_SIGNAL:
          g_atomic_int_inc (&self->signals);
          break;
        default:
          g_assert_not_reached ();
        }
    }
  return NULL;
}

static void
runner_start (Runner *self)
{
  self->thread = g_thread_new ("vcpu", runner_thread, self);
  while (!g_atomic_int_get (&self->started))
    g_thread_yield ();
}

static void
runner_stop (Runner *self)
{
  g_atomic_int_set (&self->stop, 1);
  kvm_vcpu_kick (self->vcpu);
  g_thread_join (self->thread);
}

/* Until it changes; the alarm is the bound. A machine that has other things to do gets on with
 * them. */
static void
wait_for_more (gint *count, gint than)
{
  for (guint i = 0; g_atomic_int_get (count) <= than; i++)
    if (i < 100)
      g_thread_yield ();
    else
      g_usleep (100);
}

/* Busy for up to 16 µs, so that a kick meets every moment of run (). */
static void
pass_time (guint n)
{
  gint64 end = g_get_monotonic_time () + n % 17;

  while (g_get_monotonic_time () < end)
    ;
}

/* Kick by kick, each of which must end one run. */
static void
kick_one_by_one (Runner *self, guint *kicks_begun, guint n)
{
  for (guint i = 0; i < n; i++)
    {
      pass_time (i);
      g_atomic_int_inc ((gint *) kicks_begun);
      kvm_vcpu_kick (self->vcpu);
      wait_for_more (&self->kicks, i);
    }
}

static void
block_kick_signal (sigset_t *old)
{
  sigset_t set;

  sigemptyset (&set);
  sigaddset (&set, KICK_SIGNAL);
  g_assert_cmpint (pthread_sigmask (SIG_BLOCK, &set, old), ==, 0);
}

/* Whether a kick signal was sent to this thread, in which it is blocked. */
static gboolean
kick_signal_came (void)
{
  sigset_t pending;

  g_assert_cmpint (sigpending (&pending), ==, 0);
  return sigismember (&pending, KICK_SIGNAL);
}

/* A program that has blocked every signal in every thread before the library sees it. Only the kick
 * signal gets through, and only to the thread that runs. */
static gpointer
blocked_thread (gpointer data)
{
  sigset_t mask;

  runner_thread (data);
  pthread_sigmask (SIG_BLOCK, NULL, &mask);
  for (int i = 1; i < 32; i++)
    if (i != SIGKILL && i != SIGSTOP && i != SIGALRM)
      g_assert_cmpint (sigismember (&mask, i), ==, i != KICK_SIGNAL);
  return NULL;
}

static void
test_blocked_signals (void)
{
  sigset_t all;

  if (!g_test_subprocess ())
    {
      g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_INHERIT_STDERR);
      g_test_trap_assert_passed ();
      return;
    }

  sigfillset (&all);
  sigdelset (&all, SIGALRM); /* the bound on this program */
  pthread_sigmask (SIG_BLOCK, &all, NULL);
  {
    g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (spin);
    Runner runner = { .vcpu = guest->vcpu };

    runner.thread = g_thread_new ("vcpu", blocked_thread, &runner);
    kvm_test_wait_until_running (guest->vcpu);
    kvm_vcpu_kick (guest->vcpu);
    wait_for_more (&runner.kicks, 0);
    kvm_test_wait_until_running (guest->vcpu);
    runner_stop (&runner);
    g_assert_cmpint (runner.kicks, ==, 2);
  }
  g_assert_false (kick_signal_came ());
}

/* Other signals hit the thread all the time. */
static void
on_signal (int signal_number)
{
}

typedef struct
{
  Runner *runner;
  gint stop;
} Storm;

static gpointer
storm_thread (gpointer data)
{
  Storm *self = data;

  while (!g_atomic_int_get (&self->stop))
    {
      g_assert_cmpint (pthread_kill (self->runner->pthread, SIGUSR1), ==, 0);
      g_thread_yield ();
    }
  return NULL;
}

static void
kick_in_a_storm (KvmTestGuest *guest)
{
  struct sigaction action = { .sa_handler = on_signal }, old;
  guint kicks_begun = 0;
  Runner runner = { .vcpu = guest->vcpu, .kicks_begun = &kicks_begun };
  Storm storm = { .runner = &runner };
  GThread *thread;

  g_assert_cmpint (sigaction (SIGUSR1, &action, &old), ==, 0);
  runner_start (&runner);
  thread = g_thread_new ("storm", storm_thread, &storm);
  wait_for_more (&runner.signals, 0);
  kick_one_by_one (&runner, &kicks_begun, kvm_test_rounds (500));
  g_atomic_int_set (&storm.stop, 1);
  g_thread_join (thread);
  kicks_begun++;
  runner_stop (&runner);
  sigaction (SIGUSR1, &old, NULL);
}

static void
test_foreign_signals (void)
{
  g_autoptr (KvmTestGuest) spinning = KVM_TEST_GUEST (spin);
  g_autoptr (KvmTestGuest) exiting = KVM_TEST_GUEST (chatter);
  g_autoptr (KvmTestGuest) halted = kvm_test_guest_new_waiting ();

  kick_in_a_storm (spinning);
  kick_in_a_storm (exiting);
  kick_in_a_storm (halted);
}

/* A guest that exits all the time, so that many a kick comes while run () is leaving. */
static void
test_kick_while_leaving (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (chatter);
  guint kicks_begun = 0;
  Runner runner = { .vcpu = guest->vcpu, .kicks_begun = &kicks_begun };

  runner_start (&runner);
  wait_for_more (&runner.exits, 0);
  kick_one_by_one (&runner, &kicks_begun, kvm_test_rounds (3000));
  kicks_begun++;
  runner_stop (&runner);
  g_assert_cmpint (runner.signals, ==, 0);
}

/* Several threads kick at once: one return may be for several kicks, but none is for no kick. */
typedef struct
{
  Runner *runner;
  gint kicks;
} Kickers;

static gpointer
kicker_thread (gpointer data)
{
  Kickers *self = data;

  for (guint i = 0; i < kvm_test_rounds (1000); i++)
    {
      gint seen = g_atomic_int_get (&self->runner->kicks);

      g_atomic_int_inc (&self->kicks);
      kvm_vcpu_kick (self->runner->vcpu);
      wait_for_more (&self->runner->kicks, seen);
    }
  return NULL;
}

static void
test_kicks_at_once (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (chatter);
  Runner runner = { .vcpu = guest->vcpu };
  Kickers kickers = { .runner = &runner };
  GThread *threads[3];

  runner_start (&runner);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("kicker", kicker_thread, &kickers);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
  runner_stop (&runner);
  g_assert_cmpint (runner.kicks, <=, kickers.kicks + 1);
  g_assert_cmpint (runner.signals, ==, 0);
}

/* Threads that have the kick signal blocked, and look whether it was sent to them. */
typedef struct
{
  GMutex lock;
  GCond changed;
  gboolean kicked;
  gint started;
  gint tid; /* of the last that was started */
} Bystanders;

static gpointer
bystander_thread (gpointer data)
{
  Bystanders *self = data;

  g_atomic_int_set (&self->tid, syscall (SYS_gettid));
  g_mutex_lock (&self->lock);
  self->started++;
  g_cond_broadcast (&self->changed);
  while (!self->kicked)
    g_cond_wait (&self->changed, &self->lock);
  g_mutex_unlock (&self->lock);
  g_assert_false (kick_signal_came ());
  return NULL;
}

static GThread *
bystander_new (Bystanders *self)
{
  GThread *thread;
  gint n;

  g_mutex_lock (&self->lock);
  n = self->started;
  thread = g_thread_new ("bystander", bystander_thread, self);
  while (self->started == n)
    g_cond_wait (&self->changed, &self->lock);
  g_mutex_unlock (&self->lock);
  return thread;
}

static gpointer
run_once (gpointer data)
{
  Runner *self = data;
  g_autoptr (GError) error = NULL;

  g_atomic_int_set (&self->started, syscall (SYS_gettid));
  if (kvm_vcpu_run (self->vcpu, NULL, &error) == KVM_EXIT_REASON_INTERRUPTED)
    self->kicks++;
  g_assert_no_error (error);
  return NULL;
}

/* Lets the kernel give the next thread this tid. Only root may ask for that. */
static void
ask_for_tid (gint tid)
{
  int fd = open ("/proc/sys/kernel/ns_last_pid", O_WRONLY | O_CLOEXEC);

  if (fd == -1)
    return;
  dprintf (fd, "%d", tid - 1);
  close (fd);
}

/* A kick of a vCPU whose thread has ended waits for the next thread that runs it, and is sent to
 * nobody: not even to a thread that has got the tid of the one that has ended. */
static void
test_thread_has_ended (void)
{
  enum
  {
    N_BYSTANDERS = 64
  };
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (spin);
  GThread *bystanders[N_BYSTANDERS];
  Runner first = { .vcpu = guest->vcpu }, second = { .vcpu = guest->vcpu };
  Bystanders shared = { .kicked = FALSE };
  gboolean reused = FALSE;
  guint n = 0;
  sigset_t old;

  g_mutex_init (&shared.lock);
  g_cond_init (&shared.changed);
  block_kick_signal (&old);

  first.thread = g_thread_new ("vcpu", run_once, &first);
  kvm_test_wait_until_running (guest->vcpu);
  kvm_vcpu_kick (guest->vcpu);
  g_thread_join (first.thread);
  g_assert_cmpint (first.kicks, ==, 1);

  /* Other programs may be faster, so once is not enough. */
  while (n < N_BYSTANDERS && !reused)
    {
      ask_for_tid (first.started);
      bystanders[n++] = bystander_new (&shared);
      reused = g_atomic_int_get (&shared.tid) == first.started;
    }
  g_test_message ("%u threads, the last with %s tid", n, reused ? "the same" : "another");

  kvm_vcpu_kick (guest->vcpu);
  g_assert_false (kick_signal_came ());
  g_mutex_lock (&shared.lock);
  shared.kicked = TRUE;
  g_cond_broadcast (&shared.changed);
  g_mutex_unlock (&shared.lock);
  for (guint i = 0; i < n; i++)
    g_thread_join (bystanders[i]);

  second.thread = g_thread_new ("vcpu", run_once, &second);
  g_thread_join (second.thread);
  g_assert_cmpint (second.kicks, ==, 1);

  pthread_sigmask (SIG_SETMASK, &old, NULL);
  g_mutex_clear (&shared.lock);
  g_cond_clear (&shared.changed);
}

/* No signal stays behind in a thread that has left run (), whenever the kick came. */
static gpointer
late_signal_thread (gpointer data)
{
  struct timespec none = { 0, 0 };
  Runner *self = data;
  sigset_t set;

  sigemptyset (&set);
  sigaddset (&set, KICK_SIGNAL);
  g_atomic_int_set (&self->started, 1);
  while (!g_atomic_int_get (&self->stop))
    {
      g_autoptr (GError) error = NULL;
      KvmExitReason reason = kvm_vcpu_run (self->vcpu, NULL, &error);

      g_assert_no_error (error);
      pthread_sigmask (SIG_BLOCK, &set, NULL);
      if (reason == KVM_EXIT_REASON_INTERRUPTED)
        g_atomic_int_inc (&self->kicks);
      /* A kick after the return has nobody to signal, so whatever comes now is late. */
      g_assert_cmpint (sigtimedwait (&set, NULL, &none), ==, -1);
      pthread_sigmask (SIG_UNBLOCK, &set, NULL);
    }
  return NULL;
}

static void
test_no_late_signal (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (chatter);
  Runner runner = { .vcpu = guest->vcpu };

  runner.thread = g_thread_new ("vcpu", late_signal_thread, &runner);
  for (guint i = 0; i < kvm_test_rounds (1500); i++)
    {
      pass_time (i);
      kvm_vcpu_kick (guest->vcpu);
      wait_for_more (&runner.kicks, i);
    }
  runner_stop (&runner);
}

/* Cancelled in a run, between runs and beforehand, as it comes, and reset each time. */
static void
test_cancel_and_reset (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (chatter);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  Runner runner = { .vcpu = guest->vcpu, .cancellable = cancellable };

  runner_start (&runner);
  for (guint i = 0; i < kvm_test_rounds (1000); i++)
    {
      gint exits;

      g_cancellable_cancel (cancellable);
      wait_for_more (&runner.cancellations, i);
      g_cancellable_reset (cancellable);
      exits = g_atomic_int_get (&runner.exits);
      g_atomic_int_inc (&runner.resets);
      if (i % 2 == 0)
        {
          kvm_vcpu_kick (guest->vcpu);
          wait_for_more (&runner.kicks, i / 2);
        }
      wait_for_more (&runner.exits, exits + i % 3);
    }
  g_assert_cmpuint (runner.cancellations, ==, kvm_test_rounds (1000));
  g_assert_cmpuint (runner.kicks, ==, kvm_test_rounds (1000) / 2);
  g_assert_cmpint (runner.signals, ==, 0);
  runner_stop (&runner);
}

/* Many vCPUs, each with a thread that makes it, runs it, and lets go of it. */
typedef struct
{
  KvmTestGuest *guest;
  guint id;
  gboolean close; /* it is closed in its run, not kicked */
  KvmVcpu *vcpu;  /* set when it is there */
  gint exits;
} Guest;

static gpointer
come_and_go_thread (gpointer data)
{
  Guest *self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (KvmVcpu) vcpu = kvm_vm_create_vcpu (self->guest->vm, self->id, &error);
  KvmExitReason reason;

  g_assert_no_error (error);
  kvm_test_setup_vcpu (vcpu, KVM_TEST_ENTRY, 0);
  g_atomic_pointer_set (&self->vcpu, g_object_ref (vcpu));
  while ((reason = kvm_vcpu_run (vcpu, NULL, &error)) == KVM_TEST_REASON_IO)
    g_atomic_int_inc (&self->exits);
  if (self->close)
    {
      g_assert_cmpint (reason, ==, KVM_EXIT_REASON_ERROR);
      g_assert_error (error, KVM_ERROR, KVM_ERROR_CLOSED);
      return NULL;
    }
  g_assert_no_error (error);
  g_assert_cmpint (reason, ==, KVM_EXIT_REASON_INTERRUPTED);
  g_assert_cmpint (kvm_exit_get_interruption (kvm_vcpu_get_exit (vcpu)), ==, KVM_INTERRUPTION_KICK);
  kvm_vcpu_close (vcpu);
  return NULL;
}

static void
test_many_come_and_go (void)
{
  enum
  {
    N = 64,
    ROUNDS = 3
  };
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (chatter);
  /* An id is used once; with a GICv2 there are eight. */
  const int n_ids = kvm_vm_check_extension (guest->vm, KVM_CAPABILITY_MAX_VCPUS, NULL);
  const guint n = MIN (kvm_test_rounds (N), (guint) (n_ids - 1) / ROUNDS);

  g_assert_cmpuint (n, >, 0);
  for (guint round = 0; round < ROUNDS; round++)
    {
      Guest guests[N];
      GThread *threads[N];

      for (guint i = 0; i < n; i++)
        {
          guests[i] = (Guest){ guest, 1 + round * n + i, i % 4 == 3, NULL, 0 };
          threads[i] = g_thread_new ("vcpu", come_and_go_thread, &guests[i]);
        }
      for (guint i = 0; i < n; i++)
        {
          wait_for_more (&guests[i].exits, 0); /* it runs */
          if (guests[i].close)
            kvm_vcpu_close (guests[i].vcpu);
          else
            kvm_vcpu_kick (guests[i].vcpu);
        }
      for (guint i = 0; i < n; i++)
        {
          g_thread_join (threads[i]);
          g_object_unref (guests[i].vcpu);
        }
    }
}

static guint16
read_word (KvmMemory *memory, guint64 offset)
{
  return g_atomic_int_get ((gint *) ((guint8 *) kvm_memory_get_pointer (memory) + offset));
}

/* One vCPU reads and writes memory that stays, another memory that comes and goes: it has MMIO
 * there in between. */
static void
test_slots_come_and_go (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (twins);
  g_autoptr (GError) error = NULL;
  g_autoptr (KvmMemory) memory = kvm_memory_new (0x1000, &error);
  g_autoptr (KvmMemory) others = kvm_memory_new (0x10000, &error);
  g_autoptr (KvmVcpu) second = kvm_vm_create_vcpu (guest->vm, 1, &error);
  Runner runners[] = { { .vcpu = guest->vcpu }, { .vcpu = second } };

  g_assert_no_error (error);
  kvm_memory_write (guest->memory, 0x1800, guest_bump, guest_bump_end - guest_bump, &error);
  g_assert_no_error (error);
  kvm_test_setup_vcpu (guest->vcpu, KVM_TEST_ENTRY, 0x2000);
  kvm_test_setup_vcpu (second, 0x1800, 0x9000);
  for (guint i = 0; i < G_N_ELEMENTS (runners); i++)
    runner_start (&runners[i]);

  for (guint i = 0; i < kvm_test_rounds (50); i++)
    {
      g_autoptr (KvmMemorySlot) slot = NULL;
      g_autoptr (KvmMemorySlot) other = NULL;
      guint16 word;
      gint exits;

      slot = kvm_vm_add_memory (guest->vm, 0x9000, memory, KVM_MEMORY_SLOT_FLAGS_NONE, &error);
      g_assert_no_error (error);
      other = kvm_vm_add_memory (guest->vm, 0x100000, others, i % 2, &error);
      g_assert_no_error (error);
      word = read_word (memory, 0);
      while (read_word (memory, 0) == word)
        g_thread_yield ();

      g_assert_true (kvm_memory_slot_remove (slot, &error));
      g_assert_true (kvm_memory_slot_remove (other, &error));
      word = read_word (memory, 0);
      exits = g_atomic_int_get (&runners[1].exits);
      wait_for_more (&runners[1].exits, exits + 1);
      g_assert_cmpuint (read_word (memory, 0), ==, word); /* it is out of reach */

      word = read_word (guest->memory, 0x2000);
      while (read_word (guest->memory, 0x2000) == word)
        g_thread_yield ();
    }

  for (guint i = 0; i < G_N_ELEMENTS (runners); i++)
    runner_stop (&runners[i]);
}

/* One that is pending and that the thread blocks ends the run if the vCPU's mask has it not. */
static void
test_signal_mask (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (print);
  const struct timespec no_time = { 0 };
  g_autoptr (GError) error = NULL;
  sigset_t set;

  sigemptyset (&set);
  sigaddset (&set, SIGUSR1);
  sigprocmask (SIG_BLOCK, &set, NULL);
  raise (SIGUSR1);
  kvm_test_run (guest, KVM_TEST_REASON_IO);

  g_assert_true (
      kvm_vcpu_set_signal_mask (guest->vcpu, ~(G_GUINT64_CONSTANT (1) << (SIGUSR1 - 1)), &error));
  g_assert_no_error (error);
  for (guint i = 0; i < 3; i++)
    {
      kvm_test_run (guest, KVM_EXIT_REASON_INTERRUPTED);
      g_assert_cmpuint (kvm_exit_get_interruption (guest->exit), ==, KVM_INTERRUPTION_SIGNAL);
    }
  g_assert_true (kvm_vcpu_set_signal_mask (guest->vcpu, G_MAXUINT64, &error));
  kvm_test_run (guest, KVM_TEST_REASON_IO);
  g_assert_true (kvm_vcpu_set_signal_mask (guest->vcpu, 0, &error));
  kvm_test_run (guest, KVM_EXIT_REASON_INTERRUPTED);
  g_assert_true (kvm_vcpu_unset_signal_mask (guest->vcpu, &error));
  kvm_test_run_to_halt (guest);

  g_assert_cmpint (sigtimedwait (&set, NULL, &no_time), ==, SIGUSR1); /* it was pending */
  sigprocmask (SIG_UNBLOCK, &set, NULL);
}

static gpointer
kick_thread (gpointer data)
{
  kvm_test_wait_until_running (data);
  kvm_vcpu_kick (data);
  return NULL;
}

/* A mask of everything does not keep kicks away. */
static void
test_signal_mask_of_all (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (spin);
  g_autoptr (GError) error = NULL;

  g_assert_true (kvm_vcpu_set_signal_mask (guest->vcpu, G_MAXUINT64, &error));
  g_assert_no_error (error);
  for (guint i = 0; i < 5; i++)
    {
      GThread *thread = g_thread_new ("kick", kick_thread, guest->vcpu);

      kvm_test_run (guest, KVM_EXIT_REASON_INTERRUPTED);
      g_assert_cmpuint (kvm_exit_get_interruption (guest->exit), ==, KVM_INTERRUPTION_KICK);
      g_thread_join (thread);
    }
}

int
main (int argc, char **argv)
{
  kvm_test_init (&argc, &argv);
  g_test_add_func ("/kick/blocked-signals", test_blocked_signals);
  kvm_test_add ("/kick/foreign-signals", test_foreign_signals);
  kvm_test_add ("/kick/while-leaving", test_kick_while_leaving);
  kvm_test_add ("/kick/at-once", test_kicks_at_once);
  kvm_test_add ("/kick/thread-has-ended", test_thread_has_ended);
  kvm_test_add ("/kick/no-late-signal", test_no_late_signal);
  kvm_test_add ("/kick/cancel-and-reset", test_cancel_and_reset);
  kvm_test_add ("/kick/many-come-and-go", test_many_come_and_go);
  kvm_test_add ("/kick/slots-come-and-go", test_slots_come_and_go);
  kvm_test_add ("/kick/signal-mask", test_signal_mask);
  kvm_test_add ("/kick/signal-mask-of-all", test_signal_mask_of_all);
  return g_test_run ();
}
