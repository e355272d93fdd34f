/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The exits that a guest on real KVM makes. The others are in test-exit-null.c. */

#include "kvm-test.h"

#include <string.h>

static void
test_print (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (print);
  g_autofree char *line = NULL;
  g_autofree guint8 *data = NULL;
  gsize length;

  kvm_test_run (guest, KVM_TEST_REASON_IO);
  g_assert_cmpint (kvm_exit_get_reason (guest->exit), ==, KVM_TEST_REASON_IO);
  g_assert_cmpuint (kvm_exit_get_raw_reason (guest->exit), ==, KVM_TEST_REASON_IO);
  g_assert_true (kvm_exit_is_write (guest->exit));
  g_assert_cmpuint (kvm_exit_get_address (guest->exit), ==, KVM_TEST_PORT (0x3f8));
  g_assert_cmpuint (kvm_exit_get_size (guest->exit), ==, 1);
  g_assert_cmpuint (kvm_exit_get_count (guest->exit), ==, 1);
  g_assert_cmpuint (kvm_exit_get_value (guest->exit), ==, 'H');
  data = kvm_exit_get_data (guest->exit, &length);
  g_assert_cmpmem (data, length, "H", 1);
  line = kvm_exit_to_string (guest->exit);
  g_assert_cmpstr (line, ==,
                   KVM_TEST_IS_X86 ? "port write of 1 byte at 0x03f8: 0x48 'H'"
                                   : "MMIO write of 1 byte at 0x00011fc0: 0x48");
  g_assert_cmpint (kvm_exit_get_interruption (guest->exit), ==, KVM_INTERRUPTION_NONE);

  kvm_test_run (guest, KVM_TEST_REASON_IO);
  g_assert_cmpuint (kvm_exit_get_value (guest->exit), ==, 'i');
  kvm_test_run_to_halt (guest);
}

/* Each read is answered, and the guest says what it got. */
static void
test_answer (void)
{
  static const guint64 answers[] = { 0x41, 0xbeef, 0xcafebabe };
  static const guint64 sizes[] = { 1, 2, 4 };
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (echo);

  for (guint i = 0; i < G_N_ELEMENTS (answers); i++)
    {
      kvm_test_run (guest, KVM_TEST_REASON_IO);
      g_assert_false (kvm_exit_is_write (guest->exit));
      g_assert_cmpuint (kvm_exit_get_size (guest->exit), ==, sizes[i]);
      kvm_exit_set_value (guest->exit, answers[i] | G_GUINT64_CONSTANT (0xff00000000));
      g_assert_cmphex (kvm_exit_get_value (guest->exit), ==, answers[i]);

      kvm_test_run (guest, KVM_TEST_REASON_IO);
      g_assert_true (kvm_exit_is_write (guest->exit));
      g_assert_cmphex (kvm_exit_get_address (guest->exit), ==, KVM_TEST_PORT (0x61));
      g_assert_cmphex (kvm_exit_get_value (guest->exit), ==, answers[i] + 1);
      kvm_exit_set_value (guest->exit, 0); /* nothing to answer */
      g_assert_cmphex (kvm_exit_get_value (guest->exit), ==, answers[i] + 1);
    }
  kvm_test_run_to_halt (guest);
}

/* However many elements the kernel delivers at once, each arrives. */
static void
test_string (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (string);
  guint sent = 0, received = 0;
  g_autoptr (GError) error = NULL;
  KvmExitReason reason;

  while ((reason = kvm_vcpu_run (guest->vcpu, NULL, &error)) == KVM_TEST_REASON_IO)
    {
      guint count = kvm_exit_get_count (guest->exit);

      g_assert_cmpuint (kvm_exit_get_size (guest->exit), ==, 2);
      g_assert_cmpuint (count, >=, 1);
      for (guint i = 0; i < count; i++)
        if (kvm_exit_is_write (guest->exit))
          g_assert_cmphex (kvm_exit_get_element (guest->exit, i), ==, 0x1111 * ++received);
        else
          kvm_exit_set_element (guest->exit, i, 0x1111 * ++sent);
      g_assert_cmphex (kvm_exit_get_element (guest->exit, count), ==, 0);
      kvm_exit_set_element (guest->exit, count, 0xffff);
    }
  g_assert_no_error (error);
  g_assert_cmpint (reason, ==, KVM_TEST_REASON_HALT);
  g_assert_cmpuint (sent, ==, 4);
  g_assert_cmpuint (received, ==, 4);
}

