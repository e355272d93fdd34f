/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "kvm-attribute-private.h"
#include "kvm-coalesced-zone-private.h"
#include "kvm-error-private.h"
#include "kvm-ioctl-private.h"
#include "kvm-state-private.h"
#include "kvm-system-private.h"
#include "kvm-vcpu-private.h"
#include "kvm-vcpu-thread-private.h"
#include "kvm-vm-private.h"
#include "x86/kvm-vcpu-x86-sync-private.h"

/**
 * KvmVcpu:
 *
 * A virtual CPU, made by [method@Kvm.Vm.create_vcpu]. It keeps its virtual machine alive.
 *
 * A vCPU belongs to one thread while it runs: [method@Kvm.Vcpu.run] blocks until the guest stops,
 * and a call from another thread that would have to wait for that fails with %KVM_ERROR_RUNNING at
 * once. Any thread may call [method@Kvm.Vcpu.kick] and [method@Kvm.Vcpu.close] at any time. Between
 * runs a vCPU may move to another thread.
 *
 * ```c
 * KvmExit *exit = kvm_vcpu_get_exit (vcpu);
 *
 * for (;;)
 *   switch (kvm_vcpu_run (vcpu, NULL, &error))
 *     {
 *     case KVM_EXIT_REASON_IO:
 *       g_print ("%c", (char) kvm_exit_get_value (exit));
 *       break;
 *     case KVM_EXIT_REASON_HLT:
 *       return TRUE;
 *     case KVM_EXIT_REASON_ERROR:
 *       return FALSE;
 *     default:
 *       why = kvm_exit_to_string (exit); // a g_autofree char *
 *       g_printerr ("%s\n", why);
 *       return FALSE;
 *     }
 * ```
 *
 * What is not the same on every architecture has the architecture in its name, such as
 * [method@Kvm.Vcpu.x86_get_regs], and fails with %KVM_ERROR_NOT_SUPPORTED elsewhere.
 *
 * Since: 0.1
 */

typedef enum
{
  PROP_VM = 1,
  PROP_ID,
  PROP_EXIT,
  PROP_EXIT_HISTORY,
} KvmVcpuProperty;

static GParamSpec *properties[PROP_EXIT_HISTORY + 1];

GTypeClass *_kvm_vcpu_class;

G_DEFINE_FINAL_TYPE (KvmVcpu, kvm_vcpu, G_TYPE_OBJECT)

/* Whoever found it through the VM has no reference: to take one calls into bindings, which must not
 * happen under a lock. So the last one is kept for them here. */
static void
kvm_vcpu_dispose (GObject *object)
{
  KvmVcpu *self = KVM_VCPU (object);

  if (self->vm != NULL && _kvm_vm_lock (self->vm))
    {
      /* Nobody finds it from now on: what has been disposed of is finalized without being so again
       * if the reference that is kept goes before this returns. */
      self->is_disposed = TRUE;
      if (self->n_pins != 0 && !self->is_kept)
        {
          g_object_ref (self);
          self->is_kept = TRUE;
        }
      g_mutex_unlock (&self->vm->lock);
    }

  G_OBJECT_CLASS (kvm_vcpu_parent_class)->dispose (object);
}

gboolean
_kvm_vcpu_pin (KvmVcpu *self)
{
  if (self->is_disposed)
    return FALSE;
  self->n_pins++;
  return TRUE;
}

void
_kvm_vcpu_unpin (KvmVcpu *self)
{
  gboolean is_last = FALSE;

  if (_kvm_vm_lock (self->vm))
    {
      is_last = --self->n_pins == 0 && self->is_kept;
      if (is_last)
        self->is_kept = FALSE;
      g_mutex_unlock (&self->vm->lock);
    }
  if (is_last)
    g_object_unref (self);
}

static void
drop_dirty_ring (KvmVcpu *self)
{
  gboolean locked = _kvm_vm_lock (self->vm);

  _kvm_dirty_ring_unmap (self->vm, &self->dirty_ring);
  if (locked)
    g_mutex_unlock (&self->vm->lock);
}

