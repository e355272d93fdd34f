/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What an AMD processor has and the local host may lack: system management, a guest's own guest,
 * calls of Hyper-V's and Xen's, 32-bit paging. */

#include "x86-guest.h"

#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

KVM_TEST_DECLARE_GUEST (busy);
KVM_TEST_DECLARE_GUEST (smi_handler);
KVM_TEST_DECLARE_GUEST (triple_fault);
KVM_TEST_DECLARE_GUEST (paging);
KVM_TEST_DECLARE_GUEST (live_sse);
KVM_TEST_DECLARE_GUEST (virtualize);
KVM_TEST_DECLARE_GUEST (hyperv);
KVM_TEST_DECLARE_GUEST (hypercall);
KVM_TEST_DECLARE_GUEST (cpuid);
KVM_TEST_DECLARE_GUEST (xen);

#define SIZE_OF(name) (guest_##name##_end - guest_##name)
#define LONG_GUEST(name, tables)                                                                   \
  kvm_test_x86_long_guest_new (guest_##name, SIZE_OF (name), (tables))

static void
assert_output (KvmTestGuest *guest, guint64 port, guint64 value)
{
  kvm_test_run (guest, KVM_EXIT_REASON_IO);
  g_assert_cmphex (kvm_exit_get_address (guest->exit), ==, port);
  g_assert_cmphex (kvm_exit_get_value (guest->exit), ==, value);
}

static KvmX86Regs
get_regs (KvmTestGuest *guest)
{
  g_autoptr (GError) error = NULL;
  KvmX86Regs regs;

  kvm_vcpu_x86_get_regs (guest->vcpu, &regs, &error);
  g_assert_no_error (error);
  return regs;
}

static void
set_regs (KvmTestGuest *guest, const KvmX86Regs *regs)
{
  g_autoptr (GError) error = NULL;

  kvm_vcpu_x86_set_regs (guest->vcpu, regs, &error);
  g_assert_no_error (error);
}

/* Where the handler is unless it says otherwise, and where the processor saves its state. In system
 * management mode a vCPU has the slots of the second address space. */
#define SMRAM 0x30000
#define SMI_HANDLER 0x8000

static gboolean
is_in_smm (KvmTestGuest *guest)
{
  g_autoptr (GError) error = NULL;
  KvmX86VcpuEvents events;

  kvm_vcpu_x86_get_vcpu_events (guest->vcpu, &events, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (kvm_exit_x86_get_flags (guest->exit) & 1, ==, events.smi_smm);
  return events.smi_smm;
}

static void
test_smi (void)
{
  g_autoptr (KvmTestGuest) guest = kvm_test_x86_guest_new (guest_busy, SIZE_OF (busy), 0);
  g_autoptr (KvmMemory) memory = NULL;
  g_autoptr (KvmMemorySlot) slot = NULL;
  g_autoptr (GError) error = NULL;
  KvmX86VcpuEvents events;

  memory = kvm_memory_new (0x10000, &error);
  slot = kvm_vm_add_memory_full (guest->vm, SMRAM, memory, 0, 0x10000, KVM_MEMORY_SLOT_FLAGS_NONE,
                                 1, NULL, 0, &error);
  kvm_memory_write (memory, SMI_HANDLER, guest_smi_handler, SIZE_OF (smi_handler), &error);
  g_assert_no_error (error);
  assert_output (guest, 0x60, 0x11);
  g_assert_false (is_in_smm (guest));

  g_assert_true (kvm_vcpu_x86_smi (guest->vcpu, &error));
  g_assert_no_error (error);
  assert_output (guest, 0x61, 0x53);
  g_assert_true (is_in_smm (guest));
  assert_output (guest, 0x60, 0x11); /* RSM brought the register back */
  g_assert_false (is_in_smm (guest));

  /* One that is pending in the events. */
  kvm_vcpu_x86_get_vcpu_events (guest->vcpu, &events, &error);
  g_assert_no_error (error);
  events.smi_pending = 1;
  events.flags = KVM_X86_VCPU_EVENT_FLAGS_SMM;
  g_assert_true (kvm_vcpu_x86_set_vcpu_events (guest->vcpu, &events, &error));
  g_assert_no_error (error);
  assert_output (guest, 0x61, 0x53);
  assert_output (guest, 0x60, 0x11);
}

static void
test_triple_fault (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (triple_fault);

  kvm_test_run (guest, KVM_EXIT_REASON_SHUTDOWN);
}

#define CR0_PG 0x80000000
#define CR4_PSE 0x10
#define CR4_PAE 0x20
#define PAGE_LARGE 0x83 /* present, writable, and without another table */

/* The page tables are below 0x7000, with the second half of the first 8 MiB where the first is. */
static KvmTestGuest *
make_paging_guest (guint64 cr4)
{
  KvmTestGuest *self = kvm_test_x86_guest_new (guest_paging, SIZE_OF (paging), 0);
  g_autoptr (GError) error = NULL;
  KvmX86Sregs sregs;

  g_assert_true (kvm_vcpu_x86_setup_protected_mode (self->vcpu, KVM_TEST_ENTRY, 0x4000, &error));
  kvm_vcpu_x86_get_sregs (self->vcpu, &sregs, &error);
  sregs.cr3 = 0x5000;
  sregs.cr4 |= cr4;
  sregs.cr0 |= CR0_PG;
  g_assert_true (kvm_vcpu_x86_set_sregs (self->vcpu, &sregs, &error));
  g_assert_no_error (error);
  kvm_test_write (self, 0x2234, (const guint32[]){ 0xcafebabe }, 4);
  return self;
}

static void
assert_paging (KvmTestGuest *guest)
{
  g_autoptr (GError) error = NULL;
  guint64 address;
  guint32 word;

  assert_output (guest, 0x61, 0xcafebabe);
  kvm_test_run (guest, KVM_EXIT_REASON_HLT);
  kvm_test_read (guest, 0x2238, &word, sizeof word);
  g_assert_cmphex (word, ==, 0x12345678);
  g_assert_true (kvm_vcpu_x86_translate (guest->vcpu, 0x402238, &address, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmphex (address, ==, 0x2238);
}

static void
test_paging (void)
{
  g_autoptr (KvmTestGuest) guest = make_paging_guest (CR4_PSE);

  kvm_test_write (guest, 0x5000, (const guint32[]){ PAGE_LARGE, PAGE_LARGE }, 8);
  assert_paging (guest);
}

/* The four pointers that the processor keeps are those that it found in memory. */
static void
test_pae_paging (void)
{
  g_autoptr (KvmTestGuest) guest = make_paging_guest (CR4_PSE | CR4_PAE);
  g_autoptr (KvmTestGuest) other = make_paging_guest (CR4_PSE | CR4_PAE);
  static const guint64 pointers[4] = { 0x6001 };
  static const guint64 entries[3] = { PAGE_LARGE, 0, PAGE_LARGE };
  g_autoptr (GError) error = NULL;
  KvmX86Sregs sregs;
  KvmX86Sregs2 sregs2;

  kvm_test_write (guest, 0x5000, pointers, sizeof pointers);
  kvm_test_write (guest, 0x6000, entries, sizeof entries);
  kvm_vcpu_x86_get_sregs (guest->vcpu, &sregs, &error);
  g_assert_true (kvm_vcpu_x86_set_sregs (guest->vcpu, &sregs, &error)); /* takes the pointers */
  assert_paging (guest);
  g_assert_true (kvm_vcpu_x86_get_sregs2 (guest->vcpu, &sregs2, &error));
  g_assert_no_error (error);
  g_assert_cmphex (sregs2.flags, ==, KVM_X86_SREGS2_FLAGS_PDPTRS_VALID);
  g_assert_cmphex (sregs2.pdptr0, ==, 0x6001);

  /* And those that are set with SREGS2, even if memory says otherwise. */
  kvm_test_write (other, 0x6000, entries, sizeof entries);
  g_assert_true (kvm_vcpu_x86_get_sregs2 (other->vcpu, &sregs2, &error));
  sregs2.flags = KVM_X86_SREGS2_FLAGS_PDPTRS_VALID;
  sregs2.pdptr0 = 0x6001;
  g_assert_true (kvm_vcpu_x86_set_sregs2 (other->vcpu, &sregs2, &error));
  g_assert_no_error (error);
  g_assert_true (kvm_vcpu_x86_get_sregs2 (other->vcpu, &sregs2, &error));
  g_assert_cmphex (sregs2.pdptr0, ==, 0x6001);
}

/* What is in a register that a 64-bit guest uses is in the state, both ways. */
static void
test_live_sse (void)
{
  g_autoptr (KvmMemory) tables = NULL;
  g_autoptr (KvmTestGuest) guest = LONG_GUEST (live_sse, &tables);
  g_autoptr (KvmX86Xsave) xsave = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree guint8 *xmm = NULL;
  char seen[16];
  gsize length;
  KvmX86Fpu fpu;

  kvm_test_write (guest, 0x2000, "abcdefghijklmnop", 16);
  kvm_test_run (guest, KVM_EXIT_REASON_IO);
  g_assert_true (kvm_vcpu_x86_get_fpu (guest->vcpu, &fpu, &error));
  xmm = kvm_x86_fpu_get_xmm (&fpu, 9, &length, &error);
  g_assert_no_error (error);
  g_assert_cmpmem (xmm, length, "abcdefghijklmnop", 16);
  xsave = kvm_vcpu_x86_get_xsave (guest->vcpu, &error);
  g_assert_no_error (error);
  g_assert_cmphex (kvm_x86_xsave_get_xstate_bv (xsave) & 2, ==, 2);
  bytes = kvm_x86_xsave_to_bytes (xsave);
  g_assert_cmpmem ((const guint8 *) g_bytes_get_data (bytes, NULL) + 160 + 9 * 16, 16,
                   "abcdefghijklmnop", 16);

  g_assert_true (kvm_x86_fpu_set_xmm (&fpu, 9, (const guint8 *) "0123456789ABCDEF", 16, &error));
  g_assert_true (kvm_vcpu_x86_set_fpu (guest->vcpu, &fpu, &error));
  g_assert_no_error (error);
  kvm_test_run (guest, KVM_EXIT_REASON_IO);
  kvm_test_read (guest, 0x2010, seen, sizeof seen);
  g_assert_cmpmem (seen, 16, "0123456789ABCDEF", 16);
}

#define VMEXIT_HLT 0x78
#define MSR_HSAVE_PA 0xc0010117

/* Another virtual machine with the same memory, whose vCPU has what this one's has. */
static KvmVcpu *
copy_vcpu (KvmTestGuest *guest, KvmMemory *tables, KvmX86NestedState *state)
{
  g_autoptr (KvmVm) vm = NULL;
  g_autoptr (KvmX86Cpuid) cpuid = NULL;
  g_autoptr (GError) error = NULL;
  KvmX86Regs regs = get_regs (guest);
  KvmX86Sregs sregs;
  guint64 value;
  KvmVcpu *vcpu;

  vm = kvm_system_create_vm (guest->system, &error);
  g_assert_no_error (error);
  g_object_unref (kvm_vm_add_memory (vm, 0, guest->memory, KVM_MEMORY_SLOT_FLAGS_NONE, &error));
  g_object_unref (
      kvm_vm_add_memory (vm, KVM_TEST_X86_TABLES, tables, KVM_MEMORY_SLOT_FLAGS_NONE, &error));
  vcpu = kvm_vm_create_vcpu (vm, 0, &error);
  cpuid = kvm_system_x86_get_supported_cpuid (guest->system, &error);
  g_assert_true (kvm_vcpu_x86_set_cpuid (vcpu, cpuid, &error));
  g_assert_true (kvm_vcpu_x86_get_sregs (guest->vcpu, &sregs, &error));
  g_assert_true (kvm_vcpu_x86_set_sregs (vcpu, &sregs, &error));
  g_assert_true (kvm_vcpu_x86_get_msr (guest->vcpu, MSR_HSAVE_PA, &value, &error));
  g_assert_true (kvm_vcpu_x86_set_msr (vcpu, MSR_HSAVE_PA, value, &error));
  g_assert_true (kvm_vcpu_x86_set_nested_state (vcpu, state, &error));
  g_assert_true (kvm_vcpu_x86_set_regs (vcpu, &regs, &error));
  g_assert_no_error (error);
  return vcpu;
}

/* A guest that is in a guest of its own is taken elsewhere, where it goes on. */
static void
test_nested (void)
{
  g_autoptr (KvmMemory) tables = NULL;
  g_autoptr (KvmTestGuest) guest = LONG_GUEST (virtualize, &tables);
  g_autoptr (KvmX86NestedState) before = NULL;
  g_autoptr (KvmX86NestedState) state = NULL;
  g_autoptr (KvmX86NestedState) again = NULL;
  g_autoptr (KvmX86NestedState) copied = NULL;
  g_autoptr (KvmX86NestedState) after = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GBytes) copied_bytes = NULL;
  g_autoptr (GError) error = NULL;
  KvmVcpu *other;
  gsize size;

  kvm_test_x86_write_vmcb (guest);
  before = kvm_vcpu_x86_get_nested_state (guest->vcpu, &error);
  g_assert_no_error (error);
  g_assert_cmphex (kvm_x86_nested_state_get_flags (before), ==, KVM_X86_NESTED_STATE_FLAGS_GIF_SET);
  assert_output (guest, 0x61, 0x4c);
  g_assert_cmpint (kvm_vcpu_complete_pending (guest->vcpu, &error), ==,
                   KVM_EXIT_REASON_INTERRUPTED);

  state = kvm_vcpu_x86_get_nested_state (guest->vcpu, &error);
  g_assert_no_error (error);
  g_assert_cmpint (kvm_x86_nested_state_get_format (state), ==, KVM_X86_NESTED_STATE_FORMAT_SVM);
  g_assert_cmphex (kvm_x86_nested_state_get_flags (state) & KVM_X86_NESTED_STATE_FLAGS_GUEST_MODE,
                   !=, 0);
  size = kvm_x86_nested_state_get_size (state);
  g_assert_cmpuint (size, ==, 4224);
  bytes = kvm_x86_nested_state_to_bytes (state);
  g_assert_cmphex (((const guint64 *) g_bytes_get_data (bytes, NULL))[1], ==, KVM_TEST_X86_VMCB);
  again = kvm_x86_nested_state_new_from_bytes (bytes, &error);
  g_assert_no_error (error);

  other = copy_vcpu (guest, tables, again);
  copied = kvm_vcpu_x86_get_nested_state (other, &error);
  g_assert_no_error (error);
  copied_bytes = kvm_x86_nested_state_to_bytes (copied);
  g_assert_cmpuint (g_bytes_get_size (copied_bytes), ==, size);
  /* The header, and what VMRUN was told; of the outer guest's state the kernel takes less. */
  g_assert_cmpmem (g_bytes_get_data (copied_bytes, NULL), 0x480, g_bytes_get_data (bytes, NULL),
                   0x480);
  g_object_unref (guest->vcpu);
  guest->vcpu = other;
  guest->exit = kvm_vcpu_get_exit (other);
  assert_output (guest, 0x62, VMEXIT_HLT);
  after = kvm_vcpu_x86_get_nested_state (guest->vcpu, &error);
  g_assert_no_error (error);
  g_assert_cmphex (kvm_x86_nested_state_get_flags (after) & KVM_X86_NESTED_STATE_FLAGS_GUEST_MODE,
                   ==, 0);
}

static void
append_entries (GArray *entries, KvmX86Cpuid *cpuid, gboolean with_hypervisor)
{
  KvmX86CpuidEntry entry;

  for (guint i = 0; kvm_x86_cpuid_get_entry (cpuid, i, &entry); i++)
    if (with_hypervisor || entry.function >> 8 != 0x400000)
      g_array_append_val (entries, entry);
}

/* The guest's CPUID is the host's, with what the kernel has of Hyper-V in the place of KVM. */
static void
set_hyperv_cpuid (KvmTestGuest *guest)
{
  g_autoptr (GArray) entries = g_array_new (FALSE, FALSE, sizeof (KvmX86CpuidEntry));
  g_autoptr (KvmX86Cpuid) cpuid = NULL;
  g_autoptr (KvmX86Cpuid) hyperv = NULL;
  g_autoptr (KvmX86Cpuid) both = NULL;
  g_autoptr (GError) error = NULL;

  cpuid = kvm_system_x86_get_supported_cpuid (guest->system, &error);
  hyperv = kvm_system_x86_get_supported_hv_cpuid (guest->system, &error);
  g_assert_no_error (error);
  append_entries (entries, cpuid, FALSE);
  append_entries (entries, hyperv, TRUE);
  both = kvm_x86_cpuid_new ((const KvmX86CpuidEntry *) entries->data, entries->len, &error);
  g_assert_true (kvm_vcpu_x86_set_cpuid (guest->vcpu, both, &error));
  g_assert_no_error (error);
}

static void
test_hyperv_cpuid (void)
{
  g_autoptr (KvmMemory) tables = NULL;
  g_autoptr (KvmTestGuest) guest = LONG_GUEST (cpuid, &tables);
  g_autoptr (KvmX86Cpuid) of_vcpu = NULL;
  g_autoptr (GError) error = NULL;
  KvmX86Regs regs = get_regs (guest);
  KvmX86CpuidEntry entry;

  of_vcpu = kvm_vcpu_x86_get_supported_hv_cpuid (guest->vcpu, &error);
  g_assert_no_error (error);
  g_assert_true (kvm_x86_cpuid_find (of_vcpu, 0x40000001, 0, &entry));
  g_assert_cmphex (entry.eax, ==, 0x31237648); /* "Hv#1" */
  g_assert_true (kvm_x86_cpuid_find (of_vcpu, 0x40000000, 0, &entry));
  set_hyperv_cpuid (guest);
  regs.rax = 0x40000000;
  set_regs (guest, &regs);
  assert_output (guest, 0x61, entry.ebx);
}

/* A signal of the guest's is an eventfd's, without an exit; what nobody is connected to is one. */
#define HV_SIGNAL_EVENT 0x5d
#define HV_FAST 0x10000
#define HV_INVALID_CALL 3

static void
test_hyperv_signal (void)
{
  g_autoptr (KvmMemory) tables = NULL;
  g_autoptr (KvmTestGuest) guest = LONG_GUEST (hyperv, &tables);
  g_autoptr (GError) error = NULL;
  KvmX86Regs regs = get_regs (guest);
  int fd = eventfd (0, EFD_CLOEXEC | EFD_NONBLOCK);
  guint64 n = 0;

  set_hyperv_cpuid (guest);
  g_assert_true (kvm_vm_x86_add_hyperv_eventfd (guest->vm, 7, fd, &error));
  g_assert_no_error (error);
  g_assert_false (kvm_vm_x86_add_hyperv_eventfd (guest->vm, 7, fd, &error));
  kvm_test_assert_error (error, KVM_ERROR_EXISTS, "connection 0x7");
  regs.rcx = HV_SIGNAL_EVENT | HV_FAST;
  regs.rdx = 7;
  set_regs (guest, &regs);
  assert_output (guest, 0x61, 0);
  g_assert_cmpint (read (fd, &n, sizeof n), ==, sizeof n);
  g_assert_cmpuint (n, ==, 1);

  g_assert_true (kvm_vm_x86_remove_hyperv_eventfd (guest->vm, 7, &error));
  g_assert_no_error (error);
  assert_output (guest, 0x61, HV_INVALID_CALL);
  g_assert_cmpint (read (fd, &n, sizeof n), ==, -1);
  g_assert_false (kvm_vm_x86_remove_hyperv_eventfd (guest->vm, 7, &error));
  kvm_test_assert_error (error, KVM_ERROR_NOT_FOUND, "connection 0x7");
  close (fd);
}

/* A call of Hyper-V's that goes to the program: with the interrupt controller of Hyper-V, which
 * needs the local APIC in the kernel. */
static void
test_hyperv_exit (void)
{
  g_autoptr (KvmMemory) tables = NULL;
  g_autoptr (KvmTestGuest) guest = NULL;
  g_autoptr (KvmVcpu) vcpu = NULL;
  g_autoptr (KvmVm) vm = NULL;
  g_autofree guint64 *parameters = NULL;
  g_autoptr (GError) error = NULL;
  KvmX86Regs regs;
  gsize n;

  guest = LONG_GUEST (hyperv, &tables);
  vm = kvm_system_create_vm (guest->system, &error);
  g_assert_true (kvm_vm_x86_enable_split_irqchip (vm, 24, &error));
  g_object_unref (kvm_vm_add_memory (vm, 0, guest->memory, KVM_MEMORY_SLOT_FLAGS_NONE, &error));
  g_object_unref (
      kvm_vm_add_memory (vm, KVM_TEST_X86_TABLES, tables, KVM_MEMORY_SLOT_FLAGS_NONE, &error));
  vcpu = kvm_vm_create_vcpu (vm, 0, &error);
  g_assert_no_error (error);
  g_set_object (&guest->vcpu, vcpu);
  guest->exit = kvm_vcpu_get_exit (vcpu);
  set_hyperv_cpuid (guest);
  g_assert_true (kvm_vcpu_enable_capability (vcpu, KVM_CAPABILITY_HYPERV_SYNIC2, NULL, 0, &error));
  g_assert_true (kvm_vcpu_x86_setup_long_mode (vcpu, KVM_TEST_ENTRY, KVM_TEST_X86_TABLES, &error));
  g_assert_no_error (error);
  regs = get_regs (guest);
  regs.rsp = 0x7000;
  regs.rcx = HV_SIGNAL_EVENT | HV_FAST;
  regs.rdx = 9;
  regs.r8 = 0x1122334455667788;
  set_regs (guest, &regs);
  kvm_test_run (guest, KVM_EXIT_REASON_HYPERV);
  g_assert_cmpuint (kvm_exit_x86_get_hyperv_type (guest->exit), ==, 2);
  g_assert_cmphex (kvm_exit_x86_get_hyperv_input (guest->exit), ==, HV_SIGNAL_EVENT | HV_FAST);
  parameters = kvm_exit_x86_get_hyperv_parameters (guest->exit, &n);
  g_assert_cmpuint (n, ==, 2);
  g_assert_cmphex (parameters[0], ==, 9);
  g_assert_cmphex (parameters[1], ==, 0x1122334455667788);
  kvm_exit_set_result (guest->exit, 0x1234);
  assert_output (guest, 0x61, 0x1234);
}

#define HC_MAP_GPA_RANGE 12

static void
test_hypercall (void)
{
  static const guint64 calls[] = { 1 << HC_MAP_GPA_RANGE };
  g_autoptr (KvmMemory) tables = NULL;
  g_autoptr (KvmTestGuest) guest = LONG_GUEST (hypercall, &tables);
  g_autofree guint64 *arguments = NULL;
  g_autoptr (GError) error = NULL;
  KvmX86Regs regs = get_regs (guest);
  gsize n;

  g_assert_true (
      kvm_vm_enable_capability (guest->vm, KVM_CAPABILITY_EXIT_HYPERCALL, calls, 1, &error));
  g_assert_no_error (error);
  regs.rax = HC_MAP_GPA_RANGE;
  regs.rbx = 0x3000;
  regs.rcx = 2;
  regs.rdx = 0x10;
  set_regs (guest, &regs);
  kvm_test_run (guest, KVM_EXIT_REASON_HYPERCALL);
  g_assert_cmpuint (kvm_exit_get_hypercall_number (guest->exit), ==, HC_MAP_GPA_RANGE);
  arguments = kvm_exit_get_hypercall_arguments (guest->exit, &n);
  g_assert_cmpuint (n, >=, 3);
  g_assert_cmphex (arguments[0], ==, 0x3000);
  g_assert_cmphex (arguments[1], ==, 2);
  g_assert_cmphex (arguments[2], ==, 0x10);
  kvm_exit_set_result (guest->exit, 0x77);
  assert_output (guest, 0x61, 0x77);
}

/* The guest's calls go through the page that the kernel fills, and to the program. */
static void
enable_xen (KvmTestGuest *guest)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (kvm_vm_x86_set_xen_hvm_config (
      guest->vm, KVM_X86_XEN_HVM_FLAGS_INTERCEPT_HYPERCALLS, 0x40000000, NULL, NULL, &error));
  g_assert_no_error (error);
}

static void
test_xen_hypercall (void)
{
  g_autoptr (KvmMemory) tables = NULL;
  g_autoptr (KvmTestGuest) guest = LONG_GUEST (xen, &tables);
  g_autofree guint64 *parameters = NULL;
  KvmX86Regs regs = get_regs (guest);
  gsize n;

  enable_xen (guest);
  regs.rdi = 0x1111;
  regs.rsi = 0x2222;
  regs.rdx = 0x3333;
  set_regs (guest, &regs);
  kvm_test_run (guest, KVM_EXIT_REASON_XEN);
  g_assert_cmpuint (kvm_exit_x86_get_xen_type (guest->exit), ==, 1);
  g_assert_true (kvm_exit_x86_get_xen_long_mode (guest->exit));
  g_assert_cmpuint (kvm_exit_x86_get_xen_cpl (guest->exit), ==, 0);
  g_assert_cmpuint (kvm_exit_x86_get_xen_input (guest->exit), ==, 5);
  parameters = kvm_exit_x86_get_xen_parameters (guest->exit, &n);
  g_assert_cmpuint (n, ==, 6);
  g_assert_cmphex (parameters[0], ==, 0x1111);
  g_assert_cmphex (parameters[1], ==, 0x2222);
  g_assert_cmphex (parameters[2], ==, 0x3333);
  kvm_exit_set_result (guest->exit, 0x5678);
  assert_output (guest, 0x61, 0x5678);
}

static void
set_xen_of_vm (KvmTestGuest *guest, KvmX86XenAttribute *attribute)
{
  g_autoptr (GError) error = NULL;

  kvm_vm_x86_set_xen_attribute (guest->vm, attribute, &error);
  g_assert_no_error (error);
  kvm_x86_xen_attribute_free (attribute);
}

static void
set_xen_of_vcpu (KvmTestGuest *guest, KvmX86XenAttribute *attribute)
{
  g_autoptr (GError) error = NULL;

  kvm_vcpu_x86_set_xen_attribute (guest->vcpu, attribute, &error);
  g_assert_no_error (error);
  kvm_x86_xen_attribute_free (attribute);
}

static guint64
get_xen_of_vm (KvmTestGuest *guest, KvmX86XenVmAttributeType type)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (KvmX86XenAttribute) attribute = kvm_vm_x86_get_xen_attribute (guest->vm, type, &error);

  g_assert_no_error (error);
  return kvm_x86_xen_attribute_get_value (attribute);
}

static guint64
get_xen_of_vcpu (KvmTestGuest *guest, KvmX86XenVcpuAttributeType type)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (KvmX86XenAttribute) attribute
      = kvm_vcpu_x86_get_xen_attribute (guest->vcpu, type, &error);

  g_assert_no_error (error);
  return kvm_x86_xen_attribute_get_value (attribute);
}

