/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What an arm64 vCPU is, its registers, what is on its way to it, and debugging. */

#include "arm64-test.h"

#include <string.h>

#define SCTLR_EL1 kvm_arm64_reg_sysreg (3, 0, 1, 0, 0)
#define TPIDR_EL1 kvm_arm64_reg_sysreg (3, 0, 13, 0, 4)

/* Of DBGBCR and DBGWCR: on, at EL1, for all bytes; for loads and stores. */
#define BREAK_HERE 0x1e3
#define WATCH_HERE 0x1ffb

#define ESR_CLASS(esr) ((esr) >> 26 & 0x3f)
#define CLASS_BREAKPOINT 0x30
#define CLASS_STEP 0x32
#define CLASS_WATCHPOINT 0x34
#define CLASS_BRK 0x3c
#define CLASS_DATA_ABORT 0x25
#define CLASS_SERROR 0x2f

/* Kernels do not agree on which of two errors it is. */
static void
assert_refused (GError **error, const char *text)
{
  g_assert_true (g_error_matches (*error, KVM_ERROR, KVM_ERROR_NOT_FOUND)
                 || g_error_matches (*error, KVM_ERROR, KVM_ERROR_INVALID_ARGUMENT));
  if (strstr ((*error)->message, text) == NULL)
    g_error ("\"%s\" is not in \"%s\"", text, (*error)->message);
  g_clear_error (error);
}

