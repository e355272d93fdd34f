/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What the library hands to the kernel of coalesced zones, time, machine checks, counters, Xen,
 * Hyper-V and encryption, byte by byte. The bytes are worked out by hand from api.rst and the
 * layouts there. */

#include <string.h>

#include "null-test.h"

/* Zeros, in hexadecimal. */
#define ZEROS_4 "00000000"
#define ZEROS_8 ZEROS_4 ZEROS_4
#define ZEROS_16 ZEROS_8 ZEROS_8
#define ZEROS_24 ZEROS_16 ZEROS_8
#define ZEROS_32 ZEROS_16 ZEROS_16

static void
test_coalesced_zones (void)
{
  g_autoptr (Machine) machine = NULL;
  g_autoptr (GError) error = NULL;

  if (!in_process (NULL, NULL))
    return;

  /* address, length, whether it is at ports */
  machine = machine_new ();
  kvm_vm_add_coalesced_zone (machine->vm, KVM_IO_SPACE_MMIO, G_GUINT64_CONSTANT (0x1122334455),
                             0x1000, &error);
  assert_request ("KVM_REGISTER_COALESCED_MMIO", "5544332211000000"
                                                 "00100000"
                                                 "00000000");
  kvm_vm_add_coalesced_zone (machine->vm, KVM_IO_SPACE_PORT, 0x3f8, 8, &error);
  assert_request ("KVM_REGISTER_COALESCED_MMIO", "f803000000000000"
                                                 "08000000"
                                                 "01000000");
  kvm_vm_remove_coalesced_zone (machine->vm, KVM_IO_SPACE_PORT, 0x3f8, 8, &error);
  assert_request ("KVM_UNREGISTER_COALESCED_MMIO", "f803000000000000"
                                                   "08000000"
                                                   "01000000");
  g_assert_no_error (error);
}

/* An old kernel would take a port for an address, so it is not asked. */
static void
test_no_coalesced_ports (void)
{
  g_autoptr (Machine) machine = NULL;
  g_autoptr (GError) error = NULL;

  if (!in_process ("NULL_KVM_CAPABILITIES", "162=0"))
    return;

  machine = machine_new ();
  g_assert_false (kvm_vm_add_coalesced_zone (machine->vm, KVM_IO_SPACE_PORT, 0x3f8, 8, &error));
  g_assert_error (error, KVM_ERROR, KVM_ERROR_NOT_SUPPORTED);
  g_assert_nonnull (strstr (error->message, "(KVM_CAP_COALESCED_PIO is 0)"));
  g_assert_cmpuint (count_requests ("KVM_REGISTER_COALESCED_MMIO"), ==, 0);
}

static void
take_write (KvmIoSpace space, guint64 address, guint size, guint64 value, gpointer user_data)
{
  g_string_append_printf (user_data, "%d %" G_GINT64_MODIFIER "x %u %" G_GINT64_MODIFIER "x\n",
                          (int) space, address, size, value);
}

/* A ring that nobody can have filled so: an index past its end, and an access of 200 bytes. */
static void
test_broken_ring (void)
{
  g_autoptr (Machine) machine = NULL;
  g_autoptr (GString) writes = g_string_new (NULL);
  g_autoptr (GError) error = NULL;

  /* first, last; address, length, at a port, data */
  g_setenv ("NULL_KVM_EXITS",
            "page:8192:aa00000001000000,hlt,"
            "page:8192:0000000001000000,page:8200:0010000000000000c8000000000000008877665544332211,"
            "hlt",
            TRUE);
  if (!in_process (NULL, NULL))
    {
      g_unsetenv ("NULL_KVM_EXITS");
      return;
    }

  machine = machine_new ();
  kvm_vm_add_coalesced_zone (machine->vm, KVM_IO_SPACE_MMIO, 0x1000, 1, &error);
  g_assert_cmpint (kvm_vcpu_run (machine->vcpu, NULL, &error), ==, KVM_EXIT_REASON_HLT);
  g_assert_cmpint (kvm_vm_drain_coalesced (machine->vm, take_write, writes, &error), ==, 0);
  g_assert_cmpint (kvm_vcpu_run (machine->vcpu, NULL, &error), ==, KVM_EXIT_REASON_HLT);
  g_assert_cmpint (kvm_vm_drain_coalesced (machine->vm, take_write, writes, &error), ==, 1);
  g_assert_cmpstr (writes->str, ==, "1 1000 8 1122334455667788\n");
  g_assert_cmpint (kvm_vm_drain_coalesced (machine->vm, take_write, writes, &error), ==, 0);
  g_assert_no_error (error);
}

