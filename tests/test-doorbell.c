/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What a guest rings without stopping, and who hears it. */

#include "kvm-test.h"

#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* Where the guest "ring" writes. */
#define PORT KVM_TEST_PORT (0x510)
#define ADDRESS 0x9000
#define VALUE 0x12345678

static KvmDoorbell *
add (KvmTestGuest *guest, KvmIoSpace space, guint64 address, guint length)
{
  g_autoptr (GError) error = NULL;
  KvmDoorbell *doorbell = kvm_vm_add_doorbell (guest->vm, space, address, length, &error);

  g_assert_no_error (error);
  g_assert_nonnull (doorbell);
  return doorbell;
}

/* The guest runs on to a write to this port. */
static void
run_to_port (KvmTestGuest *guest, guint64 port)
{
  kvm_test_run (guest, KVM_TEST_REASON_IO);
  g_assert_true (kvm_exit_is_write (guest->exit));
  g_assert_cmphex (kvm_exit_get_address (guest->exit), ==, port);
}

/* All that the guest "ring" writes, in one place each: it only stops at the end of its round. */
typedef struct
{
  KvmDoorbell *port;
  KvmDoorbell *address;
} Bells;

static void
bells_clear (Bells *self)
{
  g_clear_object (&self->port);
  g_clear_object (&self->address);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Bells, bells_clear)

static Bells
add_bells (KvmTestGuest *guest)
{
  return (Bells){ .port = add (guest, KVM_TEST_SPACE, PORT, 0),
                  .address = add (guest, KVM_IO_SPACE_MMIO, ADDRESS, 0) };
}

/* A source in a context of its own. */
typedef struct
{
  GMainContext *context;
  GSource *source;
  gint n_fired;
  guint n_destroyed;
  KvmDoorbell *remove; /* by the callback, with its reference */
  KvmTestGuest *end;   /* by the callback */
} Listener;

static gboolean
on_rung (gpointer data)
{
  Listener *self = data;
  g_autoptr (GError) error = NULL;

  g_atomic_int_inc (&self->n_fired);
  if (self->remove != NULL)
    {
      g_assert_true (kvm_doorbell_remove (self->remove, &error));
      g_assert_no_error (error);
      g_clear_object (&self->remove);
    }
  g_clear_pointer (&self->end, kvm_test_guest_free);
  return G_SOURCE_CONTINUE;
}

static void
on_destroyed (gpointer data)
{
  ((Listener *) data)->n_destroyed++;
}

static void
listen (Listener *self, KvmDoorbell *doorbell)
{
  *self = (Listener){ .context = g_main_context_new (),
                      .source = kvm_doorbell_create_source (doorbell) };
  g_source_set_callback (self->source, on_rung, self, on_destroyed);
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

/* The source fires once, and then there is nothing more. */
static void
assert_fires (Listener *self)
{
  gint before = self->n_fired;

  g_assert_true (g_main_context_iteration (self->context, FALSE));
  g_assert_cmpint (self->n_fired, ==, before + 1);
  g_assert_false (g_main_context_iteration (self->context, FALSE));
}

/* The source goes without firing. */
static void
assert_goes (Listener *self)
{
  gint before = self->n_fired;

  g_assert_cmpuint (self->n_destroyed, ==, 0);
  g_assert_true (g_main_context_iteration (self->context, FALSE));
  g_assert_cmpint (self->n_fired, ==, before);
  g_assert_true (g_source_is_destroyed (self->source));
  g_assert_cmpuint (self->n_destroyed, ==, 1);
}

static void
assert_quiet (KvmDoorbell *doorbell, guint64 count)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (kvm_doorbell_remove (doorbell, &error));
  kvm_test_assert_error (error, KVM_ERROR_CLOSED, "its virtual machine has ended");
  g_assert_cmpint (kvm_doorbell_get_fd (doorbell), ==, -1);
  g_assert_cmpuint (kvm_doorbell_get_count (doorbell), ==, count);
}

