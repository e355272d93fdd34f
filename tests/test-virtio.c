/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The virtio devices of the examples, with queues as a guest must and as it must not make them. */

#include "kvm-test.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include "../examples/virtio.h"

#define ADDRESS 0xd0000000
#define DISK_SIZE 8192
#define N_MUTATIONS 3000

/* In the guest's memory */
#define DESCRIPTORS 0x1000
#define AVAILABLE 0x2000
#define USED 0x3000
#define HEADER 0x4000
#define DATA 0x5000
#define STATUS 0x7000
#define MEMORY_SIZE 0x8000

#define NEXT 1
#define WRITE 2

typedef struct
{
  KvmSystem *system;
  KvmVm *vm;
  KvmMemory *memory;
  VirtioDevice *device;
  char *path;
  guint16 n_available;
} Fixture;

static void
fixture_free (Fixture *self)
{
  g_clear_object (&self->device);
  g_clear_object (&self->memory);
  g_clear_object (&self->vm);
  g_clear_object (&self->system);
  g_unlink (self->path);
  g_free (self->path);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Fixture, fixture_free)

static void
set_register (Fixture *self, guint offset, guint32 value)
{
  g_assert_false (kvm_io_device_write (KVM_IO_DEVICE (self->device), offset, 4, value));
}

static guint32
get_register (Fixture *self, guint offset)
{
  return kvm_io_device_read (KVM_IO_DEVICE (self->device), offset, 4);
}

static void
start_queue (Fixture *self, guint queue, guint32 size)
{
  set_register (self, 0x30, queue);
  set_register (self, 0x38, size);
  set_register (self, 0x80, DESCRIPTORS);
  set_register (self, 0x90, AVAILABLE);
  set_register (self, 0xa0, USED);
  set_register (self, 0x44, 1);
}

static void
reset (Fixture *self)
{
  set_register (self, 0x70, 0);
  g_assert_true (kvm_memory_fill (self->memory, 0, MEMORY_SIZE, 0, NULL));
  self->n_available = 0;
  set_register (self, 0x70, 0xf);
  start_queue (self, 0, 16);
}

static Fixture *
fixture_new (void)
{
  Fixture *self = g_new0 (Fixture, 1);
  g_autoptr (GError) error = NULL;
  g_autoptr (KvmMemorySlot) slot = NULL;
  g_autofree char *contents = g_malloc (DISK_SIZE);
  int fd = g_file_open_tmp ("kvmobj-disk-XXXXXX", &self->path, &error);

  g_assert_no_error (error);
  memset (contents, 'x', DISK_SIZE);
  g_assert_cmpint (write (fd, contents, DISK_SIZE), ==, DISK_SIZE);
  close (fd);

  self->system = kvm_system_new (&error);
  g_assert_no_error (error);
  self->vm = kvm_system_create_vm (self->system, &error);
  g_assert_no_error (error);
  kvm_vm_create_irqchip (self->vm, &error);
  g_assert_no_error (error);
  self->memory = kvm_memory_new (MEMORY_SIZE, &error);
  g_assert_no_error (error);
  slot = kvm_vm_add_memory (self->vm, 0, self->memory, KVM_MEMORY_SLOT_FLAGS_NONE, &error);
  g_assert_no_error (error);
  self->device = virtio_block_new (self->path, &error);
  g_assert_no_error (error);
  virtio_device_attach (self->device, self->vm, ADDRESS, 5, &error);
  g_assert_no_error (error);
  reset (self);
  return self;
}

static void
put (Fixture *self, guint64 address, guint64 value, guint size)
{
  guint64 little = GUINT64_TO_LE (value);

  g_assert_true (kvm_memory_write (self->memory, address, (guint8 *) &little, size, NULL));
}

static guint64
get (Fixture *self, guint64 address, guint size)
{
  guint64 value = 0;

  g_assert_true (kvm_memory_read (self->memory, address, &value, size, NULL));
  return GUINT64_FROM_LE (value);
}

static void
set_descriptor (Fixture *self, guint i, guint64 address, guint32 length, guint flags, guint next)
{
  put (self, DESCRIPTORS + 16 * i, address, 8);
  put (self, DESCRIPTORS + 16 * i + 8, length, 4);
  put (self, DESCRIPTORS + 16 * i + 12, flags, 2);
  put (self, DESCRIPTORS + 16 * i + 14, next, 2);
}

/* What the doorbell's source does. */
static void
ring (Fixture *self)
{
  put (self, AVAILABLE + 2, self->n_available, 2);
  VIRTIO_DEVICE_GET_CLASS (self->device)->serve (self->device);
}