static void
test_time (void)
{
  const KvmX86Clock clock = { .clock = G_GUINT64_CONSTANT (0x1122334455667788),
                              .flags = KVM_X86_CLOCK_FLAGS_REALTIME,
                              .realtime = G_GUINT64_CONSTANT (0x99aabbccddeeff00),
                              .host_tsc = 3 };
  g_autoptr (Machine) machine = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  KvmX86Clock got;
  guint khz;
  gint64 offset;

  if (!in_process (NULL, NULL))
    return;

  /* clock, flags, padding, real time, counter, 16 bytes of nothing */
  machine = machine_new ();
  kvm_vm_x86_set_clock (machine->vm, &clock, &error);
  assert_request ("KVM_SET_CLOCK", "8877665544332211"
                                   "04000000"
                                   "00000000"
                                   "00ffeeddccbbaa99"
                                   "0300000000000000" ZEROS_16);
  kvm_vm_x86_get_clock (machine->vm, &got, &error);
  g_assert_true (kvm_x86_clock_equal (&got, &clock));
  kvm_vcpu_x86_kvmclock_ctrl (machine->vcpu, &error);
  assert_request ("KVM_KVMCLOCK_CTRL", "0x0");

  kvm_vm_x86_set_tsc_khz (machine->vm, 2500000, &error);
  assert_request ("KVM_SET_TSC_KHZ", "0x2625a0");
  kvm_vm_x86_get_tsc_khz (machine->vm, &khz, &error);
  g_assert_cmpuint (khz, ==, 2500000);
  kvm_vcpu_x86_set_tsc_khz (machine->vcpu, 1000, &error);
  assert_request ("KVM_SET_TSC_KHZ", "0x3e8");
  kvm_vcpu_x86_get_tsc_khz (machine->vcpu, &khz, &error);
  g_assert_cmpuint (khz, ==, 1000);
  g_assert_no_error (error);
  g_assert_true (g_file_get_contents (g_getenv ("NULL_KVM_LOG"), &text, NULL, NULL));
  g_assert_nonnull (strstr (text, "vm 0 KVM_SET_TSC_KHZ 0x2625a0\n"));
  g_assert_nonnull (strstr (text, "vcpu 0 KVM_SET_TSC_KHZ 0x3e8\n"));

  /* flags, group, attribute; then the address of the value, which arrives */
  kvm_vcpu_x86_set_tsc_offset (machine->vcpu, -12345, &error);
  assert_request_starts ("KVM_SET_DEVICE_ATTR", ZEROS_16);
  kvm_vcpu_x86_get_tsc_offset (machine->vcpu, &offset, &error);
  assert_request_starts ("KVM_GET_DEVICE_ATTR", ZEROS_16);
  g_assert_cmpint (offset, ==, -12345);
  g_assert_no_error (error);
}

/* A frequency that is refused is not left behind. */
static void
test_refused_frequency (void)
{
  g_autoptr (Machine) machine = NULL;
  g_autoptr (GError) error = NULL;

  if (!in_process ("NULL_KVM_FAIL", "KVM_SET_TSC_KHZ:EINVAL:2"))
    return;

  machine = machine_new ();
  kvm_vcpu_x86_set_tsc_khz (machine->vcpu, 1000, &error);
  g_assert_no_error (error);
  g_assert_false (kvm_vcpu_x86_set_tsc_khz (machine->vcpu, 2000, &error));
  g_assert_error (error, KVM_ERROR, KVM_ERROR_INVALID_ARGUMENT); /* the null KVM can scale */
  g_assert_nonnull (strstr (error->message, "2000 kHz"));
  assert_request ("KVM_SET_TSC_KHZ", "0x3e8");
  g_assert_cmpuint (count_requests ("KVM_SET_TSC_KHZ"), ==, 3);
}

