/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Memory slots that change while a guest has them, and memory by its guest-physical address. */

#include "kvm-test.h"

#include <string.h>

#define PLACE 0x40000 /* away from the guest's code, and from what it calls ports */
#define OTHER_PLACE 0x60000

static gpointer
run_in_thread (gpointer data)
{
  KvmTestGuest *guest = data;
  g_autoptr (GError) error = NULL;
  KvmExitReason reason = kvm_vcpu_run (guest->vcpu, NULL, &error);

  g_assert_no_error (error);
  return GINT_TO_POINTER (reason);
}

static guint16
get_word (KvmVm *vm, guint64 guest_address)
{
  g_autoptr (GError) error = NULL;
  guint16 word;

  kvm_vm_read_memory (vm, guest_address, &word, sizeof word, &error);
  g_assert_no_error (error);
  return word;
}

/* The guest counts on. */
static void
assert_counts (KvmVm *vm, guint64 guest_address)
{
  guint16 word = get_word (vm, guest_address);

  while (get_word (vm, guest_address) == word)
    g_usleep (100);
}

/* A guest that adds one to the word at PLACE for ever, and the slot that is there. */
static KvmTestGuest *
make_counter (KvmMemory *memory, KvmMemorySlotFlags flags, KvmMemorySlot **slot)
{
  KvmTestGuest *guest = KVM_TEST_GUEST (bump_far);
  g_autoptr (GError) error = NULL;

  kvm_test_setup_vcpu (guest->vcpu, KVM_TEST_ENTRY, PLACE >> 4);
  *slot = kvm_vm_add_memory (guest->vm, PLACE, memory, flags, &error);
  g_assert_no_error (error);
  return guest;
}

static void
test_change_while_running (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (KvmMemory) memory = kvm_memory_new (0x1000, &error);
  g_autoptr (KvmMemory) other = kvm_memory_new (0x4000, &error);
  g_autoptr (KvmMemorySlot) slot = NULL;
  g_autoptr (KvmTestGuest) guest = make_counter (memory, KVM_MEMORY_SLOT_FLAGS_NONE, &slot);
  GThread *thread = g_thread_new ("guest", run_in_thread, guest);

  /* Slots beside it come, go, move and are logged. */
  assert_counts (guest->vm, PLACE);
  for (guint i = 0; i < 50; i++)
    {
      g_autoptr (KvmMemorySlot) beside
          = kvm_vm_add_memory (guest->vm, OTHER_PLACE, other, KVM_MEMORY_SLOT_FLAGS_NONE, &error);

      g_assert_no_error (error);
      g_assert_true (kvm_memory_slot_move (beside, OTHER_PLACE + 0x1000 * (i % 5), &error));
      g_assert_true (
          kvm_memory_slot_set_flags (slot, KVM_MEMORY_SLOT_FLAGS_LOG_DIRTY_PAGES, &error));
      g_assert_cmpuint (kvm_memory_slot_get_flags (slot), ==,
                        KVM_MEMORY_SLOT_FLAGS_LOG_DIRTY_PAGES);
      g_assert_true (kvm_memory_slot_set_flags (slot, KVM_MEMORY_SLOT_FLAGS_NONE, &error));
      g_assert_true (kvm_memory_slot_remove (beside, &error));
      g_assert_no_error (error);
    }
  assert_counts (guest->vm, PLACE);

  /* The guest's own is taken away: it meets no memory, and what it wrote is still there. */
  g_assert_true (kvm_memory_slot_remove (slot, &error));
  g_assert_cmpint (GPOINTER_TO_INT (g_thread_join (thread)), ==, KVM_EXIT_REASON_MMIO);
  g_assert_cmphex (kvm_exit_get_address (guest->exit), ==, PLACE);
  g_assert_true (kvm_memory_write_u16_le (memory, 0, 0x100, &error));

  /* And given back. */
  g_clear_object (&slot);
  slot = kvm_vm_add_memory (guest->vm, PLACE, memory, KVM_MEMORY_SLOT_FLAGS_NONE, &error);
  g_assert_no_error (error);
  if (!kvm_exit_is_write (guest->exit))
    kvm_exit_set_value (guest->exit, 0x100);
  thread = g_thread_new ("guest", run_in_thread, guest);
  assert_counts (guest->vm, PLACE);
  kvm_vcpu_kick (guest->vcpu);
  g_assert_cmpint (GPOINTER_TO_INT (g_thread_join (thread)), ==, KVM_EXIT_REASON_INTERRUPTED);
}

