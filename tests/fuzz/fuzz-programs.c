/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* fuzz-programs [PROGRAMS [SEED]]: programs at random that make, use, close and drop objects in
 * several threads at once, on whatever is /dev/kvm. Each has the next seed, and with it does the
 * same in each thread, though not at the same moment. Nothing may end the process or hang; what
 * fails says why; and after each program everything is gone. */

#include "../footprint.h"
#include "../kvm-test.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define N_DEFAULT 10000
#define N_THREADS 3
#define N_STEPS 60   /* of each thread */
#define N_OBJECTS 4  /* of each kind that the threads share */
#define TICK 1000    /* µs between the kicks that end whatever runs */
#define PATIENCE 60  /* seconds for one program */
#define GIVE_UP 5000 /* ms until threads of the library's have ended */

typedef enum
{
  VM,
  VCPU,
  SLOT,
  DEVICE,
  DOORBELL,
  TRIGGER,
  DIRTY_LOG,
  N_KINDS
} Kind;

typedef struct
{
  guint seed;
  KvmSystem *system;
  GCancellable *cancellable;
  GMutex lock;                          /* for the following */
  GObject *objects[N_KINDS][N_OBJECTS]; /* owned; NULL where there is none */
  guint n_running;                      /* threads */
  GCond changed;
} Program;

/* One thread of it. What waits is here, so that it can be made to stop. */
typedef struct
{
  Program *program;
  GRand *rand;
  KvmVcpu *vcpu; /* with the program's lock; owned by the stack of the thread, like the next */
  KvmRunner *runner;
  gboolean is_done; /* an operation in the background */
} Worker;

static gint n_calls, n_failures;

static guint
pick (Worker *self, guint n)
{
  return g_rand_int_range (self->rand, 0, n);
}

/* Counts a call. One that failed says why, and in the library's words or GIO's. */
static void
check (gboolean ok, GError **error)
{
  g_atomic_int_inc (&n_calls);
  if (ok)
    {
      g_assert_no_error (*error);
      return;
    }
  g_atomic_int_inc (&n_failures);
  g_assert_nonnull (*error);
  g_assert_true ((*error)->domain == KVM_ERROR
                 || g_error_matches (*error, G_IO_ERROR, G_IO_ERROR_CANCELLED));
  g_assert_true (*(*error)->message != '\0');
  g_clear_error (error);
}

/* A reference, or NULL. */
static gpointer
ref_any (Worker *self, Kind kind)
{
  Program *program = self->program;
  guint first = pick (self, N_OBJECTS);
  GObject *object = NULL;

  g_mutex_lock (&program->lock);
  for (guint i = 0; object == NULL && i < N_OBJECTS; i++)
    object = program->objects[kind][(first + i) % N_OBJECTS];
  if (object != NULL)
    g_object_ref (object);
  g_mutex_unlock (&program->lock);
  return object;
}

/* Takes the object over, and drops what was in its place. */
static void
put (Worker *self, Kind kind, gpointer object)
{
  Program *program = self->program;
  guint index = pick (self, N_OBJECTS);
  GObject *old;

  g_mutex_lock (&program->lock);
  old = program->objects[kind][index];
  program->objects[kind][index] = object;
  g_mutex_unlock (&program->lock);
  g_clear_object (&old);
}

static void
set_waiting (Worker *self, KvmVcpu *vcpu, KvmRunner *runner)
{
  g_mutex_lock (&self->program->lock);
  self->vcpu = vcpu;
  self->runner = runner;
  g_mutex_unlock (&self->program->lock);
}

static guint64
pick_address (Worker *self)
{
  static const guint64 addresses[]
      = { 0, 0x1000, 0x8000, 0x10000, 0xfffff000, G_GUINT64_CONSTANT (0xfffffffffffff000) };

  return addresses[pick (self, G_N_ELEMENTS (addresses))];
}

/* What a program does. */