static void
test_mce (void)
{
  const KvmX86Mce mce = { .status = G_GUINT64_CONSTANT (0x8000000000000135),
                          .addr = 0x1000,
                          .misc = 2,
                          .mcg_status = 4,
                          .bank = 9 };
  g_autoptr (Machine) machine = NULL;
  g_autoptr (GError) error = NULL;
  guint64 supported;

  if (!in_process (NULL, NULL))
    return;

  machine = machine_new ();
  kvm_vcpu_x86_setup_mce (machine->vcpu, 0x100010a, &error);
  assert_request ("KVM_X86_SETUP_MCE", "0a01000100000000");
  /* status, address, information, global status, bank, 31 bytes of nothing */
  kvm_vcpu_x86_set_mce (machine->vcpu, &mce, &error);
  assert_request ("KVM_X86_SET_MCE", "3501000000000080"
                                     "0010000000000000"
                                     "0200000000000000"
                                     "0400000000000000"
                                     "0900000000000000" ZEROS_24);
  kvm_system_x86_get_supported_mce_cap (machine->system, &supported, &error);
  assert_request ("KVM_X86_GET_MCE_CAP_SUPPORTED", "0000000000000000");
  g_assert_no_error (error);
}

static void
test_pmu_event_filter (void)
{
  g_autoptr (Machine) machine = NULL;
  g_autoptr (KvmX86PmuEventFilter) filter = NULL;
  g_autoptr (GError) error = NULL;

  if (!in_process (NULL, NULL))
    return;

  /* action, number of events, fixed counters, flags, 16 bytes of nothing; events */
  machine = machine_new ();
  filter = kvm_x86_pmu_event_filter_new (KVM_X86_PMU_EVENT_ACTION_DENY);
  kvm_x86_pmu_event_filter_add_event (filter, 0xc0, 0x12, &error);
  kvm_x86_pmu_event_filter_add_event (filter, 0xf3c, 0, &error);
  kvm_x86_pmu_event_filter_set_fixed_counters (filter, 5);
  kvm_vm_x86_set_pmu_event_filter (machine->vm, filter, &error);
  assert_request ("KVM_SET_PMU_EVENT_FILTER", "01000000"
                                              "02000000"
                                              "05000000"
                                              "00000000" ZEROS_16 "c012000000000000"
                                              "3c0000000f000000");

  /* With one mask all events have one: the upper byte. */
  kvm_x86_pmu_event_filter_add_masked_event (filter, 0x2e, 0xf0, 0x40, TRUE, &error);
  kvm_vm_x86_set_pmu_event_filter (machine->vm, filter, &error);
  assert_request ("KVM_SET_PMU_EVENT_FILTER", "01000000"
                                              "03000000"
                                              "05000000"
                                              "01000000" ZEROS_16 "c0120000000000ff"
                                              "3c0000000f0000ff"
                                              "2e400000000080f0");
  g_assert_no_error (error);
}

static void
test_no_masked_events (void)
{
  g_autoptr (Machine) machine = NULL;
  g_autoptr (KvmX86PmuEventFilter) filter = NULL;
  g_autoptr (GError) error = NULL;

  g_setenv ("NULL_KVM_CAPABILITIES", "226=0", TRUE);
  if (!in_process ("NULL_KVM_FAIL", "KVM_SET_PMU_EVENT_FILTER:EINVAL"))
    {
      g_unsetenv ("NULL_KVM_CAPABILITIES");
      return;
    }

  machine = machine_new ();
  filter = kvm_x86_pmu_event_filter_new (KVM_X86_PMU_EVENT_ACTION_ALLOW);
  kvm_x86_pmu_event_filter_add_event (filter, 1, 2, &error);
  g_assert_false (kvm_vm_x86_set_pmu_event_filter (machine->vm, filter, &error));
  g_assert_error (error, KVM_ERROR, KVM_ERROR_INVALID_ARGUMENT);
  g_clear_error (&error);
  kvm_x86_pmu_event_filter_add_masked_event (filter, 1, 3, 2, FALSE, &error);
  g_assert_false (kvm_vm_x86_set_pmu_event_filter (machine->vm, filter, &error));
  g_assert_error (error, KVM_ERROR, KVM_ERROR_NOT_SUPPORTED);
  g_assert_nonnull (strstr (error->message, "(KVM_CAP_PMU_EVENT_MASKED_EVENTS is 0)"));
}

