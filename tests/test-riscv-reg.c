/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The ids of registers of riscv64, which are the same on every host. */

#include "kvm-test.h"

#include <string.h>

#define RISCV_64 G_GUINT64_CONSTANT (0x8030000000000000)
#define RISCV_32 G_GUINT64_CONSTANT (0x8020000000000000)

/* What ids are made of, and their names. */
static const struct
{
  guint64 id;
  guint64 expected;
  const char *name;
} constants[] = {
  { KVMOBJ_RISCV_REG_ISA, RISCV_64 | 0x01000000, "isa" },
  { KVMOBJ_RISCV_REG_ZICBOP_BLOCK_SIZE, RISCV_64 | 0x01000007, "zicbop_block_size" },
  { KVMOBJ_RISCV_REG_PC, RISCV_64 | 0x02000000, "pc" },
  { KVMOBJ_RISCV_REG_A0, RISCV_64 | 0x0200000a, "a0" },
  { KVMOBJ_RISCV_REG_T6, RISCV_64 | 0x0200001f, "t6" },
  { KVMOBJ_RISCV_REG_MODE, RISCV_64 | 0x02000020, "mode" },
  { KVMOBJ_RISCV_REG_SSTATUS, RISCV_64 | 0x03000000, "sstatus" },
  { KVMOBJ_RISCV_REG_SENVCFG, RISCV_64 | 0x0300000a, "senvcfg" },
  { KVMOBJ_RISCV_REG_SISELECT, RISCV_64 | 0x03010000, "siselect" },
  { KVMOBJ_RISCV_REG_SSTATEEN0, RISCV_64 | 0x03020000, "sstateen0" },
  { KVMOBJ_RISCV_REG_TIMER_STATE, RISCV_64 | 0x04000003, "timer_state" },
  { KVMOBJ_RISCV_REG_FP_F_FCSR, RISCV_32 | 0x05000020, "fp_f fcsr" },
  { KVMOBJ_RISCV_REG_FP_D_FCSR, RISCV_32 | 0x06000020, "fp_d fcsr" },
  { KVMOBJ_RISCV_REG_VLENB, RISCV_64 | 0x09000004, "vlenb" },
  { KVMOBJ_RISCV_REG_SBI_STA_SHMEM_HI, RISCV_64 | 0x0a000001, "sbi_sta_shmem_hi" },
  { KVMOBJ_RISCV_REG_SBI_FWFT_POINTER_MASKING_VALUE, RISCV_64 | 0x0a010005,
    "sbi_fwft_pointer_masking_value" },
};

static void
assert_reg (guint64 id, guint64 expected, const char *expected_name)
{
  g_autofree char *name = kvm_riscv_reg_to_string (id);

  g_assert_cmphex (id, ==, expected);
  g_assert_cmpstr (name, ==, expected_name);
}

static void
test_constants (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (constants); i++)
    assert_reg (constants[i].id, constants[i].expected, constants[i].name);
}

static void
test_numbered (void)
{
  assert_reg (kvm_riscv_reg_x (2), KVMOBJ_RISCV_REG_SP, "sp");
  assert_reg (kvm_riscv_reg_x (31), KVMOBJ_RISCV_REG_T6, "t6");
  assert_reg (kvm_riscv_reg_f (31), RISCV_32 | 0x0500001f, "fp_f f31");
  assert_reg (kvm_riscv_reg_d (7), RISCV_64 | 0x06000007, "fp_d f7");
  assert_reg (kvm_riscv_reg_v (0, 16), G_GUINT64_CONSTANT (0x8040000009000006), "v0");
  assert_reg (kvm_riscv_reg_v (31, 8192), G_GUINT64_CONSTANT (0x80d0000009000025), "v31");
  assert_reg (kvm_riscv_reg_isa_ext (KVM_RISCV_ISA_EXTENSION_ZICBOM), RISCV_64 | 0x0700000b,
              "isa extension zicbom");
  assert_reg (kvm_riscv_reg_isa_multi_en (1), RISCV_64 | 0x07010001, "isa extensions to enable 1");
  assert_reg (kvm_riscv_reg_isa_multi_dis (1), RISCV_64 | 0x07020001,
              "isa extensions to disable 1");
  assert_reg (kvm_riscv_reg_sbi_ext (KVM_RISCV_SBI_EXTENSION_DBCN), RISCV_64 | 0x08000009,
              "sbi extension dbcn");
  assert_reg (kvm_riscv_reg_sbi_multi_en (0), RISCV_64 | 0x08010000, "sbi extensions to enable 0");
  assert_reg (kvm_riscv_reg_sbi_multi_dis (0), RISCV_64 | 0x08020000,
              "sbi extensions to disable 0");
}

/* What a later kernel may have still has a class; what is no register of riscv64 has no name. */
static void
test_unknown (void)
{
  static const guint64 strangers[] = {
    0,
    G_MAXUINT64,
    0x02000000,
    G_GUINT64_CONSTANT (0x6030000002000000), /* arm64 */
    RISCV_64 | 0x0b000000,
    RISCV_64 | 0x02010000,
    RISCV_64 | G_GUINT64_CONSTANT (0x102000000),
  };

  assert_reg (kvm_riscv_reg_isa_ext (0xffff), RISCV_64 | 0x0700ffff, "isa extension 65535");
  assert_reg (RISCV_64 | 0x03000011, RISCV_64 | 0x03000011, "csr 17");
  assert_reg (RISCV_64 | 0x05000021, RISCV_64 | 0x05000021, "fp_f 33");
  assert_reg (RISCV_64 | 0x09000005, RISCV_64 | 0x09000005, "vector 5");
  for (guint i = 0; i < G_N_ELEMENTS (strangers); i++)
    assert_reg (strangers[i], strangers[i], NULL);
}

static void
test_extensions (void)
{
  g_assert_cmpstr (kvm_riscv_isa_ext_to_string (KVM_RISCV_ISA_EXTENSION_A), ==, "a");
  g_assert_cmpstr (kvm_riscv_isa_ext_to_string (KVM_RISCV_ISA_EXTENSION_ZALASR), ==, "zalasr");
  g_assert_null (kvm_riscv_isa_ext_to_string (G_MAXUINT));
  g_assert_cmpstr (kvm_riscv_sbi_ext_to_string (KVM_RISCV_SBI_EXTENSION_HSM), ==, "hsm");
  g_assert_null (kvm_riscv_sbi_ext_to_string (1000));
}

int
main (int argc, char **argv)
{
  kvm_test_init (&argc, &argv);
  g_test_add_func ("/riscv-reg/constants", test_constants);
  g_test_add_func ("/riscv-reg/numbered", test_numbered);
  g_test_add_func ("/riscv-reg/unknown", test_unknown);
  g_test_add_func ("/riscv-reg/extensions", test_extensions);
  return g_test_run ();
}