static void
submit (Fixture *self, guint16 head)
{
  put (self, AVAILABLE + 4 + self->n_available % 16 * 2, head, 2);
  self->n_available++;
  ring (self);
}

/* A request of three descriptors, as Linux makes them; gives its status. */
static guint8
transfer (Fixture *self, guint32 type, guint64 sector, guint32 length)
{
  guint16 n_used = get (self, USED + 2, 2);

  put (self, HEADER, type, 8);
  put (self, HEADER + 8, sector, 8);
  put (self, STATUS, 0xff, 1);
  set_descriptor (self, 0, HEADER, 16, NEXT, 1);
  set_descriptor (self, 1, DATA, length, NEXT | (type == 1 ? 0 : WRITE), 2);
  set_descriptor (self, 2, STATUS, 1, WRITE, 0);
  submit (self, 0);
  g_assert_cmpuint (get (self, USED + 2, 2), ==, (guint16) (n_used + 1));
  return get (self, STATUS, 1);
}

static gboolean
is_broken (Fixture *self)
{
  return (get_register (self, 0x70) & 0x40) != 0;
}

static void
test_disk (void)
{
  g_autoptr (Fixture) self = fixture_new ();
  g_autoptr (GError) error = NULL;
  g_autofree char *contents = NULL;
  gsize size;

  g_assert_cmphex (get_register (self, 0), ==, 0x74726976);
  g_assert_cmphex (get_register (self, 4), ==, 2);
  g_assert_cmphex (get_register (self, 8), ==, 2);
  g_assert_cmpuint (get_register (self, 0x100), ==, DISK_SIZE / 512);

  g_assert_cmpuint (transfer (self, 0, 1, 1024), ==, 0);
  g_assert_cmphex (get (self, DATA + 1023, 1), ==, 'x');
  g_assert_cmpuint (get_register (self, 0x60), ==, 1);
  set_register (self, 0x64, 1);
  g_assert_cmpuint (get_register (self, 0x60), ==, 0);

  g_assert_true (kvm_memory_fill (self->memory, DATA, 512, 'y', NULL));
  g_assert_cmpuint (transfer (self, 1, 15, 512), ==, 0);
  g_assert_cmpuint (transfer (self, 4, 0, 0), ==, 0);
  g_assert_true (g_file_get_contents (self->path, &contents, &size, &error));
  g_assert_cmpuint (size, ==, DISK_SIZE);
  g_assert_true (contents[15 * 512] == 'y' && contents[8191] == 'y'
                 && contents[15 * 512 - 1] == 'x');
  g_assert_false (is_broken (self));
}

/* Requests that are refused; the file stays as it is. */
static void
test_wrong_requests (void)
{
  g_autoptr (Fixture) self = fixture_new ();
  g_autofree char *contents = NULL;
  gsize size;

  g_assert_cmpuint (transfer (self, 1, 16, 512), ==, 1);          /* past the end */
  g_assert_cmpuint (transfer (self, 1, 15, 1024), ==, 1);         /* over the end */
  g_assert_cmpuint (transfer (self, 1, G_MAXUINT64, 512), ==, 1); /* wraps around */
  g_assert_cmpuint (transfer (self, 1, G_MAXUINT64 / 512, 512), ==, 1);
  g_assert_cmpuint (transfer (self, 1, 0, 511), ==, 1); /* no whole sector */
  g_assert_cmpuint (transfer (self, 1, 0, G_MAXUINT32), ==, 1);
  g_assert_cmpuint (transfer (self, 0, 0, 0xfffffe00), ==, 1);
  g_assert_cmpuint (transfer (self, 77, 0, 512), ==, 2);
  g_assert_false (is_broken (self));

  /* A buffer that is not in memory, or goes past its end */
  put (self, HEADER, 1, 8);
  put (self, HEADER + 8, 0, 8);
  set_descriptor (self, 0, HEADER, 16, NEXT, 1);
  set_descriptor (self, 1, MEMORY_SIZE - 256, 512, NEXT, 2);
  set_descriptor (self, 2, STATUS, 1, WRITE, 0);
  submit (self, 0);
  g_assert_cmpuint (get (self, STATUS, 1), ==, 1);
  set_descriptor (self, 1, G_MAXUINT64 - 100, 512, NEXT, 2);
  submit (self, 0);
  g_assert_cmpuint (get (self, STATUS, 1), ==, 1);
  /* A header that is too short, and a status that nobody can write */
  set_descriptor (self, 0, HEADER, 15, NEXT, 2);
  submit (self, 0);
  g_assert_cmpuint (get (self, STATUS, 1), ==, 1);
  set_descriptor (self, 2, G_MAXUINT64, 1, WRITE, 0);
  submit (self, 0);

  g_assert_true (g_file_get_contents (self->path, &contents, &size, NULL));
  for (gsize i = 0; i < size; i++)
    g_assert_true (contents[i] == 'x');
}

