/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* stress-state [N [SEED]]: saves a guest at N moments at random, goes on from each in a new virtual
 * machine of a new process, and compares what the guest has computed in the end with what it
 * computes without. Ends with 1 if that differs. */

#include "kvm-test.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define N_DEFAULT 3000
#define MEMORY 0x8000
#define MAX_EXITS 60   /* from one moment to the next */
#define MAX_PAUSE 3000 /* µs from one moment to the next, if it is a kick */
#define FOREVER G_MAXUINT

KVM_TEST_DECLARE_GUEST (machine);

/* What the host has of the guest's devices. */
typedef struct
{
  guint32 number;   /* that the guest has told for this round */
  guint32 position; /* in the string that it reads */
  guint64 sum;      /* of what it has told */
} Host;

/* A guest with its host, and what was found when it was saved. */
typedef struct
{
  KvmTestGuest *guest;
  Host host;
  gboolean is_done;
  guint n_exits;
} Machine;

/* How the guest was when it was saved. */
typedef enum
{
  IN_SERVICE_APIC,
  IN_SERVICE_PIC,
  DEADLINE,
  INTERRUPT_INJECTED,
  IN_STRING,
  AFTER_READ,
  KICKED,
  HALTED,
  N_SITUATIONS
} Situation;

static const char *const situation_names[] = {
  "interrupt of the local APIC in service",
  "interrupt of the PIC in service",
  "deadline armed",
  "interrupt on its way",
  "in a string instruction",
  "after a read",
  "kicked",
  "halted",
};

static guint32
hash (guint32 number, guint32 salt)
{
  guint32 value = (number + 1) * 2654435761u ^ salt * 40503u;

  return value ^ value >> 15;
}

static void
tell (Machine *self, guint64 value)
{
  self->host.sum = (self->host.sum << 7 | self->host.sum >> 57) + value;
}

static Machine *
machine_new (gboolean first)
{
  Machine *self = g_new0 (Machine, 1);
  g_autoptr (KvmX86Cpuid) cpuid = NULL;
  g_autoptr (KvmX86Cpuid) edited = NULL;
  g_autoptr (GError) error = NULL;
  KvmX86CpuidEntry entry;

  self->guest = kvm_test_guest_new_with_irqchip (guest_machine, guest_machine_end);
  g_assert_true (kvm_vm_x86_create_pit (self->guest->vm, 0, &error));
  if (!first)
    return self;

  cpuid = kvm_system_x86_get_supported_cpuid (self->guest->system, &error);
  g_assert_true (kvm_x86_cpuid_find (cpuid, 1, 0, &entry));
  entry.ecx |= 1u << 21 | 1u << 24; /* x2APIC, and its deadlines */
  edited = kvm_x86_cpuid_with_entry (cpuid, &entry, &error);
  g_assert_true (kvm_vcpu_x86_set_cpuid (self->guest->vcpu, edited, &error));
  g_assert_no_error (error);
  return self;
}

static void
machine_free (Machine *self)
{
  kvm_test_guest_free (self->guest);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Machine, machine_free)

static GVariant *
machine_save (Machine *self, GError **error)
{
  g_autofree guint8 *memory = g_malloc (MEMORY);
  g_autoptr (GBytes) bytes = NULL;
  GVariant *state = kvm_vm_save_state (self->guest->vm, NULL, error);

  if (state == NULL)
    return NULL;
  bytes = kvm_state_to_bytes (state);
  g_variant_unref (state);
  g_assert_true (kvm_memory_read (self->guest->memory, 0, memory, MEMORY, NULL));
  return g_variant_ref_sink (g_variant_new (
      "(@ay@ay@ayb)", g_variant_new_from_bytes (G_VARIANT_TYPE_BYTESTRING, bytes, TRUE),
      g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, memory, MEMORY, 1),
      g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, &self->host, sizeof self->host, 1),
      self->is_done));
}

static void
machine_restore (Machine *self, GVariant *blob)
{
  g_autoptr (GVariant) saved = g_variant_get_child_value (blob, 0);
  g_autoptr (GVariant) memory = g_variant_get_child_value (blob, 1);
  g_autoptr (GVariant) host = g_variant_get_child_value (blob, 2);
  g_autoptr (GBytes) bytes = g_variant_get_data_as_bytes (saved);
  g_autoptr (GVariant) state = NULL;
  g_autoptr (GError) error = NULL;

  state = kvm_state_from_bytes (bytes, &error);
  g_assert_no_error (error);
  g_assert_true (
      kvm_memory_write (self->guest->memory, 0, g_variant_get_data (memory), MEMORY, &error));
  memcpy (&self->host, g_variant_get_data (host), sizeof self->host);
  kvm_vm_restore_state (self->guest->vm, state, &error);
  g_assert_no_error (error);
}

