/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What a guest has written to, in each way in which the host's kernel can tell. A log may say more
 * than the guest wrote, but not of the pages that it has no reason to touch. */

#include "dirty-guest.h"

static guint64
to_mask (const guint *pages, guint n)
{
  guint64 mask = 0;

  for (guint i = 0; i < n; i++)
    mask |= G_GUINT64_CONSTANT (1) << pages[i];
  return mask;
}

/* The pages from PLACE on that are in the log; both ways of asking say the same. */
static guint64
get_mask (KvmDirtyLog *log)
{
  g_autoptr (GError) error = NULL;
  g_autofree KvmDirtyRange *ranges = NULL;
  guint64 mask = 0, last = 0;
  KvmDirtyRange range;
  gsize n;

  ranges = kvm_dirty_log_get_ranges (log, &n, &error);
  g_assert_no_error (error);
  g_assert_cmpint (ranges == NULL, ==, n == 0);
  for (gsize i = 0; i < n; i++)
    {
      g_assert_true (kvm_dirty_log_next (log, &range));
      g_assert_cmpmem (&range, sizeof range, &ranges[i], sizeof range);
      g_assert_cmphex (range.guest_address % PAGE, ==, 0);
      g_assert_cmphex (range.length % PAGE, ==, 0);
      g_assert_cmphex (range.length, !=, 0);
      g_assert_true (i == 0 || range.guest_address > last); /* with a gap between */
      last = range.guest_address + range.length;
      for (guint64 at = range.guest_address; at < last; at += PAGE)
        if (at >= PLACE && at < PLACE + N_PAGES * PAGE)
          mask |= G_GUINT64_CONSTANT (1) << (at - PLACE) / PAGE;
    }
  g_assert_false (kvm_dirty_log_next (log, &range));
  g_assert_cmphex (range.length, ==, 0);
  return mask;
}

static guint64
collect (KvmDirtyLog *log)
{
  g_autoptr (GError) error = NULL;

  kvm_dirty_log_collect (log, &error);
  g_assert_no_error (error);
  return get_mask (log);
}

#define FOREACH_MECHANISM(variable, name)                                                          \
  for (Mechanism mechanism = 0; mechanism < N_MECHANISMS; mechanism++)                             \
    for (g_autoptr (DirtyGuest) variable = DIRTY_GUEST (mechanism, name); variable != NULL;        \
         dirty_guest_free (variable), variable = NULL)

/* What the other tests pass over where a host does not have it; which hosts these are stands in
 * their table. */
static void
assert_has (Mechanism mechanism)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (KvmSystem) system = kvm_system_new (&error);
  g_autoptr (KvmVm) vm = kvm_system_create_vm (system, &error);

  g_assert_no_error (error);
  g_assert_true (has_mechanism (vm, mechanism));
}

static void
test_has_manual (void)
{
  assert_has (MANUAL);
}

static void
test_has_manual_set (void)
{
  assert_has (MANUAL_SET);
}

static void
test_has_ring (void)
{
  assert_has (RING);
}

static void
test_collect (void)
{
  static const guint first[] = { 1, 2, 3, 17, 63 }, second[] = { 0, 17, 62 };

  FOREACH_MECHANISM (machine, touch)
  {
    g_autoptr (GError) error = NULL;
    g_autoptr (KvmDirtyLog) log = kvm_vm_create_dirty_log (machine->guest->vm, &error);

    g_assert_no_error (error);
    g_assert_true (kvm_dirty_log_get_vm (log) == machine->guest->vm);
    g_assert_cmphex (get_mask (log), ==, 0);
    for (guint round = 0; round < 3; round++)
      {
        dirty_guest_touch (machine, first, G_N_ELEMENTS (first));
        g_assert_cmphex (collect (log), ==, to_mask (first, G_N_ELEMENTS (first)));
        g_assert_cmphex (collect (log), ==, 0);
        dirty_guest_touch (machine, second, G_N_ELEMENTS (second));
        dirty_guest_touch (machine, second, G_N_ELEMENTS (second));
        g_assert_cmphex (collect (log), ==, to_mask (second, G_N_ELEMENTS (second)));
      }
  }
}