static void
assert_breaks (Fixture *self, guint16 head)
{
  submit (self, head);
  g_assert_true (is_broken (self));
  g_assert_cmpuint (get (self, USED + 2, 2), ==, 0);
  ring (self); /* and it stays so */
  g_assert_true (is_broken (self));
  reset (self);
  g_assert_false (is_broken (self));
}

static void
test_hostile_queues (void)
{
  g_autoptr (Fixture) self = fixture_new ();
  static const guint32 sizes[] = { 0, 3, 256, G_MAXUINT32 };

  /* A circle, of one and of two */
  set_descriptor (self, 0, HEADER, 16, NEXT, 0);
  assert_breaks (self, 0);
  set_descriptor (self, 0, HEADER, 16, NEXT, 1);
  set_descriptor (self, 1, HEADER, 16, NEXT, 0);
  assert_breaks (self, 0);
  /* Descriptors that there are none of */
  assert_breaks (self, 16);
  assert_breaks (self, 0xffff);
  set_descriptor (self, 0, HEADER, 16, NEXT, 16);
  assert_breaks (self, 0);
  /* What is read after what is written; and flags that were not offered */
  set_descriptor (self, 0, HEADER, 16, NEXT | WRITE, 1);
  set_descriptor (self, 1, HEADER, 16, 0, 0);
  assert_breaks (self, 0);
  set_descriptor (self, 0, HEADER, 16, 4, 0);
  assert_breaks (self, 0);
  /* More than the queue holds */
  self->n_available = 17;
  ring (self);
  g_assert_true (is_broken (self));

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      reset (self);
      set_register (self, 0x44, 0);
      set_register (self, 0x38, sizes[i]);
      set_register (self, 0x44, 1);
      g_assert_cmpuint (get_register (self, 0x44), ==, 0);
      g_assert_true (is_broken (self));
    }
  /* Rings that are nowhere */
  for (guint offset = 0x80; offset <= 0xa0; offset += 0x10)
    {
      reset (self);
      set_register (self, 0x44, 0);
      set_register (self, offset + 4, G_MAXUINT32);
      set_register (self, 0x44, 1);
      set_descriptor (self, 0, STATUS, 1, WRITE, 0);
      submit (self, 0);
      g_assert_true (is_broken (self));
      set_register (self, offset + 4, 0);
    }
}

static void
test_mutations (void)
{
  g_autoptr (Fixture) self = fixture_new ();
  g_autoptr (GRand) random = g_rand_new_with_seed (g_test_rand_int ());
  g_autofree char *contents = NULL;
  gsize size;

  for (guint i = 0; i < N_MUTATIONS; i++)
    {
      reset (self);
      for (guint j = 0; j < 16; j++)
        set_descriptor (self, j, g_rand_int_range (random, 0, 0x9000), g_rand_int (random) % 0x800,
                        g_rand_int_range (random, 0, 4), g_rand_int_range (random, 0, 17));
      put (self, HEADER, 0, 8);
      if (g_rand_boolean (random))
        set_descriptor (self, 0, HEADER, 16, NEXT, g_rand_int_range (random, 0, 16));
      for (guint j = 0; j < 3; j++)
        put (self, DESCRIPTORS + g_rand_int_range (random, 0, 256), g_rand_int (random), 1);
      for (guint j = 0; j < 4; j++)
        submit (self, g_rand_int_range (random, 0, 17));
      set_register (self, 4 * g_rand_int_range (random, 0, 0x40), g_rand_int (random));
      ring (self);
    }
  reset (self);
  g_assert_cmpuint (transfer (self, 0, 0, 512), ==, 0);
  g_assert_true (g_file_get_contents (self->path, &contents, &size, NULL));
  g_assert_cmpuint (size, ==, DISK_SIZE);
}

