/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What only x86 has: CPUID and model-specific registers. Elsewhere nothing is added. */

#include "kvmobj-info-private.h"

#include <string.h>

typedef enum
{
  EAX,
  EBX,
  ECX,
  EDX,
} Register;

/* The names of bits, as Linux has them in /proc/cpuinfo where it does: bit:name, or a name for the
 * bit after the last one. */
static const struct
{
  guint32 function;
  guint32 index;
  Register reg;
  const char *group;
  const char *names;
} features[] = {
  { 0x1, 0, EDX, "leaf 0x1, EDX",
    "fpu vme de pse tsc msr pae mce cx8 apic 11:sep mtrr pge mca cmov pat pse36 pn clflush 21:dts "
    "acpi mmx fxsr sse sse2 ss ht tm ia64 pbe" },
  { 0x1, 0, ECX, "leaf 0x1, ECX",
    "pni pclmulqdq dtes64 monitor ds_cpl vmx smx est tm2 ssse3 cid sdbg fma cx16 xtpr pdcm 17:pcid "
    "dca sse4_1 sse4_2 x2apic movbe popcnt tsc_deadline_timer aes xsave osxsave avx f16c rdrand "
    "hypervisor" },
  { 0x7, 0, EBX, "leaf 0x7, EBX",
    "fsgsbase tsc_adjust sgx bmi1 hle avx2 fdp_excptn_only smep bmi2 erms invpcid rtm cqm "
    "zero_fcs_fds mpx rdt_a avx512f avx512dq rdseed adx smap avx512ifma 23:clflushopt clwb intel_pt "
    "avx512pf avx512er avx512cd sha_ni avx512bw avx512vl" },
  { 0x7, 0, ECX, "leaf 0x7, ECX",
    "prefetchwt1 avx512vbmi umip pku ospke waitpkg avx512_vbmi2 shstk gfni vaes vpclmulqdq "
    "avx512_vnni avx512_bitalg tme avx512_vpopcntdq 16:la57 22:rdpid key_locker bus_lock_detect "
    "cldemote 27:movdiri movdir64b enqcmd sgx_lc pks" },
  { 0x7, 0, EDX, "leaf 0x7, EDX",
    "1:sgx_keys avx512_4vnniw avx512_4fmaps fsrm uintr 8:avx512_vp2intersect srbds_ctrl md_clear "
    "rtm_always_abort 13:tsx_force_abort serialize hybrid_cpu tsxldtrk 18:pconfig arch_lbr ibt "
    "22:amx_bf16 avx512_fp16 amx_tile amx_int8 spec_ctrl intel_stibp flush_l1d arch_capabilities "
    "core_capabilities spec_ctrl_ssbd" },
  { 0x7, 1, EAX, "leaf 0x7, subleaf 1, EAX",
    "sha512 sm3 sm4 rao_int avx_vnni avx512_bf16 lass cmpccxadd arch_perfmon_ext 10:fzrm fsrs fsrc "
    "17:fred lkgs wrmsrns nmi_source amx_fp16 hreset avx_ifma 26:lam msrlist" },
  { 0x7, 1, EDX, "leaf 0x7, subleaf 1, EDX",
    "4:avx_vnni_int8 avx_ne_convert 8:amx_complex 10:avx_vnni_int16 14:prefetchiti 19:avx10" },
  { 0x7, 2, EDX, "leaf 0x7, subleaf 2, EDX",
    "intel_psfd ipred_ctrl rrsba_ctrl ddpd_u bhi_ctrl mcdt_no" },
  { 0xd, 1, EAX, "leaf 0xd, subleaf 1, EAX", "xsaveopt xsavec xgetbv1 xsaves xfd" },
  { 0x40000001, 0, EAX, "leaf 0x40000001, EAX: of KVM",
    "clocksource nop_io_delay mmu_op clocksource2 async_pf steal_time pv_eoi pv_unhalt "
    "9:pv_tlb_flush async_pf_vmexit pv_send_ipi poll_control pv_sched_yield async_pf_int "
    "msi_ext_dest_id hc_map_gpa_range migration_control 24:clocksource_stable" },
  { 0x80000001, 0, EDX, "leaf 0x80000001, EDX",
    "11:syscall 19:mp nx 22:mmxext 25:fxsr_opt pdpe1gb rdtscp 29:lm 3dnowext 3dnow" },
  { 0x80000001, 0, ECX, "leaf 0x80000001, ECX",
    "lahf_lm cmp_legacy svm extapic cr8_legacy abm sse4a misalignsse 3dnowprefetch osvw ibs xop "
    "skinit wdt 15:lwp fma4 tce 19:nodeid_msr 21:tbm topoext perfctr_core perfctr_nb 26:bpext ptsc "
    "perfctr_llc mwaitx" },
  { 0x80000007, 0, EDX, "leaf 0x80000007, EDX", "8:constant_tsc" },
  { 0x80000008, 0, EBX, "leaf 0x80000008, EBX",
    "clzero irperf xsaveerptr 4:rdpru 9:wbnoinvd 12:ibpb 14:ibrs stibp 17:stibp_always_on 23:ppin "
    "ssbd virt_ssbd ssb_no cppc psfd btc_no ibpb_ret" },
  { 0x8000000a, 0, EDX, "leaf 0x8000000a, EDX: of nested SVM",
    "npt lbrv svm_lock nrip_save tsc_scale vmcb_clean flushbyasid decodeassists 10:pausefilter "
    "12:pfthreshold avic 15:v_vmsave_vmload vgif 20:v_spec_ctrl 25:vnmi" },
};