static void
test_lengths (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (ring);
  g_autoptr (KvmDoorbell) one = add (guest, KVM_TEST_SPACE, PORT, 1);
  g_autoptr (KvmDoorbell) four = add (guest, KVM_TEST_SPACE, PORT, 4);
  g_autoptr (KvmDoorbell) address = add (guest, KVM_IO_SPACE_MMIO, ADDRESS, 4);
  g_autoptr (KvmDoorbell) two = NULL;

  /* What does not ring stops the guest. */
  run_to_port (guest, PORT);
  g_assert_cmpuint (kvm_exit_get_size (guest->exit), ==, 2);
  g_assert_cmpuint (kvm_doorbell_get_count (one), ==, 1);
  g_assert_cmpuint (kvm_doorbell_get_count (four), ==, 0);
  g_assert_cmpuint (kvm_doorbell_get_count (address), ==, 0);
  run_to_port (guest, KVM_TEST_PORT (0x61));
  g_assert_cmpuint (kvm_doorbell_get_count (four), ==, 1);
  g_assert_cmpuint (kvm_doorbell_get_count (address), ==, 1);

  two = add (guest, KVM_TEST_SPACE, PORT, 2);
  for (guint i = 0; i < 10; i++)
    run_to_port (guest, KVM_TEST_PORT (0x61));
  g_assert_cmpuint (kvm_doorbell_get_count (one), ==, 11);
  g_assert_cmpuint (kvm_doorbell_get_count (two), ==, 10);
  g_assert_cmpuint (kvm_doorbell_get_count (four), ==, 11);
  g_assert_cmpuint (kvm_doorbell_get_count (address), ==, 11);
  g_assert_cmpuint (kvm_doorbell_get_count (address), ==, 11);
}

static void
test_any_length (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (ring);
  g_auto (Bells) bells = add_bells (guest);

  for (guint i = 1; i <= 10; i++)
    {
      run_to_port (guest, KVM_TEST_PORT (0x61));
      g_assert_cmpuint (kvm_doorbell_get_count (bells.port), ==, 3 * i);
      g_assert_cmpuint (kvm_doorbell_get_count (bells.address), ==, i);
    }
}

static void
test_values (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (ring);
  g_autoptr (GError) error = NULL;
  g_autoptr (KvmDoorbell) one
      = kvm_vm_add_doorbell_for_value (guest->vm, KVM_TEST_SPACE, PORT, 1, VALUE & 0xff, &error);
  g_autoptr (KvmDoorbell) two
      = kvm_vm_add_doorbell_for_value (guest->vm, KVM_TEST_SPACE, PORT, 2, 0x1111, &error);
  g_autoptr (KvmDoorbell) four
      = kvm_vm_add_doorbell_for_value (guest->vm, KVM_TEST_SPACE, PORT, 4, VALUE, &error);
  g_autoptr (KvmDoorbell) another
      = kvm_vm_add_doorbell_for_value (guest->vm, KVM_TEST_SPACE, PORT, 4, VALUE + 1, &error);
  g_autoptr (KvmDoorbell) address
      = kvm_vm_add_doorbell_for_value (guest->vm, KVM_IO_SPACE_MMIO, ADDRESS, 4, VALUE, &error);

  g_assert_no_error (error);
  run_to_port (guest, PORT);
  g_assert_cmpuint (kvm_exit_get_size (guest->exit), ==, 2);
  g_assert_cmphex (kvm_exit_get_value (guest->exit), ==, VALUE & 0xffff);
  run_to_port (guest, KVM_TEST_PORT (0x61));
  g_assert_cmpuint (kvm_doorbell_get_count (one), ==, 1);
  g_assert_cmpuint (kvm_doorbell_get_count (two), ==, 0);
  g_assert_cmpuint (kvm_doorbell_get_count (four), ==, 1);
  g_assert_cmpuint (kvm_doorbell_get_count (another), ==, 0);
  g_assert_cmpuint (kvm_doorbell_get_count (address), ==, 1);
}

static void
test_properties (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (ring);
  g_autoptr (KvmDoorbell) doorbell = add (guest, KVM_IO_SPACE_MMIO, 0xfffffffffffffffd, 2);
  KvmIoSpace space;
  guint64 address;
  guint length;

  g_object_get (doorbell, "space", &space, "address", &address, "length", &length, NULL);
  g_assert_cmpint (space, ==, KVM_IO_SPACE_MMIO);
  g_assert_cmphex (address, ==, 0xfffffffffffffffd);
  g_assert_cmpuint (length, ==, 2);
  g_assert_cmpint (kvm_doorbell_get_fd (doorbell), >, 2);
}

