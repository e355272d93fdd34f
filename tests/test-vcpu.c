/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "kvm-test.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static void
test_properties (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (halt);
  g_autoptr (KvmVm) vm = NULL;
  g_autoptr (KvmExit) exit = NULL;
  guint id;

  g_object_get (guest->vcpu, "vm", &vm, "id", &id, "exit", &exit, NULL);
  g_assert_true (vm == guest->vm && kvm_vcpu_get_vm (guest->vcpu) == vm);
  g_assert_cmpuint (id, ==, 0);
  g_assert_true (exit == kvm_vcpu_get_exit (guest->vcpu));
  g_assert_cmpint (fcntl (kvm_vcpu_get_fd (guest->vcpu), F_GETFD), ==, FD_CLOEXEC);
}

static void
test_keeps_vm (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (print);
  KvmVm *vm = guest->vm;

  g_object_add_weak_pointer (G_OBJECT (vm), (gpointer *) &vm);
  g_clear_object (&guest->slot);
  g_clear_object (&guest->memory);
  g_clear_object (&guest->vm);
  g_clear_object (&guest->system);
  g_assert_nonnull (vm);
  kvm_test_run (guest, KVM_TEST_REASON_IO); /* all that it needs is there */
  g_clear_object (&guest->vcpu);
  g_assert_null (vm);
}

/* What is set is what the guest has, and what the guest changes is read back. */
static void
test_regs (void)
{
  static const guint8 code[] = {
    0x01, 0xd8, /* add %bx, %ax */
    0xe6, 0x61, /* out %al, $0x61 */
    0x41,       /* inc %cx */
    0xf4,       /* hlt */
  };
  g_autoptr (KvmTestGuest) guest = kvm_test_guest_new (code, code + sizeof code);
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  KvmX86Regs regs;

  g_assert_true (kvm_vcpu_x86_get_regs (guest->vcpu, &regs, &error));
  regs.rax = 40;
  regs.rbx = 2;
  regs.rcx = 0xffffffff81000000;
  g_assert_true (kvm_vcpu_x86_set_regs (guest->vcpu, &regs, &error));
  kvm_test_run (guest, KVM_TEST_REASON_IO);
  g_assert_cmpuint (kvm_exit_get_value (guest->exit), ==, 42);
  kvm_test_run_to_halt (guest);
  g_assert_true (kvm_vcpu_x86_get_regs (guest->vcpu, &regs, &error));
  g_assert_no_error (error);
  g_assert_cmphex (regs.rax, ==, 42);
  g_assert_cmphex (regs.rcx, ==, 0xffffffff81000001);
  g_assert_cmphex (regs.rip, ==, KVM_TEST_ENTRY + sizeof code);

  text = kvm_x86_regs_to_string (&regs);
  g_assert_true (g_str_has_prefix (text, "rax=000000000000002a rbx=0000000000000002 "
                                         "rcx=ffffffff81000001\nrdx="));
}