static void
test_entropy (void)
{
  g_autoptr (Fixture) self = fixture_new ();
  g_autoptr (GError) error = NULL;
  VirtioDevice *entropy = virtio_entropy_new ();

  g_set_object (&self->device, entropy);
  g_object_unref (entropy);
  virtio_device_attach (self->device, self->vm, ADDRESS + 0x1000, 6, &error);
  g_assert_no_error (error);
  reset (self);
  set_descriptor (self, 0, DATA, 64, WRITE, 0);
  submit (self, 0);
  g_assert_cmpuint (get (self, USED + 8, 4), ==, 64);
  g_assert_cmphex (get (self, DATA, 8) | get (self, DATA + 56, 8), !=, 0);
  set_descriptor (self, 0, G_MAXUINT64 - 3, 64, WRITE, 0);
  submit (self, 0);
  g_assert_cmpuint (get (self, USED + 16, 4), ==, 0);
}

static void
test_vanishing_disk (void)
{
  g_autoptr (Fixture) self = fixture_new ();
  g_autoptr (GError) error = NULL;

  /* It has one user, exists and has a sector. */
  g_assert_null (virtio_block_new (self->path, &error));
  g_assert_nonnull (strstr (error->message, "another program uses it"));
  g_clear_error (&error);
  g_assert_null (virtio_block_new ("/nonexistent", &error));
  g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_NOENT);
  g_clear_error (&error);
  g_assert_null (virtio_block_new ("/dev/null", &error));
  g_assert_nonnull (strstr (error->message, "no sector"));

  /* And if it becomes shorter, only what is gone fails. */
  g_assert_cmpint (truncate (self->path, 4096), ==, 0);
  g_assert_cmpuint (transfer (self, 0, 0, 512), ==, 0);
  g_assert_cmpuint (transfer (self, 0, 8, 512), ==, 1);
  g_assert_false (is_broken (self));
}

static void
assert_state_refused (Fixture *self, const char *text)
{
  g_autoptr (GVariant) state = g_variant_ref_sink (g_variant_new_parsed (text));
  g_autoptr (GError) error = NULL;

  g_assert_false (virtio_device_restore_state (self->device, state, &error));
  g_assert_error (error, KVM_ERROR, KVM_ERROR_INVALID);
  g_assert_nonnull (strstr (error->message, "no state of a virtio device 2"));
}

#define STATE_OF(id, size)                                                                         \
  "(uint32 " id ", uint32 15, uint32 0, uint32 0, uint32 0, uint32 0, [(uint32 " size              \
  ", uint32 1, uint64 0, uint64 0, uint64 0, uint16 0, uint16 0)])"

/* A request that came before it was kept is served afterwards. */
static void
test_state (void)
{
  g_autoptr (Fixture) self = fixture_new ();
  g_autoptr (GVariant) state = NULL, nonsense = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_cmpuint (transfer (self, 0, 1, 1024), ==, 0);
  state = virtio_device_save_state (self->device);
  set_register (self, 0x70, 0);
  g_assert_cmphex (get_register (self, 0x44), ==, 0);
  put (self, STATUS, 0xff, 1);
  put (self, AVAILABLE + 4 + self->n_available++ * 2, 0, 2);
  put (self, AVAILABLE + 2, self->n_available, 2);

  g_assert_true (virtio_device_restore_state (self->device, state, &error));
  g_assert_no_error (error);
  g_assert_cmphex (get_register (self, 0x70), ==, 0xf);
  g_assert_cmphex (get_register (self, 0x60), ==, 1);
  g_assert_cmphex (get_register (self, 0x44), ==, 1);
  g_assert_cmpuint (get (self, USED + 2, 2), ==, 2);
  g_assert_cmpuint (get (self, STATUS, 1), ==, 0);
  g_assert_cmpuint (transfer (self, 0, 2, 512), ==, 0);

  assert_state_refused (self, "'text'");
  assert_state_refused (self, STATE_OF ("4", "16"));
  g_assert_cmpuint (transfer (self, 0, 2, 512), ==, 0);
  nonsense = g_variant_ref_sink (g_variant_new_parsed (STATE_OF ("2", "3")));
  g_assert_true (virtio_device_restore_state (self->device, nonsense, &error));
  g_assert_cmphex (get_register (self, 0x44), ==, 0);
}

int
main (int argc, char **argv)
{
  kvm_test_init (&argc, &argv);

  kvm_test_add ("/virtio/disk", test_disk);
  kvm_test_add ("/virtio/wrong-requests", test_wrong_requests);
  kvm_test_add ("/virtio/hostile-queues", test_hostile_queues);
  kvm_test_add ("/virtio/mutations", test_mutations);
  kvm_test_add ("/virtio/entropy", test_entropy);
  kvm_test_add ("/virtio/state", test_state);
  kvm_test_add ("/virtio/vanishing-disk", test_vanishing_disk);

  return g_test_run ();
}