static const struct
{
  guint32 index;
  const char *name;
} msr_names[] = {
  { 0x10, "TSC" },
  { 0x1b, "APIC_BASE" },
  { 0x3a, "FEATURE_CONTROL" },
  { 0x3b, "TSC_ADJUST" },
  { 0x48, "SPEC_CTRL" },
  { 0x49, "PRED_CMD" },
  { 0x8b, "UCODE_REV" },
  { 0xc1, "PERFCTR0" },
  { 0xce, "PLATFORM_INFO" },
  { 0xe1, "UMWAIT_CONTROL" },
  { 0xfe, "MTRRCAP" },
  { 0x10a, "ARCH_CAPABILITIES" },
  { 0x10b, "FLUSH_CMD" },
  { 0x122, "TSX_CTRL" },
  { 0x140, "MISC_FEATURES_ENABLES" },
  { 0x174, "SYSENTER_CS" },
  { 0x175, "SYSENTER_ESP" },
  { 0x176, "SYSENTER_EIP" },
  { 0x179, "MCG_CAP" },
  { 0x17a, "MCG_STATUS" },
  { 0x17b, "MCG_CTL" },
  { 0x186, "EVENTSEL0" },
  { 0x1a0, "MISC_ENABLE" },
  { 0x1c4, "XFD" },
  { 0x1c5, "XFD_ERR" },
  { 0x1d9, "DEBUGCTL" },
  { 0x277, "PAT" },
  { 0x2ff, "MTRR_DEF_TYPE" },
  { 0x345, "PERF_CAPABILITIES" },
  { 0x38d, "FIXED_CTR_CTRL" },
  { 0x38e, "PERF_GLOBAL_STATUS" },
  { 0x38f, "PERF_GLOBAL_CTRL" },
  { 0x390, "PERF_GLOBAL_OVF_CTRL" },
  { 0x3f1, "PEBS_ENABLE" },
  { 0x480, "VMX_BASIC" },
  { 0x481, "VMX_PINBASED_CTLS" },
  { 0x482, "VMX_PROCBASED_CTLS" },
  { 0x483, "VMX_EXIT_CTLS" },
  { 0x484, "VMX_ENTRY_CTLS" },
  { 0x485, "VMX_MISC" },
  { 0x486, "VMX_CR0_FIXED0" },
  { 0x487, "VMX_CR0_FIXED1" },
  { 0x488, "VMX_CR4_FIXED0" },
  { 0x489, "VMX_CR4_FIXED1" },
  { 0x48a, "VMX_VMCS_ENUM" },
  { 0x48b, "VMX_PROCBASED_CTLS2" },
  { 0x48c, "VMX_EPT_VPID_CAP" },
  { 0x48d, "VMX_TRUE_PINBASED_CTLS" },
  { 0x48e, "VMX_TRUE_PROCBASED_CTLS" },
  { 0x48f, "VMX_TRUE_EXIT_CTLS" },
  { 0x490, "VMX_TRUE_ENTRY_CTLS" },
  { 0x491, "VMX_VMFUNC" },
  { 0x6e0, "TSC_DEADLINE" },
  { 0xda0, "XSS" },
  { 0x11, "KVM_WALL_CLOCK" },
  { 0x12, "KVM_SYSTEM_TIME" },
  { 0x4b564d00, "KVM_WALL_CLOCK_NEW" },
  { 0x4b564d01, "KVM_SYSTEM_TIME_NEW" },
  { 0x4b564d02, "KVM_ASYNC_PF_EN" },
  { 0x4b564d03, "KVM_STEAL_TIME" },
  { 0x4b564d04, "KVM_PV_EOI_EN" },
  { 0x4b564d05, "KVM_POLL_CONTROL" },
  { 0x4b564d06, "KVM_ASYNC_PF_INT" },
  { 0x4b564d07, "KVM_ASYNC_PF_ACK" },
  { 0x4b564d08, "KVM_MIGRATION_CONTROL" },
  { 0xc0000080, "EFER" },
  { 0xc0000081, "STAR" },
  { 0xc0000082, "LSTAR" },
  { 0xc0000083, "CSTAR" },
  { 0xc0000084, "SYSCALL_MASK" },
  { 0xc0000102, "KERNEL_GS_BASE" },
  { 0xc0000103, "TSC_AUX" },
  { 0xc0000104, "AMD64_TSC_RATIO" },
  { 0xc0010015, "K7_HWCR" },
  { 0xc0010117, "VM_HSAVE_PA" },
  { 0xc001011f, "VIRT_SPEC_CTRL" },
  { 0xc0011029, "F10H_DECFG" },
  { 0xc0010140, "OSVW_ID_LENGTH" },
  { 0xc0010141, "OSVW_STATUS" },
  { 0x40000000, "HYPERV_GUEST_OS_ID" },
  { 0x40000001, "HYPERV_HYPERCALL" },
  { 0x40000020, "HYPERV_TIME_REF_COUNT" },
  { 0x40000021, "HYPERV_REFERENCE_TSC" },
};