static void
kvm_vcpu_finalize (GObject *object)
{
  KvmVcpu *self = KVM_VCPU (object);

  _kvm_vcpu_thread_end (self);
  _kvm_vcpu_drop_cancellable (self);
  if (self->vm != NULL)
    {
      drop_dirty_ring (self);
      _kvm_vm_remove_child (self->vm,
                            &self->handle); /* so that the bus does not find it any more */
    }
  g_clear_pointer (&self->io_table, _kvm_io_table_unref);
  g_clear_pointer (&self->x86_msrs, _kvm_x86_state_msrs_free);
  g_clear_pointer (&self->history, _kvm_exit_history_free);

  /* An exit that something keeps must not keep the kernel's vCPU. */
  if (g_atomic_int_get (&self->handle.generation) != 0
      && g_atomic_int_get (&G_OBJECT (self->exit)->ref_count) > 1)
    _kvm_exit_detach (self->exit);
  g_clear_object (&self->exit);

  _kvm_handle_clear (&self->handle);
  g_clear_object (&self->vm);

  G_OBJECT_CLASS (kvm_vcpu_parent_class)->finalize (object);
}

static void
kvm_vcpu_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  KvmVcpu *self = KVM_VCPU (object);

  switch ((KvmVcpuProperty) id)
    {
    case PROP_VM:
      g_value_set_object (value, self->vm);
      break;
    case PROP_ID:
      g_value_set_uint (value, self->handle.id);
      break;
    case PROP_EXIT:
      g_value_set_object (value, self->exit);
      break;
    case PROP_EXIT_HISTORY:
      g_value_set_uint (value, kvm_vcpu_get_exit_history (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
kvm_vcpu_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  KvmVcpu *self = KVM_VCPU (object);

  switch ((KvmVcpuProperty) id)
    {
    case PROP_EXIT_HISTORY:
      kvm_vcpu_set_exit_history (self, g_value_get_uint (value));
      break;
    case PROP_VM:
    case PROP_ID:
    case PROP_EXIT:
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
kvm_vcpu_constructed (GObject *object)
{
  KvmVcpu *self = KVM_VCPU (object);

  G_OBJECT_CLASS (kvm_vcpu_parent_class)->constructed (object);

  /* Bindings can construct what no kernel stands behind; it has an exit that says nothing. */
  if (self->exit == NULL)
    self->exit = g_object_new (KVM_TYPE_EXIT, NULL);
}

static void
kvm_vcpu_class_init (KvmVcpuClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->constructed = kvm_vcpu_constructed;
  object_class->dispose = kvm_vcpu_dispose;
  object_class->finalize = kvm_vcpu_finalize;
  object_class->get_property = kvm_vcpu_get_property;
  object_class->set_property = kvm_vcpu_set_property;
  _kvm_vcpu_class = (GTypeClass *) klass;

  /**
   * KvmVcpu:vm:
   *
   * The virtual machine that the vCPU is in.
   *
   * Since: 0.1
   */
  properties[PROP_VM] = g_param_spec_object ("vm", NULL, NULL, KVM_TYPE_VM,
                                             G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);

  /**
   * KvmVcpu:id:
   *
   * The id that the vCPU was created with.
   *
   * Since: 0.1
   */
  properties[PROP_ID] = g_param_spec_uint ("id", NULL, NULL, 0, G_MAXUINT, 0,
                                           G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);

  /**
   * KvmVcpu:exit:
   *
   * Why the vCPU stopped.
   *
   * Since: 0.1
   */
  properties[PROP_EXIT] = g_param_spec_object ("exit", NULL, NULL, KVM_TYPE_EXIT,
                                               G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);

  /**
   * KvmVcpu:exit-history:
   *
   * How many of its last exits the vCPU remembers, for [method@Kvm.Vcpu.dump]. A change is notified
   * in the thread that makes it.
   *
   * Since: 0.1
   */
  properties[PROP_EXIT_HISTORY]
      = g_param_spec_uint ("exit-history", NULL, NULL, 0, KVMOBJ_MAX_EXIT_HISTORY, 0,
                           G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);

  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);
}

static void
kvm_vcpu_init (KvmVcpu *self)
{
  _kvm_handle_init (&self->handle, KVM_HANDLE_VCPU);
}

KvmVcpu *
_kvm_vcpu_new_take_fd (KvmVm *vm, guint id, int fd, GError **error)
{
  g_autoptr (KvmVcpu) self = NULL;
  KvmExit *exit = NULL;

  if (_kvm_vm_map_coalesced_ring (vm, fd, error))
    exit = _kvm_exit_new (fd, vm->system->vcpu_mmap_size, error);
  if (exit == NULL)
    {
      _kvm_error_add_detail (error, "vCPU id %u", id);
      return NULL;
    }

  self = g_object_new (KVM_TYPE_VCPU, NULL);
  g_object_unref (self->exit);
  self->exit = exit;
  if (!_kvm_dirty_ring_map (vm, &self->dirty_ring, fd, error))
    {
      _kvm_error_add_detail (error, "vCPU id %u", id);
      return NULL;
    }
  self->vm = g_object_ref (vm);
  self->handle.state = KVM_STATE_IDLE;
  _kvm_handle_open (&self->handle, fd, id, &vm->handle);
  _kvm_vm_add_child (vm, &self->handle);
  return g_steal_pointer (&self);
}

gboolean
_kvm_vcpu_owns_fd (int fd)
{
  KvmAbiMpState state;
  gpointer mapping;

  /* Of KVM's fds only a vCPU's can be mapped; of what else can be mapped only a vCPU answers. */
  if (ioctl (fd, _KVM_GET_MP_STATE, &state) == -1)
    return FALSE;
  mapping = mmap (NULL, sizeof (KvmAbiRun), PROT_READ, MAP_SHARED, fd, 0);
  if (mapping == MAP_FAILED)
    return FALSE;
  munmap (mapping, sizeof (KvmAbiRun));
  return TRUE;
}

/**
 * kvm_vcpu_new_take_fd: (constructor)
 * @vm: the virtual machine that the vCPU is in
 * @id: the id that the vCPU was created with
 * @fd: a file descriptor of a vCPU that is not running, which now belongs to the new object
 * @error: return location for an error
 *
 * Makes a vCPU of a file descriptor that something else in this process got from `KVM_CREATE_VCPU`.
 * It becomes close-on-exec. If this fails, it stays the caller's.
 *
 * Fails with %KVM_ERROR_INVALID if it is not an fd of a vCPU, and with %KVM_ERROR_CLOSED.
 *
 * Returns: (transfer full): the vCPU
 *
 * Since: 0.1
 */
KvmVcpu *
kvm_vcpu_new_take_fd (KvmVm *vm, guint id, int fd, GError **error)
{
  KvmVcpu *self;

  g_return_val_if_fail (KVM_IS_VM (vm), NULL);

  if (!_kvm_handle_check (&vm->handle, "kvm_vcpu_new_take_fd ()", error))
    return NULL;
  if (!_kvm_vcpu_owns_fd (fd))
    {
      g_set_error (error, KVM_ERROR, KVM_ERROR_INVALID, "The fd %d is not a vCPU's", fd);
      return NULL;
    }

  self = _kvm_vcpu_new_take_fd (vm, id, fd, error);
  if (self != NULL)
    {
      fcntl (fd, F_SETFD, FD_CLOEXEC);
      _kvm_handle_set_lent (&self->handle);
    }
  return self;
}

void
_kvm_vcpu_close_handle (KvmHandle *handle)
{
  KvmVcpu *self = _kvm_vcpu_from_handle (handle);

  if (!_kvm_handle_close (handle))
    return;
  _kvm_run_state_kick (&self->handle.state, KVM_STATE_CLOSED, TRUE, self->exit->run);

  /* The mapping of a ring would keep the kernel's vCPU, and so would that of the page. A thread
   * that is in KVM_RUN does not need it, for the kernel has the page mapped itself. */
  _kvm_dirty_ring_unmap (self->vm, &self->dirty_ring);
  _kvm_exit_detach (self->exit);
}

/**
 * kvm_vcpu_close:
 * @self: a vCPU
 *
 * Closes the vCPU, for languages in which the last reference goes at a time of its own. Every
 * method then fails with %KVM_ERROR_CLOSED, and so does a run in another thread, which is kicked.
 * The last exit stays readable. The kernel keeps the vCPU as long as its virtual machine; the id
 * cannot be used again. Closing again does nothing.
 *
 * Since: 0.1
 */
void
kvm_vcpu_close (KvmVcpu *self)
{
  gboolean locked;

  g_return_if_fail (KVM_IS_VCPU (self));

  if (self->vm == NULL)
    return;

  /* Not while the VM is closed, which closes its vCPUs. */
  locked = _kvm_vm_lock (self->vm);
  _kvm_vcpu_close_handle (&self->handle);
  if (locked)
    g_mutex_unlock (&self->vm->lock);
}

/**
 * kvm_vcpu_get_fd:
 * @self: a vCPU
 *
 * Lends the file descriptor, for ioctls that the library does not know. It is the vCPU's: neither
 * close it nor keep it longer than the vCPU. An ioctl on it blocks while the vCPU runs.
 *
 * Returns: the file descriptor; -1 if the vCPU is closed or was never opened
 *
 * Since: 0.1
 */
int
kvm_vcpu_get_fd (KvmVcpu *self)
{
  int fd;

  g_return_val_if_fail (KVM_IS_VCPU (self), -1);

  fd = _kvm_handle_get_fd (&self->handle);
  _kvm_vcpu_x86_stop_sync (self);
  return fd;
}

/**
 * kvm_vcpu_dup_fd:
 * @self: a vCPU
 * @error: return location for an error
 *
 * Duplicates the file descriptor, to give it to something else. The duplicate is close-on-exec.
 *
 * Fails with %KVM_ERROR_CLOSED, and with %KVM_ERROR_TOO_MANY_FILES if the process has none left.
 *
 * Returns: a file descriptor that the caller closes; -1 on failure
 *
 * Since: 0.1
 */
int
kvm_vcpu_dup_fd (KvmVcpu *self, GError **error)
{
  int fd;

  g_return_val_if_fail (KVM_IS_VCPU (self), -1);

  fd = _kvm_handle_dup_fd (&self->handle, error);
  _kvm_vcpu_x86_stop_sync (self);
  return fd;
}

/**
 * kvm_vcpu_get_vm:
 * @self: a vCPU
 *
 * Gets the virtual machine that the vCPU is in.
 *
 * Returns: (transfer none) (nullable): the virtual machine; %NULL if the vCPU was never opened
 *
 * Since: 0.1
 */
KvmVm *
kvm_vcpu_get_vm (KvmVcpu *self)
{
  g_return_val_if_fail (KVM_IS_VCPU (self), NULL);

  return self->vm;
}

/**
 * kvm_vcpu_get_id:
 * @self: a vCPU
 *
 * Gets the id that the vCPU was created with.
 *
 * Returns: the id
 *
 * Since: 0.1
 */
guint
kvm_vcpu_get_id (KvmVcpu *self)
{
  g_return_val_if_fail (KVM_IS_VCPU (self), 0);

  return self->handle.id;
}

/**
 * kvm_vcpu_get_exit:
 * @self: a vCPU
 *
 * Gets the object that tells why the vCPU stopped. It is the same one each time, and shows the last
 * run; see [class@Kvm.Exit].
 *
 * Returns: (transfer none): the exit
 *
 * Since: 0.1
 */
KvmExit *
kvm_vcpu_get_exit (KvmVcpu *self)
{
  g_return_val_if_fail (KVM_IS_VCPU (self), NULL);

  return self->exit;
}

/**
 * kvm_vcpu_set_exit_history:
 * @self: a vCPU
 * @n_exits: how many, at most %KVMOBJ_MAX_EXIT_HISTORY; 0 for none
 *
 * Lets the vCPU remember its last exits from now on, for [method@Kvm.Vcpu.dump]: those that runs
 * returned, and those that devices on the [class@Kvm.IoBus] served. Each is written down as
 * [method@Kvm.Exit.to_string] has it, which takes some microseconds; without this nothing is
 * kept, and nothing is slower.
 *
 * It may be called from any thread, also while the guest runs.
 *
 * Since: 0.1
 */
void
kvm_vcpu_set_exit_history (KvmVcpu *self, guint n_exits)
{
  g_return_if_fail (KVM_IS_VCPU (self));
  g_return_if_fail (n_exits <= KVMOBJ_MAX_EXIT_HISTORY);

  if (n_exits == kvm_vcpu_get_exit_history (self))
    return;
  _kvm_vcpu_set_history_length (self, n_exits);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_EXIT_HISTORY]);
}

/**
 * kvm_vcpu_enable_capability:
 * @self: a vCPU
 * @capability: a [enum@Kvm.Capability], or another number of the kernel's `KVM_CAP_…`
 * @arguments: (array length=n_arguments) (nullable): what the capability takes
 * @n_arguments: how many there are, at most 4; the others are 0
 * @error: return location for an error
 *
 * Switches a capability on that is not on by itself (`KVM_ENABLE_CAP`; %KVM_CAPABILITY_ENABLE_CAP;
 * x86). See sections 4.37 and 6 of api.rst.
 *
 * Fails with %KVM_ERROR_CLOSED, %KVM_ERROR_RUNNING, %KVM_ERROR_INVALID if there are more than 4
 * arguments, %KVM_ERROR_INVALID_ARGUMENT if the kernel does not take the capability or its
 * arguments, and with errors that depend on the capability.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
kvm_vcpu_enable_capability (KvmVcpu *self, guint capability, const guint64 *arguments,
                            gsize n_arguments, GError **error)
{
  g_return_val_if_fail (KVM_IS_VCPU (self), FALSE);
  g_return_val_if_fail (arguments != NULL || n_arguments == 0, FALSE);

  g_atomic_int_set (&self->is_msr_set_changed, TRUE);
  return _kvm_handle_enable_capability (&self->handle, capability, arguments, n_arguments, error);
}

/**
 * kvm_vcpu_get_mp_state:
 * @self: a vCPU
 * @state: (out): whether the vCPU takes part in the machine
 * @error: return location for an error
 *
 * Gets whether the vCPU takes part in the machine (`KVM_GET_MP_STATE`; %KVM_CAPABILITY_MP_STATE).
 * See section 4.38 of api.rst.
 *
 * Fails with %KVM_ERROR_CLOSED and %KVM_ERROR_RUNNING.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
kvm_vcpu_get_mp_state (KvmVcpu *self, KvmVcpuState *state, GError **error)
{
  guint raw;

  g_return_val_if_fail (state != NULL, FALSE);
  *state = KVM_VCPU_STATE_OTHER;
  g_return_val_if_fail (KVM_IS_VCPU (self), FALSE);

  if (!kvm_vcpu_get_raw_mp_state (self, &raw, error))
    return FALSE;

  if (raw <= KVM_VCPU_STATE_STOPPED || raw == KVM_VCPU_STATE_AP_RESET_HOLD
      || raw == KVM_VCPU_STATE_SUSPENDED)
    *state = raw;
  return TRUE;
}

/**
 * kvm_vcpu_get_raw_mp_state:
 * @self: a vCPU
 * @state: (out): the kernel's `KVM_MP_STATE_…`
 * @error: return location for an error
 *
 * Gets what [method@Kvm.Vcpu.get_mp_state] gets, as the kernel's number.
 *
 * Fails with %KVM_ERROR_CLOSED and %KVM_ERROR_RUNNING.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
kvm_vcpu_get_raw_mp_state (KvmVcpu *self, guint *state, GError **error)
{
  KvmAbiMpState mp_state = { 0 };

  g_return_val_if_fail (state != NULL, FALSE);
  *state = 0;
  g_return_val_if_fail (KVM_IS_VCPU (self), FALSE);

  if (kvm_ioctl (&self->handle, KVM_GET_MP_STATE, &mp_state, error) == -1)
    return FALSE;
  *state = mp_state.mp_state;
  return TRUE;
}

/**
 * kvm_vcpu_set_mp_state:
 * @self: a vCPU
 * @state: a [enum@Kvm.VcpuState], or another number of the kernel's `KVM_MP_STATE_…`
 * @error: return location for an error
 *
 * Sets whether the vCPU takes part in the machine (`KVM_SET_MP_STATE`; %KVM_CAPABILITY_MP_STATE).
 * See section 4.39 of api.rst.
 *
 * Fails with %KVM_ERROR_CLOSED, %KVM_ERROR_RUNNING, and with %KVM_ERROR_INVALID_ARGUMENT if the
 * vCPU cannot be in this state: most need an in-kernel irqchip on x86.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
kvm_vcpu_set_mp_state (KvmVcpu *self, guint state, GError **error)
{
  KvmAbiMpState mp_state = { state };

  g_return_val_if_fail (KVM_IS_VCPU (self), FALSE);

  if (kvm_ioctl (&self->handle, KVM_SET_MP_STATE, &mp_state, error) == -1)
    {
      _kvm_error_add_detail (error, "state %u", state);
      return FALSE;
    }
  return TRUE;
}

/**
 * kvm_vcpu_set_guest_debug:
 * @self: a vCPU
 * @flags: how the guest is debugged
 * @registers: (array length=n_registers) (nullable): for hardware breakpoints the registers of the
 *   architecture: on x86 DR0 to DR7, where DR4 and DR5 are not used; on arm64 16 breakpoint
 * control, 16 breakpoint value, 16 watchpoint control and 16 watchpoint value registers
 * @n_registers: how many there are: 0, or 8 on x86 and 64 on arm64
 * @error: return location for an error
 *
 * Lets the guest stop for debugging (`KVM_SET_GUEST_DEBUG`; %KVM_CAPABILITY_SET_GUEST_DEBUG). Where
 * it stops, the run returns %KVM_EXIT_REASON_DEBUG. See section 4.87 of api.rst.
 *
 * To go step by step, ask for %KVM_GUEST_DEBUG_FLAGS_ENABLE and
 * %KVM_GUEST_DEBUG_FLAGS_SINGLE_STEP. An instruction that stops the guest for another reason, such
 * as port I/O, returns that reason in place of its step; and a step over a halt may return
 * %KVM_EXIT_REASON_DEBUG alone, so that a program which waits for %KVM_EXIT_REASON_HLT would wait
 * for ever.
 *
 * Fails with %KVM_ERROR_CLOSED, %KVM_ERROR_RUNNING, %KVM_ERROR_INVALID if the number of registers
 * is another, %KVM_ERROR_BUSY if an exception is pending that is not to be lost (x86), and with
 * %KVM_ERROR_INVALID_ARGUMENT if the host cannot do what a flag says.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
kvm_vcpu_set_guest_debug (KvmVcpu *self, KvmGuestDebugFlags flags, const guint64 *registers,
                          gsize n_registers, GError **error)
{
  KvmAbiGuestDebug debug = { .control = flags };

  g_return_val_if_fail (KVM_IS_VCPU (self), FALSE);
  g_return_val_if_fail (registers != NULL || n_registers == 0, FALSE);

  if (n_registers != 0 && n_registers != KVMOBJ_N_DEBUG_REGISTERS)
    {
      g_set_error (error, KVM_ERROR, KVM_ERROR_INVALID,
                   "KVM_SET_GUEST_DEBUG takes %d debug registers or none on " KVMOBJ_HOST_ARCH_NAME
                   ", not %" G_GSIZE_FORMAT,
                   KVMOBJ_N_DEBUG_REGISTERS, n_registers);
      return FALSE;
    }
  if (n_registers != 0)
    memcpy (debug.registers, registers, sizeof debug.registers);
  if (kvm_ioctl (&self->handle, KVM_SET_GUEST_DEBUG, &debug, error) == -1)
    {
      _kvm_error_add_detail (error, "flags 0x%x", flags);
      return FALSE;
    }
  self->is_debugged = (flags & KVM_GUEST_DEBUG_FLAGS_ENABLE) != 0;
  if (self->is_debugged)
    _kvm_vcpu_x86_stop_sync (self);
  return TRUE;
}

/**
 * kvm_vcpu_has_attribute:
 * @self: a vCPU
 * @group: a group of attributes
 * @attribute: an attribute in the group
 * @error: return location for an error
 *
 * Asks whether the vCPU has an attribute (`KVM_HAS_DEVICE_ATTR`; %KVM_CAPABILITY_VCPU_ATTRIBUTES;
 * x86 and arm64). See section 4.81 of api.rst.
 *
 * Fails with %KVM_ERROR_CLOSED and %KVM_ERROR_RUNNING. That there is no such attribute is not an
 * error.
 *
 * Returns: %TRUE if there is such an attribute; %FALSE without an error if there is not
 *
 * Since: 0.1
 */
gboolean
kvm_vcpu_has_attribute (KvmVcpu *self, guint group, guint64 attribute, GError **error)
{
  g_return_val_if_fail (KVM_IS_VCPU (self), FALSE);

  return _kvm_handle_has_attribute (&self->handle, group, attribute, error);
}

/**
 * kvm_vcpu_get_attribute:
 * @self: a vCPU
 * @group: a group of attributes
 * @attribute: an attribute in the group
 * @size: how many bytes the attribute has
 * @length: (out): the length of the result, which is @size
 * @error: return location for an error
 *
 * Gets an attribute of the vCPU (`KVM_GET_DEVICE_ATTR`; %KVM_CAPABILITY_VCPU_ATTRIBUTES; x86 and
 * arm64). See section 4.80 of api.rst.
 *
 * Fails with %KVM_ERROR_CLOSED, %KVM_ERROR_RUNNING, %KVM_ERROR_NO_SUCH_ATTRIBUTE, and with
 * %KVM_ERROR_FAULT if the attribute is larger than @size.
 *
 * Returns: (array length=length) (transfer full): the value, little-endian
 *
 * Since: 0.1
 */
guint8 *
kvm_vcpu_get_attribute (KvmVcpu *self, guint group, guint64 attribute, gsize size, gsize *length,
                        GError **error)
{
  g_return_val_if_fail (length != NULL, NULL);
  *length = 0;
  g_return_val_if_fail (KVM_IS_VCPU (self), NULL);

  return _kvm_handle_get_attribute (&self->handle, group, attribute, size, length, error);
}

/**
 * kvm_vcpu_set_attribute:
 * @self: a vCPU
 * @group: a group of attributes
 * @attribute: an attribute in the group
 * @data: (array length=length) (nullable): the value, little-endian
 * @length: its length in bytes, which is that of the attribute
 * @error: return location for an error
 *
 * Sets an attribute of the vCPU (`KVM_SET_DEVICE_ATTR`; %KVM_CAPABILITY_VCPU_ATTRIBUTES; x86 and
 * arm64). See section 4.80 of api.rst.
 *
 * Fails with %KVM_ERROR_CLOSED, %KVM_ERROR_RUNNING, %KVM_ERROR_NO_SUCH_ATTRIBUTE, %KVM_ERROR_BUSY
 * if it is too late, and with %KVM_ERROR_FAULT if the attribute is larger than @length.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
kvm_vcpu_set_attribute (KvmVcpu *self, guint group, guint64 attribute, const guint8 *data,
                        gsize length, GError **error)
{
  g_return_val_if_fail (KVM_IS_VCPU (self), FALSE);
  g_return_val_if_fail (data != NULL || length == 0, FALSE);

  return _kvm_handle_set_attribute (&self->handle, group, attribute, data, length, error);
}