/* Each of several logs is told everything, whoever asks first. */
static void
test_several_logs (void)
{
  static const guint first[] = { 5, 6 }, second[] = { 6, 9 };

  FOREACH_MECHANISM (machine, touch)
  {
    g_autoptr (GError) error = NULL;
    g_autoptr (KvmDirtyLog) one = kvm_vm_create_dirty_log (machine->guest->vm, &error);
    g_autoptr (KvmDirtyLog) other = kvm_vm_create_dirty_log (machine->guest->vm, &error);

    dirty_guest_touch (machine, first, 2);
    g_assert_cmphex (collect (one), ==, to_mask (first, 2));
    dirty_guest_touch (machine, second, 2);
    g_assert_cmphex (collect (other), ==, to_mask (first, 2) | to_mask (second, 2));
    g_assert_cmphex (collect (one), ==, to_mask (second, 2));
    g_assert_cmphex (collect (one) | collect (other), ==, 0);
    dirty_guest_touch (machine, first, 2);
    g_assert_cmphex (collect (other), ==, to_mask (first, 2));
    g_clear_object (&other);
    g_assert_cmphex (collect (one), ==, to_mask (first, 2));
  }
}

static void
test_slots_come_and_go (void)
{
  static const guint pages[] = { 3, 70, 72 };

  FOREACH_MECHANISM (machine, touch)
  {
    KvmVm *vm = machine->guest->vm;
    g_autoptr (GError) error = NULL;
    g_autoptr (KvmDirtyLog) log = kvm_vm_create_dirty_log (vm, &error);
    g_autoptr (KvmMemory) memory = kvm_memory_new (16 * PAGE, &error);
    g_autoptr (KvmMemorySlot) slot = kvm_vm_add_memory (vm, PLACE + 64 * PAGE, memory, 0, &error);
    g_autofree KvmDirtyRange *ranges = NULL;
    gsize n;

    /* The second slot is logged later on. */
    dirty_guest_touch (machine, pages, 3);
    g_assert_cmphex (collect (log), ==, to_mask (pages, 1));
    kvm_memory_slot_set_flags (slot, KVM_MEMORY_SLOT_FLAGS_LOG_DIRTY_PAGES, &error);
    g_assert_no_error (error);
    if (mechanism == MANUAL_SET)
      collect (log);
    dirty_guest_touch (machine, pages, 3);
    collect (log);
    ranges = kvm_dirty_log_get_ranges (log, &n, &error);
    g_assert_cmpuint (n, ==, 3);
    g_assert_cmphex (ranges[0].guest_address, ==, PLACE + 3 * PAGE);
    g_assert_cmphex (ranges[1].guest_address, ==, PLACE + 70 * PAGE);
    g_assert_cmphex (ranges[2].guest_address, ==, PLACE + 72 * PAGE);
    g_assert_cmpuint (ranges[0].slot_number, ==, kvm_memory_slot_get_number (machine->slot));
    g_assert_cmpuint (ranges[2].slot_number, ==, kvm_memory_slot_get_number (slot));

    /* It goes, and with it what was written to there. */
    dirty_guest_touch (machine, pages, 3);
    g_assert_true (kvm_memory_slot_remove (slot, &error));
    g_assert_cmphex (collect (log), ==, to_mask (pages, 1));
    g_free (g_steal_pointer (&ranges));
    ranges = kvm_dirty_log_get_ranges (log, &n, &error);
    g_assert_cmpuint (n, ==, 1);

    kvm_vm_close (vm);
    g_assert_false (kvm_dirty_log_collect (log, &error));
    kvm_test_assert_error (error, KVM_ERROR_CLOSED, "it is closed");
    g_assert_cmphex (get_mask (log), ==, to_mask (pages, 1));
  }
}