static void
test_memory (void)
{
  g_autoptr (Machine) machine = NULL;
  g_autoptr (GError) error = NULL;

  if (!in_process (NULL, NULL))
    return;

  machine = machine_new ();
  kvm_vm_x86_set_identity_map_address (machine->vm, 0xfeffc000, &error);
  assert_request ("KVM_SET_IDENTITY_MAP_ADDR", "00c0fffe00000000");
  kvm_vm_x86_set_nr_mmu_pages (machine->vm, 1024, &error);
  assert_request ("KVM_SET_NR_MMU_PAGES", "0x400");
  g_assert_no_error (error);
}

static void
test_xen_config (void)
{
  g_autoptr (Machine) machine = NULL;
  g_autoptr (KvmMemory) page_32 = NULL;
  g_autoptr (KvmMemory) page_64 = NULL;
  g_autoptr (KvmMemory) large = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *expected = NULL;

  if (!in_process (NULL, NULL))
    return;

  /* flags, MSR, addresses of two blobs, their numbers of pages, 30 bytes of nothing */
  machine = machine_new ();
  kvm_vm_x86_set_xen_hvm_config (machine->vm,
                                 KVM_X86_XEN_HVM_FLAGS_INTERCEPT_HYPERCALLS
                                     | KVM_X86_XEN_HVM_FLAGS_EVENT_CHANNEL_SEND,
                                 0x40000200, NULL, NULL, &error);
  assert_request ("KVM_XEN_HVM_CONFIG", "22000000"
                                        "00020040" ZEROS_16 ZEROS_32);
  page_32 = kvm_memory_new (0x1000, &error);
  page_64 = kvm_memory_new (0x2000, &error);
  kvm_vm_x86_set_xen_hvm_config (machine->vm, KVM_X86_XEN_HVM_FLAGS_HYPERCALL_MSR, 0x40000000,
                                 page_32, page_64, &error);
  expected
      = g_strdup_printf ("01000000"
                         "00000040"
                         "%016" G_GINT64_MODIFIER "x"
                         "%016" G_GINT64_MODIFIER "x"
                         "0102" ZEROS_24 ZEROS_4 "0000",
                         GUINT64_SWAP_LE_BE ((guint64) (gulong) kvm_memory_get_pointer (page_32)),
                         GUINT64_SWAP_LE_BE ((guint64) (gulong) kvm_memory_get_pointer (page_64)));
  assert_request ("KVM_XEN_HVM_CONFIG", expected);
  g_assert_no_error (error);

  /* The pages stay as long as the VM. */
  g_object_add_weak_pointer (G_OBJECT (page_64), (gpointer *) &page_64);
  g_object_unref (page_64);
  g_assert_nonnull (page_64);
  g_clear_pointer (&machine, machine_free);
  g_assert_null (page_64);

  machine = machine_new ();
  large = kvm_memory_new (256 * 4096, &error);
  g_assert_false (kvm_vm_x86_set_xen_hvm_config (machine->vm, 0, 0, NULL, large, &error));
  g_assert_error (error, KVM_ERROR, KVM_ERROR_INVALID);
  g_assert_nonnull (strstr (error->message, "not of 1048576 bytes"));
}

/* The type and its padding, 8 bytes; then 64 bytes. Takes the attribute. */
static void
assert_xen_attribute (Machine *machine, KvmX86XenAttribute *attribute, gboolean of_vcpu,
                      const char *expected)
{
  g_autoptr (KvmX86XenAttribute) copy = kvm_x86_xen_attribute_copy (attribute);
  g_autoptr (GBytes) bytes = kvm_x86_xen_attribute_to_bytes (copy);
  g_autoptr (GError) error = NULL;
  g_autofree char *request = g_strnfill (2 * 72, '0');
  gsize size;
  const guint8 *data = g_bytes_get_data (bytes, &size);

  memcpy (request, expected, strlen (expected));
  if (of_vcpu)
    kvm_vcpu_x86_set_xen_attribute (machine->vcpu, attribute, &error);
  else
    kvm_vm_x86_set_xen_attribute (machine->vm, attribute, &error);
  g_assert_no_error (error);
  assert_request (of_vcpu ? "KVM_XEN_VCPU_SET_ATTR" : "KVM_XEN_HVM_SET_ATTR", request);
  g_assert_true (kvm_x86_xen_attribute_equal (attribute, copy));
  g_assert_cmpuint (size, ==, 72);
  for (guint i = 0; i < size; i++)
    {
      g_autofree char *byte = g_strdup_printf ("%02x", data[i]);

      g_assert_cmpmem (byte, 2, request + 2 * i, 2);
    }
  kvm_x86_xen_attribute_free (attribute);
}

