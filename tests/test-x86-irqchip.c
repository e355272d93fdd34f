/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The interrupt controllers and the timer of a PC: what a guest did to them is read, and what is
 * set is what a guest meets. */

#include "interrupted-guest.h"

static KvmX86PicState
get_pic (KvmTestGuest *guest, KvmX86IrqchipId id)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (KvmX86Irqchip) irqchip = kvm_vm_x86_get_irqchip (guest->vm, id, &error);
  KvmX86PicState pic;

  g_assert_no_error (error);
  g_assert_cmpuint (kvm_x86_irqchip_get_id (irqchip), ==, id);
  g_assert_true (kvm_x86_irqchip_get_pic (irqchip, &pic, &error));
  return pic;
}

/* What the guest set up is read, and what is set is where its interrupts come from. */
static void
test_pics (void)
{
  g_autoptr (KvmTestGuest) guest = guest_new (SET_PICS_UP | BEGIN_OFF | END_AT_PIC, 0xdf);
  g_autoptr (KvmX86Irqchip) irqchip = NULL;
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;
  KvmX86PicState pic;

  assert_idle (guest);
  pulse (guest, 5);
  pic = get_pic (guest, KVM_X86_IRQCHIP_ID_PIC_MASTER);
  g_assert_cmphex (pic.irq_base, ==, 0x20);
  g_assert_cmphex (pic.imr, ==, 0xdf);
  g_assert_cmphex (pic.irr, ==, 1 << 5);
  g_assert_cmphex (pic.isr, ==, 0);
  g_assert_cmphex (get_pic (guest, KVM_X86_IRQCHIP_ID_PIC_SLAVE).irq_base, ==, 0x28);

  irqchip = kvm_vm_x86_get_irqchip (guest->vm, KVM_X86_IRQCHIP_ID_PIC_MASTER, &error);
  text = kvm_x86_irqchip_to_string (irqchip);
  g_assert_cmpstr (text, ==, "master PIC: irr=20 imr=df isr=00 base=20 elcr=00");
  pic.irq_base = 0x30;
  g_assert_true (kvm_x86_irqchip_set_pic (irqchip, &pic, &error));
  g_assert_true (kvm_vm_x86_set_irqchip (guest->vm, irqchip, &error));
  g_assert_no_error (error);
  kvm_memory_fill (guest->memory, 0x2003, 1, 1, &error);
  assert_takes (guest, 0x35);
}

static void
test_ioapic (void)
{
  g_autoptr (KvmTestGuest) guest = guest_new (END_AT_LAPIC, 0);
  g_autoptr (KvmX86Irqchip) irqchip = NULL;
  g_autoptr (KvmX86Irqchip) after = NULL;
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;
  guint64 entry;

  assert_idle (guest);
  set_lapic (guest, SVR, 0x1ff);
  irqchip = kvm_vm_x86_get_irqchip (guest->vm, KVM_X86_IRQCHIP_ID_IOAPIC, &error);
  g_assert_no_error (error);
  g_assert_cmphex (kvm_x86_irqchip_get_ioapic_address (irqchip), ==, 0xfec00000);
  g_assert_cmpuint (kvm_x86_irqchip_get_ioapic_register (irqchip), ==, 0);
  g_assert_cmpuint (kvm_x86_irqchip_get_ioapic_id (irqchip), ==, 0);
  g_assert_cmpuint (kvm_x86_irqchip_get_ioapic_irr (irqchip), ==, 0);
  kvm_x86_irqchip_get_redirection (irqchip, 20, &entry, &error);
  g_assert_cmphex (entry, ==, 1 << 16);
  pulse (guest, 20);
  assert_idle (guest);

  kvm_x86_irqchip_set_redirection (irqchip, 20, 0x33, &error);
  kvm_x86_irqchip_set_redirection (irqchip, 23, G_GUINT64_CONSTANT (0x0300000000018834), &error);
  g_assert_true (kvm_vm_x86_set_irqchip (guest->vm, irqchip, &error));
  g_assert_no_error (error);
  pulse (guest, 20);
  assert_takes (guest, 0x33);

  after = kvm_vm_x86_get_irqchip (guest->vm, KVM_X86_IRQCHIP_ID_IOAPIC, &error);
  kvm_x86_irqchip_get_redirection (after, 23, &entry, &error);
  g_assert_cmphex (entry, ==, G_GUINT64_CONSTANT (0x0300000000018834));
  text = kvm_x86_irqchip_to_string (after);
  g_assert_nonnull (strstr (text, "I/O APIC: id=00 irr=000000 at fec00000\npin  0: "));
  g_assert_nonnull (strstr (text, "\npin 20: vector=33 fixed edge to 00\n"));
  g_assert_nonnull (strstr (text, "\npin 23: vector=34 fixed level to logical 03 masked"));
}

