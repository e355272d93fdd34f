/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <pwd.h>
#include <string.h>
#include <unistd.h>

#include "kvm-diagnosis-private.h"
#include "kvm-system-private.h"
#include "kvm-vcpu.h"
#include "kvm-vm.h"

/**
 * KvmDiagnosis:
 *
 * Whether KVM can be used here, and if not, why, and what to do about it:
 * [func@Kvm.System.diagnose] makes one.
 *
 * A diagnosis does not change, and may be used from any thread.
 *
 * ```c
 * g_autoptr (KvmDiagnosis) diagnosis = kvm_system_diagnose ();
 *
 * if (kvm_diagnosis_get_status (diagnosis) != KVM_DIAGNOSIS_STATUS_USABLE)
 *   g_printerr ("%s\n", kvm_diagnosis_get_message (diagnosis));
 * ```
 *
 * Since: 0.1
 */
struct _KvmDiagnosis
{
  GObject parent_instance;
  KvmDiagnosisStatus status;
  KvmSandbox sandbox;
  char *group;        /* owned; NULL if it is not a question of a group */
  const char *module; /* NULL if it is not a question of a module */
  GString *message;   /* owned */
};

G_DEFINE_FINAL_TYPE (KvmDiagnosis, kvm_diagnosis, G_TYPE_OBJECT)

static void
kvm_diagnosis_finalize (GObject *object)
{
  KvmDiagnosis *self = KVM_DIAGNOSIS (object);

  g_free (self->group);
  g_string_free (self->message, TRUE);

  G_OBJECT_CLASS (kvm_diagnosis_parent_class)->finalize (object);
}

static void
kvm_diagnosis_class_init (KvmDiagnosisClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = kvm_diagnosis_finalize;
}

static void
kvm_diagnosis_init (KvmDiagnosis *self)
{
  self->message = g_string_new (NULL);
}

/* What was found, and the first sentence about it. */
static void
conclude (KvmDiagnosis *self, KvmDiagnosisStatus status, const char *sentence)
{
  self->status = status;
  g_string_append (self->message, sentence);
}

static gboolean
file_exists (const char *root, const char *name)
{
  g_autofree char *path = g_strconcat (root, name, NULL);

  return g_file_test (path, G_FILE_TEST_EXISTS);
}

/* The contents; "" if the file cannot be read. */
static char *
read_file (const char *root, const char *name)
{
  g_autofree char *path = g_strconcat (root, name, NULL);
  char *contents;

  return g_file_get_contents (path, &contents, NULL, NULL) ? contents : g_strdup ("");
}

/* Whether a line that begins with @key, as in /proc/cpuinfo, has this word. */
static gboolean
line_has_word (const char *text, const char *key, const char *word)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);

  for (guint i = 0; lines[i] != NULL; i++)
    {
      g_auto (GStrv) words = NULL;

      if (!g_str_has_prefix (lines[i], key))
        continue;
      words = g_strsplit_set (lines[i], " \t", -1);
      if (g_strv_contains ((const char *const *) words, word))
        return TRUE;
    }
  return FALSE;
}

static KvmSandbox
find_sandbox (const char *root)
{
  if (file_exists (root, "/.flatpak-info"))
    return KVM_SANDBOX_FLATPAK;
  if (g_getenv ("SNAP_NAME") != NULL)
    return KVM_SANDBOX_SNAP;
  /* Podman, Docker, and what systemd knows; the last says so to all that it starts. */
  if (file_exists (root, "/run/.containerenv") || file_exists (root, "/.dockerenv")
      || file_exists (root, "/run/systemd/container") || g_getenv ("container") != NULL)
    return KVM_SANDBOX_CONTAINER;
  return KVM_SANDBOX_NONE;
}

static void
add_sandbox_advice (KvmDiagnosis *self)
{
  switch (self->sandbox)
    {
    case KVM_SANDBOX_FLATPAK:
      g_string_append (
          self->message,
          " This is a Flatpak, which gets the device with \"flatpak run --device=kvm\", "
          "and for good with \"flatpak override --user --device=kvm\".");
      break;
    case KVM_SANDBOX_SNAP:
      g_string_append_printf (
          self->message, " This is a snap, which gets the device with \"snap connect %s:kvm\".",
          g_getenv ("SNAP_NAME"));
      break;
    case KVM_SANDBOX_CONTAINER:
      g_string_append (self->message, " This is a container, which gets the device when it is "
                                      "started with --device=/dev/kvm.");
      break;
    case KVM_SANDBOX_NONE:
    default:
      break;
    }
}

