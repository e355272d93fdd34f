/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* What tests with guests of riscv64 share. */

#include "kvm-test.h"

G_BEGIN_DECLS

#define INTERRUPT (G_GUINT64_CONSTANT (1) << 63)
#define CAUSE_EXTERNAL (INTERRUPT | 9)
#define SIE_EXTERNAL 0x200

/* The guest runs on and writes this. */
#define expect_write(guest, port, expected)                                                        \
  G_STMT_START                                                                                     \
  {                                                                                                \
    kvm_test_run ((guest), KVM_EXIT_REASON_MMIO);                                                  \
    g_assert_true (kvm_exit_is_write ((guest)->exit));                                             \
    g_assert_cmphex (kvm_exit_get_address ((guest)->exit), ==, KVM_TEST_PORT (port));              \
    g_assert_cmphex (kvm_exit_get_value ((guest)->exit), ==, (guint64) (expected));                \
  }                                                                                                \
  G_STMT_END

G_END_DECLS
