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

/* What AMD's VMRUN enters the guest "virtualized" with, and that guest, in their places. */
#define KVM_TEST_X86_VMCB 0x4000
void kvm_test_x86_write_vmcb (KvmTestGuest *guest);

/* A guest goes on in another one, which takes its place: all but memory beside the first 32 KiB. */
void kvm_test_x86_move (KvmTestGuest **guest, KvmTestGuest *next);
/* The same when an item is another then. */
void kvm_test_x86_move_with (KvmTestGuest **guest, KvmTestGuest *next, const char *changed);

/* The guest runs on and writes this to a port. */
void kvm_test_x86_run_to (KvmTestGuest *guest, guint port, guint value);

/* A guest that waits for an interrupt; and one that was moved while it did, and is in its handler
 * since then, with another interrupt pending. What has its vector: */
#define KVM_TEST_X86_ISR 0x100
#define KVM_TEST_X86_IRR 0x200
KvmTestGuest *kvm_test_x86_service_guest_new (void);
KvmTestGuest *kvm_test_x86_run_to_service (void);
gboolean kvm_test_x86_has_vector (KvmTestGuest *guest, guint where);

void kvm_test_read (KvmTestGuest *guest, guint64 address, gpointer data, gsize size);
void kvm_test_write (KvmTestGuest *guest, guint64 address, gconstpointer data, gsize size);

G_END_DECLS