static void
test_xen_attributes (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (halt);
  g_autoptr (KvmX86XenAttribute) runstate = NULL;
  g_autoptr (GError) error = NULL;
  guint64 entry_time, running, runnable, blocked, offline;

  enable_xen (guest);
  set_xen_of_vm (guest, kvm_x86_xen_attribute_new_long_mode (TRUE));
  g_assert_cmpuint (get_xen_of_vm (guest, KVM_X86_XEN_VM_ATTRIBUTE_TYPE_LONG_MODE), ==, 1);
  set_xen_of_vm (guest, kvm_x86_xen_attribute_new_shared_info (4));
  g_assert_cmpuint (get_xen_of_vm (guest, KVM_X86_XEN_VM_ATTRIBUTE_TYPE_SHARED_INFO), ==, 4);
  set_xen_of_vm (guest, kvm_x86_xen_attribute_new_upcall_vector (0x40));
  g_assert_cmpuint (get_xen_of_vm (guest, KVM_X86_XEN_VM_ATTRIBUTE_TYPE_UPCALL_VECTOR), ==, 0x40);
  set_xen_of_vm (guest, kvm_x86_xen_attribute_new_version (0x40011));
  g_assert_cmphex (get_xen_of_vm (guest, KVM_X86_XEN_VM_ATTRIBUTE_TYPE_VERSION), ==, 0x40011);
  set_xen_of_vm (guest, kvm_x86_xen_attribute_new_runstate_update (TRUE));
  g_assert_cmpuint (get_xen_of_vm (guest, KVM_X86_XEN_VM_ATTRIBUTE_TYPE_RUNSTATE_UPDATE), ==, 1);

  set_xen_of_vcpu (guest, kvm_x86_xen_attribute_new_vcpu_info (0x4000));
  g_assert_cmphex (get_xen_of_vcpu (guest, KVM_X86_XEN_VCPU_ATTRIBUTE_TYPE_VCPU_INFO), ==, 0x4000);
  set_xen_of_vcpu (guest, kvm_x86_xen_attribute_new_time_info (0x4100));
  g_assert_cmphex (get_xen_of_vcpu (guest, KVM_X86_XEN_VCPU_ATTRIBUTE_TYPE_TIME_INFO), ==, 0x4100);
  set_xen_of_vcpu (guest, kvm_x86_xen_attribute_new_vcpu_id (3));
  g_assert_cmpuint (get_xen_of_vcpu (guest, KVM_X86_XEN_VCPU_ATTRIBUTE_TYPE_VCPU_ID), ==, 3);
  set_xen_of_vcpu (guest, kvm_x86_xen_attribute_new_vcpu_upcall_vector (0x41));
  g_assert_cmphex (get_xen_of_vcpu (guest, KVM_X86_XEN_VCPU_ATTRIBUTE_TYPE_UPCALL_VECTOR), ==,
                   0x41);

  /* The time of each state is kept where the guest looks, and told here. */
  set_xen_of_vcpu (guest, kvm_x86_xen_attribute_new_runstate_address (0x4200));
  g_assert_cmphex (get_xen_of_vcpu (guest, KVM_X86_XEN_VCPU_ATTRIBUTE_TYPE_RUNSTATE_ADDRESS), ==,
                   0x4200);
  kvm_test_run (guest, KVM_EXIT_REASON_HLT);
  runstate = kvm_vcpu_x86_get_xen_attribute (guest->vcpu,
                                             KVM_X86_XEN_VCPU_ATTRIBUTE_TYPE_RUNSTATE_DATA, &error);
  g_assert_no_error (error);
  g_assert_true (kvm_x86_xen_attribute_get_runstate (runstate, &entry_time, &running, &runnable,
                                                     &blocked, &offline));
  g_assert_cmpuint (entry_time, >, 0);
  g_assert_cmpuint (running + runnable + blocked + offline, ==, entry_time);
}

