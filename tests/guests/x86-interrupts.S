/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Guests that take interrupts, in 16-bit real mode at 0x1000. */

	.section .rodata
	.code16

	.macro guest name
	.global guest_\name
guest_\name:
	.endm

	.macro guest_end name
	.global guest_\name\()_end
guest_\name\()_end:
	.endm

/* Takes the interrupts 2 and 0x20 to 0x3f, and writes the vector of each to port 0x61. Else it writes
 * 0 there for ever, or halts if the byte at 0x2001 is not 0. The bits of the byte at 0x2000:
 *   1   first sets the PICs up, for vectors from 0x20 on, with the master's mask from 0x2002
 *   2   first starts channel 0 of the timer with the count in the word at 0x2004
 *   4   leaves interrupts off until the byte at 0x2003 is not 0
 *   8   ends each interrupt at the PIC
 *   16  ends each interrupt at the local APIC, whose page is where %fs begins */
guest vectors
	mov $0x4000, %sp
	mov $(0x1000 + vectors_stubs - guest_vectors), %ax
	mov $(4 * 0x20), %di
	mov $0x20, %cx
1:	mov %ax, (%di)
	movw $0, 2(%di)
	add $8, %ax
	add $4, %di
	loop 1b
	movw $(0x1000 + vectors_nmi - guest_vectors), 4 * 2
	movw $0, 4 * 2 + 2
	testb $1, 0x2000
	jz 2f
	mov $0x11, %al
	out %al, $0x20
	out %al, $0xa0
	mov $0x20, %al
	out %al, $0x21
	mov $0x28, %al
	out %al, $0xa1
	mov $4, %al
	out %al, $0x21
	mov $2, %al
	out %al, $0xa1
	mov $1, %al
	out %al, $0x21
	out %al, $0xa1
	mov 0x2002, %al
	out %al, $0x21
2:	testb $2, 0x2000
	jz 3f
	mov $0x34, %al
	out %al, $0x43
	mov 0x2004, %al
	out %al, $0x40
	mov 0x2005, %al
	out %al, $0x40
3:	testb $4, 0x2000
	jz vectors_on
4:	xor %al, %al
	out %al, $0x61
	cmpb $0, 0x2003
	je 4b
vectors_on:
	sti
vectors_idle:
	cmpb $0, 0x2001
	jne vectors_halt
	xor %al, %al
	out %al, $0x61
	jmp vectors_idle
vectors_halt:
	hlt
	jmp vectors_idle
vectors_nmi:
	push %ax
	mov $2, %al
	out %al, $0x61
	pop %ax
	iret
vectors_taken:
	out %al, $0x61
	testb $8, 0x2000
	jz 5f
	mov $0x20, %al
	out %al, $0x20
5:	testb $16, 0x2000
	jz 6f
	movl $0, %fs:0xb0
6:	pop %ax
	iret
	.balign 8
vectors_stubs:
	.set vector, 0x20
	.rept 0x20
	push %ax
	mov $vector, %al
	jmp vectors_taken
	.balign 8
	.set vector, vector + 1
	.endr
guest_end vectors

/* Switches interrupts off and, for a while, on again for ever, and writes 0 to port 0x61 while they are
 * off. At interrupt 0x30 it writes that to the port. */
guest window
	mov $0x4000, %sp
	movw $(0x1000 + window_handler - guest_window), 4 * 0x30
	movw $0, 4 * 0x30 + 2
window_loop:
	cli
	xor %al, %al
	out %al, $0x61
	sti
	mov $30000, %cx
1:	loop 1b
	jmp window_loop
window_handler:
	push %ax
	mov $0x30, %al
	out %al, $0x61
	pop %ax
	iret
guest_end window

/* Sets the task priority in the local APIC, whose page is where %fs begins, to 0x40, reads it, and
 * writes it to port 0x61; with time between, since a host that emulates instructions need not look
 * after each whether there is something to be reported. */
guest priority
	mov $0x40, %eax
	mov %eax, %fs:0x80
	mov $30000, %cx
1:	loop 1b
	xor %eax, %eax
	mov %fs:0x80, %eax
	mov $30000, %cx
2:	loop 2b
	out %al, $0x61
	hlt
guest_end priority

	.section .note.GNU-stack, "", %progbits
