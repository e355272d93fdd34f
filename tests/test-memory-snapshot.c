/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Memory that is put back to what it was, whoever wrote to it. */

#include "dirty-guest.h"

static guint64
reset (KvmMemory *memory, KvmMemorySnapshot *snapshot)
{
  g_autoptr (GError) error = NULL;
  guint64 n_bytes;

  kvm_memory_reset_to (memory, snapshot, &n_bytes, &error);
  g_assert_no_error (error);
  return n_bytes;
}

static void
assert_same (KvmMemory *memory, gconstpointer expected)
{
  g_assert_cmpint (memcmp (kvm_memory_get_pointer (memory), expected, kvm_memory_get_size (memory)),
                   ==, 0);
}

/* All pages are different. */
static gpointer
fill_memory (KvmMemory *memory)
{
  gsize size = kvm_memory_get_size (memory);

  for (gsize i = 0; i < size; i += PAGE / 4)
    kvm_memory_write_u64_le (memory, i, i * 7 + 1, NULL);
  kvm_memory_fill (memory, 10 * PAGE, PAGE, 0, NULL);
  return g_memdup2 (kvm_memory_get_pointer (memory), size);
}

static void
test_guest_writes (void)
{
  static const guint pages[] = { 4, 10, 11, 63 };

  for (Mechanism mechanism = 0; mechanism < N_MECHANISMS; mechanism++)
    {
      g_autoptr (DirtyGuest) machine = DIRTY_GUEST (mechanism, touch);
      g_autoptr (KvmMemorySnapshot) snapshot = NULL;
      g_autoptr (GError) error = NULL;
      g_autofree gpointer expected = NULL;

      if (machine == NULL)
        continue;
      expected = fill_memory (machine->memory);
      dirty_guest_touch (machine, pages, 2); /* before the snapshot: it is a part of it */
      memcpy (expected, kvm_memory_get_pointer (machine->memory), N_PAGES * PAGE);
      snapshot = kvm_memory_create_snapshot (machine->memory, &error);
      g_assert_no_error (error);
      g_assert_true (kvm_memory_snapshot_get_memory (snapshot) == machine->memory);
      g_assert_cmphex (reset (machine->memory, snapshot), ==, 0);
      for (guint i = 0; i < 5; i++)
        {
          dirty_guest_touch (machine, pages, 4);
          g_assert_cmpint (
              memcmp (kvm_memory_get_pointer (machine->memory), expected, N_PAGES * PAGE), !=, 0);
          g_assert_cmphex (reset (machine->memory, snapshot), ==, 4 * PAGE);
          assert_same (machine->memory, expected);
          g_assert_cmphex (reset (machine->memory, snapshot), ==, 0);
        }
    }
}