/* With manual protection a page is dirty until it is cleared. */
static void
test_peek (void)
{
  static const guint pages[] = { 1, 2, 3, 40 };
  static const guint some[] = { 1, 40 };

  FOREACH_MECHANISM (machine, touch)
  {
    gboolean is_manual = mechanism == MANUAL || mechanism == MANUAL_SET;
    g_autoptr (GError) error = NULL;
    g_autoptr (KvmDirtyLog) log = kvm_vm_create_dirty_log (machine->guest->vm, &error);
    KvmDirtyRange range = { .guest_address = PLACE + 2 * PAGE, .length = 2 * PAGE };
    KvmDirtyRange wrong;

    range.slot_number = kvm_memory_slot_get_number (machine->slot);
    dirty_guest_touch (machine, pages, 4);
    g_assert_true (kvm_dirty_log_peek (log, &error));
    g_assert_cmphex (get_mask (log), ==, to_mask (pages, 4));
    g_assert_true (kvm_dirty_log_clear_range (log, &range, &error));
    g_assert_true (kvm_dirty_log_peek (log, &error));
    g_assert_cmphex (get_mask (log), ==, is_manual ? to_mask (some, 2) : 0);
    g_assert_cmphex (collect (log), ==, is_manual ? to_mask (some, 2) : 0);
    g_assert_cmphex (collect (log), ==, 0);
    g_assert_no_error (error);

#define WRONG(field, value, text)                                                                  \
  wrong = range;                                                                                   \
  wrong.field = (value);                                                                           \
  g_assert_false (kvm_dirty_log_clear_range (log, &wrong, &error));                                \
  kvm_test_assert_error (error, KVM_ERROR_INVALID, text)
    WRONG (length, 0, "0x0 bytes");
    WRONG (length, 0x10, "0x10 bytes");
    WRONG (length, 63 * PAGE, "at 0x42000");
    WRONG (length, -(guint64) PAGE, "no pages of slot 1");
    WRONG (guest_address, PLACE - PAGE, "at 0x3f000");
    WRONG (guest_address, PLACE + 1, "at 0x40001");
    WRONG (guest_address, PLACE + N_PAGES * PAGE, "at 0x80000");
    WRONG (slot_number, 7, "slot 7");
    WRONG (address_space, 1, "slot 1");
#undef WRONG
    g_assert_true (kvm_memory_slot_remove (machine->slot, &error));
    g_assert_false (kvm_dirty_log_clear_range (log, &range, &error));
    kvm_test_assert_error (error, KVM_ERROR_CLOSED, "removed already");
  }
}

/* To clear what one log has read does not take from another what came after that. */
static void
test_clear_beside_another (void)
{
  static const guint pages[] = { 8 };
  g_autoptr (DirtyGuest) machine = DIRTY_GUEST (MANUAL, touch);
  g_autoptr (GError) error = NULL;
  g_autoptr (KvmDirtyLog) one = NULL;
  g_autoptr (KvmDirtyLog) other = NULL;
  KvmDirtyRange range = { .guest_address = PLACE, .length = N_PAGES * PAGE };

  if (machine == NULL)
    return;
  one = kvm_vm_create_dirty_log (machine->guest->vm, &error);
  other = kvm_vm_create_dirty_log (machine->guest->vm, &error);
  range.slot_number = kvm_memory_slot_get_number (machine->slot);
  dirty_guest_touch (machine, pages, 1);
  g_assert_true (kvm_dirty_log_peek (one, &error));
  g_assert_cmphex (collect (other), ==, to_mask (pages, 1));
  dirty_guest_touch (machine, pages, 1);
  g_assert_true (kvm_dirty_log_clear_range (one, &range, &error));
  g_assert_cmphex (collect (other), ==, to_mask (pages, 1));
}

typedef struct
{
  DirtyGuest *machine;
  gint stop;
} Running;

/* The guest halts now and then: what a host emulates in one go may be more than a ring has room
 * for, and overwrite it. */
static gpointer
run_in_thread (gpointer data)
{
  Running *running = data;
  g_autoptr (GError) error = NULL;
  KvmExitReason reason = KVM_TEST_REASON_HALT;

  while (!g_atomic_int_get (&running->stop))
    {
      reason = kvm_vcpu_run (running->machine->guest->vcpu, NULL, &error);
      g_assert_no_error (error);
      if (reason == KVM_EXIT_REASON_DIRTY_RING_FULL)
        g_assert_true (kvm_vm_harvest_dirty_rings (running->machine->guest->vm, &error));
      else
        g_assert_cmpint (reason, ==, KVM_TEST_REASON_HALT);
    }
  return NULL;
}

static void
test_while_running (void)
{
  static const guint pages[] = { 0, 20, 21, 22, 50 };

  FOREACH_MECHANISM (machine, touch)
  {
    g_autoptr (GError) error = NULL;
    g_autoptr (KvmDirtyLog) log = kvm_vm_create_dirty_log (machine->guest->vm, &error);
    Running running = { machine, FALSE };
    guint64 expected = to_mask (pages, G_N_ELEMENTS (pages));
    GThread *thread;

    dirty_guest_tell (machine, pages, G_N_ELEMENTS (pages));
    thread = g_thread_new ("guest", run_in_thread, &running);
    for (guint i = 0; i < 20; i++)
      {
        guint64 mask = 0;

        while (mask != expected)
          {
            mask |= collect (log);
            g_assert_cmphex (mask & ~expected, ==, 0);
            g_usleep (100);
          }
      }
    g_atomic_int_set (&running.stop, TRUE);
    g_thread_join (thread);
    collect (log);
    g_assert_cmphex (collect (log), ==, 0);
  }
}

