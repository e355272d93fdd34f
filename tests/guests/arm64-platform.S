/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Guests of what only arm64 has. */

#include "arm64-macros.S"

/* Where the tests put the interrupt controllers. */
#define GIC_DISTRIBUTOR 0x08000000
#define GICV2_CPU_INTERFACE 0x08010000
#define GICV3_REDISTRIBUTOR 0x080a0000
#define GIC_ITS 0x08080000

#define HVC_PSCI_CPU_ON 0xc4000003
#define HVC_PV_TIME_FEATURES 0xc5000020
#define HVC_PV_TIME_ST 0xc5000021

	.section .rodata
	.balign 2048

	.macro constant register, value
	ldr \register, =\value
	.endm

	.macro enable_simd
	mov x9, #(3 << 20)
	msr cpacr_el1, x9
	isb
	.endm

/* Changes a register of each kind: adds one to X1, to SP, to TPIDR_EL1 and to each half of V0. */
guest arm64_change
	enable_simd
	add x1, x1, #1
	add sp, sp, #1
	mrs x2, tpidr_el1
	add x2, x2, #1
	msr tpidr_el1, x2
	mov x2, #1
	dup v1.2d, x2
	add v0.2d, v0.2d, v1.2d
	halt
	.ltorg
guest_end arm64_change

/* Three steps, a write to 0x2000, a read from it, and a breakpoint. */
guest arm64_steps
	mov x1, #0x2000
	nop
	mov x2, #7
	str x2, [x1]
	ldr x3, [x1]
	brk #5
	halt
guest_end arm64_steps

/* Starts the vCPU 1 at its argument, and writes to port 0x62 what the firmware says. */
guest arm64_cpu_on
	mov x2, x0
	mov x3, #0x77
	mov x1, #1
	constant x0, HVC_PSCI_CPU_ON
	hvc #0
	tell 0x62, x0
	halt
	.ltorg
guest_end arm64_cpu_on

/* Writes its argument to port 0x63. */
guest arm64_tell
	tell 0x63, x0
	halt
guest_end arm64_tell

/* Makes the call to the firmware that is its argument, by HVC and by SMC, and writes to port 0x64
 * what it gives. */
guest arm64_call
	mov x20, x0
	hvc #0
	tell 0x64, x0
	mov x0, x20
	smc #0
	tell 0x64, x0
	halt
guest_end arm64_call

/* Asks the firmware where its stolen time is, and writes that to port 0x64. */
guest arm64_stolen_time
	constant x0, HVC_PV_TIME_FEATURES
	constant x1, HVC_PV_TIME_ST
	hvc #0
	tell 0x64, x0
	constant x0, HVC_PV_TIME_ST
	hvc #0
	tell 0x64, x0
	halt
	.ltorg
guest_end arm64_stolen_time

/* Reads from its argument with an instruction that the hardware does not decode for the kernel, and
 * writes to port 0x64 what it read. */
guest arm64_undecoded
	ldr x1, [x0], #8
	tell 0x64, x1
	halt
guest_end arm64_undecoded

/* Waits with SErrors unmasked. */
guest_with_vectors arm64_serror
	msr daifclr, #4
	isb
irq_arm64_serror:
	halt
guest_end arm64_serror

/* Writes the virtual and the physical counter to port 0x64. */
guest arm64_counters
	isb
	mrs x1, cntvct_el0
	mrs x2, cntpct_el0
	tell 0x64, x1
	tell 0x64, x2
	halt
guest_end arm64_counters

/* Without an interrupt controller: lets the virtual timer expire after its argument, and runs until
 * an interrupt comes, which it tells port 0x73. Its argument may be 0. */
guest_with_vectors arm64_user_irq
	cbz x0, 1f
	msr cntv_tval_el0, x0
	mov x1, #1
	msr cntv_ctl_el0, x1
1:	msr daifclr, #2
2:	b 2b
irq_arm64_user_irq:
	tell 0x73, xzr
	msr cntv_ctl_el0, xzr
	halt
guest_end arm64_user_irq