/* Every method that writes, and what is written behind the library's back. */
static void
test_host_writes (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (KvmMemory) memory = kvm_memory_new (N_PAGES * PAGE, &error);
  g_autofree guint8 *expected = fill_memory (memory);
  g_autoptr (KvmMemorySnapshot) snapshot = kvm_memory_create_snapshot (memory, &error);
  guint8 *pointer = kvm_memory_get_pointer (memory);

  g_assert_no_error (error);
#define TRY(call, n)                                                                               \
  g_assert_true (call);                                                                            \
  g_assert_cmpint (memcmp (pointer, expected, N_PAGES *PAGE), !=, 0);                              \
  g_assert_cmphex (reset (memory, snapshot), ==, (n) *PAGE);                                       \
  assert_same (memory, expected)
  TRY (kvm_memory_write (memory, 2 * PAGE - 1, (const guint8 *) "ab", 2, &error), 2);
  TRY (kvm_memory_fill (memory, PAGE, 5 * PAGE, 9, &error), 5);
  TRY (kvm_memory_fill (memory, 0, N_PAGES * PAGE, 9, &error), N_PAGES);
  TRY (kvm_memory_write_u8 (memory, N_PAGES * PAGE - 1, 9, &error), 1);
  TRY (kvm_memory_write_u16_le (memory, 7 * PAGE - 1, 0x909, &error), 2);
  TRY (kvm_memory_write_u32_be (memory, 7 * PAGE, 9, &error), 1);
  TRY (kvm_memory_write_u64_be (memory, 10 * PAGE, 9, &error), 1);
#undef TRY
  pointer[20 * PAGE] ^= 1;
  g_assert_cmphex (reset (memory, snapshot), ==, 0); /* nobody told */
  g_assert_true (kvm_memory_mark_dirty (memory, 20 * PAGE, 1, &error));
  g_assert_cmphex (reset (memory, snapshot), ==, PAGE);
  assert_same (memory, expected);
  g_assert_true (kvm_memory_mark_dirty (memory, 0, 0, &error));
  g_assert_cmphex (reset (memory, snapshot), ==, 0);
  g_assert_false (kvm_memory_mark_dirty (memory, 1, N_PAGES * PAGE, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID, "not within");
  g_assert_false (kvm_memory_mark_dirty (memory, G_MAXUINT64, 2, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID, "not within");
}

static void
test_two_snapshots (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (KvmMemory) memory = kvm_memory_new (N_PAGES * PAGE, &error);
  g_autofree gpointer first_content = fill_memory (memory);
  g_autofree gpointer second_content = NULL;
  g_autoptr (KvmMemorySnapshot) first = kvm_memory_create_snapshot (memory, &error);
  g_autoptr (KvmMemorySnapshot) second = NULL;

  kvm_memory_write_u8 (memory, 5 * PAGE, 0xee, &error);
  second_content = g_memdup2 (kvm_memory_get_pointer (memory), N_PAGES * PAGE);
  second = kvm_memory_create_snapshot (memory, &error);
  g_assert_no_error (error);
  kvm_memory_write_u8 (memory, 6 * PAGE, 0xee, &error);
  for (guint i = 0; i < 3; i++)
    {
      reset (memory, first);
      assert_same (memory, first_content);
      reset (memory, second);
      assert_same (memory, second_content);
      kvm_memory_write_u8 (memory, (7 + i) * PAGE, 0xee, &error);
    }
  g_clear_object (&first);
  reset (memory, second);
  assert_same (memory, second_content);
}

/* Thousands of resets, with writes by both sides at random: never is a byte left. */
static void
test_random (void)
{
  for (Mechanism mechanism = 0; mechanism < N_MECHANISMS; mechanism++)
    {
      g_autoptr (DirtyGuest) machine = DIRTY_GUEST (mechanism, touch);
      g_autoptr (KvmMemorySnapshot) snapshot = NULL;
      g_autoptr (KvmDirtyLog) log = NULL;
      g_autoptr (GError) error = NULL;
      g_autofree gpointer expected = NULL;
      guint n_pages = 0;

      if (machine == NULL)
        continue;
      expected = fill_memory (machine->memory);
      snapshot = kvm_memory_create_snapshot (machine->memory, &error);
      log = kvm_vm_create_dirty_log (machine->guest->vm, &error);
      for (guint i = 0; i < 250; i++)
        {
          guint pages[8], n = g_test_rand_int_range (0, 8);

          for (guint j = 0; j < n; j++)
            pages[j] = g_test_rand_int_range (0, N_PAGES);
          dirty_guest_touch (machine, pages, n);
          if (g_test_rand_bit ())
            g_assert_true (kvm_dirty_log_collect (log, &error));
          if (g_test_rand_bit ())
            kvm_memory_fill (machine->memory, g_test_rand_int_range (0, N_PAGES * PAGE), 1, 7,
                             &error);
          if (g_test_rand_int_range (0, 20) == 0)
            {
              /* The slot goes and comes, and is logged or not meanwhile. */
              g_assert_true (kvm_memory_slot_remove (machine->slot, &error));
              g_clear_object (&machine->slot);
              machine->slot = kvm_vm_add_memory (
                  machine->guest->vm, PLACE, machine->memory,
                  g_test_rand_bit () ? KVM_MEMORY_SLOT_FLAGS_LOG_DIRTY_PAGES : 0, &error);
              dirty_guest_touch (machine, pages, n);
              kvm_memory_slot_set_flags (machine->slot, KVM_MEMORY_SLOT_FLAGS_LOG_DIRTY_PAGES,
                                         &error);
            }
          g_assert_no_error (error);
          n_pages += reset (machine->memory, snapshot) / PAGE;
          assert_same (machine->memory, expected);
        }
      g_assert_cmpuint (n_pages, <, 250 * N_PAGES / 2);
    }
}

/* A slot that is not logged hides what the guest does: everything is compared. */
static void
test_unseen (void)
{
  static const guint pages[] = { 2, 30 };
  g_autoptr (DirtyGuest) machine = DIRTY_GUEST (PLAIN, touch);
  g_autoptr (GError) error = NULL;
  g_autofree gpointer expected = fill_memory (machine->memory);
  g_autoptr (KvmMemorySnapshot) snapshot = NULL;

  kvm_memory_slot_set_flags (machine->slot, 0, &error);
  snapshot = kvm_memory_create_snapshot (machine->memory, &error);
  for (guint i = 0; i < 3; i++)
    {
      dirty_guest_touch (machine, pages, 2);
      g_assert_cmphex (reset (machine->memory, snapshot), ==, 2 * PAGE);
      assert_same (machine->memory, expected);
    }

  /* Logged from now on; the last reset could not know that yet. */
  kvm_memory_slot_set_flags (machine->slot, KVM_MEMORY_SLOT_FLAGS_LOG_DIRTY_PAGES, &error);
  dirty_guest_touch (machine, pages, 2);
  reset (machine->memory, snapshot);
  assert_same (machine->memory, expected);
  dirty_guest_touch (machine, pages, 2);
  g_assert_cmphex (reset (machine->memory, snapshot), ==, 2 * PAGE);
  assert_same (machine->memory, expected);
  g_assert_no_error (error);
}

/* The same memory in two places of one guest, in a part only, and in a guest that goes. */
static void
test_places (void)
{
  static const guint pages[] = { 1, 65, 67 };
  g_autoptr (DirtyGuest) machine = DIRTY_GUEST (PLAIN, touch);
  g_autoptr (GError) error = NULL;
  g_autofree gpointer expected = fill_memory (machine->memory);
  g_autoptr (KvmMemorySnapshot) snapshot = kvm_memory_create_snapshot (machine->memory, &error);
  g_autoptr (KvmMemory) memory = g_object_ref (machine->memory);
  g_autoptr (KvmMemorySlot) slot = kvm_vm_add_memory_full (
      machine->guest->vm, PLACE + N_PAGES * PAGE, machine->memory, 7 * PAGE, 8 * PAGE,
      KVM_MEMORY_SLOT_FLAGS_LOG_DIRTY_PAGES, 0, NULL, 0, &error);

  g_assert_no_error (error);
  dirty_guest_touch (machine, pages, 3);
  g_assert_cmphex (reset (memory, snapshot), ==, 3 * PAGE);
  assert_same (memory, expected);
  dirty_guest_touch (machine, pages, 3);
  g_clear_object (&slot);
  g_clear_pointer (&machine, dirty_guest_free);
  g_assert_cmphex (reset (memory, snapshot), ==, 3 * PAGE);
  assert_same (memory, expected);
}

/* The guest "touch" for ever: ends when the memory has gone, or the virtual machine. */
static gpointer
run_until_it_goes (gpointer data)
{
  KvmVcpu *vcpu = data;
  KvmExit *exit = kvm_vcpu_get_exit (vcpu);

  while (kvm_vcpu_run (vcpu, NULL, NULL) != KVM_EXIT_REASON_ERROR && kvm_test_has_halted (exit))
    ;
  return NULL;
}

/* A slot goes while a guest writes to it: what it writes until the last moment is put back. */
static void
test_slot_goes_meanwhile (void)
{
  guint pages[N_PAGES - 1];

  for (guint i = 0; i < G_N_ELEMENTS (pages); i++)
    pages[i] = i;
  for (Mechanism mechanism = 0; mechanism < N_MECHANISMS; mechanism++)
    for (guint i = 0; i < kvm_test_rounds (20); i++)
      {
        g_autoptr (DirtyGuest) machine = DIRTY_GUEST (mechanism, touch);
        g_autoptr (KvmMemorySnapshot) snapshot = NULL;
        g_autoptr (KvmVcpu) vcpu = NULL;
        g_autoptr (KvmMemory) memory = NULL;
        g_autoptr (GError) error = NULL;
        g_autofree gpointer expected = NULL;
        guint8 first;
        GThread *thread;

        if (machine == NULL)
          break;
        memory = g_object_ref (machine->memory);
        vcpu = g_object_ref (machine->guest->vcpu);
        expected = fill_memory (memory);
        snapshot = kvm_memory_create_snapshot (memory, &error);
        dirty_guest_tell (machine, pages, G_N_ELEMENTS (pages));
        thread = g_thread_new ("guest", run_until_it_goes, vcpu);
        while (kvm_memory_read_u8 (memory, 0, &first, &error) && first == 1)
          g_thread_yield ();
        if (i % 2 == 0)
          g_assert_true (kvm_memory_slot_remove (machine->slot, &error));
        else
          kvm_vm_close (machine->guest->vm);
        g_thread_join (thread);
        g_assert_no_error (error);
        reset (memory, snapshot);
        assert_same (memory, expected);
      }
}

static void
drop_snapshot (gpointer data, GObject *vm)
{
  g_clear_object ((KvmMemorySnapshot **) data);
}

/* A snapshot ends when the virtual machine does, which still has the slot that both are about. */
static void
test_both_end (void)
{
  static const guint pages[] = { 1 };
  g_autoptr (DirtyGuest) machine = DIRTY_GUEST (PLAIN, touch);
  g_autoptr (KvmMemory) memory = g_object_ref (machine->memory);
  g_autoptr (GError) error = NULL;
  KvmMemorySnapshot *snapshot = kvm_memory_create_snapshot (memory, &error);

  g_assert_no_error (error);
  dirty_guest_touch (machine, pages, 1);
  g_object_weak_ref (G_OBJECT (machine->guest->vm), drop_snapshot, &snapshot);
  g_clear_pointer (&machine, dirty_guest_free);
  g_assert_null (snapshot);
}

static void
test_refused (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (KvmMemory) memory = kvm_memory_new (PAGE, &error);
  g_autoptr (KvmMemory) other = kvm_memory_new (PAGE, &error);
  g_autoptr (KvmMemory) never_made = g_object_new (KVM_TYPE_MEMORY, NULL);
  g_autoptr (KvmMemorySnapshot) snapshot = kvm_memory_create_snapshot (memory, &error);
  g_autoptr (KvmMemorySnapshot) empty = g_object_new (KVM_TYPE_MEMORY_SNAPSHOT, NULL);
  guint64 n_bytes = 7;

  g_assert_false (kvm_memory_reset_to (other, snapshot, &n_bytes, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID, "not one of this memory");
  g_assert_cmpuint (n_bytes, ==, 0);
  g_assert_false (kvm_memory_reset_to (memory, empty, &n_bytes, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID, "not one of this memory");
  g_assert_null (kvm_memory_snapshot_get_memory (empty));
  g_assert_null (kvm_memory_create_snapshot (never_made, &error));
  kvm_test_assert_error (error, KVM_ERROR_CLOSED, "never made");
}

int
main (int argc, char **argv)
{
  kvm_test_init (&argc, &argv);
  kvm_test_add ("/memory-snapshot/guest-writes", test_guest_writes);
  kvm_test_add ("/memory-snapshot/host-writes", test_host_writes);
  kvm_test_add ("/memory-snapshot/two-snapshots", test_two_snapshots);
  kvm_test_add ("/memory-snapshot/random", test_random);
  kvm_test_add ("/memory-snapshot/unseen", test_unseen);
  kvm_test_add ("/memory-snapshot/places", test_places);
  kvm_test_add ("/memory-snapshot/slot-goes-meanwhile", test_slot_goes_meanwhile);
  kvm_test_add ("/memory-snapshot/both-end", test_both_end);
  kvm_test_add ("/memory-snapshot/refused", test_refused);
  return g_test_run ();
}