/* An event that the program sends is pending in the guest's page, unless the guest has masked it.
 */
#define SHARED_INFO 0x4000
#define PENDING 0x800 /* for 64-bit guests */
#define MASKED 0xa00

static void
test_xen_event (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (halt);
  g_autoptr (GError) error = NULL;
  guint64 word;

  enable_xen (guest);
  set_xen_of_vm (guest, kvm_x86_xen_attribute_new_long_mode (TRUE));
  set_xen_of_vm (guest, kvm_x86_xen_attribute_new_shared_info (SHARED_INFO >> 12));
  set_xen_of_vcpu (guest, kvm_x86_xen_attribute_new_vcpu_info (SHARED_INFO));
  g_assert_true (kvm_vm_x86_send_xen_event (guest->vm, 5, 0, &error));
  g_assert_no_error (error);
  kvm_test_read (guest, SHARED_INFO + PENDING, &word, sizeof word);
  g_assert_cmphex (word, ==, 1 << 5);
  kvm_test_run (guest, KVM_EXIT_REASON_HLT);
  kvm_test_read (guest, SHARED_INFO, &word, sizeof word); /* that something is pending, and where */
  g_assert_cmphex (word & 0xff, ==, 1);

  g_assert_false (kvm_vm_x86_send_xen_event (guest->vm, 4096, 0, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID_ARGUMENT, "port 4096, vCPU 0");
}

/* One that the guest sends goes where the program has said, without an exit. */
#define EVTCHNOP_SEND 4
#define HYPERVISOR_EVENT_CHANNEL_OP 32

static void
test_xen_event_of_guest (void)
{
  g_autoptr (KvmMemory) tables = NULL;
  g_autoptr (KvmTestGuest) guest = LONG_GUEST (hypercall, &tables);
  g_autoptr (GError) error = NULL;
  KvmX86Regs regs = get_regs (guest);
  int fd = eventfd (0, EFD_CLOEXEC | EFD_NONBLOCK);
  guint64 n = 0;

  g_assert_true (kvm_vm_x86_set_xen_hvm_config (guest->vm,
                                                KVM_X86_XEN_HVM_FLAGS_INTERCEPT_HYPERCALLS
                                                    | KVM_X86_XEN_HVM_FLAGS_EVENT_CHANNEL_SEND,
                                                0x40000000, NULL, NULL, &error));
  g_assert_no_error (error);
  set_xen_of_vm (guest, kvm_x86_xen_attribute_new_long_mode (TRUE));
  set_xen_of_vm (guest, kvm_x86_xen_attribute_new_event_to_eventfd (9, 2, fd));
  kvm_test_write (guest, 0x3000, (const guint32[]){ 9 }, 4);
  regs.rax = HYPERVISOR_EVENT_CHANNEL_OP;
  regs.rdi = EVTCHNOP_SEND;
  regs.rsi = 0x3000;
  set_regs (guest, &regs);
  assert_output (guest, 0x61, 0);
  g_assert_cmpint (read (fd, &n, sizeof n), ==, sizeof n);
  g_assert_cmpuint (n, ==, 1);

  /* What goes nowhere is the program's. */
  set_xen_of_vm (guest, kvm_x86_xen_attribute_new_event_removed (9));
  set_regs (guest, &regs);
  kvm_test_run (guest, KVM_EXIT_REASON_XEN);
  g_assert_cmpuint (kvm_exit_x86_get_xen_input (guest->exit), ==, HYPERVISOR_EVENT_CHANNEL_OP);
  close (fd);
}

int
main (int argc, char **argv)
{
  kvm_test_init (&argc, &argv);
  kvm_test_add ("/x86-amd/smi", test_smi);
  kvm_test_add ("/x86-amd/triple-fault", test_triple_fault);
  kvm_test_add ("/x86-amd/paging", test_paging);
  kvm_test_add ("/x86-amd/pae-paging", test_pae_paging);
  kvm_test_add ("/x86-amd/live-sse", test_live_sse);
  kvm_test_add ("/x86-amd/nested", test_nested);
  kvm_test_add ("/x86-amd/hyperv-cpuid", test_hyperv_cpuid);
  kvm_test_add ("/x86-amd/hyperv-signal", test_hyperv_signal);
  kvm_test_add ("/x86-amd/hyperv-exit", test_hyperv_exit);
  kvm_test_add ("/x86-amd/hypercall", test_hypercall);
  kvm_test_add ("/x86-amd/xen-hypercall", test_xen_hypercall);
  kvm_test_add ("/x86-amd/xen-attributes", test_xen_attributes);
  kvm_test_add ("/x86-amd/xen-event", test_xen_event);
  kvm_test_add ("/x86-amd/xen-event-of-guest", test_xen_event_of_guest);
  return g_test_run ();
}