static void
test_regs_as_bytes (void)
{
  g_autoptr (KvmX86Regs) regs = kvm_x86_regs_new ();
  g_autoptr (KvmX86Regs) back = NULL;
  g_autoptr (KvmX86Sregs) sregs = kvm_x86_sregs_new ();
  g_autoptr (KvmX86Sregs) sregs_back = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GBytes) sregs_bytes = NULL;
  const guint64 bitmap[4] = { 1, 2, 3, 4 };

  regs->rip = G_MAXUINT64;
  bytes = kvm_x86_regs_to_bytes (regs);
  g_assert_cmpuint (g_bytes_get_size (bytes), ==, 144);
  back = kvm_x86_regs_new_from_bytes (bytes, &error);
  g_assert_no_error (error);
  g_assert_cmpmem (regs, sizeof *regs, back, sizeof *back);

  g_assert_true (kvm_x86_sregs_set_interrupt_bitmap (sregs, bitmap, 4, &error));
  g_assert_false (kvm_x86_sregs_set_interrupt_bitmap (sregs, bitmap, 3, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID, "4 words, not 3");
  sregs_bytes = kvm_x86_sregs_to_bytes (sregs);
  sregs_back = kvm_x86_sregs_new_from_bytes (sregs_bytes, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (sregs_back->interrupt_bitmap[3], ==, 4);

  g_assert_null (kvm_x86_sregs_new_from_bytes (bytes, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID, "312 bytes, not 144");
  g_assert_null (kvm_x86_regs_new_from_bytes (sregs_bytes, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID, "144 bytes, not 312");
}

static void
test_wrong_sregs (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (halt);
  g_autoptr (KvmX86Cpuid) cpuid = NULL;
  g_autoptr (GError) error = NULL;
  KvmX86Sregs sregs, before;

  cpuid = kvm_system_x86_get_supported_cpuid (guest->system, &error);
  g_assert_true (kvm_vcpu_x86_set_cpuid (guest->vcpu, cpuid, &error));
  g_assert_true (kvm_vcpu_x86_get_sregs (guest->vcpu, &before, &error));

  sregs = before;
  sregs.cr0 |= 0x80000001;
  sregs.cr4 |= 0x20;
  sregs.efer |= 0x100;
  g_assert_false (kvm_vcpu_x86_set_sregs (guest->vcpu, &sregs, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID_ARGUMENT,
                         "KVM_SET_SREGS on vCPU 0: Invalid argument (long mode needs EFER.LMA)");

  sregs.efer |= 0x400;
  sregs.cr4 &= ~0x20;
  g_assert_false (kvm_vcpu_x86_set_sregs (guest->vcpu, &sregs, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID_ARGUMENT, "long mode needs CR4.PAE");

  g_assert_true (kvm_vcpu_x86_get_sregs (guest->vcpu, &sregs, &error));
  g_assert_cmpmem (&sregs, sizeof sregs, &before, sizeof before);
}

static void
test_setup_real_mode (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (halt);
  g_autoptr (GError) error = NULL;
  KvmX86Sregs sregs;
  KvmX86Regs regs;

  g_assert_false (kvm_vcpu_x86_setup_real_mode (guest->vcpu, 0x10000, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID, "below 64 KiB, not at 0x10000");
  g_assert_true (kvm_vcpu_x86_setup_real_mode (guest->vcpu, 0xffff, &error));
  g_assert_true (kvm_vcpu_x86_get_regs (guest->vcpu, &regs, &error));
  g_assert_true (kvm_vcpu_x86_get_sregs (guest->vcpu, &sregs, &error));
  g_assert_cmphex (regs.rip, ==, 0xffff);
  g_assert_cmphex (regs.rflags, ==, 2);
  g_assert_cmphex (sregs.cs.base, ==, 0);
  g_assert_cmphex (sregs.cs.selector, ==, 0);
  g_assert_cmphex (sregs.cr0 & 1, ==, 0);
}

/* Guest code asks for a leaf that was set. */
static void
test_cpuid (void)
{
  static const guint8 code[] = {
    0x66, 0xb8, 0x34, 0x12, 0x00, 0x40, /* mov $0x40001234, %eax */
    0x0f, 0xa2,                         /* cpuid */
    0x66, 0x89, 0xd8,                   /* mov %ebx, %eax */
    0x66, 0xe7, 0x61,                   /* out %eax, $0x61 */
  };
  KvmX86CpuidEntry entries[] = {
    { .function = 0x40000000, .eax = 0x40001234 },
    { .function = 0x40001234, .ebx = 0xcafebabe },
  };
  g_autoptr (KvmTestGuest) guest = kvm_test_guest_new (code, code + sizeof code);
  g_autoptr (GError) error = NULL;
  g_autoptr (KvmX86Cpuid) cpuid = kvm_x86_cpuid_new (entries, 2, &error);
  g_autoptr (KvmX86Cpuid) back = NULL;
  g_autofree KvmX86CpuidEntry *many = g_new0 (KvmX86CpuidEntry, 257);
  KvmX86CpuidEntry entry;

  g_assert_true (kvm_vcpu_x86_set_cpuid (guest->vcpu, cpuid, &error));
  g_assert_no_error (error);
  back = kvm_vcpu_x86_get_cpuid (guest->vcpu, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (kvm_x86_cpuid_get_n_entries (back), ==, 2);
  g_assert_true (kvm_x86_cpuid_find (back, 0x40001234, 7, &entry)); /* it has no subleaves */
  g_assert_cmphex (entry.ebx, ==, 0xcafebabe);

  kvm_test_run (guest, KVM_TEST_REASON_IO);
  g_assert_cmphex (kvm_exit_get_value (guest->exit), ==, 0xcafebabe);

  g_assert_null (kvm_x86_cpuid_new (many, 257, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID, "at most 256 CPUID entries, not 257");
}

static void
test_mp_state (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (halt);
  g_autoptr (GError) error = NULL;
  KvmVcpuState state;
  guint raw;

  g_assert_true (kvm_vcpu_get_mp_state (guest->vcpu, &state, &error));
  g_assert_cmpint (state, ==, KVM_VCPU_STATE_RUNNABLE);
  g_assert_true (kvm_vcpu_get_raw_mp_state (guest->vcpu, &raw, &error));
  g_assert_cmpuint (raw, ==, 0);
  g_assert_true (kvm_vcpu_set_mp_state (guest->vcpu, KVM_VCPU_STATE_RUNNABLE, &error));
  g_assert_no_error (error);
  g_assert_false (kvm_vcpu_set_mp_state (guest->vcpu, 77, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID_ARGUMENT, "state 77");
}

static void
test_single_step (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (steps);
  g_autoptr (GError) error = NULL;
  g_autofree char *line = NULL;
  KvmX86Regs regs;

  g_assert_true (kvm_vcpu_set_guest_debug (
      guest->vcpu, KVM_GUEST_DEBUG_FLAGS_ENABLE | KVM_GUEST_DEBUG_FLAGS_SINGLE_STEP, NULL, 0,
      &error));
  for (guint i = 1; i <= 3; i++)
    {
      kvm_test_run (guest, KVM_EXIT_REASON_DEBUG);
      g_assert_cmphex (kvm_exit_x86_get_debug_pc (guest->exit), ==, KVM_TEST_ENTRY + i);
      g_assert_cmpuint (kvm_exit_x86_get_debug_exception (guest->exit), ==, 1);
      g_assert_cmphex (kvm_exit_x86_get_debug_dr6 (guest->exit) & 0x4000, ==, 0x4000);
      g_assert_true (kvm_vcpu_x86_get_regs (guest->vcpu, &regs, &error));
      g_assert_cmpuint (regs.rax, ==, i);
    }
  line = kvm_exit_to_string (guest->exit);
  g_assert_true (g_str_has_prefix (line, "debug exception 1 at rip 0x1003, dr6 0x"));

  g_assert_true (kvm_vcpu_set_guest_debug (guest->vcpu, 0, NULL, 0, &error));
  kvm_test_run_to_halt (guest);
}

static void
test_hardware_breakpoint (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (steps);
  const guint64 registers[8] = { KVM_TEST_ENTRY + 2, 0, 0, 0, 0, 0, 0, 0x401 };
  g_autoptr (GError) error = NULL;

  g_assert_false (kvm_vcpu_set_guest_debug (guest->vcpu, 0, registers, 7, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID, "8 debug registers or none on x86_64, not 7");
  g_assert_true (kvm_vcpu_set_guest_debug (
      guest->vcpu, KVM_GUEST_DEBUG_FLAGS_ENABLE | KVM_GUEST_DEBUG_FLAGS_HARDWARE_BREAKPOINTS,
      registers, 8, &error));
  g_assert_no_error (error);
  kvm_test_run (guest, KVM_EXIT_REASON_DEBUG);
  g_assert_cmphex (kvm_exit_x86_get_debug_pc (guest->exit), ==, KVM_TEST_ENTRY + 2);
  g_assert_cmphex (kvm_exit_x86_get_debug_dr6 (guest->exit) & 1, ==, 1);
}

static void
test_one_reg (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (halt);
  const guint64 unknown = G_GUINT64_CONSTANT (0x2030000000001234);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) list = NULL;
  g_autofree guint64 *ids = NULL;
  g_autofree guint8 *bytes = NULL;
  guint64 value = 1;
  gsize n, length;

  /* Few registers have ids on x86, and old kernels have none. */
  ids = kvm_vcpu_get_reg_list (guest->vcpu, &n, &error);
  if (ids == NULL)
    g_assert_error (error, KVM_ERROR, KVM_ERROR_NOT_SUPPORTED);
  g_clear_error (&error);
  list = kvm_vcpu_get_reg_list_bytes (guest->vcpu, &error);
  if (list != NULL)
    g_assert_cmpmem (g_bytes_get_data (list, NULL), g_bytes_get_size (list), ids, n * 8);
  g_clear_error (&error);
  for (gsize i = 0; i < n; i++)
    {
      g_assert_true (kvm_vcpu_get_one_reg (guest->vcpu, ids[i], &value, &error));
      g_assert_true (kvm_vcpu_set_one_reg (guest->vcpu, ids[i], value, &error));
      bytes = kvm_vcpu_get_one_reg_bytes (guest->vcpu, ids[i], &length, &error);
      g_assert_no_error (error);
      g_assert_cmpuint (length, ==, 8);
      g_assert_true (kvm_vcpu_set_one_reg_bytes (guest->vcpu, ids[i], bytes, length, &error));
      g_clear_pointer (&bytes, g_free);
    }

  g_assert_false (kvm_vcpu_get_one_reg (guest->vcpu, unknown, &value, &error));
  g_assert_nonnull (strstr (error->message, "0x2030000000001234"));
  g_assert_cmpuint (value, ==, 0);
  g_clear_error (&error);
  g_assert_false (kvm_vcpu_set_one_reg (guest->vcpu, unknown, 1, &error));
  g_clear_error (&error);
  g_assert_null (kvm_vcpu_get_one_reg_bytes (guest->vcpu, unknown, &length, &error));
  g_clear_error (&error);

  /* 128 bits; and 32 bits with a value that does not fit. */
  g_assert_false (
      kvm_vcpu_get_one_reg (guest->vcpu, G_GUINT64_CONSTANT (0x2040000000000000), &value, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID, "has 16 bytes");
  g_assert_false (kvm_vcpu_set_one_reg (guest->vcpu, G_GUINT64_CONSTANT (0x2020000000000000),
                                        G_GUINT64_CONSTANT (0x100000000), &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID, "has 4 bytes, and 0x100000000 has more");
  g_assert_false (
      kvm_vcpu_set_one_reg_bytes (guest->vcpu, unknown, (const guint8 *) "1234", 4, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID, "has 8 bytes, not 4");
}

/* The offset of the guest's time-stamp counter. */
static void
test_attributes (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (halt);
  g_autoptr (GError) error = NULL;
  g_autofree guint8 *value = NULL;
  gsize length;

  g_assert_true (kvm_vcpu_has_attribute (guest->vcpu, 0, 0, &error));
  g_assert_false (kvm_vcpu_has_attribute (guest->vcpu, 0, 1, &error));
  g_assert_no_error (error);
  value = kvm_vcpu_get_attribute (guest->vcpu, 0, 0, 8, &length, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (length, ==, 8);
  g_assert_true (kvm_vcpu_set_attribute (guest->vcpu, 0, 0, value, length, &error));
  g_assert_false (kvm_vcpu_set_attribute (guest->vcpu, 0, 0, value, 7, &error));
  kvm_test_assert_error (error, KVM_ERROR_FAULT, "larger than 7 bytes");
  g_assert_false (kvm_vcpu_set_attribute (guest->vcpu, 5, 0, value, 8, &error));
  kvm_test_assert_error (error, KVM_ERROR_NO_SUCH_ATTRIBUTE, "on vCPU 0");
}

static void
test_enable_capability (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (halt);
  const guint64 arguments[] = { 1 };
  g_autoptr (GError) error = NULL;

  g_assert_true (kvm_vcpu_enable_capability (guest->vcpu, KVM_CAPABILITY_ENFORCE_PV_FEATURE_CPUID,
                                             arguments, 1, &error));
  g_assert_no_error (error);
  g_assert_false (kvm_vcpu_enable_capability (guest->vcpu, 999999, NULL, 0, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID_ARGUMENT, "KVM_ENABLE_CAP on vCPU 0");
}

static void
test_take_fd (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (print);
  g_autoptr (GError) error = NULL;
  int fd = kvm_vcpu_dup_fd (guest->vcpu, &error);
  int null = open ("/dev/null", O_RDWR | O_CLOEXEC);
  const int wrong[] = { kvm_system_get_fd (guest->system), kvm_vm_get_fd (guest->vm), null, -1 };
  g_autoptr (KvmVcpu) vcpu = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_assert_null (kvm_vcpu_new_take_fd (guest->vm, 0, wrong[i], &error));
      kvm_test_assert_error (error, KVM_ERROR_INVALID, "is not a vCPU's");
    }
  g_assert_cmpint (close (null), ==, 0);

  fcntl (fd, F_SETFD, 0);
  vcpu = kvm_vcpu_new_take_fd (guest->vm, 0, fd, &error);
  g_assert_no_error (error);
  g_assert_cmpint (fcntl (fd, F_GETFD), ==, FD_CLOEXEC);
  g_clear_object (&guest->vcpu);
  g_assert_cmpint (kvm_vcpu_run (vcpu, NULL, &error), ==, KVM_TEST_REASON_IO);
  g_assert_cmpuint (kvm_exit_get_value (kvm_vcpu_get_exit (vcpu)), ==, 'H');
}

#define ASSERT_CLOSED(call)                                                                        \
  g_assert_false (call);                                                                           \
  kvm_test_assert_error (error, KVM_ERROR_CLOSED, "on vCPU 0: it is closed")

static void
test_close (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (print);
  g_autoptr (GError) error = NULL;
  g_autofree char *maps = NULL;
  KvmVcpuState state;
  guint64 value;
  gsize length;

  kvm_test_run (guest, KVM_TEST_REASON_IO);
  kvm_vcpu_close (guest->vcpu);
  kvm_vcpu_close (guest->vcpu);

  g_assert_cmpint (kvm_vcpu_run (guest->vcpu, NULL, &error), ==, KVM_EXIT_REASON_ERROR);
  kvm_test_assert_error (error, KVM_ERROR_CLOSED, "KVM_RUN on vCPU 0: it is closed");
  ASSERT_CLOSED (kvm_vcpu_dup_fd (guest->vcpu, &error) != -1);
  ASSERT_CLOSED (kvm_vcpu_enable_capability (guest->vcpu, 0, NULL, 0, &error));
  ASSERT_CLOSED (kvm_vcpu_get_mp_state (guest->vcpu, &state, &error));
  ASSERT_CLOSED (kvm_vcpu_set_mp_state (guest->vcpu, 0, &error));
  ASSERT_CLOSED (kvm_vcpu_set_guest_debug (guest->vcpu, 0, NULL, 0, &error));
  ASSERT_CLOSED (kvm_vcpu_get_one_reg (guest->vcpu, 0, &value, &error));
  ASSERT_CLOSED (kvm_vcpu_set_one_reg (guest->vcpu, 0, 0, &error));
  ASSERT_CLOSED (kvm_vcpu_get_one_reg_bytes (guest->vcpu, 0, &length, &error) != NULL);
  ASSERT_CLOSED (kvm_vcpu_set_one_reg_bytes (guest->vcpu, 0, (const guint8 *) "", 1, &error));
  ASSERT_CLOSED (kvm_vcpu_get_reg_list (guest->vcpu, &length, &error) != NULL);
  ASSERT_CLOSED (kvm_vcpu_has_attribute (guest->vcpu, 0, 0, &error));
  ASSERT_CLOSED (kvm_vcpu_get_attribute (guest->vcpu, 0, 0, 8, &length, &error) != NULL);
  ASSERT_CLOSED (kvm_vcpu_set_attribute (guest->vcpu, 0, 0, NULL, 0, &error));
  kvm_vcpu_kick (guest->vcpu);

  /* The last exit stays, without the page that is shared with the kernel. */
  g_assert_true (g_file_get_contents ("/proc/self/maps", &maps, NULL, NULL));
  g_assert_null (strstr (maps, "kvm-vcpu"));
  g_assert_cmpuint (kvm_exit_get_address (guest->exit), ==, KVM_TEST_PORT (0x3f8));
  g_assert_cmpuint (kvm_exit_get_value (guest->exit), ==, 'H');
}

static void
test_close_on_x86 (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (halt);
  g_autoptr (KvmX86Cpuid) cpuid = NULL;
  g_autoptr (GError) error = NULL;
  KvmX86Sregs sregs = { 0 };
  KvmX86Regs regs = { 0 };

  cpuid = kvm_system_x86_get_supported_cpuid (guest->system, &error);
  kvm_vcpu_close (guest->vcpu);
  ASSERT_CLOSED (kvm_vcpu_x86_get_regs (guest->vcpu, &regs, &error));
  ASSERT_CLOSED (kvm_vcpu_x86_set_regs (guest->vcpu, &regs, &error));
  ASSERT_CLOSED (kvm_vcpu_x86_get_sregs (guest->vcpu, &sregs, &error));
  ASSERT_CLOSED (kvm_vcpu_x86_set_sregs (guest->vcpu, &sregs, &error));
  ASSERT_CLOSED (kvm_vcpu_x86_setup_real_mode (guest->vcpu, 0, &error));
  ASSERT_CLOSED (kvm_vcpu_x86_get_cpuid (guest->vcpu, &error) != NULL);
  ASSERT_CLOSED (kvm_vcpu_x86_set_cpuid (guest->vcpu, cpuid, &error));
}

static void
test_never_opened (void)
{
  g_autoptr (KvmVcpu) vcpu = g_object_new (KVM_TYPE_VCPU, NULL);
  g_autoptr (GError) error = NULL;
  KvmVcpuState state;

  g_assert_null (kvm_vcpu_get_vm (vcpu));
  g_assert_cmpint (kvm_vcpu_get_fd (vcpu), ==, -1);
  g_assert_cmpint (kvm_vcpu_run (vcpu, NULL, &error), ==, KVM_EXIT_REASON_ERROR);
  kvm_test_assert_error (error, KVM_ERROR_CLOSED, "KVM_RUN on vCPU 0: it was never opened");
  g_assert_false (kvm_vcpu_get_mp_state (vcpu, &state, &error));
  kvm_test_assert_error (error, KVM_ERROR_CLOSED, "never opened");
  kvm_vcpu_kick (vcpu);
  kvm_vcpu_close (vcpu);
}

int
main (int argc, char **argv)
{
  kvm_test_init (&argc, &argv);
  kvm_test_add ("/vcpu/properties", test_properties);
  kvm_test_add ("/vcpu/keeps-vm", test_keeps_vm);
  kvm_test_add_for_x86 ("/vcpu/regs", test_regs);
  kvm_test_add_for_x86 ("/vcpu/regs-as-bytes", test_regs_as_bytes);
  kvm_test_add_for_x86 ("/vcpu/wrong-sregs", test_wrong_sregs);
  kvm_test_add_for_x86 ("/vcpu/setup-real-mode", test_setup_real_mode);
  kvm_test_add_for_x86 ("/vcpu/cpuid", test_cpuid);
  kvm_test_add ("/vcpu/mp-state", test_mp_state);
  kvm_test_add_for_x86 ("/vcpu/single-step", test_single_step);
  kvm_test_add_for_x86 ("/vcpu/hardware-breakpoint", test_hardware_breakpoint);
  kvm_test_add_for_x86 ("/vcpu/one-reg", test_one_reg);
  kvm_test_add_for_x86 ("/vcpu/attributes", test_attributes);
  kvm_test_add_for_x86 ("/vcpu/enable-capability", test_enable_capability);
  kvm_test_add ("/vcpu/take-fd", test_take_fd);
  kvm_test_add ("/vcpu/close", test_close);
  kvm_test_add_for_x86 ("/vcpu/close-x86", test_close_on_x86);
  kvm_test_add ("/vcpu/never-opened", test_never_opened);
  return g_test_run ();
}
