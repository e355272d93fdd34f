/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* hostile-guest [EXITS [SEED]]: guests that do whatever they can, instructions at random among
 * them, until they have made so many exits. Each has another seed, and is the same each time but
 * for the moment when it is kicked. The process has to stay up, and hold no more at the end. */

#include "footprint.h"
#include "kvm-test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define N_DEFAULT 1000000
#define N_LIVES 16              /* of each virtual machine */
#define N_EXITS 400             /* of each life that are delivered, at most */
#define MEMORY_SIZE 0x8000      /* that of a KvmTestGuest, at 0 */
#define ISLAND 0xa000           /* a page alone, with MMIO before and after it */
#define ROM 0xc000              /* a page that is not written to */
#define TABLES 0x100000         /* for protected and long mode */
#define TICK 3000               /* µs between the kicks */
#define PATIENCE 30             /* seconds in which nothing happens */
#define N_WARM_UP 40            /* virtual machines before what is held is looked at */
#define STRESSED_PORT 0x10      /* to 0x1f */
#define STRESSED_ADDRESS 0xb000 /* to 0xb00f, between memory and memory */

static gint n_exits; /* those that are delivered, and those on the bus */

/* A device that trusts the bus, and counts. */

#define HOSTILE_TYPE_DEVICE (hostile_device_get_type ())
G_DECLARE_FINAL_TYPE (HostileDevice, hostile_device, HOSTILE, DEVICE, GObject)

struct _HostileDevice
{
  GObject parent_instance;
};

static void
check_access (guint64 offset, guint size)
{
  g_assert_true (size >= 1 && size <= 8 && offset < 16 && size <= 16 - offset);
  g_atomic_int_inc (&n_exits);
}

static guint64
hostile_device_read (KvmIoDevice *device, guint64 offset, guint size)
{
  check_access (offset, size);
  return offset * G_GUINT64_CONSTANT (0x0123456789abcdef);
}

static gboolean
hostile_device_write (KvmIoDevice *device, guint64 offset, guint size, guint64 value)
{
  check_access (offset, size);
  return value % 256 == 0x42;
}

