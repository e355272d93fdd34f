/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Time, machine checks, performance counters, and what the kernel hides in guest memory; and what
 * this host lacks of Xen, Hyper-V and encryption. */

#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>
#include <x86intrin.h>

#include "kvm-test.h"

KVM_TEST_DECLARE_GUEST (machine_check);
KVM_TEST_DECLARE_GUEST (pvclock);
KVM_TEST_DECLARE_GUEST (tsc);

#define SECOND G_GUINT64_CONSTANT (1000000000)

static guint64
read_u64 (KvmTestGuest *guest, guint64 address)
{
  guint64 value = 0;
  g_autoptr (GError) error = NULL;

  kvm_memory_read (guest->memory, address, &value, sizeof value, &error);
  g_assert_no_error (error);
  return value;
}

/* The guest's page of the clock: a version, which is odd during an update, a time and flags. */
#define CLOCK_PAGE 0x3000
#define CLOCK_VERSION (CLOCK_PAGE + 0)
#define CLOCK_TIME (CLOCK_PAGE + 16)
#define CLOCK_FLAGS (CLOCK_PAGE + 29)
#define CLOCK_STOPPED 2

static guint8
read_clock_flags (KvmTestGuest *guest)
{
  return read_u64 (guest, CLOCK_FLAGS - 7) >> 56;
}