static void
test_mmio (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (mmio);
  g_autoptr (GError) error = NULL;
  g_autofree char *line = NULL;
  g_autofree char *read_line = NULL;

  kvm_test_run (guest, KVM_EXIT_REASON_MMIO);
  g_assert_true (kvm_exit_is_write (guest->exit));
  g_assert_cmphex (kvm_exit_get_address (guest->exit), ==, 0x8000);
  g_assert_cmpuint (kvm_exit_get_size (guest->exit), ==, 4);
  g_assert_cmpuint (kvm_exit_get_count (guest->exit), ==, 1);
  g_assert_cmphex (kvm_exit_get_value (guest->exit), ==, 0x12345678);
  line = kvm_exit_to_string (guest->exit);
  g_assert_cmpstr (line, ==, "MMIO write of 4 bytes at 0x00008000: 0x12345678");
  g_assert_false (kvm_exit_set_data (guest->exit, (const guint8 *) "1234", 4, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID, "writes");

  kvm_test_run (guest, KVM_EXIT_REASON_MMIO);
  g_assert_false (kvm_exit_is_write (guest->exit));
  g_assert_cmphex (kvm_exit_get_address (guest->exit), ==, 0x8004);
  read_line = kvm_exit_to_string (guest->exit);
  g_assert_cmpstr (read_line, ==, "MMIO read of 2 bytes at 0x00008004");
  g_assert_false (kvm_exit_set_data (guest->exit, (const guint8 *) "123", 3, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID, "1 × 2 bytes and cannot be answered with 3");
  g_assert_true (kvm_exit_set_data (guest->exit, (const guint8 *) "\x21\x43", 2, &error));

  kvm_test_run (guest, KVM_TEST_REASON_IO);
  g_assert_cmphex (kvm_exit_get_value (guest->exit), ==, 0x4321);
}

static void
test_copy_stays (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (print);
  g_autoptr (GError) error = NULL;
  g_autoptr (KvmExit) copy = NULL;

  kvm_test_run (guest, KVM_TEST_REASON_IO);
  copy = kvm_exit_copy (guest->exit, &error);
  g_assert_no_error (error);
  kvm_test_run (guest, KVM_TEST_REASON_IO);
  kvm_test_run_to_halt (guest);
  g_assert_cmpint (kvm_exit_get_reason (guest->exit), ==, KVM_TEST_REASON_HALT);
  g_assert_cmpint (kvm_exit_get_reason (copy), ==, KVM_TEST_REASON_IO);
  g_assert_cmpuint (kvm_exit_get_value (copy), ==, 'H');
}

static void
assert_vm_ends (KvmTestGuest *guest)
{
  KvmVm *vm = guest->vm;

  g_object_add_weak_pointer (G_OBJECT (vm), (gpointer *) &vm);
  g_clear_object (&guest->vcpu);
  g_clear_object (&guest->slot);
  g_clear_object (&guest->vm);
  g_assert_null (vm);
}

static gboolean
has_run_page_mapped (void)
{
  g_autofree char *maps = NULL;

  g_assert_true (g_file_get_contents ("/proc/self/maps", &maps, NULL, NULL));
  return strstr (maps, "kvm-vcpu") != NULL;
}

static void
test_exit_outlives_vcpu (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (print);
  g_autoptr (KvmExit) exit = g_object_ref (guest->exit);

  kvm_test_run (guest, KVM_TEST_REASON_IO);
  g_assert_true (has_run_page_mapped ());
  assert_vm_ends (guest);
  g_assert_false (has_run_page_mapped ());
  g_assert_cmpuint (kvm_exit_get_address (exit), ==, KVM_TEST_PORT (0x3f8));
  g_assert_cmpuint (kvm_exit_get_value (exit), ==, 'H');
}

static void
test_before_the_first_run (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (halt);
  g_autoptr (KvmVcpu) never_opened = g_object_new (KVM_TYPE_VCPU, NULL);
  g_autoptr (GBytes) bytes = kvm_exit_to_bytes (guest->exit);
  g_autofree char *line = NULL;

  g_assert_cmpint (kvm_exit_get_reason (guest->exit), ==, KVM_EXIT_REASON_UNKNOWN);
  g_assert_cmpuint (g_bytes_get_size (bytes), ==, 256);
  g_assert_cmpuint (kvm_exit_get_hardware_reason (guest->exit), ==, 0);
  line = kvm_exit_to_string (guest->exit);
  g_assert_cmpstr (line, ==, "no exit yet");
  g_assert_cmpint (kvm_exit_get_reason (kvm_vcpu_get_exit (never_opened)), ==,
                   KVM_EXIT_REASON_UNKNOWN);
}

/* What the library refuses as a bug of the caller's. */
static void
test_wrong_accessor (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (halt);

  kvm_test_run_to_halt (guest);
  g_test_expect_message ("kvmobj", G_LOG_LEVEL_CRITICAL,
                         "kvm_exit_*: the exit is KVM_EXIT_REASON_HLT, which has no such thing");
  g_assert_cmpuint (kvm_exit_get_value (guest->exit), ==, 0);
  g_test_assert_expected_messages ();
  g_test_expect_message ("kvmobj", G_LOG_LEVEL_CRITICAL,
                         "kvm_exit_*: the exit is KVM_EXIT_REASON_HLT, which has no such thing");
  kvm_exit_set_value (guest->exit, 1);
  g_test_assert_expected_messages ();
  g_test_expect_message ("kvmobj", G_LOG_LEVEL_CRITICAL, "*_kvm_is_exit*");
  g_assert_cmpint (kvm_exit_get_reason (NULL), ==, KVM_EXIT_REASON_ERROR);
  g_test_assert_expected_messages ();
}

/* A guest whose interrupt table leads nowhere. */
static void
test_broken_guest (void)
{
  g_autoptr (KvmTestGuest) guest = NULL;
  static const guint8 code[] = { 0x0f, 0xff, 0xff }; /* ud0 */
  g_autoptr (GError) error = NULL;
  g_autofree char *line = NULL;
  KvmX86Sregs sregs;
  KvmExitReason reason;

  guest = kvm_test_guest_new (code, code + sizeof code);
  kvm_vcpu_x86_get_sregs (guest->vcpu, &sregs, &error);
  sregs.idt.limit = 0;
  kvm_vcpu_x86_set_sregs (guest->vcpu, &sregs, &error);
  g_assert_no_error (error);
  reason = kvm_vcpu_run (guest->vcpu, NULL, &error);
  g_assert_no_error (error);
  line = kvm_exit_to_string (guest->exit);
  if (kvm_test_is_pvm ())
    {
      g_assert_cmpint (reason, ==, KVM_EXIT_REASON_INTERNAL_ERROR);
      g_assert_true (g_str_has_prefix (line, "internal error: emulation failed at rip 0x1000"));
    }
  else
    {
      g_assert_cmpint (reason, ==, KVM_EXIT_REASON_SHUTDOWN);
      g_assert_cmpstr (line, ==, "shutdown (often a triple fault)");
    }
}

int
main (int argc, char **argv)
{
  kvm_test_init (&argc, &argv);
  kvm_test_add ("/exit/print", test_print);
  kvm_test_add ("/exit/answer", test_answer);
  kvm_test_add_for_x86 ("/exit/string", test_string);
  kvm_test_add ("/exit/mmio", test_mmio);
  kvm_test_add ("/exit/copy-stays", test_copy_stays);
  kvm_test_add ("/exit/outlives-vcpu", test_exit_outlives_vcpu);
  kvm_test_add ("/exit/before-the-first-run", test_before_the_first_run);
  kvm_test_add_for_x86 ("/exit/wrong-accessor", test_wrong_accessor);
  kvm_test_add_for_x86 ("/exit/broken-guest", test_broken_guest);
  return g_test_run ();
}