/* More pages than a ring has room for: the guest stops in between. */
static void
test_ring_full (void)
{
  g_autoptr (DirtyGuest) machine
      = dirty_guest_new (RING, 256, guest_touch, guest_touch_end - guest_touch);
  g_autoptr (GError) error = NULL;
  g_autoptr (KvmMemory) more = kvm_memory_new (176 * PAGE, &error);
  g_autoptr (KvmMemory) low = kvm_memory_new (32 * PAGE, &error);
  g_autoptr (KvmMemorySlot) slot = NULL;
  g_autoptr (KvmMemorySlot) low_slot = NULL;
  g_autoptr (KvmDirtyLog) log = NULL;
  g_autofree KvmDirtyRange *ranges = NULL;
  KvmExitReason reason;
  guint pages[224];
  gsize n_bytes = 0, n;

  if (machine == NULL)
    return;

  /* A guest in real mode has no more than this. */
  slot = kvm_vm_add_memory_full (machine->guest->vm, PLACE + 64 * PAGE, more, 0, 128 * PAGE,
                                 KVM_MEMORY_SLOT_FLAGS_LOG_DIRTY_PAGES, 0, NULL, 0, &error);
  low_slot = kvm_vm_add_memory (machine->guest->vm, PLACE - 32 * PAGE, low,
                                KVM_MEMORY_SLOT_FLAGS_LOG_DIRTY_PAGES, &error);
  g_assert_no_error (error);
  log = kvm_vm_create_dirty_log (machine->guest->vm, &error);
  for (guint i = 0; i < 224; i++)
    pages[i] = i - 32;
  dirty_guest_tell (machine, pages, 224);

  /* A host that emulates many instructions in a row may notice at the next run alone. */
  reason = kvm_vcpu_run (machine->guest->vcpu, NULL, &error);
  if (reason == KVM_TEST_REASON_HALT)
    reason = kvm_vcpu_run (machine->guest->vcpu, NULL, &error);
  g_assert_cmpint (reason, ==, KVM_EXIT_REASON_DIRTY_RING_FULL);

  /* As long as nobody empties the ring the guest gets nowhere. */
  reason = kvm_vcpu_run (machine->guest->vcpu, NULL, &error);
  g_assert_cmpint (reason, ==, KVM_EXIT_REASON_DIRTY_RING_FULL);
  while (reason == KVM_EXIT_REASON_DIRTY_RING_FULL)
    {
      g_assert_true (kvm_vm_harvest_dirty_rings (machine->guest->vm, &error));
      reason = kvm_vcpu_run (machine->guest->vcpu, NULL, &error);
    }
  g_assert_no_error (error);
  g_assert_cmpint (reason, ==, KVM_TEST_REASON_HALT);
  g_assert_true (kvm_dirty_log_collect (log, &error));
  ranges = kvm_dirty_log_get_ranges (log, &n, &error);
  for (gsize i = 0; i < n; i++)
    n_bytes += ranges[i].length;
  g_assert_cmphex (n_bytes, ==, 224 * PAGE);
}

/* What a vCPU has noted is not lost when it goes. */
static void
test_vcpu_goes (void)
{
  static const guint pages[] = { 11, 12 };

  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (DirtyGuest) machine = DIRTY_GUEST (RING, touch);
      g_autoptr (GError) error = NULL;
      g_autoptr (KvmDirtyLog) log = NULL;

      if (machine == NULL)
        return;
      log = kvm_vm_create_dirty_log (machine->guest->vm, &error);
      dirty_guest_touch (machine, pages, 2);
      if (i == 0)
        kvm_vcpu_close (machine->guest->vcpu);
      else
        g_clear_object (&machine->guest->vcpu);
      g_assert_cmphex (collect (log), ==, to_mask (pages, 2));
    }
}