#define TYPE(number) number "00000000000000"

static void
test_xen_vm_attributes (void)
{
  g_autoptr (Machine) machine = NULL;

  if (!in_process (NULL, NULL))
    return;

  machine = machine_new ();
#define ASSERT(attribute, expected)                                                                \
  assert_xen_attribute (machine, kvm_x86_xen_attribute_new_##attribute, FALSE, expected)
  ASSERT (long_mode (TRUE), TYPE ("00") "01");
  ASSERT (long_mode (FALSE), TYPE ("00"));
  ASSERT (shared_info (0x12345), TYPE ("01") "4523010000000000");
  ASSERT (upcall_vector (0xf3), TYPE ("02") "f3");
  /* port of the sender, type, flags; port, vCPU, priority */
  ASSERT (event_to_port (7, 5, 8, 2, FALSE), TYPE ("03") "07000000"
                                                         "05000000"
                                                         "00000000"
                                                         "08000000"
                                                         "02000000"
                                                         "ffffffff");
  ASSERT (event_to_port (7, 5, 9, 3, TRUE), TYPE ("03") "07000000"
                                                        "05000000"
                                                        "02000000"
                                                        "09000000"
                                                        "03000000"
                                                        "ffffffff");
  /* … 0, eventfd */
  ASSERT (event_to_eventfd (7, 2, 33), TYPE ("03") "07000000"
                                                   "02000000"
                                                   "00000000"
                                                   "00000000"
                                                   "21000000");
  ASSERT (event_removed (7), TYPE ("03") "07000000"
                                         "00000000"
                                         "01000000");
  ASSERT (events_reset (), TYPE ("03") "00000000"
                                       "00000000"
                                       "04000000");
  ASSERT (version (0x4000d), TYPE ("04") "0d000400");
  ASSERT (runstate_update (TRUE), TYPE ("05") "01");
  ASSERT (shared_info_hva (0x7f1122334000), TYPE ("06") "00403322117f0000");
#undef ASSERT
}

static void
test_xen_vcpu_attributes (void)
{
  g_autoptr (Machine) machine = NULL;

  if (!in_process (NULL, NULL))
    return;

  machine = machine_new ();
#define ASSERT(attribute, expected)                                                                \
  assert_xen_attribute (machine, kvm_x86_xen_attribute_new_##attribute, TRUE, expected)
  ASSERT (vcpu_info (0x123456789), TYPE ("00") "8967452301000000");
  ASSERT (time_info (G_MAXUINT64), TYPE ("01") "ffffffffffffffff");
  ASSERT (runstate_address (0x1000), TYPE ("02") "0010000000000000");
  ASSERT (runstate_current (2), TYPE ("03") "0200000000000000");
  /* state, when it came into it, the times in four states */
  ASSERT (runstate_data (1, 10, 1, 2, 3, 4), TYPE ("04") "0100000000000000"
                                                         "0a00000000000000"
                                                         "0100000000000000"
                                                         "0200000000000000"
                                                         "0300000000000000"
                                                         "0400000000000000");
  ASSERT (runstate_adjustment (G_MAXUINT64, 1, 1, 0, 0, 0), TYPE ("05") "ffffffffffffffff"
                                                                        "0100000000000000"
                                                                        "0100000000000000");
  ASSERT (vcpu_id (0x12), TYPE ("06") "12000000");
  /* port, priority, time */
  ASSERT (timer (6, 0x123456789a), TYPE ("07") "06000000"
                                               "ffffffff"
                                               "9a78563412000000");
  ASSERT (vcpu_upcall_vector (0x31), TYPE ("08") "31");
  ASSERT (vcpu_info_hva (0x1000), TYPE ("09") "0010000000000000");
#undef ASSERT
}

/* What was set is got, and which one was asked for. */
static void
test_xen_getters (void)
{
  g_autoptr (Machine) machine = NULL;
  g_autoptr (KvmX86XenAttribute) set = NULL;
  g_autoptr (KvmX86XenAttribute) timer = NULL;
  g_autoptr (KvmX86XenAttribute) got = NULL;
  g_autoptr (GError) error = NULL;
  guint64 entry, running, runnable, blocked, offline;

  if (!in_process (NULL, NULL))
    return;

  machine = machine_new ();
  set = kvm_x86_xen_attribute_new_version (0x40005);
  kvm_vm_x86_set_xen_attribute (machine->vm, set, &error);
  got = kvm_vm_x86_get_xen_attribute (machine->vm, KVM_X86_XEN_VM_ATTRIBUTE_TYPE_VERSION, &error);
  g_assert_no_error (error);
  assert_request ("KVM_XEN_HVM_GET_ATTR", TYPE ("04") ZEROS_32 ZEROS_32);
  g_assert_true (kvm_x86_xen_attribute_equal (got, set));
  g_assert_cmphex (kvm_x86_xen_attribute_get_value (got), ==, 0x40005);
  g_assert_false (kvm_x86_xen_attribute_get_runstate (got, NULL, NULL, NULL, NULL, &offline));
  g_assert_cmpuint (offline, ==, 0);
  g_assert_cmpuint (kvm_x86_xen_attribute_get_timer_expiry (got), ==, 0);

  g_clear_pointer (&set, kvm_x86_xen_attribute_free);
  g_clear_pointer (&got, kvm_x86_xen_attribute_free);
  set = kvm_x86_xen_attribute_new_runstate_data (2, 100, 10, 20, 30, 40);
  kvm_vcpu_x86_set_xen_attribute (machine->vcpu, set, &error);
  got = kvm_vcpu_x86_get_xen_attribute (machine->vcpu,
                                        KVM_X86_XEN_VCPU_ATTRIBUTE_TYPE_RUNSTATE_DATA, &error);
  g_assert_no_error (error);
  assert_request ("KVM_XEN_VCPU_GET_ATTR", TYPE ("04") ZEROS_32 ZEROS_32);
  g_assert_cmpuint (kvm_x86_xen_attribute_get_value (got), ==, 2);
  g_assert_true (
      kvm_x86_xen_attribute_get_runstate (got, &entry, &running, &runnable, &blocked, &offline));
  g_assert_cmpuint (entry, ==, 100);
  g_assert_cmpuint (running, ==, 10);
  g_assert_cmpuint (runnable, ==, 20);
  g_assert_cmpuint (blocked, ==, 30);
  g_assert_cmpuint (offline, ==, 40);

  timer = kvm_x86_xen_attribute_new_timer (3, 77);
  g_assert_cmpuint (kvm_x86_xen_attribute_get_timer_expiry (timer), ==, 77);
  g_assert_cmpuint (kvm_x86_xen_attribute_get_value (timer), ==, 3);
  g_assert_false (kvm_x86_xen_attribute_equal (timer, got));
}

static void
test_events (void)
{
  g_autoptr (Machine) machine = NULL;
  g_autoptr (GError) error = NULL;

  if (!in_process (NULL, NULL))
    return;

  /* port, vCPU, priority */
  machine = machine_new ();
  kvm_vm_x86_send_xen_event (machine->vm, 0x12, 3, &error);
  assert_request ("KVM_XEN_HVM_EVTCHN_SEND", "12000000"
                                             "03000000"
                                             "ffffffff");
  /* connection, eventfd, flags, 12 bytes of nothing */
  kvm_vm_x86_add_hyperv_eventfd (machine->vm, 0xabcdef, 44, &error);
  assert_request ("KVM_HYPERV_EVENTFD", "efcdab00"
                                        "2c000000"
                                        "00000000" ZEROS_8 ZEROS_4);
  kvm_vm_x86_remove_hyperv_eventfd (machine->vm, 0xabcdef, &error);
  assert_request ("KVM_HYPERV_EVENTFD", "efcdab00"
                                        "ffffffff"
                                        "01000000" ZEROS_8 ZEROS_4);
  g_assert_no_error (error);
}

static void
test_encryption (void)
{
  g_autoptr (Machine) machine = NULL;
  g_autoptr (KvmMemory) memory = NULL;
  g_autoptr (GBytes) command = g_bytes_new_static ("\x02\0\0\0\x01\0\0\0abcdefghijklmnopqrst", 28);
  g_autoptr (GBytes) back = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *argument = NULL;
  g_autofree char *region = NULL;
  guint32 firmware_error = 1;

  if (!in_process (NULL, NULL))
    return;

  machine = machine_new ();
  back = kvm_vm_x86_memory_encrypt_op (machine->vm, command, &error);
  /* 24 bytes as they are */
  assert_request ("KVM_MEMORY_ENCRYPT_OP", "0200000001000000"
                                           "6162636465666768"
                                           "696a6b6c6d6e6f70");
  g_assert_true (g_bytes_equal (back, command));
  g_bytes_unref (back);
  back = kvm_vcpu_x86_memory_encrypt_op (machine->vcpu, command, &error);
  g_assert_true (g_bytes_equal (back, command));
  g_bytes_unref (back);
  back = kvm_vm_x86_run_sev_command (machine->vm, KVM_X86_SEV_COMMAND_SNP_LAUNCH_UPDATE, command, 9,
                                     &firmware_error, &error);
  /* command, padding, address of a copy, firmware's error, fd */
  argument = last_argument ("KVM_MEMORY_ENCRYPT_OP");
  g_assert_cmpmem (argument, 16, "6500000000000000", 16);
  g_assert_cmpint (memcmp (argument + 16, ZEROS_8, 16), !=, 0);
  g_assert_cmpstr (argument + 32, ==, "0000000009000000");
  g_assert_true (g_bytes_equal (back, command));
  g_assert_cmpuint (firmware_error, ==, 0);
  g_bytes_unref (back);
  back
      = kvm_vm_x86_run_sev_command (machine->vm, KVM_X86_SEV_COMMAND_INIT2, NULL, -1, NULL, &error);
  assert_request ("KVM_MEMORY_ENCRYPT_OP", "1600000000000000"
                                           "0000000000000000"
                                           "00000000ffffffff");
  g_assert_cmpuint (g_bytes_get_size (back), ==, 0);
  g_assert_cmpuint (count_requests ("KVM_MEMORY_ENCRYPT_OP"), ==, 4);

  /* address, length */
  memory = kvm_memory_new (0x4000, &error);
  kvm_vm_x86_register_encrypted_region (machine->vm, memory, 0x1000, 0x2000, &error);
  region = g_strdup_printf (
      "%016" G_GINT64_MODIFIER "x"
      "0020000000000000",
      GUINT64_SWAP_LE_BE ((guint64) (gulong) kvm_memory_get_pointer (memory) + 0x1000));
  assert_request ("KVM_MEMORY_ENCRYPT_REG_REGION", region);
  kvm_vm_x86_unregister_encrypted_region (machine->vm, memory, 0x1000, 0x2000, &error);
  assert_request ("KVM_MEMORY_ENCRYPT_UNREG_REGION", region);
  g_assert_no_error (error);
}

int
main (int argc, char **argv)
{
  null_test_init (&argc, &argv);
  g_test_add_func ("/requests-x86-platform/coalesced-zones", test_coalesced_zones);
  g_test_add_func ("/requests-x86-platform/no-coalesced-ports", test_no_coalesced_ports);
  g_test_add_func ("/requests-x86-platform/broken-ring", test_broken_ring);
  g_test_add_func ("/requests-x86-platform/time", test_time);
  g_test_add_func ("/requests-x86-platform/refused-frequency", test_refused_frequency);
  g_test_add_func ("/requests-x86-platform/mce", test_mce);
  g_test_add_func ("/requests-x86-platform/pmu-event-filter", test_pmu_event_filter);
  g_test_add_func ("/requests-x86-platform/no-masked-events", test_no_masked_events);
  g_test_add_func ("/requests-x86-platform/memory", test_memory);
  g_test_add_func ("/requests-x86-platform/xen-config", test_xen_config);
  g_test_add_func ("/requests-x86-platform/xen-vm-attributes", test_xen_vm_attributes);
  g_test_add_func ("/requests-x86-platform/xen-vcpu-attributes", test_xen_vcpu_attributes);
  g_test_add_func ("/requests-x86-platform/xen-getters", test_xen_getters);
  g_test_add_func ("/requests-x86-platform/events", test_events);
  g_test_add_func ("/requests-x86-platform/encryption", test_encryption);
  return null_test_run ();
}
