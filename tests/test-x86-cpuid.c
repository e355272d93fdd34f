/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The CPUID tables of the host, and tables made from them, as guests see them. */

#include <linux/kvm.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kvm-test.h"

#define SUBLEAVES KVM_X86_CPUID_FLAGS_SIGNIFICANT_INDEX

/* Four leaves; the second has subleaves 0 to 2. */
static KvmX86Cpuid *
make_table (void)
{
  static const KvmX86CpuidEntry entries[] = {
    { .function = 0, .eax = 0xb },
    { .function = 4, .index = 0, .flags = SUBLEAVES, .eax = 0x40 },
    { .function = 4, .index = 1, .flags = SUBLEAVES, .eax = 0x41 },
    { .function = 4, .index = 2, .flags = SUBLEAVES, .eax = 0x42 },
    { .function = 5, .eax = 0x50 },
    { .function = 0xb, .eax = 0xb0 },
  };
  g_autoptr (GError) error = NULL;
  KvmX86Cpuid *cpuid = kvm_x86_cpuid_new (entries, G_N_ELEMENTS (entries), &error);

  g_assert_no_error (error);
  return cpuid;
}

static void
assert_lines (KvmX86Cpuid *cpuid, const char *expected)
{
  g_autofree char *lines = kvm_x86_cpuid_to_string (cpuid);

  g_assert_cmpstr (lines, ==, expected);
}

#define NOTHING "ebx=00000000 ecx=00000000 edx=00000000\n"

static void
test_with_entry (void)
{
  g_autoptr (KvmX86Cpuid) table = make_table ();
  g_autoptr (KvmX86Cpuid) leaf = NULL;
  g_autoptr (KvmX86Cpuid) subleaf = NULL;
  g_autoptr (KvmX86Cpuid) added = NULL;
  g_autoptr (KvmX86Cpuid) split = NULL;
  g_autoptr (GError) error = NULL;
  KvmX86CpuidEntry entry = { .function = 4, .eax = 0x99 };

  /* Without subleaves it is for all of them. */
  leaf = kvm_x86_cpuid_with_entry (table, &entry, &error);
  assert_lines (leaf, "0x00000000: eax=0000000b " NOTHING "0x00000004: eax=00000099 " NOTHING
                      "0x00000005: eax=00000050 " NOTHING "0x0000000b: eax=000000b0 " NOTHING);
  entry.flags = SUBLEAVES;
  entry.index = 1;
  subleaf = kvm_x86_cpuid_with_entry (table, &entry, &error);
  assert_lines (subleaf,
                "0x00000000: eax=0000000b " NOTHING "0x00000004 0x00: eax=00000040 " NOTHING
                "0x00000004 0x01: eax=00000099 " NOTHING "0x00000004 0x02: eax=00000042 " NOTHING
                "0x00000005: eax=00000050 " NOTHING "0x0000000b: eax=000000b0 " NOTHING);
  entry.index = 3;
  added = kvm_x86_cpuid_with_entry (table, &entry, &error);
  g_assert_cmpuint (kvm_x86_cpuid_get_n_entries (added), ==, 7);
  g_assert_true (kvm_x86_cpuid_find (added, 4, 3, &entry));
  g_assert_cmphex (entry.eax, ==, 0x99);

  /* One for all subleaves would hide it. */
  split = kvm_x86_cpuid_with_entry (leaf, &entry, &error);
  g_assert_cmpuint (kvm_x86_cpuid_get_n_entries (split), ==, 4);
  g_assert_false (kvm_x86_cpuid_find (split, 4, 0, &entry));
  g_assert_true (kvm_x86_cpuid_find (split, 4, 3, &entry));
  g_assert_no_error (error);

  /* The table itself is as it was. */
  kvm_x86_cpuid_unref (g_steal_pointer (&leaf));
  leaf = make_table ();
  g_assert_true (kvm_x86_cpuid_equal (table, leaf));
  g_assert_false (kvm_x86_cpuid_equal (table, subleaf));
  g_assert_false (kvm_x86_cpuid_equal (table, added));
}

static gboolean
is_below (const KvmX86CpuidEntry *entry, gpointer user_data)
{
  return entry->function < GPOINTER_TO_UINT (user_data);
}

