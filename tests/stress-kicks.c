/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* stress-kicks [N]: kicks guests N times from several threads, and measures how long each kick
 * takes until run () has returned, beside a bare signal to a thread in a bare KVM_RUN. Ends with 1
 * when a kick was lost. */

#include "kvm-test.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <linux/kvm.h>

#define N_DEFAULT 1000000
#define N_KICKERS 3
#define TURN 8      /* kicks of one thread before it is the next one's turn */
#define BATCH 64    /* kicks in one way before the next way; every fourth is a bare signal */
#define PATIENCE 20 /* seconds without a return after which a kick is lost */
/* µs before a kick, at random, so that it meets every moment of run () */
#define LONGEST_PAUSE 32
#define BARE_SIGNAL SIGUSR1

/* What the guest does meanwhile. */
typedef struct
{
  const char *name;
  const guint8 *code, *end;
  gboolean with_irqchip;
} Kind;

static const Kind kinds[] = {
  { "spinning", guest_spin, guest_spin_end, FALSE },
  { "halted", guest_halt, guest_halt_end, TRUE }, /* with interrupts off it halts for ever */
  { "exiting", guest_chatter, guest_chatter_end, FALSE },
};

typedef enum
{
  KICK,
  SIGNAL,
  N_WAYS
} Way;

static const char *const way_names[N_WAYS] = { "kick", "tgkill" };

/* How long kicks took, in ns. */
typedef struct
{
  guint *values;
  guint n;
} Samples;

typedef struct
{
  const Kind *kind;
  KvmTestGuest *guest;
  KvmTestGuest *bare_guest; /* made by the library, run without it */
  int bare_fd;
  const char *phase;
  guint n_kicks;
  Samples samples[N_WAYS]; /* of whose turn it is */

  /* Everybody's. A kick n was lost if no return n follows. */
  guint kicks;     /* that were begun */
  guint returns;   /* that were seen */
  gint64 returned; /* when the last of them was, in ns */
  pid_t tid;       /* of the thread that runs the guest */
  gint stop;
  guint turn;
  gboolean finished; /* what the watchdog waits for */
  GMutex lock;
  GCond changed;
} Stress;

static __thread volatile struct kvm_run *bare_run;

/* A bare signal that comes just before KVM_RUN must end it as well. */
static void
on_bare_signal (int signal_number)
{
  if (bare_run != NULL)
    bare_run->immediate_exit = 1;
}

static gint64
now (void)
{
  struct timespec time;

  clock_gettime (CLOCK_MONOTONIC, &time);
  return time.tv_sec * G_GINT64_CONSTANT (1000000000) + time.tv_nsec;
}

/* Who kicks and who runs agree on how kick @n is made. */
static Way
way_of (guint n)
{
  return n / BATCH % 4 == 3 ? SIGNAL : KICK;
}

/* Runs the guest until it is interrupted, with the library. */
static void
run_until_kicked (Stress *self)
{
  KvmExitReason reason;
  GError *error = NULL;

  do
    reason = kvm_vcpu_run (self->guest->vcpu, NULL, &error);
  while (reason == KVM_EXIT_REASON_IO);
  if (reason != KVM_EXIT_REASON_INTERRUPTED)
    g_error ("The %s guest stopped with %s", self->kind->name,
             error ? error->message : kvm_exit_to_string (self->guest->exit));
  if (kvm_exit_get_interruption (self->guest->exit) != KVM_INTERRUPTION_KICK)
    g_error ("The %s guest was interrupted, but not by a kick", self->kind->name);
}

/* The same without the library. */
static void
run_until_signalled (Stress *self)
{
  while (ioctl (self->bare_fd, KVM_RUN, 0) == 0)
    ;
  if (errno != EINTR)
    g_error ("KVM_RUN of the %s guest: %s", self->kind->name, g_strerror (errno));
  bare_run->immediate_exit = 0;
}

/* Returns in the order of the kicks: each kick waits for the return of the one before it. */
static gpointer
run_in_turns (gpointer data)
{
  Stress *self = data;

  bare_run
      = mmap (NULL, sysconf (_SC_PAGESIZE), PROT_READ | PROT_WRITE, MAP_SHARED, self->bare_fd, 0);
  if (bare_run == MAP_FAILED)
    g_error ("mmap () of the run page: %s", g_strerror (errno));
  __atomic_store_n (&self->tid, syscall (SYS_gettid), __ATOMIC_RELEASE);

  for (guint n = 0; n < self->n_kicks; n++)
    {
      gint64 returned;

      if (way_of (n) == KICK)
        run_until_kicked (self);
      else
        run_until_signalled (self);
      returned = now ();
      if (__atomic_load_n (&self->kicks, __ATOMIC_SEQ_CST) != n + 1)
        g_error ("The %s guest returned %u times, but only %u kicks were begun", self->kind->name,
                 n + 1, self->kicks);
      self->returned = returned;
      __atomic_store_n (&self->returns, n + 1, __ATOMIC_SEQ_CST);
    }

  munmap ((gpointer) bare_run, sysconf (_SC_PAGESIZE));
  return NULL;
}