/* Only x86 says so itself; the others have what their hypervisor tells of the machine. */
static gboolean
is_virtual_machine (const char *root, int arch, const char *cpuinfo)
{
  g_autofree char *vendor = read_file (root, "/sys/class/dmi/id/sys_vendor");
  g_autofree char *board = read_file (root, "/proc/device-tree/compatible");

  return arch == KVMOBJ_ARCH_X86 ? line_has_word (cpuinfo, "flags", "hypervisor")
                                 : strstr (vendor, "QEMU") != NULL || strstr (board, "virt") != NULL
                                       || file_exists (root, "/proc/device-tree/hypervisor");
}

/* Whether the processor has what KVM needs, and then the module that serves it. */
static gboolean
has_virtualization (const char *root, int arch, const char *cpuinfo, const char **module)
{
  const char *isa;

  switch (arch)
    {
    case KVMOBJ_ARCH_X86:
      if (line_has_word (cpuinfo, "flags", "vmx"))
        *module = "kvm_intel";
      else if (line_has_word (cpuinfo, "flags", "svm"))
        *module = "kvm_amd";
      return *module != NULL;
    case KVMOBJ_ARCH_RISCV:
      /* The letter h among the single ones: "isa : rv64imafdch_zicsr". */
      *module = "kvm";
      isa = strstr (cpuinfo, "rv64");
      return isa != NULL && memchr (isa + 4, 'h', strcspn (isa + 4, "_\n")) != NULL;
    case KVMOBJ_ARCH_ARM64:
    default:
      /* KVM is a part of the kernel, and says nothing where that was not started in EL2. */
      return !file_exists (root, "/sys/module/kvm");
    }
}

/* There is no KVM in the kernel. */
static void
explain_absence (KvmDiagnosis *self, const char *root, int arch)
{
  g_autofree char *cpuinfo = read_file (root, "/proc/cpuinfo");
  const char *module = NULL;

  if (!has_virtualization (root, arch, cpuinfo, &module))
    {
      if (is_virtual_machine (root, arch, cpuinfo))
        conclude (
            self, KVM_DIAGNOSIS_STATUS_NO_NESTING,
            "This is a virtual machine, and its hypervisor does not offer virtualization to "
            "it. Switch nested virtualization on outside: for KVM with the parameter nested=1 "
            "of its module, and the host's CPU model for this machine; elsewhere it is a "
            "setting of the virtual machine.");
      else
        conclude (
            self, KVM_DIAGNOSIS_STATUS_NO_VIRTUALIZATION,
            arch == KVMOBJ_ARCH_X86
                ? "The processor does not offer virtualization. Switch it on in the firmware "
                  "(BIOS), which calls it VT-x, SVM or AMD-V, and then switch the machine off "
                  "and on; if there is no such setting, the processor does not have it."
            : arch == KVMOBJ_ARCH_ARM64
                ? "The firmware did not start the kernel in EL2, where it could virtualize: "
                  "another firmware or a setting of it may."
                : "The processor does not have the extension H, which KVM needs.");
      return;
    }

  self->module = module;
  if (module == NULL)
    {
      conclude (self, KVM_DIAGNOSIS_STATUS_NO_MODULE,
                "The kernel has no KVM: use one that is built with CONFIG_KVM.");
      return;
    }
  conclude (self, KVM_DIAGNOSIS_STATUS_NO_MODULE, "The kernel's KVM is not loaded: ");
  g_string_append_printf (self->message,
                          "load it as root with \"modprobe %s\"%s. If there is no such module, the "
                          "kernel is built without it; if it cannot be loaded, the kernel's log "
                          "says why.",
                          module,
                          self->sandbox != KVM_SANDBOX_NONE ? ", outside of the sandbox" : "");
}