/* What is set is what the guest sees. */
static void
test_clock (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (pvclock);
  g_autoptr (GError) error = NULL;
  KvmX86Clock before, clock = { 0 };

  kvm_test_run (guest, KVM_EXIT_REASON_HLT);
  kvm_test_run (guest, KVM_EXIT_REASON_HLT);
  g_assert_cmpuint (read_u64 (guest, CLOCK_VERSION) & 1, ==, 0);
  g_assert_true (kvm_vm_x86_get_clock (guest->vm, &before, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (read_u64 (guest, CLOCK_TIME), >, 0);
  g_assert_cmpuint (read_u64 (guest, CLOCK_TIME), <=, before.clock);
  g_assert_cmpuint (before.clock, <, 3600 * SECOND);

  clock.clock = 1000000 * SECOND;
  g_assert_true (kvm_vm_x86_set_clock (guest->vm, &clock, &error));
  g_assert_no_error (error);
  kvm_test_run (guest, KVM_EXIT_REASON_HLT);
  g_assert_cmpuint (read_u64 (guest, CLOCK_TIME), >=, clock.clock);
  g_assert_cmpuint (read_u64 (guest, CLOCK_TIME), <, clock.clock + 3600 * SECOND);

  /* It runs on. */
  g_assert_true (kvm_vm_x86_get_clock (guest->vm, &before, &error));
  g_assert_cmpuint (before.clock, >=, read_u64 (guest, CLOCK_TIME));
  g_assert_true (kvm_vm_x86_get_clock (guest->vm, &clock, &error));
  g_assert_cmpuint (clock.clock, >, before.clock);
}

/* A clock that was saved an hour ago is an hour ahead. */
static void
test_clock_realtime (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (pvclock);
  g_autoptr (GError) error = NULL;
  KvmX86Clock clock = { 0 }, after;
  gint64 now = g_get_real_time () * 1000;

  kvm_test_run (guest, KVM_EXIT_REASON_HLT);
  clock.clock = 5 * SECOND;
  clock.realtime = now - 3600 * SECOND;
  clock.flags = KVM_X86_CLOCK_FLAGS_REALTIME;
  g_assert_true (kvm_vm_x86_set_clock (guest->vm, &clock, &error));
  g_assert_no_error (error);
  kvm_test_run (guest, KVM_EXIT_REASON_HLT);
  g_assert_true (kvm_vm_x86_get_clock (guest->vm, &after, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (after.clock, >=, 3605 * SECOND);
  g_assert_cmpuint (after.clock, <, 3605 * SECOND + 600 * SECOND);

  clock.flags = 1 << 20;
  g_assert_false (kvm_vm_x86_set_clock (guest->vm, &clock, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID_ARGUMENT, "flags 0x100000");
}

/* What the host's clocks showed at that moment, which a host tells whose own clock is the TSC. */
static void
test_clock_of_host (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (pvclock);
  g_autoptr (GError) error = NULL;
  gint64 now = g_get_real_time () * 1000;
  guint64 tsc = __rdtsc ();
  KvmX86Clock clock;

  kvm_test_run (guest, KVM_EXIT_REASON_HLT);
  g_assert_true (kvm_vm_x86_get_clock (guest->vm, &clock, &error));
  g_assert_no_error (error);
  g_assert_cmphex (clock.flags & KVM_X86_CLOCK_FLAGS_REALTIME, !=, 0);
  g_assert_cmpuint (clock.realtime, >=, now);
  g_assert_cmpuint (clock.realtime, <, now + 600 * SECOND);
  g_assert_cmphex (clock.flags & KVM_X86_CLOCK_FLAGS_HOST_TSC, !=, 0);
  g_assert_cmpuint (clock.host_tsc, >=, tsc);
  g_assert_cmpuint (clock.host_tsc, <=, __rdtsc ());
}

static void
test_clock_value (void)
{
  g_autoptr (KvmX86Clock) clock = kvm_x86_clock_new ();
  g_autoptr (KvmX86Clock) copy = NULL;
  g_autoptr (KvmX86Clock) back = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  const guint64 *words;
  gsize size;

  clock->clock = 0x1122334455667788;
  clock->flags = 14;
  clock->realtime = 3;
  clock->host_tsc = 4;
  bytes = kvm_x86_clock_to_bytes (clock);
  words = g_bytes_get_data (bytes, &size);
  g_assert_cmpuint (size, ==, 48);
  g_assert_cmphex (words[0], ==, 0x1122334455667788);
  g_assert_cmphex (words[1], ==, 14);
  g_assert_cmphex (words[2], ==, 3);
  g_assert_cmphex (words[3], ==, 4);
  back = kvm_x86_clock_new_from_bytes (bytes, &error);
  copy = kvm_x86_clock_copy (back);
  g_assert_true (kvm_x86_clock_equal (clock, copy));
  copy->host_tsc++;
  g_assert_false (kvm_x86_clock_equal (clock, copy));
  text = kvm_x86_clock_to_string (clock);
  g_assert_cmpstr (text, ==, "clock=1234605616436508552 realtime=3 host_tsc=4 [stable]");
  g_bytes_unref (bytes);
  bytes = g_bytes_new_static ("", 0);
  g_assert_null (kvm_x86_clock_new_from_bytes (bytes, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID, "48 bytes, not 0");
}

/* The guest hears that it was stopped, if it uses the clock. */
static void
test_kvmclock_ctrl (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (pvclock);
  g_autoptr (GError) error = NULL;

  g_assert_false (kvm_vcpu_x86_kvmclock_ctrl (guest->vcpu, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID_ARGUMENT, "does not use the paravirtual clock");
  kvm_test_run (guest, KVM_EXIT_REASON_HLT);
  kvm_test_run (guest, KVM_EXIT_REASON_HLT);
  g_assert_cmpuint (read_clock_flags (guest) & CLOCK_STOPPED, ==, 0);
  g_assert_true (kvm_vcpu_x86_kvmclock_ctrl (guest->vcpu, &error));
  g_assert_no_error (error);
  kvm_test_run (guest, KVM_EXIT_REASON_HLT);
  g_assert_cmpuint (read_clock_flags (guest) & CLOCK_STOPPED, !=, 0);
}

/* The host cannot scale: it has its own frequency alone, and says so. */
static void
test_tsc_khz (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (tsc);
  g_autoptr (KvmVm) vm = NULL;
  g_autoptr (GError) error = NULL;
  guint of_vm, of_vcpu, after;

  g_assert_true (kvm_vm_x86_get_tsc_khz (guest->vm, &of_vm, &error));
  g_assert_no_error (error);
  g_assert_true (kvm_vcpu_x86_get_tsc_khz (guest->vcpu, &of_vcpu, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (of_vcpu, ==, of_vm);
  g_assert_cmpuint (of_vcpu, >, 100000);

  g_assert_true (kvm_vcpu_x86_set_tsc_khz (guest->vcpu, of_vcpu, &error));
  g_assert_no_error (error);
  g_assert_true (kvm_vcpu_x86_set_tsc_khz (guest->vcpu, 0, &error));
  g_assert_no_error (error);

  /* What is refused changes nothing. */
  g_assert_false (kvm_vcpu_x86_set_tsc_khz (guest->vcpu, of_vcpu / 2, &error));
  kvm_test_assert_error (error, KVM_ERROR_NOT_SUPPORTED, "KVM_CAP_TSC_CONTROL is 0");
  g_assert_true (kvm_vcpu_x86_get_tsc_khz (guest->vcpu, &after, &error));
  g_assert_cmpuint (after, ==, of_vcpu);

  /* The kernel would take anything for a VM that has no vCPU yet, and not do it. */
  vm = kvm_system_create_vm (guest->system, &error);
  g_assert_no_error (error);
  g_assert_false (kvm_vm_x86_set_tsc_khz (guest->vm, of_vm / 2, &error));
  kvm_test_assert_error (error, KVM_ERROR_NOT_SUPPORTED, "KVM_CAP_VM_TSC_CONTROL is 0");
  g_assert_false (kvm_vm_x86_set_tsc_khz (vm, of_vm / 2, &error));
  kvm_test_assert_error (error, KVM_ERROR_NOT_SUPPORTED, "KVM_CAP_VM_TSC_CONTROL is 0");
  g_assert_true (kvm_vm_x86_get_tsc_khz (vm, &after, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (after, ==, of_vm);
}

/* A host whose counters are not in step moves the guest's when it enters the guest. */
static void
assert_tsc (KvmTestGuest *guest)
{
  g_autoptr (GError) error = NULL;
  gint64 offset, moved;
  guint64 before, after;

  g_assert_true (kvm_vcpu_x86_get_tsc_offset (guest->vcpu, &offset, &error));
  before = __rdtsc ();
  kvm_test_run (guest, KVM_EXIT_REASON_HLT);
  after = __rdtsc ();
  g_assert_true (kvm_vcpu_x86_get_tsc_offset (guest->vcpu, &moved, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (read_u64 (guest, 0x2000), >=, before + MIN (offset, moved));
  g_assert_cmpuint (read_u64 (guest, 0x2000), <=, after + MAX (offset, moved));
}

/* The guest's counter is the host's and the offset that the kernel tells. Not every host lets it be
 * set: one takes it and goes on without. */
static void
test_tsc_offset (void)
{
  static const gint64 offsets[] = { 0, G_GINT64_CONSTANT (1) << 60, 12345, -1000000 };
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (tsc);
  g_autoptr (GError) error = NULL;

  assert_tsc (guest);
  for (guint i = 0; i < G_N_ELEMENTS (offsets); i++)
    {
      g_assert_true (kvm_vcpu_x86_set_tsc_offset (guest->vcpu, offsets[i], &error));
      g_assert_no_error (error);
      assert_tsc (guest);
    }
}

#define STATUS_VALID (G_GUINT64_CONSTANT (1) << 63)
#define STATUS_UNCORRECTED (G_GUINT64_CONSTANT (1) << 61)
#define STATUS_ENABLED (G_GUINT64_CONSTANT (1) << 60)
#define CR4_MCE (1 << 6)
#define MCG_CAP 0x179
#define N_BANKS 10

static KvmTestGuest *
make_machine_check_guest (void)
{
  KvmTestGuest *guest = KVM_TEST_GUEST (machine_check);
  g_autoptr (GError) error = NULL;
  guint64 supported, cap;

  g_assert_true (kvm_system_x86_get_supported_mce_cap (guest->system, &supported, &error));
  g_assert_no_error (error);
  g_assert_true (kvm_vcpu_x86_setup_mce (guest->vcpu, supported | N_BANKS, &error));
  g_assert_no_error (error);
  kvm_test_run (guest, KVM_EXIT_REASON_HLT);

  /* On AMD's processors the kernel drops all but the number of banks and bit 8. */
  g_assert_true (kvm_vcpu_x86_get_msr (guest->vcpu, MCG_CAP, &cap, &error));
  g_assert_no_error (error);
  g_assert_cmphex (cap & 0x1ff, ==, (supported & 0x1ff) | N_BANKS);
  g_assert_cmphex (cap & ~supported, ==, N_BANKS);
  g_assert_cmphex (read_u64 (guest, 0x2000), ==, cap);
  return guest;
}

/* The guest finds a corrected error in its bank, and nothing else happens. */
static void
test_corrected_mce (void)
{
  g_autoptr (KvmTestGuest) guest = make_machine_check_guest ();
  g_autoptr (GError) error = NULL;
  KvmX86Mce mce = { .status = STATUS_VALID | 0x135, .addr = 0x1234567000, .bank = 3 };

  g_assert_true (kvm_vcpu_x86_set_mce (guest->vcpu, &mce, &error));
  g_assert_no_error (error);
  kvm_test_run (guest, KVM_EXIT_REASON_HLT);
  g_assert_cmphex (read_u64 (guest, 0x2008), ==, mce.status);
  g_assert_cmphex (read_u64 (guest, 0x2010), ==, mce.addr);
}

/* An uncorrected one interrupts it. */
static void
test_uncorrected_mce (void)
{
  g_autoptr (KvmTestGuest) guest = make_machine_check_guest ();
  g_autoptr (GError) error = NULL;
  KvmX86Mce mce = { .status = STATUS_VALID | STATUS_UNCORRECTED | STATUS_ENABLED,
                    .mcg_status = 5,
                    .bank = 2 };
  KvmX86Sregs sregs;

  kvm_test_run (guest, KVM_EXIT_REASON_HLT);
  kvm_vcpu_x86_get_sregs (guest->vcpu, &sregs, &error);
  sregs.cr4 |= CR4_MCE;
  g_assert_true (kvm_vcpu_x86_set_sregs (guest->vcpu, &sregs, &error));
  g_assert_no_error (error);
  g_assert_true (kvm_vcpu_x86_set_mce (guest->vcpu, &mce, &error));
  g_assert_no_error (error);
  kvm_test_run (guest, KVM_EXIT_REASON_IO);
  g_assert_cmpuint (kvm_exit_get_address (guest->exit), ==, 0x61);
  g_assert_cmpuint (kvm_exit_get_value (guest->exit), ==, 18);
}

static void
test_bad_mce (void)
{
  g_autoptr (KvmTestGuest) guest = make_machine_check_guest ();
  g_autoptr (GError) error = NULL;
  KvmX86Mce mce = { .status = STATUS_VALID, .bank = N_BANKS };

  g_assert_false (kvm_vcpu_x86_set_mce (guest->vcpu, &mce, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID_ARGUMENT, "without a bank 10");
  mce = (KvmX86Mce){ .bank = 1 };
  g_assert_false (kvm_vcpu_x86_set_mce (guest->vcpu, &mce, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID_ARGUMENT, "bank 1; bit 63");
  g_assert_false (kvm_vcpu_x86_setup_mce (guest->vcpu, 0, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID_ARGUMENT, "0 banks");
  g_assert_false (kvm_vcpu_x86_setup_mce (guest->vcpu, 5 | G_GUINT64_CONSTANT (1) << 40, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID_ARGUMENT, "5 banks, other bits 0x10000000000");
}

static void
test_mce_value (void)
{
  g_autoptr (KvmX86Mce) mce = kvm_x86_mce_new ();
  g_autoptr (KvmX86Mce) copy = NULL;
  g_autoptr (KvmX86Mce) back = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  const guint8 *data;
  gsize size;

  mce->status = STATUS_VALID | STATUS_UNCORRECTED | 7;
  mce->addr = 0x1000;
  mce->misc = 2;
  mce->mcg_status = 5;
  mce->bank = 200;
  bytes = kvm_x86_mce_to_bytes (mce);
  data = g_bytes_get_data (bytes, &size);
  g_assert_cmpuint (size, ==, 64);
  g_assert_cmpuint (data[0], ==, 7);
  g_assert_cmpuint (data[7], ==, 0xa0);
  g_assert_cmpuint (data[9], ==, 0x10);
  g_assert_cmpuint (data[16], ==, 2);
  g_assert_cmpuint (data[24], ==, 5);
  g_assert_cmpuint (data[32], ==, 200);
  back = kvm_x86_mce_new_from_bytes (bytes, &error);
  copy = kvm_x86_mce_copy (back);
  g_assert_true (kvm_x86_mce_equal (mce, copy));
  text = kvm_x86_mce_to_string (mce);
  g_assert_cmpstr (text, ==,
                   "bank=200 status=a000000000000007 [VAL UC] addr=0000000000001000 "
                   "misc=0000000000000002 mcg_status=5");
  g_bytes_unref (bytes);
  bytes = g_bytes_new_static ("x", 1);
  g_assert_null (kvm_x86_mce_new_from_bytes (bytes, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID, "64 bytes, not 1");
}

/* The kernel reads all of a filter: it knows a wrong event at its end, and how many there are. */
static void
test_pmu_event_filter (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (halt);
  g_autoptr (KvmX86PmuEventFilter) filter
      = kvm_x86_pmu_event_filter_new (KVM_X86_PMU_EVENT_ACTION_DENY);
  g_autoptr (KvmX86PmuEventFilter) copy = NULL;
  g_autoptr (KvmX86PmuEventFilter) wrong = kvm_x86_pmu_event_filter_new (2);
  g_autoptr (GError) error = NULL;

  g_assert_true (kvm_vm_x86_set_pmu_event_filter (guest->vm, filter, &error));
  g_assert_no_error (error);
  for (guint i = 0; i < 299; i++)
    g_assert_true (kvm_x86_pmu_event_filter_add_event (filter, i % 256, i / 256, &error));
  copy = kvm_x86_pmu_event_filter_copy (filter);
  g_assert_true (kvm_x86_pmu_event_filter_add_event (filter, 0xff, 0x10, &error));
  kvm_x86_pmu_event_filter_set_fixed_counters (filter, 7);
  g_assert_cmpuint (kvm_x86_pmu_event_filter_get_n_events (filter), ==, 300);
  g_assert_cmpuint (kvm_x86_pmu_event_filter_get_n_events (copy), ==, 299);
  g_assert_true (kvm_vm_x86_set_pmu_event_filter (guest->vm, filter, &error));
  g_assert_no_error (error);
  g_assert_true (kvm_x86_pmu_event_filter_add_event (filter, 1, 2, &error));
  g_assert_false (kvm_vm_x86_set_pmu_event_filter (guest->vm, filter, &error));
  kvm_test_assert_error (error, KVM_ERROR_TOO_BIG, "301 events");
  g_assert_true (kvm_vm_x86_set_pmu_event_filter (guest->vm, copy, &error));
  g_assert_false (kvm_vm_x86_set_pmu_event_filter (guest->vm, wrong, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID_ARGUMENT, "0 events");

  g_assert_false (kvm_x86_pmu_event_filter_add_event (copy, 0x1000, 0, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID, "no event 0x1000");
  g_assert_false (kvm_x86_pmu_event_filter_add_masked_event (copy, 1, 0x0f, 0x1f, FALSE, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID, "0x1f in the bits 0x0f");
  g_assert_cmpuint (kvm_x86_pmu_event_filter_get_n_events (copy), ==, 299);
}

/* Masks came later than filters. */
static void
test_pmu_event_masks (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (halt);
  g_autoptr (KvmX86PmuEventFilter) filter
      = kvm_x86_pmu_event_filter_new (KVM_X86_PMU_EVENT_ACTION_ALLOW);
  g_autoptr (GError) error = NULL;
  gboolean is_set;

  g_assert_true (
      kvm_x86_pmu_event_filter_add_masked_event (filter, 0xff, 0xf0, 0x10, FALSE, &error));
  g_assert_no_error (error);
  is_set = kvm_vm_x86_set_pmu_event_filter (guest->vm, filter, &error);
  if (kvm_vm_check_extension (guest->vm, KVM_CAPABILITY_PMU_EVENT_MASKED_EVENTS, NULL) > 0)
    {
      g_assert_no_error (error);
      g_assert_true (is_set);
    }
  else
    kvm_test_assert_error (error, KVM_ERROR_NOT_SUPPORTED, "KVM_CAP_PMU_EVENT_MASKED_EVENTS is 0");
}

static void
test_memory (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (print);
  g_autoptr (KvmVm) vm = NULL;
  g_autoptr (GError) error = NULL;

  vm = kvm_system_create_vm (guest->system, &error);
  g_assert_true (kvm_vm_x86_set_identity_map_address (vm, 0xfeffc000, &error));
  g_assert_no_error (error);
  g_assert_true (kvm_vm_x86_set_identity_map_address (vm, 0, &error));
  g_assert_no_error (error);
  g_assert_false (kvm_vm_x86_set_identity_map_address (guest->vm, 0xfeffc000, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID_ARGUMENT, "before the first vCPU");

  g_assert_false (kvm_vm_x86_set_nr_mmu_pages (guest->vm, 63, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID_ARGUMENT, "63 pages");
  g_assert_true (kvm_vm_x86_set_nr_mmu_pages (guest->vm, 64, &error));
  g_assert_no_error (error);
  kvm_test_run (guest, KVM_EXIT_REASON_IO);
  kvm_test_run (guest, KVM_EXIT_REASON_IO);
  kvm_test_run (guest, KVM_EXIT_REASON_HLT);
}

static void
test_no_xen (void)
{
  const char *text = "KVM_CAP_XEN_HVM is 0";
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (halt);
  g_autoptr (KvmX86XenAttribute) of_vm = kvm_x86_xen_attribute_new_long_mode (TRUE);
  g_autoptr (KvmX86XenAttribute) of_vcpu = kvm_x86_xen_attribute_new_vcpu_id (1);
  g_autoptr (GError) error = NULL;

  g_assert_false (kvm_vm_x86_set_xen_hvm_config (guest->vm, 2, 0x40000000, NULL, NULL, &error));
  kvm_test_assert_error (error, KVM_ERROR_NOT_SUPPORTED, text);
  g_assert_null (kvm_vm_x86_get_xen_attribute (guest->vm, 0, &error));
  kvm_test_assert_error (error, KVM_ERROR_NOT_SUPPORTED, text);
  g_assert_false (kvm_vm_x86_set_xen_attribute (guest->vm, of_vm, &error));
  kvm_test_assert_error (error, KVM_ERROR_NOT_SUPPORTED, text);
  g_assert_null (kvm_vcpu_x86_get_xen_attribute (guest->vcpu, 0, &error));
  kvm_test_assert_error (error, KVM_ERROR_NOT_SUPPORTED, text);
  g_assert_false (kvm_vcpu_x86_set_xen_attribute (guest->vcpu, of_vcpu, &error));
  kvm_test_assert_error (error, KVM_ERROR_NOT_SUPPORTED, text);
  g_assert_false (kvm_vm_x86_send_xen_event (guest->vm, 1, 0, &error));
  kvm_test_assert_error (error, KVM_ERROR_NOT_SUPPORTED, text);

  g_assert_false (kvm_vm_x86_set_xen_attribute (guest->vm, of_vcpu, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID, "attribute 6 of a vCPU");
  g_assert_false (kvm_vcpu_x86_set_xen_attribute (guest->vcpu, of_vm, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID, "attribute 0 of a virtual machine");
}

static void
test_no_hyperv (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (halt);
  g_autoptr (GError) error = NULL;
  int fd = eventfd (0, EFD_CLOEXEC);

  g_assert_false (kvm_vm_x86_add_hyperv_eventfd (guest->vm, 1, fd, &error));
  kvm_test_assert_error (error, KVM_ERROR_NOT_SUPPORTED, "KVM_CAP_HYPERV_EVENTFD is 0");
  g_assert_false (kvm_vm_x86_remove_hyperv_eventfd (guest->vm, 1, &error));
  kvm_test_assert_error (error, KVM_ERROR_NOT_SUPPORTED, "KVM_CAP_HYPERV_EVENTFD is 0");
  g_assert_false (kvm_vm_x86_add_hyperv_eventfd (guest->vm, 0x1000000, fd, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID, "no connection 0x1000000");
  close (fd);
}

static void
test_no_encryption (void)
{
  const char *text = "no encryption of guests";
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (halt);
  g_autoptr (GBytes) command = g_bytes_new_take (g_malloc0 (24), 24);
  g_autoptr (GBytes) little = g_bytes_new_take (g_malloc0 (23), 23);
  g_autoptr (GBytes) much = g_bytes_new_take (g_malloc0 (1024 * 1024 + 1), 1024 * 1024 + 1);
  g_autoptr (GError) error = NULL;
  guint32 firmware_error = 1;

  g_assert_null (kvm_vm_x86_memory_encrypt_op (guest->vm, command, &error));
  kvm_test_assert_error (error, KVM_ERROR_NOT_SUPPORTED, text);
  g_assert_null (kvm_vcpu_x86_memory_encrypt_op (guest->vcpu, command, &error));
  kvm_test_assert_error (error, KVM_ERROR_NOT_SUPPORTED, text);
  g_assert_null (kvm_vm_x86_run_sev_command (guest->vm, KVM_X86_SEV_COMMAND_LAUNCH_START, command,
                                             -1, &firmware_error, &error));
  kvm_test_assert_error (error, KVM_ERROR_NOT_SUPPORTED, "SEV command 2");
  g_assert_cmpuint (firmware_error, ==, 0);
  g_assert_false (
      kvm_vm_x86_register_encrypted_region (guest->vm, guest->memory, 0, 0x1000, &error));
  kvm_test_assert_error (error, KVM_ERROR_NOT_SUPPORTED, text);
  g_assert_false (
      kvm_vm_x86_unregister_encrypted_region (guest->vm, guest->memory, 0, 0x1000, &error));
  kvm_test_assert_error (error, KVM_ERROR_NOT_SUPPORTED, text);

  g_assert_null (kvm_vm_x86_memory_encrypt_op (guest->vm, little, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID, "not 23");
  g_assert_null (kvm_vcpu_x86_memory_encrypt_op (guest->vcpu, much, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID, "not 1048577");
  g_assert_null (kvm_vm_x86_run_sev_command (guest->vm, 0, much, -1, NULL, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID, "not 1048577");
  g_assert_false (
      kvm_vm_x86_register_encrypted_region (guest->vm, guest->memory, 0x7000, 0x1001, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID, "no 0x1001 bytes at offset 0x7000");
  g_assert_false (kvm_vm_x86_unregister_encrypted_region (guest->vm, guest->memory, 0, 0, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID, "no 0x0 bytes");
}

int
main (int argc, char **argv)
{
  kvm_test_init (&argc, &argv);
  kvm_test_add ("/x86-platform/clock", test_clock);
  kvm_test_add ("/x86-platform/clock-realtime", test_clock_realtime);
  kvm_test_add ("/x86-platform/clock-of-host", test_clock_of_host);
  kvm_test_add ("/x86-platform/clock-value", test_clock_value);
  kvm_test_add ("/x86-platform/kvmclock-ctrl", test_kvmclock_ctrl);
  kvm_test_add ("/x86-platform/tsc-khz", test_tsc_khz);
  kvm_test_add ("/x86-platform/tsc-offset", test_tsc_offset);
  kvm_test_add ("/x86-platform/corrected-mce", test_corrected_mce);
  kvm_test_add ("/x86-platform/uncorrected-mce", test_uncorrected_mce);
  kvm_test_add ("/x86-platform/bad-mce", test_bad_mce);
  kvm_test_add ("/x86-platform/mce-value", test_mce_value);
  kvm_test_add ("/x86-platform/pmu-event-filter", test_pmu_event_filter);
  kvm_test_add ("/x86-platform/pmu-event-masks", test_pmu_event_masks);
  kvm_test_add ("/x86-platform/memory", test_memory);
  kvm_test_add ("/x86-platform/no-xen", test_no_xen);
  kvm_test_add ("/x86-platform/no-hyperv", test_no_hyperv);
  kvm_test_add ("/x86-platform/no-encryption", test_no_encryption);
  return g_test_run ();
}
