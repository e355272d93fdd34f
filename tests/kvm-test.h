/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* What the tests share. */

#include <kvmobj/kvmobj.h>

G_BEGIN_DECLS

/* g_test_init (), and a bound on how long the whole program may take: a guest can hang. */
void kvm_test_init (int *argc, char ***argv);

/* Whether the host's KVM is PVM, which emulates guests by software: a guest that breaks is then an
 * internal error, and not what a processor makes of it. */
gboolean kvm_test_is_pvm (void);

/* How often something is done in the hope of a race: less on emulated hosts, which are slow, and
 * where many others want the processors. All calls of a program give the same. */
guint kvm_test_rounds (guint n);

/* Adds a test that must leave no fd and no mapping behind. It is run twice, and the second time
 * counted, so that what stays for ever is there already. */
void kvm_test_add (const char *path, void (*test) (void));

/* The same for what only x86 has: its registers, instructions and the like. */
void kvm_test_add_for_x86 (const char *path, void (*test) (void));

/* A virtual machine with 32 KiB of memory at 0 and one vCPU that is about to run code at 0x1000. */
typedef struct
{
  KvmSystem *system;
  KvmVm *vm;
  KvmMemory *memory;
  KvmMemorySlot *slot;
  KvmVcpu *vcpu;
  KvmExit *exit; /* the vCPU's */
} KvmTestGuest;

#define KVM_TEST_ENTRY 0x1000