/* What every guest of a GICv3 begins with: all interrupts below 64 are of group 1 and on. */
	.macro gicv3_begin
	constant x1, GIC_DISTRIBUTOR
	mov w2, #0x12 /* group 1, affinity routing */
	str w2, [x1]
	mov w2, #-1
	str w2, [x1, #0x84] /* IGROUPR1 */
	str w2, [x1, #0x104] /* ISENABLER1 */
	constant x1, GICV3_REDISTRIBUTOR + 0x10000
	str w2, [x1, #0x80] /* IGROUPR0 */
	str w2, [x1, #0x100] /* ISENABLER0 */
	mov x2, #1
	msr S3_0_C12_C12_5, x2 /* ICC_SRE_EL1 */
	isb
	mov x2, #0xff
	msr S3_0_C4_C6_0, x2 /* ICC_PMR_EL1 */
	mov x2, #1
	msr S3_0_C12_C12_7, x2 /* ICC_IGRPEN1_EL1 */
	isb
	msr daifclr, #2
	.endm

/* Tells port 0x73 the interrupt; the virtual timer is stopped. */
	.macro gicv3_take
	mrs x1, S3_0_C12_C12_0 /* ICC_IAR1_EL1, before the line goes down */
	msr cntv_ctl_el0, xzr
	tell 0x73, x1
	msr S3_0_C12_C12_1, x1 /* ICC_EOIR1_EL1 */
	eret
	.endm

/* Tells port 0x74 that it is ready. If its argument is not 0, lets the virtual timer expire after
 * that. Then waits for interrupts for ever. */
guest_with_vectors arm64_gicv3
	mov x20, x0
	gicv3_begin
	tell 0x74, xzr
	cbz x20, 1f
	msr cntv_tval_el0, x20
	mov x1, #1
	msr cntv_ctl_el0, x1
1:	wfi
	b 1b
irq_arm64_gicv3:
	gicv3_take
	.ltorg
guest_end arm64_gicv3

/* With a GICv3 and an ITS, whose tables and commands the test has memory for: has it execute as many
 * bytes of commands as its argument says, tells port 0x74 that it is ready, and waits for interrupts
 * for ever. */
#define ITS_DEVICES 0x100000
#define ITS_COLLECTIONS 0x110000
#define ITS_COMMANDS 0x120000
#define LPI_SETTINGS 0x130000
#define LPI_PENDING 0x140000
#define VALID (1 << 63)

guest_with_vectors arm64_its
	mov x20, x0
	gicv3_begin
	constant x1, GICV3_REDISTRIBUTOR
	constant x2, LPI_SETTINGS | 13 /* 14 bits of interrupt numbers */
	str x2, [x1, #0x70] /* PROPBASER */
	constant x2, LPI_PENDING
	str x2, [x1, #0x78] /* PENDBASER */
	mov w2, #1
	str w2, [x1] /* CTLR: LPIs */
	constant x1, GIC_ITS
	constant x2, VALID | ITS_DEVICES
	str x2, [x1, #0x100] /* BASER0: one page of devices */
	constant x2, VALID | ITS_COLLECTIONS
	str x2, [x1, #0x108] /* BASER1: one page of collections */
	constant x2, VALID | ITS_COMMANDS
	str x2, [x1, #0x80] /* CBASER: one page */
	mov w2, #1
	str w2, [x1] /* CTLR */
	str x20, [x1, #0x88] /* CWRITER */
	tell 0x74, xzr
1:	wfi
	b 1b
irq_arm64_its:
	gicv3_take
	.ltorg
guest_end arm64_its

/* What arm64_gicv3 does, with a GICv2. */
guest_with_vectors arm64_gicv2
	mov x20, x0
	constant x1, GIC_DISTRIBUTOR
	mov w2, #-1
	str w2, [x1, #0x100] /* ISENABLER0, 1 */
	str w2, [x1, #0x104]
	constant x2, 0x01010101
	str w2, [x1, #0x820] /* ITARGETSR of 32 to 35: vCPU 0 */
	mov w2, #1
	str w2, [x1] /* CTLR */
	constant x1, GICV2_CPU_INTERFACE
	mov w3, #0xf0
	str w3, [x1, #4] /* PMR */
	str w2, [x1] /* CTLR */
	msr daifclr, #2
	tell 0x74, xzr
	cbz x20, 1f
	msr cntv_tval_el0, x20
	mov x1, #1
	msr cntv_ctl_el0, x1
1:	wfi
	b 1b
irq_arm64_gicv2:
	constant x2, GICV2_CPU_INTERFACE
	ldr w1, [x2, #0xc] /* IAR */
	msr cntv_ctl_el0, xzr
	tell 0x73, x1
	constant x2, GICV2_CPU_INTERFACE
	str w1, [x2, #0x10] /* EOIR */
	eret
	.ltorg
guest_end arm64_gicv2

/* Writes to port 0x64 which events there are; and counter 0, by which it counts three events of
 * software. Then lets it overflow, and waits for the interrupt. */
guest_with_vectors arm64_pmu
	mov w1, #-1 /* the counters begin with anything */
	msr pmcntenclr_el0, x1
	msr pmintenclr_el1, x1
	msr pmovsclr_el0, x1
	isb
	gicv3_begin
	mrs x1, pmceid0_el0
	tell 0x64, x1
	mov x1, #1
	msr pmcr_el0, x1
	msr pmevtyper0_el0, xzr /* event 0: PMSWINC_EL0 is written */
	msr pmevcntr0_el0, xzr
	msr pmcntenset_el0, x1
	isb
	msr pmswinc_el0, x1
	msr pmswinc_el0, x1
	msr pmswinc_el0, x1
	isb
	mrs x2, pmevcntr0_el0
	tell 0x64, x2
	mov w2, #-1
	msr pmevcntr0_el0, x2
	msr pmintenset_el1, x1
	isb
	msr pmswinc_el0, x1
1:	wfi
	b 1b
irq_arm64_pmu:
	mrs x2, S3_0_C12_C12_0 /* ICC_IAR1_EL1, before the line goes down */
	msr pmintenclr_el1, x1
	tell 0x73, x2
	halt
	.ltorg
guest_end arm64_pmu

/* Writes the length of its scalable vectors in bytes to port 0x64, when it asked for the longest;
 * and then the first byte of Z1, which it adds to itself. */
	.arch_extension sve
guest arm64_sve
	mov x9, #(3 << 20 | 3 << 16)
	msr cpacr_el1, x9
	isb
	mov x9, #0xf
	msr S3_0_C1_C2_0, x9 /* ZCR_EL1 */
	isb
	rdvl x1, #1
	tell 0x64, x1
	add z1.b, z1.b, z1.b
	umov w1, v1.b[0]
	tell 0x64, x1
	halt
guest_end arm64_sve
	.arch_extension nosve

/* With memory tagging: the first GiB is mapped to itself as tagged memory by a table at its argument.
 * Writes to port 0x64 the address 0x6000 with the tag that is in memory there, and tags 0x6010 with 9. */
	.arch armv8.5-a+memtag
guest arm64_tags
	mov x1, #0xf0 /* normal memory, tagged */
	msr mair_el1, x1
	constant x1, 0x701 /* a block of 1 GiB that may be used */
	str x1, [x0]
	msr ttbr0_el1, x0
	constant x1, 25 | 1 << 8 | 1 << 10 | 3 << 12 | 1 << 23 | 2 << 32 | 1 << 37 /* 39 bits, 4 KiB, tags ignored */
	msr tcr_el1, x1
	isb
	mrs x1, sctlr_el1
	constant x2, 1 << 43 | 1 << 12 | 1 << 2 | 1 /* tags, caches, MMU */
	orr x1, x1, x2
	msr sctlr_el1, x1
	isb
	mov x1, #0x6000
	ldg x1, [x1]
	tell 0x64, x1
	mov x1, #0x6010
	movk x1, #0x0900, lsl #48
	stg x1, [x1]
	halt
	.ltorg
guest_end arm64_tags
	.arch armv8-a

	.section .note.GNU-stack, "", %progbits