/* Answers the guest, or notes what it told. */
static void
serve (Machine *self)
{
  KvmExit *exit = self->guest->exit;
  guint64 address = kvm_exit_get_address (exit);
  guint count = kvm_exit_get_count (exit);

  self->n_exits++;
  switch (address)
    {
    case 0x60:
      kvm_exit_set_value (exit, hash (self->host.number, 0));
      break;
    case 0x61:
      self->host.number = kvm_exit_get_value (exit);
      self->host.position = 0;
      tell (self, self->host.number);
      break;
    case 0x62:
      for (guint i = 0; i < count; i++)
        kvm_exit_set_element (exit, i, (guint8) hash (self->host.number, ++self->host.position));
      break;
    case 0x63:
      for (guint i = 0; i < count; i++)
        tell (self, kvm_exit_get_element (exit, i));
      break;
    case 0x64:
    case 0x65:
      break; /* when, depends on the time */
    case 0xf4:
      tell (self, kvm_exit_get_value (exit));
      self->is_done = TRUE;
      break;
    default:
      g_assert_cmpint (kvm_exit_get_reason (exit), ==, KVM_EXIT_REASON_MMIO);
      if (kvm_exit_is_write (exit))
        tell (self, address << 32 | kvm_exit_get_value (exit));
      else
        kvm_exit_set_value (exit, hash (address, self->host.number));
    }
}

static gpointer
kick_later (gpointer data)
{
  Machine *self = data;

  g_usleep (g_random_int_range (0, MAX_PAUSE));
  kvm_vcpu_kick (self->guest->vcpu);
  return NULL;
}

/* Until the guest is done, or so many exits later; 0 for a kick. */
static void
machine_run (Machine *self, guint n_exits)
{
  g_autoptr (GThread) kicker = n_exits == 0 ? g_thread_new ("kicker", kick_later, self) : NULL;
  g_autoptr (GError) error = NULL;

  for (guint n = n_exits == 0 ? FOREVER : n_exits; n > 0 && !self->is_done; n--)
    {
      KvmExitReason reason = kvm_vcpu_run (self->guest->vcpu, NULL, &error);

      g_assert_no_error (error);
      if (reason == KVM_EXIT_REASON_INTERRUPTED)
        break;
      if (reason != KVM_EXIT_REASON_IO && reason != KVM_EXIT_REASON_MMIO)
        {
          g_autofree char *dump = kvm_vcpu_dump (self->guest->vcpu, NULL);

          g_error ("the guest stopped with %s\n%s", kvm_exit_to_string (self->guest->exit), dump);
        }
      serve (self);
    }
  if (kicker != NULL)
    g_thread_join (g_steal_pointer (&kicker));
}

/* An instruction with many accesses is answered to its end. */
static GVariant *
machine_stop_and_save (Machine *self)
{
  for (;;)
    {
      g_autoptr (GError) error = NULL;
      GVariant *blob = machine_save (self, &error);

      if (blob != NULL)
        return blob;
      g_assert_error (error, KVM_ERROR, KVM_ERROR_PENDING);
      serve (self);
    }
}

static guint
find_situations (Machine *self, gboolean was_kicked, gboolean was_read)
{
  g_autoptr (KvmX86Lapic) lapic = kvm_vcpu_x86_get_lapic (self->guest->vcpu, NULL);
  g_autoptr (KvmX86Irqchip) pic
      = kvm_vm_x86_get_irqchip (self->guest->vm, KVM_X86_IRQCHIP_ID_PIC_MASTER, NULL);
  KvmX86VcpuEvents events;
  KvmX86PicState pic_state;
  KvmX86Regs regs;
  guint found = was_kicked ? 1u << KICKED : was_read ? 1u << AFTER_READ : 0, mp_state;
  guint64 deadline;
  guint32 in_service;
  guint8 code[2];

  for (guint offset = 0x100; offset < 0x180; offset += 0x10)
    if (kvm_x86_lapic_get_register (lapic, offset, &in_service, NULL) && in_service != 0)
      found |= 1u << IN_SERVICE_APIC;
  if (kvm_x86_irqchip_get_pic (pic, &pic_state, NULL) && pic_state.isr != 0)
    found |= 1u << IN_SERVICE_PIC;
  if (kvm_vcpu_x86_get_msr (self->guest->vcpu, 0x6e0, &deadline, NULL) && deadline != 0)
    found |= 1u << DEADLINE;
  if (kvm_vcpu_x86_get_vcpu_events (self->guest->vcpu, &events, NULL) && events.interrupt_injected)
    found |= 1u << INTERRUPT_INJECTED;
  if (kvm_vcpu_get_raw_mp_state (self->guest->vcpu, &mp_state, NULL)
      && mp_state == KVM_VCPU_STATE_HALTED)
    found |= 1u << HALTED;
  if (kvm_vcpu_x86_get_regs (self->guest->vcpu, &regs, NULL)
      && kvm_memory_read (self->guest->memory, regs.rip, code, sizeof code, NULL)
      && (code[0] == 0xf3 || code[0] == 0xf2) && (regs.rcx & 0xffff) != 0)
    found |= 1u << IN_STRING;
  return found;
}

