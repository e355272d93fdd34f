/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "x86-guest.h"

KVM_TEST_DECLARE_GUEST (service);
KVM_TEST_DECLARE_GUEST (virtualized);

/* A guest whose CPUID is the host's, with more bits in CR4. */
KvmTestGuest *
kvm_test_x86_guest_new (const guint8 *code, gsize size, guint64 cr4)
{
  KvmTestGuest *self = kvm_test_guest_new (code, code + size);
  g_autoptr (KvmX86Cpuid) cpuid = NULL;
  g_autoptr (GError) error = NULL;
  KvmX86Sregs sregs;

  cpuid = kvm_system_x86_get_supported_cpuid (self->system, &error);
  g_assert_true (kvm_vcpu_x86_set_cpuid (self->vcpu, cpuid, &error));
  g_assert_true (kvm_vcpu_x86_get_sregs (self->vcpu, &sregs, &error));
  sregs.cr4 |= cr4;
  g_assert_true (kvm_vcpu_x86_set_sregs (self->vcpu, &sregs, &error));
  g_assert_no_error (error);
  return self;
}

void
kvm_test_read (KvmTestGuest *guest, guint64 address, gpointer data, gsize size)
{
  g_autoptr (GError) error = NULL;

  kvm_memory_read (guest->memory, address, data, size, &error);
  g_assert_no_error (error);
}

void
kvm_test_write (KvmTestGuest *guest, guint64 address, gconstpointer data, gsize size)
{
  g_autoptr (GError) error = NULL;

  kvm_memory_write (guest->memory, address, data, size, &error);
  g_assert_no_error (error);
}

#define N_TABLE_BYTES 0x7000

/* The guest and room for its tables, which are made. */
KvmTestGuest *
kvm_test_x86_long_guest_new (const guint8 *code, gsize size, KvmMemory **tables)
{
  KvmTestGuest *self = kvm_test_x86_guest_new (code, size, 0);
  g_autoptr (KvmMemorySlot) slot = NULL;
  g_autoptr (GError) error = NULL;
  KvmX86Regs regs;

  *tables = kvm_memory_new (N_TABLE_BYTES, &error);
  slot = kvm_vm_add_memory (self->vm, KVM_TEST_X86_TABLES, *tables, KVM_MEMORY_SLOT_FLAGS_NONE,
                            &error);
  g_assert_true (
      kvm_vcpu_x86_setup_long_mode (self->vcpu, KVM_TEST_ENTRY, KVM_TEST_X86_TABLES, &error));
  g_assert_no_error (error);
  kvm_vcpu_x86_get_regs (self->vcpu, &regs, &error);
  regs.rsp = 0x7000;
  kvm_vcpu_x86_set_regs (self->vcpu, &regs, &error);
  g_assert_no_error (error);
  return self;
}

/* The block that VMRUN enters a guest with; the offsets are those of AMD's manual. */
void
kvm_test_x86_write_vmcb (KvmTestGuest *guest)
{
  guint8 vmcb[0x1000] = { 0 };
  guint8 *state = vmcb + 0x400;

#define PUT(base, offset, type, value) (*(type *) ((base) + (offset)) = (value))
  PUT (vmcb, 0x00c, guint32, 1 << 24); /* HLT is an exit */
  PUT (vmcb, 0x010, guint32, 1);       /* so is VMRUN, which must be */
  PUT (vmcb, 0x058, guint32, 1);       /* its number */
  for (guint segment = 0; segment < 10; segment++)
    {
      static const guint16 types[10] = { 0x93, 0x9b, 0x93, 0x93, 0x93, 0x93, 0, 0x82, 0, 0x8b };

      PUT (state, segment * 16 + 2, guint16, types[segment]);
      PUT (state, segment * 16 + 4, guint32, 0xffff);
    }
  PUT (state, 0x0d0, guint64, 0x1000); /* EFER */
  PUT (state, 0x158, guint64, 0x10);   /* CR0 */
  PUT (state, 0x160, guint64, 0x400);  /* DR7 */
  PUT (state, 0x168, guint64, 0xffff0ff0);
  PUT (state, 0x170, guint64, 2); /* RFLAGS */
  PUT (state, 0x178, guint64, 0x2000);
  PUT (state, 0x1d8, guint64, 0x3000);                                  /* RSP */
  PUT (state, 0x268, guint64, G_GUINT64_CONSTANT (0x0007040600070406)); /* PAT */
#undef PUT
  kvm_test_write (guest, KVM_TEST_X86_VMCB, vmcb, sizeof vmcb);
  kvm_test_write (guest, 0x2000, guest_virtualized, guest_virtualized_end - guest_virtualized);
}

/* In the file that a state is kept in, and out of it. */
static GVariant *
read_again (GVariant *state)
{
  g_autoptr (GBytes) bytes = kvm_state_to_bytes (state);
  g_autoptr (GError) error = NULL;
  GVariant *again = kvm_state_from_bytes (bytes, &error);

  g_assert_no_error (error);
  return again;
}