static void
gather_features (Info *info, KvmX86Cpuid *cpuid)
{
  for (guint i = 0; i < G_N_ELEMENTS (features); i++)
    {
      g_auto (GStrv) names = g_strsplit (features[i].names, " ", -1);
      KvmX86CpuidEntry entry;
      guint32 bits;
      guint bit = 0;

      if (!kvm_x86_cpuid_find (cpuid, features[i].function, features[i].index, &entry))
        continue;
      bits = (const guint32[]){ entry.eax, entry.ebx, entry.ecx, entry.edx }[features[i].reg];
      for (guint j = 0; names[j] != NULL; j++, bit++)
        {
          const char *colon = strchr (names[j], ':');

          if (colon != NULL)
            bit = g_ascii_strtoull (names[j], NULL, 10);
          if (bits >> bit & 1)
            info_add_row (info, features[i].group, colon != NULL ? colon + 1 : names[j], -1,
                          g_variant_new_boolean (TRUE), NULL);
        }
    }
  info_end_section (info, "features");
}

static void
gather_leaves (Info *info, KvmX86Cpuid *cpuid)
{
  KvmX86CpuidEntry entry;

  for (guint i = 0; kvm_x86_cpuid_get_entry (cpuid, i, &entry); i++)
    {
      gboolean has_index = entry.flags & KVM_X86_CPUID_FLAGS_SIGNIFICANT_INDEX;
      g_autofree char *name = has_index
                                  ? g_strdup_printf ("0x%08x, %u", entry.function, entry.index)
                                  : g_strdup_printf ("0x%08x", entry.function);

      info_add_row (
          info, NULL, name, -1,
          g_variant_new_printf ("%08x %08x %08x %08x", entry.eax, entry.ebx, entry.ecx, entry.edx),
          NULL);
    }
  info_end_section (info, "cpuid");
}

static char *
name_msr (guint32 index)
{
  for (guint i = 0; i < G_N_ELEMENTS (msr_names); i++)
    if (msr_names[i].index == index)
      return g_strdup (msr_names[i].name);
  return g_strdup_printf ("MSR %x", index);
}

/* Those that a vCPU has, with their values in a new one, and those that tell of the host. */
static void
gather_msrs (Info *info, const char *group, KvmX86Msrs *msrs)
{
  guint32 index;
  guint64 value;

  for (guint i = 0; msrs != NULL && kvm_x86_msrs_get_entry (msrs, i, &index, &value); i++)
    {
      g_autofree char *name = name_msr (index);

      info_add_row (info, group, name, index,
                    g_variant_new_printf ("0x%016" G_GINT64_MODIFIER "x", value), NULL);
    }
}

void
info_gather_x86 (Info *info)
{
  g_autoptr (KvmX86Cpuid) cpuid = kvm_system_x86_get_supported_cpuid (info->system, NULL);
  g_autofree guint32 *indexes = NULL, *feature_indexes = NULL;
  g_autoptr (KvmX86Msrs) msrs = NULL;
  g_autoptr (KvmX86Msrs) feature_msrs = NULL;
  gsize n, n_features;

  if (cpuid == NULL)
    return;
  gather_features (info, cpuid);
  gather_leaves (info, cpuid);

  kvm_vcpu_x86_set_cpuid (info->vcpu, cpuid, NULL); /* without it there are few MSRs */
  indexes = kvm_system_x86_get_msr_index_list (info->system, &n, NULL);
  if (indexes != NULL)
    msrs = kvm_vcpu_x86_get_readable_msrs (info->vcpu, indexes, n, NULL);
  gather_msrs (info, "of a new vCPU", msrs);
  feature_indexes = kvm_system_x86_get_msr_feature_index_list (info->system, &n_features, NULL);
  if (feature_indexes != NULL)
    feature_msrs = kvm_system_x86_get_readable_feature_msrs (info->system, feature_indexes,
                                                             n_features, NULL);
  gather_msrs (info, "about the host", feature_msrs);
  info_end_section (info, "msrs");
}