static void
test_without (void)
{
  g_autoptr (KvmX86Cpuid) table = make_table ();
  g_autoptr (KvmX86Cpuid) without = kvm_x86_cpuid_without (table, 4);
  g_autoptr (KvmX86Cpuid) same = kvm_x86_cpuid_without (table, 0x12345678);
  g_autoptr (KvmX86Cpuid) low = kvm_x86_cpuid_filter (table, is_below, GUINT_TO_POINTER (5));
  g_autoptr (KvmX86Cpuid) none = kvm_x86_cpuid_filter (table, is_below, NULL);

  assert_lines (without, "0x00000000: eax=0000000b " NOTHING "0x00000005: eax=00000050 " NOTHING
                         "0x0000000b: eax=000000b0 " NOTHING);
  g_assert_true (kvm_x86_cpuid_equal (table, same));
  g_assert_cmpuint (kvm_x86_cpuid_get_n_entries (low), ==, 4);
  assert_lines (none, "");
}

static void
test_too_long (void)
{
  g_autofree KvmX86CpuidEntry *many = g_new0 (KvmX86CpuidEntry, 257);
  g_autoptr (KvmX86Cpuid) full = NULL;
  g_autoptr (KvmX86Cpuid) changed = NULL;
  g_autoptr (GBytes) bytes = g_bytes_new (many, 257 * sizeof *many);
  g_autoptr (GError) error = NULL;
  KvmX86CpuidEntry entry;

  for (guint i = 0; i < 257; i++)
    many[i].function = i;
  full = kvm_x86_cpuid_new (many, 256, &error);
  g_assert_no_error (error);
  g_assert_null (kvm_x86_cpuid_with_entry (full, &many[256], &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID, "at most 256 CPUID entries, not 257");
  many[255].eax = 7; /* no more than there were */
  changed = kvm_x86_cpuid_with_entry (full, &many[255], &error);
  g_assert_no_error (error);
  g_assert_true (kvm_x86_cpuid_get_entry (changed, 255, &entry));
  g_assert_cmphex (entry.eax, ==, 7);
  g_assert_null (kvm_x86_cpuid_new_from_bytes (bytes, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID, "at most 256 CPUID entries, not 257");
}

static void
test_bytes (void)
{
  g_autoptr (KvmX86Cpuid) table = make_table ();
  g_autoptr (GBytes) bytes = kvm_x86_cpuid_to_bytes (table);
  g_autoptr (GBytes) part = g_bytes_new_from_bytes (bytes, 0, 41);
  g_autoptr (GBytes) nothing = g_bytes_new (NULL, 0);
  g_autoptr (GError) error = NULL;
  g_autoptr (KvmX86Cpuid) back = kvm_x86_cpuid_new_from_bytes (bytes, &error);
  g_autoptr (KvmX86Cpuid) empty = kvm_x86_cpuid_new_from_bytes (nothing, &error);
  const guint32 *words = g_bytes_get_data (bytes, NULL);

  g_assert_no_error (error);
  g_assert_cmpuint (g_bytes_get_size (bytes), ==, 6 * 40);
  g_assert_cmphex (words[30 + 0], ==, 4); /* the fourth */
  g_assert_cmphex (words[30 + 1], ==, 2);
  g_assert_cmphex (words[30 + 2], ==, SUBLEAVES);
  g_assert_cmphex (words[30 + 3], ==, 0x42);
  g_assert_true (kvm_x86_cpuid_equal (table, back));
  g_assert_cmpuint (kvm_x86_cpuid_get_n_entries (empty), ==, 0);
  g_assert_null (kvm_x86_cpuid_new_from_bytes (part, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID, "41 bytes are no whole number");
}

/* A guest runs the instruction, and writes EBX to a port. */
static void
assert_guest_sees (KvmX86Cpuid *cpuid, guint32 function, guint32 index, guint32 expected)
{
  static const guint8 code[] = {
    0x0f, 0xa2,       /* cpuid */
    0x66, 0x89, 0xd8, /* mov %ebx, %eax */
    0x66, 0xe7, 0x61, /* out %eax, $0x61 */
  };
  g_autoptr (KvmTestGuest) guest = kvm_test_guest_new (code, code + sizeof code);
  g_autoptr (GError) error = NULL;
  KvmX86Regs regs;

  g_assert_true (kvm_vcpu_x86_set_cpuid (guest->vcpu, cpuid, &error));
  g_assert_true (kvm_vcpu_x86_get_regs (guest->vcpu, &regs, &error));
  regs.rax = function;
  regs.rcx = index;
  g_assert_true (kvm_vcpu_x86_set_regs (guest->vcpu, &regs, &error));
  g_assert_no_error (error);
  kvm_test_run (guest, KVM_EXIT_REASON_IO);
  g_assert_cmphex (kvm_exit_get_value (guest->exit), ==, expected);
}

static void
test_guest (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (KvmSystem) system = kvm_system_new (&error);
  g_autoptr (KvmX86Cpuid) supported = kvm_system_x86_get_supported_cpuid (system, &error);
  g_autoptr (KvmX86Cpuid) named = NULL;
  g_autoptr (KvmX86Cpuid) first = NULL;
  g_autoptr (KvmX86Cpuid) both = NULL;
  g_autoptr (KvmX86Cpuid) without = NULL;
  KvmX86CpuidEntry brand, entry = { .flags = SUBLEAVES };

  g_assert_no_error (error);
  g_assert_true (kvm_x86_cpuid_find (supported, 0x80000002, 0, &brand));
  assert_guest_sees (supported, 0x80000002, 0, brand.ebx);
  brand.ebx = 0x636e6950; /* "Pinc" */
  named = kvm_x86_cpuid_with_entry (supported, &brand, &error);
  assert_guest_sees (named, 0x80000002, 0, 0x636e6950);

  /* KVM's own leaves make room for another hypervisor's, which have subleaves. */
  without = kvm_x86_cpuid_without (supported, 0x40000000);
  entry.function = 0x40000001;
  entry.ebx = 0x1111;
  first = kvm_x86_cpuid_with_entry (without, &entry, &error);
  entry.index = 1;
  entry.ebx = 0x2222;
  both = kvm_x86_cpuid_with_entry (first, &entry, &error);
  g_assert_no_error (error);
  assert_guest_sees (both, 0x40000001, 0, 0x1111);
  assert_guest_sees (both, 0x40000001, 1, 0x2222);
  assert_guest_sees (both, 0x40000001, 2, 0);
}

/* What the kernel says to a request that is made without the library. */
static KvmX86Cpuid *
ask_kernel (int fd, gulong request)
{
  g_autofree struct kvm_cpuid2 *list
      = g_malloc0 (sizeof *list + 256 * sizeof (struct kvm_cpuid_entry2));
  g_autoptr (GError) error = NULL;
  KvmX86Cpuid *cpuid;

  list->nent = 256;
  g_assert_cmpint (ioctl (fd, request, list), ==, 0);
  cpuid = kvm_x86_cpuid_new ((KvmX86CpuidEntry *) list->entries, list->nent, &error);
  g_assert_no_error (error);
  return cpuid;
}

static void
test_emulated (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (KvmSystem) system = kvm_system_new (&error);
  g_autoptr (KvmX86Cpuid) emulated = kvm_system_x86_get_emulated_cpuid (system, &error);
  g_autoptr (KvmX86Cpuid) again = kvm_system_x86_get_emulated_cpuid (system, &error);
  g_autoptr (KvmX86Cpuid) expected
      = ask_kernel (kvm_system_get_fd (system), KVM_GET_EMULATED_CPUID);
  KvmX86CpuidEntry entry;

  g_assert_no_error (error);
  g_assert_true (emulated == again);
  g_assert_true (kvm_x86_cpuid_equal (emulated, expected));
  g_assert_true (kvm_x86_cpuid_find (emulated, 1, 0, &entry));
  g_assert_cmphex (entry.ecx & 1 << 22, !=, 0); /* MOVBE, the first there was */
}

/* A host without Hyper-V says so; one with it has the leaf with its name. */
static void
check_hyperv (KvmX86Cpuid *cpuid, GError **error, gboolean is_there, const char *capability)
{
  KvmX86CpuidEntry entry;

  if (!is_there)
    {
      g_assert_null (cpuid);
      kvm_test_assert_error (*error, KVM_ERROR_NOT_SUPPORTED, capability);
      return;
    }
  g_assert_no_error (*error);
  g_assert_true (kvm_x86_cpuid_find (cpuid, 0x40000001, 0, &entry));
  g_assert_cmphex (entry.eax, ==, 0x31237648); /* "Hv#1" */
}

static void
test_hyperv (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (halt);
  g_autoptr (KvmX86Cpuid) of_system = NULL;
  g_autoptr (KvmX86Cpuid) of_vcpu = NULL;
  g_autoptr (GError) error = NULL;

  of_system = kvm_system_x86_get_supported_hv_cpuid (guest->system, &error);
  check_hyperv (of_system, &error,
                kvm_system_check_extension (guest->system, KVM_CAPABILITY_SYS_HYPERV_CPUID, NULL)
                    > 0,
                "KVM_GET_SUPPORTED_HV_CPUID on /dev/kvm: this kernel does not have it "
                "(KVM_CAP_SYS_HYPERV_CPUID is 0)");
  of_vcpu = kvm_vcpu_x86_get_supported_hv_cpuid (guest->vcpu, &error);
  check_hyperv (of_vcpu, &error,
                kvm_vm_check_extension (guest->vm, KVM_CAPABILITY_HYPERV_CPUID, NULL) > 0,
                "KVM_GET_SUPPORTED_HV_CPUID on vCPU 0: this kernel does not have it "
                "(KVM_CAP_HYPERV_CPUID is 0)");
}

static void
test_refresh (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (KvmSystem) system = kvm_system_new (&error);
  g_autoptr (KvmX86Cpuid) before = kvm_system_x86_get_supported_cpuid (system, &error);
  g_autoptr (KvmX86Cpuid) emulated = kvm_system_x86_get_emulated_cpuid (system, &error);
  g_autoptr (KvmX86Cpuid) after = NULL;
  g_autoptr (KvmX86Cpuid) emulated_after = NULL;

  kvm_system_x86_refresh_cpuid (system);
  after = kvm_system_x86_get_supported_cpuid (system, &error);
  emulated_after = kvm_system_x86_get_emulated_cpuid (system, &error);
  g_assert_no_error (error);
  g_assert_true (before != after);
  g_assert_cmpuint (kvm_x86_cpuid_get_n_entries (before), ==, kvm_x86_cpuid_get_n_entries (after));
  g_assert_true (emulated != emulated_after);
  g_assert_true (kvm_x86_cpuid_equal (emulated, emulated_after));
}

/* What is kept is not given out by a system that is closed, nor in another process. */
static void
test_unusable (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (halt);
  g_autoptr (GError) error = NULL;
  int status;
  pid_t pid;

  kvm_x86_cpuid_unref (kvm_system_x86_get_emulated_cpuid (guest->system, &error));
  g_assert_no_error (error);
  pid = fork ();
  if (pid == 0)
    {
      gboolean is_good = kvm_system_x86_get_emulated_cpuid (guest->system, &error) == NULL
                         && g_error_matches (error, KVM_ERROR, KVM_ERROR_WRONG_PROCESS)
                         && kvm_vcpu_x86_get_supported_hv_cpuid (guest->vcpu, NULL) == NULL;

      kvm_system_x86_refresh_cpuid (guest->system);
      _exit (is_good ? 0 : 1);
    }
  g_assert_cmpint (waitpid (pid, &status, 0), ==, pid);
  g_assert_cmpint (status, ==, 0);

  kvm_system_close (guest->system);
  g_assert_null (kvm_system_x86_get_emulated_cpuid (guest->system, &error));
  kvm_test_assert_error (error, KVM_ERROR_CLOSED,
                         "KVM_GET_EMULATED_CPUID on /dev/kvm: it is closed");
  g_assert_null (kvm_system_x86_get_supported_hv_cpuid (guest->system, &error));
  kvm_test_assert_error (error, KVM_ERROR_CLOSED, "KVM_GET_SUPPORTED_HV_CPUID");
  kvm_system_x86_refresh_cpuid (guest->system);
  kvm_vcpu_close (guest->vcpu);
  g_assert_null (kvm_vcpu_x86_get_supported_hv_cpuid (guest->vcpu, &error));
  kvm_test_assert_error (error, KVM_ERROR_CLOSED, "KVM_GET_SUPPORTED_HV_CPUID on vCPU 0");
}

int
main (int argc, char **argv)
{
  kvm_test_init (&argc, &argv);
  kvm_test_add ("/x86-cpuid/with-entry", test_with_entry);
  kvm_test_add ("/x86-cpuid/without", test_without);
  kvm_test_add ("/x86-cpuid/too-long", test_too_long);
  kvm_test_add ("/x86-cpuid/bytes", test_bytes);
  kvm_test_add ("/x86-cpuid/guest", test_guest);
  kvm_test_add ("/x86-cpuid/emulated", test_emulated);
  kvm_test_add ("/x86-cpuid/hyperv", test_hyperv);
  kvm_test_add ("/x86-cpuid/refresh", test_refresh);
  kvm_test_add ("/x86-cpuid/unusable", test_unusable);
  return g_test_run ();
}
