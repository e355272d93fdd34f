/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What the tests' guests run on arm64, at EL1 without an MMU at 0x1000. Where x86 has the port p, they
 * have the address 0x10000 + 8 * p; and they halt by writing to that of port 0xf4. */

	.section .rodata
	.balign 4

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

guest halt
	halt
	b guest_halt
guest_end halt

/* Writes "Hi" to port 0x3f8. */
guest print
	port x1, 0x3f8
	mov w0, #'H'
	strb w0, [x1]
	mov w0, #'i'
	strb w0, [x1]
	halt
guest_end print

/* Reads 1, 2 and 4 bytes from port 0x60 and writes them, one more than they were, to port 0x61. */
guest echo
	port x1, 0x60
	port x2, 0x61
	ldrb w0, [x1]
	add w0, w0, #1
	strb w0, [x2]
	ldrh w0, [x1]
	add w0, w0, #1
	strh w0, [x2]
	ldr w0, [x1]
	add w0, w0, #1
	str w0, [x2]
	halt
guest_end echo

/* Writes 4 bytes to the address 0x8000, which is no memory, reads 2 from 0x8004, and writes them to
 * port 0x61. */
guest mmio
	port x2, 0x61
	mov x1, #0x8000
	mov w0, #0x5678
	movk w0, #0x1234, lsl #16
	str w0, [x1]
	ldrh w0, [x1, #4]
	strh w0, [x2]
	halt
guest_end mmio

/* Never stops. */
guest spin
	b guest_spin
guest_end spin

/* Writes to port 0x61 for ever. */
guest chatter
	port x1, 0x61
1:	strb w0, [x1]
	b 1b
guest_end chatter

/* Adds one to the word at 0x2000 and halts, again and again. */
guest count
	mov x1, #0x2000
1:	ldrh w0, [x1]
	add w0, w0, #1
	strh w0, [x1]
	halt
	b 1b
guest_end count

/* Adds one to its argument, and halts. */
guest increment
	add x0, x0, #1
	halt
guest_end increment

/* Adds one to the word at its argument for ever. */
guest bump
	ldrh w1, [x0]
	add w1, w1, #1
	strh w1, [x0]
	b guest_bump
guest_end bump

/* Adds one to the word at its argument times 16 for ever. */
guest bump_far
	lsl x0, x0, #4
1:	ldrh w1, [x0]
	add w1, w1, #1
	strh w1, [x0]
	b 1b
guest_end bump_far

/* Adds one to the byte at 16 times each of the words from 0x2000 on, up to one that is 0; halts; and
 * again. */
guest touch
	mov x1, #0x2000
1:	ldr w2, [x1], #4
	cbz w2, 2f
	lsl x2, x2, #4
	ldrb w3, [x2]
	add w3, w3, #1
	strb w3, [x2]
	b 1b
2:	halt
	b guest_touch
guest_end touch

/* Reads a byte from port 0x60 and writes it, one more than it was, to port 0x61, for ever. */
guest server
	port x1, 0x60
	port x2, 0x61
1:	ldrb w0, [x1]
	add w0, w0, #1
	strb w0, [x2]
	b 1b
guest_end server

/* Switches the machine off through the firmware: PSCI's SYSTEM_OFF. */
guest off
	mov w0, #0x0008
	movk w0, #0x8400, lsl #16
	hvc #0
guest_end off

	.section .note.GNU-stack, "", %progbits
