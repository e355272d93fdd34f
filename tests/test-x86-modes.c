/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The modes of x86 that are set up with tables in guest memory. */

#include "x86-guest.h"

#include <string.h>

static void
test_protected_mode (void)
{
  static const guint8 code[] = {
    0x6a, 0x10,                               /* push $0x10 */
    0x1f,                                     /* pop %ds: from the table */
    0xb8, 0x78, 0x56, 0x34, 0x12,             /* mov $0x12345678, %eax */
    0xa3, 0x00, 0x20, 0x00, 0x00,             /* mov %eax, 0x2000 */
    0xea, 0x16, 0x10, 0x00, 0x00, 0x08, 0x00, /* ljmp $8, to what follows */
    0x90, 0x90,                               /* nop; nop */
    0xe7, 0x61,                               /* out %eax, $0x61 */
    0xf4,                                     /* hlt */
  };
  g_autoptr (KvmTestGuest) guest = KVM_TEST_X86_GUEST (code, 0);
  g_autoptr (GError) error = NULL;
  KvmX86Sregs sregs;
  KvmX86Regs regs;
  guint32 word;

  g_assert_true (kvm_vcpu_x86_setup_protected_mode (guest->vcpu, KVM_TEST_ENTRY, 0x4000, &error));
  g_assert_no_error (error);
  kvm_vcpu_x86_get_regs (guest->vcpu, &regs, &error);
  regs.rsp = 0x7000;
  kvm_vcpu_x86_set_regs (guest->vcpu, &regs, &error);
  kvm_test_run (guest, KVM_EXIT_REASON_IO);
  g_assert_cmphex (kvm_exit_get_value (guest->exit), ==, 0x12345678);
  kvm_test_read (guest, 0x2000, &word, sizeof word);
  g_assert_cmphex (word, ==, 0x12345678);
  kvm_vcpu_x86_get_sregs (guest->vcpu, &sregs, &error);
  g_assert_no_error (error);
  g_assert_cmphex (sregs.cr0 & 0x80000001, ==, 1);
  g_assert_cmpuint (sregs.cs.db, ==, 1);

#define ASSERT_INVALID(mode, address, tables, text)                                                \
  g_assert_false (kvm_vcpu_x86_setup_##mode##_mode (guest->vcpu, (address), (tables), &error));    \
  kvm_test_assert_error (error, KVM_ERROR_INVALID, (text))

  ASSERT_INVALID (protected, G_GUINT64_CONSTANT (0x100000000), 0x4000, "not at 0x100000000");
  ASSERT_INVALID (protected, 0x1000, 0x4001, "not at 0x4001");
  ASSERT_INVALID (protected, 0x1000, G_MAXUINT64 - 4095, "not at 0xfffffffffffff000");
  ASSERT_INVALID (protected, 0x1000, 0x8000, "24 bytes at guest address 0x8000");
}

/* 64 bits, SSE, and an exception of its own that the guest handles: the processor takes the code
 * segment from the table. */
static void
test_long_mode (void)
{
  static const guint8 code[] = {
    0x0f, 0x01, 0x1c, 0x25, 0x00, 0x20, 0x00, 0x00,             /* lidt 0x2000 */
    0x48, 0xb8, 0xf0, 0xde, 0xbc, 0x9a, 0x78, 0x56, 0x34, 0x12, /* mov $0x123456789abcdef0, %rax */
    0x0f, 0x10, 0x04, 0x25, 0x00, 0x20, 0x00, 0x00,             /* movups 0x2000, %xmm0 */
    0x0f, 0x0b,                                                 /* ud2 */
    0xf4,                                                       /* hlt */
  };
  static const guint8 handler[] = {
    0x48, 0x89, 0x04, 0x25, 0x00, 0x21, 0x00, 0x00, /* mov %rax, 0x2100 */
    0xe7, 0x61,                                     /* out %eax, $0x61 */
    0x48, 0x83, 0x04, 0x24, 0x02,                   /* addq $2, (%rsp): behind the ud2 */
    0x48, 0xcf,                                     /* iretq */
  };
  /* An interrupt gate to 0x1800, and the register of the table with it. */
  static const guint8 gate[16] = { 0x00, 0x18, 0x08, 0x00, 0x00, 0x8e };
  static const guint8 idtr[10] = { 0xff, 0x0f, 0x00, 0x30 };
  g_autoptr (KvmMemory) tables = NULL;
  g_autoptr (KvmTestGuest) guest = kvm_test_x86_long_guest_new (code, sizeof code, &tables);
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  KvmX86Sregs sregs;
  guint64 word;

  kvm_test_write (guest, 0x1800, handler, sizeof handler);
  kvm_test_write (guest, 0x2000, idtr, sizeof idtr);
  kvm_test_write (guest, 0x3000 + 6 * 16, gate, sizeof gate);
  kvm_test_run (guest, KVM_EXIT_REASON_IO);
  g_assert_cmphex (kvm_exit_get_value (guest->exit), ==, 0x9abcdef0);
  kvm_test_read (guest, 0x2100, &word, sizeof word);
  g_assert_cmphex (word, ==, G_GUINT64_CONSTANT (0x123456789abcdef0));
  kvm_test_run (guest, KVM_EXIT_REASON_HLT);

  kvm_vcpu_x86_get_sregs (guest->vcpu, &sregs, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (sregs.cs.l, ==, 1);
  text = kvm_x86_sregs_to_string (&sregs);
  g_assert_true (g_str_has_prefix (text, "cr0=0000000080000033 [PG|NE|ET|MP|PE]\n"));
  g_assert_nonnull (strstr (text, "cr4=0000000000000620 [OSXMMEXCPT|OSFXSR|PAE] cr8=0\n"
                                  "efer=0000000000000500 [LMA|LME] apic_base="));
  g_assert_nonnull (strstr (text, "\ngdt base=0000000000106000 limit=0017\n"));

  ASSERT_INVALID (long, G_GUINT64_CONSTANT (0x100000000), KVM_TEST_X86_TABLES,
                  "Long mode begins below");
  ASSERT_INVALID (long, 0x1000, KVM_TEST_X86_TABLES + 1, "not at 0x100001");
  ASSERT_INVALID (long, 0x1000, 0xffffa000, "not at 0xffffa000");
  ASSERT_INVALID (long, 0x1000, KVM_TEST_X86_TABLES + 0x1000, "No memory slot has all");
  ASSERT_INVALID (long, 0x1000, 0x40000000, "bytes at guest address 0x4000");
}

/* The tables say where an address leads to, for the guest and for the kernel. */
static void
test_translate (void)
{
  static const guint8 code[] = {
    0x8b, 0x04, 0x25, 0x34, 0x22, 0x20, 0x00, /* mov 0x202234, %eax */
    0xe7, 0x61,                               /* out %eax, $0x61 */
  };
  g_autoptr (KvmMemory) tables = NULL;
  g_autoptr (KvmTestGuest) guest = kvm_test_x86_long_guest_new (code, sizeof code, &tables);
  g_autoptr (GError) error = NULL;
  KvmX86TranslationFlags flags;
  guint64 address;

  g_assert_true (kvm_vcpu_x86_translate (guest->vcpu, 0xfee00abc, &address, &flags, &error));
  g_assert_no_error (error);
  g_assert_cmphex (address, ==, 0xfee00abc);
  g_assert_cmphex (flags, ==, KVM_X86_TRANSLATION_FLAGS_WRITABLE);

  /* The second 2 MiB are the first. */
  kvm_memory_write (tables, 0x2008, (const guint8[]){ 0x83, 0, 0, 0, 0, 0, 0, 0 }, 8, &error);
  g_assert_true (kvm_vcpu_x86_translate (guest->vcpu, 0x202234, &address, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmphex (address, ==, 0x2234);
  kvm_test_write (guest, 0x2234, (const guint32[]){ 0xcafebabe }, 4);
  kvm_test_run (guest, KVM_EXIT_REASON_IO);
  g_assert_cmphex (kvm_exit_get_value (guest->exit), ==, 0xcafebabe);

  g_assert_false (kvm_vcpu_x86_translate (guest->vcpu, G_GUINT64_CONSTANT (0x100000000), &address,
                                          &flags, &error));
  kvm_test_assert_error (error, KVM_ERROR_NOT_FOUND,
                         "on vCPU 0: the page tables have nothing at 0x100000000");
  g_assert_cmphex (address, ==, 0);
  g_assert_cmphex (flags, ==, 0);
}

int
main (int argc, char **argv)
{
  kvm_test_init (&argc, &argv);
  kvm_test_add ("/x86-modes/protected-mode", test_protected_mode);
  kvm_test_add ("/x86-modes/long-mode", test_long_mode);
  kvm_test_add ("/x86-modes/translate", test_translate);
  return g_test_run ();
}