static void
test_overlap (void)
{
  static const struct
  {
    KvmIoSpace space;
    guint64 address;
    guint length;
    gboolean fits;
  } places[] = {
    { KVM_TEST_SPACE, PORT, 2, FALSE },    { KVM_TEST_SPACE, PORT, 0, FALSE },
    { KVM_TEST_SPACE, PORT, 1, TRUE },     { KVM_TEST_SPACE, PORT + 1, 2, TRUE },
    { KVM_IO_SPACE_MMIO, 0x510, 2, TRUE },
  };
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (ring);
  g_autoptr (KvmDoorbell) first = add (guest, KVM_TEST_SPACE, PORT, 2);
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (places); i++)
    {
      g_autoptr (KvmDoorbell) doorbell = kvm_vm_add_doorbell (
          guest->vm, places[i].space, places[i].address, places[i].length, &error);

      g_assert_true ((doorbell != NULL) == places[i].fits);
      if (!places[i].fits)
        kvm_test_assert_error (error, KVM_ERROR_OVERLAP, "length");
      g_assert_no_error (error);
    }
  g_assert_null (kvm_vm_add_doorbell_for_value (guest->vm, KVM_TEST_SPACE, PORT, 2, 1, &error));
  kvm_test_assert_error (error, KVM_ERROR_OVERLAP, "a doorbell is there already");
  g_assert_true (kvm_doorbell_remove (first, &error));
  g_object_unref (kvm_vm_add_doorbell_for_value (guest->vm, KVM_TEST_SPACE, PORT, 2, 1, &error));
  g_assert_no_error (error);
}

