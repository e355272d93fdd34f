/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* What tests of x86 guests share that have their code with them. */

#include "kvm-test.h"

G_BEGIN_DECLS

/* A guest whose CPUID is the host's, with more bits in CR4. */
KvmTestGuest *kvm_test_x86_guest_new (const guint8 *code, gsize size, guint64 cr4);

#define KVM_TEST_X86_GUEST(code, cr4) kvm_test_x86_guest_new ((code), sizeof (code), (cr4))

/* The same in long mode, with a stack below 0x7000; its page tables are in @tables, at this
 * address. */
#define KVM_TEST_X86_TABLES 0x100000
KvmTestGuest *kvm_test_x86_long_guest_new (const guint8 *code, gsize size, KvmMemory **tables);

void kvm_test_read (KvmTestGuest *guest, guint64 address, gpointer data, gsize size);
void kvm_test_write (KvmTestGuest *guest, guint64 address, gconstpointer data, gsize size);

G_END_DECLS
