/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Interrupts that a guest takes, and their end. */

#include "kvm-test.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/wait.h>
#include <unistd.h>

/* What the guest "interrupt" takes, and says at port 0x61; see there. */
#define GSI 5
#define IDLE 0
#define TAKEN 1
#define ENDED 2

/* What the guest says next. */
static guint64
run (KvmTestGuest *guest)
{
  kvm_test_run (guest, KVM_TEST_REASON_IO);
  g_assert_cmphex (kvm_exit_get_address (guest->exit), ==, KVM_TEST_PORT (0x61));
  return kvm_exit_get_value (guest->exit);
}

/* A guest with interrupt controllers in the kernel, which must be there before the vCPU. */
static KvmTestGuest *
guest_new (KvmIrqTriggerFlags flags)
{
  const guint8 level = flags & KVM_IRQ_TRIGGER_FLAGS_RESAMPLE ? 1 << GSI : 0;
  KvmTestGuest *self = kvm_test_guest_new_with_irqchip (guest_interrupt, guest_interrupt_end);
  g_autoptr (GError) error = NULL;

  kvm_memory_write (self->memory, 0x2000, &level, 1, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (run (self), ==, IDLE); /* now it has set its PICs up */
  return self;
}

static KvmIrqTrigger *
add (KvmTestGuest *guest, KvmIrqTriggerFlags flags)
{
  g_autoptr (GError) error = NULL;
  KvmIrqTrigger *trigger = kvm_vm_add_irq_trigger (guest->vm, GSI, flags, &error);

  g_assert_no_error (error);
  g_assert_nonnull (trigger);
  return trigger;
}

static void
raise_irq (KvmIrqTrigger *trigger)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (kvm_irq_trigger_raise (trigger, &error));
  g_assert_no_error (error);
}

/* The guest takes one interrupt; it is raised in the background, so it may be idle before. */
static void
run_to_taken (KvmTestGuest *guest)
{
  guint64 said;

  while ((said = run (guest)) == IDLE)
    ;
  g_assert_cmpuint (said, ==, TAKEN);
}

/* The guest takes one interrupt, ends it, and has no other. */
static void
run_through (KvmTestGuest *guest)
{
  run_to_taken (guest);
  g_assert_cmpuint (run (guest), ==, ENDED);
  for (guint i = 0; i < 10; i++)
    g_assert_cmpuint (run (guest), ==, IDLE);
}

/* A source in a context of its own. */
typedef struct
{
  GMainContext *context;
  GSource *source;
  guint n_fired;
  guint n_destroyed;
  KvmIrqTrigger *raise;  /* again, by the callback */
  KvmIrqTrigger *remove; /* by the callback, with its reference */
} Listener;

static gboolean
on_ended (gpointer data)
{
  Listener *self = data;
  g_autoptr (GError) error = NULL;

  self->n_fired++;
  if (self->raise != NULL)
    raise_irq (self->raise);
  if (self->remove != NULL)
    {
      g_assert_true (kvm_irq_trigger_remove (self->remove, &error));
      g_assert_no_error (error);
      g_clear_object (&self->remove);
    }
  return G_SOURCE_CONTINUE;
}

static void
on_destroyed (gpointer data)
{
  ((Listener *) data)->n_destroyed++;
}

static void
listen (Listener *self, KvmIrqTrigger *trigger)
{
  *self = (Listener){ .context = g_main_context_new (),
                      .source = kvm_irq_trigger_create_source (trigger) };
  g_source_set_callback (self->source, on_ended, self, on_destroyed);
  g_source_attach (self->source, self->context);
}

static void
listener_clear (Listener *self)
{
  if (self->context == NULL)
    return;
  g_source_destroy (self->source);
  g_source_unref (self->source);
  g_main_context_unref (self->context);
  g_assert_cmpuint (self->n_destroyed, ==, 1);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Listener, listener_clear)