static void
test_ports (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (ring);
  g_autoptr (GError) error = NULL;

  g_assert_null (kvm_vm_add_doorbell (guest->vm, KVM_IO_SPACE_PORT, 0xffff, 2, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID, "past the last port");
  g_assert_null (kvm_vm_add_doorbell (guest->vm, KVM_IO_SPACE_PORT, 0x10000, 0, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID, "past the last port");
  g_object_unref (add (guest, KVM_IO_SPACE_PORT, 0xffff, 1));
}

static void
test_bad_arguments (void)
{
  static const struct
  {
    KvmIoSpace space;
    guint64 address;
    guint length;
    const char *message;
  } wrong[] = {
    { 2, 0, 1, "no I/O space 2" },
    { KVM_TEST_SPACE, 0, 3, "or 0 for any, not 3" },
    { KVM_TEST_SPACE, 0, 16, "or 0 for any, not 16" },
    { KVM_IO_SPACE_MMIO, G_MAXUINT64 - 1, 2, "past the end of the address space" },
    { KVM_IO_SPACE_MMIO, G_MAXUINT64, 8, "past the end of the address space" },
  };
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (ring);
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_assert_null (kvm_vm_add_doorbell (guest->vm, wrong[i].space, wrong[i].address,
                                          wrong[i].length, &error));
      kvm_test_assert_error (error, KVM_ERROR_INVALID, wrong[i].message);
      g_assert_null (kvm_vm_add_doorbell_for_value (guest->vm, wrong[i].space, wrong[i].address,
                                                    wrong[i].length, 0, &error));
      kvm_test_assert_error (error, KVM_ERROR_INVALID, wrong[i].message);
    }
  g_assert_null (kvm_vm_add_doorbell_for_value (guest->vm, KVM_TEST_SPACE, 0, 0, 0, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID, "needs a length");
  g_assert_null (kvm_vm_add_doorbell_for_value (guest->vm, KVM_TEST_SPACE, 0, 1, 256, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID, "never rung with 0x100");

  /* What is just right. */
  g_object_unref (
      kvm_vm_add_doorbell_for_value (guest->vm, KVM_IO_SPACE_MMIO, 0, 8, G_MAXUINT64, &error));
  g_assert_no_error (error);
}

static void
test_source (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (ring);
  g_auto (Bells) bells = add_bells (guest);
  g_auto (Listener) listener = { .context = NULL };

  /* What was rung before there is a source is not lost, nor taken away by a look at the count. */
  run_to_port (guest, KVM_TEST_PORT (0x61));
  g_assert_cmpuint (kvm_doorbell_get_count (bells.port), ==, 3);
  listen (&listener, bells.port);
  g_assert_cmpuint (kvm_doorbell_get_count (bells.port), ==, 3);
  assert_fires (&listener);
  g_assert_cmpuint (kvm_doorbell_get_count (bells.port), ==, 3);

  /* What was rung before the source fires is one. */
  for (guint i = 0; i < 3; i++)
    {
      run_to_port (guest, KVM_TEST_PORT (0x61));
      run_to_port (guest, KVM_TEST_PORT (0x61));
      assert_fires (&listener);
    }
  g_assert_cmpuint (kvm_doorbell_get_count (bells.port), ==, 21);
  g_assert_false (g_main_context_iteration (NULL, FALSE));
}

static void
test_several_sources (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (ring);
  g_auto (Bells) bells = add_bells (guest);
  g_auto (Listener) first = { .context = NULL };
  g_auto (Listener) second = { .context = NULL };
  g_autoptr (GError) error = NULL;

  listen (&first, bells.port);
  listen (&second, bells.port);
  run_to_port (guest, KVM_TEST_PORT (0x61));
  assert_fires (&second);
  g_assert_false (g_main_context_iteration (first.context, FALSE));
  run_to_port (guest, KVM_TEST_PORT (0x61));
  assert_fires (&first);
  g_assert_false (g_main_context_iteration (second.context, FALSE));

  g_assert_true (kvm_doorbell_remove (bells.port, &error));
  assert_goes (&first);
  assert_goes (&second);
}

static void
test_remove (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (ring);
  g_auto (Bells) bells = add_bells (guest);
  g_auto (Listener) listener = { .context = NULL };
  g_auto (Listener) late = { .context = NULL };
  g_autoptr (KvmDoorbell) again = NULL;
  g_autoptr (GError) error = NULL;

  listen (&listener, bells.port);
  run_to_port (guest, KVM_TEST_PORT (0x61));
  g_assert_true (kvm_doorbell_remove (bells.port, &error));
  g_assert_no_error (error);

  /* What came before is counted, but told to nobody. */
  assert_goes (&listener);
  g_assert_cmpuint (kvm_doorbell_get_count (bells.port), ==, 3);
  g_assert_cmpint (kvm_doorbell_get_fd (bells.port), ==, -1);
  g_assert_cmphex (kvm_doorbell_get_address (bells.port), ==, PORT);
  g_assert_false (kvm_doorbell_remove (bells.port, &error));
  kvm_test_assert_error (error, KVM_ERROR_CLOSED, " is removed already");
  listen (&late, bells.port);
  assert_goes (&late);

  for (guint i = 0; i < 3; i++)
    run_to_port (guest, PORT);
  g_assert_cmpuint (kvm_doorbell_get_count (bells.port), ==, 3);

  again = add (guest, KVM_TEST_SPACE, PORT, 0);
  run_to_port (guest, KVM_TEST_PORT (0x61));
  run_to_port (guest, KVM_TEST_PORT (0x61));
  g_assert_cmpuint (kvm_doorbell_get_count (again), ==, 3);
  g_assert_cmpuint (kvm_doorbell_get_count (bells.port), ==, 3);
}

static void
test_remove_from_callback (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (ring);
  g_auto (Bells) bells = add_bells (guest);
  g_auto (Listener) listener = { .context = NULL };
  KvmDoorbell *doorbell = bells.port;

  g_object_add_weak_pointer (G_OBJECT (doorbell), (gpointer *) &doorbell);
  listen (&listener, bells.port);
  listener.remove = g_steal_pointer (&bells.port);
  run_to_port (guest, KVM_TEST_PORT (0x61));
  g_assert_true (g_main_context_iteration (listener.context, FALSE));
  g_assert_cmpint (listener.n_fired, ==, 1);
  g_assert_null (doorbell); /* the callback had the last reference */
  assert_goes (&listener);
  run_to_port (guest, PORT);
}

/* The callback drops the last reference to the VM. */
static void
test_vm_ends_in_callback (void)
{
  KvmTestGuest *guest = KVM_TEST_GUEST (ring);
  g_auto (Bells) bells = add_bells (guest);
  g_auto (Listener) listener = { .context = NULL };

  listen (&listener, bells.port);
  listener.end = guest;
  run_to_port (guest, KVM_TEST_PORT (0x61));
  g_assert_true (g_main_context_iteration (listener.context, FALSE));
  g_assert_cmpint (listener.n_fired, ==, 1);
  assert_goes (&listener);
  assert_quiet (bells.port, 3);
}

/* The VM owns the doorbell, not who made it. */
static void
test_dropped (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (ring);
  g_auto (Bells) bells = add_bells (guest);
  g_auto (Listener) listener = { .context = NULL };

  listen (&listener, bells.port);
  bells_clear (&bells);
  run_to_port (guest, KVM_TEST_PORT (0x61));
  assert_fires (&listener);
  run_to_port (guest, KVM_TEST_PORT (0x61));
  assert_fires (&listener);
  g_clear_object (&guest->slot);
  g_clear_object (&guest->vcpu);
  g_clear_object (&guest->vm);
  assert_goes (&listener);
}

static void
test_closed_vm (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (ring);
  g_auto (Bells) bells = add_bells (guest);
  g_auto (Listener) listener = { .context = NULL };
  g_autoptr (KvmDoorbell) never_added = g_object_new (KVM_TYPE_DOORBELL, NULL);
  g_autoptr (GSource) source = kvm_doorbell_create_source (never_added);
  g_autoptr (GError) error = NULL;

  listen (&listener, bells.port);
  run_to_port (guest, KVM_TEST_PORT (0x61));
  kvm_vm_close (guest->vm);
  assert_quiet (bells.port, 3);
  assert_quiet (bells.address, 1);
  assert_goes (&listener);
  g_assert_null (kvm_vm_add_doorbell (guest->vm, KVM_TEST_SPACE, PORT, 1, &error));
  kvm_test_assert_error (error, KVM_ERROR_CLOSED, "KVM_IOEVENTFD on VM: it is closed");

  g_assert_false (kvm_doorbell_remove (never_added, &error));
  kvm_test_assert_error (error, KVM_ERROR_CLOSED, "The doorbell was never added");
  g_assert_cmpint (kvm_doorbell_get_fd (never_added), ==, -1);
  g_assert_cmpuint (kvm_doorbell_get_count (never_added), ==, 0);
  g_source_attach (source, listener.context);
  g_assert_false (g_main_context_iteration (listener.context, FALSE));
  g_source_destroy (source);
}

static void
test_does_not_keep_vm (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (ring);
  g_auto (Bells) bells = add_bells (guest);
  g_auto (Listener) listener = { .context = NULL };
  KvmVm *vm = guest->vm;

  listen (&listener, bells.address);
  run_to_port (guest, KVM_TEST_PORT (0x61));
  g_object_add_weak_pointer (G_OBJECT (vm), (gpointer *) &vm);
  g_clear_object (&guest->slot);
  g_clear_object (&guest->vcpu);
  g_clear_object (&guest->vm);
  g_assert_null (vm);
  assert_quiet (bells.port, 3);
  assert_quiet (bells.address, 1);
  assert_goes (&listener);
}

/* Somebody else has a duplicate of the VM's fd, and runs a guest in it after the VM has ended here.
 */
static void
test_deassigned_with_the_vm (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (ring);
  g_auto (Bells) bells = add_bells (guest);
  g_autoptr (GError) error = NULL;
  g_autoptr (KvmVm) other
      = kvm_vm_new_take_fd (guest->system, kvm_vm_dup_fd (guest->vm, &error), &error);
  g_autoptr (KvmMemorySlot) slot = NULL;
  g_autoptr (KvmVcpu) vcpu = NULL;

  g_assert_no_error (error);
  run_to_port (guest, KVM_TEST_PORT (0x61));
  g_clear_object (&guest->slot);
  g_clear_object (&guest->vcpu);
  g_clear_object (&guest->vm);
  assert_quiet (bells.port, 3);

  slot = kvm_vm_add_memory (other, 0, guest->memory, KVM_MEMORY_SLOT_FLAGS_NONE, &error);
  vcpu = kvm_vm_create_vcpu (other, 1, &error);
  g_assert_no_error (error);
  kvm_test_setup_vcpu (vcpu, KVM_TEST_ENTRY, 0);
  g_assert_cmpint (kvm_vcpu_run (vcpu, NULL, &error), ==, KVM_TEST_REASON_IO);
  g_assert_no_error (error);
  g_assert_cmphex (kvm_exit_get_address (kvm_vcpu_get_exit (vcpu)), ==, PORT);
  g_assert_cmpuint (kvm_doorbell_get_count (bells.port), ==, 3);
}

/* In the child, where no assertion may run the parent's test harness on. */
#define CHECK(condition)                                                                           \
  if (!(condition))                                                                                \
  _exit (__LINE__ % 251 + 1)

static void
test_fork (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (ring);
  g_auto (Bells) bells = add_bells (guest);
  g_auto (Listener) listener = { .context = NULL };
  int status;
  pid_t pid;

  listen (&listener, bells.port);
  run_to_port (guest, KVM_TEST_PORT (0x61));
  pid = fork ();
  if (pid == 0)
    {
      GError *error = NULL;

      CHECK (!kvm_doorbell_remove (bells.port, &error));
      CHECK (g_error_matches (error, KVM_ERROR, KVM_ERROR_WRONG_PROCESS));
      g_clear_error (&error);
      CHECK (kvm_vm_add_doorbell (guest->vm, KVM_TEST_SPACE, 1, 1, &error) == NULL);
      CHECK (g_error_matches (error, KVM_ERROR, KVM_ERROR_WRONG_PROCESS));
      g_clear_error (&error);
      CHECK (kvm_doorbell_get_fd (bells.port) == -1);
      CHECK (kvm_doorbell_get_count (bells.port) == 0);
      CHECK (kvm_doorbell_get_address (bells.port) == PORT);
      CHECK (g_main_context_iteration (listener.context, FALSE));
      CHECK (listener.n_fired == 0 && listener.n_destroyed == 1);
      kvm_vm_close (guest->vm);
      bells_clear (&bells);
      kvm_test_guest_free (guest);
      _exit (0);
    }
  g_assert_cmpint (waitpid (pid, &status, 0), ==, pid);
  g_assert_cmpint (status, ==, 0);

  /* The child has neither taken nor added anything. */
  assert_fires (&listener);
  g_assert_cmpuint (kvm_doorbell_get_count (bells.port), ==, 3);
  run_to_port (guest, KVM_TEST_PORT (0x61));
  assert_fires (&listener);
}

/* The guest rings all the time in one thread, a main loop listens in another, and this one removes
 * the doorbell. */
static gpointer
loop_thread (gpointer data)
{
  Listener *self = data;

  while (self->n_destroyed == 0)
    g_main_context_iteration (self->context, TRUE);
  return NULL;
}

static gpointer
run_thread (gpointer data)
{
  KvmTestGuest *guest = data;

  kvm_test_run (guest, KVM_TEST_REASON_IO);
  return NULL;
}

static gpointer
count_thread (gpointer data)
{
  guint64 before = 0;

  while (kvm_doorbell_get_fd (data) != -1)
    {
      guint64 now = kvm_doorbell_get_count (data);

      g_assert_cmpuint (now, >=, before);
      before = now;
    }
  return NULL;
}

static void
test_remove_while_rung (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (chatter);

  for (guint i = 0; i < kvm_test_rounds (20); i++)
    {
      g_autoptr (KvmDoorbell) doorbell = add (guest, KVM_TEST_SPACE, KVM_TEST_PORT (0x61), 1);
      g_auto (Listener) listener = { .context = NULL };
      g_autoptr (GError) error = NULL;
      GThread *loop, *run, *count;

      listen (&listener, doorbell);
      loop = g_thread_new ("loop", loop_thread, &listener);
      count = g_thread_new ("count", count_thread, doorbell);
      run = g_thread_new ("vcpu", run_thread, guest);
      while (kvm_doorbell_get_count (doorbell) < 100 || g_atomic_int_get (&listener.n_fired) == 0)
        g_thread_yield ();
      g_assert_true (kvm_doorbell_remove (doorbell, &error));
      g_assert_no_error (error);
      g_thread_join (run); /* without the doorbell the guest stops */
      g_thread_join (loop);
      g_thread_join (count);
      g_assert_cmpuint (kvm_doorbell_get_count (doorbell), >=, 100);
    }
}

int
main (int argc, char **argv)
{
  kvm_test_init (&argc, &argv);
  kvm_test_add ("/doorbell/lengths", test_lengths);
  kvm_test_add ("/doorbell/any-length", test_any_length);
  kvm_test_add ("/doorbell/values", test_values);
  kvm_test_add ("/doorbell/properties", test_properties);
  kvm_test_add ("/doorbell/overlap", test_overlap);
  kvm_test_add_for_x86 ("/doorbell/ports", test_ports);
  kvm_test_add ("/doorbell/bad-arguments", test_bad_arguments);
  kvm_test_add ("/doorbell/source", test_source);
  kvm_test_add ("/doorbell/several-sources", test_several_sources);
  kvm_test_add ("/doorbell/remove", test_remove);
  kvm_test_add ("/doorbell/remove-from-callback", test_remove_from_callback);
  kvm_test_add ("/doorbell/vm-ends-in-callback", test_vm_ends_in_callback);
  kvm_test_add ("/doorbell/dropped", test_dropped);
  kvm_test_add ("/doorbell/closed-vm", test_closed_vm);
  kvm_test_add ("/doorbell/does-not-keep-vm", test_does_not_keep_vm);
  kvm_test_add ("/doorbell/deassigned-with-the-vm", test_deassigned_with_the_vm);
  kvm_test_add ("/doorbell/fork", test_fork);
  kvm_test_add ("/doorbell/remove-while-rung", test_remove_while_rung);
  return g_test_run ();
}