/* Nor what another one writes to the same pages later. */
static void
test_others_go_on (void)
{
  static const guint pages[] = { 11, 12 };

  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (DirtyGuest) machine = DIRTY_GUEST (RING, touch);
      g_autoptr (KvmVcpu) other = NULL;
      g_autoptr (GError) error = NULL;
      g_autoptr (KvmDirtyLog) log = NULL;

      if (machine == NULL)
        return;
      other = kvm_vm_create_vcpu (machine->guest->vm, 1, &error);
      g_assert_no_error (error);
      kvm_test_setup_vcpu (other, KVM_TEST_ENTRY, PLACE >> 4);
      log = kvm_vm_create_dirty_log (machine->guest->vm, &error);
      dirty_guest_touch (machine, pages, 2);
      if (i == 0)
        kvm_vcpu_close (machine->guest->vcpu);
      else
        g_clear_object (&machine->guest->vcpu);
      g_assert_cmphex (collect (log), ==, to_mask (pages, 2));

      for (guint j = 0; j < 2; j++)
        {
          g_assert_cmpint (kvm_vcpu_run (other, NULL, &error), ==, KVM_TEST_REASON_HALT);
          g_assert_no_error (error);
          g_assert_cmphex (collect (log), ==, to_mask (pages, 2));
        }
    }
}

static void
test_refused (void)
{
  g_autoptr (DirtyGuest) machine = DIRTY_GUEST (PLAIN, touch);
  KvmVm *vm = machine->guest->vm;
  g_autoptr (GError) error = NULL;
  g_autoptr (KvmDirtyLog) never_made = g_object_new (KVM_TYPE_DIRTY_LOG, NULL);
  g_autoptr (KvmDirtyRange) range = kvm_dirty_range_new ();
  g_autoptr (KvmDirtyRange) copy = kvm_dirty_range_copy (range);
  gsize n;

  g_assert_false (kvm_vm_enable_dirty_ring (vm, 0, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID, "not 0");
  g_assert_false (kvm_vm_enable_dirty_ring (vm, 1000, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID, "not 1000");
  if (has_mechanism (vm, RING))
    {
      g_assert_false (kvm_vm_enable_dirty_ring (vm, 1u << 31, &error));
      kvm_test_assert_error (error, KVM_ERROR_INVALID, "not 2147483648");
      g_assert_false (kvm_vm_enable_dirty_ring (vm, 1024, &error));
      kvm_test_assert_error (error, KVM_ERROR_INVALID_ARGUMENT, "must come before vCPUs");
    }
  else
    {
      g_assert_false (kvm_vm_enable_dirty_ring (vm, 1024, &error));
      kvm_test_assert_error (error, KVM_ERROR_NOT_SUPPORTED, "KVM_CAP_DIRTY_LOG_RING_ACQ_REL is 0");
    }
  g_assert_true (kvm_vm_harvest_dirty_rings (vm, &error));

  g_assert_false (kvm_dirty_log_collect (never_made, &error));
  kvm_test_assert_error (error, KVM_ERROR_CLOSED, "never made");
  g_assert_null (kvm_dirty_log_get_vm (never_made));
  g_assert_null (kvm_dirty_log_get_ranges (never_made, &n, &error));
  g_assert_false (kvm_dirty_log_next (never_made, range));
  g_assert_cmpmem (range, sizeof *range, copy, sizeof *copy);
  kvm_vm_close (vm);
  g_assert_null (kvm_vm_create_dirty_log (vm, &error));
  kvm_test_assert_error (error, KVM_ERROR_CLOSED, "it is closed");
  g_assert_false (kvm_vm_harvest_dirty_rings (vm, &error));
  kvm_test_assert_error (error, KVM_ERROR_CLOSED, "it is closed");
  g_assert_false (kvm_vm_enable_manual_dirty_log (vm, TRUE, &error));
  kvm_test_assert_error (error, KVM_ERROR_CLOSED, "it is closed");
}

int
main (int argc, char **argv)
{
  kvm_test_init (&argc, &argv);
  kvm_test_add ("/dirty-log/has-manual", test_has_manual);
  kvm_test_add ("/dirty-log/has-manual-set", test_has_manual_set);
  kvm_test_add ("/dirty-log/has-ring", test_has_ring);
  kvm_test_add ("/dirty-log/collect", test_collect);
  kvm_test_add ("/dirty-log/several-logs", test_several_logs);
  kvm_test_add ("/dirty-log/slots-come-and-go", test_slots_come_and_go);
  kvm_test_add ("/dirty-log/peek", test_peek);
  kvm_test_add ("/dirty-log/clear-beside-another", test_clear_beside_another);
  kvm_test_add ("/dirty-log/while-running", test_while_running);
  kvm_test_add ("/dirty-log/ring-full", test_ring_full);
  kvm_test_add ("/dirty-log/vcpu-goes", test_vcpu_goes);
  kvm_test_add ("/dirty-log/others-go-on", test_others_go_on);
  kvm_test_add ("/dirty-log/refused", test_refused);
  return g_test_run ();
}