static void
assert_fires (Listener *self)
{
  guint before = self->n_fired;

  g_assert_true (g_main_context_iteration (self->context, FALSE));
  g_assert_cmpuint (self->n_fired, ==, before + 1);
  g_assert_false (g_main_context_iteration (self->context, FALSE));
}

static void
assert_goes (Listener *self)
{
  guint before = self->n_fired;

  g_assert_cmpuint (self->n_destroyed, ==, 0);
  g_assert_true (g_main_context_iteration (self->context, FALSE));
  g_assert_cmpuint (self->n_fired, ==, before);
  g_assert_cmpuint (self->n_destroyed, ==, 1);
}

static void
test_edge (void)
{
  g_autoptr (KvmTestGuest) guest = guest_new (KVM_IRQ_TRIGGER_FLAGS_NONE);
  g_autoptr (KvmIrqTrigger) trigger = add (guest, KVM_IRQ_TRIGGER_FLAGS_NONE);
  g_autoptr (KvmIrqTrigger) second = add (guest, KVM_IRQ_TRIGGER_FLAGS_NONE);

  for (guint i = 0; i < 20; i++)
    g_assert_cmpuint (run (guest), ==, IDLE);
  for (guint i = 0; i < 5; i++)
    {
      raise_irq (i % 2 == 0 ? trigger : second);
      run_through (guest);
    }
}

static void
test_properties (void)
{
  g_autoptr (KvmTestGuest) guest = guest_new (KVM_IRQ_TRIGGER_FLAGS_NONE);
  g_autoptr (KvmIrqTrigger) trigger = add (guest, KVM_IRQ_TRIGGER_FLAGS_RESAMPLE);
  KvmIrqTriggerFlags flags;
  guint gsi;

  g_object_get (trigger, "gsi", &gsi, "flags", &flags, NULL);
  g_assert_cmpuint (gsi, ==, GSI);
  g_assert_cmpuint (flags, ==, KVM_IRQ_TRIGGER_FLAGS_RESAMPLE);
  g_assert_cmpint (kvm_irq_trigger_get_fd (trigger), >, 2);
}

/* The guest halts inside the kernel, and the interrupt wakes it. */
static gpointer
run_thread (gpointer data)
{
  return GUINT_TO_POINTER (run (data));
}

static void
test_wakes_a_halted_vcpu (void)
{
  g_autoptr (KvmTestGuest) guest = guest_new (KVM_IRQ_TRIGGER_FLAGS_NONE);
  g_autoptr (KvmIrqTrigger) trigger = add (guest, KVM_IRQ_TRIGGER_FLAGS_NONE);
  g_autoptr (GError) error = NULL;

  kvm_memory_fill (guest->memory, 0x2001, 1, 1, &error);
  g_assert_no_error (error);

  for (guint i = 0; i < 5; i++)
    {
      GThread *thread = g_thread_new ("vcpu", run_thread, guest);

      kvm_test_wait_until_running (guest->vcpu);
      raise_irq (trigger);
      g_assert_cmpuint (GPOINTER_TO_UINT (g_thread_join (thread)), ==, TAKEN);
      g_assert_cmpuint (run (guest), ==, ENDED);
    }
}

static void
test_level (void)
{
  g_autoptr (KvmTestGuest) guest = guest_new (KVM_IRQ_TRIGGER_FLAGS_RESAMPLE);
  g_autoptr (KvmIrqTrigger) trigger = add (guest, KVM_IRQ_TRIGGER_FLAGS_RESAMPLE);
  g_auto (Listener) listener = { .context = NULL };

  listen (&listener, trigger);
  for (guint i = 1; i <= 5; i++)
    {
      raise_irq (trigger);
      run_to_taken (guest);
      g_assert_false (g_main_context_iteration (listener.context, FALSE));
      g_assert_cmpuint (run (guest), ==, ENDED);
      assert_fires (&listener);
      for (guint j = 0; j < 10; j++)
        g_assert_cmpuint (run (guest), ==, IDLE); /* the line is down */
      g_assert_cmpuint (listener.n_fired, ==, i);
    }
}

