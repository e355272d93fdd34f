/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What a client of the server for GDB may say. With a first byte that is even, the rest is what it
 * says; else each line is put into a packet. */

#include "fuzz.h"

#include <string.h>

#include "gdb/kvm-gdb-session-private.h"

#define N_VCPUS 2

static gboolean is_over;

static void
on_ended (gpointer user_data)
{
  is_over = TRUE;
}

static KvmRunner *
make_runner (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (KvmSystem) system = kvm_system_new (&error);
  g_autoptr (KvmVm) vm = kvm_system_create_vm (system, &error);
  g_autoptr (KvmMemory) memory = kvm_memory_new (0x10000, &error);
  g_autoptr (KvmMemorySlot) slot
      = kvm_vm_add_memory (vm, 0, memory, KVM_MEMORY_SLOT_FLAGS_NONE, &error);
  KvmRunner *runner = kvm_runner_new (vm);

  for (guint i = 0; i < N_VCPUS; i++)
    {
      g_autoptr (KvmVcpu) vcpu = kvm_vm_create_vcpu (vm, i, &error);

      g_assert_no_error (error);
      g_assert_true (kvm_runner_add_vcpu (runner, vcpu, &error));
    }
  g_assert_nonnull (slot);
  return runner;
}

static GBytes *
make_input (const guint8 *data, gsize size)
{
  gboolean has_packets = fuzz_take (&data, &size, 1) & 1;
  g_autoptr (GString) input = g_string_new (NULL);

  for (gsize start = 0; has_packets && start < size;)
    {
      const guint8 *end = memchr (data + start, '\n', size - start);
      gsize length = (end != NULL ? (gsize) (end - data) : size) - start;
      g_autoptr (GString) packet = g_string_new_len ((const char *) data + start, length);

      _kvm_gdb_append_packet (input, packet);
      start += length + 1;
    }
  if (!has_packets)
    g_string_append_len (input, (const char *) data, size);
  return g_bytes_new (input->str, input->len);
}

/* The guest is never run, so that the client has it until it goes. */
int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (KvmRunner) runner = make_runner ();
  g_autoptr (GBytes) bytes = make_input (data, size);
  g_autoptr (GInputStream) input = g_memory_input_stream_new_from_bytes (bytes);
  g_autoptr (GOutputStream) output = g_memory_output_stream_new_resizable ();
  g_autoptr (GIOStream) stream = g_simple_io_stream_new (input, output);

  is_over = FALSE;
  _kvm_gdb_session_begin (runner, _kvm_gdb_arch_get (NULL), stream, on_ended, NULL);
  while (!is_over)
    g_main_context_iteration (NULL, TRUE);
  return 0;
}