static void
test_lapic (void)
{
  g_autoptr (KvmTestGuest) guest
      = kvm_test_guest_new_with_irqchip (guest_priority, guest_priority_end);
  g_autoptr (KvmX86Lapic) lapic = NULL;
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;

  configure (guest, END_AT_LAPIC, 0, 0);
  g_assert_cmphex (get_lapic (guest, TPR), ==, 0);
  g_assert_cmphex (run (guest), ==, 0x40);
  g_assert_cmphex (get_lapic (guest, TPR), ==, 0x40);

  set_lapic (guest, TPR, 0x20);
  set_lapic (guest, SVR, 0x1ff);
  send_msi (guest, MSI_ADDRESS, 0x31);
  lapic = kvm_vcpu_x86_get_lapic (guest->vcpu, &error);
  text = kvm_x86_lapic_to_string (lapic);
  g_assert_nonnull (strstr (text, " tpr=00000020 "));
  g_assert_nonnull (strstr (text, " svr=000001ff\n"));
  g_assert_nonnull (strstr (text, " isr=[] irr=[31]"));
}

static void
test_values (void)
{
  g_autoptr (KvmTestGuest) guest = guest_new (0, 0);
  g_autoptr (GError) error = NULL;
  g_autoptr (KvmX86Irqchip) pic
      = kvm_vm_x86_get_irqchip (guest->vm, KVM_X86_IRQCHIP_ID_PIC_SLAVE, &error);
  g_autoptr (KvmX86Irqchip) ioapic
      = kvm_vm_x86_get_irqchip (guest->vm, KVM_X86_IRQCHIP_ID_IOAPIC, &error);
  g_autoptr (KvmX86Lapic) lapic = kvm_vcpu_x86_get_lapic (guest->vcpu, &error);
  g_autoptr (KvmX86PitState) pit = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GBytes) few = g_bytes_new_static ("1234", 4);
  g_autofree guint8 *data = NULL;
  KvmX86PitChannel channel = { .count = 7 };
  KvmX86PicState state;
  guint64 entry = 1;
  guint32 value = 1;

  g_assert_no_error (error);
  g_assert_true (kvm_vm_x86_create_pit (guest->vm, 0, &error));
  pit = kvm_vm_x86_get_pit (guest->vm, &error);
  g_assert_no_error (error);