static void
hostile_device_iface_init (KvmIoDeviceInterface *iface)
{
  iface->read = hostile_device_read;
  iface->write = hostile_device_write;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (HostileDevice, hostile_device, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (KVM_TYPE_IO_DEVICE,
                                                      hostile_device_iface_init))

static void
hostile_device_class_init (HostileDeviceClass *klass)
{
}

static void
hostile_device_init (HostileDevice *self)
{
}

/* Instructions. A 'b' is a byte at random, 'p' a port and 'a' an address that is worth trying, of
 * 16 bits. */
static const char *const instructions[] = {
  "ba p",
  "b8 a 8e d8",
  "b8 a 8e c0",
  "be a",
  "bf a",
  "b9 b 00",
  "b9 b b", /* loads */
  "e4 b",
  "e5 b",
  "e6 b",
  "e7 b",
  "66 e5 b",
  "66 e7 b", /* ports */
  "ec",
  "ed",
  "ee",
  "ef",
  "66 ed",
  "66 ef", /* port dx */
  "f3 6c",
  "f3 6d",
  "f3 66 6d",
  "f3 6e",
  "f3 6f",
  "f3 66 6f", /* their strings */
  "f2 67 f3 6c",
  "fc",
  "fd",
  "67 66 f3 6d",
  "a0 a",
  "a1 a",
  "a2 a",
  "a3 a",
  "66 a1 a",
  "66 a3 a", /* memory */
  "fe 06 a",
  "ff 06 a",
  "66 ff 06 a",
  "86 06 a",
  "66 87 06 a",
  "f0 ff 06 a",
  "66 c7 06 a b b b b",
  "0f c7 0e a",
  "66 0f b1 06 a",
  "0f 6f 06 a",
  "0f 7f 06 a",
  "0f 10 06 a",
  "0f 11 06 a",
  "db 2e a",
  "db 3e a",
  "ff 36 a",
  "8f 06 a",
  "ff 16 a",
  "f3 a4",
  "f3 a5",
  "f3 66 a5",
  "f3 aa",
  "f3 ab",
  "f3 a6",
  "f3 ae",
  "bc a",
  "8e d0",
  "60",
  "61",
  "cd b",
  "cc",
  "ce",
  "cf",
  "9c",
  "9d",
  "fa",
  "fb",
  "f4",
  "0f 0b", /* events */
  "0f 01 c1",
  "0f 01 d9",
  "0f 01 c8",
  "0f 01 f9",
  "0f a2",
  "0f 30",
  "0f 31",
  "0f 32",
  "66 b9 b b 00 c0",
  "66 b9 b b 00 00",
  "66 b9 b b 00 40", /* MSRs */
  "0f 20 b",
  "0f 22 b",
  "0f 21 b",
  "0f 23 b",
  "0f 06",
  "0f 08",
  "0f 09",
  "0f 01 16 a",
  "0f 01 1e a",
  "0f 01 36 a",
  "0f 01 06 a",
  "0f 01 3e a",
  "0f 00 16 a", /* tables */
  "ea a 00 00",
  "eb b",
  "e9 a",
  "e8 a",
  "c3",
  "e2 b",
  "b b b",
};

static guint16
pick_port (GRand *rand)
{
  static const guint16 ports[] = { 0x0f, 0x10,  0x1d,  0x1e,  0x1f,  0x20,  0x60,  0x64,  0x70,
                                   0x71, 0x3f8, 0x3fd, 0x3ff, 0x400, 0x501, 0xcf8, 0xcfc, 0xffff };

  return g_rand_int_range (rand, 0, 4) == 0
             ? g_rand_int_range (rand, 0, 0x10000)
             : ports[g_rand_int_range (rand, 0, G_N_ELEMENTS (ports))];
}

/* Mostly around an end of something. */
static guint16
pick_address (GRand *rand)
{
  static const guint16 ends[] = {
    0,   0x1000,      MEMORY_SIZE, ISLAND, ISLAND + 0x1000, STRESSED_ADDRESS, STRESSED_ADDRESS + 16,
    ROM, ROM + 0x1000
  };

  return g_rand_int_range (rand, 0, 4) == 0 ? g_rand_int_range (rand, 0, 0x10000)
                                            : ends[g_rand_int_range (rand, 0, G_N_ELEMENTS (ends))]
                                                  + g_rand_int_range (rand, -9, 10);
}

static void
append (GByteArray *code, guint16 value, guint n)
{
  const guint8 bytes[] = { value, value >> 8 };

  g_byte_array_append (code, bytes, n);
}

static void
append_instruction (GByteArray *code, GRand *rand)
{
  const char *at = instructions[g_rand_int_range (rand, 0, G_N_ELEMENTS (instructions))];

  for (; *at != '\0'; at++)
    if (*at == ' ')
      continue;
    else if (*at == 'p')
      append (code, pick_port (rand), 2);
    /* Digits come in pairs, the others are followed by a space. */
    else if ((*at == 'a' || *at == 'b') && !g_ascii_isxdigit (at[1]))
      append (code, *at == 'a' ? pick_address (rand) : g_rand_int_range (rand, 0, 256),
              *at == 'a' ? 2 : 1);
    else
      {
        append (code, g_ascii_xdigit_value (at[0]) << 4 | g_ascii_xdigit_value (at[1]), 1);
        at++;
      }
}

/* One life: what is in memory, and where and as what the vCPU begins. */
static void
set_up_life (KvmTestGuest *guest, GRand *rand)
{
  g_autoptr (GByteArray) code = g_byte_array_new ();
  g_autoptr (GError) error = NULL;
  guint64 where = KVM_TEST_ENTRY;

  if (g_rand_int_range (rand, 0, 4) == 0)
    while (code->len < MEMORY_SIZE - KVM_TEST_ENTRY)
      append (code, g_rand_int_range (rand, 0, 0x10000), 2);
  else
    while (code->len < MEMORY_SIZE - KVM_TEST_ENTRY - 64)
      append_instruction (code, rand);
  kvm_memory_write (guest->memory, KVM_TEST_ENTRY, code->data, code->len, &error);
  g_assert_no_error (error);
  /* Interrupts and exceptions lead into it, too. */
  for (guint vector = 0; vector < 256; vector++)
    kvm_memory_write_u32_le (guest->memory, 4 * vector,
                             g_rand_int_range (rand, KVM_TEST_ENTRY, MEMORY_SIZE), &error);
  g_assert_no_error (error);
  if (g_rand_boolean (rand))
    where = g_rand_int_range (rand, KVM_TEST_ENTRY, MEMORY_SIZE);

  /* Whatever an earlier life has left behind may be refused: then it goes on with that. */
  switch (g_rand_int_range (rand, 0, 8))
    {
    case 0:
      kvm_vcpu_x86_setup_protected_mode (guest->vcpu, where, TABLES, NULL);
      break;
    case 1:
      kvm_vcpu_x86_setup_long_mode (guest->vcpu, where, TABLES, NULL);
      break;
    default:
      kvm_vcpu_x86_setup_real_mode (guest->vcpu, where, NULL);
    }
}

static KvmTestGuest *
make_guest (GRand *rand)
{
  KvmTestGuest *guest = g_rand_int_range (rand, 0, 4) == 0
                            ? kvm_test_guest_new_with_irqchip (guest_halt, guest_halt_end)
                            : KVM_TEST_GUEST (halt);
  g_autoptr (KvmMemory) pages = NULL;
  g_autoptr (KvmMemorySlot) island = NULL;
  g_autoptr (KvmMemorySlot) rom = NULL;
  g_autoptr (KvmMemorySlot) tables = NULL;
  g_autoptr (HostileDevice) device = g_object_new (HOSTILE_TYPE_DEVICE, NULL);
  g_autoptr (KvmSerial) serial = kvm_serial_new (NULL);
  g_autoptr (KvmRtc) rtc = kvm_rtc_new ();
  g_autoptr (KvmI8042) i8042 = kvm_i8042_new ();
  g_autoptr (KvmDebugExit) debug_exit = kvm_debug_exit_new ();
  g_autoptr (KvmX86Cpuid) cpuid = NULL;
  g_autoptr (GError) error = NULL;

  pages = kvm_memory_new (0x9000, &error);
  g_assert_no_error (error);
  island = kvm_vm_add_memory_full (guest->vm, ISLAND, pages, 0, 0x1000, KVM_MEMORY_SLOT_FLAGS_NONE,
                                   0, NULL, 0, &error);
  g_assert_no_error (error);
  rom = kvm_vm_add_memory_full (guest->vm, ROM, pages, 0x1000, 0x1000,
                                KVM_MEMORY_SLOT_FLAGS_READ_ONLY, 0, NULL, 0, &error);
  g_assert_no_error (error);

  tables = kvm_vm_add_memory_full (guest->vm, TABLES, pages, 0x2000, 0x7000,
                                   KVM_MEMORY_SLOT_FLAGS_NONE, 0, NULL, 0, &error);
  g_assert_no_error (error);

  kvm_test_add_device (guest, STRESSED_PORT, 16, device);
  kvm_test_add_device (guest, 0x3f8, 8, serial);
  kvm_test_add_device (guest, 0x70, 2, rtc);
  kvm_test_add_device (guest, 0x60, 5, i8042);
  kvm_test_add_device (guest, 0x501, 2, debug_exit);
  kvm_io_bus_add_device (kvm_vm_get_io_bus (guest->vm), KVM_IO_SPACE_MMIO, STRESSED_ADDRESS, 16,
                         KVM_IO_DEVICE (device), KVM_IO_DEVICE_FLAGS_NONE, &error);
  g_assert_no_error (error);
  if (g_rand_boolean (rand))
    kvm_vm_add_coalesced_zone (guest->vm, KVM_IO_SPACE_MMIO, STRESSED_ADDRESS, 16, &error);
  if (g_rand_boolean (rand))
    kvm_vm_x86_set_msr_exits (guest->vm, 7, &error);
  g_assert_no_error (error);
  if (g_rand_boolean (rand))
    {
      cpuid = kvm_system_x86_get_supported_cpuid (guest->system, &error);
      g_assert_no_error (error);
      kvm_vcpu_x86_set_cpuid (guest->vcpu, cpuid, &error);
      g_assert_no_error (error);
    }
  return guest;
}

/* What a program does with an exit. FALSE if the guest is to go no further. */
static gboolean
handle_exit (KvmTestGuest *guest, KvmExitReason reason, GRand *rand)
{
  g_autofree char *string = kvm_exit_to_string (guest->exit);
  KvmX86Regs regs;

  g_assert_true (g_utf8_validate (string, -1, NULL));
  g_atomic_int_inc (&n_exits);
  switch (reason)
    {
    case KVM_EXIT_REASON_IO:
    case KVM_EXIT_REASON_MMIO:
    case KVM_EXIT_REASON_X86_RDMSR:
    case KVM_EXIT_REASON_X86_WRMSR:
      if (!kvm_exit_is_write (guest->exit))
        kvm_exit_set_value (guest->exit, g_rand_int (rand));
      if (g_rand_int_range (rand, 0, 16) == 0)
        kvm_vcpu_complete_pending (guest->vcpu, NULL);
      if (g_rand_int_range (rand, 0, 16) == 0)
        kvm_vcpu_x86_get_regs (guest->vcpu, &regs, NULL);
      return TRUE;
    case KVM_EXIT_REASON_HYPERCALL:
      kvm_exit_set_result (guest->exit, 0);
      return TRUE;
    case KVM_EXIT_REASON_SET_TPR:
    case KVM_EXIT_REASON_X86_BUS_LOCK:
    case KVM_EXIT_REASON_IRQ_WINDOW_OPEN:
      return TRUE;
    default:
      return FALSE;
    }
}

static void
live (KvmTestGuest *guest, GRand *rand)
{
  set_up_life (guest, rand);
  for (guint i = 0; i < N_EXITS; i++)
    {
      g_autoptr (GError) error = NULL;
      KvmExitReason reason = kvm_vcpu_run (guest->vcpu, NULL, &error);

      if (reason == KVM_EXIT_REASON_ERROR)
        {
          g_assert_true (error->domain == KVM_ERROR && error->code < 1000);
          return;
        }
      g_assert_no_error (error);
      if (!handle_exit (guest, reason, rand))
        return;
    }
}

/* Whatever a guest does, it is kicked. */
typedef struct
{
  GMutex lock;
  GCond changed;
  KvmVcpu *vcpu; /* NULL between two virtual machines; not owned */
  guint seed;    /* of the virtual machine */
  gboolean finished;
} Watch;

static gpointer
kick_again_and_again (gpointer data)
{
  Watch *self = data;
  gint64 changed = g_get_monotonic_time ();
  gint seen = 0;

  g_mutex_lock (&self->lock);
  while (!self->finished)
    {
      gint64 now = g_get_monotonic_time ();

      if (self->vcpu != NULL)
        kvm_vcpu_kick (self->vcpu);
      if (g_atomic_int_get (&n_exits) != seen)
        changed = now;
      seen = g_atomic_int_get (&n_exits);
      if (now - changed > PATIENCE * G_TIME_SPAN_SECOND)
        g_error ("The guest with the seed %u does not come back", self->seed);
      g_cond_wait_until (&self->changed, &self->lock, now + TICK);
    }
  g_mutex_unlock (&self->lock);
  return NULL;
}

static void
set_watched (Watch *watch, KvmVcpu *vcpu, guint seed)
{
  g_mutex_lock (&watch->lock);
  watch->vcpu = vcpu;
  watch->seed = seed;
  g_mutex_unlock (&watch->lock);
}

static void
run_guest (Watch *watch, guint seed)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (seed);
  g_autoptr (KvmTestGuest) guest = make_guest (rand);

  set_watched (watch, guest->vcpu, seed);
  for (guint i = 0; i < N_LIVES; i++)
    live (guest, rand);
  set_watched (watch, NULL, seed);
}

