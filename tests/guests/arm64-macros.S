/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What the guests of arm64 are written with. Where x86 has the port p, they have the address 0x10000
 * + 8 * p; and they halt by writing to that of port 0xf4. */

	.macro guest name
	.balign 4
	.global guest_\name
guest_\name:
	.endm

	.macro guest_end name
	.global guest_\name\()_end
guest_\name\()_end:
	.endm

	.macro port register, number
	mov \register, #(0x10000 + 8 * \number) & 0xffff
	movk \register, #1, lsl #16
	.endm

	.macro halt
	port x9, 0xf4
	str wzr, [x9]
	.endm

/* Writes 8 bytes to a port. */
	.macro tell number, register
	port x9, \number
	str \register, [x9]
	.endm

/* A guest with exception vectors at EL1, which are 2 KiB behind its beginning, as its beginning is on
 * a multiple of 2 KiB. What it does stands behind this. Its handlers tell
 *   port 0x70   the syndrome of a synchronous exception, and port 0x71 its address
 *   port 0x72   the syndrome of an SError
 * and halt; an interrupt runs what the guest has at the label irq_NAME. */
	.macro vector label
	.balign 128
	b \label
	.endm

	.macro guest_with_vectors name
	.balign 2048
	.global guest_\name
guest_\name:
	adr x9, vectors_\name
	msr vbar_el1, x9
	isb
	b begin_\name
	.balign 2048
vectors_\name:
	.rept 4 /* from the same level with SP_EL0: does not happen */
	vector bad_\name
	.endr
	vector sync_\name
	vector irq_\name
	vector irq_\name
	vector serror_\name
	.balign 128
bad_\name:
	halt
sync_\name:
	mrs x8, esr_el1
	tell 0x70, x8
	mrs x8, far_el1
	tell 0x71, x8
	halt
serror_\name:
	mrs x8, esr_el1
	tell 0x72, x8
	halt
begin_\name:
	.endm