static void
create_vm (Worker *self)
{
  g_autoptr (GError) error = NULL;
  KvmVm *vm = kvm_system_create_vm (self->program->system, &error);

  check (vm != NULL, &error);
  if (vm != NULL && pick (self, 2) == 0)
    {
      int fd = kvm_vm_dup_fd (vm, &error);

      g_object_unref (vm);
      check (fd != -1, &error);
      vm = kvm_vm_new_take_fd (self->program->system, fd, &error);
      check (vm != NULL, &error);
      if (vm == NULL)
        close (fd);
    }
  put (self, VM, vm);
}

static void
create_vcpu (Worker *self)
{
  g_autoptr (KvmVm) vm = ref_any (self, VM);
  g_autoptr (GError) error = NULL;
  KvmVcpu *vcpu;

  if (vm == NULL)
    return;
  vcpu = kvm_vm_create_vcpu (vm, pick (self, 3), &error);
  check (vcpu != NULL, &error);
  if (vcpu == NULL)
    return;
  check (kvm_vcpu_x86_setup_real_mode (vcpu, KVM_TEST_ENTRY, &error), &error);
  put (self, VCPU, vcpu);
}

static void
add_memory (Worker *self)
{
  static const struct
  {
    const guint8 *code, *end;
  } guests[] = {
    { guest_halt, guest_halt_end },     { guest_print, guest_print_end },
    { guest_spin, guest_spin_end },     { guest_chatter, guest_chatter_end },
    { guest_listen, guest_listen_end }, { guest_mmio, guest_mmio_end },
    { guest_string, guest_string_end },
  };
  guint guest = pick (self, G_N_ELEMENTS (guests));
  g_autoptr (KvmVm) vm = ref_any (self, VM);
  g_autoptr (KvmMemory) memory = NULL;
  g_autoptr (GError) error = NULL;
  KvmMemorySlot *slot;

  if (vm == NULL)
    return;
  memory = pick (self, 2) == 0 ? kvm_memory_new (0x8000, &error)
                               : kvm_memory_new_memfd (0x8000, &error);
  check (memory != NULL, &error);
  check (kvm_memory_write (memory, KVM_TEST_ENTRY, guests[guest].code,
                           guests[guest].end - guests[guest].code, &error),
         &error);
  slot = kvm_vm_add_memory (vm, pick (self, 3) != 0 ? 0 : pick_address (self), memory,
                            pick (self, 4), &error);
  check (slot != NULL, &error);
  if (slot != NULL)
    put (self, SLOT, slot);
}

static void
change_slot (Worker *self)
{
  g_autoptr (KvmMemorySlot) slot = ref_any (self, SLOT);
  g_autoptr (GError) error = NULL;

  if (slot == NULL)
    return;
  switch (pick (self, 3))
    {
    case 0:
      check (kvm_memory_slot_remove (slot, &error), &error);
      break;
    case 1:
      check (kvm_memory_slot_move (slot, pick_address (self), &error), &error);
      break;
    default:
      check (kvm_memory_slot_set_flags (slot, pick (self, 4), &error), &error);
    }
  kvm_memory_slot_get_number (slot);
}

static void
access_memory (Worker *self)
{
  static const guint8 data[16] = { 0xf4 };
  g_autoptr (KvmVm) vm = ref_any (self, VM);
  g_autoptr (GError) error = NULL;
  guint8 buffer[16];

  if (vm == NULL)
    return;
  check (kvm_vm_read_memory (vm, pick_address (self), buffer, sizeof buffer, &error), &error);
  check (kvm_vm_write_memory (vm, pick_address (self) + 0x800, data, sizeof data, &error), &error);
}

static void
run (Worker *self)
{
  g_autoptr (KvmVcpu) vcpu = ref_any (self, VCPU);
  GCancellable *cancellable = pick (self, 4) == 0 ? self->program->cancellable : NULL;

  if (vcpu == NULL)
    return;
  set_waiting (self, vcpu, NULL);
  for (guint i = 0; i < 8; i++)
    {
      g_autoptr (GError) error = NULL;
      KvmExitReason reason = kvm_vcpu_run (vcpu, cancellable, &error);

      check (reason != KVM_EXIT_REASON_ERROR, &error);
      if (reason != KVM_EXIT_REASON_IO && reason != KVM_EXIT_REASON_MMIO)
        break;
    }
  set_waiting (self, NULL, NULL);
}

