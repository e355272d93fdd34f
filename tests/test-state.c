/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Saved states: a guest goes on from one as if nothing had been, and what is no state of it leaves
 * it as it was. */

#include "kvm-test.h"

#include <stdlib.h>
#include <string.h>

/* How often a state is damaged at random; KVMOBJ_TEST_MUTATIONS in the environment is another
 * number. Where registers are restored one by one, on hosts that are slow, there are fewer. */
#if defined(__x86_64__)
#define N_MUTATIONS 500
#else
#define N_MUTATIONS 40
#endif

static GVariant *
save_vcpu (KvmVcpu *vcpu)
{
  g_autoptr (GError) error = NULL;
  GVariant *state = kvm_vcpu_save_state (vcpu, &error);

  g_assert_no_error (error);
  g_assert_false (g_variant_is_floating (state));
  return state;
}

static GVariant *
save_vm (KvmVm *vm)
{
  g_autoptr (GError) error = NULL;
  GVariant *state = kvm_vm_save_state (vm, NULL, &error);

  g_assert_no_error (error);
  g_assert_false (g_variant_is_floating (state));
  return state;
}

/* As if it came from a file. */
static GVariant *
read_again (GVariant *state)
{
  g_autoptr (GBytes) bytes = kvm_state_to_bytes (state);
  g_autoptr (GError) error = NULL;
  GVariant *again = kvm_state_from_bytes (bytes, &error);

  g_assert_no_error (error);
  return again;
}

static void
assert_same (GVariant *state, GVariant *other)
{
  g_auto (GStrv) names = kvm_state_compare (state, other);

  if (names[0] != NULL)
    g_error ("the states differ in %s", names[0]);
}

static void
copy_memory (KvmTestGuest *from, KvmTestGuest *to)
{
  g_autoptr (GError) error = NULL;
  g_autofree guint8 *data = g_malloc (0x8000);

  g_assert_true (kvm_memory_read (from->memory, 0, data, 0x8000, &error));
  g_assert_true (kvm_memory_write (to->memory, 0, data, 0x8000, &error));
  g_assert_no_error (error);
}

/* Another guest that is where the first one is. */
static KvmTestGuest *
clone_guest (KvmTestGuest *guest)
{
  KvmTestGuest *self = KVM_TEST_GUEST (halt);
  g_autoptr (GVariant) state = save_vm (guest->vm);
  g_autoptr (GVariant) again = read_again (state);
  g_autoptr (GVariant) now = NULL;
  g_autoptr (GError) error = NULL;

  copy_memory (guest, self);
  kvm_vm_restore_state (self->vm, again, &error);
  g_assert_no_error (error);
  now = save_vm (self->vm);
  assert_same (state, now);
  return self;
}

static guint16
read_count (KvmTestGuest *guest)
{
  g_autoptr (GError) error = NULL;
  guint16 value;

  kvm_memory_read (guest->memory, 0x2000, (guint8 *) &value, sizeof value, &error);
  g_assert_no_error (error);
  return value;
}

static void
test_head (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (halt);
  g_autoptr (GVariant) vcpu = save_vcpu (guest->vcpu);
  g_autoptr (GVariant) vm = save_vm (guest->vm);
  g_autoptr (GVariant) again = save_vm (guest->vm);
  GVariant *states[] = { vcpu, vm };
  const char *kind, *architecture;
  guint32 version;

  for (guint i = 0; i < G_N_ELEMENTS (states); i++)
    {
      g_assert_true (g_variant_lookup (states[i], "kind", "&s", &kind));
      g_assert_cmpstr (kind, ==, i == 0 ? "vcpu" : "vm");
      g_assert_true (g_variant_lookup (states[i], "version", "u", &version));
      g_assert_cmpuint (version, ==, 1);
      g_assert_true (g_variant_lookup (states[i], "architecture", "&s", &architecture));
    }
  assert_same (vm, again);
}

static void
test_clone (void)
{
  g_autoptr (KvmTestGuest) first = KVM_TEST_GUEST (count);

  for (guint i = 1; i <= 4; i++)
    {
      KvmTestGuest *next;

      kvm_test_run_to_halt (first);
      g_assert_cmpuint (read_count (first), ==, i);
      next = clone_guest (first);
      kvm_test_guest_free (first);
      first = next;
    }
}