/* A device that is not done yet raises its interrupt again each time. */
static void
test_raised_again (void)
{
  g_autoptr (KvmTestGuest) guest = guest_new (KVM_IRQ_TRIGGER_FLAGS_RESAMPLE);
  g_autoptr (KvmIrqTrigger) trigger = add (guest, KVM_IRQ_TRIGGER_FLAGS_RESAMPLE);
  g_auto (Listener) listener = { .context = NULL };

  listen (&listener, trigger);
  listener.raise = trigger;
  raise_irq (trigger);
  for (guint i = 0; i < 5; i++)
    {
      run_to_taken (guest);
      g_assert_cmpuint (run (guest), ==, ENDED);
      if (i == 4)
        listener.raise = NULL;
      assert_fires (&listener);
    }
  g_assert_cmpuint (run (guest), ==, IDLE);
}

/* A line that several devices share: each is told. */
static void
test_shared (void)
{
  g_autoptr (KvmTestGuest) guest = guest_new (KVM_IRQ_TRIGGER_FLAGS_RESAMPLE);
  g_autoptr (KvmIrqTrigger) trigger = add (guest, KVM_IRQ_TRIGGER_FLAGS_RESAMPLE);
  g_autoptr (KvmIrqTrigger) other = add (guest, KVM_IRQ_TRIGGER_FLAGS_RESAMPLE);
  g_auto (Listener) listener = { .context = NULL };
  g_auto (Listener) other_listener = { .context = NULL };

  listen (&listener, trigger);
  listen (&other_listener, other);
  raise_irq (trigger);
  run_through (guest);
  assert_fires (&listener);
  assert_fires (&other_listener);
}