/* There is no file, or nothing behind it. */
static void
explain_missing (KvmDiagnosis *self, const char *root, int arch)
{
  g_autofree char *misc = read_file (root, "/proc/misc");

  if (!line_has_word (misc, "", "kvm"))
    {
      explain_absence (self, root, arch);
      return;
    }
  conclude (self, KVM_DIAGNOSIS_STATUS_NO_NODE,
            "The kernel has KVM, but /dev/kvm is not there or is not the right device.");
  if (self->sandbox != KVM_SANDBOX_NONE)
    add_sandbox_advice (self);
  else
    g_string_append (
        self->message,
        " Make it as root with \"mknod /dev/kvm c 10 232\"; it comes by itself where a "
        "devtmpfs is mounted at /dev.");
}

/* The device is there, and that the user is not in its group is what is in the way. */
static void
add_group_advice (KvmDiagnosis *self)
{
  if (self->sandbox == KVM_SANDBOX_CONTAINER)
    g_string_append (
        self->message,
        " This is a container, which gets the group when it is started with --group-add.");
  else if (self->sandbox == KVM_SANDBOX_SNAP)
    add_sandbox_advice (self);
}

static char *
get_user_name (void)
{
  struct passwd entry, *found = NULL;
  char buffer[4096];

  /* GLib warns of a user that has no name, which is not unusual in a container. */
  getpwuid_r (getuid (), &entry, buffer, sizeof buffer, &found);
  return g_strdup (found != NULL ? found->pw_name : "$USER");
}

static void
explain_permission (KvmDiagnosis *self, const char *path, int code)
{
  g_autofree char *user = get_user_name ();
  /* Neither EPERM nor what keeps root away comes from the file's mode. */
  gboolean of_mode = code == KVM_ERROR_PERMISSION && geteuid () != 0;

  conclude (self, KVM_DIAGNOSIS_STATUS_NO_PERMISSION, "The user may not use /dev/kvm.");
  switch (of_mode ? _kvm_system_find_group (path, &self->group) : KVM_PERMITTED_ALL)
    {
    case KVM_PERMITTED_GROUP:
      g_string_append_printf (
          self->message,
          " Its group %s may: add the user to it with \"sudo usermod -aG %s %s\", "
          "then log in again.",
          self->group, self->group, user);
      add_group_advice (self);
      break;
    case KVM_PERMITTED_UNNAMED_GROUP:
      g_string_append (self->message,
                       " Its group may, which has no name here: outside of the sandbox \"ls -l "
                       "/dev/kvm\" tells it. Add the user to it, then log in again.");
      add_group_advice (self);
      break;
    case KVM_PERMITTED_OWNER:
      g_string_append (self->message,
                       " Only its owner may: let a group use it, as root, with chgrp "
                       "and chmod g+rw, or run the program as that user.");
      break;
    case KVM_PERMITTED_ALL:
    default:
      if (self->sandbox != KVM_SANDBOX_NONE)
        add_sandbox_advice (self);
      else
        g_string_append (self->message,
                         " Its mode would let the user: a sandbox, a security policy "
                         "or a directory on the way does not.");
    }
}

/* It opens, so does it work? */
static void
try_out (KvmDiagnosis *self, KvmSystem *system)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (KvmVm) vm = kvm_system_create_vm (system, &error);
  g_autoptr (KvmVcpu) vcpu = vm != NULL ? kvm_vm_create_vcpu (vm, 0, &error) : NULL;

  if (vcpu != NULL)
    conclude (self, KVM_DIAGNOSIS_STATUS_USABLE, "KVM can be used.");
  else if (g_error_matches (error, KVM_ERROR, KVM_ERROR_BUSY))
    conclude (
        self, KVM_DIAGNOSIS_STATUS_BUSY,
        "Another hypervisor is using the processor: end its virtual machines, such as those of "
        "VirtualBox or VMware, or unload its kernel module.");
  else
    {
      conclude (self, KVM_DIAGNOSIS_STATUS_BROKEN, "KVM is there, but does not work: ");
      g_string_append (self->message, error->message);
    }
}