/* The answer to a read goes with the state; without one there is none. */
static void
test_pending (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (server);
  g_autoptr (KvmTestGuest) other = KVM_TEST_GUEST (server);
  g_autoptr (KvmTestGuest) clone = NULL;
  g_autoptr (GVariant) state = save_vm (guest->vm);
  g_autoptr (GError) error = NULL;

  kvm_test_run (guest, KVM_TEST_REASON_IO);
  g_assert_null (kvm_vcpu_save_state (guest->vcpu, &error));
  kvm_test_assert_error (error, KVM_ERROR_PENDING, "the guest waits for an answer");
  g_assert_null (kvm_vm_save_state (guest->vm, NULL, &error));
  kvm_test_assert_error (error, KVM_ERROR_PENDING, "kvm_vm_save_state ()");
  g_assert_false (kvm_vm_restore_state (guest->vm, state, &error));
  kvm_test_assert_error (error, KVM_ERROR_PENDING, "the guest waits for an answer");

  kvm_exit_set_value (guest->exit, 0x41);
  clone = clone_guest (guest);
  kvm_test_run (clone, KVM_TEST_REASON_IO);
  g_assert_cmphex (kvm_exit_get_value (clone->exit), ==, 0x42);
  kvm_test_run (guest, KVM_TEST_REASON_IO);
  g_assert_cmphex (kvm_exit_get_value (guest->exit), ==, 0x42);

  /* What was pending does not reach what is restored. */
  kvm_test_run (other, KVM_TEST_REASON_IO);
  kvm_exit_set_value (other->exit, 0x77);
  kvm_vm_restore_state (other->vm, state, &error);
  g_assert_no_error (error);
  kvm_test_run (other, KVM_TEST_REASON_IO);
  g_assert_false (kvm_exit_is_write (other->exit));
  kvm_exit_set_value (other->exit, 0x10);
  kvm_test_run (other, KVM_TEST_REASON_IO);
  g_assert_cmphex (kvm_exit_get_value (other->exit), ==, 0x11);
}

static gpointer
run_in_thread (gpointer data)
{
  KvmTestGuest *guest = data;

  kvm_test_run (guest, KVM_EXIT_REASON_INTERRUPTED);
  return NULL;
}

static void
test_running (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (spin);
  g_autoptr (GVariant) state = save_vcpu (guest->vcpu);
  g_autoptr (GVariant) vm_state = save_vm (guest->vm);
  g_autoptr (GError) error = NULL;
  GThread *thread = g_thread_new ("vcpu", run_in_thread, guest);

  kvm_test_wait_until_running (guest->vcpu);
  g_assert_null (kvm_vcpu_save_state (guest->vcpu, &error));
  kvm_test_assert_error (error, KVM_ERROR_RUNNING, "kvm_vcpu_save_state () on vCPU 0");
  g_assert_null (kvm_vm_save_state (guest->vm, NULL, &error));
  kvm_test_assert_error (error, KVM_ERROR_RUNNING, "kvm_vm_save_state () on vCPU 0");
  g_assert_false (kvm_vcpu_restore_state (guest->vcpu, state, &error));
  kvm_test_assert_error (error, KVM_ERROR_RUNNING, "kvm_vcpu_restore_state () on vCPU 0");
  g_assert_false (kvm_vm_restore_state (guest->vm, vm_state, &error));
  kvm_test_assert_error (error, KVM_ERROR_RUNNING, "vCPU 0");
  kvm_vcpu_kick (guest->vcpu);
  g_thread_join (thread);
}

typedef struct
{
  GAsyncResult *result;
} Waiter;

static void
on_saved (GObject *source, GAsyncResult *result, gpointer user_data)
{
  ((Waiter *) user_data)->result = g_object_ref (result);
}

static GVariant *
save_async (KvmVm *vm, GCancellable *cancellable, GError **error)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  Waiter waiter = { NULL };
  GVariant *state;

  g_main_context_push_thread_default (context);
  kvm_vm_save_state_async (vm, cancellable, on_saved, &waiter);
  while (waiter.result == NULL)
    g_main_context_iteration (context, TRUE);
  g_main_context_pop_thread_default (context);
  state = kvm_vm_save_state_finish (vm, waiter.result, error);
  g_object_unref (waiter.result);
  return state;
}