#define TEST_BYTES(type, self, size)                                                               \
  G_STMT_START                                                                                     \
  {                                                                                                \
    g_autoptr (GBytes) all = kvm_x86_##type##_to_bytes (self);                                     \
    __typeof__ (self) again = kvm_x86_##type##_new_from_bytes (all, &error);                       \
    g_assert_no_error (error);                                                                     \
    g_assert_cmpuint (g_bytes_get_size (all), ==, size);                                           \
    g_assert_true (kvm_x86_##type##_equal (self, again));                                          \
    kvm_x86_##type##_free (again);                                                                 \
    g_assert_null (kvm_x86_##type##_new_from_bytes (few, &error));                                 \
    kvm_test_assert_error (error, KVM_ERROR_INVALID, #size " bytes, not 4");                       \
  }                                                                                                \
  G_STMT_END
  TEST_BYTES (irqchip, pic, 520);
  TEST_BYTES (irqchip, ioapic, 520);
  TEST_BYTES (lapic, lapic, 1024);
  TEST_BYTES (pit_state, pit, 112);
  g_assert_false (kvm_x86_irqchip_equal (pic, ioapic));

  data = g_malloc0 (520);
  data[0] = 3;
  bytes = g_bytes_new_static (data, 520);
  g_assert_null (kvm_x86_irqchip_new_from_bytes (bytes, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID, "There is no interrupt controller 3");
  g_assert_false (kvm_x86_irqchip_get_pic (ioapic, &state, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID, "the I/O APIC, not of a PIC");
  g_assert_false (kvm_x86_irqchip_set_pic (ioapic, &state, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID, "the I/O APIC, not of a PIC");
  g_assert_false (kvm_x86_irqchip_get_redirection (pic, 0, &entry, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID, "a PIC, not of the I/O APIC");
  g_assert_cmphex (entry, ==, 0);
  g_assert_false (kvm_x86_irqchip_set_redirection (ioapic, 24, 0, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID, "pins 0 to 23, not 24");
  g_assert_false (kvm_x86_lapic_get_register (lapic, 0x84, &value, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID, "up to 0x3f0, not at 0x84");
  g_assert_cmphex (value, ==, 0);
  g_assert_false (kvm_x86_lapic_set_register (lapic, 0x400, 0, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID, "up to 0x3f0, not at 0x400");
  g_assert_false (kvm_x86_pit_state_get_channel (pit, 3, &channel, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID, "channels 0 to 2, not 3");
  g_assert_cmpuint (channel.count, ==, 0);
  g_assert_false (kvm_x86_pit_state_set_channel (pit, 3, &channel, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID, "channels 0 to 2, not 3");
  kvm_x86_pit_state_set_flags (pit, 2);
  g_assert_cmphex (kvm_x86_pit_state_get_flags (pit), ==, 2);
}

/* A hundred times a second, in a guest that sets the timer up itself. */
static void
test_timer (void)
{
  g_autoptr (KvmTestGuest) guest
      = kvm_test_guest_new_with_irqchip (guest_vectors, guest_vectors_end);
  g_autoptr (KvmX86PitState) pit = NULL;
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;
  KvmX86PitChannel channel;

  configure (guest, SET_PICS_UP | START_TIMER | END_AT_PIC, 0xfe, 11932);
  kvm_vm_x86_create_pit (guest->vm, 0, &error);
  g_assert_no_error (error);
  g_assert_cmphex (run (guest), ==, IDLE);
  kvm_memory_fill (guest->memory, 0x2001, 1, 1, &error); /* halted between the ticks */
  for (guint n_ticks = 0; n_ticks < 5;)
    if (run (guest) != IDLE)
      {
        g_assert_cmphex (kvm_exit_get_value (guest->exit), ==, 0x20);
        n_ticks++;
      }

  pit = kvm_vm_x86_get_pit (guest->vm, &error);
  g_assert_no_error (error);
  g_assert_true (kvm_x86_pit_state_get_channel (pit, 0, &channel, &error));
  g_assert_cmpuint (channel.count, ==, 11932);
  g_assert_cmpuint (channel.mode, ==, 2);
  g_assert_cmpuint (channel.rw_mode, ==, 3);
  text = kvm_x86_pit_state_to_string (pit);
  g_assert_nonnull (strstr (text, "\nchannel 0: mode=2 count=11932 gate=1 rw=3 loaded="));
}

/* The same timer, set up from outside. */
static void
test_set_timer (void)
{
  g_autoptr (KvmTestGuest) guest = guest_new (SET_PICS_UP | END_AT_PIC, 0xfe);
  g_autoptr (KvmX86PitState) pit = NULL;
  g_autoptr (GError) error = NULL;
  KvmX86PitChannel channel;

  kvm_vm_x86_create_pit (guest->vm, 0, &error);
  pit = kvm_vm_x86_get_pit (guest->vm, &error);
  g_assert_no_error (error);
  kvm_x86_pit_state_get_channel (pit, 0, &channel, &error);
  channel.mode = 2;
  channel.rw_mode = 3;
  channel.count = 11932;
  g_assert_true (kvm_x86_pit_state_set_channel (pit, 0, &channel, &error));
  g_assert_true (kvm_vm_x86_set_pit (guest->vm, pit, &error));
  g_assert_no_error (error);
  for (guint n_ticks = 0; n_ticks < 3;)
    if (run (guest) != IDLE)
      {
        g_assert_cmphex (kvm_exit_get_value (guest->exit), ==, 0x20);
        n_ticks++;
      }
}

#define PERIOD 10000 /* microseconds, a count of 11932 */

/* How many ticks the guest gets, and how many periods went by, when it could take none for ten of
 * them. It goes on until four came in less than a period, as they do only if what was late is made
 * up for; or else until five came. */
static void
run_late (gboolean reinject, guint *n_ticks, guint *n_periods)
{
  gint64 times[4] = { 0 }; /* of the last ticks */
  g_autoptr (KvmTestGuest) guest
      = kvm_test_guest_new_with_irqchip (guest_vectors, guest_vectors_end);
  g_autoptr (GError) error = NULL;
  gint64 start, now;

  configure (guest, SET_PICS_UP | START_TIMER | BEGIN_OFF | END_AT_PIC, 0xfe, 11932);
  kvm_vm_x86_create_pit (guest->vm, 0, &error);
  g_assert_no_error (error);
  g_assert_true (kvm_vm_x86_set_pit_reinject (guest->vm, reinject, &error));
  g_assert_no_error (error);

  g_assert_cmphex (run (guest), ==, IDLE); /* the timer counts by now */
  start = g_get_monotonic_time ();
  while (g_get_monotonic_time () - start < 10 * PERIOD)
    g_assert_cmphex (run (guest), ==, IDLE);
  kvm_memory_fill (guest->memory, 0x2003, 1, 1, &error);

  *n_ticks = 0;
  do
    {
      gboolean is_tick = run (guest) != IDLE;

      now = g_get_monotonic_time ();
      *n_periods = (now - start) / PERIOD;
      if (is_tick)
        times[(*n_ticks)++ % G_N_ELEMENTS (times)] = now;
    }
  while (reinject ? now - times[*n_ticks % G_N_ELEMENTS (times)] >= PERIOD : *n_ticks < 5);
}

static void
test_reinject (void)
{
  guint n_ticks, n_periods;

  run_late (TRUE, &n_ticks, &n_periods);
  run_late (FALSE, &n_ticks, &n_periods);
  g_assert_cmpuint (n_ticks + 7, <=, n_periods); /* ten were late, of which one is left */
}

static void
test_boot_cpu_id (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (KvmSystem) system = kvm_system_new (&error);
  g_autoptr (KvmVm) vm = kvm_system_create_vm (system, &error);
  KvmVcpu *vcpus[2];

  g_assert_true (kvm_vm_create_irqchip (vm, &error));
  g_assert_true (kvm_vm_x86_set_boot_cpu_id (vm, 1, &error));
  for (guint i = 0; i < 2; i++)
    {
      KvmX86Sregs sregs;
      KvmVcpuState state;

      vcpus[i] = kvm_vm_create_vcpu (vm, i, &error);
      g_assert_no_error (error);
      kvm_vcpu_get_mp_state (vcpus[i], &state, &error);
      g_assert_cmpuint (state, ==, i == 1 ? KVM_VCPU_STATE_RUNNABLE : KVM_VCPU_STATE_UNINITIALIZED);
      kvm_vcpu_x86_get_sregs (vcpus[i], &sregs, &error);
      g_assert_cmphex (sregs.apic_base & 0x100, ==, i == 1 ? 0x100 : 0);
    }
  g_assert_no_error (error);
  g_assert_false (kvm_vm_x86_set_boot_cpu_id (vm, 0, &error));
  kvm_test_assert_error (error, KVM_ERROR_BUSY, "before the first vCPU");
  for (guint i = 0; i < 2; i++)
    g_object_unref (vcpus[i]);
}

int
main (int argc, char **argv)
{
  kvm_test_init (&argc, &argv);

  kvm_test_add ("/x86-irqchip/pics", test_pics);
  kvm_test_add ("/x86-irqchip/ioapic", test_ioapic);
  kvm_test_add ("/x86-irqchip/lapic", test_lapic);
  kvm_test_add ("/x86-irqchip/values", test_values);
  kvm_test_add ("/x86-irqchip/timer", test_timer);
  kvm_test_add ("/x86-irqchip/set-timer", test_set_timer);
  kvm_test_add ("/x86-irqchip/reinject", test_reinject);
  kvm_test_add ("/x86-irqchip/boot-cpu-id", test_boot_cpu_id);
  return g_test_run ();
}