/* The process between two moments: takes the guest from its input, and gives it to its output. */
static int
hop (guint seed, guint n_exits)
{
  g_autoptr (Machine) machine = machine_new (FALSE);
  g_autoptr (GByteArray) input = g_byte_array_new ();
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GVariant) blob = NULL;
  g_autoptr (GVariant) after = NULL;
  g_autoptr (GVariant) output = NULL;
  guint8 buffer[4096];
  gssize n;
  guint found;
  gboolean was_read;

  g_random_set_seed (seed);
  while ((n = read (STDIN_FILENO, buffer, sizeof buffer)) > 0)
    g_byte_array_append (input, buffer, n);
  bytes = g_byte_array_free_to_bytes (g_steal_pointer (&input));
  blob = g_variant_ref_sink (g_variant_new_from_bytes (G_VARIANT_TYPE ("(ayayayb)"), bytes, FALSE));
  machine_restore (machine, blob);
  machine_run (machine, n_exits);
  was_read = n_exits != 0 && !kvm_exit_is_write (machine->guest->exit);
  after = machine_stop_and_save (machine);
  found = find_situations (machine, n_exits == 0, was_read);
  output = g_variant_ref_sink (g_variant_new ("(@(ayayayb)u)", after, found));
  fwrite (g_variant_get_data (output), 1, g_variant_get_size (output), stdout);
  return fflush (stdout) == 0 ? 0 : 1;
}

static GVariant *
hop_in_process (const char *program, GVariant *blob, guint *found)
{
  g_autofree char *seed = g_strdup_printf ("%u", g_random_int ());
  g_autofree char *n_exits = g_strdup_printf (
      "%d", g_random_int_range (0, 4) == 0 ? 0 : g_random_int_range (1, MAX_EXITS));
  const char *arguments[] = { program, "--hop", seed, n_exits, NULL };
  g_autoptr (GSubprocess) process = NULL;
  g_autoptr (GBytes) input = g_variant_get_data_as_bytes (blob);
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GVariant) output = NULL;
  g_autoptr (GError) error = NULL;

  process = g_subprocess_newv (
      arguments, G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error);
  g_assert_no_error (error);
  if (!g_subprocess_communicate (process, input, NULL, &bytes, NULL, &error))
    g_error ("%s", error->message);
  if (!g_subprocess_get_if_exited (process) || g_subprocess_get_exit_status (process) != 0)
    g_error ("%s --hop %s %s failed", program, seed, n_exits);
  output = g_variant_ref_sink (
      g_variant_new_from_bytes (G_VARIANT_TYPE ("((ayayayb)u)"), bytes, FALSE));
  g_variant_get_child (output, 1, "u", found);
  return g_variant_get_child_value (output, 0);
}

int
main (int argc, char *argv[])
{
  guint n = N_DEFAULT, seed = g_random_int (), n_hops = 0, n_guests = 0;
  guint counts[N_SITUATIONS] = { 0 };
  g_autoptr (Machine) machine = NULL;
  g_autoptr (GVariant) first = NULL;
  Host expected;

  alarm (argc == 4 ? 60 : 3600);
  if (argc == 4 && g_str_equal (argv[1], "--hop"))
    return hop (strtoul (argv[2], NULL, 10), atoi (argv[3]));
  if (argc > 1)
    n = atoi (argv[1]);
  if (argc > 2)
    seed = strtoul (argv[2], NULL, 10);
  printf ("seed %u\n", seed);
  g_random_set_seed (seed);

  machine = machine_new (TRUE);
  first = machine_stop_and_save (machine);
  machine_run (machine, FOREVER);
  g_assert_true (machine->is_done);
  expected = machine->host;

  while (n_hops < n)
    {
      g_autoptr (GVariant) blob = g_variant_ref (first);
      g_autoptr (GVariant) saved = NULL;
      gboolean is_done = FALSE;
      Host host;

      while (!is_done)
        {
          guint found;
          GVariant *next = hop_in_process (argv[0], blob, &found);

          g_variant_unref (blob);
          blob = next;
          g_variant_get_child (blob, 3, "b", &is_done);
          for (guint i = 0; i < N_SITUATIONS; i++)
            counts[i] += found >> i & 1;
          n_hops++;
        }
      saved = g_variant_get_child_value (blob, 2);
      memcpy (&host, g_variant_get_data (saved), sizeof host);
      if (host.sum != expected.sum)
        {
          printf ("guest %u computed %016" G_GINT64_MODIFIER "x, not %016" G_GINT64_MODIFIER "x\n",
                  n_guests, host.sum, expected.sum);
          return 1;
        }
      n_guests++;
    }

  printf ("%u moments of %u guests, of %u exits each\n", n_hops, n_guests, machine->n_exits);
  for (guint i = 0; i < N_SITUATIONS; i++)
    printf ("%6u %s\n", counts[i], situation_names[i]);
  return 0;
}