KvmTestGuest *kvm_test_guest_new (const guint8 *code, const guint8 *end);
/* The same with the kernel's interrupt controllers: a guest that halts stays in the kernel. */
KvmTestGuest *kvm_test_guest_new_with_irqchip (const guint8 *code, const guint8 *end);
/* One that waits in the kernel for an interrupt which never comes. */
KvmTestGuest *kvm_test_guest_new_waiting (void);
void kvm_test_guest_free (KvmTestGuest *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (KvmTestGuest, kvm_test_guest_free)

/* A device, or %NULL on riscv64: KVM has only the AIA there, and not on every host. */
KvmDevice *kvm_test_device_new (KvmVm *vm);

/* What a guest calls a port, where it has none: an address. There it halts by writing to port 0xf4.
 */
#if defined(__x86_64__)
#define KVM_TEST_IS_X86 TRUE
#define KVM_TEST_SPACE KVM_IO_SPACE_PORT
#define KVM_TEST_PORT(port) (port)
#define KVM_TEST_PORTS(n) (n)
#define KVM_TEST_REASON_IO KVM_EXIT_REASON_IO
#define KVM_TEST_REASON_HALT KVM_EXIT_REASON_HLT
#else
#define KVM_TEST_IS_X86 FALSE
#define KVM_TEST_SPACE KVM_IO_SPACE_MMIO
#define KVM_TEST_PORT(port) (0x10000 + KVM_TEST_PORTS (port))
#define KVM_TEST_PORTS(n) (8 * (n)) /* how far away the nth is */
#define KVM_TEST_REASON_IO KVM_EXIT_REASON_MMIO
#define KVM_TEST_REASON_HALT KVM_EXIT_REASON_MMIO
#endif

/* Makes a vCPU begin at an address, with this in the register that guests of every architecture
 * take an argument in: bx, x0, a0. */
void kvm_test_setup_vcpu (KvmVcpu *vcpu, guint64 entry, guint64 argument);
void kvm_test_set_argument (KvmVcpu *vcpu, guint64 argument);
guint64 kvm_test_get_argument (KvmVcpu *vcpu);

/* What the guests "echo" and "listen" have read last: ax, x0, a0. */
guint64 kvm_test_get_answer (KvmVcpu *vcpu);

/* Where a vCPU is. */
gboolean kvm_test_get_pc (KvmVcpu *vcpu, guint64 *pc, GError **error);
gboolean kvm_test_set_pc (KvmVcpu *vcpu, guint64 pc, GError **error);

/* kvm_test_guest_new () for a guest of tests/guests. */
#define KVM_TEST_GUEST(name) kvm_test_guest_new (guest_##name, guest_##name##_end)

/* The guest runs on to an exit with this reason. */
#define kvm_test_run(guest, expected)                                                              \
  G_STMT_START                                                                                     \
  {                                                                                                \
    g_autoptr (GError) run_error = NULL;                                                           \
    KvmExitReason run_reason = kvm_vcpu_run ((guest)->vcpu, NULL, &run_error);                     \
    g_assert_no_error (run_error);                                                                 \
    if (run_reason != (expected))                                                                  \
      g_error ("%s:%d: the guest stopped with %s", __FILE__, __LINE__,                             \
               kvm_exit_to_string ((guest)->exit));                                                \
  }                                                                                                \
  G_STMT_END

/* The guest runs on and halts. */
#define kvm_test_run_to_halt(guest)                                                                \
  G_STMT_START                                                                                     \
  {                                                                                                \
    kvm_test_run ((guest), KVM_TEST_REASON_HALT);                                                  \
    if (KVM_TEST_REASON_HALT != KVM_EXIT_REASON_HLT)                                               \
      g_assert_cmphex (kvm_exit_get_address ((guest)->exit), ==, KVM_TEST_PORT (0xf4));            \
  }                                                                                                \
  G_STMT_END

/* Whether this exit is a guest's halt. */
gboolean kvm_test_has_halted (KvmExit *exit);

/* The error is one of ours with this code and has this in its message; it is cleared. */
#define kvm_test_assert_error(error, expected, text)                                               \
  G_STMT_START                                                                                     \
  {                                                                                                \
    g_assert_error ((error), KVM_ERROR, (expected));                                               \
    if (strstr ((error)->message, (text)) == NULL)                                                 \
      g_error ("%s:%d: \"%s\" is not in \"%s\"", __FILE__, __LINE__, (text), (error)->message);    \
    g_clear_error (&(error));                                                                      \
  }                                                                                                \
  G_STMT_END

/* The thread waits until the vCPU is in the guest, as seen by its being RUNNING for others. */
void kvm_test_wait_until_running (KvmVcpu *vcpu);

/* The thread waits until a vCPU that was at its entry has stopped in another place. */
void kvm_test_wait_until_stopped (KvmVcpu *vcpu);

#define KVM_TEST_DECLARE_GUEST(name) extern const guint8 guest_##name[], guest_##name##_end[]

KVM_TEST_DECLARE_GUEST (halt);
KVM_TEST_DECLARE_GUEST (wait);
KVM_TEST_DECLARE_GUEST (print);
KVM_TEST_DECLARE_GUEST (echo);
KVM_TEST_DECLARE_GUEST (string);
KVM_TEST_DECLARE_GUEST (mmio);
KVM_TEST_DECLARE_GUEST (change);
KVM_TEST_DECLARE_GUEST (listen);
KVM_TEST_DECLARE_GUEST (spin);
KVM_TEST_DECLARE_GUEST (chatter);
KVM_TEST_DECLARE_GUEST (count);
KVM_TEST_DECLARE_GUEST (twins);
KVM_TEST_DECLARE_GUEST (bump);
KVM_TEST_DECLARE_GUEST (bump_far);
KVM_TEST_DECLARE_GUEST (touch);
KVM_TEST_DECLARE_GUEST (steps);
KVM_TEST_DECLARE_GUEST (mix);
KVM_TEST_DECLARE_GUEST (ticker);
KVM_TEST_DECLARE_GUEST (server);
KVM_TEST_DECLARE_GUEST (serial_print);
KVM_TEST_DECLARE_GUEST (serial_echo);
KVM_TEST_DECLARE_GUEST (serial_probe);
KVM_TEST_DECLARE_GUEST (serial_interrupt);
KVM_TEST_DECLARE_GUEST (serial_irq);
KVM_TEST_DECLARE_GUEST (debug_exit);
KVM_TEST_DECLARE_GUEST (reset);
KVM_TEST_DECLARE_GUEST (rtc);
KVM_TEST_DECLARE_GUEST (ring);
KVM_TEST_DECLARE_GUEST (interrupt);
KVM_TEST_DECLARE_GUEST (increment);
KVM_TEST_DECLARE_GUEST (off);

/* Puts a device at a port of the guest's: its registers are a byte apart on every architecture. */
void kvm_test_add_device (KvmTestGuest *self, guint port, guint n_ports, gpointer device);

G_END_DECLS
