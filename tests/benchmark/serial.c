/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "serial.h"

#include <fcntl.h>
#include <gio/gunixoutputstream.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <linux/kvm.h>

#include "kvm-test.h"

#define PORT 0x3f8
#define N_BYTES 128

/* Writes so many bytes, and then one to another port, again and again. */
static const guint8 code[] = {
  0xba, 0xf8,    0x03, /* mov $PORT, %dx */
  0xb9, N_BYTES, 0x00, /* mov $N_BYTES, %cx */
  0xee,                /* out %al, (%dx) */
  0xe2, 0xfd,          /* loop to it */
  0xe6, 0x80,          /* out %al, $0x80 */
  0xeb, 0xf3,          /* jmp to the beginning */
};

static KvmTestGuest *with_library, *with_ioctls;
static struct kvm_run *run;
static int vcpu, null;

void
benchmark_serial_init (void)
{
  g_autoptr (GOutputStream) output = NULL;
  g_autoptr (GIOStream) stream = NULL;
  g_autoptr (KvmSerial) serial = NULL;

  null = open ("/dev/null", O_WRONLY | O_CLOEXEC);
  output = g_unix_output_stream_new (null, FALSE);
  stream = g_simple_io_stream_new (g_memory_input_stream_new (), output);
  serial = kvm_serial_new (stream);
  with_library = kvm_test_guest_new (code, code + sizeof code);
  kvm_test_add_device (with_library, PORT, 8, serial);

  with_ioctls = kvm_test_guest_new (code, code + sizeof code);
  vcpu = kvm_vcpu_get_fd (with_ioctls->vcpu);
  run = mmap (NULL, 12288, PROT_READ | PROT_WRITE, MAP_SHARED, vcpu, 0);
  g_assert_true (run != MAP_FAILED);
}

void
benchmark_serial_with_library (void)
{
  kvm_test_run (with_library, KVM_EXIT_REASON_IO);
}

void
benchmark_serial_with_ioctls (void)
{
  for (;;)
    {
      g_assert_cmpint (ioctl (vcpu, KVM_RUN, 0), ==, 0);
      g_assert (run->exit_reason == KVM_EXIT_IO);
      if (run->io.port != PORT)
        return;
      g_assert_cmpint (write (null, (guint8 *) run + run->io.data_offset, 1), ==, 1);
    }
}