static void
on_run (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Worker *self = user_data;
  g_autoptr (GError) error = NULL;

  check (kvm_vcpu_run_finish (KVM_VCPU (source), result, &error) != KVM_EXIT_REASON_ERROR, &error);
  self->is_done = TRUE;
}

static void
wait_until_done (Worker *self)
{
  while (!self->is_done)
    g_main_context_iteration (g_main_context_get_thread_default (), TRUE);
  set_waiting (self, NULL, NULL);
}

static void
run_async (Worker *self)
{
  g_autoptr (KvmVcpu) vcpu = ref_any (self, VCPU);

  if (vcpu == NULL)
    return;
  self->is_done = FALSE;
  set_waiting (self, vcpu, NULL);
  kvm_vcpu_run_async (vcpu, pick (self, 4) == 0 ? self->program->cancellable : NULL, on_run, self);
  wait_until_done (self);
}

static gboolean
on_runner_exit (KvmRunner *runner, KvmRunnerExit *token, Worker *self)
{
  g_autoptr (GError) error = NULL;

  /* Nobody answers, it is dropped, or completed. */
  if (pick (self, 4) == 0)
    return FALSE;
  if (pick (self, 4) != 0)
    check (kvm_runner_exit_complete (token, &error), &error);
  return TRUE;
}

static void
on_runner (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Worker *self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (KvmExit) exit G_GNUC_UNUSED
      = kvm_runner_run_finish (KVM_RUNNER (source), result, &error);

  if (error != NULL)
    check (FALSE, &error);
  self->is_done = TRUE;
}

static void
run_runner (Worker *self)
{
  g_autoptr (KvmVm) vm = ref_any (self, VM);
  g_autoptr (KvmRunner) runner = NULL;
  g_autoptr (GError) error = NULL;

  if (vm == NULL)
    return;
  runner = kvm_runner_new (vm);
  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (KvmVcpu) vcpu = ref_any (self, VCPU);

      if (vcpu != NULL)
        check (kvm_runner_add_vcpu (runner, vcpu, &error), &error);
    }
  g_signal_connect (runner, "exit", G_CALLBACK (on_runner_exit), self);
  self->is_done = FALSE;
  set_waiting (self, NULL, runner);
  kvm_runner_run_async (runner, NULL, on_runner, self);
  if (pick (self, 2) == 0)
    {
      kvm_runner_pause (runner);
      kvm_runner_resume (runner);
    }
  if (pick (self, 4) == 0)
    kvm_runner_stop (runner);
  wait_until_done (self);
  g_signal_handlers_disconnect_by_data (runner, self);
}

static void
kick (Worker *self)
{
  g_autoptr (KvmVcpu) vcpu = ref_any (self, VCPU);

  if (vcpu != NULL)
    kvm_vcpu_kick (vcpu);
}

static void
cancel (Worker *self)
{
  if (pick (self, 2) == 0)
    g_cancellable_cancel (self->program->cancellable);
}

static void
close_any (Worker *self)
{
  g_autoptr (KvmVcpu) vcpu = NULL;
  g_autoptr (KvmVm) vm = NULL;

  if (pick (self, 2) == 0)
    {
      vcpu = ref_any (self, VCPU);
      if (vcpu != NULL)
        kvm_vcpu_close (vcpu);
      return;
    }
  vm = ref_any (self, VM);
  if (vm != NULL)
    kvm_vm_close (vm);
}

static void
drop_any (Worker *self)
{
  put (self, pick (self, N_KINDS), NULL);
}

static void
use_registers (Worker *self)
{
  g_autoptr (KvmVcpu) vcpu = ref_any (self, VCPU);
  g_autoptr (GError) error = NULL;
  KvmX86Regs regs;
  KvmX86Sregs sregs;
  guint state;
  gboolean ok;

  if (vcpu == NULL)
    return;
  ok = kvm_vcpu_x86_get_regs (vcpu, &regs, &error);
  check (ok, &error);
  if (ok)
    {
      regs.rip = KVM_TEST_ENTRY;
      check (kvm_vcpu_x86_set_regs (vcpu, &regs, &error), &error);
    }
  ok = kvm_vcpu_x86_get_sregs (vcpu, &sregs, &error);
  check (ok, &error);
  if (ok)
    check (kvm_vcpu_x86_set_sregs (vcpu, &sregs, &error), &error);
  check (kvm_vcpu_get_raw_mp_state (vcpu, &state, &error), &error);
  check (kvm_vcpu_complete_pending (vcpu, &error) != KVM_EXIT_REASON_ERROR, &error);
}