static void
test_refused (void)
{
  g_autoptr (KvmTestGuest) bare = KVM_TEST_GUEST (halt);
  g_autoptr (KvmTestGuest) guest = guest_new (KVM_IRQ_TRIGGER_FLAGS_NONE);
  g_autoptr (KvmIrqTrigger) trigger = add (guest, KVM_IRQ_TRIGGER_FLAGS_NONE);
  g_autoptr (GError) error = NULL;

  g_assert_null (kvm_vm_add_irq_trigger (bare->vm, GSI, KVM_IRQ_TRIGGER_FLAGS_NONE, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID_ARGUMENT,
                         "GSI 5; the interrupt controllers must be in the kernel first, see "
                         "kvm_vm_create_irqchip ()");
  g_assert_null (kvm_vm_add_irq_trigger (bare->vm, GSI, KVM_IRQ_TRIGGER_FLAGS_RESAMPLE, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID_ARGUMENT, "all of the interrupt controllers");
  g_assert_null (kvm_vm_add_irq_trigger (guest->vm, GSI, 5, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID, "no flags 0x5");
  g_assert_null (kvm_vm_add_irq_trigger (guest->vm, GSI, 1, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID, "no flags 0x1");

  g_test_expect_message ("kvmobj", G_LOG_LEVEL_CRITICAL, "*resample_fd != -1*");
  g_assert_null (kvm_irq_trigger_create_source (trigger));
  g_test_assert_expected_messages ();
}

static void
assert_quiet (KvmIrqTrigger *trigger)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (kvm_irq_trigger_raise (trigger, &error));
  kvm_test_assert_error (error, KVM_ERROR_CLOSED,
                         "The interrupt trigger of GSI 5 is removed already, or its virtual");
  g_assert_false (kvm_irq_trigger_remove (trigger, &error));
  kvm_test_assert_error (error, KVM_ERROR_CLOSED, "virtual machine has ended");
  g_assert_cmpint (kvm_irq_trigger_get_fd (trigger), ==, -1);
  g_assert_cmpuint (kvm_irq_trigger_get_gsi (trigger), ==, GSI);
}

static void
test_remove (void)
{
  g_autoptr (KvmTestGuest) guest = guest_new (KVM_IRQ_TRIGGER_FLAGS_RESAMPLE);
  g_autoptr (KvmIrqTrigger) trigger = add (guest, KVM_IRQ_TRIGGER_FLAGS_RESAMPLE);
  g_autoptr (KvmIrqTrigger) other = NULL;
  g_auto (Listener) listener = { .context = NULL };
  g_autoptr (GError) error = NULL;
  int fd = fcntl (kvm_irq_trigger_get_fd (trigger), F_DUPFD_CLOEXEC, 3);

  listen (&listener, trigger);
  raise_irq (trigger);
  run_through (guest);
  g_assert_true (kvm_irq_trigger_remove (trigger, &error)); /* before the source has fired */
  g_assert_no_error (error);
  assert_goes (&listener);
  assert_quiet (trigger);

  /* Nor does who has the eventfd reach the guest. */
  g_assert_cmpint (eventfd_write (fd, 1), ==, 0);
  close (fd);
  other = add (guest, KVM_IRQ_TRIGGER_FLAGS_RESAMPLE);
  for (guint i = 0; i < 20; i++)
    g_assert_cmpuint (run (guest), ==, IDLE);
  raise_irq (other);
  run_through (guest);
}

/* A level that the trigger holds up goes down with it. */
static void
test_remove_lowers_the_line (void)
{
  g_autoptr (KvmTestGuest) guest = guest_new (KVM_IRQ_TRIGGER_FLAGS_RESAMPLE);
  g_autoptr (KvmIrqTrigger) trigger = add (guest, KVM_IRQ_TRIGGER_FLAGS_RESAMPLE);
  g_autoptr (GError) error = NULL;

  raise_irq (trigger);
  g_assert_true (kvm_irq_trigger_remove (trigger, &error));
  g_assert_no_error (error);
  for (guint i = 0; i < 20; i++)
    g_assert_cmpuint (run (guest), ==, IDLE);
}

static void
test_remove_from_callback (void)
{
  g_autoptr (KvmTestGuest) guest = guest_new (KVM_IRQ_TRIGGER_FLAGS_RESAMPLE);
  KvmIrqTrigger *trigger = add (guest, KVM_IRQ_TRIGGER_FLAGS_RESAMPLE);
  g_auto (Listener) listener = { .context = NULL };

  listen (&listener, trigger);
  listener.remove = trigger;
  g_object_add_weak_pointer (G_OBJECT (trigger), (gpointer *) &trigger);
  raise_irq (trigger);
  run_through (guest);
  g_assert_true (g_main_context_iteration (listener.context, FALSE));
  g_assert_cmpuint (listener.n_fired, ==, 1);
  g_assert_null (trigger); /* the callback had the last reference */
  assert_goes (&listener);
}

/* The VM owns the trigger, not who made it: what has the eventfd, and the source, still work. */
static void
test_dropped (void)
{
  g_autoptr (KvmTestGuest) guest = guest_new (KVM_IRQ_TRIGGER_FLAGS_RESAMPLE);
  g_autoptr (KvmIrqTrigger) trigger = add (guest, KVM_IRQ_TRIGGER_FLAGS_RESAMPLE);
  g_auto (Listener) listener = { .context = NULL };
  int fd = fcntl (kvm_irq_trigger_get_fd (trigger), F_DUPFD_CLOEXEC, 3);

  listen (&listener, trigger);
  g_clear_object (&trigger);
  for (guint i = 0; i < 3; i++)
    {
      g_assert_cmpint (eventfd_write (fd, 1), ==, 0);
      run_through (guest);
      assert_fires (&listener);
    }
  close (fd);
  kvm_vm_close (guest->vm);
  assert_goes (&listener);
}

static void
test_closed_vm (void)
{
  g_autoptr (KvmTestGuest) guest = guest_new (KVM_IRQ_TRIGGER_FLAGS_NONE);
  g_autoptr (KvmIrqTrigger) trigger = add (guest, KVM_IRQ_TRIGGER_FLAGS_NONE);
  g_autoptr (KvmIrqTrigger) resampled = add (guest, KVM_IRQ_TRIGGER_FLAGS_RESAMPLE);
  g_autoptr (KvmIrqTrigger) never_added = g_object_new (KVM_TYPE_IRQ_TRIGGER, NULL);
  g_auto (Listener) listener = { .context = NULL };
  g_autoptr (GError) error = NULL;

  listen (&listener, resampled);
  kvm_vm_close (guest->vm);
  assert_quiet (trigger);
  assert_quiet (resampled);
  assert_goes (&listener);
  g_assert_null (kvm_vm_add_irq_trigger (guest->vm, GSI, KVM_IRQ_TRIGGER_FLAGS_NONE, &error));
  kvm_test_assert_error (error, KVM_ERROR_CLOSED, "KVM_IRQFD on VM: it is closed");

  g_assert_false (kvm_irq_trigger_raise (never_added, &error));
  kvm_test_assert_error (error, KVM_ERROR_CLOSED, "The interrupt trigger was never added");
  g_assert_false (kvm_irq_trigger_remove (never_added, &error));
  kvm_test_assert_error (error, KVM_ERROR_CLOSED, "never added");
  g_assert_cmpint (kvm_irq_trigger_get_fd (never_added), ==, -1);
  g_source_unref (kvm_irq_trigger_create_source (never_added));
}

/* Something that the VM keeps alive may have a trigger. */
static void
test_does_not_keep_vm (void)
{
  g_autoptr (KvmTestGuest) guest = guest_new (KVM_IRQ_TRIGGER_FLAGS_NONE);
  g_autoptr (KvmIrqTrigger) trigger = add (guest, KVM_IRQ_TRIGGER_FLAGS_NONE);
  KvmVm *vm = guest->vm;

  g_object_set_data_full (G_OBJECT (vm), "trigger", g_object_ref (trigger), g_object_unref);
  g_object_add_weak_pointer (G_OBJECT (vm), (gpointer *) &vm);
  raise_irq (trigger);
  g_clear_object (&guest->slot);
  g_clear_object (&guest->vcpu);
  g_clear_object (&guest->vm);
  g_assert_null (vm);
  assert_quiet (trigger);
}

/* In the child, where no assertion may run the parent's test harness on. */
#define CHECK(condition)                                                                           \
  if (!(condition))                                                                                \
  _exit (__LINE__ % 251 + 1)

static void
test_fork (void)
{
  g_autoptr (KvmTestGuest) guest = guest_new (KVM_IRQ_TRIGGER_FLAGS_RESAMPLE);
  g_autoptr (KvmIrqTrigger) trigger = add (guest, KVM_IRQ_TRIGGER_FLAGS_RESAMPLE);
  g_auto (Listener) listener = { .context = NULL };
  int status;
  pid_t pid;

  listen (&listener, trigger);
  pid = fork ();
  if (pid == 0)
    {
      GError *error = NULL;

      CHECK (!kvm_irq_trigger_raise (trigger, &error));
      CHECK (g_error_matches (error, KVM_ERROR, KVM_ERROR_WRONG_PROCESS));
      g_clear_error (&error);
      CHECK (!kvm_irq_trigger_remove (trigger, &error));
      CHECK (g_error_matches (error, KVM_ERROR, KVM_ERROR_WRONG_PROCESS));
      g_clear_error (&error);
      CHECK (kvm_vm_add_irq_trigger (guest->vm, GSI, 0, &error) == NULL);
      CHECK (g_error_matches (error, KVM_ERROR, KVM_ERROR_WRONG_PROCESS));
      g_clear_error (&error);
      CHECK (kvm_irq_trigger_get_fd (trigger) == -1);
      kvm_vm_close (guest->vm);
      g_object_unref (trigger);
      kvm_test_guest_free (guest);
      _exit (0);
    }
  g_assert_cmpint (waitpid (pid, &status, 0), ==, pid);
  g_assert_cmpint (status, ==, 0);

  g_assert_false (g_main_context_iteration (listener.context, FALSE));
  for (guint i = 0; i < 20; i++)
    g_assert_cmpuint (run (guest), ==, IDLE);
  raise_irq (trigger);
  run_through (guest);
  assert_fires (&listener);
}

/* Two threads raise it all the time, until a third removes it or its VM. */
typedef struct
{
  KvmIrqTrigger *trigger;
  gint n_raised;
} Raiser;

static gpointer
raise_thread (gpointer data)
{
  Raiser *self = data;
  g_autoptr (GError) error = NULL;

  while (kvm_irq_trigger_raise (self->trigger, &error))
    g_atomic_int_inc (&self->n_raised);
  g_assert_error (error, KVM_ERROR, KVM_ERROR_CLOSED);
  return NULL;
}

static void
test_remove_while_raised (void)
{
  for (guint i = 0; i < 6; i++)
    {
      g_autoptr (KvmTestGuest) guest = guest_new (KVM_IRQ_TRIGGER_FLAGS_RESAMPLE);
      g_autoptr (KvmIrqTrigger) trigger
          = add (guest, i % 2 == 0 ? KVM_IRQ_TRIGGER_FLAGS_NONE : KVM_IRQ_TRIGGER_FLAGS_RESAMPLE);
      g_autoptr (GError) error = NULL;
      Raiser raiser = { trigger, 0 };
      GThread *threads[2];

      for (guint j = 0; j < G_N_ELEMENTS (threads); j++)
        threads[j] = g_thread_new ("raiser", raise_thread, &raiser);
      while (g_atomic_int_get (&raiser.n_raised) < 1000)
        run (guest);
      if (i < 2)
        kvm_irq_trigger_remove (trigger, &error);
      else if (i < 4)
        kvm_vm_close (guest->vm);
      else
        {
          g_clear_object (&guest->slot);
          g_clear_object (&guest->vcpu);
          g_clear_object (&guest->vm);
        }
      g_assert_no_error (error);
      for (guint j = 0; j < G_N_ELEMENTS (threads); j++)
        g_thread_join (threads[j]);
    }
}

int
main (int argc, char **argv)
{
  kvm_test_init (&argc, &argv);
  kvm_test_add ("/irq-trigger/edge", test_edge);
  kvm_test_add ("/irq-trigger/properties", test_properties);
  kvm_test_add ("/irq-trigger/wakes-a-halted-vcpu", test_wakes_a_halted_vcpu);
  kvm_test_add ("/irq-trigger/level", test_level);
  kvm_test_add ("/irq-trigger/raised-again", test_raised_again);
  kvm_test_add ("/irq-trigger/shared", test_shared);
  kvm_test_add ("/irq-trigger/refused", test_refused);
  kvm_test_add ("/irq-trigger/remove", test_remove);
  kvm_test_add ("/irq-trigger/remove-lowers-the-line", test_remove_lowers_the_line);
  kvm_test_add ("/irq-trigger/remove-from-callback", test_remove_from_callback);
  kvm_test_add ("/irq-trigger/dropped", test_dropped);
  kvm_test_add ("/irq-trigger/closed-vm", test_closed_vm);
  kvm_test_add ("/irq-trigger/does-not-keep-vm", test_does_not_keep_vm);
  kvm_test_add ("/irq-trigger/fork", test_fork);
  kvm_test_add ("/irq-trigger/remove-while-raised", test_remove_while_raised);
  return g_test_run ();
}