static void
pause_at_random (GRand *rand)
{
  gint64 end = now () + g_rand_int_range (rand, 0, LONGEST_PAUSE * 1000);

  while (now () < end)
    ;
}

static void
kick_in_turn (Stress *self, guint n)
{
  Way way = way_of (n);
  Samples *samples = &self->samples[way];
  gint64 begun = now ();

  __atomic_store_n (&self->kicks, n + 1, __ATOMIC_SEQ_CST);
  if (way == KICK)
    kvm_vcpu_kick (self->guest->vcpu);
  else
    syscall (SYS_tgkill, getpid (), self->tid, BARE_SIGNAL);
  while (__atomic_load_n (&self->returns, __ATOMIC_SEQ_CST) == n)
    sched_yield ();
  samples->values[samples->n++] = self->returned - begun;
}

typedef struct
{
  Stress *stress;
  guint number;
} Kicker;

static gpointer
kick_in_turns (gpointer data)
{
  Kicker *kicker = data;
  Stress *self = kicker->stress;
  GRand *rand = g_rand_new_with_seed (kicker->number);

  while (__atomic_load_n (&self->tid, __ATOMIC_ACQUIRE) == 0)
    sched_yield ();

  g_mutex_lock (&self->lock);
  for (;;)
    {
      while (self->turn % N_KICKERS != kicker->number)
        g_cond_wait (&self->changed, &self->lock);
      if (self->turn * TURN >= self->n_kicks)
        break;
      g_mutex_unlock (&self->lock);
      for (guint n = self->turn * TURN; n < MIN ((self->turn + 1) * TURN, self->n_kicks); n++)
        {
          pause_at_random (rand);
          kick_in_turn (self, n);
        }
      g_mutex_lock (&self->lock);
      self->turn++;
      g_cond_broadcast (&self->changed);
    }
  self->turn++; /* the others are to see that it is over */
  g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->lock);

  g_rand_free (rand);
  return NULL;
}

/* Kicks that meet: there are fewer returns than kicks, but one after each. */
static gpointer
run_on (gpointer data)
{
  Stress *self = data;

  while (!g_atomic_int_get (&self->stop))
    {
      run_until_kicked (self);
      __atomic_add_fetch (&self->returns, 1, __ATOMIC_SEQ_CST);
    }
  return NULL;
}

static gpointer
kick_at_once (gpointer data)
{
  Kicker *kicker = data;
  Stress *self = kicker->stress;
  GRand *rand = g_rand_new_with_seed (kicker->number);

  while (__atomic_fetch_add (&self->kicks, 1, __ATOMIC_SEQ_CST) < self->n_kicks)
    {
      guint seen;

      pause_at_random (rand);
      seen = __atomic_load_n (&self->returns, __ATOMIC_SEQ_CST);
      kvm_vcpu_kick (self->guest->vcpu);
      while (__atomic_load_n (&self->returns, __ATOMIC_SEQ_CST) == seen)
        sched_yield ();
    }
  g_rand_free (rand);
  return NULL;
}

static gpointer
watch (gpointer data)
{
  Stress *self = data;
  guint seen, returns = 0;

  g_mutex_lock (&self->lock);
  do
    {
      gint64 end = g_get_monotonic_time () + PATIENCE * G_TIME_SPAN_SECOND;

      seen = returns;
      while (!self->finished && g_cond_wait_until (&self->changed, &self->lock, end))
        ;
      returns = __atomic_load_n (&self->returns, __ATOMIC_SEQ_CST);
    }
  while (!self->finished && returns != seen);

  if (!self->finished)
    {
      g_autoptr (GError) error = NULL;
      guint state;

      kvm_vcpu_get_raw_mp_state (self->guest->vcpu, &state, &error);
      fprintf (stderr,
               "A kick was lost: %s guest, %s, %u kicks begun, %u returns, the last way is a %s, "
               "the vCPU is %s\n",
               self->kind->name, self->phase, self->kicks, returns,
               way_names[way_of (self->kicks - 1)],
               g_error_matches (error, KVM_ERROR, KVM_ERROR_RUNNING) ? "running" : "not running");
      _exit (1);
    }
  g_mutex_unlock (&self->lock);
  return NULL;
}