static void
use_exit (Worker *self)
{
  g_autoptr (KvmVcpu) vcpu = ref_any (self, VCPU);
  g_autofree char *string = NULL;
  g_autofree char *copy_string = NULL;
  g_autoptr (KvmExit) copy = NULL;
  g_autoptr (GError) error = NULL;

  if (vcpu == NULL)
    return;
  string = kvm_exit_to_string (kvm_vcpu_get_exit (vcpu));
  copy = kvm_exit_copy (kvm_vcpu_get_exit (vcpu), &error);
  check (copy != NULL, &error);
  copy_string = kvm_exit_to_string (copy);
}

static void
save_and_restore (Worker *self)
{
  g_autoptr (KvmVcpu) vcpu = ref_any (self, VCPU);
  g_autoptr (KvmVm) vm = ref_any (self, VM);
  g_autoptr (GVariant) state = NULL;
  g_autoptr (GVariant) vm_state = NULL;
  g_autoptr (GError) error = NULL;

  if (vcpu == NULL || vm == NULL)
    return;
  state = kvm_vcpu_save_state (vcpu, &error);
  check (state != NULL, &error);
  if (state != NULL)
    check (kvm_vcpu_restore_state (vcpu, state, &error), &error);
  vm_state = kvm_vm_save_state (vm, NULL, &error);
  check (vm_state != NULL, &error);
  if (vm_state != NULL)
    check (kvm_vm_restore_state (vm, vm_state, &error), &error);
}

static void
add_device (Worker *self)
{
  g_autoptr (KvmVm) vm = ref_any (self, VM);
  g_autoptr (GError) error = NULL;
  KvmIoDevice *device = NULL;

  if (vm == NULL)
    return;
  switch (pick (self, 3))
    {
    case 0:
      device = KVM_IO_DEVICE (kvm_serial_new (NULL));
      break;
    case 1:
      device = KVM_IO_DEVICE (kvm_debug_exit_new ());
      break;
    default:
      device = KVM_IO_DEVICE (kvm_rtc_new ());
    }
  check (kvm_io_bus_add_device (
             kvm_vm_get_io_bus (vm), pick (self, 2), pick (self, 3) * 0x60, 0x60, device,
             pick (self, 4) == 0 ? KVM_IO_DEVICE_FLAGS_SAME_THREAD : KVM_IO_DEVICE_FLAGS_NONE,
             &error),
         &error);
  put (self, DEVICE, device);
}

static void
remove_device (Worker *self)
{
  g_autoptr (KvmVm) vm = ref_any (self, VM);
  g_autoptr (KvmIoDevice) device = ref_any (self, DEVICE);

  if (vm != NULL && device != NULL)
    kvm_io_bus_remove_device (kvm_vm_get_io_bus (vm), device);
}

static void
add_doorbell (Worker *self)
{
  g_autoptr (KvmVm) vm = ref_any (self, VM);
  g_autoptr (GError) error = NULL;
  KvmDoorbell *doorbell;

  if (vm == NULL)
    return;
  doorbell = kvm_vm_add_doorbell (vm, pick (self, 2), pick (self, 4) * 0x20 + 1, 1, &error);
  check (doorbell != NULL, &error);
  if (doorbell != NULL)
    put (self, DOORBELL, doorbell);
}

static void
use_doorbell (Worker *self)
{
  g_autoptr (KvmDoorbell) doorbell = ref_any (self, DOORBELL);
  g_autoptr (GError) error = NULL;

  if (doorbell == NULL)
    return;
  kvm_doorbell_get_count (doorbell);
  if (pick (self, 2) == 0)
    check (kvm_doorbell_remove (doorbell, &error), &error);
}