static GVariant *
save (KvmVm *vm)
{
  g_autoptr (GError) error = NULL;
  GVariant *state = kvm_vm_save_state (vm, NULL, &error);

  g_assert_no_error (error);
  return state;
}

void
kvm_test_x86_move (KvmTestGuest **guest, KvmTestGuest *next)
{
  kvm_test_x86_move_with (guest, next, NULL);
}

void
kvm_test_x86_move_with (KvmTestGuest **guest, KvmTestGuest *next, const char *changed)
{
  g_autoptr (GVariant) state = save ((*guest)->vm);
  g_autoptr (GVariant) again = read_again (state);
  g_autoptr (GVariant) now = NULL;
  g_autofree guint8 *memory = g_malloc (0x8000);
  g_auto (GStrv) differences = NULL;
  g_autoptr (GError) error = NULL;

  kvm_test_read (*guest, 0, memory, 0x8000);
  kvm_test_write (next, 0, memory, 0x8000);
  kvm_test_guest_free (*guest);
  *guest = next;

  kvm_vm_restore_state (next->vm, again, &error);
  g_assert_no_error (error);
  now = save (next->vm);
  differences = kvm_state_compare (state, now);
  g_assert_cmpstr (differences[0], ==, changed);
  g_assert_true (changed == NULL || differences[1] == NULL);
}

#define VECTOR 0x40
#define MSI_ADDRESS 0xfee00000

KvmTestGuest *
kvm_test_x86_service_guest_new (void)
{
  return kvm_test_guest_new_with_irqchip (guest_service, guest_service_end);
}

static void
give_x2apic (KvmTestGuest *guest)
{
  g_autoptr (KvmX86Cpuid) cpuid = NULL;
  g_autoptr (KvmX86Cpuid) edited = NULL;
  g_autoptr (GError) error = NULL;
  KvmX86CpuidEntry entry;

  cpuid = kvm_system_x86_get_supported_cpuid (guest->system, &error);
  g_assert_true (kvm_x86_cpuid_find (cpuid, 1, 0, &entry));
  entry.ecx |= 1u << 21;
  edited = kvm_x86_cpuid_with_entry (cpuid, &entry, &error);
  g_assert_true (kvm_vcpu_x86_set_cpuid (guest->vcpu, edited, &error));
  g_assert_no_error (error);
}

gboolean
kvm_test_x86_has_vector (KvmTestGuest *guest, guint where)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (KvmX86Lapic) lapic = kvm_vcpu_x86_get_lapic (guest->vcpu, &error);
  guint32 value;

  g_assert_true (kvm_x86_lapic_get_register (lapic, where + VECTOR / 32 * 0x10, &value, &error));
  g_assert_no_error (error);
  return (value >> VECTOR % 32 & 1) != 0;
}

static gpointer
run_until_kicked (gpointer data)
{
  KvmTestGuest *guest = data;

  kvm_test_run (guest, KVM_EXIT_REASON_INTERRUPTED);
  return NULL;
}

static guint
get_mp_state (KvmTestGuest *guest)
{
  g_autoptr (GError) error = NULL;
  guint state;

  kvm_vcpu_get_raw_mp_state (guest->vcpu, &state, &error);
  g_assert_no_error (error);
  return state;
}

void
kvm_test_x86_run_to (KvmTestGuest *guest, guint port, guint count)
{
  kvm_test_run (guest, KVM_EXIT_REASON_IO);
  g_assert_cmphex (kvm_exit_get_address (guest->exit), ==, port);
  g_assert_cmpuint (kvm_exit_get_value (guest->exit), ==, count);
}

/* It is moved when it has halted, and an interrupt that comes where it was moved to wakes it. */
KvmTestGuest *
kvm_test_x86_run_to_service (void)
{
  KvmTestGuest *guest = kvm_test_x86_service_guest_new ();
  g_autoptr (GError) error = NULL;
  guint n;

  give_x2apic (guest);
  do
    {
      GThread *thread = g_thread_new ("vcpu", run_until_kicked, guest);

      kvm_test_wait_until_running (guest->vcpu);
      g_usleep (1000);
      kvm_vcpu_kick (guest->vcpu);
      g_thread_join (thread);
    }
  while (get_mp_state (guest) != KVM_VCPU_STATE_HALTED);
  kvm_test_x86_move (&guest, kvm_test_x86_service_guest_new ());
  g_assert_cmpuint (get_mp_state (guest), ==, KVM_VCPU_STATE_HALTED);

  g_assert_true (
      kvm_vm_signal_msi (guest->vm, MSI_ADDRESS, VECTOR, KVM_MSI_FLAGS_NONE, 0, &n, &error));
  g_assert_no_error (error);
  kvm_test_x86_run_to (guest, 0x65, 1);
  return guest;
}