static void
test_async (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (count);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GVariant) state = NULL;
  g_autoptr (GVariant) expected = NULL;
  g_autoptr (GError) error = NULL;

  kvm_test_run_to_halt (guest);
  state = save_async (guest->vm, NULL, &error);
  g_assert_no_error (error);
  expected = save_vm (guest->vm);
  assert_same (state, expected);

  g_cancellable_cancel (cancellable);
  g_assert_null (save_async (guest->vm, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
  g_assert_null (kvm_vm_save_state (guest->vm, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  kvm_vm_close (guest->vm);
  g_clear_error (&error);
  g_assert_null (save_async (guest->vm, NULL, &error));
  kvm_test_assert_error (error, KVM_ERROR_CLOSED, "kvm_vm_save_state () on VM");
}

/* The dictionary with an item changed, or without it if there is no value. */
static GVariant *
edit (GVariant *state, const char *key, GVariant *value)
{
  GVariantDict dict;

  g_variant_dict_init (&dict, state);
  if (value != NULL)
    g_variant_dict_insert_value (&dict, key, value);
  else
    g_assert_true (g_variant_dict_remove (&dict, key));
  return g_variant_ref_sink (g_variant_dict_end (&dict));
}

static void
assert_refused (KvmTestGuest *guest, GVariant *state, int code, const char *text)
{
  g_autoptr (GVariant) before = save_vcpu (guest->vcpu);
  g_autoptr (GVariant) after = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_false (kvm_vcpu_restore_state (guest->vcpu, state, &error));
  kvm_test_assert_error (error, code, text);
  after = save_vcpu (guest->vcpu);
  assert_same (before, after);
}

static void
assert_edit_refused (KvmTestGuest *guest, GVariant *state, const char *key, GVariant *value,
                     int code, const char *text)
{
  g_autoptr (GVariant) edited = edit (state, key, value);

  assert_refused (guest, edited, code, text);
}

static void
test_refused (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (count);
  g_autoptr (GVariant) state = save_vcpu (guest->vcpu);
  g_autoptr (GVariant) vm_state = save_vm (guest->vm);
  g_autoptr (GVariant) twice = NULL;
  g_autoptr (GVariant) none = g_variant_ref_sink (g_variant_new_string ("state"));
  g_autoptr (GError) error = NULL;
  GVariantBuilder builder;
  GVariantIter iter;
  GVariant *entry;

  kvm_test_run_to_halt (guest);
  assert_refused (guest, none, KVM_ERROR_INVALID, "and not a dictionary a{sv}");
  assert_refused (guest, vm_state, KVM_ERROR_INVALID, "the state of a vm, not of a vcpu");
  assert_edit_refused (guest, state, "architecture", g_variant_new_string ("s390x"),
                       KVM_ERROR_NOT_SUPPORTED, "the state is of s390x");
  assert_edit_refused (guest, state, "version", g_variant_new_uint32 (2), KVM_ERROR_NOT_SUPPORTED,
                       "the format 2");
  assert_edit_refused (guest, state, "version", g_variant_new_uint32 (1 << 24),
                       KVM_ERROR_NOT_SUPPORTED, "big-endian");
  assert_edit_refused (guest, state, "version", NULL, KVM_ERROR_INVALID, "it lacks");
  assert_edit_refused (guest, state, "mp-state", NULL, KVM_ERROR_INVALID,
                       "\"mp-state\" of the state is missing");
  assert_edit_refused (guest, state, "mp-state", g_variant_new_string ("halted"), KVM_ERROR_INVALID,
                       "\"mp-state\" of the state is a s, and not u");
  assert_edit_refused (guest, state, "colour", g_variant_new_uint32 (1), KVM_ERROR_NOT_SUPPORTED,
                       "\"colour\" of the state is not known");

  g_variant_builder_init (&builder, G_VARIANT_TYPE_VARDICT);
  g_variant_iter_init (&iter, state);
  while ((entry = g_variant_iter_next_value (&iter)) != NULL)
    {
      g_variant_builder_add_value (&builder, entry);
      g_variant_unref (entry);
    }
  g_variant_builder_add (&builder, "{sv}", "mp-state", g_variant_new_uint32 (0));
  twice = g_variant_ref_sink (g_variant_builder_end (&builder));
  assert_refused (guest, twice, KVM_ERROR_INVALID, "is there twice");

  g_assert_false (kvm_vm_restore_state (guest->vm, state, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID, "the state of a vcpu, not of a vm");
  g_assert_true (kvm_vcpu_restore_state (guest->vcpu, state, &error));
  kvm_test_run_to_halt (guest);
  g_assert_cmpuint (read_count (guest), ==, 2);
}

/* A machine with another number of vCPUs is another machine. */
static void
test_other_vcpus (void)
{
  g_autoptr (KvmTestGuest) one = KVM_TEST_GUEST (halt);
  g_autoptr (KvmTestGuest) two = KVM_TEST_GUEST (halt);
  g_autoptr (GError) error = NULL;
  g_autoptr (KvmVcpu) second = kvm_vm_create_vcpu (two->vm, 1, &error);
  g_autoptr (GVariant) state_of_one = save_vm (one->vm);
  g_autoptr (GVariant) state_of_two = NULL;

  g_assert_no_error (error);
  kvm_test_setup_vcpu (second, KVM_TEST_ENTRY, 0);
  state_of_two = save_vm (two->vm);
  g_assert_false (kvm_vm_restore_state (one->vm, state_of_two, &error));
  kvm_test_assert_error (error, KVM_ERROR_NOT_SUPPORTED, "has vCPU 1");
  g_assert_false (kvm_vm_restore_state (two->vm, state_of_one, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID, "lacks vCPU 1");
  g_assert_true (kvm_vm_restore_state (two->vm, state_of_two, &error));
  g_assert_no_error (error);
}

static GBytes *
mutate (GBytes *bytes)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (bytes, &size);
  guint8 *copy = g_memdup2 (data, size);
  guint n_changes = g_random_int_range (1, 5);

  switch (g_random_int_range (0, 8))
    {
    case 0:
      size = g_random_int_range (0, size);
      break;
    case 1:
      {
        gsize from = g_random_int_range (0, size), to = g_random_int_range (0, size);

        memmove (copy + to, data + from, MIN (size - MAX (from, to), 64));
      }
      break;
    default:
      while (n_changes-- > 0)
        copy[g_random_int_range (0, size)]
            = g_random_boolean () ? g_random_int () : (guint8) (1u << g_random_int_range (0, 8));
    }
  return g_bytes_new_take (copy, size);
}

/* A state of which everything is in order but what the kernel alone knows: how many states a vCPU
 * can be in, or that an address is none, which is found when other items were set. */
static GVariant *
spoil (GVariant *state)
{
#if defined(__x86_64__)
  static const guint32 lstar = 0xc0000082;
  g_autoptr (GVariant) msrs = g_variant_lookup_value (state, "msrs", G_VARIANT_TYPE ("a(ut)"));
  GVariantBuilder builder;
  GVariantIter iter;
  guint32 index;
  guint64 value;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a(ut)"));
  g_variant_iter_init (&iter, msrs);
  while (g_variant_iter_next (&iter, "(ut)", &index, &value))
    g_variant_builder_add (&builder, "(ut)", index, index == lstar ? (guint64) 1 << 62 : value);
  return edit (state, "msrs", g_variant_builder_end (&builder));
#else
  return edit (state, "mp-state", g_variant_new_uint32 (77));
#endif
}

#if defined(__x86_64__)
#define SPOILT "0xc0000082"
#else
#define SPOILT "\"mp-state\" of the state"
#endif

static GVariant *
spoil_vm (GVariant *state)
{
  g_autoptr (GVariant) vcpus = g_variant_lookup_value (state, "vcpus", NULL);
  g_autoptr (GVariant) vcpu = NULL;
  g_autoptr (GVariant) spoilt = NULL;
  GVariantBuilder builder;

  g_variant_get_child (vcpus, 0, "{u@a{sv}}", NULL, &vcpu);
  spoilt = spoil (vcpu);
  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a{ua{sv}}"));
  g_variant_builder_add (&builder, "{u@a{sv}}", 0, spoilt);
  return edit (state, "vcpus", g_variant_builder_end (&builder));
}

/* A vCPU that has run is put back; one that has not is of no use, until it is restored. */
static void
test_put_back (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (count);
  g_autoptr (KvmTestGuest) fresh = KVM_TEST_GUEST (count);
  g_autoptr (GVariant) state = save_vm (guest->vm);
  g_autoptr (GVariant) vcpu_state = save_vcpu (guest->vcpu);
  g_autoptr (GVariant) spoilt = spoil_vm (state);
  g_autoptr (GVariant) spoilt_vcpu = spoil (vcpu_state);
  g_autoptr (GVariant) before = NULL;
  g_autoptr (GVariant) after = NULL;
  g_autoptr (GError) error = NULL;

  kvm_test_run_to_halt (guest);
  before = save_vm (guest->vm);
  g_assert_false (kvm_vm_restore_state (guest->vm, spoilt, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID_ARGUMENT, SPOILT);
  assert_refused (guest, spoilt_vcpu, KVM_ERROR_INVALID_ARGUMENT, SPOILT);
  after = save_vm (guest->vm);
  assert_same (before, after);
  kvm_test_run_to_halt (guest);
  g_assert_cmpuint (read_count (guest), ==, 2);

  for (guint i = 0; i < 2; i++)
    {
      g_assert_false (i == 0 ? kvm_vm_restore_state (fresh->vm, spoilt, &error)
                             : kvm_vcpu_restore_state (fresh->vcpu, spoilt_vcpu, &error));
      kvm_test_assert_error (error, KVM_ERROR_INVALID_ARGUMENT, SPOILT);
      g_assert_null (kvm_vcpu_save_state (fresh->vcpu, &error));
      kvm_test_assert_error (error, KVM_ERROR_UNUSABLE, "vCPU 0");
      g_assert_cmpint (kvm_vcpu_run (fresh->vcpu, NULL, &error), ==, KVM_EXIT_REASON_ERROR);
      kvm_test_assert_error (error, KVM_ERROR_UNUSABLE, "vCPU 0");
    }
  g_assert_true (kvm_vm_restore_state (fresh->vm, state, &error));
  kvm_test_run_to_halt (fresh);
  g_assert_cmpuint (read_count (fresh), ==, 1);
}

/* What is refused leaves the vCPU as it was; what is not refused is in it. */
static void
test_mutations (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (count);
  g_autoptr (GVariant) state = save_vm (guest->vm);
  g_autoptr (GBytes) bytes = kvm_state_to_bytes (state);
  const char *number = g_getenv ("KVMOBJ_TEST_MUTATIONS");
  guint n = number != NULL ? atoi (number) : N_MUTATIONS;
  guint n_no_state = 0, n_refused = 0, n_taken = 0;
  g_autofree guint8 *memory = g_malloc (0x8000);
  g_autoptr (GError) local = NULL;

  kvm_test_run_to_halt (guest);
  g_assert_true (kvm_memory_read (guest->memory, 0, memory, 0x8000, &local));
  g_assert_true (kvm_vm_restore_state (guest->vm, state, &local));
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (GBytes) mutated = mutate (bytes);
      g_autoptr (GError) error = NULL;
      g_autoptr (GVariant) other = kvm_state_from_bytes (mutated, &error);
      g_autoptr (GVariant) after = NULL;

      if (other == NULL)
        {
          g_assert_true (error->domain == KVM_ERROR && error->code >= KVM_ERROR_CLOSED);
          n_no_state++;
          continue;
        }
      if (kvm_vm_restore_state (guest->vm, other, &error))
        {
          n_taken++;
          g_assert_true (kvm_vm_restore_state (guest->vm, state, &error));
          continue;
        }
      g_assert_true (error->domain == KVM_ERROR);
      g_clear_error (&error);
      after = save_vm (guest->vm);
      assert_same (after, state);
      n_refused++;
    }
  g_test_message ("%u mutations: %u no state, %u refused, %u taken", n, n_no_state, n_refused,
                  n_taken);

  /* The guest is none the worse, but for its memory: a state that was taken can have asked the
   * kernel to write the time there. */
  g_assert_true (kvm_memory_write (guest->memory, 0, memory, 0x8000, &local));
  g_assert_no_error (local);
  kvm_test_run_to_halt (guest);
  g_assert_cmpuint (read_count (guest), ==, 2);
}

#if defined(__aarch64__)

#define GIC_ADDRESS 0
#define GIC_N_IRQS 3
#define GIC_CONTROL 4
#define SPI 40

#define ITS_ADDRESS 0x8080000

/* A GICv3, or on a host that has none a GICv2, as the guest of kvm_test_guest_new () has none. */
static KvmDevice *
add_gic (KvmTestGuest *guest)
{
  static const guint64 distributor = 0x8000000, other = 0x8010000;
  static const guint32 n_irqs = 64;
  g_autoptr (GError) error = NULL;
  KvmDevice *gic;
  gboolean is_v3 = kvm_vm_test_device (guest->vm, KVM_DEVICE_TYPE_ARM_VGIC_V3, &error);

  g_assert_no_error (error);
  gic = kvm_vm_create_device (
      guest->vm, is_v3 ? KVM_DEVICE_TYPE_ARM_VGIC_V3 : KVM_DEVICE_TYPE_ARM_VGIC_V2, &error);
  g_assert_no_error (error);
  kvm_device_set_attribute (gic, GIC_N_IRQS, 0, (const guint8 *) &n_irqs, sizeof n_irqs, &error);
  g_assert_no_error (error);
  kvm_device_set_attribute (gic, GIC_ADDRESS, is_v3 ? 2 : 0, (const guint8 *) &distributor,
                            sizeof distributor, &error);
  g_assert_no_error (error);
  kvm_device_set_attribute (gic, GIC_ADDRESS, is_v3 ? 3 : 1, (const guint8 *) &other, sizeof other,
                            &error);
  g_assert_no_error (error);
  kvm_device_set_attribute (gic, GIC_CONTROL, 0, NULL, 0, &error);
  g_assert_no_error (error);
  return gic;
}

static guint32
get_pending (KvmDevice *gic)
{
  g_autoptr (GError) error = NULL;
  g_autofree guint8 *value = NULL;
  guint32 word;
  gsize length;

  value = kvm_device_get_attribute (gic, 1, 0x200 + 4 * (SPI / 32), sizeof word, &length, &error);
  g_assert_no_error (error);
  memcpy (&word, value, sizeof word);
  return word;
}

/* An interrupt whose line is high is so in the copy, and not pending any more when it is low there.
 */
static void
test_gic (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (count);
  g_autoptr (KvmTestGuest) other = KVM_TEST_GUEST (count);
  g_autoptr (KvmTestGuest) without = KVM_TEST_GUEST (count);
  g_autoptr (KvmDevice) gic = add_gic (guest);
  g_autoptr (KvmDevice) other_gic = add_gic (other);
  g_autoptr (GVariant) quiet = save_vm (guest->vm);
  g_autoptr (GVariant) state = NULL;
  g_autoptr (GVariant) again = NULL;
  g_autoptr (GVariant) now = NULL;
  g_autoptr (GError) error = NULL;
  static const guint32 enabled = 1u << SPI % 32;

  kvm_test_run_to_halt (guest);
  kvm_device_set_attribute (gic, 1, 0x100 + 4 * (SPI / 32), (const guint8 *) &enabled,
                            sizeof enabled, &error);
  g_assert_no_error (error);
  kvm_vm_set_irq_line (guest->vm, 1u << 24 | SPI, TRUE, &error);
  g_assert_no_error (error);
  state = save_vm (guest->vm);
  again = read_again (state);
  g_assert_true (kvm_vm_restore_state (other->vm, again, &error));
  g_assert_no_error (error);
  now = save_vm (other->vm);
  assert_same (state, now);
  g_assert_cmphex (get_pending (other_gic), ==, get_pending (gic));

  g_clear_pointer (&now, g_variant_unref);
  g_assert_true (kvm_vm_restore_state (other->vm, quiet, &error));
  g_assert_no_error (error);
  now = save_vm (other->vm);
  assert_same (quiet, now);

  g_assert_false (kvm_vm_restore_state (without->vm, state, &error));
  kvm_test_assert_error (error, KVM_ERROR_NOT_SUPPORTED, "has a device of type");
}

/* Devices come in the order in which they were made, whatever was made and went between them. */
static void
test_order_of_devices (void)
{
  KvmTestGuest *guests[2];
  KvmDevice *devices[4];
  g_autoptr (GVariant) state = NULL;
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (KvmStats) stats = NULL;

      guests[i] = KVM_TEST_GUEST (count);
      if (i == 0)
        stats = kvm_vm_get_stats (guests[i]->vm, &error);
      devices[2 * i] = add_gic (guests[i]);
      devices[2 * i + 1] = kvm_vm_arm64_create_vgic_its (guests[i]->vm, ITS_ADDRESS, &error);
      g_assert_no_error (error);
      kvm_device_arm64_vgic_init (devices[2 * i + 1], &error);
      g_assert_no_error (error);
    }
  state = save_vm (guests[0]->vm);
  g_assert_true (kvm_vm_restore_state (guests[1]->vm, state, &error));
  g_assert_no_error (error);

  for (guint i = 0; i < 4; i++)
    g_object_unref (devices[i]);
  for (guint i = 0; i < 2; i++)
    kvm_test_guest_free (guests[i]);
}

#endif

#if defined(__riscv)

#define AIA_APLIC 3
#define AIA_IMSIC 4
#define SOURCE 5
#define MESSAGE 9
#define APLIC_ADDRESS 0xd000000
#define IMSIC_ADDRESS 0x28000000

static KvmDevice *
add_aia (KvmTestGuest *guest)
{
  g_autoptr (GError) error = NULL;
  KvmDevice *aia = kvm_vm_create_device (guest->vm, KVM_DEVICE_TYPE_RISCV_AIA, &error);

  g_assert_no_error (error);
  kvm_device_riscv_set_aia_config (aia, KVM_RISCV_AIA_CONFIG_MODE, KVM_RISCV_AIA_MODE_EMUL, &error);
  kvm_device_riscv_set_aia_config (aia, KVM_RISCV_AIA_CONFIG_IDS, 63, &error);
  kvm_device_riscv_set_aia_config (aia, KVM_RISCV_AIA_CONFIG_SOURCES, 31, &error);
  kvm_device_riscv_set_aplic_address (aia, APLIC_ADDRESS, &error);
  kvm_device_riscv_set_imsic_address (aia, 0, IMSIC_ADDRESS, &error);
  g_assert_true (kvm_device_riscv_init_aia (aia, &error));
  g_assert_no_error (error);
  return aia;
}

static void
set_aplic (KvmDevice *aia, guint64 attribute, guint32 value)
{
  g_autoptr (GError) error = NULL;

  kvm_device_set_attribute (aia, AIA_APLIC, attribute, (const guint8 *) &value, sizeof value,
                            &error);
  g_assert_no_error (error);
}

static guint64
get_attribute (KvmDevice *aia, guint group, guint64 attribute, gsize size)
{
  g_autoptr (GError) error = NULL;
  g_autofree guint8 *value = NULL;
  guint64 number = 0;
  gsize length;

  value = kvm_device_get_attribute (aia, group, attribute, size, &length, &error);
  g_assert_no_error (error);
  memcpy (&number, value, length);
  return number;
}

/* A source that is enabled and pending, and a message that has come. */
static void
test_aia (void)
{
  static const guint64 eip = 0x80;
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (count);
  g_autoptr (KvmTestGuest) other = KVM_TEST_GUEST (count);
  g_autoptr (KvmTestGuest) without = KVM_TEST_GUEST (count);
  g_autoptr (KvmDevice) aia = add_aia (guest);
  g_autoptr (KvmDevice) other_aia = add_aia (other);
  g_autoptr (GVariant) quiet = NULL;
  g_autoptr (GVariant) state = NULL;
  g_autoptr (GVariant) again = NULL;
  g_autoptr (GVariant) now = NULL;
  g_autoptr (GError) error = NULL;
  guint n;

  kvm_test_run_to_halt (guest);
  kvm_test_run_to_halt (other);
  quiet = save_vm (guest->vm);
  set_aplic (aia, 4 * SOURCE, 4); /* a rising edge */
  set_aplic (aia, 0x1e00, 1u << SOURCE);
  set_aplic (aia, 0x1c00, 1u << SOURCE);
  g_assert_true (
      kvm_vm_signal_msi (guest->vm, IMSIC_ADDRESS, MESSAGE, KVM_MSI_FLAGS_NONE, 0, &n, &error));
  g_assert_cmphex (get_attribute (aia, AIA_APLIC, 0x1c00, 4), ==, 1u << SOURCE);
  g_assert_cmphex (get_attribute (aia, AIA_IMSIC, eip, 8), ==, 1u << MESSAGE);

  state = save_vm (guest->vm);
  again = read_again (state);
  g_assert_true (kvm_vm_restore_state (other->vm, again, &error));
  g_assert_no_error (error);
  now = save_vm (other->vm);
  assert_same (state, now);
  g_assert_cmphex (get_attribute (other_aia, AIA_APLIC, 0x1c00, 4), ==, 1u << SOURCE);
  g_assert_cmphex (get_attribute (other_aia, AIA_APLIC, 0x1e00, 4), ==, 1u << SOURCE);
  g_assert_cmphex (get_attribute (other_aia, AIA_IMSIC, eip, 8), ==, 1u << MESSAGE);

  g_clear_pointer (&now, g_variant_unref);
  g_assert_true (kvm_vm_restore_state (other->vm, quiet, &error));
  g_assert_no_error (error);
  now = save_vm (other->vm);
  assert_same (quiet, now);

  g_assert_false (kvm_vm_restore_state (without->vm, state, &error));
  kvm_test_assert_error (error, KVM_ERROR_NOT_SUPPORTED, "has a device of type");
}

#endif

/* What a person wants to see; how it is worded may change. */
static void
test_dump (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (count);
  g_autofree char *dump = NULL;
  g_autoptr (GError) error = NULL;

  kvm_test_run_to_halt (guest);
  dump = kvm_vcpu_dump (guest->vcpu, &error);
  g_assert_no_error (error);
  g_test_message ("%s", dump);
  g_assert_true (g_str_has_prefix (dump, "vCPU 0: "));
#if defined(__x86_64__)
  g_assert_nonnull (strstr (dump, "real mode, CPL 0"));
  g_assert_nonnull (strstr (dump, "cs   0000 base=0000000000000000 limit=0000ffff 16-bit code"));
  g_assert_nonnull (strstr (dump, "cr0=0000000060000010 [ET NW CD]"));
  g_assert_nonnull (strstr (dump, " f4 |"));
#else
  g_assert_nonnull (strstr (dump, "pc=0000000000001"));
#endif
  g_assert_nonnull (strstr (dump, "\ncode at 0x1"));
  g_assert_null (strstr (dump, "no memory"));

  kvm_vcpu_close (guest->vcpu);
  g_assert_null (kvm_vcpu_dump (guest->vcpu, &error));
  kvm_test_assert_error (error, KVM_ERROR_CLOSED, "vCPU 0");
}

static void
assert_last_exits (KvmVcpu *vcpu, guint n, const char *const *lines)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *dump = kvm_vcpu_dump (vcpu, &error);
  g_autofree char *head = g_strdup_printf ("last exits, of at most %u:\n", n);
  const char *begin;

  g_assert_no_error (error);
  begin = strstr (dump, head);
  g_assert_cmpint (begin != NULL, ==, n != 0);
  if (begin == NULL)
    {
      g_assert_null (strstr (dump, "last exits"));
      return;
    }
  begin += strlen (head);
  for (; *lines != NULL; lines++)
    {
      g_assert_true (g_str_has_prefix (begin, "  "));
      g_assert_true (g_str_has_prefix (begin + 2, *lines));
      begin = strchr (begin, '\n') + 1;
    }
  g_assert_false (g_str_has_prefix (begin, "  "));
}

/* Nothing is kept unless it is asked for; then the last ones are, and those that the bus serves. */
static void
test_exit_history (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (print);
  g_autoptr (KvmRtc) device = kvm_rtc_new ();
  char *lines[3] = { NULL };
  g_autofree char *halt = NULL;
  guint n_exits;

  for (guint i = 0; i < 2; i++)
    {
      /* This finishes what is unfinished, where that takes an exit. */
      kvm_test_setup_vcpu (guest->vcpu, KVM_TEST_ENTRY, 0);
      kvm_vcpu_set_exit_history (guest->vcpu, i == 0 ? 0 : 4);
      for (guint j = 0; j < 2; j++)
        {
          kvm_test_run (guest, KVM_TEST_REASON_IO);
          g_free (lines[j]);
          lines[j] = kvm_exit_to_string (guest->exit);
        }
      assert_last_exits (guest->vcpu, i == 0 ? 0 : 4, (const char *const *) lines);
    }
  kvm_test_run_to_halt (guest);
  halt = kvm_exit_to_string (guest->exit);
  assert_last_exits (guest->vcpu, 4, (const char *const[]){ lines[0], lines[1], halt, NULL });
  g_object_set (guest->vcpu, "exit-history", 2, NULL);
  g_object_get (guest->vcpu, "exit-history", &n_exits, NULL);
  g_assert_cmpuint (n_exits, ==, 2);
  assert_last_exits (guest->vcpu, 2, (const char *const[]){ lines[1], halt, NULL });

  kvm_test_add_device (guest, 0x3f8, 1, device);
  kvm_vcpu_set_exit_history (guest->vcpu, 3);
  kvm_test_setup_vcpu (guest->vcpu, KVM_TEST_ENTRY, 0);
  kvm_test_run_to_halt (guest);
  for (guint i = 0; i < 2; i++)
    {
      char *served = g_strconcat (lines[i], ", served on the bus", NULL);

      g_free (lines[i]);
      lines[i] = served;
    }
  assert_last_exits (guest->vcpu, 3, (const char *const[]){ lines[0], lines[1], halt, NULL });

  kvm_vcpu_set_exit_history (guest->vcpu, 0);
  g_assert_cmpuint (kvm_vcpu_get_exit_history (guest->vcpu), ==, 0);
  kvm_test_setup_vcpu (guest->vcpu, KVM_TEST_ENTRY, 0);
  kvm_test_run_to_halt (guest);
  assert_last_exits (guest->vcpu, 0, NULL);
  for (guint i = 0; i < 2; i++)
    g_free (lines[i]);
}

int
main (int argc, char *argv[])
{
  kvm_test_init (&argc, &argv);
  kvm_test_add ("/state/head", test_head);
  kvm_test_add ("/state/clone", test_clone);
  kvm_test_add ("/state/pending", test_pending);
  kvm_test_add ("/state/running", test_running);
  g_test_add_func ("/state/async", test_async); /* leaves a thread of GLib's */
  kvm_test_add ("/state/refused", test_refused);
  kvm_test_add ("/state/other-vcpus", test_other_vcpus);
  kvm_test_add ("/state/put-back", test_put_back);
#if defined(__aarch64__)
  kvm_test_add ("/state/gic", test_gic);
  kvm_test_add ("/state/order-of-devices", test_order_of_devices);
#elif defined(__riscv)
  kvm_test_add ("/state/aia", test_aia);
#endif
  kvm_test_add ("/state/dump", test_dump);
  kvm_test_add ("/state/exit-history", test_exit_history);
  g_test_add_func ("/state/mutations", test_mutations); /* once is enough */
  return g_test_run ();
}