static void
test_move (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (KvmMemory) memory = kvm_memory_new (0x2000, &error);
  g_autoptr (KvmMemorySlot) slot = NULL;
  g_autoptr (KvmTestGuest) guest = make_counter (memory, KVM_MEMORY_SLOT_FLAGS_NONE, &slot);
  GThread *thread;

  /* It may overlap where it was. */
  g_assert_true (kvm_memory_slot_move (slot, PLACE + 0x1000, &error));
  g_assert_true (kvm_memory_slot_move (slot, PLACE - 0x1000, &error));
  g_assert_no_error (error);
  g_assert_cmphex (kvm_memory_slot_get_guest_address (slot), ==, PLACE - 0x1000);
  thread = g_thread_new ("guest", run_in_thread, guest);
  assert_counts (guest->vm, PLACE);
  kvm_vcpu_kick (guest->vcpu);
  g_thread_join (thread);

  g_assert_false (kvm_memory_slot_move (slot, 0x7000, &error));
  kvm_test_assert_error (error, KVM_ERROR_OVERLAP, "overlaps slot 0, which is at 0x0 to 0x7fff");
  g_assert_false (kvm_memory_slot_move (slot, 0x40010, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID, "guest address 0x40010");
  g_assert_false (kvm_memory_slot_move (slot, G_MAXUINT64 & ~G_GUINT64_CONSTANT (0xfff), &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID, "past the end of the address space");
  g_assert_false (kvm_memory_slot_move (slot, G_GUINT64_CONSTANT (1) << 62, &error));
  g_assert_nonnull (strstr (error->message, "slot 1 at 0x4000000000000000"));
  g_assert_true (g_error_matches (error, KVM_ERROR, KVM_ERROR_INVALID_ARGUMENT)
                 || g_error_matches (error, KVM_ERROR, KVM_ERROR_FAULT)); /* as arm64 says it */
  g_clear_error (&error);
  g_assert_cmphex (kvm_memory_slot_get_guest_address (slot), ==, PLACE - 0x1000);
  g_assert_cmpuint (get_word (guest->vm, PLACE), !=, 0);

  g_assert_false (kvm_memory_slot_set_flags (slot, KVM_MEMORY_SLOT_FLAGS_READ_ONLY, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID, "and not 0x0 to 0x2");
  g_assert_true (kvm_memory_slot_remove (slot, &error));
  g_assert_false (kvm_memory_slot_move (slot, PLACE, &error));
  kvm_test_assert_error (error, KVM_ERROR_CLOSED, "removed already");
  g_assert_false (kvm_memory_slot_set_flags (slot, 0, &error));
  kvm_test_assert_error (error, KVM_ERROR_CLOSED, "removed already");
}

/* Three slots, of which two touch each other. */
static void
test_by_guest_address (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (halt);
  g_autoptr (GError) error = NULL;
  g_autoptr (KvmMemory) memory = kvm_memory_new (0x4000, &error);
  g_autoptr (KvmMemorySlot) second G_GNUC_UNUSED
      = kvm_vm_add_memory_full (guest->vm, 0x42000, memory, 0, 0x2000, 0, 0, NULL, 0, &error);
  g_autoptr (KvmMemorySlot) first G_GNUC_UNUSED
      = kvm_vm_add_memory_full (guest->vm, 0x40000, memory, 0x2000, 0x2000,
                                KVM_MEMORY_SLOT_FLAGS_READ_ONLY, 0, NULL, 0, &error);
  g_autofree guint8 *bytes = NULL;
  guint8 buffer[0x4000];
  gsize length;

  g_assert_no_error (error);
  g_assert_true (kvm_vm_write_memory (guest->vm, 0x41ffc, (const guint8 *) "abcdefgh", 8, &error));
  g_assert_true (kvm_memory_read (memory, 0x3ffc, buffer, 4, &error));
  g_assert_cmpmem (buffer, 4, "abcd", 4);
  g_assert_true (kvm_memory_read (memory, 0, buffer, 4, &error));
  g_assert_cmpmem (buffer, 4, "efgh", 4);
  bytes = kvm_vm_read_memory_bytes (guest->vm, 0x41ffb, 10, &length, &error);
  g_assert_cmpmem (bytes, length, "\0abcdefgh", 10);
  g_assert_true (kvm_vm_read_memory (guest->vm, 0x40000, buffer, 0x4000, &error));
  g_assert_true (kvm_vm_read_memory (guest->vm, 0x99999, NULL, 0, &error));
  g_assert_no_error (error);

  g_assert_false (kvm_vm_read_memory (guest->vm, 0x40001, buffer, 0x4000, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID,
                         "no memory slot at the guest-physical address "
                         "0x44000");
  g_assert_false (kvm_vm_read_memory (guest->vm, 0x3ffff, buffer, 2, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID, "address 0x3ffff");
  g_assert_false (kvm_vm_write_memory (guest->vm, 0x7fff, buffer, 2, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID, "address 0x8000");
  g_assert_false (kvm_vm_read_memory (guest->vm, G_MAXUINT64, buffer, 2, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID, "past the end of the address space");
  g_assert_null (kvm_vm_read_memory_bytes (guest->vm, 0, G_MAXSIZE, &length, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID, "address 0x8000");
  kvm_vm_close (guest->vm);
  g_assert_false (kvm_vm_read_memory (guest->vm, 0, buffer, 1, &error));
  kvm_test_assert_error (error, KVM_ERROR_CLOSED, "guest memory on VM: it is closed");
}

/* A guest whose memory is a guest_memfd's that the host sees, too. */
static void
test_guest_memfd (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (bump_far);
  g_autoptr (KvmMemory) memfd = kvm_vm_create_guest_memfd (
      guest->vm, 0x4000, KVM_GUEST_MEMFD_FLAGS_MMAP | KVM_GUEST_MEMFD_FLAGS_INIT_SHARED, &error);
  g_autoptr (KvmMemory) private
      = kvm_vm_create_guest_memfd (guest->vm, 0x2000, KVM_GUEST_MEMFD_FLAGS_NONE, &error);
  g_autoptr (KvmMemory) unshared
      = kvm_vm_create_guest_memfd (guest->vm, 0x2000, KVM_GUEST_MEMFD_FLAGS_MMAP, &error);
  g_autoptr (KvmMemory) plain = kvm_memory_new (0x4000, &error);
  g_autoptr (KvmMemorySlot) slot = NULL;
  g_autoptr (KvmMemorySlot) pair = NULL;
  g_autoptr (KvmMemory) of_slot = NULL;
  GThread *thread;
  guint16 word;

  g_assert_no_error (error);
  kvm_test_setup_vcpu (guest->vcpu, KVM_TEST_ENTRY, PLACE >> 4);
  slot = kvm_vm_add_memory_full (guest->vm, PLACE, memfd, 0x1000, 0x2000, 0, 0, memfd, 0x1000,
                                 &error);
  g_assert_no_error (error);
  of_slot = kvm_memory_slot_get_guest_memfd (slot);
  g_assert_true (of_slot == memfd);
  thread = g_thread_new ("guest", run_in_thread, guest);
  assert_counts (guest->vm, PLACE);
  kvm_vcpu_kick (guest->vcpu);
  g_thread_join (thread);
  g_assert_true (kvm_memory_read_u16_le (memfd, 0x1000, &word, &error));
  g_assert_cmpuint (word, !=, 0);

  /* What a guest writes to its private memory nobody notes. */
  {
    g_autoptr (KvmMemorySlot) both = kvm_vm_add_memory_full (guest->vm, OTHER_PLACE, plain, 0,
                                                             0x1000, 0, 0, memfd, 0x3000, &error);
    g_autoptr (KvmMemorySnapshot) snapshot = kvm_memory_create_snapshot (memfd, &error);
    guint64 n_bytes;

    g_assert_no_error (error);
    ((guint8 *) kvm_memory_get_pointer (memfd))[0x3123] ^= 1; /* as the guest would */
    g_assert_true (kvm_memory_reset_to (memfd, snapshot, &n_bytes, &error));
    g_assert_cmphex (n_bytes, ==, 0x1000);
    g_assert_true (kvm_memory_slot_remove (both, &error));
    g_assert_true (kvm_memory_slot_remove (slot, &error));
    g_assert_true (kvm_memory_reset_to (memfd, snapshot, &n_bytes, &error));
    ((guint8 *) kvm_memory_get_pointer (memfd))[0x3123] ^= 1; /* now nobody said so */
    g_assert_true (kvm_memory_reset_to (memfd, snapshot, &n_bytes, &error));
    g_assert_cmphex (n_bytes, ==, 0);
    g_assert_no_error (error);
  }

  /* One that is only the guest's cannot be read, and one that is not shared yet faults. */
  g_assert_false (kvm_memory_read_u16_le (private, 0, &word, &error));
  kvm_test_assert_error (error, KVM_ERROR_NOT_SUPPORTED, "without KVM_GUEST_MEMFD_FLAGS_MMAP");
  g_assert_null (kvm_memory_get_pointer (private));
  g_assert_cmpuint (kvm_memory_get_size (private), ==, 0x2000);
  g_assert_false (kvm_memory_read_u16_le (unshared, 0, &word, &error));
  kvm_test_assert_error (error, KVM_ERROR_FAULT, "the guest's alone");
  pair
      = kvm_vm_add_memory_full (guest->vm, OTHER_PLACE, plain, 0, 0x2000, 0, 0, private, 0, &error);
  g_assert_no_error (error);

  /* Such slots stay as they are. */
  g_assert_false (kvm_memory_slot_move (pair, OTHER_PLACE + 0x2000, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID, "can only be removed");
  g_assert_false (kvm_memory_slot_set_flags (pair, KVM_MEMORY_SLOT_FLAGS_LOG_DIRTY_PAGES, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID, "can only be removed");
  g_assert_true (kvm_memory_slot_remove (pair, &error));
  g_assert_null (kvm_memory_slot_get_guest_memfd (pair));

  g_assert_null (
      kvm_vm_add_memory_full (guest->vm, 0x80000, plain, 0, 0x2000, 0, 0, private, 0x1000, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID, "not within the guest_memfd's 0x2000 bytes");
  g_assert_null (
      kvm_vm_add_memory_full (guest->vm, 0x80000, plain, 0, 0x1000, 0, 0, private, 0x10, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID, "offset 0x10 in a guest_memfd");
  g_assert_null (kvm_vm_create_guest_memfd (guest->vm, 0x1001, 0, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID, "cannot have 4097");
  g_assert_null (kvm_vm_create_guest_memfd (guest->vm, 0, 0, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID, "cannot have 0");
  g_assert_null (kvm_vm_create_guest_memfd (guest->vm, 0x1000, 1u << 20, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID_ARGUMENT, "flags 0x100000 of 0x3");
}

typedef struct
{
  guint n_changes, position, n_removed, n_added;
} Changes;

static void
on_items_changed (GListModel *list, guint position, guint n_removed, guint n_added,
                  gpointer user_data)
{
  Changes *changes = user_data;

  changes->n_changes++;
  changes->position = position;
  changes->n_removed = n_removed;
  changes->n_added = n_added;
}

static gpointer
add_in_thread (gpointer data)
{
  KvmTestGuest *guest = data;

  return kvm_vm_add_memory_full (guest->vm, 0x20000, guest->memory, 0, 0x1000, 0, 0, NULL, 0, NULL);
}

#define assert_change(changes, at, removed, added)                                                 \
  while ((changes).n_changes == 0)                                                                 \
    g_main_context_iteration (NULL, TRUE);                                                         \
  g_assert_cmpuint ((changes).n_changes, ==, 1);                                                   \
  g_assert_cmpuint ((changes).position, ==, (at));                                                 \
  g_assert_cmpuint ((changes).n_removed, ==, (removed));                                           \
  g_assert_cmpuint ((changes).n_added, ==, (added));                                               \
  (changes).n_changes = 0

/* The list follows, in the context in which it was made. */
static void
on_notify (KvmMemorySlot *slot, GParamSpec *pspec, GString *names)
{
  g_string_append_printf (names, "%s ", pspec->name);
}

/* On the handle that made the change at once, on that of a list when its main context runs. */
static void
test_notify (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (halt);
  g_autoptr (GError) error = NULL;
  g_autoptr (KvmMemorySlotList) slots = kvm_vm_list_memory_slots (guest->vm);
  g_autoptr (KvmMemorySlot) item = g_list_model_get_item (G_LIST_MODEL (slots), 0);
  g_autoptr (GString) names = g_string_new (NULL);
  g_autoptr (GString) of_item = g_string_new (NULL);

  g_signal_connect (guest->slot, "notify", G_CALLBACK (on_notify), names);
  g_signal_connect (item, "notify", G_CALLBACK (on_notify), of_item);
  g_assert_false (kvm_memory_slot_move (guest->slot, 0x40001, &error));
  g_clear_error (&error);
  g_assert_true (kvm_memory_slot_move (guest->slot, 0x40000, &error));
  g_assert_true (
      kvm_memory_slot_set_flags (guest->slot, KVM_MEMORY_SLOT_FLAGS_LOG_DIRTY_PAGES, &error));
  g_assert_true (
      kvm_memory_slot_set_flags (guest->slot, KVM_MEMORY_SLOT_FLAGS_LOG_DIRTY_PAGES, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (names->str, ==, "guest-address flags ");
  g_assert_cmpstr (of_item->str, ==, "");
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_cmpstr (of_item->str, ==, "guest-address flags ");
  g_assert_true (kvm_memory_slot_remove (guest->slot, &error));
  g_assert_cmpstr (names->str, ==, "guest-address flags memory ");
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

static void
test_list (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (halt);
  g_autoptr (GError) error = NULL;
  g_autoptr (KvmMemorySlotList) slots = kvm_vm_list_memory_slots (guest->vm);
  GListModel *list = G_LIST_MODEL (slots);
  g_autoptr (KvmMemorySlot) added = NULL;
  g_autoptr (KvmMemorySlot) first = g_list_model_get_item (list, 0);
  g_autoptr (KvmMemorySlot) second = NULL;
  g_autoptr (KvmMemorySlot) again = NULL;
  Changes changes = { 0 };

  g_assert_true (g_list_model_get_item_type (list) == KVM_TYPE_MEMORY_SLOT);
  g_assert_cmpuint (g_list_model_get_n_items (list), ==, 1);
  g_assert_null (g_list_model_get_item (list, 1));
  g_assert_cmphex (kvm_memory_slot_get_length (first), ==, 0x8000);
  g_signal_connect (list, "items-changed", G_CALLBACK (on_items_changed), &changes);

  added = g_thread_join (g_thread_new ("add", add_in_thread, guest));
  g_assert_cmpuint (g_list_model_get_n_items (list), ==, 1);
  assert_change (changes, 1, 0, 1);
  second = g_list_model_get_item (list, 1);
  g_assert_cmphex (kvm_memory_slot_get_guest_address (second), ==, 0x20000);

  /* In the first place: what was there is behind it now, and the same. */
  g_assert_true (kvm_memory_slot_move (guest->slot, 0x40000, &error));
  assert_change (changes, 0, 2, 2);
  again = g_list_model_get_item (list, 1);
  g_assert_true (again == first);
  g_assert_true (kvm_memory_slot_remove (added, &error));
  g_assert_no_error (error);
  assert_change (changes, 0, 1, 0);
  kvm_vm_close (guest->vm);
  assert_change (changes, 0, 1, 0);

  /* A change that nobody waits for. */
  g_clear_object (&slots);
  g_main_context_iteration (NULL, FALSE);
}

/* What this kernel does not have, it says by name. */
static void
test_attributes (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (halt);
  g_autoptr (GError) error = NULL;
  guint64 n_bytes;

  g_assert_false (
      kvm_vm_set_memory_attributes (guest->vm, 0, 0x1000, KVM_MEMORY_ATTRIBUTES_PRIVATE, &error));
  kvm_test_assert_error (error, KVM_ERROR_NOT_SUPPORTED, "KVM_CAP_MEMORY_ATTRIBUTES is 0");
  g_assert_false (kvm_vm_set_memory_attributes (guest->vm, 0x10, 0x1000, 0, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID, "not whole pages");
  g_assert_false (kvm_vm_set_memory_attributes (guest->vm, 0x1000, 0, 0, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID, "not whole pages");
  g_assert_false (kvm_vm_set_memory_attributes (guest->vm, G_MAXUINT64 - 0xfff, 0x2000, 0, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID, "not whole pages");
  if (kvm_vm_check_extension (guest->vm, KVM_CAPABILITY_PRE_FAULT_MEMORY, &error) > 0)
    {
      g_assert_true (kvm_vcpu_pre_fault_memory (guest->vcpu, 0, 0x8000, &n_bytes, &error));
      g_assert_no_error (error);
      g_assert_cmphex (n_bytes, ==, 0x8000);
      g_assert_false (kvm_vcpu_pre_fault_memory (guest->vcpu, 0x7000, 0x2000, &n_bytes, &error));
      kvm_test_assert_error (error, KVM_ERROR_PARTIAL, "at 0x8000, after 0x1000 of 0x2000 bytes");
      g_assert_cmphex (n_bytes, ==, 0x1000);
    }
  else
    {
      g_assert_false (kvm_vcpu_pre_fault_memory (guest->vcpu, 0, 0x1000, &n_bytes, &error));
      kvm_test_assert_error (error, KVM_ERROR_NOT_SUPPORTED, "KVM_CAP_PRE_FAULT_MEMORY is 0");
    }
  g_assert_false (kvm_vcpu_pre_fault_memory (guest->vcpu, 0, 1, &n_bytes, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID, "not whole pages");
}

int
main (int argc, char **argv)
{
  kvm_test_init (&argc, &argv);
  kvm_test_add ("/guest-memory/change-while-running", test_change_while_running);
  kvm_test_add ("/guest-memory/move", test_move);
  kvm_test_add ("/guest-memory/by-guest-address", test_by_guest_address);
  kvm_test_add ("/guest-memory/list", test_list);
  kvm_test_add ("/guest-memory/notify", test_notify);
  kvm_test_add ("/guest-memory/guest-memfd", test_guest_memfd);
  kvm_test_add ("/guest-memory/attributes", test_attributes);
  return g_test_run ();
}