KvmDiagnosis *
_kvm_diagnose (const char *root, int arch)
{
  KvmDiagnosis *self = g_object_new (KVM_TYPE_DIAGNOSIS, NULL);
  g_autofree char *path = g_strconcat (root, "/dev/kvm", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (KvmSystem) system = kvm_system_new_for_path (path, &error);

  self->sandbox = find_sandbox (root);
  if (system != NULL)
    {
      try_out (self, system);
      return self;
    }

  switch (error->code)
    {
    case KVM_ERROR_NOT_FOUND:
    case KVM_ERROR_NO_DEVICE:
    case KVM_ERROR_NO_SUCH_ATTRIBUTE: /* ENXIO: a node without a driver */
      explain_missing (self, root, arch);
      break;
    case KVM_ERROR_PERMISSION:
    case KVM_ERROR_NOT_PERMITTED:
      explain_permission (self, path, error->code);
      break;
    case KVM_ERROR_BUSY:
      conclude (self, KVM_DIAGNOSIS_STATUS_BUSY, "/dev/kvm is in use by another hypervisor.");
      break;
    default:
      conclude (self, KVM_DIAGNOSIS_STATUS_BROKEN, "/dev/kvm is there, but does not work: ");
      g_string_append (self->message, error->message);
    }
  return self;
}

/**
 * kvm_system_diagnose:
 *
 * Finds out why KVM cannot be used: no module, no device file, no permission, another hypervisor,
 * virtualization that is switched off in the firmware or not offered to a virtual machine, or a
 * KVM that does not work. To be sure it opens /dev/kvm, makes a virtual machine with a vCPU
 * (`KVM_CREATE_VM`, `KVM_CREATE_VCPU`), and closes them. It needs no [class@Kvm.System], and never
 * fails.
 *
 * It opens files and may take some milliseconds: it is meant for the case that
 * [ctor@Kvm.System.new] failed, and for settings and installers.
 *
 * Returns: (transfer full): what it found
 *
 * Since: 0.1
 */
KvmDiagnosis *
kvm_system_diagnose (void)
{
  return _kvm_diagnose ("", KVMOBJ_HOST_ARCH);
}

/**
 * kvm_diagnosis_get_status:
 * @self: a diagnosis
 *
 * Gets whether KVM can be used, or what is in the way.
 *
 * Returns: the status
 *
 * Since: 0.1
 */
KvmDiagnosisStatus
kvm_diagnosis_get_status (KvmDiagnosis *self)
{
  g_return_val_if_fail (KVM_IS_DIAGNOSIS (self), KVM_DIAGNOSIS_STATUS_BROKEN);

  return self->status;
}

/**
 * kvm_diagnosis_get_sandbox:
 * @self: a diagnosis
 *
 * Gets what the process is shut into, whether that is in the way or not.
 *
 * Returns: the kind of sandbox
 *
 * Since: 0.1
 */
KvmSandbox
kvm_diagnosis_get_sandbox (KvmDiagnosis *self)
{
  g_return_val_if_fail (KVM_IS_DIAGNOSIS (self), KVM_SANDBOX_NONE);

  return self->sandbox;
}

/**
 * kvm_diagnosis_get_group:
 * @self: a diagnosis
 *
 * Gets the group that may use /dev/kvm, for %KVM_DIAGNOSIS_STATUS_NO_PERMISSION.
 *
 * Returns: (nullable): the name of the group; %NULL if no group could help
 *
 * Since: 0.1
 */
const char *
kvm_diagnosis_get_group (KvmDiagnosis *self)
{
  g_return_val_if_fail (KVM_IS_DIAGNOSIS (self), NULL);

  return self->group;
}

/**
 * kvm_diagnosis_get_module:
 * @self: a diagnosis
 *
 * Gets the kernel module to load, for %KVM_DIAGNOSIS_STATUS_NO_MODULE.
 *
 * Returns: (nullable): the name of the module; %NULL if no module could help
 *
 * Since: 0.1
 */
const char *
kvm_diagnosis_get_module (KvmDiagnosis *self)
{
  g_return_val_if_fail (KVM_IS_DIAGNOSIS (self), NULL);

  return self->module;
}

/**
 * kvm_diagnosis_get_message:
 * @self: a diagnosis
 *
 * Gets the diagnosis in words, for people: one paragraph that says what is in the way and what to
 * do about it. It is in English.
 *
 * Returns: the paragraph
 *
 * Since: 0.1
 */
const char *
kvm_diagnosis_get_message (KvmDiagnosis *self)
{
  g_return_val_if_fail (KVM_IS_DIAGNOSIS (self), NULL);

  return self->message->str;
}