static void
test_names (void)
{
  static const struct
  {
    guint64 id;
    const char *name;
  } names[] = {
    { KVMOBJ_ARM64_REG_X0, "x0" },
    { KVMOBJ_ARM64_REG_X30, "x30" },
    { KVMOBJ_ARM64_REG_SP, "sp" },
    { KVMOBJ_ARM64_REG_PC, "pc" },
    { KVMOBJ_ARM64_REG_SPSR_FIQ, "spsr_fiq" },
    { KVMOBJ_ARM64_REG_FPCR, "fpcr" },
    { KVMOBJ_ARM64_REG_TIMER_CNT, "timer_cnt" },
    { KVMOBJ_ARM64_REG_PSCI_VERSION, "psci_version" },
    { KVMOBJ_ARM64_REG_VENDOR_HYP_BMAP, "vendor_hyp_bmap" },
    { KVMOBJ_ARM64_REG_SVE_VLS, "sve_vls" },
    { G_GUINT64_CONSTANT (0x6030000000140009), "firmware 9" },
    { G_GUINT64_CONSTANT (0x6030000000160009), "firmware bitmap 9" },
    { G_GUINT64_CONSTANT (0x603000000013c082), "sysreg 3.0.1.0.2" },
    { G_GUINT64_CONSTANT (0x6080000000150020), "z1" },
    { G_GUINT64_CONSTANT (0x6050000000150423), "p1.3" },
    { G_GUINT64_CONSTANT (0x6050000000150600), "ffr" },
    { G_GUINT64_CONSTANT (0x6020000000110002), "ccsidr 2" },
    /* Of a wrong size, or nothing at all. */
    { G_GUINT64_CONSTANT (0x6020000000100000), NULL },
    { G_GUINT64_CONSTANT (0x6030000000100001), NULL },
    { G_GUINT64_CONSTANT (0x8030000002000000), NULL },
    { 0, NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *name = kvm_arm64_reg_to_string (names[i].id);

      g_assert_cmpstr (name, ==, names[i].name);
    }
  g_assert_cmphex (kvm_arm64_reg_x (30), ==, KVMOBJ_ARM64_REG_X30);
  g_assert_cmphex (kvm_arm64_reg_v (0), ==, G_GUINT64_CONSTANT (0x6040000000100054));
  g_assert_cmphex (kvm_arm64_reg_v (31), ==, G_GUINT64_CONSTANT (0x60400000001000d0));
  g_assert_cmphex (kvm_arm64_reg_sysreg (3, 0, 1, 0, 2), ==,
                   G_GUINT64_CONSTANT (0x603000000013c082));
  g_assert_cmphex (kvm_arm64_reg_sve_z (1, 0), ==, G_GUINT64_CONSTANT (0x6080000000150020));
  g_assert_cmphex (kvm_arm64_reg_sve_p (1, 3), ==, G_GUINT64_CONSTANT (0x6050000000150423));
  g_assert_cmphex (kvm_arm64_reg_sve_ffr (0), ==, G_GUINT64_CONSTANT (0x6050000000150600));
  g_assert_cmphex (kvm_arm64_reg_ccsidr (2), ==, G_GUINT64_CONSTANT (0x6020000000110002));
}

/* A vCPU has no registers and does not run before it is initialized, and what it is remains. */
static void
test_init (void)
{
  g_autoptr (Arm64Machine) machine = ARM64_MACHINE (tell);
  g_autoptr (GError) error = NULL;
  KvmArm64VcpuEvents events;
  KvmArm64VcpuInit init;
  guint64 value;
  gsize n;

  g_assert_false (kvm_vcpu_get_one_reg (machine->vcpu, KVMOBJ_ARM64_REG_PC, &value, &error));
  kvm_test_assert_error (error, KVM_ERROR_NOT_EXECUTABLE, "kvm_vcpu_arm64_init ()");
  g_assert_null (kvm_vcpu_get_reg_list (machine->vcpu, &n, &error));
  kvm_test_assert_error (error, KVM_ERROR_NOT_EXECUTABLE, "KVM_GET_REG_LIST on vCPU 0");
  g_assert_false (kvm_vcpu_arm64_get_vcpu_events (machine->vcpu, &events, &error));
  kvm_test_assert_error (error, KVM_ERROR_NOT_EXECUTABLE, "KVM_GET_VCPU_EVENTS on vCPU 0");
  g_assert_cmpint (kvm_vcpu_run (machine->vcpu, NULL, &error), ==, KVM_EXIT_REASON_ERROR);
  kvm_test_assert_error (error, KVM_ERROR_NOT_EXECUTABLE, "kvm_vcpu_arm64_init ()");

  g_assert_true (kvm_vm_arm64_get_preferred_target (machine->vm, &init, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (init.features, ==, 0);
  init.features = 1 << 31;
  g_assert_false (kvm_vcpu_arm64_init (machine->vcpu, &init, &error));
  assert_refused (&error, "features 0x80000000");
  init.features = KVM_ARM64_VCPU_FEATURES_PSCI_0_2;
  g_assert_true (kvm_vcpu_arm64_init (machine->vcpu, &init, &error));
  g_assert_no_error (error);

  /* Again, which resets it. */
  arm64_set_reg (machine->vcpu, KVMOBJ_ARM64_REG_X0 + 2, 5);
  g_assert_true (kvm_vcpu_arm64_init (machine->vcpu, &init, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (arm64_get_reg (machine->vcpu, kvm_arm64_reg_x (1)), ==, 0);
  init.features |= KVM_ARM64_VCPU_FEATURES_PMU_V3;
  g_assert_false (kvm_vcpu_arm64_init (machine->vcpu, &init, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID_ARGUMENT,
                         "features 0xc [PSCI_0_2|PMU_V3]; the vCPU was initialized with target");
}

/* Each feature the host has, or the error names what it lacks. */
static void
test_features (void)
{
  static const struct
  {
    KvmArm64VcpuFeatures features;
    KvmCapability capability;
    const char *name;
  } features[] = {
    { KVM_ARM64_VCPU_FEATURES_EL1_32BIT, KVM_CAPABILITY_ARM_EL1_32BIT, "KVM_CAP_ARM_EL1_32BIT" },
    { KVM_ARM64_VCPU_FEATURES_PMU_V3, KVM_CAPABILITY_ARM_PMU_V3, "KVM_CAP_ARM_PMU_V3" },
    { KVM_ARM64_VCPU_FEATURES_SVE, KVM_CAPABILITY_ARM_SVE, "KVM_CAP_ARM_SVE" },
    { KVM_ARM64_VCPU_FEATURES_PTRAUTH_ADDRESS | KVM_ARM64_VCPU_FEATURES_PTRAUTH_GENERIC,
      KVM_CAPABILITY_ARM_PTRAUTH_ADDRESS, "KVM_CAP_ARM_PTRAUTH_ADDRESS" },
    { KVM_ARM64_VCPU_FEATURES_HAS_EL2, KVM_CAPABILITY_ARM_EL2, "KVM_CAP_ARM_EL2" },
    { KVM_ARM64_VCPU_FEATURES_HAS_EL2 | KVM_ARM64_VCPU_FEATURES_HAS_EL2_E2H0,
      KVM_CAPABILITY_ARM_EL2_E2H0, "KVM_CAP_ARM_EL2" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (features); i++)
    {
      g_autoptr (Arm64Machine) machine = ARM64_MACHINE (tell);
      gboolean is_32_bit = features[i].features == KVM_ARM64_VCPU_FEATURES_EL1_32BIT;
      g_autoptr (GError) error = NULL;
      gboolean done = kvm_vcpu_arm64_setup (machine->vcpu, features[i].features, KVM_TEST_ENTRY,
                                            0x8000, 0x42, &error);

      if (!arm64_machine_has (machine, features[i].capability))
        {
          g_assert_false (done);
          kvm_test_assert_error (error, KVM_ERROR_NOT_SUPPORTED, features[i].name);
          continue;
        }
      g_assert_no_error (error);
      g_assert_true (done);
      /* AArch32 is in supervisor mode, AArch64 at EL1 with its own stack pointer. */
      g_assert_cmphex (arm64_get_reg (machine->vcpu, KVMOBJ_ARM64_REG_PSTATE) & 0x1f, ==,
                       is_32_bit ? 0x13 : 5);
      g_assert_cmphex (
          arm64_get_reg (machine->vcpu, is_32_bit ? kvm_arm64_reg_x (19) : KVMOBJ_ARM64_REG_SP_EL1),
          ==, 0x8000);
      if (features[i].features == KVM_ARM64_VCPU_FEATURES_PMU_V3)
        {
          g_assert_cmpint (kvm_vcpu_run (machine->vcpu, NULL, &error), ==, KVM_EXIT_REASON_ERROR);
          kvm_test_assert_error (error, KVM_ERROR_INVALID_ARGUMENT, "kvm_vcpu_arm64_init_pmu ()");
          g_assert_true (kvm_vcpu_arm64_init_pmu (machine->vcpu, &error));
          g_assert_no_error (error);
        }
      if (!is_32_bit)
        arm64_machine_expect (machine, 0x63, 0x42);
    }
}

static void
test_finalize (void)
{
  g_autoptr (Arm64Machine) machine = ARM64_MACHINE (tell);
  g_autoptr (GError) error = NULL;

  arm64_machine_setup (machine, KVM_ARM64_VCPU_FEATURES_NONE, 0);
  g_assert_false (kvm_vcpu_arm64_finalize (machine->vcpu, 3, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID, "takes one feature, not 0x3");
  g_assert_false (kvm_vcpu_arm64_finalize (machine->vcpu, 0, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID, "takes one feature, not 0x0");
  g_assert_false (kvm_vcpu_arm64_finalize (machine->vcpu, KVM_ARM64_VCPU_FEATURES_SVE, &error));
  if (arm64_machine_has (machine, KVM_CAPABILITY_ARM_SVE))
    kvm_test_assert_error (error, KVM_ERROR_INVALID_ARGUMENT, "feature 4");
  else
    kvm_test_assert_error (error, KVM_ERROR_NOT_SUPPORTED, "KVM_CAP_ARM_SVE is 0");
}

/* The guest changes what was set, and that is read back. */
static void
test_change (void)
{
  g_autoptr (Arm64Machine) machine = ARM64_MACHINE (change);
  g_autoptr (GError) error = NULL;
  guint64 vector[2] = { 100, 200 };
  g_autofree guint8 *data = NULL;
  gsize length;

  arm64_machine_setup (machine, KVM_ARM64_VCPU_FEATURES_NONE, 0);
  arm64_set_reg (machine->vcpu, kvm_arm64_reg_x (1), 41);
  arm64_set_reg (machine->vcpu, KVMOBJ_ARM64_REG_SP_EL1, 0x4000);
  arm64_set_reg (machine->vcpu, TPIDR_EL1, 0x1234567890abcdef);
  g_assert_true (kvm_vcpu_set_one_reg_bytes (machine->vcpu, kvm_arm64_reg_v (0),
                                             (const guint8 *) vector, sizeof vector, &error));
  g_assert_no_error (error);
  arm64_machine_run_to (machine, 0xf4);
  g_assert_cmpuint (arm64_get_reg (machine->vcpu, KVMOBJ_ARM64_REG_X1), ==, 42);
  g_assert_cmphex (arm64_get_reg (machine->vcpu, KVMOBJ_ARM64_REG_SP_EL1), ==, 0x4001);
  g_assert_cmphex (arm64_get_reg (machine->vcpu, TPIDR_EL1), ==, 0x1234567890abcdf0);
  data = kvm_vcpu_get_one_reg_bytes (machine->vcpu, kvm_arm64_reg_v (0), &length, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (length, ==, sizeof vector);
  memcpy (vector, data, sizeof vector);
  g_assert_cmpuint (vector[0], ==, 101);
  g_assert_cmpuint (vector[1], ==, 201);
}

/* What begins anew while a write is not over would begin with its second instruction. */
static void
test_reset_in_write (void)
{
  g_autoptr (Arm64Machine) machine = ARM64_MACHINE (change);
  g_autoptr (GError) error = NULL;

  arm64_machine_setup (machine, KVM_ARM64_VCPU_FEATURES_NONE, 0);
  arm64_machine_run_to (machine, 0xf4);
  g_assert_false (
      kvm_vcpu_arm64_setup (machine->vcpu, KVM_ARM64_VCPU_FEATURES_NONE, 0, 0, 0, &error));
  kvm_test_assert_error (error, KVM_ERROR_PENDING, "KVM_ARM_VCPU_INIT on vCPU 0");
  g_assert_cmpint (kvm_vcpu_complete_pending (machine->vcpu, &error), ==,
                   KVM_EXIT_REASON_INTERRUPTED);
  g_assert_no_error (error);
  arm64_machine_setup (machine, KVM_ARM64_VCPU_FEATURES_NONE, 0);
  arm64_set_reg (machine->vcpu, kvm_arm64_reg_x (1), 1);
  arm64_machine_run_to (machine, 0xf4);
  g_assert_cmpuint (arm64_get_reg (machine->vcpu, KVMOBJ_ARM64_REG_X1), ==, 2);
}

/* Every register of the list can be got, and those of each class have names. */
static void
test_list (void)
{
  static const char *const expected[]
      = { "x0",      "x30",  "sp",        "pc",        "pstate",       "v31",
          "fpsr",    "fpcr", "timer_ctl", "timer_cnt", "psci_version", "smccc_arch_workaround_1",
          "std_bmap" };
  g_autoptr (Arm64Machine) machine = ARM64_MACHINE (tell);
  g_autoptr (GHashTable) names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GError) error = NULL;
  g_autofree guint64 *ids = NULL;
  gsize n;

  arm64_machine_setup (machine, KVM_ARM64_VCPU_FEATURES_NONE, 0);
  ids = kvm_vcpu_get_reg_list (machine->vcpu, &n, &error);
  g_assert_no_error (error);
  for (gsize i = 0; i < n; i++)
    {
      char *name = kvm_arm64_reg_to_string (ids[i]);
      g_autofree guint8 *data = NULL;
      gsize length;

      data = kvm_vcpu_get_one_reg_bytes (machine->vcpu, ids[i], &length, &error);
      g_assert_no_error (error);
      g_assert_nonnull (name);
      g_assert_true (g_hash_table_add (names, name));
    }
  for (guint i = 0; i < G_N_ELEMENTS (expected); i++)
    if (!g_hash_table_contains (names, expected[i]))
      g_error ("%s is not in the list", expected[i]);
}

/* The error names the register. */
static void
test_bad_ids (void)
{
  static const struct
  {
    guint64 id;
    const char *name;
  } bad[] = {
    { G_GUINT64_CONSTANT (0x6020000000100040), "register 0x6020000000100040" }, /* PC, of 32 bits */
    { G_GUINT64_CONSTANT (0x60300000001000d4), "register 0x60300000001000d4" }, /* FPSR, of 64 */
    { G_GUINT64_CONSTANT (0x6030000000100041), "register 0x6030000000100041" },
    { G_GUINT64_CONSTANT (0x6030000000990000), "register 0x6030000000990000" },
    { G_GUINT64_CONSTANT (0x8030000002000000), "register 0x8030000002000000" },
    { G_GUINT64_CONSTANT (0x603000000013ffff),
      "register 0x603000000013ffff, sysreg 3.7.15.15.7 of 8 bytes" },
    { G_GUINT64_CONSTANT (0x60300000001400ff),
      "register 0x60300000001400ff, firmware 255 of 8 bytes" },
  };
  g_autoptr (Arm64Machine) machine = ARM64_MACHINE (tell);
  g_autoptr (GError) error = NULL;
  guint64 value;

  arm64_machine_setup (machine, KVM_ARM64_VCPU_FEATURES_NONE, 0);
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    for (gboolean is_set = FALSE; is_set <= TRUE; is_set++)
      {
        g_assert_false (is_set ? kvm_vcpu_set_one_reg (machine->vcpu, bad[i].id, 0, &error)
                               : kvm_vcpu_get_one_reg (machine->vcpu, bad[i].id, &value, &error));
        assert_refused (&error, bad[i].name);
      }

  /* A value that the register cannot have: a mode that is none. */
  g_assert_false (kvm_vcpu_set_one_reg (machine->vcpu, KVMOBJ_ARM64_REG_PSTATE, 0x1f, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID_ARGUMENT, ", pstate of 8 bytes");
}

/* An SError and an abort reach the guest's handlers, with their syndromes. */
static void
test_events (void)
{
  g_autoptr (Arm64Machine) machine = ARM64_MACHINE (serror);
  g_autoptr (GError) error = NULL;
  KvmArm64VcpuEvents events, got;
  gboolean has_esr = arm64_machine_has (machine, KVM_CAPABILITY_ARM_INJECT_SERROR_ESR);

  arm64_machine_setup (machine, KVM_ARM64_VCPU_FEATURES_NONE, 0);
  g_assert_true (kvm_vcpu_arm64_get_vcpu_events (machine->vcpu, &events, &error));
  g_assert_cmpuint (events.serror_pending, ==, 0);
  events.serror_pending = 1;
  events.serror_has_esr = has_esr;
  events.serror_esr = has_esr ? 0x123456 : 0;
  g_assert_true (kvm_vcpu_arm64_set_vcpu_events (machine->vcpu, &events, &error));
  g_assert_no_error (error);
  g_assert_true (kvm_vcpu_arm64_get_vcpu_events (machine->vcpu, &got, &error));
  g_assert_true (kvm_arm64_vcpu_events_equal (&got, &events));
  {
    guint64 esr = arm64_machine_run_to (machine, 0x72);

    g_assert_cmphex (ESR_CLASS (esr), ==, CLASS_SERROR);
    if (has_esr)
      g_assert_cmphex (esr & 0x1ffffff, ==, 0x123456);
  }

  /* The guest has it. */
  g_assert_true (kvm_vcpu_arm64_get_vcpu_events (machine->vcpu, &got, &error));
  g_assert_cmpuint (got.serror_pending, ==, 0);
  got.serror_pending = got.serror_has_esr = 1;
  got.serror_esr = 1 << 25;
  g_assert_false (kvm_vcpu_arm64_set_vcpu_events (machine->vcpu, &got, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID_ARGUMENT, "serror pending=1 has_esr=1");

  if (arm64_machine_has (machine, KVM_CAPABILITY_ARM_INJECT_EXT_DABT))
    {
      memset (&events, 0, sizeof events);
      events.ext_dabt_pending = 1;
      arm64_machine_run_to (machine, 0xf4);
      g_assert_true (kvm_vcpu_arm64_set_vcpu_events (machine->vcpu, &events, &error));
      g_assert_no_error (error);
      g_assert_cmphex (ESR_CLASS (arm64_machine_run_to (machine, 0x70)), ==, CLASS_DATA_ABORT);
    }
}

static guint64
run_to_debug (Arm64Machine *machine, guint expected)
{
  kvm_test_run (machine, KVM_EXIT_REASON_DEBUG);
  g_assert_cmphex (ESR_CLASS (kvm_exit_arm64_get_debug_hsr (machine->exit)), ==, expected);
  return arm64_get_reg (machine->vcpu, KVMOBJ_ARM64_REG_PC);
}

static void
test_debug (void)
{
  g_autoptr (Arm64Machine) machine = ARM64_MACHINE (steps);
  g_autoptr (GError) error = NULL;
  guint64 registers[64] = { 0 };

  arm64_machine_setup (machine, KVM_ARM64_VCPU_FEATURES_NONE, 0);

  /* Two steps. */
  kvm_vcpu_set_guest_debug (machine->vcpu,
                            KVM_GUEST_DEBUG_FLAGS_ENABLE | KVM_GUEST_DEBUG_FLAGS_SINGLE_STEP, NULL,
                            0, &error);
  g_assert_no_error (error);
  g_assert_cmphex (run_to_debug (machine, CLASS_STEP), ==, KVM_TEST_ENTRY + 4);
  g_assert_cmphex (run_to_debug (machine, CLASS_STEP), ==, KVM_TEST_ENTRY + 8);

  /* Before the store, and at it. */
  registers[0] = BREAK_HERE;
  registers[16] = KVM_TEST_ENTRY + 12;
  kvm_vcpu_set_guest_debug (
      machine->vcpu, KVM_GUEST_DEBUG_FLAGS_ENABLE | KVM_GUEST_DEBUG_FLAGS_HARDWARE_BREAKPOINTS,
      registers, 64, &error);
  g_assert_no_error (error);
  g_assert_cmphex (run_to_debug (machine, CLASS_BREAKPOINT), ==, KVM_TEST_ENTRY + 12);
  registers[0] = 0;
  registers[32] = WATCH_HERE;
  registers[48] = 0x2000;
  kvm_vcpu_set_guest_debug (
      machine->vcpu, KVM_GUEST_DEBUG_FLAGS_ENABLE | KVM_GUEST_DEBUG_FLAGS_HARDWARE_BREAKPOINTS,
      registers, 64, &error);
  g_assert_no_error (error);
  g_assert_cmphex (run_to_debug (machine, CLASS_WATCHPOINT), ==, KVM_TEST_ENTRY + 12);
  g_assert_cmphex (kvm_exit_arm64_get_debug_far (machine->exit), ==, 0x2000);
  g_assert_cmpuint (arm64_get_reg (machine->vcpu, kvm_arm64_reg_x (2)), ==, 7);

  /* At the instruction for it. */
  kvm_vcpu_set_guest_debug (
      machine->vcpu, KVM_GUEST_DEBUG_FLAGS_ENABLE | KVM_GUEST_DEBUG_FLAGS_SOFTWARE_BREAKPOINTS,
      NULL, 0, &error);
  g_assert_no_error (error);
  g_assert_cmphex (run_to_debug (machine, CLASS_BRK), ==, KVM_TEST_ENTRY + 20);
  g_assert_cmphex (kvm_exit_arm64_get_debug_hsr (machine->exit) & 0xffff, ==, 5);
  g_assert_cmpuint (arm64_get_reg (machine->vcpu, kvm_arm64_reg_x (3)), ==, 7);
  arm64_set_reg (machine->vcpu, KVMOBJ_ARM64_REG_PC, KVM_TEST_ENTRY + 24);
  arm64_machine_run_to (machine, 0xf4);

  g_assert_false (
      kvm_vcpu_set_guest_debug (machine->vcpu, KVM_GUEST_DEBUG_FLAGS_ENABLE, registers, 8, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID, "takes 64 debug registers or none on arm64");
}

/* What a vCPU says of itself can be changed where the kernel has masks. */
static void
test_masks (void)
{
  const guint64 id_pfr0 = kvm_arm64_reg_sysreg (3, 0, 0, 4, 0);
  g_autoptr (Arm64Machine) machine = ARM64_MACHINE (tell);
  g_autoptr (KvmArm64RegMasks) masks = NULL;
  g_autoptr (KvmArm64RegMasks) copy = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) error = NULL;
  guint64 mask, value;

  arm64_machine_setup (machine, KVM_ARM64_VCPU_FEATURES_NONE, 0);
  masks = kvm_vm_arm64_get_reg_writable_masks (machine->vm, &error);
  if (!arm64_machine_has (machine, KVM_CAPABILITY_ARM_SUPPORTED_REG_MASK_RANGES))
    {
      kvm_test_assert_error (error, KVM_ERROR_NOT_SUPPORTED,
                             "KVM_CAP_ARM_SUPPORTED_REG_MASK_RANGES is 0");
      return;
    }
  g_assert_no_error (error);
  bytes = kvm_arm64_reg_masks_to_bytes (masks);
  copy = kvm_arm64_reg_masks_new_from_bytes (bytes, &error);
  g_assert_no_error (error);
  g_assert_true (kvm_arm64_reg_masks_get_mask (copy, id_pfr0, &mask));
  g_assert_cmphex (mask, !=, 0);
  g_assert_false (kvm_arm64_reg_masks_get_mask (copy, SCTLR_EL1, &mask));
  g_assert_false (kvm_arm64_reg_masks_get_mask (copy, KVMOBJ_ARM64_REG_X0, &mask));

  /* The lowest field that can be lowered is: its registers say less from then on. */
  g_assert_true (kvm_arm64_reg_masks_get_mask (copy, id_pfr0, &mask));
  value = arm64_get_reg (machine->vcpu, id_pfr0);
  for (guint shift = 0; shift < 64; shift += 4)
    if ((mask >> shift & 0xf) == 0xf && (value >> shift & 0xf) == 2)
      {
        arm64_set_reg (machine->vcpu, id_pfr0, value - ((guint64) 1 << shift));
        g_assert_cmphex (arm64_get_reg (machine->vcpu, id_pfr0), ==,
                         value - ((guint64) 1 << shift));
        break;
      }
}

int
main (int argc, char **argv)
{
  kvm_test_init (&argc, &argv);
  kvm_test_add ("/arm64-registers/names", test_names);
  kvm_test_add ("/arm64-registers/init", test_init);
  kvm_test_add ("/arm64-registers/features", test_features);
  kvm_test_add ("/arm64-registers/finalize", test_finalize);
  kvm_test_add ("/arm64-registers/change", test_change);
  kvm_test_add ("/arm64-registers/reset-in-write", test_reset_in_write);
  kvm_test_add ("/arm64-registers/list", test_list);
  kvm_test_add ("/arm64-registers/bad-ids", test_bad_ids);
  kvm_test_add ("/arm64-registers/events", test_events);
  kvm_test_add ("/arm64-registers/debug", test_debug);
  kvm_test_add ("/arm64-registers/masks", test_masks);
  return g_test_run ();
}