int
main (int argc, char **argv)
{
  guint64 n_wanted = argc > 1 ? g_ascii_strtoull (argv[1], NULL, 10) : N_DEFAULT;
  guint seed = argc > 2 ? strtoul (argv[2], NULL, 10) : 1;
  gint64 begun = g_get_monotonic_time ();
  Footprint before, after;
  Watch watch = { 0 };
  GThread *thread;
  guint n = 0;

  if (argc > 3 || n_wanted < 1 || n_wanted > G_MAXINT)
    {
      fprintf (stderr, "Usage: %s [EXITS [SEED]]\n", argv[0]);
      return 2;
    }

  printf ("seeds from %u on\n", seed);
  thread = g_thread_new ("kicks", kick_again_and_again, &watch);
  for (; (guint64) g_atomic_int_get (&n_exits) < n_wanted || n <= N_WARM_UP; n++)
    {
      if (n == N_WARM_UP)
        {
          footprint_take (&before);
          footprint_print (&before, "before");
        }
      run_guest (&watch, seed + n);
    }
  footprint_take (&after);
  footprint_print (&after, "after");

  g_mutex_lock (&watch.lock);
  watch.finished = TRUE;
  g_cond_signal (&watch.changed);
  g_mutex_unlock (&watch.lock);
  g_thread_join (thread);
  printf ("%d exits of %u virtual machines in %.1f s, the last seed is %u\n", n_exits, n,
          (g_get_monotonic_time () - begun) / (double) G_TIME_SPAN_SECOND, seed + n - 1);
  footprint_assert_flat (&before, &after);
  return 0;
}