/* One way in which several threads kick. */
static void
run_phase (Stress *self, const char *name, guint n_kicks, GThreadFunc run, GThreadFunc kick)
{
  GThread *runner, *watchdog, *threads[N_KICKERS];
  Kicker kickers[N_KICKERS];

  self->phase = name;
  self->n_kicks = n_kicks;
  self->kicks = self->returns = 0;
  self->finished = FALSE;

  watchdog = g_thread_new ("watchdog", watch, self);
  runner = g_thread_new ("vcpu", run, self);
  for (guint i = 0; i < N_KICKERS; i++)
    {
      kickers[i] = (Kicker){ self, i };
      threads[i] = g_thread_new ("kicker", kick, &kickers[i]);
    }
  for (guint i = 0; i < N_KICKERS; i++)
    g_thread_join (threads[i]);
  g_atomic_int_set (&self->stop, 1);
  if (run == run_on)
    kvm_vcpu_kick (self->guest->vcpu);
  g_thread_join (runner);

  g_mutex_lock (&self->lock);
  self->finished = TRUE;
  g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->lock);
  g_thread_join (watchdog);
}

static int
compare_values (gconstpointer a, gconstpointer b)
{
  return *(const guint *) a < *(const guint *) b ? -1 : *(const guint *) a > *(const guint *) b;
}

/* How long @part of the kicks took at most, in µs. */
static double
get_quantile (const Samples *samples, double part)
{
  return samples->values[(guint) (part * (samples->n - 1))] / 1000.0;
}

static void
print_samples (const Stress *self)
{
  for (guint way = 0; way < N_WAYS; way++)
    {
      const Samples *samples = &self->samples[way];

      qsort (samples->values, samples->n, sizeof *samples->values, compare_values);
      printf ("%-9s %-6s %8u %9.1f %9.1f %9.1f %9.1f %9.1f\n", self->kind->name, way_names[way],
              samples->n, get_quantile (samples, 0), get_quantile (samples, 0.5),
              get_quantile (samples, 0.9), get_quantile (samples, 0.99), get_quantile (samples, 1));
    }
  printf ("%-9s %-6s %8s %9s %9.2f %9.2f %9.2f\n", self->kind->name, "ratio", "", "",
          get_quantile (&self->samples[KICK], 0.5) / get_quantile (&self->samples[SIGNAL], 0.5),
          get_quantile (&self->samples[KICK], 0.9) / get_quantile (&self->samples[SIGNAL], 0.9),
          get_quantile (&self->samples[KICK], 0.99) / get_quantile (&self->samples[SIGNAL], 0.99));
  fflush (stdout);
}

/* Kicks a guest of one kind @n_kicks times. */
static void
stress (const Kind *kind, guint n_kicks)
{
  KvmTestGuest *(*make_guest) (const guint8 *, const guint8 *)
      = kind->with_irqchip ? kvm_test_guest_new_with_irqchip : kvm_test_guest_new;
  g_autoptr (KvmTestGuest) guest = make_guest (kind->code, kind->end);
  g_autoptr (KvmTestGuest) bare_guest = make_guest (kind->code, kind->end);
  Stress self = { .kind = kind, .guest = guest, .bare_guest = bare_guest };
  guint n_in_turns = 0, n = 0;

  /* One half one by one, and bare signals on top; the other half all at once. */
  while (n < n_kicks / 2)
    n += way_of (n_in_turns++) == KICK;
  for (guint way = 0; way < N_WAYS; way++)
    self.samples[way].values = g_new (guint, n_in_turns);
  self.bare_fd = kvm_vcpu_get_fd (bare_guest->vcpu);
  g_mutex_init (&self.lock);
  g_cond_init (&self.changed);

  run_phase (&self, "in turns", n_in_turns, run_in_turns, kick_in_turns);
  self.stop = 0;
  run_phase (&self, "at once", n_kicks - n_kicks / 2, run_on, kick_at_once);
  print_samples (&self);

  for (guint way = 0; way < N_WAYS; way++)
    g_free (self.samples[way].values);
  g_mutex_clear (&self.lock);
  g_cond_clear (&self.changed);
}

int
main (int argc, char **argv)
{
  struct sigaction action = { .sa_handler = on_bare_signal };
  guint64 n_kicks = N_DEFAULT;
  gint64 begun = now ();

  if (argc > 2
      || (argc == 2 && !g_ascii_string_to_unsigned (argv[1], 10, 1000, 100000000, &n_kicks, NULL)))
    {
      fprintf (stderr, "Usage: %s [N], of 1000 to 100000000 kicks\n", argv[0]);
      return 2;
    }
  sigaction (BARE_SIGNAL, &action, NULL);

  printf ("from a kick to the return, in µs\n%-9s %-6s %8s %9s %9s %9s %9s %9s\n", "guest", "way",
          "number", "min", "median", "90 %", "99 %", "max");
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    stress (&kinds[i],
            n_kicks * (i + 1) / G_N_ELEMENTS (kinds) - n_kicks * i / G_N_ELEMENTS (kinds));
  printf ("%" G_GUINT64_FORMAT " kicks in %.1f s, none lost\n", n_kicks, (now () - begun) / 1e9);
  return 0;
}