static void
add_trigger (Worker *self)
{
  g_autoptr (KvmVm) vm = ref_any (self, VM);
  g_autoptr (GError) error = NULL;
  KvmIrqTrigger *trigger;

  if (vm == NULL)
    return;
  if (pick (self, 2) == 0)
    check (kvm_vm_create_irqchip (vm, &error), &error);
  trigger = kvm_vm_add_irq_trigger (vm, pick (self, 24), pick (self, 2) * 2, &error);
  check (trigger != NULL, &error);
  if (trigger != NULL)
    put (self, TRIGGER, trigger);
}

static void
use_trigger (Worker *self)
{
  g_autoptr (KvmIrqTrigger) trigger = ref_any (self, TRIGGER);
  g_autoptr (GError) error = NULL;

  if (trigger == NULL)
    return;
  check (kvm_irq_trigger_raise (trigger, &error), &error);
  if (pick (self, 2) == 0)
    check (kvm_irq_trigger_remove (trigger, &error), &error);
}

static void
take_write (KvmIoSpace space, guint64 address, guint size, guint64 value, gpointer user_data)
{
}

static void
coalesce (Worker *self)
{
  g_autoptr (KvmVm) vm = ref_any (self, VM);
  g_autoptr (GError) error = NULL;

  if (vm == NULL)
    return;
  switch (pick (self, 3))
    {
    case 0:
      check (kvm_vm_add_coalesced_zone (vm, pick (self, 2), 0x60, 8, &error), &error);
      break;
    case 1:
      check (kvm_vm_remove_coalesced_zone (vm, pick (self, 2), 0x60, 8, &error), &error);
      break;
    default:
      check (kvm_vm_drain_coalesced (vm, take_write, NULL, &error) >= 0, &error);
    }
}

static void
use_stats (Worker *self)
{
  g_autoptr (KvmVm) vm = ref_any (self, VM);
  g_autoptr (KvmVcpu) vcpu = ref_any (self, VCPU);
  g_autoptr (KvmStats) stats = NULL;
  g_autoptr (GError) error = NULL;

  if (vm == NULL || vcpu == NULL)
    return;
  stats = pick (self, 2) == 0 ? kvm_vm_get_stats (vm, &error) : kvm_vcpu_get_stats (vcpu, &error);
  check (stats != NULL, &error);
  if (stats != NULL)
    check (kvm_stats_update (stats, &error), &error);
}

static void
create_dirty_log (Worker *self)
{
  g_autoptr (KvmVm) vm = ref_any (self, VM);
  g_autoptr (GError) error = NULL;
  KvmDirtyLog *log;

  if (vm == NULL)
    return;
  if (pick (self, 3) == 0)
    check (kvm_vm_enable_dirty_ring (vm, 4096, &error), &error);
  if (pick (self, 3) == 0)
    check (kvm_vm_enable_manual_dirty_log (vm, pick (self, 2), &error), &error);
  log = kvm_vm_create_dirty_log (vm, &error);
  check (log != NULL, &error);
  if (log != NULL)
    put (self, DIRTY_LOG, log);
}

static void
use_dirty_log (Worker *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (KvmDirtyLog) log = ref_any (self, DIRTY_LOG);

  if (log != NULL)
    check (pick (self, 2) == 0 ? kvm_dirty_log_collect (log, &error)
                               : kvm_dirty_log_peek (log, &error),
           &error);
}

/* What is there twice is done twice as often. */
static void (*const steps[]) (Worker *) = {
  create_vm,   create_vcpu,   create_vcpu,  add_memory,    add_memory,       change_slot,
  run,         run,           run,          run_async,     run_runner,       kick,
  cancel,      close_any,     drop_any,     drop_any,      use_registers,    use_exit,
  add_device,  remove_device, add_doorbell, use_doorbell,  save_and_restore, add_trigger,
  use_trigger, coalesce,      use_stats,    access_memory, create_dirty_log, use_dirty_log,
};

static gpointer
work (gpointer data)
{
  Worker *self = data;
  Program *program = self->program;
  g_autoptr (GMainContext) context = g_main_context_new ();

  g_main_context_push_thread_default (context);
  for (guint i = 0; i < N_STEPS; i++)
    steps[pick (self, G_N_ELEMENTS (steps))](self);
  while (g_main_context_iteration (context, FALSE))
    ;
  g_main_context_pop_thread_default (context);

  g_mutex_lock (&program->lock);
  program->n_running--;
  g_cond_signal (&program->changed);
  g_mutex_unlock (&program->lock);
  return NULL;
}

/* Whatever runs is made to stop, and what does not stop is reported. */
static void
keep_going (Program *self, Worker *workers)
{
  gint64 begun = g_get_monotonic_time ();

  g_mutex_lock (&self->lock);
  while (self->n_running > 0)
    {
      gint64 now = g_get_monotonic_time ();

      for (guint i = 0; i < N_THREADS; i++)
        {
          if (workers[i].vcpu != NULL)
            kvm_vcpu_kick (workers[i].vcpu);
          if (workers[i].runner != NULL)
            kvm_runner_stop (workers[i].runner);
        }
      if (now - begun > PATIENCE * G_TIME_SPAN_SECOND)
        g_error ("The program with the seed %u hangs", self->seed);
      g_cond_wait_until (&self->changed, &self->lock, now + TICK);
    }
  g_mutex_unlock (&self->lock);
}

static void
run_program (guint seed)
{
  Program self = { .seed = seed, .n_running = N_THREADS };
  g_autoptr (GError) error = NULL;
  Worker workers[N_THREADS];
  GThread *threads[N_THREADS];

  self.system = kvm_system_new (&error);
  g_assert_no_error (error);
  self.cancellable = g_cancellable_new ();
  g_mutex_init (&self.lock);
  g_cond_init (&self.changed);

  for (guint i = 0; i < N_THREADS; i++)
    workers[i] = (Worker){ .program = &self, .rand = g_rand_new_with_seed (seed * N_THREADS + i) };
  for (guint i = 0; i < N_THREADS; i++)
    threads[i] = g_thread_new ("fuzz", work, &workers[i]);
  keep_going (&self, workers);
  for (guint i = 0; i < N_THREADS; i++)
    {
      g_thread_join (threads[i]);
      g_rand_free (workers[i].rand);
    }

  for (guint kind = 0; kind < N_KINDS; kind++)
    for (guint i = 0; i < N_OBJECTS; i++)
      g_clear_object (&self.objects[kind][i]);
  g_clear_object (&self.cancellable);
  g_clear_object (&self.system);
  g_mutex_clear (&self.lock);
  g_cond_clear (&self.changed);
}

/* The vCPUs' own threads end by themselves. */
static void
assert_nothing_left (const Footprint *before, guint seed)
{
  Footprint after;

  for (guint i = 0; i < GIVE_UP; i++)
    {
      footprint_take (&after);
      if (after.fds <= before->fds && after.threads <= before->threads)
        return;
      g_usleep (1000);
    }
  footprint_print (before, "before");
  footprint_print (&after, "after");
  g_error ("The program with the seed %u leaves something behind", seed);
}

int
main (int argc, char **argv)
{
  guint64 n = argc > 1 ? g_ascii_strtoull (argv[1], NULL, 10) : N_DEFAULT;
  guint seed = argc > 2 ? strtoul (argv[2], NULL, 10) : 1;
  gint64 begun = g_get_monotonic_time ();
  Footprint before;

  if (argc > 3 || n == 0)
    {
      fprintf (stderr, "Usage: %s [PROGRAMS [SEED]]\n", argv[0]);
      return 2;
    }

  printf ("seeds from %u on\n", seed);
  fflush (stdout);
  run_program (seed); /* what stays for ever is there then */
  footprint_take (&before);
  for (guint64 i = 0; i < n; i++)
    {
      run_program (seed + i);
      assert_nothing_left (&before, seed + i);
    }
  printf ("%" G_GUINT64_FORMAT " programs, %d calls of which %d failed, in %.1f s\n", n, n_calls,
          n_failures, (g_get_monotonic_time () - begun) / (double) G_TIME_SPAN_SECOND);
  return 0;
}
